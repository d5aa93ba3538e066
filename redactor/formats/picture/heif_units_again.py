"""The coded units of a picture in HEIF, for the second reader: it shares no code with `heif/`.

A unit is its type and its bytes. Raises ValueError, IndexError and struct.error for broken ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

__all__ = ["coded_units", "is_added", "is_filler"]

Unit = tuple[int, bytes]

# ITU-T H.265, table 7-1: slices, sets of parameters; messages; filler. Those above are of no use.
_NEEDED = (*range(10), *range(16, 22), *range(32, 35))
_SEI, _FILLER = (39, 40), 38
_USER_DATA = (4, 5)  # types of messages of a person or a program: registered, unregistered
# AV1, 6.2.2: frames and tiles; metadata, and ITU-T T.35 in them; padding.
_FRAMES = (1, 3, 4, 6, 7, 8)
_METADATA, _T35, _PADDING = 5, 4, 15


def coded_units(kind: bytes, content: bytes, config: bytes) -> Iterator[Unit]:
    """Yield the units in what says how an item is coded, then those of the item."""
    if kind == b"hvc1":
        yield from _sets(config)
        yield from _lengths(content, (config[21] & 3) + 1)
    elif kind == b"av01":
        yield from _obus(config[4:])
        yield from _obus(content)
    else:
        yield 0, content


def is_added(kind: bytes, unit: Unit) -> bool:
    """Tell whether a unit holds what a program or a person added."""
    name, data = unit
    if kind == b"hvc1":
        return name > _SEI[1] or (name in _SEI and data[2] in _USER_DATA)
    return kind == b"av01" and name == _METADATA and data[0] == _T35


def is_filler(kind: bytes, source: Unit, copy: Unit) -> bool:
    """Tell whether a unit of a copy says nothing, in the place of one without which is decoded."""
    if len(source[1]) != len(copy[1]) or (kind == b"hvc1" and source[0] in _NEEDED):
        return False
    if kind == b"hvc1":
        return copy[0] == _FILLER or (copy[0] in _SEI and copy[1][2:3] == b"\3")
    if kind == b"av01":
        return copy[0] == _PADDING and source[0] not in _FRAMES
    # Numbers of a grid or an overlay, with zeros behind them.
    return kind != b"jpeg" and source[1].startswith(copy[1].rstrip(b"\0"))


def _sets(config: bytes) -> Iterator[Unit]:
    at = 23  # bytes before the sets of parameters
    for _ in range(config[at - 1]):
        (count,) = unpack_from(">H", config, at + 1)
        at += 3
        for _ in range(count):
            (length,) = unpack_from(">H", config, at)
            yield config[at + 2] >> 1 & 63, config[at + 2 : at + 2 + length]
            at += 2 + length


def _lengths(content: bytes, size: int) -> Iterator[Unit]:
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + size], "big")
        at += size
        if at + length > len(content):
            raise ValueError
        yield content[at] >> 1 & 63, content[at : at + length]
        at += length


def _obus(content: bytes) -> Iterator[Unit]:
    """Yield units of AV1; their bytes begin with the first of their content, or 0."""
    at = 0
    while at < len(content):
        head, begin = content[at], at
        at += 2 if head & 4 else 1
        size, shift = len(content) - at, 0
        if head & 2:
            size, more = 0, True
            while more and shift < 56:
                size |= (content[at] & 127) << shift
                more = content[at] > 127
                at, shift = at + 1, shift + 7
        if at + size > len(content):
            raise ValueError
        first = content[at : at + 1] if size else b"\0"
        yield head >> 3 & 15, first + content[begin : at + size]
        at += size
