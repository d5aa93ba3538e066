"""The texts of a content stream: its glyphs in the order in which they are shown, as paragraphs.

What is between two glyphs is decided by their positions: nothing, a blank, a line end, or the
border of two texts. A label of ours says what is around it, since it has another width
than the text in whose place it is: so a copy has the texts of its source, with exactly the edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from redactor.errors import UnsupportedFormat
from redactor.formats.pdf.content import INVISIBLE, Glyph, Point

__all__ = [
    "NEW_LINE",
    "Between",
    "Block",
    "blocks",
    "check_is_readable",
    "is_readable",
    "place_of",
    "visible",
]


class Between(IntEnum):
    """What is between two glyphs.

    `HYPHEN` takes away the hyphen at the end of a line; `NEXT` is a line end that is none in the
    text.
    """

    NOTHING = 0
    BLANK = 1
    LINE = 2
    BORDER = 3
    HYPHEN = 4
    NEXT = 5


NEW_LINE = frozenset({Between.LINE, Between.HYPHEN, Between.NEXT})


@dataclass(slots=True)
class Block:
    """A text of a content stream: its glyphs, what is before each, and the characters of each.

    `starts` are the positions in the text at which the glyphs begin.
    """

    glyphs: list[Glyph] = field(default_factory=list, repr=False)
    before: list[Between] = field(default_factory=list)
    after: Between = Between.BORDER
    texts: list[str] = field(default_factory=list, repr=False)
    starts: list[int] = field(default_factory=list)
    text: str = field(default="", repr=False)

    def add(self, glyph: Glyph, before: Between) -> None:
        """Append a glyph."""
        text = glyph.text if glyph.text is not None else "\ufffd"
        if before is Between.HYPHEN:
            self.texts[-1] = ""
        self.glyphs.append(glyph)
        self.before.append(before)
        self.texts.append(text)

    def close(self, after: Between) -> None:
        """Put the text together."""
        parts: list[str] = []
        at = 0
        for text, before in zip(self.texts, self.before, strict=True):
            gap = {Between.BLANK: " ", Between.LINE: "\n"}.get(before, "") if parts else ""
            at += len(gap)
            self.starts.append(at)
            parts += (gap, text)
            at += len(text)
        self.text = "".join(parts)
        self.after = after


def blocks(glyphs: Sequence[Glyph]) -> Iterator[Block]:
    """Yield the texts of a content stream that have more than blanks."""
    block, line = Block(), _Line()
    for glyph in glyphs:
        before = _between(block, glyph, line)
        if before is Between.BORDER and block.glyphs:
            block.close(before)
            if block.text.strip():
                yield block
            block = Block()
        if before in NEW_LINE or before is Between.BORDER or not block.glyphs:
            line.start = glyph.origin
        block.add(glyph, before)
    block.close(Between.BORDER)
    if block.text.strip():
        yield block


@dataclass(slots=True)
class _Line:
    """The line that is being read: where it starts."""

    start: Point = field(default=Point(0, 0))


# In ems. No document is set in such odd measures, so that the rounding of a number does not make
# another text of a copy. Blanks are 0.2 to 0.35 wide, and kerning seldom exceeds 0.1; tables have
# gaps of more than three; lines are at 0.9 to 2 of their size.
_WORD, _CELL = 0.1507, 3.0307
_BACK = 0.9307
_RAISED = 0.4507
_LINE = 2.2907
_INDENT = 6.1307
_SAME_DIRECTION = 0.98


def _between(block: Block, glyph: Glyph, line: _Line) -> Between:
    """Return what is before a glyph."""
    if not block.glyphs:
        return Between.BORDER
    last = block.glyphs[-1]
    if glyph.label is not None:
        return Between(glyph.label[0])
    if last.label is not None:
        return Between(last.label[1])
    if last.end is glyph.origin:  # one string, without a number between them
        return Between.NOTHING
    return _read(_placed(last, glyph, line), block, glyph)


def _read(found: Between, block: Block, glyph: Glyph) -> Between:
    """Return how a blank or a line end is read beside the texts around it."""
    if found is Between.BLANK and _has_blank(block.texts[-1], glyph):
        return Between.NOTHING
    return _at_line_end(block, glyph) if found is Between.LINE else found


def _has_blank(before: str, glyph: Glyph) -> bool:
    return before[-1:].isspace() or (glyph.text or "")[:1].isspace()


def _placed(last: Glyph, glyph: Glyph, line: _Line) -> Between:
    way = last.direction
    if way.x * glyph.direction.x + way.y * glyph.direction.y < _SAME_DIRECTION:
        return Between.BORDER
    size = max(last.size, glyph.size) or 1.0
    along = _along(last.end, glyph.origin, way) / size
    across = _along(last.end, glyph.origin, Point(way.y, -way.x)) / size
    if abs(across) < _RAISED:
        return _in_line(last, glyph, along, size)
    start = _along(line.start, glyph.origin, way) / size
    if 0 < across < _LINE and start > -_INDENT and along < 1:
        return Between.LINE
    return Between.BORDER


def _in_line(last: Glyph, glyph: Glyph, along: float, size: float) -> Between:
    if _is_right_to_left(last) and _is_right_to_left(glyph):
        back = _along(glyph.end, last.origin, last.direction) / size
        if -_WORD * 2 < back < _CELL and along < 0:
            return Between.NOTHING if back < _WORD else Between.BLANK
    if along < -_BACK or along > _CELL:
        return Between.BORDER
    return Between.NOTHING if along < _WORD else Between.BLANK


def _along(start: Point, end: Point, way: Point) -> float:
    return (end.x - start.x) * way.x + (end.y - start.y) * way.y


def _is_right_to_left(glyph: Glyph) -> bool:
    return any(
        "\u0590" <= one <= "\u08ff" or "\ufb1d" <= one <= "\ufefc" for one in glyph.text or ""
    )


_HYPHENS = frozenset("-\u2010\xad")


def _at_line_end(block: Block, glyph: Glyph) -> Between:
    """Return what a line end is: nothing, behind a hyphen that breaks a word."""
    joined = (
        block.before[-1] is Between.NOTHING
        and bool(block.texts[-1])
        and block.texts[-1] in _HYPHENS
    )
    first = (glyph.text or "")[:1]
    if joined and first.islower():
        return Between.HYPHEN
    return Between.NEXT if joined and first.isalnum() else Between.LINE


_MOST_UNKNOWN = 2
"""Glyphs in a row that may be unknown: signs, which no name is made of."""


def check_is_readable(found: Sequence[Glyph], page: int) -> None:
    """Raise UnsupportedFormat if glyphs that may be letters have no Unicode character."""
    if not is_readable(found):
        where = f"page {page}" if page else "a part outside the pages"
        raise UnsupportedFormat(
            f"{where} has letters in a font without a Unicode map (--ocr and --raster read them)"
        )


def is_readable(found: Sequence[Glyph]) -> bool:
    """Tell whether no glyph that may be a letter lacks a Unicode character.

    Such are more than two in a row, and those beside letters in a word.
    """
    if all(one.text is not None for one in found):
        return True
    row = 0
    before: Glyph | None = None
    for glyph in found:
        near = before is not None and _touch(before, glyph)
        if glyph.text is None and glyph.show is not None:
            row = row + 1 if near else 1
            if row > _MOST_UNKNOWN or (near and _is_letter(before)):
                return False
        else:
            if near and row and _is_letter(glyph):
                return False
            row = 0
        before = glyph
    return True


def _is_letter(glyph: Glyph | None) -> bool:
    return glyph is not None and (glyph.text or "").isalpha()


def _touch(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.size, glyph.size) or 1.0
    return abs(_along(last.end, glyph.origin, last.direction)) < _WORD * size


def visible(glyphs: Sequence[Glyph]) -> int:
    """Return how many letters and digits are seen."""
    return sum(
        (one.text or "").isalnum() and (one.show is None or one.show.state.mode != INVISIBLE)
        for one in glyphs
    )


def place_of(glyphs: Sequence[Glyph]) -> tuple[float, float, float, float]:
    """Return the rectangle of glyphs on the page: left, low, right, high."""
    points = [point for one in glyphs for point in (one.origin, one.end)]
    size = max(one.size for one in glyphs)
    across, along = [one.x for one in points], [one.y for one in points]
    return min(across), min(along) - size / 4, max(across), max(along) + size
