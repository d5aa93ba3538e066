"""One pattern, and the ranges of a text in which a match of it can start."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import regex

from redactor.detect.prefilter.factor import Factor, FactorSet, RequiredFactors, frequency
from redactor.detect.prefilter.factors import required_factors
from redactor.detect.prefilter.text_index import Probe, Ranges, TextIndex, folded, merged

__all__ = ["PatternSearch"]

# How far from a keyword that a rule requires its pattern is tried: promised in the README.
_BEFORE, _AFTER = 128, 256
_MAX_WORD = 512  # characters; the word that begins before such a stretch is tried as a whole

# A range is searched at once only if its matches look no more than 8 times its length past its
# end: `finditer` would search that for starts as well.
_SLACK = 8

# Occurrences per character of English: a factor rarer than the first is not narrowed down further,
# and one more common than the second is not worth being looked up to narrow another down.
_RARE = 0.0003
_COMMON = 0.001

# Characters and number of attempts up to which a trusted pattern is tried without a timer: starting
# a timer takes ten times as long as most attempts that look no further than this.
_SHORT_ATTEMPT = 1_000
_FEW_ATTEMPTS = 4


class PatternSearch:
    """A pattern that finds what it finds everywhere, and is tried only where it can match.

    With `requires` it is tried only near one of these literals, and finds only what is there.
    A `trusted` pattern is known not to backtrack out of all proportion: a short attempt at it is
    made without a timer.
    """

    def __init__(
        self,
        pattern: regex.Pattern[str],
        requires: Iterable[str] = (),
        *,
        trusted: bool = False,
    ) -> None:
        self._pattern = pattern
        self._trusted = trusted
        known = required_factors(pattern.pattern, pattern.flags)
        sets = known.sets
        self._max_width = known.max_width
        self._at_line_start = known.at_line_start
        self._first = _Alternatives(sets[0]) if sets else None
        more = sets[1:] if frequency(sets[0] if sets else ()) > _RARE else ()
        self._more = tuple(_Alternatives(one) for one in more if _narrows(one))
        self._requires = _needed({folded(one) for one in requires}, known, sets)

    @property
    def keys(self) -> Iterable[str]:
        """Return literals without any of which a text has no match; an empty one says nothing."""
        return self._first.keys if self._first else ()

    @property
    def literals(self) -> Iterable[str]:
        """Return the literals whose offsets it asks for."""
        sets = (*self._more, *([self._first] if self._first else []))
        return {*self._requires, *chain.from_iterable(one.literal for one in sets)}

    def matches(self, index: TextIndex, literals: Sequence[str] = ()) -> Iterator[regex.Match[str]]:
        """Yield the matches in a text, as `finditer` does. Raises TimeoutError.

        `literals` are those of `keys` that the text holds, where they are known.
        """
        if self._first is None and not self._requires:
            yield from self._pattern.finditer(index.text, timeout=index.budget.left())
            return
        done = 0
        for low, high in self._candidates(index, literals):
            for match in self._tried(index, max(low, done), high):
                yield match
                done = match.end()

    def _candidates(self, index: TextIndex, literals: Sequence[str]) -> Ranges:
        """Return the ranges in which a match may start."""
        if self._first is None:
            return merged(_around(index, sorted(chain.from_iterable(self._keywords(index)))))
        ranges = self._first.starts(index, literals)
        for one in self._more:
            if not ranges:
                break
            ranges = one.narrowed(index, ranges)
        if ranges and self._requires:
            keywords = self._keywords(index)
            ranges = [one for one in ranges if _has_near(one, keywords)]
        return list(index.line_starts(ranges)) if ranges and self._at_line_start else ranges

    def _keywords(self, index: TextIndex) -> list[list[int]]:
        """Return the offsets of each keyword that a text holds."""
        return [
            index.literal_offsets[one] for one in self._requires if one in index.literal_offsets
        ]

    def _tried(self, index: TextIndex, low: int, high: int) -> Iterator[regex.Match[str]]:
        """Yield the matches that start in a range."""
        width = self._max_width
        one_by_one = width > _SLACK * (high - low)
        short = self._trusted and width <= _SHORT_ATTEMPT
        if short and (one_by_one or high - low <= _FEW_ATTEMPTS):
            yield from self._short_attempts(index, low, high)
        elif one_by_one:
            yield from self._attempts(index, low, min(high, len(index.text)))
        else:
            end, timeout = high + width + 1, index.budget.left()
            for match in self._pattern.finditer(index.text, low, end, timeout=timeout):
                if match.start() > high:
                    return
                yield match

    def _short_attempts(self, index: TextIndex, low: int, high: int) -> Iterator[regex.Match[str]]:
        """Yield the matches that start in a range, tried without a timer."""
        index.budget.left()
        while low <= high:
            match = self._pattern.match(index.text, low, low + self._max_width + 1)
            if match is not None:
                yield match
            low = low + 1 if match is None else max(match.end(), low + 1)

    def _attempts(self, index: TextIndex, low: int, high: int) -> Iterator[regex.Match[str]]:
        """Yield the matches that start in a range, tried one by one."""
        while low <= high:
            match = self._pattern.match(index.text, low, timeout=index.budget.left())
            if match is not None:
                yield match
            low = low + 1 if match is None else max(match.end(), low + 1)


class _Alternatives:
    """Factors of which every match holds at least one."""

    def __init__(self, factors: FactorSet) -> None:
        self.literal: dict[str, list[Factor]] = {}
        for factor in factors:
            if factor.literal:
                self.literal.setdefault(factor.literal, []).append(factor)
        others = tuple(one for one in factors if not one.literal)
        self.keys = () if others else tuple(self.literal)
        self._min_offset = min(one.min_offset for one in factors)
        self._max_offset = max(one.max_offset for one in factors)
        self._others = tuple(map(Probe, others))
        # Of few literals is anything ever asked.
        self._probes: dict[str, tuple[Probe, ...]] = {}

    def starts(self, index: TextIndex, literals: Sequence[str]) -> Ranges:
        """Return the ranges in which a match may start; `literals` as for `PatternSearch`."""
        probes = chain.from_iterable(map(self._of, literals)) if literals else self._present(index)
        found = [one for probe in probes for one in index.starts(probe)]
        return merged(sorted(found)) if len(found) > 1 else found

    def _present(self, index: TextIndex) -> Iterator[Probe]:
        """Yield the factors that a text may hold."""
        for literal in self.literal.keys() & index.literal_offsets.keys():
            yield from self._of(literal)
        yield from (one for one in self._others if one.factor.digits <= len(index.digits))

    def _of(self, literal: str) -> tuple[Probe, ...]:
        """Return the factors of a literal."""
        if literal not in self._probes:
            self._probes[literal] = tuple(map(Probe, self.literal[literal]))
        return self._probes[literal]

    def narrowed(self, index: TextIndex, ranges: Ranges) -> Ranges:
        """Return those parts of ranges of starts that have one of the factors within reach."""
        found = [index.occurrences(probe) for probe in self._present(index)]
        occurrences = found[0] if len(found) == 1 else merged(sorted(chain.from_iterable(found)))
        return list(self._within_reach(ranges, occurrences))

    def _within_reach(self, ranges: Ranges, occurrences: Ranges) -> Iterator[tuple[int, int]]:
        for low, high in ranges:
            lowest, highest = low + self._min_offset, high + self._max_offset
            first = bisect_left(occurrences, (lowest,))
            if first and occurrences[first - 1][1] >= lowest:
                first -= 1
            last = bisect_left(occurrences, (highest + 1,)) - 1
            if first <= last:
                nearest = max(lowest, occurrences[first][0])
                farthest = min(highest, occurrences[last][1])
                yield max(low, nearest - self._max_offset), min(high, farthest - self._min_offset)


def _narrows(factors: FactorSet) -> bool:
    """Tell whether factors are rare enough to be looked up beside rarer ones."""
    return frequency(one for one in factors if one.literal) < _COMMON


def _needed(keywords: set[str], known: RequiredFactors, sets: Sequence[FactorSet]) -> set[str]:
    """Return the keywords to look for; none where that rules out nothing more.

    A keyword of one letter or blank is everywhere, and one that every match holds is in reach.
    """
    if not sets:
        return keywords
    common = any(len(one) == 1 and (one.isalpha() or one.isspace()) for one in keywords)
    implied = known.digits and "0" in keywords
    if common or implied or any(_implied(keywords, one) for one in sets):
        return set()
    return keywords


def _implied(keywords: set[str], factors: FactorSet) -> bool:
    """Tell whether each of the factors holds one of the keywords."""
    return all(
        "0" in keywords if factor.digits else any(one in factor.literal for one in keywords)
        for factor in factors
    )


def _around(index: TextIndex, offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges around keywords at sorted offsets; they begin where a word does.

    Those of keywords that stand close together overlap, and are one: a text of nothing but full
    stops has a keyword at each position.
    """
    for first, last in _groups(offsets):
        low = max(0, first - _BEFORE)
        yield index.word_start(low, max(0, low - _MAX_WORD)), last + _AFTER


def _groups(offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of the offsets whose ranges are sure to overlap."""
    first = last = -1
    for offset in offsets:
        if first < 0 or offset - last > _BEFORE + _AFTER:
            if first >= 0:
                yield first, last
            first = offset
        last = offset
    if first >= 0:
        yield first, last


def _has_near(starts: tuple[int, int], keywords: Iterable[list[int]]) -> bool:
    """Tell whether a keyword is as near to a range of starts as `_around` asks for."""
    low, high = starts[0] - _AFTER, starts[1] + _BEFORE + _MAX_WORD
    return any(bisect_left(one, low) < bisect_right(one, high) for one in keywords)
