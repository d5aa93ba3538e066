"""Content streams: what they show, glyph by glyph, and where.

Positions are in the space of the stream itself (user space for a page). A glyph knows the operator
that shows it, so that it can be taken out of its string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import hypot
from typing import Any, NamedTuple
from unicodedata import combining, normalize

import pikepdf

from redactor.errors import DamagedDocument
from redactor.formats.pdf.fonts import NO_FONT, Font

__all__ = ["Glyph", "Kern", "Mark", "Matrix", "Page", "Picture", "Show", "interpret", "times"]

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

LABEL = "/RedactorLabel"
"""The key, in the properties of marked content, of the separators around a label of ours."""

FONT = "/RedactorSans"
"""The name of the font of labels in the resources."""

INVISIBLE, CLIPPING = 3, 4
"""Modes of rendering: no glyphs are drawn; from the second on, glyphs are clipping paths."""


def times(first: Matrix, second: Matrix) -> Matrix:
    """Return the matrix that applies the first, then the second."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


class Point(NamedTuple):
    """A point, or a vector."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class State:
    """The text state, and the matrix of the space that it is in."""

    ctm: Matrix = IDENTITY
    font: Font = NO_FONT
    size: float = 0.0
    spacing: float = 0.0
    word: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


@dataclass(eq=False, slots=True)
class Glyph:
    """A glyph that is shown: its text, its place in space, and its place in the stream.

    `text` is None if the font does not tell it. `shift` is the displacement that it causes, in
    thousandths of the font size, as numbers in a `TJ` count it; `from_line` that from the start of
    the line to it, in the space of the line: words of one may be scaled differently. `label` are
    the separators around it if it is a label of ours.
    """

    text: str | None = field(repr=False)
    origin: Point
    end: Point
    direction: Point
    size: float
    show: Show | None = field(repr=False, default=None)
    raw: bytes = field(repr=False, default=b"")
    shift: float = 0.0
    from_line: float = 0.0
    label: tuple[int, int] | None = None

    @property
    def matrix(self) -> Matrix:
        """Return the text matrix where it is shown."""
        if self.show is None:
            return IDENTITY
        state = self.show.state
        moved = (0.0, self.from_line) if state.font.vertical else (self.from_line, 0.0)
        return times((1.0, 0.0, 0.0, 1.0, *moved), self.show.line)


@dataclass(frozen=True, slots=True)
class Kern:
    """A number in a `TJ`."""

    amount: float


@dataclass(eq=False, slots=True)
class Show:
    """An operator that shows text: its number, the text state, and what it shows."""

    number: int
    state: State = field(repr=False)
    line: Matrix
    in_text: bool
    items: list[Glyph | Kern] = field(repr=False, default_factory=list)


class Picture(NamedTuple):
    """An XObject that is drawn: its name in the resources, empty for an inline image."""

    name: str
    matrix: Matrix


@dataclass(eq=False, slots=True)
class Mark:
    """Marked content: its properties, and the numbers of its first glyph and that behind its last.

    `around` are the separators around a label of ours, `matrix` is its place.
    """

    properties: Any = field(repr=False)
    first: int
    matrix: Matrix
    end: int = 0
    around: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A content stream as it was read."""

    instructions: Sequence[Any] = field(repr=False)
    glyphs: list[Glyph] = field(repr=False)
    pictures: list[Picture]
    marks: list[Mark] = field(repr=False)


Fonts = Callable[[str], Font]
States = Callable[[str], tuple[Font, float] | None]


def interpret(stream: pikepdf.Object | pikepdf.Page, fonts: Fonts, states: States) -> Page:
    """Read a content stream; `fonts` finds a font by its name, `states` one of a graphics state.

    Raises DamagedDocument.
    """
    try:
        instructions = pikepdf.parse_content_stream(stream)
    except (pikepdf.PdfError, ValueError, TypeError):
        raise DamagedDocument("a content stream cannot be read") from None
    machine = _Machine(fonts, states)
    for number, one in enumerate(instructions):
        try:
            machine.step(number, str(one.operator), list(one.operands))
        except (ValueError, TypeError, IndexError, ArithmeticError, KeyError, AttributeError):
            raise DamagedDocument("a content stream has an operator that makes no sense") from None
    machine.finish()
    return Page(instructions, machine.glyphs, machine.pictures, machine.marks)


