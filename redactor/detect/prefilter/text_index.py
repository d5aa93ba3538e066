"""Where the factors of all patterns occur in one text, found once for all of them.

A *range* is a pair of the first and the last of a run of neighbouring positions. Lists of ranges
are in order and do not touch, so that a page of digits costs one entry and not a thousand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import regex

from redactor.detect.prefilter.factor import MIN_RUN, Factor
from redactor.detect.prefilter.prefix import FLAGS
from redactor.detect.time_budget import TimeBudget

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["LiteralSet", "Probe", "Ranges", "TextIndex", "folded", "merged"]

Ranges = list[tuple[int, int]]

_MIN_SUFFIX = 8  # characters of a pattern; a shorter suffix rules out too little to be tried
_TRIES = 64  # of a suffix, before it is looked whether there is time left
# Fewer offsets are made ranges sooner without NumPy.
_FEW_OFFSETS = 200
# A suffix is not tried at a factor that occurs at every sixth position or more (a page of digits):
# there the pattern itself is no more work. Up to 64 occurrences it always is tried.
_FEW = 64
_DENSE = 6
_DIGIT = regex.compile(r"\d")  # of any script, as in the patterns
_ZERO = re.compile("0")
# Possessive, so that a long word is read once.
_WORD_RUNS = regex.compile(rf"\w{{{MIN_RUN},}}+")
# A text is searched with 0 for each digit: the literals of factors have 0 for any digit.
_DIGITS_TO_ZERO = str.maketrans("123456789", "0" * 9)

# Letters that `regex` takes for another letter when it ignores case and `str.lower` leaves alone:
# dotless i, long s, the Greek symbol forms and the Cyrillic letters of old prints.
_CASE_VARIANTS = dict(
    zip(
        "\u0131\u017f\u00b5\u0345\u1fbe\u03d0\u03f5\u03d1\u03f0\u03d6\u03f1\u03c2\u03d5"
        "\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87",
        "is\u03bc\u03b9\u03b9\u03b2\u03b5\u03b8\u03ba\u03c0\u03c1\u03c3\u03c6"
        "\u0432\u0434\u043e\u0441\u0442\u0442\u044a\u0463",
        strict=True,
    )
)


def folded(text: str) -> str:
    """Return a text in lower case and with 0 for every digit, of the same length.

    "Room 12" -> "room 00". Positions in it are positions in the text.
    """
    if text.isascii():
        return text.lower().translate(_DIGITS_TO_ZERO)
    # The one capital whose lower case is two characters would shift all positions behind it.
    text = text.replace("\u0130", "i").lower()
    for variant, letter in _CASE_VARIANTS.items():
        text = text.replace(variant, letter)
    return _DIGIT.sub("0", text)


class LiteralSet:
    """Folded literals that are searched for in one pass (Aho-Corasick)."""

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = tuple(sorted(set(literals)))

    def offsets(self, text: str) -> dict[str, list[int]]:
        """Return the offsets of each literal that occurs in a folded text, in order."""
        if not self._literals:
            return {}
        found: defaultdict[int, list[int]] = defaultdict(list)
        automaton = _automaton(self._literals)
        for which, start, _ in automaton.find_matches_as_indexes(text, overlapping=True):
            found[which].append(start)
        return {self._literals[which]: offsets for which, offsets in found.items()}


@lru_cache(maxsize=16)
def _automaton(literals: tuple[str, ...]) -> AhoCorasick:
    """Return the automaton of literals. It cannot be pickled, so each process makes its own."""
    # Imported when first used, as NumPy below: the build derives factors, and has neither.
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(literals)


@lru_cache(maxsize=5_000)
def _compiled(source: str) -> regex.Pattern[str]:
    return regex.compile(source, FLAGS)


class Probe:
    """A factor to be looked for in many texts: its suffix is compiled once, when first tried."""

    __slots__ = ("_suffix", "factor", "key", "selective", "width")

    def __init__(self, factor: Factor) -> None:
        self.factor = factor
        self.width = len(factor.literal) or 1
        self.selective = factor.suffix.length >= _MIN_SUFFIX
        self.key = factor.digits, factor.spread, factor.after_letter, factor.starts_word
        self._suffix: regex.Pattern[str] | None = None

    @property
    def suffix(self) -> regex.Pattern[str]:
        """Return the pattern of what follows the factor."""
        if self._suffix is None:
            self._suffix = _compiled(self.factor.suffix.source)
        return self._suffix


class TextIndex:
    """A text with the offsets of its literals, digits and long words, and a time budget."""

    def __init__(self, text: str, literals: LiteralSet, budget: TimeBudget) -> None:
        self.text = text
        self.budget = budget
        small = folded(text)
        self.literal_offsets = literals.offsets(small)
        self.digits = [found.start() for found in _ZERO.finditer(small)]
        self._clusters: dict[tuple[int, int, bool, bool], Ranges] = {}
        self._long_runs: dict[tuple[int, bool], Ranges] = {}

    def occurrences(self, probe: Probe) -> Ranges:
        """Return the ranges of offsets at which a factor occurs."""
        factor = probe.factor
        if factor.literal:
            offsets = self._as_written(factor, self.literal_offsets[factor.literal])
            return [(one, one) for one in offsets]
        if factor.run_length:
            return self._runs(factor.run_length, factor.word_chars)
        if (found := self._clusters.get(probe.key)) is None:
            found = self._clusters[probe.key] = _to_ranges(self._digit_clusters(*probe.key))
        return found

    def _as_written(self, factor: Factor, offsets: list[int]) -> list[int]:
        """Return those offsets of a literal at which case and word edges are as required."""
        text, length = self.text, len(factor.literal)
        for at, char in factor.exact_chars:
            offsets = [one for one in offsets if text[one + at] == char]
        if factor.starts_word:
            offsets = [one for one in offsets if not one or not "a" <= text[one - 1] <= "z"]
        if factor.ends_word:
            ends = ((one, one + length) for one in offsets)
            offsets = [one for one, end in ends if not "a" <= text[end : end + 1] <= "z"]
        return offsets

    def _digit_clusters(
        self, count: int, spread: int, after_letter: bool, starts_number: bool
    ) -> list[int]:
        """Return the offsets of digits that are the first of `count` within `spread`."""
        digits, text = self.digits, self.text
        if not (after_letter or starts_number):
            pairs = zip(digits, digits[count - 1 :], strict=False)
            return [one for one, last in pairs if last - one <= spread]
        firsts = self._number_starts
        near = firsts[: bisect_right(firsts, len(digits) - count)]
        found = [digits[at] for at in near if digits[at + count - 1] - digits[at] <= spread]
        if after_letter:
            return [one for one in found if text[one - 1 : one].isalpha()]
        return found

    @cached_property
    def _number_starts(self) -> list[int]:
        """Return the indices of the digits that no digit precedes: of a page of them it is one."""
        pairs = pairwise(chain((-2,), self.digits))
        return [at for at, (last, one) in enumerate(pairs) if one != last + 1]

    def _runs(self, length: int, word_chars: bool) -> Ranges:
        """Return where `length` characters of one kind in a row begin."""
        key = length, word_chars
        if key not in self._long_runs:
            runs = self._word_runs if word_chars else self._nonblank_runs
            self._long_runs[key] = [
                (low, high - length) for low, high in runs if high - length >= low
            ]
        return self._long_runs[key]

    @cached_property
    def _nonblank_runs(self) -> Ranges:
        """Return the start and end of each long run without space or line end."""
        import numpy as np

        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        blanks = np.flatnonzero((codes == ord(" ")) | (codes == ord("\n")))
        edges = np.concatenate(([-1], blanks, [len(codes)]))
        long = np.flatnonzero(np.diff(edges) > MIN_RUN)
        return list(zip((edges[long] + 1).tolist(), edges[long + 1].tolist(), strict=True))

    @cached_property
    def _word_runs(self) -> Ranges:
        """Return the start and end of each long run of word characters."""
        runs = (_WORD_RUNS.finditer(self.text, *run) for run in self._nonblank_runs)
        return [found.span() for found in chain.from_iterable(runs)]

    def starts(self, probe: Probe) -> Iterable[tuple[int, int]]:
        """Return the ranges in which a match that holds an occurrence of a factor may start."""
        occurrences, factor = self.occurrences(probe), probe.factor
        if occurrences and probe.selective:
            occurrences = self._with_suffix(probe, occurrences)
        least, most = factor.min_offset, factor.max_offset
        if factor.same_word and most > least:
            return self._starts_in_word(factor, occurrences)
        return [
            (max(0, first - most), last - least) for first, last in occurrences if last >= least
        ]

    def _with_suffix(self, probe: Probe, occurrences: Ranges) -> Ranges:
        """Return the occurrences of a factor that its suffix follows."""
        total = sum(last - first + 1 for first, last in occurrences)
        if total > len(occurrences) and total > _FEW + len(self.text) // _DENSE:
            return occurrences
        offsets = [offset for first, last in occurrences for offset in range(first, last + 1)]
        text, width, match = self.text, probe.width, probe.suffix.match
        kept: Ranges = []
        for at in range(0, len(offsets), _TRIES):
            self.budget.left()
            # No timer: `PatternPrefix` bounds the ways in which it can match.
            kept += [(one, one) for one in offsets[at : at + _TRIES] if match(text, one + width)]
        return kept

    def _starts_in_word(self, factor: Factor, occurrences: Ranges) -> Iterator[tuple[int, int]]:
        """Yield the ranges of starts, none before the last space or line end."""
        word, done = 0, 0
        for first, last in occurrences:
            word, done = max(word, self._last_blank(done, first) + 1), first
            low = max(word, first - factor.max_offset)
            if low <= last - factor.min_offset:
                yield low, last - factor.min_offset

    def line_starts(self, ranges: Ranges) -> Iterator[tuple[int, int]]:
        """Yield the positions in ranges at which a line begins."""
        for low, high in ranges:
            if low == 0:
                yield 0, 0
            at = self.text.find("\n", max(0, low - 1), high)
            while at >= 0:
                yield at + 1, at + 1
                at = self.text.find("\n", at + 1, high)

    def word_start(self, low: int, lowest: int) -> int:
        """Return where the word at `low` begins, but no position before `lowest`."""
        return max(lowest, self._last_blank(lowest, low))

    def _last_blank(self, low: int, high: int) -> int:
        return max(self.text.rfind(" ", low, high), self.text.rfind("\n", low, high))


def _to_ranges(offsets: list[int]) -> Ranges:
    """Return sorted offsets as ranges: [3, 4, 5, 9] -> [(3, 5), (9, 9)]."""
    if len(offsets) < _FEW_OFFSETS:
        return merged((one, one) for one in offsets)
    import numpy as np

    every = np.array(offsets)
    gaps = np.flatnonzero(np.diff(every) > 1)
    firsts = every[np.concatenate(([0], gaps + 1))]
    lasts = every[np.concatenate((gaps, [len(every) - 1]))]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return sorted ranges, those that overlap or touch as one."""
    found: Ranges = []
    for low, high in ranges:
        if found and low <= found[-1][1] + 1:
            if high > found[-1][1]:
                found[-1] = found[-1][0], high
        else:
            found.append((low, high))
    return found
