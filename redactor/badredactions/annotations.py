"""Annotations by which people cover text: lines, strokes, notes, stamps, boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pikepdf import Dictionary, Stream

from redactor.badredactions.colours import device_colour
from redactor.badredactions.finding import Area
from redactor.badredactions.geometry import Point, bounds
from redactor.badredactions.layers import HiddenLayers
from redactor.badredactions.painting import Painter
from redactor.badredactions.paths import rectangle, thick
from redactor.formats.pdf.content import IDENTITY, Matrix

__all__ = ["COVERING", "annotate", "is_unseen", "quads"]

_OPAQUE = 0.9
_DARK = 0.25  # the brightest channel of a marker that hides black text

COVERING = frozenset(
    {"/Highlight", "/Square", "/Circle", "/Polygon", "/Ink", "/Line", "/FreeText", "/Stamp"}
    | {"/Underline", "/StrikeOut", "/Squiggly", "/PolyLine"}
)
"""Annotations by which people cover text; fields and links are parts of a form or a page."""

_UNSEEN = 2 | 32  # the flags Hidden and NoView


def is_unseen(annotation: Dictionary, layers: HiddenLayers) -> bool:
    """Tell whether an annotation is hidden."""
    flags = int(annotation.get("/F", 0))
    return bool(flags & _UNSEEN) or ("/OC" in annotation and layers.is_off(annotation.OC))


def bounds_of(box: Any) -> Area:
    """Return the bounds of a rectangle, whatever order its corners are in."""
    return bounds(rectangle(box))


def quads(annotation: Dictionary) -> list[Area]:
    """Return the areas of an annotation: its quadrilaterals, or its rectangle."""
    values = [float(one) for one in annotation.get("/QuadPoints", [])]
    if len(values) < 8:  # four points
        return [bounds_of(annotation.Rect)]
    quads = [values[at : at + 8] for at in range(0, len(values) - 7, 8)]
    return [bounds(list(zip(quad[::2], quad[1::2], strict=True))) for quad in quads]


def annotate(painter: Painter, annotation: Dictionary) -> None:
    """Paint an annotation: its appearance, or what viewers make of its colours."""
    painter.begin_annotation()
    looks: Any = annotation.get("/AP")
    appearance = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(appearance, Dictionary) and not isinstance(appearance, Stream):
        appearance = appearance.get(str(annotation.get("/AS", "/Off")))
    before = len(painter.glyphs)
    if isinstance(appearance, Stream):
        matrix = _fitted(appearance, bounds_of(annotation.Rect))
        if matrix is not None:
            painter.paint(appearance, appearance.get("/Resources"), matrix)
    else:
        _by_colour(painter, annotation)
    del painter.glyphs[before:]  # they are words of the annotation
    painter.source = None


def _fitted(form: Stream, rect: Area) -> Matrix | None:
    """Return the matrix by which an appearance fills a rectangle (ISO 32000-2, 12.5.5)."""
    own = [float(one) for one in form.get("/Matrix", IDENTITY)]
    corners = rectangle(form.BBox)
    a, b, c, d, e, f = own
    left, low, right, high = bounds([(x * a + y * c + e, x * b + y * d + f) for x, y in corners])
    if right <= left or high <= low:
        return None
    wide, tall = (rect[2] - rect[0]) / (right - left), (rect[3] - rect[1]) / (high - low)
    x, y = rect[0] - left * wide, rect[1] - low * tall
    return a * wide, b * tall, c * wide, d * tall, e * wide + x, f * tall + y


def _by_colour(painter: Painter, annotation: Dictionary) -> None:
    """Paint an annotation without an appearance as viewers do, if it covers what is under it."""
    subtype = annotation.Subtype
    if float(annotation.get("/CA", 1)) < _OPAQUE:
        return
    for one in _strokes(annotation):
        _stroke(painter, annotation, one)
    key = "/C" if subtype in ("/Highlight", "/FreeText") else "/IC"
    colour = device_colour(_numbers(annotation.get(key, [])))
    if colour is None or (subtype == "/Highlight" and max(colour) >= _DARK):  # it multiplies
        return
    if subtype == "/Polygon":
        painter.cover(_points(annotation.get("/Vertices", [])), colour, opaque=True)
    if subtype in ("/Highlight", "/Square", "/FreeText", "/Circle"):
        areas = quads(annotation) if subtype == "/Highlight" else [bounds_of(annotation.Rect)]
        for area in areas:
            painter.cover(rectangle(area), colour, opaque=True)


_THICK = 4.0  # points: small text


def _strokes(annotation: Dictionary) -> Iterator[list[Point]]:
    """Yield the lines that an annotation draws."""
    match str(annotation.Subtype):
        case "/Line":
            yield _points(annotation.get("/L", []))
        case "/PolyLine":
            yield _points(annotation.get("/Vertices", []))
        case "/Ink":
            yield from (_points(one) for one in annotation.get("/InkList", []))


def _stroke(painter: Painter, annotation: Dictionary, points: Sequence[Point]) -> None:
    """Paint a line that is as thick as text."""
    colour, width = device_colour(_numbers(annotation.get("/C", []))), _width(annotation)
    if colour is None or width < _THICK:
        return
    for one, other in pairwise(points):
        painter.cover(thick(one, other, width), colour, opaque=True)


def _width(annotation: Dictionary) -> float:
    style: Any = annotation.get("/BS")
    border: Any = annotation.get("/Border", [])
    if isinstance(style, Dictionary):
        return float(style.get("/W", 1))
    return float(border[2]) if len(border) > 2 else 1.0  # two radii come first


def _points(values: Any) -> list[Point]:
    found = _numbers(values)
    return list(zip(found[::2], found[1::2], strict=False))


def _numbers(values: Any) -> list[float]:
    return [float(one) for one in values]
