"""What is known of a part of a pattern: how wide it is, and what every match of it must hold.

Parts are put together as patterns are, one after another or as a choice; `needs` reads them off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from redactor.detect.prefilter.char_runs import EVERY, CharRun, fewest
from redactor.detect.prefilter.unparse import EMPTY, NOTHING, Text, any_of

__all__ = [
    "FAR",
    "LONG_RUN",
    "Anchors",
    "Digits",
    "Factor",
    "PatternInfo",
    "either",
    "frequency",
    "rarest",
]

FAR = 1 << 30  # more than any text is long

_MOST_SETS = 3
_MOST_ANCHORS = 2_000
_DIGITS_APART = 400  # digits farther from one another are not counted together
LONG_RUN = 12  # shorter words are too common to tell anything


@dataclass(frozen=True, slots=True)
class Factor:
    """What a match holds: a folded literal, or digits, or many characters in a row.

    A folded literal has small letters only, and 0 for every digit. `digits` digits lie `within`
    of each other: that is the distance of the last from the first. `run` characters in a row are
    no blanks, or are of words only if `wordy`.

    The anchor begins `near` to `far` characters behind the start of the match, or before it, if
    they are negative; if `solid`, no space or line end stands between. No small letter stands
    before a literal that `opens` a word, nor behind one that `closes` a word; no digit before the
    first of those that `opens` a number. At each place of
    `exactly` stands that very character. What matches `after` follows on the literal, or on the
    first digit; if `after` is whole, that is all there is of the part.
    """

    literal: str = ""
    digits: int = 0
    within: int = 0
    run: int = 0
    wordy: bool = False
    near: int = 0
    far: int = 0
    solid: bool = True
    after_letter: bool = False
    opens: bool = False
    closes: bool = False
    exactly: tuple[tuple[int, str], ...] = ()
    after: Text = NOTHING


Anchors = tuple[Factor, ...]
"""Anchors of which every match holds one."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits that a part must hold; the last of them stands at most `tail` before its end."""

    count: int
    near: int
    far: int
    within: int
    tail: int
    after_letter: bool = False
    opens: bool = False
    after: Text = EMPTY

    @property
    def anchor(self) -> Factor:
        """Return these digits as an anchor."""
        return Factor(
            digits=self.count,
            within=self.within,
            near=self.near,
            far=self.far,
            solid=self.far == 0,
            after_letter=self.after_letter,
            opens=self.opens,
            after=self.after,
        )


@dataclass(frozen=True, slots=True)
class PatternInfo:
    """What is known of a part of a pattern: widths, and what it must hold.

    It looks at most `over` characters past its end. If it is an `edge`, no small letter stands
    before it; if it is `alone`, no digit does; if a `line`, it begins only where a line does. If
    it `bars`, no small letter can stand where it begins, behind a letter; it is `clear` if it
    never begins with one, but may match nothing. Every match holds an anchor of each of its
    `sets`, the rarest first.
    """

    least: int = 0
    most: int = 0
    over: int = 0
    solid: CharRun = EVERY
    wordy: CharRun = EVERY
    letter: bool = True  # if there is a last character, it is a letter
    edge: bool = False
    alone: bool = False
    line: bool = False
    bars: bool = False
    clear: bool = True
    digits: Digits | None = None
    text: Text = NOTHING
    sets: tuple[Anchors, ...] = ()

    @property
    def reach(self) -> int:
        """Return how far past its start a part may look."""
        return min(FAR, self.most + self.over)

    @property
    def barred(self) -> bool:
        """Tell whether no small letter can stand where it begins, behind a letter."""
        return self.bars or (self.clear and self.least > 0)

    def every(self) -> tuple[Anchors, ...]:
        """Return all sets of anchors, those of digits and of long words among them."""
        more = [] if self.digits is None else [(self.digits.anchor,)]
        for row, wordy in ((self.solid, False), (self.wordy, True)):
            if row.length >= LONG_RUN:
                far = min(row.far, FAR)
                more.append(
                    (Factor(run=row.length, wordy=wordy, near=row.near, far=far, solid=far == 0),)
                )
        return rarest((*self.sets, *more))

    def __add__(self, after: PatternInfo) -> PatternInfo:
        """Return this part followed by another."""
        ours = tuple(tuple(_followed(one, after) for one in some) for some in self.sets)
        theirs = tuple(tuple(self._before(one) for one in some) for some in after.sets)
        least = self.least, after.least
        return PatternInfo(
            least=self.least + after.least,
            most=min(FAR, self.most + after.most),
            over=max(self.over, after.over),
            solid=self.solid.before(after.solid, least, self.most, FAR),
            wordy=self.wordy.before(after.wordy, least, self.most, FAR),
            letter=after.letter and (self.letter or after.least > 0),
            line=self.line or (self.most == 0 and after.line),
            bars=self.barred or (self.clear and after.barred),
            clear=self.clear and (self.least > 0 or after.clear),
            digits=_joined(self, after),
            text=self.text + after.text,
            sets=rarest((*ours, *theirs)),
        )

    def _before(self, anchor: Factor) -> Factor:
        """Return an anchor of what follows this part as one of both together."""
        if self.most == 0 and not self.edge:
            return anchor
        at_once = anchor.near == anchor.far == self.most == 0
        return Factor(  # much faster than `replace`
            anchor.literal,
            anchor.digits,
            anchor.within,
            anchor.run,
            anchor.wordy,
            anchor.near + self.least,
            min(FAR, anchor.far + self.most),
            self.solid.whole and anchor.solid,
            anchor.after_letter,
            anchor.opens or (self.edge and at_once and anchor.literal[:1].isalpha()),
            anchor.closes,
            anchor.exactly,
            anchor.after,
        )


