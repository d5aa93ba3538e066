"""Patterns tried only where they can match, with the very same results as everywhere.

`needs` says what every match of a pattern holds. A text is read once for all patterns together:
where its digits stand, and where each of the literals does that any of them needs. From that
follow, for one pattern, the ranges in which a match can start; outside of them it is not tried.
All of it takes time in proportion to the text, and every attempt at a pattern is on the clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from time import monotonic

import ahocorasick_rs
import regex

from redactor.detect.needs import needs
from redactor.detect.parts import Anchor

__all__ = ["Clock", "Literals", "Places", "Ranges", "Search"]

Ranges = list[tuple[int, int]]  # of places where a match may start: first, last; in order, apart

_BEFORE, _AFTER = 128, 256  # how far from what a rule requires it is tried
_LONG_WORD = 512
_SLACK = 8
_ALL = 6  # patterns together may take so many times what one may
_DIGIT = regex.compile(r"\d")
_NOUGHTS = str.maketrans("123456789", "0" * 9)

# Letters that the regex module takes for ASCII ones if case does not count, and `lower` does not.
_ODD_LETTERS = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}


class Clock:
    """The time that is left: for one pattern `seconds`, for all on a text some times that."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + _ALL * seconds
        self._until = self._end

    def start(self) -> None:
        """Begin with another pattern."""
        self._until = min(self._end, monotonic() + self.seconds)

    def left(self) -> float:
        """Return the seconds left, more than none. Raises TimeoutError."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Literals:
    """Literals in small letters that are looked for all at once."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = tuple(sorted(set(literals)))

    def spots(self, folded: str) -> dict[str, list[int]]:
        """Return where each literal begins that stands in a text, in order."""
        found: dict[str, list[int]] = {}
        if self._literals:
            automaton = _automaton(self._literals)
            for which, start, _ in automaton.find_matches_as_indexes(folded, overlapping=True):
                found.setdefault(self._literals[which], []).append(start)
        return found


@lru_cache(maxsize=16)
def _automaton(literals: tuple[str, ...]) -> ahocorasick_rs.AhoCorasick:
    """Return what finds literals. It cannot go to another process, so it is made in each."""
    return ahocorasick_rs.AhoCorasick(literals)


def _folded(text: str) -> str:
    """Return a text in small letters and with 0 for every digit, each character in its place."""
    if text.isascii():
        return text.lower().translate(_NOUGHTS)
    for odd, letter in _ODD_LETTERS.items():
        text = text.replace(odd, letter)
    return _DIGIT.sub("0", text.lower())


