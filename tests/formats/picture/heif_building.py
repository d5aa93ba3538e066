"""HEIF files for tests, made box by box: a picture of HEVC, and whatever shall be beside it.

The coded picture is no picture: it is never decoded, and says so to whoever tries.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

NAME = b"Teodor Vance"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>Teodor Vance</a></x:xmpmeta>"
ALPHA = b"urn:mpeg:hevc:2015:auxid:1\0"


def box(kind: bytes, *content: bytes, wide: bool = False) -> bytes:
    inside = b"".join(content)
    if wide:
        return struct.pack(">I4sQ", 1, kind, 16 + len(inside)) + inside
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def nal(kind: int, content: bytes) -> bytes:
    """Return a unit of HEVC behind its length."""
    return struct.pack(">IBB", 2 + len(content), kind << 1, 1) + content


def sei(kind: int, content: bytes) -> bytes:
    return nal(39, bytes((kind, len(content))) + content + b"\x80")


def obu(kind: int, content: bytes) -> bytes:
    """Return a unit of AV1 that states its size."""
    return bytes((kind << 3 | 2, len(content))) + content


SLICE = nal(19, b"\xaf" + b"a slice that is none" + b"\x80")
TILE = nal(19, b"\xaf" + b"another slice, of a tile" + b"\x80")
SETS = b"".join(
    struct.pack(">BHH", kind, 1, len(unit) - 4) + unit[4:]
    for kind, unit in ((32, nal(32, b"vps")), (33, nal(33, b"sps")), (34, nal(34, b"pps")))
)


def hevc(sets: bytes = SETS, count: int = 3) -> bytes:
    return box(b"hvcC", b"\1" + bytes(20) + b"\3" + bytes((count,)) + sets)


ISPE = full(b"ispe", struct.pack(">II", 1, 1))
SHOWN = (hevc(), ISPE)


@dataclass(frozen=True)
class Part:
    """An item: its type, its data, what it is shown with; how its places are stated."""

    kind: bytes
    data: bytes = b""
    properties: Sequence[bytes] = ()
    name: bytes = b""
    more: bytes = b"\0"  # behind the type: the name, and what `mime` has behind it
    hidden: bool = False
    inside: bool = False  # the data are in `idat`
    pieces: int = 1
    protected: int = 0
    elsewhere: int = 0  # the number of the file that has the data
    essential: bool = False
    span: tuple[int, int] | None = None  # a lie about the place


@dataclass(frozen=True)
class Heif:
    """A HEIF file: items from 1 on, of which the first is shown, and what is said of them."""

    parts: Sequence[Part] = (Part(b"hvc1", SLICE, SHOWN),)
    references: Sequence[tuple[bytes, int, Sequence[int]]] = ()
    head: bytes = b"heic\0\0\0\0mif1heicmiaf"
    handler: bytes = b"\0"
    in_meta: bytes = b""
    before: bytes = b""  # boxes before `meta`
    behind: bytes = b""  # boxes behind `mdat`
    gap: bytes = b""  # bytes of `mdat` that are of no item
    idat_gap: bytes = b""
    version: int = 1  # of `iloc`
    primary: int = 1
    open_end: bool = False  # `mdat` has the size 0
    wide: bool = False  # sizes of boxes have 64 bits
    small: bool = True  # numbers of items have 16 bits
    extra: dict[bytes, bytes] = field(default_factory=dict)  # lists in the place of ours

    def with_parts(self, *parts: Part, references=(), **changes) -> Heif:
        every = (*self.references, *references)
        return replace(self, parts=(*self.parts, *parts), references=every, **changes)

    def bytes(self) -> bytes:
        first = box(b"ftyp", self.head) + self.before
        meta = self._meta(0)
        start = len(first) + len(meta) + (16 if self.wide else 8)
        held = b"".join(one.data for one in self.parts if not one.inside) + self.gap
        mdat = box(b"mdat", held, wide=self.wide)
        if self.open_end:
            mdat = bytes(4) + mdat[4:]
        return first + self._meta(start) + mdat + self.behind

    def _meta(self, start: int) -> bytes:
        idat = b"".join(one.data for one in self.parts if one.inside) + self.idat_gap
        lists = {
            b"hdlr": full(b"hdlr", bytes(4) + b"pict" + bytes(12) + self.handler),
            b"pitm": full(b"pitm", self._id(self.primary), version=not self.small),
            b"iinf": self._iinf(),
            b"iloc": self._iloc(start),
            b"iprp": self._iprp(),
            b"idat": box(b"idat", idat) if idat else b"",
            b"iref": self._irefs(),
        } | self.extra
        content = bytes(4) + b"".join(lists.values()) + self.in_meta
        return box(b"meta", content, wide=self.wide)

    def _id(self, number: int) -> bytes:
        return struct.pack(">H" if self.small else ">I", number)

    def _iinf(self) -> bytes:
        entries = [
            full(
                b"infe",
                self._id(number)
                + struct.pack(">H", one.protected)
                + one.kind
                + one.name
                + one.more,
                version=2 if self.small else 3,
                flags=one.hidden,
            )
            for number, one in enumerate(self.parts, 1)
        ]
        return full(b"iinf", struct.pack(">H", len(entries)), *entries)

    def _iloc(self, start: int) -> bytes:
        version = self.version if self.small else 2
        sizes = b"\x88\0" if self.wide else b"\x44\x40"
        form = ">QQ" if self.wide else ">II"
        rows = [sizes, struct.pack(">H" if version < 2 else ">I", len(self.parts))]
        at, inner = start, 0
        for number, one in enumerate(self.parts, 1):
            first = inner if one.inside else at
            rows.append(struct.pack(">H" if version < 2 else ">I", number))
            rows.append(struct.pack(">H", int(one.inside)) if version else b"")
            rows.append(struct.pack(">H", one.elsewhere) + (b"" if self.wide else bytes(4)))
            size, pieces = len(one.data) // one.pieces, []
            for piece in range(one.pieces):
                last = len(one.data) if piece == one.pieces - 1 else size * (piece + 1)
                pieces.append((first + size * piece, last - size * piece))
            pieces = [one.span] if one.span else pieces
            rows.append(struct.pack(">H", len(pieces)))
            rows += (struct.pack(form, *piece) for piece in pieces)
            at, inner = (at, inner + len(one.data)) if one.inside else (at + len(one.data), inner)
        return full(b"iloc", *rows, version=version)

    def _iprp(self) -> bytes:
        every = list(dict.fromkeys(one for part in self.parts for one in part.properties))
        rows = [struct.pack(">I", len(self.parts))]
        for number, part in enumerate(self.parts, 1):
            rows.append(self._id(number) + bytes((len(part.properties),)))
            flag = 0x80 if part.essential else 0
            rows += (bytes((every.index(one) + 1 | flag,)) for one in part.properties)
        associations = full(b"ipma", *rows, version=not self.small)
        return box(b"iprp", box(b"ipco", *every), associations)

    def _irefs(self) -> bytes:
        every = [self._iref(one) for one in self.references]
        return full(b"iref", *every, version=not self.small) if every else b""

    def _iref(self, row: tuple[bytes, int, Sequence[int]]) -> bytes:
        kind, one, others = row
        return box(
            kind, self._id(one) + struct.pack(">H", len(others)), *(self._id(n) for n in others)
        )
