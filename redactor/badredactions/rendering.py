"""Pages as pdfium shows them: whether there is anything to be seen at the place of a glyph.

What is painted is known from the content streams (`painting`), but not how a mask, a shading, a
clip or a picture looks: for these there is the rendered page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from redactor.badredactions.geometry import Ground, Point, bounds

__all__ = ["RenderedPage", "RenderedPages", "rendered"]

_SCALE = 2.5  # pixels a point: the body of a letter of 6 points is seven pixels high
_PIXELS = 16_000_000  # of one page; a larger one is shown smaller
_FLAT = 12  # of 255: no eye sees a letter that differs from its ground by so little
_DARK = 64  # of 255: nor any on a ground that is nearly black, if it is as dark
_CHANNELS = 3


class RenderedPage:
    """A page in pixels."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        """Draw a page, with its annotations and fields. Raises PdfiumError."""
        width, height = page.get_size()
        scale = min(_SCALE, (_PIXELS / max(width * height, 1)) ** 0.5)
        bitmap = page.render(
            scale=scale, rev_byteorder=True, force_bitmap_format=pdfium.FPDFBitmap_BGR
        )
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._data = bytes(bitmap.buffer)
        bitmap.close()
        self._corner = self._pixel(page, 0, 0)
        self._across = self._pixel(page, _FAR, 0)
        self._up = self._pixel(page, 0, _FAR)

    def _pixel(self, page: pypdfium2.PdfPage, x: float, y: float) -> tuple[int, int]:
        """Return the pixel of a point of the page, by pdfium: it knows box and rotation."""
        column, row = ctypes.c_int(), ctypes.c_int()
        size = (0, 0, self._width, self._height, 0)
        pdfium.FPDF_PageToDevice(page, *size, x, y, column, row)
        return column.value, row.value

    def ground(self, points: Sequence[Point]) -> Ground:
        """Return what is seen in the bounds of some points; SEEN where they are not on the page."""
        area = self._area(points)
        if not area:
            return Ground.SEEN
        if max(area) <= _DARK:
            return Ground.DARK
        return Ground.FLAT if _range(area) <= _FLAT else Ground.SEEN

    def contrast(self, points: Sequence[Point]) -> int:
        """Return how far pixels in the bounds of some points differ in one channel, of 255."""
        return _range(self._area(points))

    def _area(self, points: Sequence[Point]) -> bytes:
        """Return the pixels in the bounds of some points; none where they are not on the page."""
        left, top, right, bottom = bounds([self._moved(one) for one in points])
        first, last = max(0, int(left)), min(self._width, int(right) + 1)
        rows = range(max(0, int(top)), min(self._height, int(bottom) + 1))
        if first >= last or not rows:
            return b""
        stripes = (row * self._stride for row in rows)
        return b"".join(
            self._data[start + first * _CHANNELS : start + last * _CHANNELS] for start in stripes
        )

    def _moved(self, point: Point) -> Point:
        (x, y), (ax, ay), (ux, uy) = self._corner, self._across, self._up
        right, up = point[0] / _FAR, point[1] / _FAR
        return x + (ax - x) * right + (ux - x) * up, y + (ay - y) * right + (uy - y) * up


def _range(area: bytes) -> int:
    """Return how far pixels differ in one channel."""
    channels = [area[channel::_CHANNELS] for channel in range(_CHANNELS)]
    return max((max(one) - min(one) for one in channels if one), default=0)


_FAR = 10_000  # points: pixels are whole numbers, so the farther, the more exact


@contextmanager
def rendered(data: bytes) -> Iterator[RenderedPages]:
    """Yield the pages of a document as they are shown; none where pdfium cannot."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        yield RenderedPages(None)
        return
    with closing(document):
        document.init_forms()
        yield RenderedPages(document)


class RenderedPages:
    """The pages of a document."""

    def __init__(self, document: pypdfium2.PdfDocument | None) -> None:
        self._document = document

    def page(self, number: int) -> RenderedPage | None:
        """Return a page, of which the first is 1; None where pdfium does not show it."""
        if self._document is None or number > len(self._document):
            return None
        try:
            page = self._document[number - 1]
            with closing(page):
                return RenderedPage(page)
        except (pypdfium2.PdfiumError, MemoryError):
            return None
