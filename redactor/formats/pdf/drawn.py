"""Which texts pages show, those of the forms that they draw and of fields as well, and where.

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
from redactor.formats.pdf.widgets import (
    Stated,
    Widget,
    letters,
    matrix_of,
    value_block,
    widgets,
)
from redactor.model import Seeing

__all__ = ["PageText", "Quad", "Repeated", "drawn_texts", "page_texts"]

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

    `base` is the number of characters in the document's texts before it. `story` is 0 for what is
    no field; `is_value` tells of one without an appearance, which is marked as a whole.
    """

    base: int
    block: Block = field(repr=False)
    drawings: tuple[Drawing, ...]
    story: int = 0
    is_value: bool = False

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


@dataclass(frozen=True, slots=True)
class Repeated:
    """The value of a field, as a string, that has the letters of some texts of pages.

    `base` is as in a text of a page; those texts have the numbers `first` to before `last`.
    """

    base: int
    text: str = field(repr=False)
    first: int
    last: int


def page_texts(source: BinaryIO) -> list[PageText]:
    """Return the texts that pages show, in the order of pages. Raises InputError."""
    return drawn_texts(source)[0]


def drawn_texts(source: BinaryIO) -> tuple[list[PageText], list[Repeated]]:
    """Return the texts that pages show, and the strings that say once more what fields show.

    Raises InputError.
    """
    with opened(source, Seeing()) as document:
        return _Drawn(document).texts()


@dataclass(slots=True)
class _Row:
    """Texts that are drawn together, and where."""

    texts: Sequence[tuple[int, Block]] = field(repr=False)
    drawings: list[Drawing] = field(default_factory=list)
    is_value: bool = False

    def draw(self, page: int, matrix: Matrix) -> None:
        """Add a place."""
        if len(self.drawings) < _DRAWN:
            self.drawings.append(Drawing(page, matrix))


class _Drawn:
    """Finds where the streams of a document are drawn, and the values of its fields."""

    def __init__(self, document: Opened) -> None:
        self._document = document
        self._pages: dict[int, Shown] = {}
        self._forms: dict[tuple[int, int], Shown] = {}
        self._stated: dict[tuple[tuple[int, int], str | int], Stated] = {}
        for one in shown(document):
            if isinstance(one, tuple):
                base, item = one
                if item.holder.is_indirect:
                    self._stated[item.holder.objgen, item.key] = Stated(base, item.text)
            elif one.item.is_page:
                self._pages[one.item.page] = one
            else:
                self._forms[one.item.obj.objgen] = one
        self._rows: dict[int | Stated, _Row] = {}
        self._fields: list[tuple[_Row, list[Stated]]] = []

    def texts(self) -> tuple[list[PageText], list[Repeated]]:
        """Return the texts of pages by the first place of each, and what repeats them."""
        for number, page in enumerate(self._document.pdf.pages, 1):
            left: Counter[int] = Counter()
            if number in self._pages:
                self._draw(number, self._pages[number], IDENTITY, left)
            for widget in widgets(page.obj):
                self._field(number, widget, left)
        texts: list[PageText] = []
        first: dict[int, int] = {}
        for number, row in enumerate(self._rows.values()):
            first[id(row)] = len(texts)
            story = number if any(row is one for one, _ in self._fields) else 0
            places = tuple(row.drawings)
            texts += (
                PageText(base, block, places, story, row.is_value) for base, block in row.texts
            )
        return texts, [one for row, values in self._fields for one in _again(row, values, first)]

    def _draw(self, number: int, one: Shown, matrix: Matrix, left: Counter[int]) -> None:
        for below, at in _below(one, matrix, self._forms, left):
            self._rows.setdefault(id(below), _Row(below.texts)).draw(number, at)

    def _field(self, number: int, widget: Widget, left: Counter[int]) -> None:
        """Draw a field: by its appearance, or, if that shows no letter, by its value alone."""
        found = [self._stated[one] for one in widget.values if one in self._stated]
        form = widget.appearance
        one = self._forms.get(form.objgen) if form is not None else None
        if one is not None and form is not None and letters(_said(one.texts)):
            self._draw(number, one, matrix_of(form, widget.rect), left)
            self._fields.append((self._rows[id(one)], found))
        elif found and letters(found[0].text):
            block = value_block(found[0].text, widget.rect)
            row = self._rows.setdefault(found[0], _Row([(found[0].base, block)], is_value=True))
            row.draw(number, _moved(row.texts[0][1], block))
            self._fields.append((row, found[1:]))


def _said(texts: Sequence[tuple[int, Block]]) -> str:
    return "".join(block.text for _, block in texts)


def _moved(first: Block, block: Block) -> Matrix:
    """Return the matrix from the place of a value to another place of it."""
    a, b = first.glyphs[0], block.glyphs[0]
    wide, other = a.end.x - a.origin.x, b.end.x - b.origin.x
    by = other / wide if wide else 1.0
    return (by, 0.0, 0.0, by, b.origin.x - a.origin.x * by, b.origin.y - a.origin.y * by)


def _again(row: _Row, values: Sequence[Stated], first: dict[int, int]) -> Iterator[Repeated]:
    """Yield the values of a field that have the letters which it shows."""
    at = first[id(row)]
    for one in values:
        if letters(one.text) == letters(_said(row.texts)):
            yield Repeated(one.base, one.text, at, at + len(row.texts))


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
