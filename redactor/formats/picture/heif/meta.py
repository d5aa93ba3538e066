"""The box `meta` of a copy: the items that a picture is shown with, and nothing of all others.

It has the length of that of the source, so that nothing moves behind it: what is left over is a box
`free` of zeros, or, if that is too little for a box, zeros behind the name of the handler, which is
empty.
"""

from __future__ import annotations

from collections.abc import Callable

from redactor.errors import DamagedDocument
from redactor.formats.picture.heif.boxes import HEAD, Box, written
from redactor.formats.picture.heif.items import Items
from redactor.formats.picture.heif.properties import copied, wanted

__all__ = ["KEPT_REFERENCES", "meta_of"]

KEPT_REFERENCES = frozenset({b"dimg", b"auxl", b"prem"})
"""What a picture is made of, how transparent it is, and whether that is in its colours already."""

_HANDLER = bytes(8) + b"pict" + bytes(12)  # the content of `hdlr` before its name
_WIDE_NUMBERS = 2  # version of `iloc` from which on numbers of items have 32 bits


def meta_of(data: bytes, items: Items, kept: set[int], idat: bytes) -> bytes:
    """Return the boxes in the place of `meta`, with what is kept. Raises InputError."""
    meta = items.meta
    writers: dict[bytes, Callable[[Box], bytes]] = {
        b"pitm": lambda box: _shown(data, box, items),
        b"iinf": lambda box: _list(data, box, items, kept),
        b"iloc": lambda box: _places(data, box, items, kept),
        b"iref": lambda box: _references(data, box, items, kept),
        b"iprp": lambda _: _properties(data, items, kept),
        b"idat": lambda _: idat,
    }
    parts = {
        kind: written(kind, content)
        for kind, box in items.inner.items()
        if kind in writers and (content := writers[kind](box))
    }
    head = data[meta.begin : meta.start] + bytes(4)
    size = meta.end - meta.begin
    left = size - len(head) - sum(map(len, parts.values())) - HEAD - len(_HANDLER) - 1
    if left < 0:
        raise DamagedDocument("the HEIF picture has a list of what is in it without a head")
    names = bytes(1 + (left if left < HEAD else 0))
    handler = written(b"hdlr", _HANDLER + names)
    free = written(b"free", bytes(left - HEAD)) if left >= HEAD else b""
    return head + handler + b"".join(parts.values()) + free


def _shown(data: bytes, box: Box, items: Items) -> bytes:
    version = data[box.start]
    return bytes((version, 0, 0, 0)) + items.primary.to_bytes(4 if version else 2, "big")


def _list(data: bytes, box: Box, items: Items, kept: set[int]) -> bytes:
    """Return the list of items, without their names."""
    version = data[box.start]
    entries = []
    for number in (one for one in items.every if one in kept):
        item = items.every[number]
        wide = 2 if item.version == 2 else 4  # of `infe`
        head = bytes((item.version,)) + (item.flags & 1).to_bytes(3, "big")  # whether it is hidden
        entry = head + number.to_bytes(wide, "big") + bytes(2) + item.kind + b"\0"
        entries.append(written(b"infe", entry))
    count = len(entries).to_bytes(4 if version else 2, "big")
    return bytes((version, 0, 0, 0)) + count + b"".join(entries)


def _places(data: bytes, box: Box, items: Items, kept: set[int]) -> bytes:
    entries = [item.place for number, item in items.every.items() if number in kept and item.place]
    wide = 4 if data[box.start] >= _WIDE_NUMBERS else 2
    head = bytes((data[box.start], 0, 0, 0)) + data[box.start + 4 : box.start + 6]
    return head + len(entries).to_bytes(wide, "big") + b"".join(entries)


def _references(data: bytes, box: Box, items: Items, kept: set[int]) -> bytes:
    """Return how kept items refer to each other; nothing if they do not."""
    wide, parts = 4 if data[box.start] else 2, []
    for one in items.references:
        others = [other for other in one.others if other in kept]
        if one.kind in KEPT_REFERENCES and one.one in kept and others:
            numbers = b"".join(other.to_bytes(wide, "big") for other in others)
            head = one.one.to_bytes(wide, "big") + len(others).to_bytes(2, "big")
            parts.append(written(one.kind, head + numbers))
    return bytes((data[box.start], 0, 0, 0)) + b"".join(parts) if parts else b""


def _properties(data: bytes, items: Items, kept: set[int]) -> bytes:
    """Return the properties of kept items, counted anew, and which of them each item has."""
    mine = {number: wanted(data, items, items.every[number]) for number in sorted(kept)}
    used = sorted({one for every in mine.values() for one in every})
    new = {old: at for at, old in enumerate(used, 1)}
    size = 2 if len(used) > 0x7F else 1  # bits of a small number
    wide = 4 if max(mine) > 0xFFFF else 2
    head = bytes((1 if wide == 4 else 0, 0, 0, size - 1))
    rows = [head, len(mine).to_bytes(4, "big")]
    for number, every in mine.items():
        essential = items.every[number].essential
        flag = 0x80 << 8 * (size - 1)
        stated = [new[one] | (flag if one in essential else 0) for one in every]
        rows += (number.to_bytes(wide, "big"), bytes((len(stated),)))
        rows += (one.to_bytes(size, "big") for one in stated)
    container = b"".join(copied(data, items, one) for one in used)
    return written(b"ipco", container) + written(b"ipma", b"".join(rows))
