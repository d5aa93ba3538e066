"""What was read of a marked copy: its letters and digits, and which of them each mark covers."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from redactor.errors import MarksError
from redactor.proposals.places import Words


@dataclass(frozen=True, slots=True, order=True)
class Cover:
    """The letters `start:end` that a mark covers, and the signs in it before and behind them."""

    start: int
    end: int
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)


@dataclass(slots=True)
class Mark:
    """A mark: what it says, and what it covers, in one piece or several."""

    words: Words
    where: str
    covers: list[Cover] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list, repr=False)
    _end: int = -1

    def take(self, at: int, text: str) -> None:
        """Cover a text behind so many letters, as one with the text directly before it."""
        if self.texts and self._end == at:
            first, before = self.texts.pop()
            at, text = first, before + text
        self.texts.append((at, text))
        self._end = at + sum(map(str.isalnum, text))


class MarkedText:
    """The text of a marked copy, put together piece by piece."""

    def __init__(self, document: str, run: str) -> None:
        """Set the ids of document and run that the copy is of."""
        self.document, self.run = document, run
        self._letters: list[str] = []
        self._size = 0
        self._starts: list[int] = []
        self._wheres: list[str] = []
        self.marks: list[Mark] = []

    @property
    def letters(self) -> str:
        """Return the letters and digits."""
        return "".join(self._letters)

    def where(self, letter: int) -> str:
        """Return where a letter is: `line 4`."""
        at = bisect_right(self._starts, letter) - 1
        return self._wheres[max(at, 0)] if self._wheres else "its beginning"

    def open(self, words: Words, where: str) -> Mark:
        """Return a new mark."""
        mark = Mark(words, where)
        self.marks.append(mark)
        return mark

    def add(self, text: str, where: str, *marks: Mark) -> None:
        """Append a text, which some marks cover."""
        found = "".join(filter(str.isalnum, text))
        for mark in marks:
            mark.take(self._size, text)
        if not self._wheres or self._wheres[-1] != where:
            self._starts.append(self._size)
            self._wheres.append(where)
        self._letters.append(found)
        self._size += len(found)

    def close(self) -> None:
        """Work out what the marks cover; those of one key are one.

        Raises MarksError for one that covers nothing.
        """
        known: dict[str, Mark] = {}
        marks, self.marks = self.marks, []
        for mark in marks:
            first = known.setdefault(mark.words.key, mark) if mark.words.key else mark
            if first is mark:
                self.marks.append(mark)
            elif first.words == mark.words:
                first.texts += mark.texts
            else:
                raise MarksError(f"gives one place two types, {mark.where}")
        for mark in self.marks:
            mark.covers = _joined(sorted(_cover(at, text) for at, text in mark.texts))
            if not mark.covers:
                raise MarksError(f"has a mark without a letter or digit in it, {mark.where}")


def _cover(at: int, text: str) -> Cover:
    known = [number for number, char in enumerate(text) if char.isalnum()]
    if not known:
        return Cover(at, at)
    before, after = text[: known[0]].lstrip(), text[known[-1] + 1 :].rstrip()
    return Cover(at, at + len(known), before, after)


def _joined(covers: list[Cover]) -> list[Cover]:
    """Return the pieces of a mark, those that go on without a letter between them as one."""
    found: list[Cover] = []
    for one in covers:
        if one.start == one.end:
            continue
        if found and found[-1].end == one.start:
            found[-1] = replace(found[-1], end=one.end, after=one.after)
        else:
            found.append(one)
    return found
