"""What is known of a part of a pattern: its width, and the factors that every match of it holds.

Parts are combined as patterns are, in sequence (`+`) and as alternatives (`either`); `factors`
reads them off a parse tree. "Lower-case letter" is a to z throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from redactor.detect.prefilter.char_runs import EMPTY_RUN, CharRun, fewest
from redactor.detect.prefilter.factor import MIN_RUN, UNBOUNDED, Factor, FactorSet, rarest
from redactor.detect.prefilter.prefix import EMPTY, UNKNOWN, PatternPrefix, alternation

__all__ = ["DigitCluster", "PatternInfo", "either"]

_MAX_FACTORS = 2_000  # in one set; a choice of more is a pattern of digits or long runs at best
_MAX_SPREAD = 400  # characters; digits farther apart are not counted as one cluster


@dataclass(frozen=True, slots=True)
class DigitCluster:
    """Digits that a part holds; the last is at most `tail` characters before the part's end."""

    count: int
    min_offset: int
    max_offset: int
    spread: int
    tail: int
    after_letter: bool = False
    starts_number: bool = False
    suffix: PatternPrefix = EMPTY

    @property
    def factor(self) -> Factor:
        """Return these digits as a factor."""
        return Factor(
            digits=self.count,
            spread=self.spread,
            min_offset=self.min_offset,
            max_offset=self.max_offset,
            same_word=self.max_offset == 0,
            after_letter=self.after_letter,
            starts_word=self.starts_number,
            suffix=self.suffix,
        )


@dataclass(frozen=True, slots=True)
class PatternInfo:
    r"""Widths, edges and required factors of a part; the defaults are those of an empty one.

    - `lookahead`: how many characters past its end it looks at, at most.
    - `nonblank`, `word_chars`: its runs of characters that are no space or line end, or `\w`.
    - `ends_in_letter`: its last character, if there is one, is a letter.
    - `no_lower_before`, `no_digit_before`: no lower-case letter, or digit, precedes it.
    - `at_line_start`: it begins only where a line does.
    - `blocks_lower`: behind a letter, no lower-case letter can be where it begins.
    - `never_starts_lower`: it never begins with a lower-case letter, but may match nothing.
    - `sets`: every match holds a factor of each of these sets, the rarest first.
    """

    min_width: int = 0
    max_width: int = 0
    lookahead: int = 0
    nonblank: CharRun = EMPTY_RUN
    word_chars: CharRun = EMPTY_RUN
    ends_in_letter: bool = True
    no_lower_before: bool = False
    no_digit_before: bool = False
    at_line_start: bool = False
    blocks_lower: bool = False
    never_starts_lower: bool = True
    digits: DigitCluster | None = None
    prefix: PatternPrefix = UNKNOWN
    sets: tuple[FactorSet, ...] = ()

    @property
    def total_width(self) -> int:
        """Return how many characters behind its start an attempt at it looks at, at most."""
        return min(UNBOUNDED, self.max_width + self.lookahead)

    @property
    def ends_words(self) -> bool:
        """Tell whether, behind a letter, no lower-case letter can be where it begins."""
        return self.blocks_lower or (self.never_starts_lower and self.min_width > 0)

    def all_sets(self) -> tuple[FactorSet, ...]:
        """Return the rarest sets of factors, with those of digits and of long runs."""
        more = [] if self.digits is None else [(self.digits.factor,)]
        for run, word_chars in ((self.nonblank, False), (self.word_chars, True)):
            if run.length >= MIN_RUN:
                more.append((_run_factor(run, word_chars=word_chars),))
        return rarest((*self.sets, *more))

    def __add__(self, after: PatternInfo) -> PatternInfo:
        """Return this part followed by another."""
        ours = tuple(tuple(_followed(one, after) for one in some) for some in self.sets)
        theirs = tuple(tuple(self._shifted(one) for one in some) for some in after.sets)
        widths = self.min_width, after.min_width
        return PatternInfo(
            min_width=self.min_width + after.min_width,
            max_width=min(UNBOUNDED, self.max_width + after.max_width),
            lookahead=max(self.lookahead, after.lookahead),
            nonblank=self.nonblank.before(after.nonblank, widths, self.max_width),
            word_chars=self.word_chars.before(after.word_chars, widths, self.max_width),
            ends_in_letter=after.ends_in_letter and (self.ends_in_letter or after.min_width > 0),
            at_line_start=self.at_line_start or (self.max_width == 0 and after.at_line_start),
            blocks_lower=self.ends_words or (self.never_starts_lower and after.ends_words),
            never_starts_lower=(
                self.never_starts_lower and (self.min_width > 0 or after.never_starts_lower)
            ),
            digits=_joined(self, after),
            prefix=self.prefix + after.prefix,
            sets=rarest((*ours, *theirs)),
        )

    def _shifted(self, factor: Factor) -> Factor:
        """Return a factor of what follows this part as one of both together."""
        if self.max_width == 0 and not self.no_lower_before:
            return factor
        at_start = factor.min_offset == factor.max_offset == self.max_width == 0
        edge = self.no_lower_before and at_start and factor.literal[:1].isalpha()
        return Factor(  # `dataclasses.replace` takes five times as long
            factor.literal,
            factor.digits,
            factor.spread,
            factor.run_length,
            factor.word_chars,
            factor.min_offset + self.min_width,
            min(UNBOUNDED, factor.max_offset + self.max_width),
            self.nonblank.whole and factor.same_word,
            factor.after_letter,
            factor.starts_word or edge,
            factor.ends_word,
            factor.exact_chars,
            factor.suffix,
        )


