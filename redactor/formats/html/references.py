"""Character references: `&eacute;`, `&#233;`, `&#xe9;`, decoded as in the HTML standard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

# A reference by number or by name. Of a name, the longest prefix counts that is one. The longest
# name of the standard has 32 characters with its semicolon.
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]{0,31};?))")
_LONGEST = max(map(len, html5))
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# The numbers of C1 control characters, which the standard decodes by windows-1252.
_WINDOWS = {
    number: char
    for number in range(0x80, 0xA0)
    if (char := bytes([number]).decode("cp1252", "ignore"))
}


def references(source: str, *, attribute: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and meaning of each reference in a text.

    In an attribute, a name without a semicolon before a letter, digit or `=` is no reference:
    `?a=1&copy=2`.
    """
    for found in _REFERENCE.finditer(source):
        start, end = found.span()
        if found[3]:
            size = _named(found[3])
            following = source[start + 1 + size : start + 2 + size]
            open_ended = attribute and not found[3][:size].endswith(";")
            if not size or (
                open_ended and (following == "=" or (following.isascii() and following.isalnum()))
            ):
                continue
            yield start, start + 1 + size, html5[found[3][:size]]
        else:
            yield start, end, _numbered(found[1], 16) if found[1] else _numbered(found[2], 10)


def is_half(source: str) -> bool:
    """Tell whether an attribute has a name that is no reference for the letter behind it alone.

    `&nbspTeodor` is none, and `&nbsp[X]` would be one.
    """
    if "&" not in source:
        return False
    half = {one[:2] for one in references(source)} - {
        one[:2] for one in references(source, attribute=True)
    }
    return any(source[end] != "=" for _, end in half)


def _named(name: str) -> int:
    """Return the length of the longest prefix that is the name of a character, 0 for none."""
    for size in range(min(len(name), _LONGEST), 1, -1):
        if name[:size] in html5:
            return size
    return 0


def _numbered(digits: str, base: int) -> str:
    digits = digits.lstrip("0") or "0"
    number = int(digits, base) if len(digits) < 8 else 0
    if number in _WINDOWS:
        return _WINDOWS[number]
    if not 0 < number <= 0x10FFFF or 0xD800 <= number < 0xE000:
        return _REPLACEMENT
    return chr(number)
