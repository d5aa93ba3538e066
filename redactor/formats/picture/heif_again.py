"""A second reader of HEIF, written apart from the first: what a copy holds beside its picture.

It shares no code with `heif/`, and holds a copy to two things: each of its bytes is of a list by
which the picture is shown, of the picture, or zero; and the parts of the picture have the bytes of
the source, but for coded units that the copy marks as filler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from struct import error, unpack_from

from redactor.errors import OutputError
from redactor.formats.picture.heif_units_again import coded_units, is_added, is_filler

__all__ = ["check_same", "is_heif", "texts_beside"]

_PICTURES = frozenset({b"hvc1", b"av01", b"jpeg", b"grid", b"iden", b"iovl"})
_RELATIONS = frozenset({b"dimg", b"auxl", b"prem"})
# What a picture is shown with, and the bytes of those that have one length (0: of any).
_SHOWN = {b"hvcC": 0, b"av1C": 0, b"colr": 0, b"pixi": 0, b"a1lx": 0, b"auxC": 0, b"ispe": 12}
_SHOWN |= {b"irot": 1, b"imir": 1, b"clap": 32, b"pasp": 8, b"clli": 4, b"mdcv": 24, b"amve": 8}
_SHOWN |= {b"a1op": 1, b"lsel": 2}
_ALPHA = (
    bytes(4) + b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0",
    bytes(4) + b"urn:mpeg:hevc:2015:auxid:1\0",
)
_BROKEN = (error, IndexError, ValueError, KeyError)


@dataclass(slots=True)
class _File:
    """What is read of a file: items with type, places and properties; the texts beside them."""

    data: bytes = field(repr=False)
    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    shown: dict[int, list[int]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    relations: list[tuple[bytes, int, int]] = field(default_factory=list)
    stores: list[tuple[int, int]] = field(default_factory=list)
    beside: list[bytes] = field(default_factory=list)
    primary: int = 0
    inside: int = 0  # where `idat` has its content


def is_heif(data: bytes) -> bool:
    """Tell whether a file begins as HEIF does."""
    return data[4:8] == b"ftyp"


def texts_beside(data: bytes) -> Iterator[str]:
    """Yield what a file holds beside its picture, as text; something for one that is not read."""
    try:
        file = _read(data)
        found = [*file.beside, *_between(file), *_added(file)]
    except _BROKEN:
        found = [b"?"]
    yield from (one.decode("utf-8", "replace") for one in found)


def check_same(source: bytes, copy: bytes) -> None:
    """Raise OutputError unless a copy has the picture of its source, part by part."""
    try:
        before, after = _read(source), _read(copy)
        same = before.primary == after.primary and after.primary in after.kinds
        related = [one for one in before.relations if one[1] in after.kinds and one[0] == b"dimg"]
        same = same and related == [one for one in after.relations if one[0] == b"dimg"]
        same = same and all(_is_same(before, after, number) for number in after.kinds)
    except _BROKEN:
        same = False
    if not same:
        raise OutputError("the draft of a picture has other pixels")


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


def _read(data: bytes) -> _File:
    file = _File(data)
    for kind, first, last in _walk(data, 0, len(data)):
        if kind == b"meta":
            inner = list(_walk(data, first + 4, last))
            file.inside = next((at for name, at, _ in inner if name == b"idat"), 0)
            for name, at, end in inner:
                _read_list(file, name, at, end)
        elif kind == b"mdat":
            file.stores.append((first, last))
        elif kind != b"ftyp":
            file.beside += _left(data[first:last], kind)
    return file


def _left(content: bytes, kind: bytes) -> list[bytes]:
    """Return what a box that is no part of a picture holds: nothing, if these are zeros."""
    held = content.strip(b"\0")
    return [held or kind] if held or kind not in {b"free", b"skip"} else []


def _read_list(file: _File, kind: bytes, at: int, end: int) -> None:
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


def _read_item(file: _File, at: int, end: int) -> None:
    form = ">IH4s" if file.data[at] > 2 else ">HH4s"
    number, _, kind = unpack_from(form, file.data, at + 4)
    name = file.data[at + (14 if file.data[at] > 2 else 12) : end].strip(b"\0")
    file.kinds[number] = kind
    file.beside += [one for one in (name, b"" if kind in _PICTURES else kind) if one]


def _read_places(file: _File, at: int) -> None:
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
        base = number(sizes[2]) + (file.inside if inside else 0)
        spans = file.places.setdefault(item, [])
        for _ in range(number(2)):
            number(sizes[3] if version else 0)
            first = base + number(sizes[0])
            size = number(sizes[1])
            spans.append((first, first + size if size else len(data)))


def _read_relations(file: _File, at: int, end: int) -> None:
    form = "I" if file.data[at] else "H"
    for kind, first, _ in _walk(file.data, at + 4, end):
        one, count = unpack_from(f">{form}H", file.data, first)
        others = unpack_from(f">{count}{form}", file.data, first + (6 if form == "I" else 4))
        file.relations += ((kind, one, other) for other in others)
        file.beside += [] if kind in _RELATIONS else [kind]


def _read_properties(file: _File, kind: bytes, at: int, end: int) -> None:
    data = file.data
    if kind == b"ipco":
        for name, first, last in _walk(data, at, end):
            content = data[first:last]
            file.properties.append((name, content))
            whole = not _SHOWN.get(name, 0) or len(content) == _SHOWN[name]
            if name not in _SHOWN or not whole or (name == b"auxC" and content not in _ALPHA):
                file.beside.append(content or name)
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


def _between(file: _File) -> Iterator[bytes]:
    """Yield the bytes of `mdat` and `idat` that are of no item, and no zeros."""
    spans = sorted(span for number in file.kinds for span in file.places.get(number, ()))
    at = 0
    for first, last in sorted(file.stores):
        done = first
        while at < len(spans) and spans[at][0] < last:
            if spans[at][0] > done and (held := file.data[done : spans[at][0]].strip(b"\0")):
                yield held
            done, at = max(done, spans[at][1]), at + 1
        if done < last and (held := file.data[done:last].strip(b"\0")):
            yield held


def _content(file: _File, number: int) -> bytes:
    return b"".join(file.data[first:last] for first, last in file.places.get(number, ()))


def _of(file: _File, number: int) -> list[tuple[bytes, bytes]]:
    return [file.properties[at - 1] for at in file.shown.get(number, ())]


def _units(file: _File, number: int) -> Iterator[tuple[int, bytes]]:
    of = dict(_of(file, number))
    config = of.get(b"hvcC") or of.get(b"av1C") or b""
    return coded_units(file.kinds[number], _content(file, number), config)


def _added(file: _File) -> Iterator[bytes]:
    """Yield coded units that hold what a program or a person added."""
    for number, kind in file.kinds.items():
        if kind in _PICTURES:
            yield from (one[1] for one in _units(file, number) if is_added(kind, one))


def _is_same(before: _File, after: _File, number: int) -> bool:
    """Tell whether an item has its bytes and what it is shown with, but for filler."""
    kind = after.kinds[number]
    if before.kinds.get(number) != kind:
        return False
    coded = {b"hvcC", b"av1C"}
    stated = [one for one in _of(before, number) if one[0] in _SHOWN]
    copied = [one for one in _of(after, number) if one[0] not in coded]
    if any(one not in [(n, c[: len(one[1])]) for n, c in stated] for one in copied):
        return False
    if {n for n, _ in stated} - {n for n, _ in _of(after, number)} - {b"auxC", b"pixi", b"colr"}:
        return False
    for one, two in zip_longest(_units(before, number), _units(after, number)):
        if one is None or two is None:
            return False
        if one[1] != two[1] and not is_filler(kind, one, two):
            return False
    return True
