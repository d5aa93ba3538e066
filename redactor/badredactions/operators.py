"""Carries out the operators of a content stream that paint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Protocol

import pikepdf
from pikepdf import Dictionary, Name, Stream

from redactor.badredactions.colours import colour_of, device_colour, initial_colour
from redactor.badredactions.finding import Area
from redactor.badredactions.geometry import Colour, Point, Source, bounds
from redactor.badredactions.paths import (
    clipped,
    is_nested,
    is_rectangle,
    matrix_of,
    moved,
    numbers,
    rectangle,
    thick,
)
from redactor.badredactions.states import State
from redactor.formats.pdf.content import Glyph, Matrix, Page, times

__all__ = ["Run"]


class Canvas(Protocol):
    """Takes what is painted; `is_off` tells whether optional content is hidden."""

    page: Area
    source: Source | None
    is_off: Callable[[Any], bool]

    def form(self, form: Stream, resources: Any, state: State, depth: int) -> None:
        """Paint a form where it is drawn."""

    def picture(self, state: State, *, opaque: bool) -> None:
        """Paint a picture, which is a unit square."""

    def area(
        self,
        polygon: Sequence[Point],
        colour: Colour | None,
        state: State,
        source: Source,
        *,
        rough: bool = False,
    ) -> None:
        """Paint an area within the clip."""

    def text(self, glyphs: Sequence[Glyph], state: State, base: Matrix) -> None:
        """Paint glyphs of a stream whose space is `base`."""


@dataclass(slots=True)
class _Path:
    polygons: list[list[Point]] = field(default_factory=list)
    clips: bool = False


class Run:
    """Carries out the operators of one stream that paint."""

    def __init__(
        self, painter: Canvas, page: Page, resources: Any, state: State, depth: int
    ) -> None:
        self._painter, self._page, self._resources = painter, page, resources
        self._state, self._base, self._depth = state, state.matrix, depth
        self._stack: list[State] = []
        self._content: list[bool] = []
        self._path = _Path()
        self._shown: dict[int, list[Glyph]] = {}
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
                self._set(matrix=times(matrix_of(operands), self._state.matrix))
            case "w":
                self._set(width=float(operands[0]))
            case "g" | "rg" | "k":
                self._set(fill=device_colour(numbers(operands)), space=_SPACES[operator])
            case "G" | "RG" | "K":
                self._set(stroke=device_colour(numbers(operands)))
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
        return colour_of(space, numbers(operands))

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
        return self._painter.is_off(self._resource("/Properties", operands[1]))

    def _do(self, found: Any) -> None:
        if not isinstance(found, Stream):
            return
        state = self._state
        if "/OC" in found and self._painter.is_off(found.OC):
            state = replace(state, hidden=True)
        if found.get("/Subtype") == "/Image":
            pierced = "/SMask" in found or "/Mask" in found or bool(found.get("/ImageMask", False))
            self._painter.picture(state, opaque=not pierced)
        elif found.get("/Subtype") == "/Form":
            self._painter.form(found, self._resources, state, self._depth)

    def _shade(self) -> None:
        clip = self._state.clip or self._painter.page
        corners = rectangle(clip)
        self._painter.area(corners, None, self._state, Source.FILL, rough=True)

    def _draw(self, operator: str, operands: Any) -> None:
        values = numbers(operands)
        path = self._path
        match operator:
            case "re":
                x, y, width, height = values
                corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
                path.polygons.append([self._at(one) for one in corners])
            case "m":
                path.polygons.append([self._at((values[0], values[1]))])
            case "W" | "W*":
                path.clips = True
            case "h":
                pass
            case _:  # lines, and curves by their points
                if not path.polygons:
                    path.polygons.append([])
                for at in range(0, len(values), 2):
                    path.polygons[-1].append(self._at((values[at], values[at + 1])))

    def _at(self, point: Point) -> Point:
        return moved(point, self._state.matrix)

    def _end_path(self, operator: str) -> None:
        polygons = [one for one in self._path.polygons if one]
        if operator in _FILLING:
            nested = is_nested(polygons)
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
        clip = clipped(self._state.clip, area) if self._state.clip else area
        odd = len(polygons) > 1 or not is_rectangle(polygons[0])
        self._set(clip=clip or (area[0], area[1], area[0], area[1]))
        self._set(odd_clip=self._state.odd_clip or odd)

    def _stroke(self, polygons: Sequence[list[Point]]) -> None:
        """Paint lines as thick as text as the areas that they are."""
        a, b, c, d, _, _ = self._state.matrix
        width = self._state.width * abs(a * d - b * c) ** 0.5
        if width < _THICK:
            return
        for one in polygons:
            # What a page scribbles is a line of more points in charts and maps, and is left to what
            # the page shows.
            if len(one) == 2 or self._painter.source is Source.ANNOTATION:
                for start, end in pairwise(one):
                    corners = thick(start, end, width)
                    self._painter.area(corners, self._state.stroke, self._state, Source.FILL)


_PATH = frozenset({"m", "l", "c", "v", "y", "re", "h", "W", "W*"})
_FILLING = frozenset({"f", "F", "f*", "B", "B*", "b", "b*"})
_STROKING = frozenset({"S", "s", "B", "B*", "b", "b*"})
_PAINTING = _FILLING | _STROKING | {"n"}
_SPACES = {"g": Name.DeviceGray, "rg": Name.DeviceRGB, "k": Name.DeviceCMYK}
_THICK = 4.0  # points: small text
