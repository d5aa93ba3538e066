"""What of a page is no text: pictures that were cut, and boxes in the place of words."""

from __future__ import annotations

from collections.abc import Iterator

from redactor.badredactions.finding import Area, Category, Finding
from redactor.badredactions.geometry import Cover, Glyph, PaintedPage, intersection, size_of

__all__ = ["cropped", "has_boxes"]

_DARK = 0.25
"""The brightest channel of a colour that hides black text."""

_CUT = 0.2
"""The part of a picture that is out of sight, if it was cut: what bleeds off a page is less."""

_LEAST = 18.0  # points: in less nothing is shown


def cropped(page: PaintedPage) -> Iterator[Finding]:
    """Yield the pictures of which a part is out of sight; it may be there for no reason."""
    shown: dict[Area, float] = {}
    for picture in page.pictures:
        visible = intersection(picture.visible, page.crop) if picture.visible else None
        shown[picture.area] = shown.get(picture.area, 0.0) + (size_of(visible) if visible else 0.0)
    for area, part in shown.items():
        small = min(area[2] - area[0], area[3] - area[1]) < _LEAST
        if not small and part < (1 - _CUT) * size_of(area):
            yield Finding(Category.CROPPED_PICTURE, 0, page.number, area, concealed=False)


def has_boxes(page: PaintedPage) -> bool:
    """Tell whether a dark box is in a line of text, as one that takes the place of words."""
    if page.redact_areas:
        return True
    boxes = [one for one in page.covers if _is_box(one)][:200]
    return any(_is_beside(box, glyph) for box in boxes for glyph in page.glyphs)


def _is_box(cover: Cover) -> bool:
    left, low, right, high = cover.area
    dark = cover.opaque and cover.colour is not None and max(cover.colour) < _DARK
    # The height of a line of text, and the width of some letters.
    return dark and not cover.rough and 5 < high - low < 40 and right - left > 12


def _is_beside(box: Cover, glyph: Glyph) -> bool:
    x, y = glyph.centre
    left, low, right, high = box.area
    near = left - 4 * glyph.size < x < left or right < x < right + 4 * glyph.size
    return near and low < y < high and glyph.text.isalnum()
