"""Which texts pages show, those of the forms that they draw as well, and where.

A form is one text, however often it is drawn: what is removed of it is gone everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pikepdf import Dictionary, Stream

from redactor.formats.pdf.content import IDENTITY, Glyph, Matrix, times
from redactor.formats.pdf.document import Shown, shown
from redactor.formats.pdf.opening import Opened, opened
from redactor.formats.pdf.reading import NEW_LINE, Block
from redactor.model import Seeing

__all__ = ["PageText", "Quad", "page_texts"]

Quad = tuple[float, float, float, float, float, float, float, float]
"""The corners of a mark on one line: above left, above right, below left, below right."""

_BELOW, _ABOVE, _HALF = -0.24, 0.8, 0.5
"""Of a mark, in ems of its glyphs: below and above the line, and of vertical text to each side."""

_MIDDLE = 0.28
"""How far the centre of a glyph is above the line, in ems."""

_DRAWN = 200  # places of a form that are known: a letterhead of more pages is marked on the first
_ON_PAGE = 2_000  # forms drawn on one page, those in forms included


@dataclass(frozen=True, slots=True)
class Drawing:
    """A place at which a stream is drawn: the page, and the matrix to its space."""

    page: int
    matrix: Matrix

    def moved(self, x: float, y: float) -> tuple[float, float]:
        """Return a point of the stream on the page."""
        a, b, c, d, e, f = self.matrix
        return round(x * a + y * c + e, 3), round(x * b + y * d + f, 3)

    def quad(self, one: Quad) -> Quad:
        """Return a quadrilateral of the stream on the page."""
        a, b, c, d = (self.moved(one[at], one[at + 1]) for at in range(0, 8, 2))
        return (*a, *b, *c, *d)


@dataclass(frozen=True, slots=True)
class PageText:
    """A text that pages show: its glyphs, where it is drawn.

    `base` is the number of characters in the document's texts before it.
    """

    base: int
    block: Block = field(repr=False)
    drawings: tuple[Drawing, ...]

    @property
    def page(self) -> int:
        """Return the first page that shows it."""
        return self.drawings[0].page

    def quads(self, start: int, end: int) -> Iterator[tuple[int, Quad]]:
        """Yield the quadrilaterals of some characters with their pages, one for each line."""
        lines = list(self._lines(start, end))
        for drawing in self.drawings:
            yield from ((drawing.page, drawing.quad(_quad(line))) for line in lines)

    def _lines(self, start: int, end: int) -> Iterator[list[Glyph]]:
        line: list[Glyph] = []
        for number, glyph in enumerate(self.block.glyphs):
            first = self.block.starts[number]
            if first >= end or first + len(self.block.texts[number]) <= start:
                continue
            if line and self.block.before[number] in NEW_LINE:
                yield line
                line = []
            line.append(glyph)
        if line:
            yield line

    def centres(self, glyph: Glyph) -> list[tuple[int, tuple[float, float]]]:
        """Return the pages on which a glyph is, each with its centre."""
        x, y = _centre(glyph)
        return [(one.page, one.moved(x, y)) for one in self.drawings]


def page_texts(source: BinaryIO) -> list[PageText]:
    """Return the texts that pages show, in the order of pages. Raises InputError."""
    with opened(source, Seeing()) as document:
        return [
            PageText(base, block, tuple(drawings))
            for one, drawings in _drawn(document)
            for base, block in one.texts
        ]


def _drawn(document: Opened) -> list[tuple[Shown, list[Drawing]]]:
    """Return the streams that pages draw, by the first place of each, with all places."""
    pages: dict[int, Shown] = {}
    forms: dict[tuple[int, int], Shown] = {}
    for one in shown(document):
        if one.item.is_page:
            pages[one.item.page] = one
        else:
            forms[one.item.obj.objgen] = one
    found: dict[int, tuple[Shown, list[Drawing]]] = {}
    for number in sorted(pages):
        left: Counter[int] = Counter()
        for one, matrix in _below(pages[number], IDENTITY, forms, left):
            _, places = found.setdefault(id(one), (one, []))
            if len(places) < _DRAWN:
                places.append(Drawing(number, matrix))
    return list(found.values())


def _below(
    one: Shown, matrix: Matrix, forms: dict[tuple[int, int], Shown], seen: Counter[int]
) -> Iterator[tuple[Shown, Matrix]]:
    """Yield a stream and the forms that it draws, each with its matrix to the page.

    A form that draws itself, and more forms than a page has, are not followed.
    """
    stack = [(one, matrix, frozenset[int]())]
    while stack and seen.total() < _ON_PAGE:
        one, matrix, above = stack.pop()
        seen[id(one)] += 1
        yield one, matrix
        inner = []
        for name, at in one.pictures:
            form = _named(one.item.resources, name)
            known = forms.get(form.objgen) if isinstance(form, Stream) else None
            if known is not None and id(known) not in above:
                inner.append((known, times(_own(form), times(at, matrix)), above | {id(one)}))
        stack += reversed(inner)


def _named(resources: Any, name: str) -> Any:
    """Return what resources have under a name to be drawn; None if they have nothing."""
    if not name or not isinstance(resources, Dictionary) or "/XObject" not in resources:
        return None
    return resources.XObject.get(name)


def _own(form: Any) -> Matrix:
    """Return the matrix of a form from its own space to that of its reader."""
    values = [float(x) for x in form.get("/Matrix", IDENTITY)]
    return (values[0], values[1], values[2], values[3], values[4], values[5])


def _quad(line: Sequence[Glyph]) -> Quad:
    """Return the quadrilateral around glyphs of one line."""
    first = line[0]
    way, size = first.direction, max(one.size for one in line)
    vertical = first.show is not None and first.show.state.font.vertical
    low, high = (-_HALF, _HALF) if vertical else (_BELOW, _ABOVE)
    ends = [point for one in line for point in (one.origin, one.end)]
    along = [(p.x - first.origin.x) * way.x + (p.y - first.origin.y) * way.y for p in ends]

    def corner(far: float, up: float) -> tuple[float, float]:
        x = first.origin.x + way.x * far - way.y * up * size
        return x, first.origin.y + way.y * far + way.x * up * size

    left, right = min(along), max(along)
    return (*corner(left, high), *corner(right, high), *corner(left, low), *corner(right, low))


def _centre(glyph: Glyph) -> tuple[float, float]:
    vertical = glyph.show is not None and glyph.show.state.font.vertical
    up = 0.0 if vertical else _MIDDLE * glyph.size
    x, y = (glyph.origin.x + glyph.end.x) / 2, (glyph.origin.y + glyph.end.y) / 2
    return x - glyph.direction.y * up, y + glyph.direction.x * up
