"""Pictures: their metadata is taken out, and the pixels stay as they are, byte for byte.

What a picture shows is examined by OCR alone, where that is on. Of its metadata a copy has what it
takes to show it: sizes, colours, the profile of colours, the times of an animation, which way up it
is.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from redactor.errors import DamagedDocument, OutputError
from redactor.formats.base import Budget, Composed, Hints, Layout, Sink, Token
from redactor.formats.budget import unlimited
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


_SEEN = frozenset({"jpeg", "png", "gif", "webp", "tiff", "jp2", "heif"})
"""The kinds that OCR reads; of the last AVIF, and HEIC where `redactor[heic]` is installed."""

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
        " .hif .avif".split()
    )
    examined = (
        "metadata (Exif, XMP, IPTC, GPS, comments, thumbnails), which is taken out; by OCR, what "
        "JPEG, PNG, GIF, WebP, TIFF, JPEG 2000 and AVIF show, and HEIC with `redactor[heic]`"
    )
    not_examined = (
        "what they show without OCR, or where it is in doubt (by `media`), profiles of colours; "
        "raw ones of cameras (refused)"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the kind of a picture as a layout. Raises DamagedDocument."""
        source.seek(0)
        kind = kind_of(source.read(16))
        if not kind:
            raise DamagedDocument("is no picture of the type that its name says")
        ocr = (("ocr", hints.seeing.ocr),) if hints.seeing.ocr and kind in _SEEN else ()
        return Layout(self.name, (("kind", kind), *ocr))

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins as a picture does."""
        return bool(kind_of(head))

    def texts(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Token]:
        """Yield the texts that OCR sees in the pixels, then those; metadata are no text of a copy.

        Raises InputError.
        """
        del budget
        source.seek(0)
        _cuts(source.read())
        if not layout.setting("ocr"):
            yield Token(b"", medium="pixels", blank=self.blank(layout))
            return
        from redactor.formats.picture.burning import seen_tokens

        yield from seen_tokens(source, layout.setting("ocr"), self.blank(layout))

    def write(
        self,
        source: BinaryIO,
        layout: Layout,
        edits: Sequence[Edit],
        sink: Sink,
        contents: Mapping[int, BinaryIO | None],
    ) -> Sequence[Token]:
        """Write a copy without metadata, with boxes in the place of edits.

        Raises InputError, OutputError.
        """
        del contents
        if not edits:
            source.seek(0)
            sink.write(cleaned(source.read()))
            texts = self.texts(source, layout, unlimited())
            return [one for one in texts if one.text is not None]
        if not layout.setting("ocr"):
            raise OutputError("an edit is of no text")
        from redactor.formats.picture.burning import burned

        data, tokens = burned(source, layout.setting("ocr"), edits)
        sink.write(cleaned(data))
        return tokens

    def blank(self, layout: Layout) -> bytes | None:
        """Return a white picture of one point, of the same kind; there is none in HEIF."""
        kind = layout.setting("kind")
        if kind == "heif":
            return None
        if kind in _BLANKS:
            return base64.b64decode(_BLANKS[kind])
        return blank_of(next(start for start, name in _STARTS.items() if name == kind))

    def check_unchanged(self, source: BinaryIO, copy: BinaryIO, layout: Layout) -> None:
        """Raise OutputError if Pillow sees metadata in a copy, or other pixels outside boxes."""
        if layout.setting("ocr"):
            from redactor.formats.picture.burning import check_burned

            check_burned(source, copy)
            return
        from redactor.formats.picture.pixels import check_pixels

        check_pixels(source, copy)

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the metadata that Pillow sees, and what OCR sees in several readings."""
        from redactor.formats.picture.pixels import metadata

        yield from (f"\n\n{text}" for text in metadata(source))
        if layout.setting("ocr"):
            from redactor.formats.picture.burning import reread_texts

            yield from reread_texts(source, layout.setting("ocr"))
