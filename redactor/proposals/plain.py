"""Marked copies of plain texts: brackets around each place, `⟦PERSON 7-3f2a|Teodor Vance⟧`.

The first line says what the file is, which pair of brackets it has, and how marks are added.
"""

from __future__ import annotations

from redactor.errors import MarksError
from redactor.proposals import brackets
from redactor.proposals.brackets import PAIRS
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Segment, stamp_of
from redactor.proposals.reading import MarkedText


def segments(text: str) -> tuple[Segment, ...]:
    """Return the texts of a plain text in which marks can be: all of it."""
    return (Segment("text", 0, text),)


def marked(original: Original) -> str:
    """Return the marked copy of a text. Raises MarksError for one that has all brackets."""
    [whole] = original.segments
    pair = brackets.pair_of([whole.text])
    parts = [brackets.head(pair, original.stamp)]
    parts.append("\r\n" if "\r\n" in whole.text else "\n")
    done = 0
    letters = Letters(original.segments)
    for place in original.places:
        for _, start, end in letters.pieces(place):
            said = f"{brackets.opened(pair, place)}{whole.text[start:end]}{pair[1]}"
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
        self._pair, self._found, self._line = pair, found, line

    def read(self, body: str) -> None:
        """Read brackets and what is in and between them. Raises MarksError for half a mark."""
        for words, text in brackets.split(body, self._pair, lambda: self._where):
            marks = [self._found.open(words, self._where)] if words else []
            for line in text.splitlines(keepends=True):
                self._found.add(line, self._where, *marks)
                self._line += line.endswith(("\n", "\r"))

    @property
    def _where(self) -> str:
        return f"line {self._line}"
