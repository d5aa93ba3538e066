"""HEIF and AVIF (ISO/IEC 23008-12): of all that a file holds, the picture that it shows.

A copy has the primary item, what it is made of (tiles, parts of an overlay) and how transparent it
is. All else is left out of the lists in `meta` (`items.py`, `meta.py`), and all bytes to which no
kept item refers are zeros: Exif, XMP, items of other types, their names, thumbnails, maps of gain
and depth, other pictures in the file, `udta`, `uuid` and every box that is not known.

No byte moves, and the copy is as long as its source: `iloc` states places in the file, those of
pictures too, so that whatever became shorter would change them all. To blank the data of metadata
alone would do for these, but leave what the lists say of them: names, types, words in properties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.picture.cuts import Cut
from redactor.formats.picture.heif.boxes import HEAD, Box, boxes
from redactor.formats.picture.heif.extents import CODED, DERIVED, contents
from redactor.formats.picture.heif.items import Item, Items, items_of
from redactor.formats.picture.heif.meta import meta_of
from redactor.formats.picture.heif.properties import is_alpha

__all__ = ["BRANDS", "cuts"]

BRANDS = frozenset(
    b"heic heix heim heis hevc hevx hevm hevs mif1 mif2 mif3 miaf msf1 avif avis avci avcs jpeg"
    b" jpgs j2ki j2is vvic vvis evbi evbs".split()
)
"""Brands of pictures and of sequences of them, by which a file begins."""

# What a picture is compatible with beside them: profiles of MIAF, one picture, tone maps, MP4.
_PROFILES = frozenset(
    b"MiHB MiHA MiHE MiPr MA1A MA1B MiCm MiAB 1pic unif tmap geo1 SHIF isom iso2 iso3 iso4 iso5"
    b" iso6 iso7 iso8 iso9 mp41 mp42 avio".split()
)
_KNOWN = BRANDS | _PROFILES
_MOVES = frozenset({b"moov", b"moof", b"mini"})  # tracks; a picture in the short form


def cuts(data: bytes) -> list[Cut]:
    """Return what is not the picture in a HEIF file. Raises DamagedDocument, UnsupportedFormat."""
    top = list(boxes(data, 0, len(data), of_file=True))
    kinds = [box.kind for box in top]
    if _MOVES & set(kinds):
        raise UnsupportedFormat("the HEIF picture moves, or is in the short form")
    if kinds.count(b"meta") != 1 or kinds[:1] != [b"ftyp"] or kinds.count(b"ftyp") != 1:
        raise DamagedDocument("the HEIF picture has no list of what is in it, or two")
    meta = top[kinds.index(b"meta")]
    items = items_of(data, meta)
    kept = _needed(data, items)
    holds = [box for box in top if box.kind == b"mdat"]
    holds += [box for kind, box in items.inner.items() if kind == b"idat"]
    held = contents(data, items, kept, holds)
    idat = held[items.inner[b"idat"]] if b"idat" in items.inner else b""
    found = [
        *(Cut(box.start, box.end, "data", held[box]) for box in top if box.kind == b"mdat"),
        Cut(meta.begin, meta.end, "metadata", meta_of(data, items, kept, idat)),
        *(cut for box in top if box.kind not in {b"mdat", b"meta"} for cut in _of_box(data, box)),
    ]
    changed = (one for one in found if one.put != data[one.start : one.end])
    return sorted(changed, key=lambda one: one.start)


def _of_box(data: bytes, box: Box) -> Iterator[Cut]:
    """Yield what is left of `ftyp`, and of boxes that are no part of the picture: a free one."""
    if box.kind != b"ftyp":
        yield Cut(box.begin + 4, box.begin + HEAD, "metadata", b"free")
        yield Cut(box.start, box.end, "metadata", bytes(box.end - box.start))
        return
    if box.end - box.start < HEAD or (box.end - box.start) % 4:
        raise DamagedDocument("the HEIF picture is cut off, or a size in it is wrong")
    major = data[box.start : box.start + 4]
    others = (data[at : at + 4] for at in range(box.start + HEAD, box.end, 4))
    known = b"".join(one if one in _KNOWN else major for one in others)
    yield Cut(box.start + 4, box.end, "metadata", bytes(4) + known)


def _needed(data: bytes, items: Items) -> set[int]:
    """Return the numbers of the items that the picture is shown with. Raises InputError."""
    uses: dict[int, list[int]] = defaultdict(list)
    for one in items.references:
        if one.one == items.primary and one.kind in {b"thmb", b"auxl"}:  # readers show another one
            raise UnsupportedFormat("the HEIF picture says that it is a thumbnail, or an addition")
        if one.kind == b"dimg":
            uses[one.one] += one.others
        elif one.kind == b"auxl" and is_alpha(data, items, one.one):
            for other in one.others:
                uses[other].append(one.one)
    found, rest = set[int](), [items.primary]
    while rest:
        number = rest.pop()
        if number not in found:
            found.add(number)
            rest += uses[number]
            _check(items.every.get(number))
    return found


def _check(item: Item | None) -> None:
    """Raise InputError for a part of the picture that cannot be examined."""
    if item is None:
        raise DamagedDocument("the HEIF picture is made of items that are not there")
    if item.why:
        raise UnsupportedFormat(f"a part of the HEIF picture {item.why}")
    if item.kind not in CODED | DERIVED:
        raise UnsupportedFormat("a part of the HEIF picture is of a type that is not read")