def _run_factor(run: CharRun, *, word_chars: bool) -> Factor:
    farthest = min(run.max_offset, UNBOUNDED)
    return Factor(
        run_length=run.length,
        word_chars=word_chars,
        min_offset=run.min_offset,
        max_offset=farthest,
        same_word=farthest == 0,
    )


def _followed(factor: Factor, after: PatternInfo) -> Factor:
    """Return a factor of a part as one of that part with another behind it."""
    suffix = factor.suffix
    if not suffix.complete or factor.run_length:
        return factor
    ends_word = not suffix.pieces and after.ends_words and factor.literal[-1:].isalpha()
    return replace(factor, ends_word=factor.ends_word or ends_word, suffix=suffix + after.prefix)


def _joined(one: PatternInfo, two: PatternInfo) -> DigitCluster | None:
    """Return the digits of two parts in sequence, as one cluster if they are not far apart."""
    left, right = one.digits, two.digits
    if left is None:
        return None if right is None else _later(one, right)
    suffix = left.suffix + two.prefix
    if right is not None:
        spread = left.spread + left.tail + 1 + right.max_offset + right.spread
        if spread <= _MAX_SPREAD:
            count = left.count + right.count
            return replace(left, count=count, spread=spread, tail=right.tail, suffix=suffix)
    return replace(left, tail=min(UNBOUNDED, left.tail + two.max_width), suffix=suffix)


def _later(before: PatternInfo, digits: DigitCluster) -> DigitCluster:
    """Return a cluster as one of its part with another part before it."""
    follows_letter = digits.max_offset == 0 and before.min_width > 0 and before.ends_in_letter
    starts_number = digits.max_offset == before.max_width == 0 and before.no_digit_before
    return replace(
        digits,
        min_offset=before.min_width + digits.min_offset,
        max_offset=min(UNBOUNDED, before.max_width + digits.max_offset),
        after_letter=digits.after_letter or follows_letter,
        starts_number=digits.starts_number or starts_number,
    )


def either(parts: list[PatternInfo]) -> PatternInfo:
    """Return what is known of a choice between parts."""
    return PatternInfo(
        min_width=min(part.min_width for part in parts),
        max_width=max(part.max_width for part in parts),
        lookahead=max(part.lookahead for part in parts),
        nonblank=fewest([part.nonblank for part in parts]),
        word_chars=fewest([part.word_chars for part in parts]),
        ends_in_letter=all(part.ends_in_letter for part in parts),
        at_line_start=all(part.at_line_start for part in parts),
        blocks_lower=all(part.ends_words for part in parts),
        never_starts_lower=all(part.never_starts_lower or part.blocks_lower for part in parts),
        digits=_fewest_digits([part.digits for part in parts]),
        sets=rarest(_united([part.all_sets() for part in parts])),
    )


def _united(branches: list[tuple[FactorSet, ...]]) -> list[FactorSet]:
    """Return the sets of a choice: the first of each branch together, the second, and so on."""
    if not all(branches):
        return []  # a branch without a factor: the choice has none
    ranks = range(max(map(len, branches)))
    rows = ([sets[min(rank, len(sets) - 1)] for sets in branches] for rank in ranks)
    united = [tuple(dict.fromkeys(one for some in row for one in some)) for row in rows]
    return [one for one in united if len(one) <= _MAX_FACTORS]


def _fewest_digits(branches: list[DigitCluster | None]) -> DigitCluster | None:
    """Return the cluster that every branch of a choice holds, or None."""
    known = [one for one in branches if one is not None]
    if len(known) < len(branches):
        return None
    return DigitCluster(
        count=min(one.count for one in known),
        min_offset=min(one.min_offset for one in known),
        max_offset=max(one.max_offset for one in known),
        spread=max(one.spread for one in known),
        tail=max(one.tail for one in known),
        after_letter=all(one.after_letter for one in known),
        starts_number=all(one.starts_number for one in known),
        suffix=alternation([one.suffix for one in known]),
    )
