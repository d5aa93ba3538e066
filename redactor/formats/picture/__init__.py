"""Pictures: their metadata is taken out, and the pixels stay as they are, byte for byte.

What a picture shows is not examined. Of its metadata a copy has what it takes to show it: sizes,
colours, the profile of colours, the times of an animation, which way up it is.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from redactor.errors import DamagedDocument, OutputError
from redactor.formats.base import Budget, Composed, Hints, Layout, Sink, Token
from redactor.formats.media import blank_of
from redactor.formats.picture import gif, heif, jp2, jpeg, png, tiff, webp
from redactor.formats.picture.cuts import Cut, applied
from redactor.model import Edit

__all__ = ["Picture", "cleaned", "kind_of"]

_KINDS: dict[str, Callable[[bytes], list[Cut]]] = {
    "jpeg": jpeg.cuts,
    "png": png.cuts,
    "gif": gif.cuts,
    "webp": webp.cuts,
    "tiff": tiff.cuts,
    "jp2": jp2.cuts,
    "heif": heif.cuts,
}
_STARTS = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"GIF8": "gif"}
_STARTS |= {b"\0\0\0\x0cjP  \r\n": "jp2", jp2.CODESTREAM: "jp2"}
_STARTS |= {b"II*\0": "tiff", b"MM\0*": "tiff", b"II+\0": "tiff", b"MM\0+": "tiff"}


# The smallest picture of each kind, of one white point; `blank_of` has the others.
_BLANKS = {
    "webp": "UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAfQ//73v/+BiOh/AAA=",
    "tiff": (
        "SUkqAAgAAAAJAAABBAABAAAAAQAAAAEBBAABAAAAAQAAAAIBAwABAAAACAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAA"
        "ABEBBAABAAAAegAAABYBBAABAAAAAQAAABcBBAABAAAAAQAAABwBAwABAAAAAQAAAAAAAAD/"
    ),
    "jp2": (
        "AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAAQAAAAEAAQcHAAAAAAAPY29s"
        "cgEAAAAAABEAAACEanAyY/9P/1EAKQAAAAAAAQAAAAEAAAAAAAAAAAAAAAEAAAABAAAAAAAAAAAAAQcBAf9SAAwAAAAB"
        "AAAEBAAB/1wABEBA/2QAJQABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/5AACgAAAAAAEgAB/5PPtAQA"
        "/9k="
    ),
}


def kind_of(head: bytes) -> str:
    """Return the kind of a picture that is read, by its first bytes: `jpeg`; empty for others."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in heif.BRANDS:
        return "heif"
    return next((kind for start, kind in _STARTS.items() if head.startswith(start)), "")


def cleaned(data: bytes) -> bytes:
    """Return a picture without its metadata. Raises InputError."""
    return applied(data, _cuts(data))


def _cuts(data: bytes) -> list[Cut]:
    read = _KINDS.get(kind_of(data[:16]))
    if read is None:
        raise DamagedDocument("is no picture that is read")
    return read(data)


class Picture(Composed):
    """JPEG, PNG, GIF, WebP, TIFF, JPEG 2000 and HEIF pictures."""

    name = "picture"
    title = "Pictures (JPEG, PNG, GIF, WebP, TIFF, JPEG 2000, HEIF)"
    suffixes = frozenset(
        ".jpg .jpeg .jpe .jfif .png .apng .gif .webp .tif .tiff .jp2 .j2k .jpx .heic .heif"
        " .avif".split()
    )
    examined = "metadata (Exif, XMP, IPTC, GPS, comments, thumbnails), which is taken out"
    not_examined = "what they show (by `media`), profiles of colours; raw ones of cameras (refused)"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the kind of a picture as a layout. Raises DamagedDocument."""
        del hints
        source.seek(0)
        kind = kind_of(source.read(16))
        if not kind:
            raise DamagedDocument("is no picture of the type that its name says")
        return Layout(self.name, (("kind", kind),))

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins as a picture does."""
        return bool(kind_of(head))

    def texts(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Token]:
        """Yield the pixels, which are not examined; metadata are no text of a copy.

        Raises InputError.
        """
        del budget
        source.seek(0)
        _cuts(source.read())
        yield Token(b"", medium="pixels", blank=self.blank(layout))

    def write(
        self,
        source: BinaryIO,
        layout: Layout,
        edits: Sequence[Edit],
        sink: Sink,
        contents: Mapping[int, BinaryIO | None],
    ) -> Sequence[Token]:
        """Write a copy without metadata. Raises InputError, OutputError."""
        del layout, contents
        if edits:
            raise OutputError("an edit is of no text")
        source.seek(0)
        sink.write(cleaned(source.read()))
        return ()

    def blank(self, layout: Layout) -> bytes | None:
        """Return a white picture of one point, of the same kind; there is none in HEIF."""
        kind = layout.setting("kind")
        if kind == "heif":
            return None
        if kind in _BLANKS:
            return base64.b64decode(_BLANKS[kind])
        return blank_of(next(start for start, name in _STARTS.items() if name == kind))

    def check_unchanged(self, source: BinaryIO, copy: BinaryIO, layout: Layout) -> None:
        """Raise OutputError if Pillow sees metadata in a copy, or other pixels."""
        from redactor.formats.picture.pixels import check_pixels

        del layout
        check_pixels(source, copy)

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the metadata that Pillow sees."""
        from redactor.formats.picture.pixels import metadata

        del layout
        return metadata(source)
