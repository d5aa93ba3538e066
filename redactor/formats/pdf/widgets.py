"""Fields of forms as pages show them: the appearance of each, where it is, and its value.

A field says its value twice, as a string and as the letters of its appearance. One without an
appearance is drawn by the program that shows the page: where its letters will be is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from redactor.formats.pdf.content import IDENTITY, Glyph, Matrix, Point, times
from redactor.formats.pdf.reading import Between, Block

__all__ = ["Rectangle", "Stated", "Widget", "letters", "matrix_of", "value_block", "widgets"]

Rectangle = tuple[float, float, float, float]
Place = tuple[tuple[int, int], str]
"""Where a string is held: in which object, and under which key."""

_VALUES = ("/V", "/DV")
"""Of a field: its value, and the one that it is reset to."""

_LEVELS = 64  # of fields in fields: a widget that is its own parent has no end
_HEIGHT = 0.6  # of a field that its letters are high, about
_LARGEST = 12.0  # points that letters in a field are high at most, as programs draw them


@dataclass(frozen=True, slots=True)
class Stated:
    """The value of a field as a string; `base` is the number of characters before it."""

    base: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Widget:
    """A field on a page: its place, its appearance if it has one, and where its values are."""

    rect: Rectangle
    appearance: Stream | None
    values: tuple[Place, ...]


def widgets(page: pikepdf.Object) -> Iterator[Widget]:
    """Yield the fields on a page that have a place."""
    listed = page.get("/Annots")
    for one in listed if isinstance(listed, Array) else ():
        if isinstance(one, Dictionary) and one.get("/Subtype") == "/Widget" and "/Rect" in one:
            x, y, far, top = (float(side) for side in one.Rect)
            rect = min(x, far), min(y, top), max(x, far), max(y, top)
            yield Widget(rect, _appearance(one), tuple(_values(one)))


def _appearance(one: Any) -> Stream | None:
    """Return how a field is shown: of several states, that which it is in."""
    shown = one.get("/AP")
    found = shown.get("/N") if isinstance(shown, Dictionary) else None
    state = one.get("/AS")
    if isinstance(found, Dictionary) and not isinstance(found, Stream):
        found = found.get(str(state)) if isinstance(state, Name) else None
    return found if isinstance(found, Stream) else None


def _values(one: Any) -> Iterator[Place]:
    for key in _VALUES:
        holder = one
        for _ in range(_LEVELS):
            if not isinstance(holder, Dictionary):
                break
            if key in holder:
                yield holder.objgen, key
                break
            holder = holder.get("/Parent")


def matrix_of(form: Stream, rect: Rectangle) -> Matrix:
    """Return the matrix from an appearance to its page (ISO 32000-2, 12.5.5, algorithm 8.1)."""
    own = [float(one) for one in form.get("/Matrix", IDENTITY)]
    matrix = own[0], own[1], own[2], own[3], own[4], own[5]
    a, b, c, d = (float(one) for one in form.get("/BBox", Array([0, 0, 1, 1])))
    corners = [times((1, 0, 0, 1, x, y), matrix)[4:] for x in (a, c) for y in (b, d)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    low, wide = (min(across), min(up)), (max(across) - min(across), max(up) - min(up))
    sizes = rect[2] - rect[0], rect[3] - rect[1]
    x, y = (size / one if one else 1.0 for size, one in zip(sizes, wide, strict=True))
    return times(matrix, (x, 0.0, 0.0, y, rect[0] - low[0] * x, rect[1] - low[1] * y))


def value_block(text: str, rect: Rectangle) -> Block:
    """Return a value that has no appearance as a text of one glyph: its field."""
    size = min(_LARGEST, _HEIGHT * (rect[3] - rect[1]))
    line = (rect[1] + rect[3]) / 2 - size * 0.28  # the centre of letters is above their line
    ends = Point(rect[0], line), Point(rect[2], line)
    block = Block()
    block.add(Glyph(text, *ends, Point(1.0, 0.0), size), Between.BORDER)
    block.close(Between.BORDER)
    return block


def letters(text: str) -> str:
    """Return the letters and digits of a text, by which two are known to say the same."""
    return "".join(filter(str.isalnum, text))
