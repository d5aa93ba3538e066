"""What a HEIF file says that is in it: items with their types, places, properties and references.

Only what is kept is held to be right: where an item is left out, it does not matter where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.picture.heif.boxes import Box, Numbers, Span, boxes

__all__ = ["Item", "Items", "Reference", "items_of"]

_IN_FILE, _IN_META = 0, 1  # where the data of an item are: in the file, in the box `idat`
_SIZES = frozenset({0, 4, 8})  # bytes of a number in `iloc`; there are no others
_LAST_VERSION = 2  # of `iloc`
_TYPED = (2, 3)  # versions of `infe` that state a type, with numbers of 16 and of 32 bits


@dataclass(slots=True)
class Item:
    """An item: its type, where its data are, and the numbers of its properties.

    `place` is its entry in `iloc`; `why` tells why its data cannot be examined, if so;
    `essential` are the properties without which it is not shown as it is.
    """

    kind: bytes
    version: int
    flags: int
    place: bytes = field(default=b"", repr=False)
    spans: tuple[Span, ...] = ()
    why: str = ""
    properties: list[int] = field(default_factory=list)
    essential: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reference:
    """What an item says of others: the type, the number of the item, those of the others."""

    kind: bytes
    one: int
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """All items of a file, by number; the one that is shown; properties, counted from 1.

    `meta` is the box that states them, `inner` are those in it, by type; `copied` are properties
    as a copy has them, as far as they were needed.
    """

    meta: Box
    inner: dict[bytes, Box]
    every: dict[int, Item]
    primary: int
    references: tuple[Reference, ...]
    properties: tuple[Box, ...]
    copied: dict[int, bytes] = field(default_factory=dict, repr=False)


_LISTS = frozenset({b"iinf", b"iloc", b"iref", b"iprp", b"idat", b"pitm"})


def items_of(data: bytes, meta: Box) -> Items:
    """Return the items that the boxes in `meta` state. Raises InputError."""
    inner = _inner(data, meta)
    if not {b"iinf", b"iloc", b"pitm", b"iprp"} <= set(inner):
        raise DamagedDocument("the HEIF picture has no list of what is in it")
    every = dict(_kinds(data, inner[b"iinf"]))
    _add_places(data, inner[b"iloc"], inner.get(b"idat"), every)
    properties = tuple(_add_properties(data, inner[b"iprp"], every))
    shown = Numbers(data, inner[b"pitm"].start, inner[b"pitm"].end)
    primary = shown.take(4 if shown.version()[0] else 2)
    references = tuple(_references(data, inner[b"iref"])) if b"iref" in inner else ()
    return Items(meta, inner, every, primary, references, properties)


def _inner(data: bytes, meta: Box) -> dict[bytes, Box]:
    """Return the boxes in `meta` by type, the last of each; of lists there is one."""
    found: dict[bytes, Box] = {}
    for box in boxes(data, meta.start + 4, meta.end):
        if box.kind in found and box.kind in _LISTS:
            raise DamagedDocument("the HEIF picture has two lists of one kind")
        found[box.kind] = box
    return found


def _kinds(data: bytes, box: Box) -> Iterator[tuple[int, Item]]:
    numbers = Numbers(data, box.start, box.end)
    numbers.take(4 if numbers.version()[0] else 2)  # how many there are
    seen: set[int] = set()
    for one in boxes(data, numbers.at, box.end):
        entry = Numbers(data, one.start, one.end)
        version, flags = entry.version()
        if one.kind != b"infe" or version not in _TYPED:
            raise UnsupportedFormat("the HEIF picture has a list of an old form")
        number = entry.take(2 if version == _TYPED[0] else 4)
        if number in seen:
            raise DamagedDocument("the HEIF picture has two items of one number")
        seen.add(number)
        why = "is encrypted" if entry.take(2) else ""
        yield number, Item(entry.raw(4), version, flags, why=why)


def _add_places(data: bytes, box: Box, inside: Box | None, every: dict[int, Item]) -> None:
    numbers = Numbers(data, box.start, box.end)
    version, _ = numbers.version()
    packed = numbers.take(2)
    sizes = [packed >> shift & 15 for shift in (12, 8, 4, 0)]
    sizes[3] = sizes[3] if version else 0
    if version > _LAST_VERSION or not _SIZES.issuperset(sizes):
        raise DamagedDocument("the HEIF picture has a list of places of no known form")
    wide, seen = 2 if version < 2 else 4, set[int]()  # versions of `iloc`
    for _ in range(numbers.take(wide)):
        begin, number = numbers.at, numbers.take(wide)
        if number in seen:
            raise DamagedDocument("the HEIF picture has two items of one number")
        seen.add(number)
        found = _place(numbers, sizes, inside, len(data), versioned=version > 0)
        if number in every:
            item = every[number]
            item.place, item.spans = data[begin : numbers.at], found[0]
            item.why = item.why or found[1]


def _place(
    numbers: Numbers, sizes: list[int], inside: Box | None, size: int, *, versioned: bool
) -> tuple[tuple[Span, ...], str]:
    """Return where the data of an item are, and why they are not examined."""
    of_offset, of_length, of_base, of_index = sizes
    method = numbers.take(2) & 15 if versioned else _IN_FILE
    why = "is in another file" if numbers.take(2) else ""
    base, end = numbers.take(of_base), size
    if method == _IN_META and inside is not None:
        base, end = base + inside.start, inside.end
    elif method != _IN_FILE:
        why = "has data that are made of others"
    count = numbers.take(2)
    if count > 1 and not of_offset + of_length:  # so many need no room
        raise DamagedDocument("the HEIF picture has a list of places of no known form")
    spans = []
    for _ in range(count):
        if numbers.take(of_index):
            why = why or "has data that are made of others"
        start = base + numbers.take(of_offset)
        length = numbers.take(of_length)  # 0: all there is
        spans.append((start, start + length if length else max(start, end)))
    if any(last > end for _, last in spans):
        why = why or "is cut off"
    return tuple(spans), why


def _add_properties(data: bytes, box: Box, every: dict[int, Item]) -> Iterator[Box]:
    """Yield the properties, and enter in the items which of them each has."""
    inner = list(boxes(data, box.start, box.end))
    if [one.kind for one in inner].count(b"ipco") != 1:
        raise DamagedDocument("the HEIF picture has no list of properties, or two")
    for one in inner:
        if one.kind == b"ipco":
            yield from boxes(data, one.start, one.end)
        elif one.kind == b"ipma":
            _associate(Numbers(data, one.start, one.end), every)


def _associate(numbers: Numbers, every: dict[int, Item]) -> None:
    version, flags = numbers.version()
    size = 2 if flags & 1 else 1
    essential = 0x80 << 8 * (size - 1)
    for _ in range(numbers.take(4)):
        item = every.get(numbers.take(4 if version else 2))
        for _ in range(numbers.take(1)):
            stated = numbers.take(size)
            if item is not None and stated & ~essential:
                item.properties.append(stated & ~essential)
                item.essential |= {stated & ~essential} if stated & essential else set()


def _references(data: bytes, box: Box) -> Iterator[Reference]:
    numbers = Numbers(data, box.start, box.end)
    wide = 4 if numbers.version()[0] else 2
    for one in boxes(data, numbers.at, box.end):
        entry = Numbers(data, one.start, one.end)
        first, count = entry.take(wide), entry.take(2)
        yield Reference(one.kind, first, tuple(entry.take(wide) for _ in range(count)))
