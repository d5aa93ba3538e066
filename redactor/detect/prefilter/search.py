"""Patterns tried only where they can match, with the very same results as everywhere.

`needs` says what every match of a pattern holds. A text is read once for all patterns together:
where its digits stand, and where each of the literals does that any of them needs. From that
follow, for one pattern, the ranges in which a match can start; outside of them it is not tried.
All of it takes time in proportion to the text, and every attempt at a pattern is on the clock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from time import monotonic

import ahocorasick_rs
import numpy as np
import regex

from redactor.detect.prefilter.factors import required_factors
from redactor.detect.prefilter.pattern_info import LONG_RUN, Anchors, Factor, frequency
from redactor.detect.prefilter.unparse import FLAGS

__all__ = ["Literals", "Ranges", "Search", "TextIndex", "TimeBudget"]

Ranges = list[tuple[int, int]]  # of places where a match may start: first, last; in order, apart

_BEFORE, _AFTER = 128, 256  # how far from what a rule requires it is tried
_LONG_WORD = 512
_SLACK = 8
_AN_HOUR = 3600.0
_TELLING = 8  # of a shorter text nothing is learnt
_FEW = 64
_DENSE = 6  # if every so many-th place is one, to try the pattern there is no more work
_RARE = 0.0003
_COMMON = 0.001  # of all places; what is more common tells too little
_DIGIT = regex.compile(r"\d")
_WORDS = regex.compile(rf"\w{{{LONG_RUN},}}+")
_NOUGHTS = str.maketrans("123456789", "0" * 9)

# Letters that the regex module takes for others if case does not count, and `lower` does not.
_ODD_LETTERS = dict(
    zip(
        "\u0131\u017f\u00b5\u0345\u1fbe\u03d0\u03f5\u03d1\u03f0\u03d6\u03f1\u03c2\u03d5"
        "\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87",
        "is\u03bc\u03b9\u03b9\u03b2\u03b5\u03b8\u03ba\u03c0\u03c1\u03c3\u03c6"
        "\u0432\u0434\u043e\u0441\u0442\u0442\u044a\u0463",
        strict=True,
    )
)


class TimeBudget:
    """The time that is left for all patterns together, of the `seconds` that a text may take."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, more than none. Raises TimeoutError."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Literals:
    """Literals in small letters that are looked for all at once."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = tuple(sorted(set(literals)))

    def literal_offsets(self, folded: str) -> dict[str, list[int]]:
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


@lru_cache(maxsize=5_000)
def _compiled(source: str) -> regex.Pattern[str]:
    return regex.compile(source, FLAGS)


def _folded(text: str) -> str:
    """Return a text in small letters and with 0 for every digit, each character in its place."""
    if text.isascii():
        return text.lower().translate(_NOUGHTS)
    # The one letter that is longer in small would put all places after it out of step.
    text = text.replace("\u0130", "i").lower()
    for odd, letter in _ODD_LETTERS.items():
        text = text.replace(odd, letter)
    return _DIGIT.sub("0", text)


class TextIndex:
    """A text, and where its digits, its long words and what it has of some literals stand.

    Places of a kind are given as rows of such: the first and last of places next to each other.
    """

    def __init__(self, text: str, literals: Literals) -> None:
        self.text = text
        self.clock = TimeBudget(_AN_HOUR)  # of who looks for something here
        self.literal_offsets = literals.literal_offsets(_folded(text))
        self.digits = [found.start() for found in _DIGIT.finditer(text)]
        self._close: dict[tuple[int, int, bool, bool], Ranges] = {}
        self._long: dict[tuple[int, bool], Ranges] = {}

    def rows(self, anchor: Factor) -> Ranges:
        """Return where an anchor begins."""
        if anchor.literal:
            return [(one, one) for one in self._whole(anchor, self.literal_offsets[anchor.literal])]
        if anchor.run:
            return self._in_a_row(anchor.run, anchor.wordy)
        key = anchor.digits, anchor.within, anchor.after_letter, anchor.opens
        if key not in self._close:
            self._close[key] = _rows(self._together(*key))
        return self._close[key]

    def _whole(self, anchor: Factor, literal_offsets: list[int]) -> list[int]:
        """Return the spots of a literal where it is written as it must be."""
        text, length = self.text, len(anchor.literal)
        for at, letter in anchor.exactly:
            literal_offsets = [one for one in literal_offsets if text[one + at] == letter]
        if anchor.opens:
            literal_offsets = [
                one for one in literal_offsets if not one or not "a" <= text[one - 1] <= "z"
            ]
        if anchor.closes:
            ends = ((one, one + length) for one in literal_offsets)
            literal_offsets = [one for one, end in ends if not "a" <= text[end : end + 1] <= "z"]
        return literal_offsets

    def _together(self, count: int, within: int, after_letter: bool, opens: bool) -> list[int]:
        """Return the digits from which on so many stand within a distance."""
        ends = self.digits[count - 1 :]
        found = [one for one, last in zip(self.digits, ends, strict=False) if last - one <= within]
        if after_letter:
            return [one for one in found if self.text[one - 1 : one].isalpha()]
        if opens:
            return [one for one in found if not self.text[one - 1 : one].isdecimal()]
        return found

    def _in_a_row(self, run: int, wordy: bool) -> Ranges:
        """Return where so many characters in a row begin."""
        key = run, wordy
        if key not in self._long:
            rows = self._wordy if wordy else self._solid
            self._long[key] = [(low, high - run) for low, high in rows if high - run >= low]
        return self._long[key]

    @cached_property
    def _solid(self) -> Ranges:
        """Return where each long row of characters that are no blanks begins and ends."""
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        blanks = np.flatnonzero((codes == ord(" ")) | (codes == ord("\n")))
        edges = np.concatenate(([-1], blanks, [len(codes)]))
        long = np.flatnonzero(np.diff(edges) > LONG_RUN)
        return list(zip((edges[long] + 1).tolist(), edges[long + 1].tolist(), strict=True))

    @cached_property
    def _wordy(self) -> Ranges:
        """Return where each long row of characters of words begins and ends."""
        rows = (_WORDS.finditer(self.text, *row) for row in self._solid)
        return [found.span() for found in chain.from_iterable(rows)]

    def starts(self, anchor: Factor) -> Iterator[tuple[int, int]]:
        """Yield the ranges before each anchor in which a match with it may start."""
        rows = self.rows(anchor)
        if anchor.after.length >= _TELLING:
            rows = self._followed(anchor, rows)
        if anchor.solid and anchor.far > anchor.near:
            yield from self._in_word(anchor, rows)
            return
        for first, last in rows:
            if last >= anchor.near:
                yield max(0, first - anchor.far), last - anchor.near

    def _followed(self, anchor: Factor, rows: Ranges) -> Ranges:
        """Return the rows of an anchor behind which stands what must."""
        every = sum(last - first + 1 for first, last in rows)
        if every > len(rows) and every > _FEW + len(self.text) // _DENSE:
            return rows  # a page of digits
        after, width = _compiled(anchor.after.source), len(anchor.literal) or 1
        literal_offsets = (spot for first, last in rows for spot in range(first, last + 1))
        return [
            (one, one)
            for one in literal_offsets
            if self.clock.left() and after.match(self.text, one + width)  # it is quick, see `Text`
        ]

    def _in_word(self, anchor: Factor, rows: Ranges) -> Iterator[tuple[int, int]]:
        """Yield such ranges, from the last space or line end on."""
        word, done = 0, 0
        for first, last in rows:
            word, done = max(word, self._blank(done, first) + 1), first
            low = max(word, first - anchor.far)
            if low <= last - anchor.near:
                yield low, last - anchor.near

    def lines(self, ranges: Ranges) -> Iterator[tuple[int, int]]:
        """Yield the places in ranges where a line begins."""
        for low, high in ranges:
            if low == 0:
                yield 0, 0
            at = self.text.find("\n", max(0, low - 1), high)
            while at >= 0:
                yield at + 1, at + 1
                at = self.text.find("\n", at + 1, high)

    def around(self, literal_offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Yield the ranges around spots; they begin where a word does."""
        for spot in literal_offsets:
            low = max(0, spot - _BEFORE)
            lowest = max(0, low - _LONG_WORD)
            yield max(lowest, self._blank(lowest, low)), spot + _AFTER

    def _blank(self, low: int, high: int) -> int:
        return max(self.text.rfind(" ", low, high), self.text.rfind("\n", low, high))


