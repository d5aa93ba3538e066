"""Pages as pictures: pdfium draws them, and a page is made of one again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from math import sqrt

import pikepdf
import pypdfium2
from pikepdf import Name
from PIL import Image
from PIL.Image import Transpose

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.pdf.pictures import Resolution

__all__ = ["Renderer", "place_of_page", "rendering", "stream_of"]

_MOST = 40_000_000
"""Pixels of a page: one of A3 at 300 dpi has 17 million, one of A0 at 150 dpi 35. A larger one is
drawn more coarsely, and is refused where its letters would not be read any more."""

_ENOUGH = 0.99
"""Of the least resolution: a page that was burned so coarsely has whole pixels, a few more."""

# How a page that is shown turned by so many degrees is turned back.
_BACK = {90: Transpose.ROTATE_90, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_270}
_QUALITY = 85  # of the JPEG that a page in shades or colours becomes


class Renderer:
    """Draws the pages of a document, as they are shown."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        """Take a document that is open."""
        self._document = document

    def page(self, number: int, resolution: Resolution, *, notes: bool) -> Image.Image:
        """Return a page, from 1, as a picture; with `notes`, with its annotations and fields.

        Raises DamagedDocument, UnsupportedFormat.
        """
        try:
            page = self._document[number - 1]
            width, height = page.get_size()
            scale = min(resolution.drawn / 72, sqrt(_MOST / max(1.0, width * height)))
            if scale * 72 < _ENOUGH * resolution.least:
                raise UnsupportedFormat(
                    f"page {number} is too large to be read by OCR: at {resolution.least:.0f} dots "
                    f"in an inch it has more than {_MOST // 1_000_000} million"
                )
            drawn = page.render(scale=scale, draw_annots=notes, may_draw_forms=notes).to_pil()
        except (pypdfium2.PdfiumError, IndexError, ValueError):
            raise DamagedDocument(f"pdfium cannot draw page {number}") from None
        return _without_colours(drawn.convert("RGB"))


@contextmanager
def rendering(data: bytes) -> Iterator[Renderer]:
    """Open a document to draw it. Raises DamagedDocument."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise DamagedDocument("pdfium does not read the PDF") from None
    try:
        document.init_forms()
        yield Renderer(document)
    finally:
        document.close()


def _without_colours(image: Image.Image) -> Image.Image:
    """Return a picture in shades of grey, or of black and white, where it has no more."""
    red, green, blue = (band.tobytes() for band in image.split())
    if not red == green == blue:
        return image
    grey = image.getchannel("R")
    bits = not any(grey.histogram()[1:255])
    return grey.convert("1") if bits else grey


def place_of_page(page: pikepdf.Object) -> tuple[float, float, float, float]:
    """Return the rectangle of a page that is shown: left, low, right, high."""
    whole, cut = pikepdf.Page(page).mediabox, pikepdf.Page(page).cropbox
    a, b = (_sorted([float(one) for one in box]) for box in (whole, cut))
    found = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return found if found[0] < found[2] and found[1] < found[3] else a


def _sorted(box: list[float]) -> tuple[float, float, float, float]:
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def stream_of(pdf: pikepdf.Pdf, image: Image.Image, turned: int) -> pikepdf.Object:
    """Return a picture of a page that is shown turned by some degrees, as an object of a PDF."""
    if turned in _BACK:
        image = image.transpose(_BACK[turned])
    colours = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
    found = pdf.make_stream(b"")
    if image.mode == "1":
        found.write(image.tobytes())
    else:
        data = io.BytesIO()
        image.save(data, "JPEG", quality=_QUALITY)
        found.write(data.getvalue(), filter=Name.DCTDecode)
    about = {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": colours}
    sizes = {"Width": image.width, "Height": image.height}
    for key, value in (about | sizes | {"BitsPerComponent": 1 if image.mode == "1" else 8}).items():
        found[f"/{key}"] = value
    return found