class Places:
    """A text, and where its digits and what it has of some literals stand."""

    def __init__(self, text: str, literals: Literals) -> None:
        self.text = text
        self.spots = literals.spots(_folded(text))
        self.digits = [found.start() for found in _DIGIT.finditer(text)]
        self._close: dict[tuple[int, int, bool], list[int]] = {}

    def anchored(self, anchor: Anchor) -> list[int]:
        """Return where an anchor begins."""
        if anchor.literal:
            return self._whole(anchor, self.spots.get(anchor.literal, []))
        key = anchor.digits, anchor.within, anchor.after_letter
        if key not in self._close:
            self._close[key] = self._together(*key)
        return self._close[key]

    def _whole(self, anchor: Anchor, spots: list[int]) -> list[int]:
        """Return the spots of a literal where it is written as it must be."""
        text, length = self.text, len(anchor.literal)
        for at, letter in anchor.exactly:
            spots = [one for one in spots if text[one + at] == letter]
        if anchor.opens:
            spots = [one for one in spots if not one or not "a" <= text[one - 1] <= "z"]
        if anchor.closes:
            ends = ((one, one + length) for one in spots)
            spots = [one for one, end in ends if not "a" <= text[end : end + 1] <= "z"]
        return spots

    def _together(self, count: int, within: int, after_letter: bool) -> list[int]:
        """Return the digits from which on so many stand within a distance."""
        ends = self.digits[count - 1 :]
        found = [one for one, last in zip(self.digits, ends, strict=False) if last - one <= within]
        if after_letter:
            return [one for one in found if self.text[one - 1 : one].isalpha()]
        return found

    def starts(
        self, anchor: Anchor, confirmed: regex.Pattern[str] | None = None
    ) -> Iterator[tuple[int, int]]:
        """Yield the ranges before each anchor in which a match with it may start."""
        spots = self.anchored(anchor)
        if confirmed is not None:
            spots = [one for one in spots if confirmed.match(self.text, one)]
        if anchor.solid and anchor.far > anchor.near:
            yield from self._in_word(anchor, spots)
            return
        for spot in spots:
            if spot >= anchor.near:
                yield max(0, spot - anchor.far), spot - anchor.near

    def _in_word(self, anchor: Anchor, spots: list[int]) -> Iterator[tuple[int, int]]:
        """Yield such ranges, from the last space or line end on."""
        word, last = 0, 0
        for spot in spots:
            word, last = max(word, self._blank(last, spot) + 1), spot
            first = max(word, spot - anchor.far)
            if first <= spot - anchor.near:
                yield first, spot - anchor.near

    def around(self, spots: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield the ranges around spots; they begin where a word does."""
        for spot in spots:
            low = max(0, spot - _BEFORE)
            lowest = max(0, low - _LONG_WORD)
            yield max(lowest, self._blank(lowest, low)), spot + _AFTER

    def _blank(self, low: int, high: int) -> int:
        return max(self.text.rfind(" ", low, high), self.text.rfind("\n", low, high))


class Search:
    """A pattern that finds what it finds everywhere, and is tried only where it can match.

    With `requires`, it is tried only near one of these literals, and may lose what is not. With
    `confirmed`, a literal it needs counts only where a pattern matches, as it must in any match.
    One that is not `anchored` is tried everywhere, or near what it requires.
    """

    def __init__(
        self,
        pattern: regex.Pattern[str],
        requires: Iterable[str] = (),
        confirmed: Mapping[str, regex.Pattern[str]] | None = None,
        *,
        anchored: bool = True,
    ) -> None:
        self.pattern = pattern
        self._confirmed = confirmed or {}
        known = needs(pattern.pattern, pattern.flags)
        if not anchored:
            known = replace(known, anchors=())
        self._reach = known.reach
        self._anchors = known.anchors
        self._digits = tuple(one for one in known.anchors if one.digits)
        self._literal: dict[str, list[Anchor]] = {}
        for anchor in known.anchors:
            if anchor.literal:
                self._literal.setdefault(anchor.literal, []).append(anchor)
        wanted = {_folded(one) for one in requires}
        self._requires = set() if _useless(wanted, known.anchors) else wanted

    @property
    def literals(self) -> Iterable[str]:
        """Return the literals whose places it must know."""
        return {*self._literal, *self._requires}

    def matches(self, places: Places, clock: Clock) -> Iterator[regex.Match[str]]:
        """Yield the matches in a text, as `finditer` does. Raises TimeoutError."""
        if not self._anchors and not self._requires:
            yield from self.pattern.finditer(places.text, timeout=clock.left())
            return
        done = 0
        for low, high in self._ranges(places):
            for match in self._tried(places.text, max(low, done), high, clock):
                yield match
                done = match.end()

    def _ranges(self, places: Places) -> Ranges:
        if not self._requires:
            return self._near(places)
        spots = [places.spots[one] for one in self._requires & places.spots.keys()]
        if not self._anchors:
            return _merged(places.around(sorted(chain.from_iterable(spots))))
        return [one for one in self._near(places) if _beside(one, spots)] if spots else []

    def _near(self, places: Places) -> Ranges:
        found: list[tuple[int, int]] = []
        for literal in self._literal.keys() & places.spots.keys():
            for anchor in self._literal[literal]:
                found += places.starts(anchor, self._confirmed.get(literal))
        for anchor in self._digits:
            if anchor.digits <= len(places.digits):
                found += places.starts(anchor)
        return _merged(sorted(found))

    def _tried(self, text: str, low: int, high: int, clock: Clock) -> Iterator[regex.Match[str]]:
        """Yield the matches that start in a range."""
        if self._reach > _SLACK * (high - low):  # what lies behind would be searched as well
            yield from self._one_by_one(text, low, min(high, len(text)), clock)
            return
        end = high + self._reach + 1
        for match in self.pattern.finditer(text, low, end, timeout=clock.left()):
            if match.start() > high:
                return
            yield match

    def _one_by_one(
        self, text: str, low: int, high: int, clock: Clock
    ) -> Iterator[regex.Match[str]]:
        while low <= high:
            match = self.pattern.match(text, low, timeout=clock.left())
            if match is not None:
                yield match
            low = low + 1 if match is None else max(match.end(), low + 1)


def _useless(requires: set[str], anchors: tuple[Anchor, ...]) -> bool:
    """Tell whether to look for what is required is of no use, beside what is needed anyway."""
    common = any(len(one) == 1 and (one.isalpha() or one.isspace()) for one in requires)
    implied = all(
        "0" in requires if anchor.digits else any(one in anchor.literal for one in requires)
        for anchor in anchors
    )
    return bool(anchors) and (common or implied)


def _beside(places: tuple[int, int], spots: Iterable[list[int]]) -> bool:
    """Tell whether one of the spots is as near to a range of starts as `around` would have it."""
    low, high = places[0] - _AFTER, places[1] + _BEFORE + _LONG_WORD
    return any(bisect_left(one, low) < bisect_right(one, high) for one in spots)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: Ranges = []
    for low, high in ranges:
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = merged[-1][0], high
        else:
            merged.append((low, high))
    return merged