def _rows(literal_offsets: list[int]) -> Ranges:
    """Return rows of spots that are next to each other."""
    if not literal_offsets:
        return []
    every = np.array(literal_offsets)
    gaps = np.flatnonzero(np.diff(every) > 1)
    firsts = every[np.concatenate(([0], gaps + 1))]
    lasts = every[np.concatenate((gaps, [len(every) - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


class _Set:
    """Anchors of which every match holds one."""

    def __init__(self, anchors: Anchors) -> None:
        self.literal: dict[str, list[Factor]] = {}
        for anchor in anchors:
            if anchor.literal:
                self.literal.setdefault(anchor.literal, []).append(anchor)
        self._others = tuple(one for one in anchors if not one.literal)
        self.keys = () if self._others else tuple(self.literal)
        self._near = min(one.near for one in anchors)
        self._far = max(one.far for one in anchors)

    def starts(self, places: TextIndex) -> Ranges:
        """Return the ranges in which a match may start."""
        return _merged(sorted(chain.from_iterable(map(places.starts, self._there(places)))))

    def _there(self, places: TextIndex) -> Iterator[Factor]:
        for literal in self.literal.keys() & places.literal_offsets.keys():
            yield from self.literal[literal]
        yield from (one for one in self._others if one.digits <= len(places.digits))

    def narrowed(self, places: TextIndex, ranges: Ranges) -> Ranges:
        """Return what is left of ranges of starts where one of the anchors is in reach."""
        some = [places.rows(anchor) for anchor in self._there(places)]
        rows = some[0] if len(some) == 1 else _merged(sorted(chain.from_iterable(some)))
        return list(self._beside(ranges, rows))

    def _beside(self, ranges: Ranges, rows: Ranges) -> Iterator[tuple[int, int]]:
        for low, high in ranges:
            lowest, highest = low + self._near, high + self._far
            first = bisect_left(rows, (lowest,))
            if first and rows[first - 1][1] >= lowest:
                first -= 1
            last = bisect_left(rows, (highest + 1,)) - 1
            if first <= last:
                nearest, farthest = max(lowest, rows[first][0]), min(highest, rows[last][1])
                yield max(low, nearest - self._far), min(high, farthest - self._near)


def _tells(anchors: Anchors) -> bool:
    """Tell whether it is worth the while to look for anchors beside others."""
    return frequency(one for one in anchors if one.literal) < _COMMON


class Search:
    """A pattern that finds what it finds everywhere, and is tried only where it can match.

    With `requires`, it is tried only near one of these literals, and may lose what is not. One
    that is not `anchored` is tried everywhere, or near what it requires.
    """

    def __init__(
        self,
        pattern: regex.Pattern[str],
        requires: Iterable[str] = (),
        *,
        anchored: bool = True,
    ) -> None:
        self.pattern = pattern
        known = required_factors(pattern.pattern, pattern.flags)
        sets = known.sets if anchored else ()
        self._reach = known.reach
        self._line = known.line
        self._first = _Set(sets[0]) if sets else None
        more = sets[1:] if frequency(sets[0] if sets else ()) > _RARE else ()
        self._more = tuple(_Set(one) for one in more if _tells(one))
        wanted = {_folded(one) for one in requires}
        digits = anchored and known.digits and "0" in wanted
        self._requires = set() if digits or _useless(wanted, sets) else wanted

    @property
    def keys(self) -> Iterable[str]:
        """Return literals without any of which a text has no match; none says nothing."""
        return self._first.keys if self._first else ()

    @property
    def literals(self) -> Iterable[str]:
        """Return the literals whose places it must know."""
        sets = (*self._more, *([self._first] if self._first else []))
        return {*self._requires, *chain.from_iterable(one.literal for one in sets)}

    def matches(self, places: TextIndex, clock: TimeBudget) -> Iterator[regex.Match[str]]:
        """Yield the matches in a text, as `finditer` does. Raises TimeoutError."""
        places.clock = clock
        if self._first is None and not self._requires:
            yield from self.pattern.finditer(places.text, timeout=clock.left())
            return
        done = 0
        for low, high in self._ranges(places):
            for match in self._tried(places.text, max(low, done), high, clock):
                yield match
                done = match.end()

    def _ranges(self, places: TextIndex) -> Ranges:
        if self._first is None:
            literal_offsets = (
                places.literal_offsets[one]
                for one in self._requires & places.literal_offsets.keys()
            )
            return _merged(places.around(sorted(chain.from_iterable(literal_offsets))))
        ranges = self._first.starts(places)
        for one in self._more:
            if not ranges:
                break
            ranges = one.narrowed(places, ranges)
        if ranges and self._requires:
            required = [
                places.literal_offsets[one]
                for one in self._requires & places.literal_offsets.keys()
            ]
            ranges = [one for one in ranges if _beside(one, required)]
        return list(places.lines(ranges)) if self._line else ranges

    def _tried(
        self, text: str, low: int, high: int, clock: TimeBudget
    ) -> Iterator[regex.Match[str]]:
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
        self, text: str, low: int, high: int, clock: TimeBudget
    ) -> Iterator[regex.Match[str]]:
        while low <= high:
            match = self.pattern.match(text, low, timeout=clock.left())
            if match is not None:
                yield match
            low = low + 1 if match is None else max(match.end(), low + 1)


def _useless(requires: set[str], sets: Sequence[Anchors]) -> bool:
    """Tell whether to look for what is required is of no use, beside what is needed anyway."""
    common = any(len(one) == 1 and (one.isalpha() or one.isspace()) for one in requires)
    return bool(sets) and (common or any(_implied(requires, one) for one in sets))


def _implied(requires: set[str], anchors: Anchors) -> bool:
    """Tell whether all anchors hold what is required."""
    return all(
        "0" in requires if anchor.digits else any(one in anchor.literal for one in requires)
        for anchor in anchors
    )


def _beside(places: tuple[int, int], literal_offsets: Iterable[list[int]]) -> bool:
    """Tell whether one of the spots is as near to a range of starts as `around` would have it."""
    low, high = places[0] - _AFTER, places[1] + _BEFORE + _LONG_WORD
    return any(bisect_left(one, low) < bisect_right(one, high) for one in literal_offsets)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: Ranges = []
    for low, high in ranges:
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = merged[-1][0], high
        else:
            merged.append((low, high))
    return merged