def _followed(anchor: Factor, part: PatternInfo) -> Factor:
    """Return an anchor of a part as one of that part with another behind it."""
    if not anchor.after.whole or anchor.run:
        return anchor
    ends = not anchor.after.pieces and part.barred and anchor.literal[-1:].isalpha()
    return replace(anchor, closes=anchor.closes or ends, after=anchor.after + part.text)


def rarest(sets: Iterable[Anchors]) -> tuple[Anchors, ...]:
    """Return a few sets of anchors, those that are the least work first."""
    known = tuple(one for one in sets if one)
    if not known[1:]:
        return known
    costs = {one: _cost(one) for one in known}
    return tuple(sorted(costs, key=costs.__getitem__)[:_MOST_SETS])


def _joined(one: PatternInfo, two: PatternInfo) -> Digits | None:
    """Return the digits of two parts in a row, counted together if they are not far apart."""
    left, right = one.digits, two.digits
    if left is None:
        return None if right is None else _later(one, right)
    if right is not None:
        within = left.within + left.tail + 1 + right.far + right.within
        if within <= _DIGITS_APART:
            count = left.count + right.count
            text = left.after + two.text
            return replace(left, count=count, within=within, tail=right.tail, after=text)
    return replace(left, tail=min(FAR, left.tail + two.most), after=left.after + two.text)


def _later(before: PatternInfo, digits: Digits) -> Digits:
    follows = digits.far == 0 and before.least > 0 and before.letter
    opens = digits.far == before.most == 0 and before.alone
    return replace(
        digits,
        near=before.least + digits.near,
        far=min(FAR, before.most + digits.far),
        after_letter=digits.after_letter or follows,
        opens=digits.opens or opens,
    )


def either(parts: list[PatternInfo]) -> PatternInfo:
    """Return what is known of a choice between parts."""
    return PatternInfo(
        least=min(part.least for part in parts),
        most=max(part.most for part in parts),
        over=max(part.over for part in parts),
        solid=fewest([part.solid for part in parts]),
        wordy=fewest([part.wordy for part in parts]),
        letter=all(part.letter for part in parts),
        line=all(part.line for part in parts),
        bars=all(part.barred for part in parts),
        clear=all(part.clear or part.bars for part in parts),
        digits=_fewest([part.digits for part in parts]),
        sets=rarest(_united([part.every() for part in parts])),
    )


def _united(ways: list[tuple[Anchors, ...]]) -> list[Anchors]:
    """Return the sets of a choice: of each way its first one, of each its second, and so on."""
    if not all(ways):
        return []
    ranks = range(max(map(len, ways)))
    rows = ([sets[min(rank, len(sets) - 1)] for sets in ways] for rank in ranks)
    every = [tuple(dict.fromkeys(one for some in row for one in some)) for row in rows]
    return [one for one in every if len(one) <= _MOST_ANCHORS]


def _fewest(ways: list[Digits | None]) -> Digits | None:
    known = [one for one in ways if one is not None]
    if len(known) < len(ways):
        return None
    return Digits(
        count=min(one.count for one in known),
        near=min(one.near for one in known),
        far=max(one.far for one in known),
        within=max(one.within for one in known),
        tail=max(one.tail for one in known),
        after_letter=all(one.after_letter for one in known),
        opens=all(one.opens for one in known),
        after=any_of([one.after for one in known]),
    )


# How many of a thousand characters of English prose are such: a guess tells rare from common.
_FREQUENT = (
    "165 99 72 66 61 57 56 53 51 49 36 33 27 23 20 18 18 17 15 14 12 9 9 8 4 7 3 8 3 2 1 2 1 5"
)
_PER_THOUSAND = dict(
    zip(" etaonishrdlcumfgpwyb,.v-k'0\"jqxz\n", map(int, _FREQUENT.split()), strict=True)
)


def _cost(anchors: Anchors) -> float:
    """Return about how much work it is to try a pattern in front of each of the anchors."""
    return sum(0.2 * _rate_of(one.literal) + _rate(one) * _tries(one) for one in anchors)


def _tries(anchor: Factor) -> float:
    """Return how much work it is to look what follows an anchor, and to try where it may start."""
    width = min(anchor.far - anchor.near, 60 if anchor.solid else 1_000)
    return 0.5 + _share(anchor) * (1 + width / 8)


def _share(anchor: Factor) -> float:
    """Return about how many of the places of an anchor are left when what follows was looked at."""
    return max(0.05, 1 - anchor.after.length / 40) if anchor.after.pieces else 1.0


def frequency(anchors: Iterable[Factor]) -> float:
    """Return about how often one of the anchors begins at a place of a text."""
    return sum(map(_rate, anchors))


_BEFORE_BLANKS = {",", ".", ":", ";"}


@lru_cache(maxsize=20_000)
def _rate_of(literal: str) -> float:
    rate, last = float(bool(literal)), ""
    for letter in literal:
        if letter == " " and last in _BEFORE_BLANKS:
            rate *= 0.9
        else:
            rate *= 0.4 if letter == last == "0" else _PER_THOUSAND.get(letter, 0.7) / 1000
        last = letter
    return rate


def _rate(anchor: Factor) -> float:
    rate = _rate_of(anchor.literal or "z") * 0.1 ** len(anchor.exactly)
    if anchor.opens:
        rate *= 0.2
    if anchor.closes:
        rate *= 0.3
    if anchor.run:
        rate = (0.01 if anchor.wordy else 0.02) * 0.55 ** (anchor.run - LONG_RUN)
    if anchor.digits:
        loose = anchor.within >= 3 * anchor.digits
        rate = 0.008 * (0.8 if loose else 0.4) ** (anchor.digits - 1)
        rate *= 0.4 if anchor.opens else 1.0
    return rate * (0.05 if anchor.after_letter else 1.0)
