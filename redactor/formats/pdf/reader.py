"""An independent reader of PDFs: pdfium for the pages, and every string of every object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pikepdf
import pypdfium2

from redactor.errors import DamagedDocument
from redactor.formats.pdf.images import picture_metadata
from redactor.formats.pdf.objects import is_date

__all__ = ["read_texts"]


def read_texts(source: BinaryIO) -> Iterator[str]:
    """Yield the text of each page, and all strings of objects. Raises DamagedDocument."""
    source.seek(0)
    data = source.read()
    try:
        yield from _pages(data)
    except pypdfium2.PdfiumError:
        raise DamagedDocument("pdfium does not read the PDF") from None
    source.seek(0)
    with pikepdf.open(source) as pdf:
        for obj in pdf.objects:
            yield from _strings(obj)
        yield from picture_metadata(pdf)


def _pages(data: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_range().replace("\r\n", "\n").replace("\ufffe", "")
            text.close()
            page.close()
    finally:
        document.close()


def _strings(obj: object) -> Iterator[str]:
    stack = [obj]
    while stack:
        one = stack.pop()
        if isinstance(one, pikepdf.String):
            if not is_date(bytes(one)):
                yield _decoded(one)
        elif isinstance(one, pikepdf.Array):
            stack += [x for x in one if not _is_reference(x)]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            stack += [x for x in one.values() if not _is_reference(x)]


def _is_reference(obj: object) -> bool:
    return isinstance(obj, pikepdf.Object) and obj.is_indirect


def _decoded(value: pikepdf.String) -> str:
    try:
        return str(value)
    except (UnicodeError, ValueError):
        return bytes(value).decode("latin-1")
