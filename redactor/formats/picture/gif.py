"""GIF (89a): extensions that are metadata."""

from __future__ import annotations

from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.picture.cuts import Cut

__all__ = ["cuts"]

_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT, _TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_LOOP_SIZE = 19  # bytes of an extension that says how often an animation is shown
_PROFILE = b"ICCRGBG1012"


def cuts(data: bytes) -> list[Cut]:
    """Return what is metadata in a GIF picture. Raises DamagedDocument."""
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        raise DamagedDocument("the GIF picture does not begin as one")
    return list(_cuts(data))


def _cuts(data: bytes) -> Iterator[Cut]:
    at = 13 + _colours(data, 10)
    control = drawn = 0  # where a control of what is drawn next begins
    while at < len(data) and data[at] != _END:
        start = at
        if data[at] == _PICTURE:
            at = _blocks(data, at + 11 + _colours(data, at + 9))
            control, drawn = 0, drawn + 1
            continue
        if data[at] != _EXTENSION:
            raise DamagedDocument("the GIF picture has a block of unknown use")
        kind, at = data[at + 1 : at + 2], _blocks(data, at + 2)
        if kind == bytes((_CONTROL,)) and at - start == 8:  # its size
            control = start
        elif what := _name(data, start, at):
            # A control is before what it is about: words that a picture is drawn with, as well.
            yield Cut(control if what == "text" and control else start, at, what)
    if not drawn:
        raise DamagedDocument("the GIF picture has no picture")
    if at + 1 < len(data):
        yield Cut(at + 1, len(data), "data behind the picture")


def _colours(data: bytes, at: int) -> int:
    """Return the size of a table of colours, by its flags at a position."""
    flags = data[at] if at < len(data) else 0
    return 3 << (flags % 8 + 1) if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """Return the end of a chain of blocks. Raises DamagedDocument."""
    while at < len(data):
        size = data[at]
        at += 1 + size
        if not size:
            return at
    raise DamagedDocument("the GIF picture is cut off")


def _name(data: bytes, start: int, end: int) -> str:
    """Return what an extension is; empty if it belongs to the picture."""
    kind, whose = data[start + 1], data[start + 3 : start + 14]
    if kind == _APPLICATION:
        loops = whose in _LOOPS and end - start == _LOOP_SIZE
        if loops or whose == _PROFILE:
            return ""
        return "xmp" if whose.startswith(b"XMP Data") else "other"
    return {_COMMENT: "comment", _TEXT: "text"}.get(kind, "other")
