"""Scanned pages: a picture of a page, without text or with the invisible text of a recognition.

What a picture shows is not examined. Logos, photographs and charts beside text are left as they
are; a page that is a picture is refused.
"""

from __future__ import annotations

import pikepdf
from pikepdf import Dictionary

from redactor.errors import UnsupportedFormat
from redactor.formats.pdf.content import IDENTITY, Matrix, Page, interpret, times
from redactor.formats.pdf.fonts import NO_FONT
from redactor.formats.pdf.objects import Content
from redactor.formats.pdf.reading import visible

__all__ = ["check_is_no_scan"]

_SHARE = 0.5
"""The part of a page that pictures cover in a scan."""

_LETTERS = 20
"""Letters and digits that are seen beside them: a stamp, a page number."""

_DEPTH = 8  # of forms in forms that are searched for pictures


def check_is_no_scan(item: Content, page: Page) -> None:
    """Raise UnsupportedFormat for a page that is a picture."""
    if visible(page.glyphs) >= _LETTERS:
        return
    box = _inherited(item.obj)
    if box is None:
        return
    left, low, right, high = (float(one) for one in box)
    whole = abs((right - left) * (high - low))
    area = sum(min(whole, one) for one in _areas(page, item.resources))
    if whole and area > _SHARE * whole:
        raise UnsupportedFormat(f"page {item.page} is a picture, of which the text is not examined")


def _inherited(page: pikepdf.Object) -> pikepdf.Object | None:
    for _ in range(64):
        if "/MediaBox" in page:
            return page.MediaBox
        if "/Parent" not in page:
            return None
        page = page.Parent
    return None


def _areas(page: Page, resources: pikepdf.Object | None) -> list[float]:
    """Return the areas of the pictures that a page draws."""
    found: list[float] = []
    for picture in page.pictures:
        found += _area(picture.name, picture.matrix, resources)
    return found


def _area(name: str, matrix: Matrix, resources: pikepdf.Object | None) -> list[float]:
    if not name:
        return [_determinant(matrix)]
    found: list[float] = []
    stack = [(name, matrix, resources, 0)]
    while stack:
        name, matrix, resources, depth = stack.pop()
        drawn = _xobject(resources, name)
        if drawn is None:
            continue
        if drawn.get("/Subtype") == "/Image":
            found.append(_determinant(matrix))
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
