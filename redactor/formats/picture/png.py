"""PNG (W3C, third edition): chunks that are metadata."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.picture.cuts import Cut, orientation_only

__all__ = ["cuts"]

_START = b"\x89PNG\r\n\x1a\n"
# What a decoder needs, and what says of colours, sizes and frames how they are shown.
_PICTURE = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"bKGD"}
    | {b"hIST", b"pHYs", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"acTL", b"fcTL", b"fdAT"}
    | {b"CgBI", b"oFFs", b"sTER"}
)
_NAMES = {
    b"tEXt": "text",
    b"zTXt": "text",
    b"iTXt": "text",
    b"eXIf": "exif",
    b"tIME": "time",
    b"caBX": "history",
}
_PROFILE = b"icc"
"""The name of a profile of colours in a copy: its own may be that of a person's screen."""


def cuts(data: bytes) -> list[Cut]:
    """Return what is metadata in a PNG picture. Raises DamagedDocument."""
    if not data.startswith(_START):
        raise DamagedDocument("the PNG picture does not begin as one")
    return list(_cuts(data))


def _cuts(data: bytes) -> Iterator[Cut]:
    at, drawn = len(_START), False
    while at < len(data):
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        drawn |= kind == b"IDAT"
        if end > len(data):
            if not drawn:
                break
            if kind not in _PICTURE:
                yield Cut(at, len(data), "data behind the picture")
            return
        if kind not in _PICTURE:
            yield from _cut(data, kind, at, end)
        at = end
        if kind == b"IEND":
            break
    if not drawn:
        raise DamagedDocument("the PNG picture is cut off, or has no picture")
    if at < len(data):
        yield Cut(at, len(data), "data behind the picture")


def _cut(data: bytes, kind: bytes, at: int, end: int) -> Iterator[Cut]:
    if kind[:1].isupper() or len(kind) < 4:  # without it nothing can be shown
        raise DamagedDocument("the PNG picture has a chunk of unknown use")
    content, put = data[at + 8 : end - 4], b""
    if kind == b"iCCP":
        put = _written(kind, _PROFILE + content[content.find(b"\0") :])
    elif kind == b"eXIf" and (exif := orientation_only(content.removeprefix(b"Exif\0\0"))):
        put = _written(kind, exif)
    if put != data[at:end]:
        what = "name of the profile" if kind == b"iCCP" else _NAMES.get(kind, "other")
        yield Cut(at, end, what, put)


def _written(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + checksum
