"""What the content streams of a page paint, forms included, in the order of painting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import hypot
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Stream

from redactor.badredactions.colours import BLACK, colour_of, device_colour, initial_colour
from redactor.badredactions.finding import Area
from redactor.badredactions.geometry import (
    Colour,
    Cover,
    Glyph,
    Point,
    Source,
    bounds,
    intersection,
)
from redactor.errors import LimitExceeded
from redactor.formats.pdf import content
from redactor.formats.pdf.content import INVISIBLE, Matrix, Page, interpret, times
from redactor.formats.pdf.resources import Fonts

__all__ = ["IDENTITY", "Painter", "rectangle"]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_DEPTH = 12  # of forms in forms
_DRAWN = 2_000_000  # operators on one page, forms as often as they are drawn
_CORNERS = 40  # of a polygon that may be a box; letters and maps have more
_OPAQUE = 0.9
_SMALL = 0.2  # points: what is thinner covers no letter
_DARK = 0.25
_MULTIPLYING = frozenset({"/Multiply", "/Darken", "/ColorBurn"})


@dataclass(frozen=True, slots=True)
class _State:
    """What of the graphics state decides what is seen."""

    matrix: Matrix
    clip: Area | None
    fill: Colour | None = BLACK
    stroke: Colour | None = BLACK
    space: Any = Name.DeviceGray
    stroke_space: Any = Name.DeviceGray
    alpha: float = 1.0
    blend: str = "/Normal"
    masked: bool = False
    width: float = 1.0
    odd_clip: bool = False
    hidden: bool = False
    paints: bool = True


@dataclass(slots=True)
class _Path:
    polygons: list[list[Point]] = field(default_factory=list)
    clips: bool = False


class Painter:
    """Collects what is painted on one page."""

    def __init__(self, page: Area, fonts: Fonts, is_off: Callable[[Any], bool]) -> None:
        """Start with nothing; `is_off` tells whether optional content is hidden."""
        self._page, self._fonts, self._is_off = page, fonts, is_off
        self.glyphs: list[Glyph] = []
        self.covers: list[Cover] = []
        self.said: list[str] = []
        self._order = self._drawn = 0
        self.source: Source | None = None

    def paint(self, stream: Any, resources: Any, matrix: Matrix, *, hidden: bool = False) -> None:
        """Paint a page or the appearance of an annotation. Raises DamagedDocument."""
        state = _State(matrix, None, hidden=hidden)
        self._run(stream, resources, state, 0)

    def cover(self, polygon: Sequence[Point], colour: Colour | None, *, opaque: bool) -> None:
        """Paint an area."""
        self._cover(tuple(polygon), bounds(polygon), colour, Source.FILL, opaque=opaque)

    def _run(self, stream: Any, resources: Any, state: _State, depth: int) -> None:
        page = interpret(
            stream,
            lambda name: self._fonts.of(resources, name),
            lambda name: self._fonts.stated(resources, name),
        )
        self._drawn += len(page.instructions)
        self.said += _said(page)
        if self._drawn > _DRAWN:
            raise LimitExceeded("a page draws more than two million times")
        _Run(self, page, resources, state, depth).run()

    def form(self, form: Stream, resources: Any, state: _State, depth: int) -> None:
        """Paint a form where it is drawn."""
        if depth >= _DEPTH:
            raise LimitExceeded("forms are drawn in each other too deeply")
        own = form.get("/Matrix")
        matrix = times(_matrix(own), state.matrix) if own is not None else state.matrix
        clip, odd = state.clip, state.odd_clip
        if (box := form.get("/BBox")) is not None:
            polygon = [_moved(point, matrix) for point in rectangle(box)]
            clip = _clipped(clip, bounds(polygon))
        inner = replace(state, matrix=matrix, clip=clip, odd_clip=odd)
        self._run(form, form.get("/Resources", resources), inner, depth + 1)

    def picture(self, state: _State, *, opaque: bool) -> None:
        """Paint a picture, which is a unit square."""
        square = [_moved(one, state.matrix) for one in ((0, 0), (1, 0), (1, 1), (0, 1))]
        self.area(square, None, state, Source.PICTURE, opaque=opaque)

    def area(  # noqa: PLR0913  # what a cover is
        self,
        polygon: Sequence[Point],
        colour: Colour | None,
        state: _State,
        source: Source,
        *,
        opaque: bool = True,
        rough: bool = False,
    ) -> None:
        """Paint an area within the clip."""
        area = _clipped(bounds(polygon), state.clip)
        if area is None or min(area[2] - area[0], area[3] - area[1]) < _SMALL:
            return
        if state.hidden or not state.paints:
            return
        if state.blend in _MULTIPLYING and opaque:
            opaque = colour is not None and max(colour) < _DARK
        elif state.blend not in ("/Normal", "/Compatible"):
            opaque = False
        opaque = opaque and state.alpha >= _OPAQUE and not state.masked
        rough = rough or state.odd_clip or len(polygon) > _CORNERS
        self._cover(tuple(polygon), area, colour, source, opaque=opaque, rough=rough)

    def _cover(  # noqa: PLR0913  # what a cover is
        self,
        polygon: tuple[Point, ...],
        area: Area,
        colour: Colour | None,
        source: Source,
        *,
        opaque: bool,
        rough: bool = False,
    ) -> None:
        self._order += 1
        corners = () if rough else polygon
        source = self.source or source
        self.covers.append(Cover(self._order, corners, area, colour, source, opaque, rough))

    def text(self, glyphs: Sequence[content.Glyph], state: _State, base: Matrix) -> None:
        """Paint glyphs of a stream whose space is `base`."""
        self._order += 1
        for one in glyphs:
            mode = one.show.state.mode if one.show else 0
            filled = mode in (0, 4) and state.alpha >= _OPAQUE and state.blend == "/Normal"
            self.glyphs.append(
                Glyph(
                    self._order,
                    "\N{REPLACEMENT CHARACTER}" if one.text is None else one.text,
                    _moved(one.origin, base),
                    _moved(one.end, base),
                    _body(one, base),
                    one.size,
                    state.fill if filled and not state.masked else None,
                    mode != INVISIBLE,
                    state.hidden,
                )
            )


def _said(page: Page) -> Iterator[str]:
    """Yield what marked content says instead of what it shows."""
    for mark in page.marks:
        if isinstance(mark.properties, Dictionary) and "/ActualText" in mark.properties:
            yield str(mark.properties.ActualText)


class _Run:
    """Carries out the operators of one stream that paint."""

    def __init__(
        self, painter: Painter, page: Page, resources: Any, state: _State, depth: int
    ) -> None:
        self._painter, self._page, self._resources = painter, page, resources
        self._state, self._base, self._depth = state, state.matrix, depth
        self._stack: list[_State] = []
        self._content: list[bool] = []
        self._path = _Path()
        self._shown: dict[int, list[content.Glyph]] = {}
        for glyph in page.glyphs:
            if glyph.show is not None:
                self._shown.setdefault(glyph.show.number, []).append(glyph)

    def run(self) -> None:
        """Carry them out."""
        for number, one in enumerate(self._page.instructions):
            operator = str(one.operator)
            if operator in _PATH:
                self._draw(operator, one.operands)
            elif operator in _PAINTING:
                self._end_path(operator)
            elif number in self._shown:
                self._painter.text(self._shown[number], self._state, self._base)
            else:
                self._step(operator, one.operands, one)

    def _step(self, operator: str, operands: Any, one: Any) -> None:  # noqa: C901, PLR0912  # a table of operators
        match operator:
            case "q":
                self._stack.append(self._state)
            case "Q":
                if self._stack:
                    self._state = replace(self._stack.pop(), hidden=self._state.hidden)
            case "cm":
                self._set(matrix=times(_matrix(operands), self._state.matrix))
            case "w":
                self._set(width=float(operands[0]))
            case "g" | "rg" | "k":
                self._set(fill=device_colour(_numbers(operands)), space=_SPACES[operator])
            case "G" | "RG" | "K":
                self._set(stroke=device_colour(_numbers(operands)))
                self._set(stroke_space=_SPACES[operator.lower()])
            case "cs":
                space = self._space(operands[0])
                self._set(space=space, fill=initial_colour(space))
            case "CS":
                space = self._space(operands[0])
                self._set(stroke_space=space, stroke=initial_colour(space))
            case "sc" | "scn":
                self._set(fill=self._colour(self._state.space, operands))
                self._set(paints=self._is_paint(operands))
            case "SC" | "SCN":
                self._set(stroke=self._colour(self._state.stroke_space, operands))
            case "gs":
                self._graphics_state(self._resource("/ExtGState", operands[0]))
            case "sh":
                self._shade()
            case "Do":
                self._do(self._resource("/XObject", operands[0]))
            case "INLINE IMAGE":
                image = one.iimage.obj
                mask = bool(image.get("/IM", image.get("/ImageMask", False)))
                self._painter.picture(self._state, opaque=not mask)
            case "BMC" | "BDC":
                self._content.append(self._state.hidden)
                self._set(hidden=self._state.hidden or self._is_hidden(operands))
            case "EMC":
                if self._content:
                    self._set(hidden=self._content.pop())
        if operator in ("g", "rg", "k", "cs"):
            self._set(paints=True)

    def _set(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)

    def _resource(self, kind: str, name: Any) -> Any:
        resources = self._resources
        if not isinstance(resources, Dictionary) or kind not in resources:
            return None
        return resources[kind].get(str(name))

    def _space(self, name: Any) -> Any:
        found = self._resource("/ColorSpace", name)
        return name if found is None else found

    def _colour(self, space: Any, operands: Any) -> Colour | None:
        if len(operands) and isinstance(operands[-1], Name):
            return None
        return colour_of(space, _numbers(operands))

    def _is_paint(self, operands: Any) -> bool:
        """Tell whether a colour covers what is under it: a pattern of tiles has gaps."""
        if not len(operands) or not isinstance(operands[-1], Name):
            return True
        pattern = self._resource("/Pattern", operands[-1])
        return not isinstance(pattern, Stream)

    def _graphics_state(self, found: Any) -> None:
        if not isinstance(found, Dictionary):
            return
        if "/ca" in found:
            self._set(alpha=float(found.ca))
        if "/LW" in found:
            self._set(width=float(found.LW))
        if "/BM" in found:
            mode = found.BM
            self._set(blend=str(mode[0] if isinstance(mode, pikepdf.Array) else mode))
        if "/SMask" in found:
            self._set(masked=found.SMask != "/None")

    def _is_hidden(self, operands: Any) -> bool:
        if len(operands) < 2 or operands[0] != "/OC":  # a tag and a name
            return False
        return self._painter._is_off(self._resource("/Properties", operands[1]))  # noqa: SLF001  # of one module

    def _do(self, found: Any) -> None:
        if not isinstance(found, Stream):
            return
        state = self._state
        if "/OC" in found and self._painter._is_off(found.OC):  # noqa: SLF001  # of one module
            state = replace(state, hidden=True)
        if found.get("/Subtype") == "/Image":
            pierced = "/SMask" in found or "/Mask" in found or bool(found.get("/ImageMask", False))
            self._painter.picture(state, opaque=not pierced)
        elif found.get("/Subtype") == "/Form":
            self._painter.form(found, self._resources, state, self._depth)

    def _shade(self) -> None:
        clip = self._state.clip or self._painter._page  # noqa: SLF001  # of one module
        corners = rectangle(clip)
        self._painter.area(corners, None, self._state, Source.FILL, rough=True)

    def _draw(self, operator: str, operands: Any) -> None:
        values = _numbers(operands)
        path = self._path
        match operator:
            case "re":
                x, y, width, height = values
                corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
                path.polygons.append([self._moved(one) for one in corners])
            case "m":
                path.polygons.append([self._moved((values[0], values[1]))])
            case "W" | "W*":
                path.clips = True
            case "h":
                pass
            case _:  # lines, and curves by their points
                if not path.polygons:
                    path.polygons.append([])
                for at in range(0, len(values), 2):
                    path.polygons[-1].append(self._moved((values[at], values[at + 1])))

    def _moved(self, point: Point) -> Point:
        return _moved(point, self._state.matrix)

    def _end_path(self, operator: str) -> None:
        polygons = [one for one in self._path.polygons if one]
        if operator in _FILLING:
            nested = _is_nested(polygons)
            for one in polygons:
                if len(one) > 2:  # corners of an area
                    state = self._state
                    self._painter.area(one, state.fill, state, Source.FILL, rough=nested)
        if operator in _STROKING:
            self._stroke(polygons)
        if self._path.clips and polygons:
            self._clip(polygons)
        self._path = _Path()

    def _clip(self, polygons: Sequence[list[Point]]) -> None:
        area = bounds([point for one in polygons for point in one])
        clip = _clipped(self._state.clip, area) if self._state.clip else area
        odd = len(polygons) > 1 or not _is_rectangle(polygons[0])
        self._set(clip=clip or (area[0], area[1], area[0], area[1]))
        self._set(odd_clip=self._state.odd_clip or odd)

    def _stroke(self, polygons: Sequence[list[Point]]) -> None:
        """Paint straight lines as thick as text as the areas that they are."""
        a, b, c, d, _, _ = self._state.matrix
        width = self._state.width * abs(a * d - b * c) ** 0.5
        if width < _THICK:
            return
        for one in polygons:
            if len(one) == 2:  # a line
                corners = _thick(one[0], one[1], width)
                self._painter.area(corners, self._state.stroke, self._state, Source.FILL)


_PATH = frozenset({"m", "l", "c", "v", "y", "re", "h", "W", "W*"})
_FILLING = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"})
_STROKING = frozenset({"S", "s", "B", "B*", "b", "b*"})
_PAINTING = _FILLING | _STROKING | {"n"}
_SPACES = {"g": Name.DeviceGray, "rg": Name.DeviceRGB, "k": Name.DeviceCMYK}
_THICK = 4.0  # points: small text
_MANY = 200  # areas of one path, of which some may be the holes of others


def rectangle(box: Any) -> tuple[Point, Point, Point, Point]:
    """Return the corners of a rectangle: left, bottom, right, top in any order."""
    one, two, three, four = (float(value) for value in box)
    left, right = min(one, three), max(one, three)
    low, high = min(two, four), max(two, four)
    return (left, low), (right, low), (right, high), (left, high)


def _numbers(operands: Any) -> list[float]:
    return [float(one) for one in operands]


def _matrix(values: Any) -> Matrix:
    a, b, c, d, e, f = (float(one) for one in values)
    return a, b, c, d, e, f


def _moved(point: Point, matrix: Matrix) -> Point:
    x, y = point
    a, b, c, d, e, f = matrix
    return x * a + y * c + e, x * b + y * d + f


def _clipped(area: Area | None, clip: Area | None) -> Area | None:
    if area is None or clip is None:
        return area or clip
    return intersection(area, clip)


def _is_rectangle(polygon: Sequence[Point]) -> bool:
    corners = [one for at, one in enumerate(polygon) if one != polygon[at - 1]]
    left, low, right, high = bounds(polygon)
    near = 0.01
    on_edges = all(
        min(abs(x - left), abs(x - right)) < near and min(abs(y - low), abs(y - high)) < near
        for x, y in corners
    )
    return on_edges and len(corners) in (4, 5)


def _is_nested(polygons: Sequence[Sequence[Point]]) -> bool:
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


def _thick(one: Point, other: Point, width: float) -> list[Point]:
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


def _body(glyph: content.Glyph, base: Matrix) -> tuple[Point, ...]:
    """Return nine points of a glyph, the fifth in its middle."""
    vertical = glyph.show is not None and glyph.show.state.font.vertical
    x, y = glyph.origin
    along = (glyph.end.x - x, glyph.end.y - y)
    up = (-glyph.direction.y * glyph.size, glyph.direction.x * glyph.size)
    lift = [one - _UP[1] for one in _UP] if vertical else list(_UP)
    return tuple(
        _moved((x + a * along[0] + u * up[0], y + a * along[1] + u * up[1]), base)
        for a in _ALONG
        for u in lift
    )
