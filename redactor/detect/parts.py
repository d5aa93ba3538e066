"""What is known of a part of a pattern: how wide it is, and what every match of it must hold.

Parts are put together as patterns are, one after another or as a choice; `needs` reads them off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["FAR", "Anchor", "Digits", "Part", "either", "rarer"]

FAR = 1 << 30  # more than any text is long

_MOST_ANCHORS = 2_000
_DIGITS_APART = 400  # digits farther from one another are not counted together


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a match holds: a folded literal, or `digits` digits, `within` of each other.

    A folded literal has small letters only, and 0 for every digit. `within` is the distance of the
    last digit from the first. The anchor begins `near` to `far` characters behind the start of the
    match, or before it, if they are negative; if `solid`, no space or line end stands between. No
    small letter stands before a literal that `opens` a word, nor behind one that `closes` a word.
    At each place of `exactly` stands that very character.
    """

    literal: str = ""
    digits: int = 0
    within: int = 0
    near: int = 0
    far: int = 0
    solid: bool = True
    after_letter: bool = False
    opens: bool = False
    closes: bool = False
    exactly: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits that a part must hold; the last of them stands at most `tail` before its end."""

    count: int
    near: int
    far: int
    within: int
    tail: int
    after_letter: bool = False

    @property
    def anchor(self) -> Anchor:
        """Return these digits as an anchor."""
        return Anchor(
            "", self.count, self.within, self.near, self.far, self.far == 0, self.after_letter
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of a part of a pattern: widths, and what it must hold.

    It looks at most `over` characters past its end. If it is an `edge`, no small letter stands
    before it, or none behind it, as the case may be.
    """

    least: int = 0
    most: int = 0
    over: int = 0
    solid: bool = True
    letter: bool = True  # if there is a last character, it is a letter
    edge: bool = False
    digits: Digits | None = None
    anchors: tuple[Anchor, ...] = ()

    @property
    def reach(self) -> int:
        """Return how far past its start a part may look."""
        return min(FAR, self.most + self.over)

    def best(self) -> tuple[Anchor, ...]:
        """Return the rarest anchors."""
        digits = () if self.digits is None else (self.digits.anchor,)
        return rarer(self.anchors, digits)

    def __add__(self, after: Part) -> Part:
        """Return this part followed by another."""
        shifted = tuple(self._before(one) for one in after.anchors)
        return Part(
            least=self.least + after.least,
            most=min(FAR, self.most + after.most),
            over=max(self.over, after.over),
            solid=self.solid and after.solid,
            letter=after.letter and (self.letter or after.least > 0),
            digits=_joined(self, after),
            anchors=rarer(self.anchors, shifted),
        )

    def _before(self, anchor: Anchor) -> Anchor:
        """Return an anchor of what follows this part as one of both together."""
        at_once = anchor.near == anchor.far == self.most == 0
        return replace(
            anchor,
            near=anchor.near + self.least,
            far=min(FAR, anchor.far + self.most),
            solid=self.solid and anchor.solid,
            opens=anchor.opens or (self.edge and at_once and anchor.literal[:1].isalpha()),
        )


def rarer(some: tuple[Anchor, ...], others: tuple[Anchor, ...]) -> tuple[Anchor, ...]:
    """Return those of two sets of anchors that are less work, or those there are."""
    return min((one for one in (some, others) if one), key=_cost, default=())


def _joined(one: Part, two: Part) -> Digits | None:
    """Return the digits of two parts in a row, counted together if they are not far apart."""
    left, right = one.digits, two.digits
    if left is None:
        return None if right is None else _later(one, right)
    if right is not None:
        within = left.within + left.tail + 1 + right.far + right.within
        if within <= _DIGITS_APART:
            count = left.count + right.count
            return replace(left, count=count, within=within, tail=right.tail)
    return replace(left, tail=min(FAR, left.tail + two.most))


def _later(before: Part, digits: Digits) -> Digits:
    follows = digits.far == 0 and before.least > 0 and before.letter
    return replace(
        digits,
        near=before.least + digits.near,
        far=min(FAR, before.most + digits.far),
        after_letter=digits.after_letter or follows,
    )


def either(parts: list[Part]) -> Part:
    """Return what is known of a choice between parts."""
    best = [part.best() for part in parts]
    every = tuple(dict.fromkeys(anchor for anchors in best for anchor in anchors))
    return Part(
        least=min(part.least for part in parts),
        most=max(part.most for part in parts),
        over=max(part.over for part in parts),
        solid=all(part.solid for part in parts),
        letter=all(part.letter for part in parts),
        digits=_fewest([part.digits for part in parts]),
        anchors=every if all(best) and len(every) <= _MOST_ANCHORS else (),
    )


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
    )


# How many of a thousand characters of English prose are such: a guess tells rare from common.
_FREQUENT = (
    "165 99 72 66 61 57 56 53 51 49 36 33 27 23 20 18 18 17 15 14 12 9 9 8 4 7 3 8 3 2 1 2 1"
)
_PER_THOUSAND = dict(
    zip(" etaonishrdlcumfgpwyb,.v-k'0\"jqxz", map(int, _FREQUENT.split()), strict=True)
)


def _cost(anchors: tuple[Anchor, ...]) -> float:
    """Return about how much work it is to try a pattern in front of each of the anchors."""
    return sum(
        _rate(one) * (1 + min(one.far - one.near, 60 if one.solid else 1_000) / 8)
        for one in anchors
    )


def _rate(anchor: Anchor) -> float:
    rate, last = 1.0, ""
    for letter in anchor.literal:
        rate *= 0.4 if letter == last == "0" else _PER_THOUSAND.get(letter, 0.7) / 1000
        last = letter
    rate *= 0.1 ** len(anchor.exactly)
    if anchor.opens:
        rate *= 0.2
    if anchor.closes:
        rate *= 0.3
    if anchor.digits:
        loose = anchor.within >= 3 * anchor.digits
        rate = 0.012 * (0.8 if loose else 0.4) ** (anchor.digits - 1)
    return rate * (0.05 if anchor.after_letter else 1.0)
