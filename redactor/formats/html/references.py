"""Character references: `&eacute;`, `&#233;`, `&#xe9;`, read as the HTML standard has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

# A name is looked up by its longest beginning that is one; 32 letters are the longest there is.
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]{0,31};?))")
_LONGEST = max(map(len, html5))
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Numbers that pages mean in windows-1252, though they are control characters.
_WINDOWS = {
    number: char
    for number in range(0x80, 0xA0)
    if (char := bytes([number]).decode("cp1252", "ignore"))
}


def references(source: str, *, attribute: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and characters of each reference in a text.

    In an attribute, what has no semicolon and goes on is none: `?a=1&copy=2`.
    """
    for found in _REFERENCE.finditer(source):
        start, end = found.span()
        if found[3]:
            size = _named(found[3])
            goes_on = source[start + 1 + size : start + 2 + size]
            open_ended = attribute and not found[3][:size].endswith(";")
            if not size or (
                open_ended and (goes_on == "=" or (goes_on.isascii() and goes_on.isalnum()))
            ):
                continue
            yield start, start + 1 + size, html5[found[3][:size]]
        else:
            yield start, end, _numbered(found[1], 16) if found[1] else _numbered(found[2], 10)


def _named(name: str) -> int:
    """Return how much of a text is the name of a character: 0 for none."""
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
