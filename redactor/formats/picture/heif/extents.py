"""The data of kept items: where they are in the file, and how a copy has them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.picture import jpeg
from redactor.formats.picture.heif.boxes import Box, Span
from redactor.formats.picture.heif.items import Items
from redactor.formats.picture.heif.properties import length_size
from redactor.formats.picture.heif.units import obus, units

__all__ = ["CODED", "DERIVED", "contents"]

CODED = frozenset({b"hvc1", b"av01", b"jpeg"})
DERIVED = frozenset({b"grid", b"iden", b"iovl"})
"""Pictures that are coded, and those that are made of others: side by side, the same, on top."""

# Items that are pictures, whether they are read or not: one may have the bytes of a kept one.
_PICTURES = CODED | DERIVED | frozenset({b"avc1", b"vvc1", b"evc1", b"j2k1", b"unci", b"tmap"})
_OVERLAP = "parts of the HEIF picture overlap"


def contents(data: bytes, items: Items, kept: set[int], holds: Sequence[Box]) -> dict[Box, bytes]:
    """Return the content of the boxes that hold data: those of kept items, and zeros.

    Two items have all their places in common, or none. Raises InputError.
    """
    places = _places(items, kept)
    _check_others(items, kept, places)
    of_box = _by_box(places, holds)
    put = _put(data, items, kept)
    found = {}
    for box in holds:
        new = bytearray(box.end - box.start)
        for start, end in of_box[box]:
            new[start - box.start : end - box.start] = put[start, end]
        found[box] = bytes(new)
    return found


def _places(items: Items, kept: set[int]) -> list[Span]:
    """Return where the data of kept items are, in order. Raises DamagedDocument."""
    of: dict[Span, int] = {}  # the first item that has a place
    first: dict[tuple[Span, ...], int] = {}  # ... and all these places
    for number in kept:
        every = items.every[number].spans
        own = first.setdefault(every, number)
        if len(set(every)) != len(every) or any(of.setdefault(one, own) != own for one in every):
            raise DamagedDocument(_OVERLAP)
    spans = sorted(of)
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise DamagedDocument(_OVERLAP)
    return spans


def _check_others(items: Items, kept: set[int], places: list[Span]) -> None:
    """Raise DamagedDocument if the bytes of a kept item are those of something else as well."""
    ends = [end for _, end in places]
    for number, item in items.every.items():
        if number in kept or item.kind in _PICTURES:
            continue
        for start, end in item.spans:
            at = bisect_right(ends, start)  # the first place that ends behind it
            if at < len(places) and places[at][0] < end:
                raise DamagedDocument(_OVERLAP)


def _by_box(places: list[Span], holds: Sequence[Box]) -> dict[Box, list[Span]]:
    """Return the places in each box. Raises DamagedDocument for one that is in none."""
    found: dict[Box, list[Span]] = defaultdict(list)
    order = sorted(holds, key=lambda box: box.start)
    starts = [box.start for box in order]
    for start, end in places:
        at = bisect_right(starts, start) - 1
        if at < 0 or end > order[at].end:
            raise DamagedDocument("a part of the HEIF picture is where no pictures are")
        found[order[at]].append((start, end))
    return found


def _put(data: bytes, items: Items, kept: set[int]) -> dict[Span, bytes]:
    """Return what a copy has in each place. Raises InputError."""
    found: dict[Span, bytes] = {}
    done: dict[tuple[Span, ...], tuple[bytes, int]] = {}
    made_of = Counter[int]()
    for one in items.references:
        made_of[one.one] += len(one.others) if one.kind == b"dimg" else 0
    for number in sorted(kept):
        item = items.every[number]
        how = item.kind, made_of[number]
        if item.kind in CODED:
            how = item.kind, length_size(data, items, item) if item.kind == b"hvc1" else 0
        if not item.spans:
            if item.kind != b"iden":
                raise DamagedDocument("a part of the HEIF picture has no data")
            continue
        if item.spans not in done:
            done[item.spans] = how
            rest = _cleaned(b"".join(data[start:end] for start, end in item.spans), *how)
            for start, end in item.spans:
                found[start, end], rest = rest[: end - start], rest[end - start :]
        elif done[item.spans] != how:
            raise DamagedDocument(_OVERLAP)
    return found


def _cleaned(data: bytes, kind: bytes, number: int) -> bytes:
    """Return the data of an item, of the same length: of a unit size, or made of so many items."""
    match kind:
        case b"hvc1":
            return units(data, number)
        case b"av01":
            return obus(data)
        case b"jpeg":
            if jpeg.cuts(data):
                raise UnsupportedFormat("a JPEG picture in the HEIF picture has metadata")
            return data
    wide = 4 if data[1:2] and data[1] & 1 else 2  # by a flag
    size = {b"grid": 4 + 2 * wide, b"iden": 0, b"iovl": 10 + 2 * wide * (1 + number)}[kind]
    if len(data) < size:
        raise DamagedDocument("a part of the HEIF picture is cut off")
    return data[:size].ljust(len(data), b"\0")
