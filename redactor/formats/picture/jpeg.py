"""JPEG (ITU-T T.81): segments that are metadata, and what is behind the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.picture.cuts import Cut, orientation_only

__all__ = ["BEHIND", "cuts"]

BEHIND = "data behind the picture"

_FILL = 0xFF
_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP = range(0xE0, 0xF0)
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a segment
# Frames, tables, scans, and those of JPEG-LS: what a decoder needs.
_PICTURE = frozenset({*range(0xC0, 0xC8), *range(0xC9, 0xD0), *range(0xDA, 0xE0), 0xF7, 0xF8})
# A marker in the data of a scan: no stuffed zero, no restart.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

_JFIF, _ADOBE, _ICC, _EXIF = b"JFIF\0", b"Adobe", b"ICC_PROFILE\0", b"Exif\0"
_JFIF_SIZE, _ADOBE_SIZE = 14, 12  # of their fields, without a thumbnail
_NAMES = {
    b"http://ns.adobe.com/": "xmp",
    b"Photoshop 3.0\0": "iptc",
    b"JFXX\0": "thumbnail",
    b"MPF\0": "pictures",
}


def cuts(data: bytes, *, tables: bool = False) -> list[Cut]:
    """Return what is metadata in a JPEG picture, or its `tables` alone. Raises DamagedDocument."""
    if not data.startswith(b"\xff\xd8"):
        raise DamagedDocument("the JPEG picture does not begin as one")
    return list(_cuts(data, tables))


def _cuts(data: bytes, scanned: bool) -> Iterator[Cut]:
    at = 2
    while at < len(data):
        if data[at] != _FILL:  # decoders pass over it
            after = data.find(b"\xff", at)
            junk = after if after > 0 else len(data)
            yield Cut(at, junk, "data between segments")
            at = junk
            continue
        marker, start, end = _segment(data, at)
        if marker == _EOI:
            if end < len(data):
                yield Cut(end, len(data), BEHIND)
            return
        if marker == _COM or marker in _APP:
            yield from _metadata(data, marker, start, end)
        elif marker not in _PICTURE and marker not in _ALONE:
            raise DamagedDocument("the JPEG picture has a segment of unknown use")
        if marker == _SOS:
            scanned = True
            found = _MARKER.search(data, end)
            end = found.start() if found else len(data)
        at = end
    if not scanned:
        raise DamagedDocument("the JPEG picture is cut off")


def _segment(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the marker at a position, and where it and its segment begin and end."""
    start = at
    while data[at : at + 2] == b"\xff\xff":
        at += 1
    if at + 1 >= len(data):
        raise DamagedDocument("the JPEG picture is cut off in a segment")
    marker, at = data[at + 1], at + 2
    if marker in _ALONE or marker in {_SOI, _EOI}:
        return marker, start, at
    end = at + int.from_bytes(data[at : at + 2], "big")
    if end < at + 2 or end > len(data):
        raise DamagedDocument("the JPEG picture is cut off in a segment")
    return marker, start, end


def _metadata(data: bytes, marker: int, start: int, end: int) -> Iterator[Cut]:
    """Yield the cut of a segment of an application, or a comment, unless it belongs to the picture.

    A profile of colours, and what Adobe says of the colours, do.
    """
    content = data[data.index(bytes((marker,)), start) + 3 : end]
    what = "comment" if marker == _COM else _name(marker, content)
    if what == "profile":
        return
    if content.startswith(_JFIF) and marker == _APP[0]:
        kept = content[: _JFIF_SIZE - 2] + b"\0\0"
    elif what == "adobe":
        kept = content[:_ADOBE_SIZE]
    elif what == "exif" and (exif := orientation_only(content[6:])):
        kept = b"Exif\0\0" + exif
    else:
        kept = b""
    put = _written(marker, kept) if kept else b""
    if put != data[start:end]:
        yield Cut(start, end, "thumbnail" if content.startswith(_JFIF) else what, put)


def _written(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def _name(marker: int, content: bytes) -> str:
    """Return what a segment of an application is."""
    if marker == _APP[2] and content.startswith(_ICC):
        return "profile"
    if marker == _APP[14] and content.startswith(_ADOBE) and len(content) >= _ADOBE_SIZE:
        return "adobe"
    if marker == _APP[1] and content.startswith(_EXIF):
        return "exif"
    return next((name for start, name in _NAMES.items() if content.startswith(start)), "other")
