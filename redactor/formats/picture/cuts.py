"""What is taken out of the bytes of a picture, and the orientation that is kept of its metadata."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["EMPTY_EXIF", "EMPTY_XMP", "Cut", "applied", "orientation", "orientation_only"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the bytes of a picture that no copy has, what replaces it, and its name.

    `what` is one of few words for the log: `exif`, `xmp`, `comment`.
    """

    start: int
    end: int
    what: str
    put: bytes = field(default=b"", repr=False)


def applied(data: bytes, cuts: Sequence[Cut]) -> bytes:
    """Return bytes without what is cut out of them; the cuts are sorted and apart."""
    parts: list[bytes] = []
    done = 0
    for cut in cuts:
        parts += (data[done : cut.start], cut.put)
        done = cut.end
    return b"".join([*parts, data[done:]])


_ORIENTATION = 0x0112  # the tag (Exif 2.32, 4.6.4): which way up a picture is shown
_SHORT = 3  # the type of its value


def orientation(exif: bytes) -> int:
    """Return which way up Exif data say that a picture is shown; 1 if they say nothing."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 10:  # the header, and the number of tags
        return 1
    (first,) = struct.unpack_from(f"{order}I", exif, 4)
    if first + 2 > len(exif):
        return 1
    (count,) = struct.unpack_from(f"{order}H", exif, first)
    for at in range(first + 2, min(first + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, number, value = struct.unpack_from(f"{order}HHIH", exif, at)
        if (tag, kind, number) == (_ORIENTATION, _SHORT, 1):
            return value if 1 <= value <= 8 else 1  # the values there are
    return 1


EMPTY_EXIF = b"MM\0*" + struct.pack(">IHI", 8, 0, 0)
EMPTY_XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
"""What says nothing, where decoders ask that something is said."""


def orientation_only(exif: bytes) -> bytes:
    """Return Exif data that say which way up a picture is shown and nothing else.

    They are empty if it is shown as it is stored.
    """
    shown = orientation(exif)
    if shown == 1:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, shown, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
