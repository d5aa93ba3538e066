"""Marked copies of plain texts: brackets around each place, `⟦PERSON 7-3f2a|Teodor Vance⟧`.

The brackets are a pair that the text does not have, so nothing in it need be escaped. The first
line says what the file is, which pair it has, and how marks are added.
"""

from __future__ import annotations

import re

from redactor.errors import MarksError
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Segment, stamp_of, words_of
from redactor.proposals.reading import MarkedText

PAIRS = ("⟦⟧", "⟪⟫", "⦗⦘", "⧼⧽", "⦃⦄", "⦅⦆")
"""Brackets that texts hardly have; mathematical ones, which no program changes for others."""

_HEAD = (
    "PRIVATE, NOT REDACTED. What is in brackets like these is to be removed. Take brackets and "
    "what is before the bar away, and the text is kept; put another text into such brackets, "
    "behind a bar (PERSON| or | alone), and it is removed. Change nothing else."
)


def segments(text: str) -> tuple[Segment, ...]:
    """Return the texts of a plain text in which marks can be: all of it."""
    return (Segment("text", 0, text),)


def marked(original: Original) -> str:
    """Return the marked copy of a text. Raises MarksError for one that has all brackets."""
    [whole] = original.segments
    pair = next((pair for pair in PAIRS if not any(sign in whole.text for sign in pair)), None)
    if pair is None:
        raise MarksError("has every pair of brackets that marks are made of")
    opens, closes = pair[0], pair[1]
    parts = [f"{opens}{_HEAD} {original.stamp}{closes}"]
    parts.append("\r\n" if "\r\n" in whole.text else "\n")
    done = 0
    letters = Letters(original.segments)
    for place in original.places:
        for _, start, end in letters.pieces(place):
            said = f"{opens}{place.words}|{whole.text[start:end]}{closes}"
            parts += (whole.text[done:start], said)
            done = end
    return "".join([*parts, whole.text[done:]])


def is_marked(text: str) -> bool:
    """Tell whether a text begins as a marked copy does."""
    return text.lstrip("\ufeff \r\n")[:1] in {pair[0] for pair in PAIRS}


def read(text: str) -> MarkedText:
    """Return what a marked copy says. Raises MarksError."""
    text = text.lstrip("\ufeff \r\n")
    pair = next((pair for pair in PAIRS if text.startswith(pair[0])), None)
    head, closed, body = text.partition(pair[1]) if pair else ("", "", "")
    stamp = stamp_of(head)
    if pair is None or not closed or stamp is None:
        raise MarksError("has lost the first line, which says what it is the marked copy of")
    found = MarkedText(*stamp)
    _Reader(pair, found, head.count("\n") + 1).read(body)
    found.close()
    return found


class _Reader:
    """Reads the text behind the first line."""

    def __init__(self, pair: str, found: MarkedText, line: int) -> None:
        self._opens, self._closes = pair[0], pair[1]
        self._found, self._line = found, line

    def read(self, body: str) -> None:
        """Read brackets and what is in and between them. Raises MarksError for half a mark."""
        mark: str | None = None
        for piece in re.split(f"([{re.escape(self._opens + self._closes)}])", body):
            if piece == self._opens and mark is None:
                mark = ""
            elif piece == self._closes and mark is not None:
                self._mark(mark)
                mark = None
            elif piece in {self._opens, self._closes}:
                raise MarksError(f"has half of a mark, or one in another, {self._where}")
            elif mark is not None:
                mark = piece
            else:
                self._plain(piece)
        if mark is not None:
            raise MarksError(f"has half of a mark, which has no end, {self._where}")

    def _plain(self, text: str, *, mark: bool = False) -> None:
        for line in text.splitlines(keepends=True):
            self._found.add(line, self._where, *(self._found.marks[-1:] if mark else ()))
            self._line += line.endswith(("\n", "\r"))

    def _mark(self, inner: str) -> None:
        said, bar, text = inner.partition("|")
        words = words_of(said)
        if not bar or words is None:
            raise MarksError(f"has a mark whose words are changed, {self._where}")
        self._found.open(words, self._where)
        self._plain(text, mark=True)

    @property
    def _where(self) -> str:
        return f"line {self._line}"
