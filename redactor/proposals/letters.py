"""The letters and digits of a document that was marked, by which its places are known."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from redactor.proposals.places import Place, Segment


class Letters:
    """Where the letters of some texts are: a letter is a number, from 0, over all of them."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        """Count the letters of each text."""
        self._segments = segments
        self._at = [
            array("q", (at for at, char in enumerate(one.text) if char.isalnum()))
            for one in segments
        ]
        self._first = list(accumulate(map(len, self._at), initial=0))
        self._parts: dict[str, tuple[list[int], list[int]]] = {}
        in_parts = sorted(range(len(segments)), key=lambda number: segments[number].base)
        for number in in_parts:  # a text box stands within a text, and is counted behind it
            one = segments[number]
            bases, numbers = self._parts.setdefault(one.part, ([], []))
            bases.append(one.base)
            numbers.append(number)

    @property
    def text(self) -> str:
        """Return the letters."""
        return "".join("".join(filter(str.isalnum, one.text)) for one in self._segments)

    def position(self, letter: int) -> tuple[int, int]:
        """Return the text that a letter is in, and its position in that."""
        number = bisect_right(self._first, letter) - 1
        return number, self._at[number][letter - self._first[number]]

    def first(self, number: int) -> int:
        """Return the first letter of a text, or how many there are for the number behind all."""
        return self._first[number]

    def pieces(self, place: Place) -> Iterator[tuple[int, int, int]]:
        """Yield the texts that the mark of a place covers, each with its start and end in that."""
        for number, start, end in self._exact(place):
            one = self._segments[number]
            yield (number, 0, len(one.text)) if one.whole else (number, start, end)

    def _exact(self, place: Place) -> Iterator[tuple[int, int, int]]:
        bases, numbers = self._parts.get(place.part, ([], []))
        for at in range(max(bisect_right(bases, place.start) - 1, 0), len(bases)):
            base, number = bases[at], numbers[at]
            if base >= place.end:
                return
            start = max(place.start - base, 0)
            end = min(place.end - base, len(self._segments[number].text))
            if start < end:
                yield number, start, end

    def span(self, place: Place) -> tuple[int, int] | None:
        """Return the letters that a mark covers; None if there are none, or not in one row."""
        return self._row(self.pieces(place))

    def removed(self, place: Place) -> tuple[int, int] | None:
        """Return the letters that a place removes: fewer than its mark covers in a `whole` text."""
        return self._row(self._exact(place))

    def _row(self, pieces: Iterable[tuple[int, int, int]]) -> tuple[int, int] | None:
        found: tuple[int, int] | None = None
        for number, start, end in pieces:
            low, high = (
                self._first[number] + bisect_left(self._at[number], at) for at in (start, end)
            )
            if low == high:
                continue
            if found and found[1] != low:
                return None
            found = (found[0] if found else low, high)
        return found
