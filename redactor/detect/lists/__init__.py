"""Allow lists and deny lists: listed phrases, allowed people, and the words near them."""
