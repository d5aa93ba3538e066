"""TIFF 6.0 and BigTIFF: tags that are metadata, in place; what no tag refers to becomes zeros."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.picture import jpeg
from redactor.formats.picture.cuts import Cut

__all__ = ["cuts"]

# Tags of what a decoder needs: sizes, colours, compression, where the picture is (TIFF 6.0, its
# supplements 1 and 2, and the tags that libtiff has for compressions of others).
_PICTURE = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281}
    | {282, 283, 284, 286, 287, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322}
    | {323, 324, 325, 326, 327, 328, 332, 334, 336, 338, 339, 340, 341, 342, 346, 347}
    | {529, 530, 531, 532, 32995, 32996, 32997, 32998, 34675, 50674}
)
_NAMES = {
    **dict.fromkeys((269, 270, 271, 272, 285, 305, 306, 315, 316, 333, 33432), "text"),
    **dict.fromkeys((33550, 33922, 34264, 34735, 34736, 34737, 42112), "place"),
    700: "xmp",
    33723: "iptc",
    34377: "photoshop",
    34665: "exif",
    34853: "gps",
}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_SIZES |= {13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_KIND, _COMPRESSION, _TABLES = 254, 259, 347
_STRIPS, _TILES = (273, 279), (324, 325)  # tags of where they are and of their sizes
_OLD_JPEG, _JPEG = 6, 7
_REDUCED = 1  # a flag of the kind of a picture: it is another one, made smaller

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The order of bytes, and the sizes of numbers in the lists of tags."""

    order: str
    big: bool

    @property
    def entry(self) -> int:
        """Return the size of an entry of a list."""
        return 20 if self.big else 12

    @property
    def offset(self) -> str:
        """Return the code of an offset."""
        return "Q" if self.big else "I"

    @property
    def width(self) -> int:
        """Return the size of an offset, and of a value that is stored in its place."""
        return 8 if self.big else 4

    def number(self, code: str, data: bytes, at: int) -> int:
        """Return a number at a position. Raises DamagedDocument."""
        if at + struct.calcsize(code) > len(data):
            raise DamagedDocument("the TIFF picture is cut off")
        (found,) = struct.unpack_from(self.order + code, data, at)
        return int(found)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A tag: its type, its number of values, where it and its values are."""

    tag: int
    kind: int
    at: int
    values: Span


@dataclass(slots=True)
class _Directory:
    """A list of tags: where it is, its tags, where the next one is stated."""

    start: int
    entries: list[_Entry]
    next_at: int
    next: int = 0
    kept: bool = True
    spans: list[Span] = field(default_factory=list)


def cuts(data: bytes) -> list[Cut]:
    """Return what is metadata in a TIFF picture. Raises DamagedDocument, UnsupportedFormat."""
    shape, first_at = _shape(data)
    first = shape.number(shape.offset, data, first_at)
    directories = list(_directories(data, shape, first))
    kept = [one for one in directories if one.kept]
    if not kept:
        raise UnsupportedFormat("the TIFF picture is a raw one of a camera")
    start = struct.pack(shape.order + shape.offset, kept[0].start)
    found = [Cut(first_at, first_at + shape.width, "tags", start)]
    found += [
        _directory(data, shape, one, after)
        for one, after in zip(kept, [*(x.start for x in kept[1:]), 0], strict=True)
    ]
    used: list[Span] = [(0, first_at + shape.width)]
    for one in kept:
        used += [(one.start, one.next_at + shape.width), *one.spans]
        found += _inside(data, shape, one)
    found += (Cut(*gap, "unused", bytes(gap[1] - gap[0])) for gap in _gaps(used, len(data)))
    return sorted(
        (one for one in found if one.put != data[one.start : one.end]), key=lambda one: one.start
    )


def _shape(data: bytes) -> tuple[_Shape, int]:
    """Return the shape of a file, and where its first list of tags is stated."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or data[8:10] == b"CR":
        raise UnsupportedFormat("the TIFF picture is a raw one of a camera")
    version = _Shape(order, big=False).number("H", data, 2)
    if version not in {42, 43}:
        raise DamagedDocument("the TIFF picture does not begin as one")
    return (_Shape(order, big=True), 8) if version == 43 else (_Shape(order, big=False), 4)


