"""A required factor of a pattern, and an estimate of how rare it is in a text.

RE2's FilteredRE2 calls them atoms, Hyperscan literal factors, Rust's regex required literals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from redactor.detect.prefilter.prefix import UNKNOWN, PatternPrefix

__all__ = ["MIN_RUN", "UNBOUNDED", "Factor", "FactorSet", "RequiredFactors", "frequency", "rarest"]

UNBOUNDED = 1 << 30  # more characters than any text has
MIN_RUN = 12  # characters; English is full of shorter words
_MAX_SETS = 3  # a fourth set ruled out next to nothing on news


@dataclass(frozen=True, slots=True)
class Factor:
    r"""Something that a match holds: a literal, a cluster of digits, or a long run of characters.

    - `literal`: folded, that is in lower case and with 0 for every digit. With `exact_chars` the
      text has those very characters at these indices: "Mr" is ("mr", exact_chars=((0, "M"),)).
    - `digits`: so many digits, the last at most `spread` behind the first.
    - `run_length`: so many characters in a row without a space or line end; with `word_chars`, so
      many `\w`.

    It begins `min_offset` to `max_offset` characters behind the start of the match (before it
    where they are negative); with `same_word`, no space or line end is in between. With
    `starts_word` no lower-case letter precedes a literal and no digit a cluster; with `ends_word`
    no lower-case letter follows a literal; with `after_letter` a letter precedes a cluster.

    What `suffix` matches follows the literal, or the first digit.
    """

    literal: str = ""
    digits: int = 0
    spread: int = 0
    run_length: int = 0
    word_chars: bool = False
    min_offset: int = 0
    max_offset: int = 0
    same_word: bool = True
    after_letter: bool = False
    starts_word: bool = False
    ends_word: bool = False
    exact_chars: tuple[tuple[int, str], ...] = ()
    suffix: PatternPrefix = UNKNOWN


FactorSet = tuple[Factor, ...]
"""Alternatives: every match holds at least one of these factors."""


@dataclass(frozen=True, slots=True)
class RequiredFactors:
    """What every match of a pattern holds: a factor of each set, the cheapest set first.

    An attempt looks at `max_width` characters behind its start at most. With `digits` every match
    holds one; with `at_line_start` every match begins where a line does. The default is true of
    every pattern: nothing is required.
    """

    sets: tuple[FactorSet, ...] = ()
    max_width: int = UNBOUNDED
    digits: bool = False
    at_line_start: bool = False


def rarest(sets: Iterable[FactorSet]) -> tuple[FactorSet, ...]:
    """Return the few sets that cost the least to search for, the cheapest first."""
    known = tuple(one for one in sets if one)
    if not known[1:]:
        return known
    kept: list[FactorSet] = []
    for one in sorted(known, key=_cost):
        if one not in kept:
            kept.append(one)
        if len(kept) == _MAX_SETS:
            break
    return tuple(kept)


# -- estimates: they decide what is searched for first, never what is found ---------------------

# How many of a thousand characters of English prose are this one.
_COUNTS = (
    "165 99 72 66 61 57 56 53 51 49 36 33 27 23 20 18 18 17 15 14 12 9 9 8 4 7 3 8 3 2 1 2 1 5"
)
_PER_THOUSAND = dict(
    zip(" etaonishrdlcumfgpwyb,.v-k'0\"jqxz\n", map(int, _COUNTS.split()), strict=True)
)
# Signs that are nearly always followed by a space, so that the space makes them no rarer.
_BEFORE_SPACES = {",", ".", ":", ";"}


def frequency(factors: Iterable[Factor]) -> float:
    """Return the estimated number of occurrences of some factors per character of a text."""
    return sum(map(_frequency, factors))


def _cost(factors: FactorSet) -> float:
    """Return the estimated work per character of a text of trying a pattern at its factors."""
    return sum(
        0.2 * _literal_frequency(one.literal) + _frequency(one) * _work(one) for one in factors
    )


def _work(factor: Factor) -> float:
    """Return the estimated work at one occurrence: its suffix, then the positions it allows."""
    width = min(factor.max_offset - factor.min_offset, 60 if factor.same_word else 1_000)
    return 0.5 + _kept(factor) * (1 + width / 8)


def _kept(factor: Factor) -> float:
    """Return the estimated share of occurrences that the suffix does not rule out."""
    return max(0.05, 1 - factor.suffix.length / 40) if factor.suffix.pieces else 1.0


@lru_cache(maxsize=20_000)
def _literal_frequency(literal: str) -> float:
    rate, last = float(bool(literal)), ""
    for char in literal:
        if char == " " and last in _BEFORE_SPACES:
            rate *= 0.9
        else:
            rate *= 0.4 if char == last == "0" else _PER_THOUSAND.get(char, 0.7) / 1000
        last = char
    return rate


def _frequency(factor: Factor) -> float:
    rate = _literal_frequency(factor.literal or "z") * 0.1 ** len(factor.exact_chars)
    if factor.starts_word:
        rate *= 0.2
    if factor.ends_word:
        rate *= 0.3
    if factor.run_length:
        rate = (0.01 if factor.word_chars else 0.02) * 0.55 ** (factor.run_length - MIN_RUN)
    if factor.digits:
        loose = factor.spread >= 3 * factor.digits
        rate = 0.008 * (0.8 if loose else 0.4) ** (factor.digits - 1)
        rate *= 0.4 if factor.starts_word else 1.0
    return rate * (0.05 if factor.after_letter else 1.0)
