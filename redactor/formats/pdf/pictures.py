"""Scanned pages: a picture of a page, without text or with the invisible text of a recognition.

Without OCR what a picture shows is not examined: logos, photographs and charts beside text are left
as they are, and a page that is a picture is refused.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple, TypeAlias

import pikepdf
from pikepdf import Dictionary

from redactor.errors import LimitExceeded, UnsupportedFormat
from redactor.formats.pdf.content import IDENTITY, Matrix, Page, interpret, times
from redactor.formats.pdf.fonts import NO_FONT
from redactor.formats.pdf.objects import Content
from redactor.formats.pdf.reading import visible

__all__ = ["COARSEST", "Resolution", "check_is_no_scan", "inherited", "scan_resolution"]

_SHARE = 0.5
"""The part of a page that pictures cover in a scan."""

_LETTERS = 20
"""Letters and digits that are seen beside them: a stamp, a page number."""

_DEPTH = 8  # of forms in forms that are searched for pictures
_DRAWN = 10_000  # pictures and forms of a page: a form that draws itself often has no end


def check_is_no_scan(item: Content, page: Page) -> None:
    """Raise UnsupportedFormat for a page that is a picture."""
    if scan_resolution(item, page):
        raise UnsupportedFormat(
            f"page {item.page} is a picture, of which the text is not examined (--ocr reads it)"
        )


class Resolution(NamedTuple):
    """The dots in an inch at which a page is drawn, and the least at which its letters are read."""

    drawn: float
    least: float


def scan_resolution(item: Content, page: Page) -> Resolution | None:
    """Return the resolution of a page that is a picture; None for other pages."""
    if visible(page.glyphs) >= _LETTERS:
        return None
    box = inherited(item.obj, "/MediaBox")
    if box is None:
        return None
    left, low, right, high = (float(one) for one in box)
    whole = abs((right - left) * (high - low))
    areas = _areas(page, item.resources)
    if not whole or sum(min(whole, area) for area, _ in areas) <= _SHARE * whole:
        return None
    known = [(area, pixels) for area, pixels in areas if area > 1]
    finest = max((sqrt(pixels / area) for area, pixels in known), default=0.0) * 72
    least = min(COARSEST, finest) if all(pixels for _, pixels in known) else COARSEST
    return Resolution(min(_FINEST, max(COARSEST, finest)), least)


COARSEST, _FINEST = 150.0, 300.0
"""Dots in an inch at which a scan is drawn. A coarser one is drawn larger: it shows no more."""


def inherited(page: pikepdf.Object, key: str) -> pikepdf.Object | None:
    """Return what a page has under a key, or inherits."""
    for _ in range(64):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            return None
        page = page.Parent
    return None


_Areas: TypeAlias = list[tuple[float, float]]
"""The areas of pictures on a page, and their numbers of pixels, 0 where these are not known."""


def _areas(page: Page, resources: pikepdf.Object | None) -> _Areas:
    """Return the areas of the pictures that a page draws."""
    found = [(_determinant(one.matrix), 0.0) for one in page.pictures if not one.name]
    named = [(one.name, one.matrix, resources, 0) for one in page.pictures if one.name]
    stack = named[::-1]
    left = max(_DRAWN, 2 * len(named))
    while stack:
        name, matrix, resources, depth = stack.pop()
        left -= 1
        if left < 0:
            raise LimitExceeded("the forms of a page draw each other too often")
        drawn = _xobject(resources, name)
        if drawn is None:
            continue
        if drawn.get("/Subtype") == "/Image":
            pixels = float(drawn.get("/Width", 0)) * float(drawn.get("/Height", 0))
            found.append((_determinant(matrix), pixels))
        elif drawn.get("/Subtype") == "/Form" and depth < _DEPTH:
            own = drawn.get("/Matrix")
            inner = times(_matrix(own) if own is not None else IDENTITY, matrix)
            below = drawn.get("/Resources", resources)
            stack += [
                (one, times(placed, inner), below, depth + 1) for one, placed in _draws(drawn)
            ]
    return found


def _draws(form: pikepdf.Object) -> list[tuple[str, Matrix]]:
    """Return what a form draws; the first hundred."""
    drawn = interpret(form, lambda _: NO_FONT, lambda _: None)
    return [(one.name, one.matrix) for one in drawn.pictures[:100] if one.name]


def _xobject(resources: pikepdf.Object | None, name: str) -> pikepdf.Object | None:
    if not isinstance(resources, Dictionary) or "/XObject" not in resources:
        return None
    found = resources.XObject.get(name)
    return found if isinstance(found, pikepdf.Stream) else None


def _matrix(values: pikepdf.Object) -> Matrix:
    a, b, c, d, e, f = (float(one) for one in values)
    return (a, b, c, d, e, f)


def _determinant(matrix: Matrix) -> float:
    return abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])
