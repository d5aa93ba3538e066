"""Burned pages of a PDF, read again as the check of a copy reads them, and covered anew."""

from __future__ import annotations

from collections.abc import Mapping

import pikepdf
from pikepdf import Dictionary
from PIL import Image

from redactor.formats.ocr.again import RemovedTexts
from redactor.formats.pdf.rendering import rendering
from redactor.formats.pdf.saving import save
from redactor.formats.pdf.scans import Burned, PixelPage, page_drawn, put_picture
from redactor.formats.picture.again import ROUNDS, seen_again
from redactor.formats.picture.covers import Cover, drawn_over

__all__ = ["settled"]


def settled(
    pdf: pikepdf.Pdf,
    pages: Mapping[int, PixelPage],
    burned: Burned,
    removed: RemovedTexts,
    languages: str,
) -> bytes:
    """Return the copy of a document, with boxes also over what OCR sees in burned pages alone.

    Raises InputError, OutputError.
    """
    for _ in range(ROUNDS if burned.covers else 0):
        copy = save(pdf)
        more = _seen_again(copy, pages, burned, removed, languages)
        if not more:
            return copy
        for number, boxes in more.items():
            _cover(pdf, burned, number, boxes)
    return save(pdf)


def _seen_again(
    copy: bytes,
    pages: Mapping[int, PixelPage],
    burned: Burned,
    removed: RemovedTexts,
    languages: str,
) -> dict[int, Image.Image]:
    """Return boxes, by page, where a copy still seems to show what is removed."""
    found: dict[int, Image.Image] = {}
    with rendering(copy) as renderer:
        for number, cover in burned.covers.items():
            image = page_drawn(renderer, pages[number])
            boxes = seen_again(image, languages, removed, cover.boxes)
            if boxes is not None and boxes.size == cover.boxes.size:
                found[number] = boxes
    return found


def _cover(pdf: pikepdf.Pdf, burned: Burned, number: int, boxes: Image.Image) -> None:
    """Put the picture of a page in the place of the one that it has, with more boxes."""
    burned.covers[number] = burned.covers[number].with_more(boxes)
    burned.images[number] = drawn_over(burned.images[number], Cover.plain(boxes))
    page = pdf.pages[number - 1].obj
    assert isinstance(page.Resources, Dictionary)  # noqa: S101  # it was put there
    put_picture(pdf, page, burned.images[number], burned.pictures)
