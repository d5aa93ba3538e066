"""Paths of a content stream as polygons: rectangles, lines, holes, and the body of a glyph."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import Any

from redactor.badredactions.finding import Area
from redactor.badredactions.geometry import Point, bounds, intersection
from redactor.formats.pdf.content import Glyph, Matrix

__all__ = [
    "body",
    "clipped",
    "is_nested",
    "is_rectangle",
    "matrix_of",
    "moved",
    "numbers",
    "rectangle",
    "thick",
]

_MANY = 200  # areas of one path, of which some may be the holes of others


def rectangle(box: Any) -> tuple[Point, Point, Point, Point]:
    """Return the corners of a rectangle: left, bottom, right, top in any order."""
    one, two, three, four = (float(value) for value in box)
    left, right = min(one, three), max(one, three)
    low, high = min(two, four), max(two, four)
    return (left, low), (right, low), (right, high), (left, high)


def numbers(operands: Any) -> list[float]:
    """Return operands as numbers."""
    return [float(one) for one in operands]


def matrix_of(values: Any) -> Matrix:
    """Return the matrix of six numbers."""
    a, b, c, d, e, f = (float(one) for one in values)
    return a, b, c, d, e, f


def moved(point: Point, matrix: Matrix) -> Point:
    """Return a point in the space that a matrix leads to."""
    x, y = point
    a, b, c, d, e, f = matrix
    return x * a + y * c + e, x * b + y * d + f


def clipped(area: Area | None, clip: Area | None) -> Area | None:
    """Return what a clip leaves of an area; None of either is no bound."""
    if area is None or clip is None:
        return area or clip
    return intersection(area, clip)


def is_rectangle(polygon: Sequence[Point]) -> bool:
    """Tell whether a polygon is a rectangle along the edges of the page."""
    corners = [one for at, one in enumerate(polygon) if one != polygon[at - 1]]
    left, low, right, high = bounds(polygon)
    near = 0.01
    on_edges = all(
        min(abs(x - left), abs(x - right)) < near and min(abs(y - low), abs(y - high)) < near
        for x, y in corners
    )
    return on_edges and len(corners) in (4, 5)


def is_nested(polygons: Sequence[Sequence[Point]]) -> bool:
    """Tell whether an area of a path may be a hole of another."""
    if len(polygons) > _MANY:
        return True
    areas = [bounds(one) for one in polygons]
    return any(
        one[0] <= other[0] and one[1] <= other[1] and one[2] >= other[2] and one[3] >= other[3]
        for at, one in enumerate(areas)
        for number, other in enumerate(areas)
        if at != number
    )


def thick(one: Point, other: Point, width: float) -> list[Point]:
    """Return the corners of a line with a width."""
    x, y = other[0] - one[0], other[1] - one[1]
    length = hypot(x, y) or 1.0
    across = (-y / length * width / 2, x / length * width / 2)
    return [
        (one[0] + across[0], one[1] + across[1]),
        (other[0] + across[0], other[1] + across[1]),
        (other[0] - across[0], other[1] - across[1]),
        (one[0] - across[0], one[1] - across[1]),
    ]


_ALONG = (0.25, 0.5, 0.75)
_UP = (0.12, 0.33, 0.55)
"""The body of a small letter, in parts of the font size from the base line."""


def body(glyph: Glyph, base: Matrix) -> tuple[Point, ...]:
    """Return nine points of a glyph, the fifth in its middle."""
    vertical = glyph.show is not None and glyph.show.state.font.vertical
    x, y = glyph.origin
    along = (glyph.end.x - x, glyph.end.y - y)
    up = (-glyph.direction.y * glyph.size, glyph.direction.x * glyph.size)
    lift = [one - _UP[1] for one in _UP] if vertical else list(_UP)
    return tuple(
        moved((x + a * along[0] + u * up[0], y + a * along[1] + u * up[1]), base)
        for a in _ALONG
        for u in lift
    )
