"""HEIF and AVIF (ISO/IEC 23008-12): items that are metadata, in place, and what no item refers to.

Nothing moves, since places in the file are stated in many boxes: metadata become empty or zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.picture.cuts import EMPTY_EXIF, EMPTY_XMP, Cut

__all__ = ["BRANDS", "cuts"]

BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"miaf", b"avif", b"hevc", b"hevx"}
)
"""Brands of still pictures, and of bursts of them."""

_NAMES = {b"Exif": "exif", b"mime": "xmp", b"uri ": "other"}
_EMPTY = frozenset({b"free", b"skip", b"uuid"})
_IN_FILE, _IN_META = 0, 1  # where the data of an item are: in the file, in the box `idat`

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: its type, and where its content is."""

    kind: bytes
    start: int
    end: int


@dataclass(slots=True)
class _Numbers:
    """Reads the numbers of a box, one behind the other."""

    data: bytes = field(repr=False)
    at: int
    end: int

    def take(self, size: int) -> int:
        """Return a number of so many bytes. Raises DamagedDocument."""
        if self.at + size > self.end:
            raise DamagedDocument("the HEIF picture is cut off in a box")
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at], "big")


def cuts(data: bytes) -> list[Cut]:
    """Return what is metadata in a HEIF picture. Raises DamagedDocument, UnsupportedFormat."""
    boxes = list(_boxes(data, 0, len(data)))
    kinds = [box.kind for box in boxes]
    if kinds.count(b"meta") != 1 or not set(kinds) <= {b"ftyp", b"meta", b"mdat", *_EMPTY}:
        raise UnsupportedFormat("the HEIF picture moves, or has parts of unknown use")
    meta = boxes[kinds.index(b"meta")]
    inner = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        raise DamagedDocument("the HEIF picture has no list of what is in it")
    kinds_of = dict(_kinds(data, inner[b"iinf"]))
    spans = list(_places(data, inner[b"iloc"], inner.get(b"idat")))
    held = [span for _, span in spans]
    found = [
        Cut(*span, _NAMES[kind], _empty(kind, span[1] - span[0]))
        for number, span in spans
        if (kind := kinds_of.get(number, b"")) in _NAMES
    ]
    found += [
        Cut(*gap, "metadata", bytes(gap[1] - gap[0]))
        for box in (*(one for one in boxes if one.kind != b"ftyp"), *inner.values())
        if box.kind in {b"mdat", b"idat", *_EMPTY}
        for gap in _gaps(held if box.kind in {b"mdat", b"idat"} else [], box)
    ]
    return sorted(
        (one for one in found if one.put != data[one.start : one.end]), key=lambda one: one.start
    )


def _empty(kind: bytes, size: int) -> bytes:
    """Return metadata that say nothing, of a size; without any, decoders refuse a picture."""
    if kind == b"mime" and size >= len(EMPTY_XMP):
        return EMPTY_XMP.ljust(size)
    exif = bytes(4) + EMPTY_EXIF
    return (exif if kind == b"Exif" and size >= len(exif) else b"").ljust(size, b"\0")


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        size, kind, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if size == 1:
            size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
        after = at + size if size else end
        if after < start or after > end:
            raise DamagedDocument("the HEIF picture is cut off in a box")
        yield _Box(kind, start, after)
        at = after


def _kinds(data: bytes, box: _Box) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the type of each item."""
    numbers = _Numbers(data, box.start, box.end)
    version = numbers.take(4) >> 24
    numbers.take(4 if version else 2)
    for one in _boxes(data, numbers.at, box.end):
        entry = _Numbers(data, one.start, one.end)
        version = entry.take(4) >> 24
        if one.kind != b"infe" or version < 2:  # older ones have no types
            raise UnsupportedFormat("the HEIF picture has a list of an old form")
        number = entry.take(2 if version == 2 else 4)
        entry.take(2)
        yield number, entry.take(4).to_bytes(4, "big")


def _places(data: bytes, box: _Box, inside: _Box | None) -> Iterator[tuple[int, Span]]:
    """Yield the number of each item and where a stretch of its data is. Raises DamagedDocument."""
    numbers = _Numbers(data, box.start, box.end)
    version = numbers.take(4) >> 24
    sizes = numbers.take(2)
    offset, length, base, index = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15)
    wide = 4 if version >= 2 else 2
    for _ in range(numbers.take(wide)):
        number = numbers.take(wide)
        method = numbers.take(2) & 15 if version else _IN_FILE
        numbers.take(2)
        begins = numbers.take(base)
        if method not in {_IN_FILE, _IN_META} or (method == _IN_META and inside is None):
            raise UnsupportedFormat("the HEIF picture has items that are made of others")
        begins += inside.start if method == _IN_META and inside is not None else 0
        for _ in range(numbers.take(2)):
            numbers.take(index if version else 0)
            start = begins + numbers.take(offset)
            end = start + numbers.take(length)
            if start > end or end > len(data):
                raise DamagedDocument("an item of the HEIF picture is cut off")
            yield number, (start, end if end > start else len(data))


def _gaps(held: list[Span], box: _Box) -> Iterator[Span]:
    """Yield the stretches of a box that no item refers to."""
    done = box.start
    for start, end in sorted(held):
        if start > done and done < box.end:
            yield done, min(start, box.end)
        done = max(done, end)
    if done < box.end:
        yield done, box.end
