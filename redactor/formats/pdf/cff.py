"""The encoding that a Compact Font Format program has of its own (Adobe Technical Note 5176).

Fonts that TeX and Distiller embed often state no encoding in the PDF: which code is which letter is
in the font program alone, by the names of its glyphs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from pdfminer.encodingdb import EncodingDB, name2unicode
from pdfminer.pdffont import CFFFont

__all__ = ["own_encoding"]

_STANDARD = CFFFont.STANDARD_STRINGS
_CHARSET, _ENCODING, _GLYPHS, _OF_CIDS = 15, 16, 17, (12, 30)  # operators of the top dictionary
_PREDEFINED = 2  # charsets of so many numbers are lists of the specification, the first by glyph
_RANGES = 2  # the last of the formats of charsets: ranges with lengths of two bytes
_SUPPLEMENTED = 0x80


def own_encoding(data: bytes) -> dict[int, str]:
    """Return the text of each code of a font program; nothing of one that cannot be read."""
    try:
        return dict(_Program(data).rows())
    except (LookupError, ValueError, TypeError, OverflowError):
        return {}


class _Program:
    """A font program of one font."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        _, at = self._index(data[2])
        tops, at = self._index(at)
        self._strings, _ = self._index(at)
        self._top = dict(_operators(tops[0]))

    def rows(self) -> Iterator[tuple[int, str]]:
        """Yield codes with their texts. Raises IndexError, ValueError for what is no program."""
        offset = self._top.get(_ENCODING, 0)
        if _OF_CIDS in self._top or offset == 1:  # codes of many bytes; the encoding for experts
            return
        if offset == 0:
            yield from EncodingDB.std2unicode.items()
            return
        names = self._names()
        for code, name in self._codes(offset, names):
            try:
                yield code, name2unicode(name)
            except KeyError:
                continue

    def _names(self) -> list[str]:
        """Return the names of the glyphs in their order."""
        glyphs, _ = self._index(self._top[_GLYPHS])
        at = self._top.get(_CHARSET, 0)
        if at <= _PREDEFINED:
            return list(_STANDARD[: len(glyphs)]) if at == 0 else []
        kind, at = self._data[at], at + 1
        if kind > _RANGES:
            raise ValueError(kind)
        numbers = [0]
        while len(numbers) < len(glyphs):
            first, more = self._number(at, 2), 0
            at += 2
            if kind:  # a range, with how many follow
                more = self._number(at, kind)
                at += kind
            numbers += range(first, first + more + 1)
        return [self._string(one) for one in numbers]

    def _codes(self, at: int, names: list[str]) -> Iterator[tuple[int, str]]:
        """Yield codes with the names of their glyphs."""
        kind, count, at = self._data[at], self._data[at + 1], at + 2
        glyph = 1
        for _ in range(count):
            first, more = self._data[at], 0
            at += 1
            if kind & ~_SUPPLEMENTED:
                more = self._data[at]
                at += 1
            for code in range(first, first + more + 1):
                yield code, names[glyph]
                glyph += 1
        if kind & _SUPPLEMENTED:
            for place in range(at + 1, at + 1 + 3 * self._data[at], 3):
                yield self._data[place], self._string(self._number(place + 1, 2))

    def _string(self, number: int) -> str:
        if number < len(_STANDARD):
            return _STANDARD[number]
        return self._strings[number - len(_STANDARD)].decode("ascii")

    def _index(self, at: int) -> tuple[list[bytes], int]:
        """Return the items of an index, and where it ends."""
        count = self._number(at, 2)
        if not count:
            return [], at + 2
        size = self._data[at + 2]
        at += 3
        places = [self._number(at + n * size, size) for n in range(count + 1)]
        base = at + (count + 1) * size - 1
        pairs = itertools.pairwise(places)
        return [self._data[base + a : base + b] for a, b in pairs], base + places[-1]

    def _number(self, at: int, size: int) -> int:
        if at < 0 or at + size > len(self._data):
            raise IndexError(at)
        return int.from_bytes(self._data[at : at + size], "big")


def _operators(data: bytes) -> Iterator[tuple[int | tuple[int, int], int]]:
    """Yield the operators of a dictionary with their last operands; a real number is 0."""
    at, last = 0, 0
    while at < len(data):
        one = data[at]
        at += 1
        if one <= 21:  # the first byte says what follows (section 4)
            if one == _OF_CIDS[0]:
                yield (one, data[at]), last
                at += 1
            else:
                yield one, last
        elif one in (28, 29):
            size = 2 if one == 28 else 4
            last = int.from_bytes(data[at : at + size], "big", signed=True)
            at += size
        elif one == 30:  # a real number, up to a nibble of ones
            while 0xF not in (data[at] >> 4, data[at] & 0xF):
                at += 1
            at, last = at + 1, 0
        elif one <= 246:
            last = one - 139
        else:
            high = (one - 247) * 256 + data[at] + 108
            last = high if one <= 250 else -(one - 251) * 256 - data[at] - 108
            at += 1