def _directories(data: bytes, shape: _Shape, at: int) -> Iterator[_Directory]:
    seen: set[int] = set()
    while at:
        if at in seen:
            raise DamagedDocument("the lists of tags of the TIFF picture go in a circle")
        seen.add(at)
        head = "Q" if shape.big else "H"
        count = shape.number(head, data, at)
        first = at + struct.calcsize(head)
        next_at = first + count * shape.entry
        following = shape.number(shape.offset, data, next_at)
        entries = [
            entry
            for number in range(count)
            if (entry := _entry(data, shape, first + number * shape.entry)) is not None
        ]
        one = _Directory(at, entries, next_at, following)
        one.kept = not _first(data, shape, one, _KIND) & _REDUCED
        if one.kept:
            one.spans = list(_spans(data, shape, one))
        yield one
        at = following


def _entry(data: bytes, shape: _Shape, at: int) -> _Entry | None:
    """Return a tag of the picture; None for another. Raises DamagedDocument."""
    tag, kind = shape.number("H", data, at), shape.number("H", data, at + 2)
    if tag not in _PICTURE:
        return None
    count = shape.number(shape.offset, data, at + 4)
    size = count * _SIZES.get(kind, 0)
    values = at + 4 + shape.width
    if size > shape.width:
        values = shape.number(shape.offset, data, values)
    if not size or values + size > len(data):
        raise DamagedDocument("a tag of the TIFF picture is cut off")
    return _Entry(tag, kind, at, (values, values + size))


def _first(data: bytes, shape: _Shape, one: _Directory, tag: int) -> int:
    """Return the first value of a tag; 0 if there is none."""
    return next(iter(_numbers(data, shape, one, tag)), 0)


def _numbers(data: bytes, shape: _Shape, one: _Directory, tag: int) -> list[int]:
    for entry in one.entries:
        if entry.tag == tag and entry.kind in _CODES:
            start, end = entry.values
            count = (end - start) // _SIZES[entry.kind]
            return list(
                struct.unpack_from(f"{shape.order}{count}{_CODES[entry.kind]}", data, start)
            )
    return []


def _spans(data: bytes, shape: _Shape, one: _Directory) -> Iterator[Span]:
    """Yield where the values of tags are, and the strips and tiles. Raises DamagedDocument."""
    yield from (entry.values for entry in one.entries)
    if _first(data, shape, one, _COMPRESSION) == _OLD_JPEG:
        raise UnsupportedFormat("the TIFF picture has JPEG in its old form")
    pieces = [span for tags in (_STRIPS, _TILES) for span in _pieces(data, shape, one, tags)]
    if not pieces:
        raise DamagedDocument("the TIFF picture has no picture, or does not state its size")
    yield from pieces


def _pieces(data: bytes, shape: _Shape, one: _Directory, tags: tuple[int, int]) -> Iterator[Span]:
    starts, sizes = (_numbers(data, shape, one, tag) for tag in tags)
    if len(starts) != len(sizes):
        raise DamagedDocument("the TIFF picture does not state the sizes of its parts")
    for start, size in zip(starts, sizes, strict=True):
        if start > len(data):
            raise DamagedDocument("a part of the TIFF picture is cut off")
        yield start, min(start + size, len(data))


def _directory(data: bytes, shape: _Shape, one: _Directory, after: int) -> Cut:
    """Return a list of tags with those of the picture alone, as long as before."""
    head = struct.pack(shape.order + ("Q" if shape.big else "H"), len(one.entries))
    rows = b"".join(data[entry.at : entry.at + shape.entry] for entry in one.entries)
    new = head + rows + struct.pack(shape.order + shape.offset, after)
    end = one.next_at + shape.width
    return Cut(one.start, end, "tags", new.ljust(end - one.start, b"\0"))


def _inside(data: bytes, shape: _Shape, one: _Directory) -> Iterator[Cut]:
    """Yield the cuts in JPEG pictures that are parts of this one: zeros, as long as before."""
    tables = [entry.values for entry in one.entries if entry.tag == _TABLES]
    if _first(data, shape, one, _COMPRESSION) != _JPEG:
        return
    parts = [span for tags in (_STRIPS, _TILES) for span in _pieces(data, shape, one, tags)]
    for start, end in sorted({*parts, *tables}):
        if start == end:
            continue
        for cut in jpeg.cuts(data[start:end], tables=(start, end) in tables):
            first, last = start + cut.start, start + cut.end
            kept = 4 if data[first] == 0xFF and cut.what != jpeg.BEHIND else 0
            put = data[first : first + kept] + bytes(last - first - kept)
            yield Cut(first, last, cut.what, put)


def _gaps(used: list[Span], size: int) -> Iterator[Span]:
    """Yield the stretches that nothing refers to."""
    done = 0
    for start, end in sorted(used):
        if start > done:
            yield done, start
        done = max(done, end)
    if done < size:
        yield done, size