class _Machine:
    """Carries out the operators that matter for text."""

    def __init__(self, fonts: Fonts, states: States) -> None:
        self._fonts, self._states = fonts, states
        self.glyphs: list[Glyph] = []
        self.pictures: list[Picture] = []
        self._state = State()
        self._stack: list[State] = []
        self._matrix = self._line = IDENTITY
        self._in_text = False
        self._from_line = 0.0
        self.marks: list[Mark] = []
        self._open: list[Mark] = []

    def step(self, number: int, operator: str, operands: Sequence[Any]) -> None:  # noqa: C901, PLR0912, PLR0915  # a table of operators
        match operator:
            case "q":
                self._stack.append(self._state)
            case "Q":
                if self._stack:
                    self._state = self._stack.pop()
            case "cm":
                self._set(ctm=times(_matrix(operands), self._state.ctm))
            case "BT":
                self._in_text = True
                self._move(IDENTITY)
            case "ET":
                self._in_text = False
            case "Tf":
                self._set(font=self._fonts(str(operands[0])), size=float(operands[1]))
            case "Tc":
                self._set(spacing=float(operands[0]))
            case "Tw":
                self._set(word=float(operands[0]))
            case "Tz":
                self._set(scale=float(operands[0]) / 100)
            case "TL":
                self._set(leading=float(operands[0]))
            case "Ts":
                self._set(rise=float(operands[0]))
            case "Tr":
                self._set(mode=int(operands[0]))
            case "Tm":
                self._move(_matrix(operands))
            case "Td":
                self._down(float(operands[0]), float(operands[1]))
            case "TD":
                self._set(leading=-float(operands[1]))
                self._down(float(operands[0]), float(operands[1]))
            case "T*":
                self._down(0.0, -self._state.leading)
            case "Tj":
                self._show(number, [operands[0]])
            case "TJ":
                self._show(number, operands[0])
            case "'":
                self._down(0.0, -self._state.leading)
                self._show(number, [operands[0]])
            case '"':
                self._set(word=float(operands[0]), spacing=float(operands[1]))
                self._down(0.0, -self._state.leading)
                self._show(number, [operands[2]])
            case "gs":
                self._graphics_state(str(operands[0]))
            case "Do":
                self.pictures.append(Picture(str(operands[0]), self._state.ctm))
            case "INLINE IMAGE":
                self.pictures.append(Picture("", self._state.ctm))
            case "BMC" | "BDC":
                self._open.append(self._mark(operands))
            case "EMC":
                if self._open:
                    self._close(self._open.pop())
            case "DP":
                self._close(self._mark(operands))
            case "re":
                for mark in self._open:
                    mark.matrix = self._state.ctm

    def finish(self) -> None:
        """End what has no end."""
        while self._open:
            self._close(self._open.pop())

    def _set(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)

    def _graphics_state(self, name: str) -> None:
        if stated := self._states(name):
            self._set(font=stated[0], size=stated[1])

    def _move(self, matrix: Matrix) -> None:
        self._matrix = self._line = matrix
        self._from_line = 0.0

    def _down(self, x: float, y: float) -> None:
        self._move(times((1.0, 0.0, 0.0, 1.0, x, y), self._line))

    def _mark(self, operands: Sequence[Any]) -> Mark:
        properties = operands[1] if len(operands) > 1 else None
        mark = Mark(properties, len(self.glyphs), times(self._matrix, self._state.ctm))
        if isinstance(properties, pikepdf.Dictionary) and LABEL in properties:
            before, after = (int(one) for one in properties[LABEL])
            if {before, after} <= set(range(6)):
                mark.around = before, after
        return mark

    def _close(self, mark: Mark) -> None:
        """End marked content; one glyph, a label of ours, takes the place of those that draw it.

        What shows anything else is no label of ours, whatever it says.
        """
        mark.end = len(self.glyphs)
        self.marks.append(mark)
        if mark.around is None:
            return
        drawn = b"".join(one.raw for one in self.glyphs[mark.first :])
        text = drawn.decode("cp1252", "replace")
        if "/ActualText" in mark.properties:
            text = str(mark.properties["/ActualText"])
        if drawn and drawn != drawn_as(text):
            return
        del self.glyphs[mark.first :]
        at = Point(mark.matrix[4], mark.matrix[5])
        self.glyphs.append(Glyph(text, at, at, Point(1, 0), 1.0, label=mark.around))
        mark.end = len(self.glyphs)

    def _show(self, number: int, items: Any) -> None:
        state = self._state
        show = Show(number, state, self._line, self._in_text)
        for item in items:
            if isinstance(item, pikepdf.String):
                for glyph in self._glyphs(bytes(item), show):
                    show.items.append(glyph)
                    self.glyphs.append(glyph)
            else:
                show.items.append(Kern(float(item)))
                self._advance(-float(item) / 1000 * state.size)

    def _glyphs(self, shown: bytes, show: Show) -> Iterator[Glyph]:
        state = self._state
        font, size = state.font, state.size
        vertical = font.vertical
        a, b, c, d, e, f = times(self._matrix, state.ctm)
        direction = _direction((a, b, c, d, e, f), size * state.scale, vertical=vertical)
        height = abs(size) * font.em * hypot(c, d)
        x, y = (c, d) if vertical else (a * state.scale, b * state.scale)
        end = Point(e + state.rise * c, f + state.rise * d)
        from_line, scale, whole = self._from_line, 1.0 if vertical else state.scale, 0.0
        for code in font.codes(shown):
            spacing = state.spacing + (state.word if code.raw == b" " else 0.0)
            moved = -size - spacing if vertical else code.width * size + spacing
            origin, end = end, Point(end.x + moved * x, end.y + moved * y)
            shift = -moved / size * 1000 if size else 0.0
            yield Glyph(code.text, origin, end, direction, height, show, code.raw, shift, from_line)
            from_line += moved * scale
            whole += moved
        self._advance(whole)

    def _advance(self, moved: float) -> None:
        state = self._state
        if state.font.vertical:
            x, y = 0.0, moved
        else:
            x, y = moved * state.scale, 0.0
        self._matrix = times((1.0, 0.0, 0.0, 1.0, x, y), self._matrix)
        self._from_line += x + y


def drawn_as(text: str) -> bytes:
    """Return the bytes by which a label is drawn in a standard font."""
    drawn = bytearray()
    for one in text:
        plain = "".join(part for part in normalize("NFKD", one) if not combining(part))
        for choice in (one, plain):
            try:
                drawn += choice.encode("cp1252")
                break
            except UnicodeEncodeError:
                continue
        else:
            drawn += b"?"
    return bytes(drawn)


def _matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(one) for one in operands)
    return (a, b, c, d, e, f)


def _direction(space: Matrix, along: float, *, vertical: bool) -> Point:
    """Return the direction in which a line of text runs, as a vector of length 1."""
    x, y = (-space[2], -space[3]) if vertical else (space[0], space[1])
    length = hypot(x, y) or 1.0
    sign = -1.0 if along < 0 and not vertical else 1.0
    return Point(sign * x / length, sign * y / length)
