"""Allow and deny lists in the text: listed phrases, allowed people, and what stands near them."""
