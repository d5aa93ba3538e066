"""Texts that stand by themselves (headers, notes, cells): which of a copy is which of its document.

Programs number, order and repeat such texts as they like. So a text is known by its letters, and of
several that have the same by the keys of the marks in it, then by its order. One that a program
writes once, though the document has it several times, counts for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from redactor.errors import MarksError
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Words
from redactor.proposals.reading import MarkedText

Piece = tuple[Words | None, str]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A text of a marked copy: its pieces with what their marks say, where it is.

    Of those that are not `ordered` a program may have written the second before the first.
    """

    pieces: tuple[Piece, ...] = field(repr=False)
    where: str
    ordered: bool = True

    @property
    def letters(self) -> str:
        """Return its letters and digits."""
        return "".join("".join(filter(str.isalnum, text)) for _, text in self.pieces)

    @property
    def is_marked(self) -> bool:
        """Tell whether a mark is in it."""
        return any(words for words, _ in self.pieces)


class Stories:
    """The texts of a document that stand by themselves, by their numbers."""

    def __init__(self, original: Original) -> None:
        """Count the letters of each, and where its places are."""
        self._entities = {place.key: place.entity for place in original.places}
        self._letters: dict[int, list[str]] = {}
        before: list[int] = []
        for one in original.segments:
            own = self._letters.setdefault(one.story, [])
            before.append(sum(map(len, own)))
            own.append("".join(filter(str.isalnum, one.text)))
        self.letters = {number: "".join(own) for number, own in self._letters.items()}
        self._spans = self._places(original, before)
        self._keys = {row: key for key, own in self._spans.items() for row in own.items()}

    def _places(self, original: Original, before: Sequence[int]) -> dict[str, dict[int, Span]]:
        """Return where the places are: the letters of each text that they cover, by their keys."""
        letters = Letters(original.segments)
        found: dict[str, dict[int, Span]] = {}
        for place in original.places:
            own = found.setdefault(place.key, {})
            for number, start, end in letters.pieces(place):
                one = original.segments[number]
                first = before[number] + sum(map(str.isalnum, one.text[:start]))
                last = first + sum(map(str.isalnum, one.text[start:end]))
                low, high = own.get(one.story, (first, last))
                own[one.story] = min(low, first), max(high, last)
        return found

    def of_key(self, key: str) -> int | None:
        """Return the text that a mark of ours was in."""
        return next(iter(self._spans.get(key, ())), None)

    def looks(self, found: Found) -> tuple[tuple[int, int, str], ...]:
        """Return what is marked in a text, without whose mark it is."""
        rows: list[tuple[int, int, str]] = []
        at = 0
        for words, text in found.pieces:
            end = at + sum(map(str.isalnum, text))
            if words:
                rows.append((at, end, words.entity or self._entities.get(words.key, "")))
            at = end
        return tuple(rows)

    def own(self, words: Words, number: int) -> Words:
        """Return what a mark says in one text that was made in another with the same letters."""
        spans = self._spans.get(words.key, {})
        there = self.of_key(words.key)
        if number in spans or there is None or self.letters[there] != self.letters[number]:
            return words
        key = self._keys.get((number, spans[there]), "")
        return Words(key, words.entity or ("" if key else self._entities[words.key]))


def arrange(marked: MarkedText, original: Original, found: Iterable[Found]) -> None:
    """Append the texts of a marked copy to it, in the order of its document.

    Raises MarksError for one that is not found, for marks in one that the document has not, and
    for marks that differ where nothing tells which text is which.
    """
    known = Stories(original)
    by_letters: dict[str, list[Found]] = {}
    for one in found:
        by_letters.setdefault(one.letters, []).append(one)
    numbers: dict[str, list[int]] = {}
    for number, letters in known.letters.items():
        if number and letters:
            numbers.setdefault(letters, []).append(number)
    _refuse_unknown(by_letters, numbers)
    chosen: dict[int, Found] = {}
    for letters, own in numbers.items():
        chosen |= _matched(known, own, by_letters[letters])
    for number in sorted(chosen):
        _append(marked, known, number, chosen[number])


def _refuse_unknown(by_letters: dict[str, list[Found]], numbers: dict[str, list[int]]) -> None:
    rows = (one for letters, same in by_letters.items() if letters not in numbers for one in same)
    strange = [one for one in rows if one.letters or one.is_marked]
    if wrong := next((one for one in strange if one.is_marked), None):
        raise MarksError(f"has a mark in a text that its document has not, {wrong.where}")
    if any(letters not in by_letters for letters in numbers):
        where = f", perhaps {strange[0].where}" if strange else ""
        raise MarksError(f"has another text than its document: one is not found any more{where}")


def _matched(known: Stories, own: Sequence[int], same: Sequence[Found]) -> dict[int, Found]:
    """Return which text is which, of those with the same letters. Raises MarksError."""
    free, rest = dict.fromkeys(own), dict(enumerate(same))
    chosen: dict[int, Found] = {}
    for at, one in enumerate(same):
        keys = (words.key for words, _ in one.pieces if words)
        number = next((n for key in keys if (n := known.of_key(key)) in free), None)
        if number is not None:
            chosen[number] = rest.pop(at)
            del free[number]
    left, others = list(free), list(rest.values())
    by_order = list(zip(left, others, strict=False))
    loose = [one for one in others if not one.ordered] if len(left) > 1 else []
    if len(left) != len(others):
        loose = list(same)
    if len({known.looks(one) for one in loose}) > 1:
        raise MarksError(
            f"has one text at several places with other marks, and nothing tells which is which: "
            f"mark all alike, {loose[0].where}"
        )
    chosen |= dict(by_order)
    return chosen | {number: same[0] for number in left if number not in chosen}


def _append(marked: MarkedText, known: Stories, number: int, one: Found) -> None:
    for words, text in one.pieces:
        marks = [marked.open(known.own(words, number), one.where)] if words else []
        marked.add(text, one.where, *marks)
