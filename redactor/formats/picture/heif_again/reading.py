"""What the second reader of HEIF makes of a file: its items, and what is beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import unpack_from

__all__ = ["ALPHA", "PICTURES", "SHOWN", "File", "read"]

PICTURES = frozenset({b"hvc1", b"av01", b"jpeg", b"grid", b"iden", b"iovl"})
"""Types of items that are parts of pictures."""

_RELATIONS = frozenset({b"dimg", b"auxl", b"prem"})

SHOWN = {b"hvcC": 0, b"av1C": 0, b"colr": 0, b"pixi": 0, b"a1lx": 13, b"auxC": 0, b"ispe": 12}
SHOWN |= {b"irot": 1, b"imir": 1, b"clap": 32, b"pasp": 8, b"clli": 4, b"mdcv": 24, b"amve": 8}
SHOWN |= {b"a1op": 1, b"lsel": 2}
"""What a picture is shown with, and the most bytes of those that are numbers."""

_COLOURS = {b"nclx": 11, b"prof": 0, b"rICC": 0}  # bytes of numbers of colours; profiles

ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
"""What an auxiliary picture is called that says how transparent another one is."""

# Brands of the registry (MP4RA) that files of pictures have, and profiles of MIAF.
_BRAND = re.compile(
    rb"he[iv][csmx]|mi(?:f[123]|af)|msf1|avi[fso]|avc[is]|jpe?gs?|j2k[is]|vvi[cs]|evb[is]"
    rb"|M(?:i[A-Z]{2}|i[A-Z][a-z]|i[A-Z]r|A1[AB]|iCm)|1pic|unif|tmap|geo1|SHIF|iso[2-9m]|mp4[12]"
)


@dataclass(slots=True)
class File:
    """What is read of a file: items with type, places and properties; the texts beside them."""

    data: bytes = field(repr=False)
    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    shown: dict[int, list[int]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list, repr=False)
    relations: list[tuple[bytes, int, int]] = field(default_factory=list)
    stores: list[tuple[int, int]] = field(default_factory=list)
    beside: list[bytes] = field(default_factory=list, repr=False)
    primary: int = 0
    inside: tuple[int, int] = (0, 0)  # where `idat` has its content


def _walk(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at < end:
        size, kind = unpack_from(">I4s", data, at)
        first = at + 8
        if size == 1:
            (size,) = unpack_from(">Q", data, first)
            first += 8
        last = at + size if size else end
        if not first <= last <= end:
            raise ValueError
        yield kind, first, last
        at = last


def read(data: bytes) -> File:
    """Return what a file says that is in it. Raises struct.error, ValueError, IndexError."""
    file = File(data)
    for kind, first, last in _walk(data, 0, len(data)):
        if kind == b"meta":
            inner = list(_walk(data, first + 4, last))
            file.inside = next(((at, end) for name, at, end in inner if name == b"idat"), (0, 0))
            for name, at, end in inner:
                _read_list(file, name, at, end)
        elif kind == b"mdat":
            file.stores.append((first, last))
        elif kind == b"ftyp":
            brands = [data[at : at + 4] for at in range(first, last, 4)]
            file.beside += [one for one in brands if one != bytes(4) and not _BRAND.fullmatch(one)]
        else:
            file.beside += _left(data[first:last], kind)
    return file


def _left(content: bytes, kind: bytes) -> list[bytes]:
    """Return what a box that is no part of a picture holds: nothing, if these are zeros."""
    held = content.strip(b"\0")
    return [held or kind] if held or kind not in {b"free", b"skip"} else []


def _read_list(file: File, kind: bytes, at: int, end: int) -> None:
    data = file.data
    match kind:
        case b"hdlr":
            file.beside += [name] if (name := data[at + 20 : end].strip(b"\0")) else []
        case b"pitm":
            file.primary = unpack_from(">I" if data[at] else ">H", data, at + 4)[0]
        case b"iinf":
            for _, first, last in _walk(data, at + (8 if data[at] else 6), end):
                _read_item(file, first, last)
        case b"iloc":
            _read_places(file, at)
        case b"iref":
            _read_relations(file, at, end)
        case b"iprp":
            for name, first, last in _walk(data, at, end):
                _read_properties(file, name, first, last)
        case b"idat":
            file.stores.append((at, end))
        case _:
            file.beside += _left(data[at:end], kind)


def _read_item(file: File, at: int, end: int) -> None:
    form = ">IH4s" if file.data[at] > 2 else ">HH4s"
    number, _, kind = unpack_from(form, file.data, at + 4)
    name = file.data[at + (14 if file.data[at] > 2 else 12) : end].strip(b"\0")
    file.kinds[number] = kind
    file.beside += [one for one in (name, b"" if kind in PICTURES else kind) if one]


def _read_places(file: File, at: int) -> None:
    data, version = file.data, file.data[at]
    sizes = [data[at + 4] >> 4, data[at + 4] & 15, data[at + 5] >> 4, data[at + 5] & 15]
    wide, at = (4 if version > 1 else 2), at + 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    for _ in range(number(wide)):
        item = number(wide)
        inside = version > 0 and number(2) & 15 == 1
        number(2)
        base = number(sizes[2]) + (file.inside[0] if inside else 0)
        end = file.inside[1] if inside else len(data)
        spans = file.places.setdefault(item, [])
        for _ in range(number(2)):
            number(sizes[3] if version else 0)
            first = base + number(sizes[0])
            size = number(sizes[1])
            spans.append((first, first + size if size else end))


def _read_relations(file: File, at: int, end: int) -> None:
    form = "I" if file.data[at] else "H"
    for kind, first, _ in _walk(file.data, at + 4, end):
        one, count = unpack_from(f">{form}H", file.data, first)
        others = unpack_from(f">{count}{form}", file.data, first + (6 if form == "I" else 4))
        file.relations += ((kind, one, other) for other in others)
        file.beside += [] if kind in _RELATIONS else [kind]


def _read_properties(file: File, kind: bytes, at: int, end: int) -> None:
    data = file.data
    if kind == b"ipco":
        file.properties += ((name, data[first:last]) for name, first, last in _walk(data, at, end))
        file.beside += [one for name, some in file.properties for one in _more(name, some) if one]
        return
    form, size = (">I" if data[at] else ">H"), 2 if data[at + 3] & 1 else 1
    (count,) = unpack_from(">I", data, at + 4)
    at += 8
    for _ in range(count):
        (number,) = unpack_from(form, data, at)
        at += 4 if form == ">I" else 2
        stated = data[at + 1 : at + 1 + size * data[at]]
        at += 1 + len(stated)
        mask = 0x7FFF if size == 2 else 0x7F
        every = (int.from_bytes(stated[n : n + size], "big") for n in range(0, len(stated), size))
        file.shown.setdefault(number, []).extend(one & mask for one in every if one & mask)


def _more(kind: bytes, content: bytes) -> Iterator[bytes]:
    """Yield what a property holds beside what a picture is shown with."""
    if kind not in SHOWN or (kind == b"colr" and content[:4] not in _COLOURS):
        yield content or kind
    elif kind == b"auxC":
        yield b"" if content[4:-1] in ALPHA and not content[-1] else content
    elif kind == b"pixi":
        yield content[5 + content[4] :] or content[:4].strip(b"\0")
    elif size := _COLOURS.get(content[:4], 0) if kind == b"colr" else SHOWN[kind]:
        yield content[size:]
