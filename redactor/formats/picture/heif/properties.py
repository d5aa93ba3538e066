"""Properties of items in HEIF: those that a picture is shown with, and nothing else in them."""

from __future__ import annotations

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.picture.heif.boxes import Box, Numbers, written
from redactor.formats.picture.heif.items import Item, Items
from redactor.formats.picture.heif.units import obus, unit

__all__ = ["ALPHA", "copied", "is_alpha", "length_size", "wanted"]

ALPHA = frozenset({b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"})
"""What `auxC` says of an auxiliary picture that tells how transparent another is."""

# Properties that are numbers alone, and the bytes of these: sizes, ways up, crops, ratios, light.
_FIXED = {b"ispe": 12, b"irot": 1, b"imir": 1, b"clap": 32, b"pasp": 8, b"clli": 4, b"mdcv": 24}
_FIXED |= {b"amve": 8, b"a1op": 1, b"lsel": 2}
_LAYERS = {0: 7, 1: 13}  # bytes of `a1lx`, by its flag: three sizes of 16 or 32 bits
# What describes a picture in words and dates: never needed, whatever is said of it.
_WORDS = frozenset({b"udes", b"altt", b"crtt", b"mdft"})
_NUMBERS_OF_COLOURS, _PROFILES = 11, frozenset({b"prof", b"rICC"})  # bytes of `nclx` in `colr`
_LONGEST_URN = 80  # bytes of `auxC` in which its name ends; those of ALPHA have 44 at most
_ARRAYS = 22  # bytes of `hvcC` before the number of arrays


def is_alpha(data: bytes, items: Items, number: int) -> bool:
    """Tell whether an item is an auxiliary picture that tells how transparent another one is."""
    item = items.every.get(number)
    return item is not None and any(
        box.kind == b"auxC" and _urn(data, box) in ALPHA for box in _of(items, item)
    )


def wanted(data: bytes, items: Items, item: Item) -> list[int]:
    """Return the numbers of the properties that an item is shown with. Raises InputError."""
    if any(not 0 < number <= len(items.properties) for number in item.properties):
        raise DamagedDocument("the HEIF picture has properties that are nowhere")
    found = []
    for number in item.properties:
        if copied(data, items, number):
            found.append(number)
        elif number in item.essential and items.properties[number - 1].kind not in _WORDS:
            raise UnsupportedFormat("the HEIF picture has properties of unknown use")
    return found


def length_size(data: bytes, items: Items, item: Item) -> int:
    """Return how many bytes state the length of a unit of HEVC. Raises DamagedDocument."""
    for box in _of(items, item):
        if box.kind == b"hvcC" and box.end - box.start > _ARRAYS:
            return (data[box.start + _ARRAYS - 1] & 3) + 1
    raise DamagedDocument("the HEIF picture does not say how it is coded")


def _of(items: Items, item: Item) -> list[Box]:
    return [items.properties[at - 1] for at in item.properties if 0 < at <= len(items.properties)]


def _urn(data: bytes, box: Box) -> bytes:
    return data[box.start + 4 : min(box.end, box.start + _LONGEST_URN)].partition(b"\0")[0]


def copied(data: bytes, items: Items, number: int) -> bytes:
    """Return a property as a copy has it; nothing for one without which a picture is shown."""
    if number not in items.copied:
        items.copied[number] = _copied(data, items.properties[number - 1])
    return items.copied[number]


def _copied(data: bytes, box: Box) -> bytes:
    content = data[box.start : box.end]
    if box.kind in _FIXED or box.kind == b"a1lx":
        size = _FIXED.get(box.kind) or _LAYERS.get(content[0] & 1 if content else 0, 0)
        if len(content) < size:
            raise DamagedDocument("the HEIF picture is cut off, or a size in it is wrong")
        return written(box.kind, content[:size])
    match box.kind:
        case b"hvcC":
            kept = _hevc(content)
        case b"av1C":
            kept = content[:4] + obus(content[4:])
        case b"colr":
            kept = _colours(content)
        case b"pixi" if content[:4] == bytes(4):
            kept = content[: 5 + content[4]] if len(content) > 4 else b""  # a head
        case b"auxC" if _urn(data, box) in ALPHA:
            kept = bytes(4) + _urn(data, box) + b"\0"
        case _:
            kept = b""
    return written(box.kind, kept) if kept else b""


def _colours(content: bytes) -> bytes:
    """Return a profile, or numbers of colours; nothing else."""
    if content[:4] == b"nclx":
        return content[:_NUMBERS_OF_COLOURS]
    return content if content[:4] in _PROFILES else b""


def _hevc(content: bytes) -> bytes:
    """Return how HEVC is coded: sets of parameters, and messages with them."""
    numbers = Numbers(content, 0, len(content))
    parts = [numbers.raw(_ARRAYS + 1)]
    for _ in range(content[_ARRAYS]):
        parts.append(numbers.raw(3))
        for _ in range(int.from_bytes(parts[-1][1:], "big")):
            parts.append(numbers.raw(2))
            parts.append(unit(numbers.raw(int.from_bytes(parts[-1], "big"))))
    return b"".join(parts)
