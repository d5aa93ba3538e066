"""The coded units of a picture in HEIF, as the second reader sees them.

Raises ValueError, IndexError and struct.error for broken ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from
from typing import NamedTuple

__all__ = ["BEHIND", "Unit", "coded_units", "is_added", "is_filler"]

# ITU-T H.265, table 7-1: slices and sets of parameters; messages; filler. Those above have no use.
_NEEDED = (*range(10), *range(16, 22), *range(32, 35))
_SEI, _FILLER = (39, 40), 38
# Messages by which a picture is shown, and those that are filler.
_MESSAGES = frozenset({3, 19, 45, 47, 129, 132, 137, 144, 147, 148, 149, 165, 177})
# AV1, 6.2.2: frames and tiles; ends of frames, metadata, padding.
_FRAMES = (1, 3, 4, 6, 7, 8)
_DELIMITER, _METADATA, _PADDING = 2, 5, 15
_LIGHT = (1, 2, 3)  # of metadata: light of content and display, layers
_LAST = b"\x80"  # the bit that ends a unit


BEHIND = 63
"""The type that bytes behind all units have, which have no head."""


class Unit(NamedTuple):
    """A coded unit: its type, its head, and what is behind that."""

    kind: int
    head: bytes
    content: bytes


def coded_units(kind: bytes, content: bytes, config: bytes) -> Iterator[Unit]:
    """Yield the units in what says how an item is coded, then those of the item."""
    if kind == b"hvc1":
        yield from _sets(config)
        yield from _lengths(content, (config[21] & 3) + 1)
    elif kind == b"av01":
        yield from _obus(config[4:])
        yield from _obus(content)
    else:
        yield Unit(0, b"", content)


def is_added(kind: bytes, unit: Unit) -> bool:
    """Tell whether a unit holds what a program or a person added."""
    if kind == b"hvc1":
        if unit.kind in _SEI:
            return not _MESSAGES.issuperset(_messages(unit.content))
        said = unit.content.lstrip(b"\xff") not in {b"", _LAST}
        return unit.kind > _SEI[1] or (unit.kind == _FILLER and said)
    if kind == b"av01" and unit.kind == _METADATA:
        return unit.content[0] not in _LIGHT
    if kind == b"av01" and unit.kind == _PADDING:
        return unit.content.lstrip(b"\0") not in {b"", _LAST}
    return kind == b"av01" and unit.kind == _DELIMITER and bool(unit.content)


def is_filler(kind: bytes, source: Unit, copy: Unit) -> bool:
    """Tell whether a unit of a copy says nothing, in the place of one without which is decoded."""
    if len(source.head + source.content) != len(copy.head + copy.content):
        return False
    if kind == b"hvc1":
        return source.kind not in _NEEDED and copy.kind in {_FILLER, *_SEI}
    if kind == b"av01":
        return source.kind not in _FRAMES and copy.kind == _PADDING
    # Numbers of a grid or an overlay, with zeros behind them.
    return kind != b"jpeg" and source.content.startswith(copy.content.rstrip(b"\0"))


def _messages(content: bytes) -> Iterator[int]:
    """Yield the type of each message; -1 for filler that says something, and what is cut off."""
    rest = memoryview(content.replace(b"\0\0\3", b"\0\0"))
    while len(rest) > 1:
        numbers = []
        for _ in range(2):
            more = 0
            while rest[more] == 0xFF:
                more += 1
            numbers.append(255 * more + rest[more])
            rest = rest[more + 1 :]
        kind, size = numbers
        said = kind == 3 and bytes(rest[:size]).strip(b"\xff")
        yield -1 if said or size >= len(rest) else kind
        rest = rest[size:]
    yield from () if rest == _LAST else (-1,)


def _sets(config: bytes) -> Iterator[Unit]:
    """Yield the units in what says how HEVC is coded, then what is behind them, if anything."""
    at = 23  # bytes before them
    for _ in range(config[at - 1]):
        (count,) = unpack_from(">H", config, at + 1)
        at += 3
        for _ in range(count):
            (length,) = unpack_from(">H", config, at)
            yield _unit(config[at + 2 : at + 2 + length])
            at += 2 + length
    if config[at:]:
        yield Unit(BEHIND, b"", config[at:])


def _unit(data: bytes) -> Unit:
    return Unit(data[0] >> 1 & 63, data[:2], data[2:])


def _lengths(content: bytes, size: int) -> Iterator[Unit]:
    at = 0
    while at < len(content):
        length = int.from_bytes(content[at : at + size], "big")
        at += size
        if at + length > len(content):
            raise ValueError
        yield _unit(content[at : at + length])
        at += length


def _obus(content: bytes) -> Iterator[Unit]:
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
        yield Unit(head >> 3 & 15, content[begin:at], content[at : at + size])
        at += size
