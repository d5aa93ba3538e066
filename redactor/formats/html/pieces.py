"""Pieces of a page: how a stretch of its source reads. They become tokens when they have bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from redactor.formats.html.escapes import Syntax, Within, decode, offsets
from redactor.model import Kind, Slot

LONGEST = 1 << 16
"""Characters of a piece of text; a longer text is several that join."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of source; without a syntax it is markup. The `repr` shows no text."""

    source: str = field(repr=False)
    syntax: Syntax | None = None
    kind: Kind = Kind.BODY
    slot: Slot = Slot.TEXT
    label: str = field(default="", repr=False)
    joins: bool = False


def split(piece: Piece) -> Iterator[Piece]:
    """Yield a piece in several that are short enough, cut at blanks and never within an escape."""
    source, start = piece.source, 0
    if len(source) <= LONGEST:
        yield piece
        return
    while piece.syntax and len(source) - start > LONGEST:
        end = _blank(source, start) or _between_escapes(piece.syntax, source, start)
        yield replace(piece, source=source[start:end], joins=piece.joins or start > 0)
        start = end
    if start < len(source):
        yield replace(piece, source=source[start:], joins=piece.joins or start > 0)


def _blank(source: str, start: int) -> int:
    """Return the end of a blank near the end of what fits; 0 if there is none."""
    low, high = start + LONGEST // 2, start + LONGEST
    return max(source.rfind(blank, low, high) for blank in (" ", "\n")) + 1


def _between_escapes(syntax: Syntax, source: str, start: int) -> int:
    """Return an end that is in no escape: one that crosses the cut is longer than any real one."""
    places = offsets(syntax, source[start : start + 2 * LONGEST])
    ends = [at for at in places if LONGEST // 2 < at <= LONGEST]
    return start + ends[-1] if ends else len(source)


def within(inner: Iterator[Piece], source: str, outer: Syntax) -> list[Piece] | None:
    """Return pieces of a text as pieces of the source in which it is written.

    None if a cut would make something else of an escape: `&amp` before `lt;`.
    """
    places = offsets(outer, source)
    found, at, start = [], 0, 0
    for piece in inner:
        at += len(piece.source)
        end = places[at] if at < len(places) - 1 else len(source)
        written = source[start:end]
        if decode(outer, written) != piece.source:
            return None
        syntax = Within(piece.syntax, outer) if piece.syntax else None
        found.append(replace(piece, source=written, syntax=syntax))
        start = end
    return found if start == len(source) else None
