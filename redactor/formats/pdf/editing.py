"""Edits of a content stream: glyphs are taken out of their strings, a label is put in their place.

Neighbours do not move: the number of a `TJ` takes the place of what was removed. The box has one of
few widths for a font, whatever was removed; so nothing but the positions of neighbours tells how
long that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import hypot
from typing import Any

import pikepdf
from pdfminer.fontmetrics import FONT_METRICS
from pikepdf import Array, Dictionary, Name, Operator, String

from redactor.errors import OutputError
from redactor.formats.pdf.content import (
    CLIPPING,
    FONT,
    IDENTITY,
    INVISIBLE,
    LABEL,
    Glyph,
    Kern,
    Matrix,
    Page,
    Show,
    drawn_as,
    times,
)
from redactor.formats.pdf.reading import NEW_LINE, Between, Block
from redactor.model import Edit

__all__ = ["STEPS", "Box", "boxes", "rewritten"]

STEPS = (0.9, 1.9, 5.9, 13.9)
"""The widths of boxes, in letters of the font: the largest that fits where the text was. Of 2,500
names, lone or in full, 500 or more are in each of the last two, and of lone ones in the second. In
ems it would be other names for each font: letters are 0.45 ems wide in Times and 0.6 in Courier.
They are a little less than whole, so that no text of a fixed pitch is as long as a step.
"""

_DESCENT, _HEIGHT = -0.22, 0.95
"""Of a box, in ems: it touches no other line."""

_LABEL_SIZE, _NARROWEST = 0.7, 55.0
"""The font size of a label in ems, and the least percentage to which it is narrowed; a label that
is still too long is made smaller."""


@dataclass(slots=True)
class Box:
    """A stretch of a line that is removed: its glyphs, the label in their place, what is around."""

    glyphs: list[Glyph] = field(repr=False)
    text: str = field(repr=False)
    before: Between
    after: Between = Between.NOTHING

    @property
    def around(self) -> tuple[int, int]:
        """Return the separators, as the label carries them."""
        return int(self.before), int(self.after)


def boxes(block: Block, edits: Sequence[Edit]) -> Iterator[Box]:
    """Yield the boxes of the edits of a text, sorted and apart; they take whole glyphs.

    Of a ligature of which a part is removed, the rest is drawn with the label. Raises OutputError.
    """
    ends = [start + len(text) for start, text in zip(block.starts, block.texts, strict=True)]
    at = 0
    waiting = list(edits)
    while waiting:
        group = [waiting.pop(0)]
        while at < len(ends) and ends[at] <= group[0].start:
            at += 1
        first = at
        while at < len(ends) and block.starts[at] < group[-1].end:
            at += 1
            while waiting and at <= len(ends) and waiting[0].start < ends[at - 1]:
                group.append(waiting.pop(0))
        if first == at:
            raise OutputError("an edit has no glyphs")
        start, end = block.starts[first], ends[at - 1]
        if group[0].start < start or group[-1].end > end:
            start, end = min(start, group[0].start), max(end, group[-1].end)
        yield from _lines(block, first, at, _text(block, group, start, end), group)


def _text(block: Block, group: Sequence[Edit], start: int, end: int) -> str:
    parts: list[str] = []
    for edit in group:
        parts += (block.text[start : edit.start], edit.replacement)
        start = edit.end
    return "".join([*parts, block.text[start:end]])


def _lines(block: Block, first: int, last: int, text: str, group: Sequence[Edit]) -> Iterator[Box]:
    """Yield a box for each line that an edit covers; the first has the label."""
    before = block.before[first] if first else Between.BORDER
    if group[0].start < block.starts[first]:
        before = _removed(before)
    after = block.before[last] if last < len(block.glyphs) else block.after
    ends = block.starts[last - 1] + len(block.texts[last - 1])
    if group[-1].end > ends or after is Between.HYPHEN:
        after = _removed(after)
    box = Box([], text, before)
    for number in range(first, last):
        if box.glyphs and block.before[number] in NEW_LINE:
            yield box
            box = Box([], "", Between.NEXT)
        box.glyphs.append(block.glyphs[number])
    box.after = after
    yield box


def _removed(between: Between) -> Between:
    """Return what is left where a blank or a line end was removed."""
    return Between.NEXT if between in NEW_LINE else Between.NOTHING


def rewritten(page: Page, some: Sequence[Box]) -> bytes:
    """Return a content stream with boxes in the place of glyphs. Raises OutputError."""
    removed = {id(glyph): glyph for box in some for glyph in box.glyphs}
    if any(one.show is None for one in removed.values()):
        raise OutputError("a label cannot be edited")
    starts = {id(box.glyphs[0]): box for box in some}
    shows = {one.show.number: one.show for one in removed.values() if one.show}
    out: list[Any] = []
    for number, one in enumerate(page.instructions):
        if number in shows:
            out += _prologue(str(one.operator), one.operands)
            matters = _position_matters(page.instructions, number)
            out += _shown_anew(shows[number], matters, removed, starts)
        else:
            out.append(one)
    return bytes(pikepdf.unparse_content_stream(out))


def _shown_anew(
    show: Show, matters: bool, removed: Mapping[int, Glyph], starts: Mapping[int, Box]
) -> list[Any]:
    """Return the operators that show what an operator showed, without what is removed."""
    writer = _Writer(show, matters)
    for item in show.items:
        if id(item) in starts:
            writer.box(starts[id(item)])
        if isinstance(item, Glyph) and id(item) in removed:
            writer.skip(item)
        else:
            writer.keep(item)
    return writer.finish()


def _prologue(operator: str, operands: Sequence[Any]) -> Iterator[Any]:
    """Yield what the operators `'` and `"` do before they show."""
    if operator == '"':
        yield _do("Tw", operands[0])
        yield _do("Tc", operands[1])
    if operator in {"'", '"'}:
        yield _do("T*")


_SHOWS, _MOVES = {"Tj", "TJ"}, {"Td", "TD", "Tm", "T*", "'", '"', "ET", "BT"}


def _position_matters(instructions: Sequence[Any], number: int) -> bool:
    """Tell whether text is shown behind an operator from where it ends."""
    for one in instructions[number + 1 :]:
        operator = str(one.operator)
        if operator in _SHOWS:
            return True
        if operator in _MOVES:
            return False
    return False


def _do(operator: str, *operands: Any) -> pikepdf.ContentStreamInstruction:
    return pikepdf.ContentStreamInstruction(list(operands), Operator(operator))


def _number(value: float) -> Any:
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    return Decimal(shown if shown not in {"-0", ""} else "0")


class _Writer:
    """Writes one operator that shows text anew."""

    def __init__(self, show: Show, position_matters: bool) -> None:
        self._show, self._position_matters = show, position_matters
        self._out: list[Any] = []
        self._items: list[Any] = []
        self._gap = 0.0

    def keep(self, item: Glyph | Kern) -> None:
        """Show a glyph, or move."""
        if isinstance(item, Kern):
            self._gap += item.amount
            return
        self._fill()
        if self._items and isinstance(self._items[-1], bytes):
            self._items[-1] += item.raw
        else:
            self._items.append(item.raw)

    def skip(self, glyph: Glyph) -> None:
        """Move by what a glyph did."""
        self._gap += glyph.shift

    def _fill(self) -> None:
        if self._gap:
            self._items.append(self._gap)
            self._gap = 0.0

    def _flush(self) -> None:
        if self._items:
            shown = [String(x) if isinstance(x, bytes) else _number(x) for x in self._items]
            self._out.append(_do("TJ", Array(shown)))
            self._items = []

    def box(self, box: Box) -> None:
        """Draw a box at the current position, and go on behind."""
        first = box.glyphs[0]
        show, state = self._show, self._show.state
        self._flush()
        drawable = show.in_text and state.mode < CLIPPING and bool(state.size)
        mark = Dictionary({LABEL: Array(list(box.around))})
        if not drawable or drawn_as(box.text).decode("cp1252", "replace") != box.text:
            mark["/ActualText"] = String(box.text)
        opened, closed = _do("BDC", Name("/Span"), mark), _do("EMC")
        if not drawable:
            self._out += (opened, closed)
            return
        self._out += (_do("ET"), opened, *_drawn(box, first), closed, _do("BT"))
        if show.line != IDENTITY:
            self._out.append(_do("Tm", *map(_number, show.line)))
        scale = 1.0 if state.font.vertical else state.scale
        self._gap = -first.from_line / (state.size * scale or 1.0) * 1000

    def finish(self) -> list[Any]:
        """Return what was written."""
        if self._position_matters:
            self._fill()
        self._flush()
        return self._out


def _drawn(box: Box, first: Glyph) -> Iterator[Any]:
    """Yield the operators that draw a box and its label, in ems."""
    assert first.show is not None  # noqa: S101  # for the types
    state = first.show.state
    em = state.size * state.font.em
    unit: Matrix = (em, 0.0, 0.0, em, 0.0, state.rise)
    width = _width(box)
    yield _do("q")
    yield _do("cm", *map(_number, times(unit, first.matrix)))
    if state.font.vertical:
        sides = -0.5, -width, 1.0, width
        text_at: Matrix = (0.0, -1.0, 1.0, 0.0, -0.25, -0.05)
    else:
        sides = 0.0, _DESCENT, width, _HEIGHT
        text_at = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    hidden = state.mode == INVISIBLE
    yield _do("g", _number(0.85))
    yield _do("re", *map(_number, sides))
    yield _do("n" if hidden else "f")
    if box.text:
        yield from _label(box.text, width, text_at, hidden=hidden)
    yield _do("Q")


def _label(text: str, width: float, at: Matrix, *, hidden: bool) -> Iterator[Any]:
    drawn = drawn_as(text)
    size, percent = _LABEL_SIZE, 100.0
    length = sum(_WIDTHS.get(chr(one), 600) for one in drawn) / 1000 * size
    room = width * 0.96
    if length > room:
        percent = max(_NARROWEST, 100 * room / length)
        size *= min(1.0, room / (length * percent / 100))
    yield _do("BT")
    yield _do("Tf", Name(FONT), _number(size))
    for operator, value in (("Tc", 0), ("Tw", 0), ("Ts", 0), ("Tz", percent)):
        yield _do(operator, _number(value))
    yield _do("Tr", INVISIBLE if hidden else 0)
    yield _do("g", 0)
    yield _do("Tm", *map(_number, times((1.0, 0.0, 0.0, 1.0, width * 0.02, 0.02), at)))
    yield _do("Tj", String(drawn))
    yield _do("ET")


_WIDTHS: dict[str, int] = dict(FONT_METRICS["Helvetica"][1])


def _width(box: Box) -> float:
    """Return the width of a box in ems: one of few for each font."""
    first, last = box.glyphs[0], box.glyphs[-1]
    assert first.show is not None  # noqa: S101  # for the types
    state = first.show.state
    space = times(first.matrix, state.ctm)
    scale = hypot(*(space[2:4] if state.font.vertical else space[0:2]))
    way = first.direction
    reach = (last.end.x - first.origin.x) * way.x + (last.end.y - first.origin.y) * way.y
    em = abs(state.size) * state.font.em * scale
    length = abs(reach) / em if em else 0.0
    letter = state.font.letter * (1.0 if state.font.vertical else abs(state.scale))
    widths = [one * letter for one in STEPS]
    return max((one for one in widths if one <= length), default=min(widths[0], length))
