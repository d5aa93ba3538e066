"""PDF: text glyph by glyph, and the strings of all objects.

pikepdf reads and writes the objects, pdfminer.six knows fonts and CMaps, pdfium reads the copy once
more. They are imported when a PDF is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.base import Budget, Composed, Hints, Layout, Member, Sink, Token
from redactor.model import RASTERS, Edit, RasterPages, Seeing

__all__ = ["Pdf"]

_HEAD = 1 << 10
"""Bytes in which readers look for the header."""


class Pdf(Composed):
    """PDF documents."""

    name = "pdf"
    title = "PDF"
    suffixes = frozenset({".pdf"})
    examined = (
        "text glyph by glyph, forms, notes, links, outlines, properties, XMP, names, tags; "
        "attached files by their own formats; metadata of pictures, which is taken out; by OCR, "
        "scans and what pictures show"
    )
    not_examined = (
        "what drawings show, and pictures without OCR; signatures and XFA (each named); refused: "
        "encrypted files; without OCR scans, and letters without a Unicode map (`--raster`)"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout: how its pages are seen. Raises DamagedDocument."""
        source.seek(0)
        if b"%PDF-" not in source.read(_HEAD):
            raise DamagedDocument("is no PDF: it has no header")
        return Layout(self.name, hints.seeing.settings if hints.seeing.ocr else ())

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with the header, perhaps behind blanks."""
        return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-")

    def texts(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Token]:
        """Yield the texts: those of pages and what they draw, then those of objects."""
        from redactor.formats.pdf.document import texts

        return texts(source, budget, _seeing(layout))

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the files that are attached, by the catalogue and by notes."""
        from redactor.formats.pdf.document import members

        del budget  # what streams unpack to is counted with the texts
        return members(source, _seeing(layout))

    def write(
        self,
        source: BinaryIO,
        layout: Layout,
        edits: Sequence[Edit],
        sink: Sink,
        contents: Mapping[int, BinaryIO | None],
    ) -> Sequence[Token]:
        """Write a copy in one revision."""
        from redactor.formats.pdf.document import write

        return write(source, edits, sink, contents, _seeing(layout))

    def digests(self, copy: BinaryIO, layout: Layout) -> Sequence[str]:
        """Return the digests of the attached files, as pdfminer reads them."""
        from redactor.formats.pdf.attachments import digests

        del layout
        return digests(copy)

    def check_unchanged(self, source: BinaryIO, copy: BinaryIO, layout: Layout) -> None:
        """Raise OutputError if a glyph that is kept has moved, or another object has changed."""
        from redactor.formats.pdf.comparison import compare

        compare(source, copy, _seeing(layout))

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the texts that pdfium sees, the strings of all objects, and what OCR sees."""
        from redactor.formats.pdf.document import seen_texts
        from redactor.formats.pdf.reader import read_texts

        yield from (f"\n\n{text}" for text in read_texts(source))  # no word of two of them
        yield from seen_texts(source, _seeing(layout))


def _seeing(layout: Layout) -> Seeing:
    """Return how the pages of a document of this layout are seen."""
    raster: RasterPages = next(
        (one for one in RASTERS if one == layout.setting("raster")), RASTERS[0]
    )
    return Seeing(layout.setting("ocr"), raster)
