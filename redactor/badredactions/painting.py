"""What the content streams of a page paint, forms included, in the order of painting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pikepdf import Dictionary, Stream

from redactor.badredactions.finding import Area
from redactor.badredactions.geometry import Colour, Cover, Glyph, Picture, Point, Source, bounds
from redactor.badredactions.operators import Run
from redactor.badredactions.paths import body, clipped, matrix_of, moved, rectangle
from redactor.badredactions.states import State
from redactor.errors import LimitExceeded
from redactor.formats.pdf import content
from redactor.formats.pdf.content import INVISIBLE, Matrix, Page, interpret, times
from redactor.formats.pdf.resources import Fonts

__all__ = ["Painter"]

_DEPTH = 12  # of forms in forms
_DRAWN = 2_000_000  # operators on one page, forms as often as they are drawn
_CORNERS = 40  # of a polygon that may be a box; letters and maps have more
_OPAQUE = 0.9
_SMALL = 0.2  # points: what is thinner covers no letter
_DARK = 0.25
_MULTIPLYING = frozenset({"/Multiply", "/Darken", "/ColorBurn"})


class Painter:
    """Collects what is painted on one page."""

    def __init__(self, page: Area, fonts: Fonts, is_off: Callable[[Any], bool]) -> None:
        """Start with nothing; `is_off` tells whether optional content is hidden."""
        self.page, self._fonts, self.is_off = page, fonts, is_off
        self.glyphs: list[Glyph] = []
        self.covers: list[Cover] = []
        self.pictures: list[Picture] = []
        self.said: list[str] = []
        self._order = self._drawn = 0
        self.source: Source | None = None

    def paint(self, stream: Any, resources: Any, matrix: Matrix, *, hidden: bool = False) -> None:
        """Paint a page or the appearance of an annotation. Raises DamagedDocument."""
        state = State(matrix, None, hidden=hidden)
        self._run(stream, resources, state, 0)

    def begin_annotation(self) -> None:
        """Go on with what an annotation paints."""
        self._order += 1
        self.source = Source.ANNOTATION

    def cover(self, polygon: Sequence[Point], colour: Colour | None, *, opaque: bool) -> None:
        """Paint an area."""
        self._cover(tuple(polygon), bounds(polygon), colour, Source.FILL, opaque=opaque)

    def _run(self, stream: Any, resources: Any, state: State, depth: int) -> None:
        page = interpret(
            stream,
            lambda name: self._fonts.of(resources, name),
            lambda name: self._fonts.stated(resources, name),
        )
        self._drawn += len(page.instructions)
        self.said += _said(page)
        if self._drawn > _DRAWN:
            raise LimitExceeded("a page draws more than two million times")
        Run(self, page, resources, state, depth).run()

    def form(self, form: Stream, resources: Any, state: State, depth: int) -> None:
        """Paint a form where it is drawn."""
        if depth >= _DEPTH:
            raise LimitExceeded("forms are drawn in each other too deeply")
        own = form.get("/Matrix")
        matrix = times(matrix_of(own), state.matrix) if own is not None else state.matrix
        clip, odd = state.clip, state.odd_clip
        if (box := form.get("/BBox")) is not None:
            polygon = [moved(point, matrix) for point in rectangle(box)]
            clip = clipped(clip, bounds(polygon))
        inner = replace(state, matrix=matrix, clip=clip, odd_clip=odd)
        self._run(form, form.get("/Resources", resources), inner, depth + 1)

    def picture(self, state: State, *, opaque: bool) -> None:
        """Paint a picture, which is a unit square."""
        square = [moved(one, state.matrix) for one in ((0, 0), (1, 0), (1, 1), (0, 1))]
        area = bounds(square)
        if self.source is None and not state.hidden:
            self.pictures.append(Picture(area, clipped(area, state.clip)))
        self.area(square, None, state, Source.PICTURE, opaque=opaque)

    def area(  # noqa: PLR0913  # what a cover is
        self,
        polygon: Sequence[Point],
        colour: Colour | None,
        state: State,
        source: Source,
        *,
        opaque: bool = True,
        rough: bool = False,
    ) -> None:
        """Paint an area within the clip."""
        area = clipped(bounds(polygon), state.clip)
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
        if self.source is None:  # all that an annotation paints is one cover
            self._order += 1
        corners = () if rough else polygon
        source = self.source or source
        self.covers.append(Cover(self._order, corners, area, colour, source, opaque, rough))

    def text(self, glyphs: Sequence[content.Glyph], state: State, base: Matrix) -> None:
        """Paint glyphs of a stream whose space is `base`."""
        self._order += 1
        for one in glyphs:
            mode = one.show.state.mode if one.show else 0
            filled = mode in (0, 4) and state.alpha >= _OPAQUE and state.blend == "/Normal"
            self.glyphs.append(
                Glyph(
                    self._order,
                    "\N{REPLACEMENT CHARACTER}" if one.text is None else one.text,
                    moved(one.origin, base),
                    moved(one.end, base),
                    body(one, base),
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
