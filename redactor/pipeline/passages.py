"""Passages of a document as keyed digests, by which those are found that other documents have too.

Around each word that is no ordinary one, the words before it and those after it are two passages.
Two documents with the same passage, of which one had more removed from it, or something else, were
redacted differently: what one hides, the other shows. Nothing of a text can be read from this, and
it goes nowhere but to the process of the run.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from redactor.analysis.unit import Unit
from redactor.detect.checks.words import is_common
from redactor.model import Passages
from redactor.text import normalized_tokens

__all__ = ["LENGTH", "Gone", "PassageNotes"]

LENGTH = 8
"""Words of a passage: as many as two unrelated texts hardly share."""

MOST = 100_000
"""Passages of one document: of a longer one those with the lowest digests, some of each page."""

Gone = tuple[int, int, str]
"""The span of a removal in its unit, and what tells removals apart: type, and pseudonym if any."""


class PassageNotes:
    """Notes the passages of a document, unit by unit."""

    def __init__(self, secret: bytes) -> None:
        """Begin a document; the `secret` is that of the collection."""
        self._secret = secret
        self._rows: list[tuple[int, int, int, int]] = []
        self._parts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def cut(self, length: int) -> None:
        """Forget what was noted since there were so many."""
        del self._rows[length:]

    def add(self, unit: Unit, gone: Sequence[Gone], parts: Sequence[tuple[str, int]]) -> None:
        """Take in a unit; `parts` has the part of each of its pieces, and its shift of lines."""
        tokens = list(normalized_tokens(unit.text))
        marks = _marks(tokens, gone)
        lines = _Lines(unit, gone, parts)
        forms = [form for _, _, form in tokens]
        for at, form in enumerate(forms):
            if marks[at] or not (len(form) < 2 or is_common(form)):
                part, line = lines.at(tokens[at][0])
                number = self._parts.setdefault(part, len(self._parts))
                for first in (at, at - LENGTH + 1):
                    if first >= 0 and first + LENGTH <= len(forms):
                        words, removed = (one[first : first + LENGTH] for one in (forms, marks))
                        self._rows.append((self._digest(words), _state(removed), line, number))

    def taken(self) -> Passages:
        """Return what was noted, each passage once."""
        first: dict[tuple[int, int], tuple[int, int]] = {}
        for digest, state, line, number in self._rows:
            first.setdefault((digest, state), (line, number))
        rows = sorted((*one, *place) for one, place in first.items())[:MOST]
        return Passages(
            array("Q", (row[0] for row in rows)),
            array("I", (row[1] for row in rows)),
            array("I", (row[2] for row in rows)),
            array("I", (row[3] for row in rows)),
            tuple(self._parts),
        )

    def _digest(self, words: Sequence[str]) -> int:
        data = " ".join(words).encode("utf-8", "surrogatepass")
        keyed = hashlib.blake2b(data, digest_size=8, key=self._secret)
        return int.from_bytes(keyed.digest(), "big")


def _marks(tokens: Sequence[tuple[int, int, str]], gone: Sequence[Gone]) -> list[str]:
    """Return what was removed of each word, an empty text where it stays."""
    marks = [""] * len(tokens)
    for start, end, told in gone:
        at = bisect_left(tokens, start, key=lambda one: one[1])
        while at < len(tokens) and tokens[at][0] < end:
            if tokens[at][1] > start:
                marks[at] = told
            at += 1
    return marks


def _state(removed: Sequence[str]) -> int:
    return zlib.crc32("\0".join(removed).encode()) | 1 if any(removed) else 0


class _Lines:
    """Parts and lines of positions that come in order, each line end counted once."""

    def __init__(self, unit: Unit, gone: Sequence[Gone], parts: Sequence[tuple[str, int]]) -> None:
        self._unit, self._parts = unit, parts
        self._ends = iter(sorted(_lost(unit, gone)))
        self._next = next(self._ends, None)
        self._piece, self._position, self._line, self._less = -1, 0, 0, 0

    def at(self, position: int) -> tuple[str, int]:
        """Return the part, and the line in the copy, of a position not before the last one."""
        pieces = self._unit.pieces
        while self._piece + 1 < len(pieces) and pieces[self._piece + 1].start <= position:
            self._piece += 1
            self._position = pieces[self._piece].start
            self._line = pieces[self._piece].of.location.line
        while self._next is not None and self._next[0] <= position:
            self._less += self._next[1]
            self._next = next(self._ends, None)
        if self._piece < 0:
            return "text", 0
        piece = pieces[self._piece]
        part, shift = self._parts[self._piece]
        if not self._line:
            return part, 0
        if piece.of.breaks:
            self._line += self._unit.text.count("\n", self._position, position)
        self._position = max(self._position, position)
        return part, max(1, self._line - self._less + shift)


def _lost(unit: Unit, gone: Sequence[Gone]) -> Iterator[tuple[int, int]]:
    """Yield ends of removals of several lines, with the line ends that the copy lacks."""
    for start, end, _ in gone:
        if lost := unit.line_ends(start, end):
            yield end, lost
