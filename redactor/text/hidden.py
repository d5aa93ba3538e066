"""Characters that are not seen: controls, separators, and what has no shape."""

from __future__ import annotations

__all__ = ["CONTROL_SEQUENCE", "HIDDEN", "IGNORABLE", "SEPARATORS"]

SEPARATORS = "\x0b\x0c\x1c-\x1f"
"""Controls that stand between words, as in a class of a pattern: vertical tab, form feed, and the
separators of files, groups, records and units."""

# Colours and movements of terminals (ECMA-48); no number that could hide something has four digits.
CONTROL_SEQUENCE = r"\x1b\[(?:[0-9]{1,3}(?:[;:][0-9]{1,3}){0,8})?[A-Za-z]"

# Characters without a shape, beside controls. Source: Default_Ignorable_Code_Point of Unicode 15.1.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)

HIDDEN = rf"(?:{CONTROL_SEQUENCE}|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f{IGNORABLE}])"
"""A pattern of what is not seen between two characters, a blank perhaps where it separates."""
