"""Opening a PDF: what no copy has is taken out, and pages that OCR reads are found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf

from redactor.errors import DamagedDocument, EncryptedDocument
from redactor.formats.pdf.content import Page
from redactor.formats.pdf.objects import Content, drop, refuse_password, walk
from redactor.formats.pdf.pictures import scan_resolution
from redactor.formats.pdf.reading import is_readable
from redactor.formats.pdf.resources import Fonts, interpreted
from redactor.formats.pdf.saving import saved
from redactor.formats.pdf.scans import RASTER, PixelPage, is_ours, strip
from redactor.model import Seeing

__all__ = ["Opened", "opened"]


_MISSHAPEN = (
    *(pikepdf.PdfError, RecursionError, TypeError, ValueError),
    *(KeyError, IndexError, AttributeError, ArithmeticError),
)
"""What an object of another type than its place asks for ends in, wherever it is met."""

_OTHER_ENCRYPTION = "encryption dictionary"  # in what qpdf says of what it does not decrypt


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that is open: without what no copy has, and pages that are pictures without all.

    `unexamined` is what was taken out of it that was not examined, in words; `pages` are those that
    OCR reads, by their numbers.
    """

    pdf: pikepdf.Pdf
    unexamined: list[str]
    pages: Mapping[int, PixelPage]


@contextmanager
def opened(source: BinaryIO, seeing: Seeing) -> Iterator[Opened]:
    """Open a document and take out what no copy has. Raises InputError."""
    with _opened(source) as (pdf, unexamined):
        pages = _pixel_pages(pdf, seeing) if seeing.ocr else {}
        if all(one.is_scan for one in pages.values()):
            yield Opened(pdf, unexamined, pages)
            return
        strip(pdf, [one.number for one in pages.values() if not one.is_scan])
        with pikepdf.open(saved(pdf)) as rest:  # what nothing leads to any more is gone
            yield Opened(rest, unexamined, pages)


def _pixel_pages(pdf: pikepdf.Pdf, seeing: Seeing) -> dict[int, PixelPage]:
    """Return the pages that OCR reads: scans, and those that become pictures."""
    fonts, found = Fonts(), dict[int, PixelPage]()
    for item in walk(pdf):
        if not isinstance(item, Content) or not item.page:
            continue
        if item.page in found and (not found[item.page].is_scan or seeing.raster == "none"):
            continue
        page = interpreted(item, fonts)
        ours = is_ours(pdf.pages[item.page - 1].obj)
        if not ours and _becomes_picture(item, page, seeing):
            found[item.page] = PixelPage(item.page, RASTER, is_scan=False)
        elif item.is_page and (resolution := scan_resolution(item, page)):
            found[item.page] = PixelPage(item.page, resolution, is_scan=True)
    return dict(sorted(found.items()))


def _becomes_picture(item: Content, page: Page, seeing: Seeing) -> bool:
    if seeing.raster == "none":
        return False
    drawn_by_fonts = item.is_glyph and bool(page.glyphs)
    return seeing.raster == "all" or drawn_by_fonts or not is_readable(page.glyphs)


@contextmanager
def _opened(source: BinaryIO) -> Iterator[tuple[pikepdf.Pdf, list[str]]]:
    """Open a document, with what was taken out of it that was not examined, in words."""
    source.seek(0)
    try:
        pdf = pikepdf.open(source)
    except pikepdf.PasswordError:
        raise refuse_password() from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, ArithmeticError) as error:
        if _OTHER_ENCRYPTION in str(error):
            raise EncryptedDocument(
                "is encrypted for certificates, or in a way of its own"
            ) from None
        raise DamagedDocument("is no PDF that can be read") from None
    try:
        with pdf:
            yield pdf, drop(pdf)
    except _MISSHAPEN:
        raise DamagedDocument("the objects of the PDF are damaged") from None
