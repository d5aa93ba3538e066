"""WebP (RFC 9649): chunks that are metadata."""

from __future__ import annotations

from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.picture.cuts import Cut, applied, orientation_only

__all__ = ["cuts"]

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"})
_NAMES = {b"EXIF": "exif", b"XMP ": "xmp"}
_HEAD, _FRAME = 12, 16  # bytes before the chunks of a file, and of those of a frame
_EXIF, _XMP = 0x08, 0x04  # flags of VP8X: that there are such


def cuts(data: bytes) -> list[Cut]:
    """Return what is metadata in a WebP picture. Raises DamagedDocument."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise DamagedDocument("the WebP picture does not begin as one")
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise DamagedDocument("the WebP picture is cut off")
    found = list(_chunks(data, _HEAD, end))
    lost = sum(cut.end - cut.start - len(cut.put) for cut in found)
    if lost:
        size = (end - 8 - lost).to_bytes(4, "little")
        found.insert(0, Cut(4, 8, "size", size))
    if end < len(data):
        found.append(Cut(end, len(data), "data behind the picture"))
    return found


def _chunks(data: bytes, at: int, end: int) -> Iterator[Cut]:
    exif = False
    while at < end:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        if after > end + (size % 2) or at + 8 > end:
            raise DamagedDocument("the WebP picture is cut off in a chunk")
        after = min(after, end)
        content = data[at + 8 : at + 8 + size]
        put = _put(kind, content, data, end) if kind != b"EXIF" or not exif else b""
        exif |= kind == b"EXIF"
        if put is not None and put != data[at:after]:
            yield Cut(at, after, _NAMES.get(kind, "flags" if kind == b"VP8X" else "other"), put)
        at = after


def _put(kind: bytes, content: bytes, data: bytes, end: int) -> bytes | None:
    """Return the chunk in the place of another; None if it is kept."""
    if kind == b"VP8X" and content:
        flags = content[0] & ~(_EXIF | _XMP) | (_EXIF if _turned(data, end) else 0)
        return _written(kind, bytes((flags,)) + content[1:])
    if kind == b"ANMF":
        inner = list(_chunks(content, _FRAME, len(content)))
        return _written(kind, applied(content, inner)) if inner else None
    if kind in _PICTURE:
        return None
    shown = orientation_only(content.removeprefix(b"Exif\0\0")) if kind == b"EXIF" else b""
    return _written(kind, shown) if shown else b""


def _turned(data: bytes, end: int) -> bool:
    """Tell whether the copy of a picture says which way up it is shown."""
    at = _HEAD
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"EXIF":
            return bool(orientation_only(data[at + 8 : at + 8 + size].removeprefix(b"Exif\0\0")))
        at += 8 + size + size % 2
    return False


def _written(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
