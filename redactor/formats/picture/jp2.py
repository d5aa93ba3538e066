"""JPEG 2000 (ISO/IEC 15444-1, with the boxes of part 2): boxes and comments that are metadata."""

from __future__ import annotations

from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.picture.cuts import Cut

__all__ = ["CODESTREAM", "cuts"]

CODESTREAM = b"\xff\x4f\xff\x51"
"""What a picture begins with that has no boxes."""

_PICTURE = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"rreq", b"jpch", b"jplh", b"prfl"})
_NAMES = {b"xml ": "xmp", b"uuid": "other", b"jp2i": "text"}
_START_OF_TILE, _START_OF_DATA, _END, _COMMENT = 0x90, 0x93, 0xD9, 0x64
_ALONE = frozenset({0x4F, _START_OF_DATA, _END})  # markers without a segment


def cuts(data: bytes) -> list[Cut]:
    """Return what is metadata in a JPEG 2000 picture. Raises DamagedDocument."""
    if data.startswith(CODESTREAM):
        return list(_comments(data, 0, len(data)))
    return list(_boxes(data))


def _boxes(data: bytes) -> Iterator[Cut]:
    at = 0
    while at < len(data):
        size, kind, first = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if size == 1:
            size, first = int.from_bytes(data[first : first + 8], "big"), first + 8
        end = at + size if size else len(data)
        if kind == b"jp2c":
            end = min(end, len(data))  # decoders show what there is
        if end < first or end > len(data):
            raise DamagedDocument("the JPEG 2000 picture is cut off in a box")
        if kind == b"jp2c":
            yield from _comments(data, first, end)
        elif kind not in _PICTURE:
            yield Cut(at, end, _NAMES.get(kind, "other"))
        at = end


def _comments(data: bytes, at: int, end: int) -> Iterator[Cut]:
    """Yield the comments in a codestream: zeros, as long as before. Raises DamagedDocument."""
    tile_end = end
    while at + 2 <= end:
        if data[at] != 0xFF:  # of a marker
            raise DamagedDocument("the JPEG 2000 picture has no marker where one must be")
        marker, first = data[at + 1], at + 2
        size = 0 if marker in _ALONE else int.from_bytes(data[first : first + 2], "big")
        if marker == _START_OF_TILE:
            length = int.from_bytes(data[first + 4 : first + 8], "big")
            tile_end = at + length if length else end
        if marker == _COMMENT:
            yield Cut(first + 4, first + size, "comment", bytes(max(0, size - 4)))
        at = tile_end if marker == _START_OF_DATA else first + size
        if marker == _END or (marker not in _ALONE and size < 2):  # its own size
            return
