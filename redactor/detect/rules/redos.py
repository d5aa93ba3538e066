"""The check for patterns that take superlinear time (ReDoS), and the texts it tries.

An example of a rule is a text that its pattern matches. An *attack* takes an example up to some
token, repeats that token or one beside it, and ends so that the pattern nearly matches, which makes
it backtrack. Other attacks repeat single characters of every kind.

Times are processor time of this thread alone. A pattern fails if its time grows by far more than
its text: for a text four times as long, linear time is four times as much and quadratic time
sixteen times. An absolute time counts only if it is several times that of the slowest of the
shipped rules (0.03 s), so that no linear rule fails on a slow machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from time import thread_time

import regex

from redactor.errors import DetectionIncomplete

__all__ = ["Attack", "attacks", "expanded_size", "is_superlinear"]

# A part of a pattern: an escape, a class, a comment, a bracket, a count, or any other sign.
_PIECE = regex.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|\(\?#[^)]*\)|[()]|\{(?P<least>\d{1,9})(?:,\d*)?\}|.",
    regex.DOTALL,
)

# A token of an example: a word, a number, blanks, or any other sign.
_TOKEN = regex.compile(r"[^\W\d_]+|\d+|\s+|.", regex.DOTALL)
# The units that attacks repeat beside the tokens of examples: characters of every kind, and words
# with the separators that patterns of names, numbers and addresses have.
_UNITS = (*"aA1 .-_@/:,;'\"(+=#\n\té", "a ", "a.", "a-", "a@", "a,", "a\n", "Aa ", "A.", "1 ", "1-")
_UNITS += ("1.", "1,", "a1", "12 Aa ")
_BREAKS = ("", "!", "\n")  # put behind a repetition; few patterns match them

# Examples of which attacks are made, and tokens of each at which one begins: all attacks are run at
# least once, so their number bounds the time of the check.
_EXAMPLES = 8
_TOKENS = 16
# Characters of an attack: exponential patterns fail on the shortest, the times of the second choose
# the worst attacks, and those are run with the long ones and with four times their length; where
# that is too quick to be measured, on a fast machine, with longer ones.
_SHORT, _MIDDLE, _LONG, _LONGEST = 48, 512, 2048, 4_096
_WORST = 12
# The factor by which time may grow for four times the text: 4 is linear, 16 quadratic.
_GROWTH = 8.0
_NOTICED = 0.01  # seconds; a shorter time is too inexact to show growth
_TOO_LONG = 0.2  # seconds for a text of the middle size: see the module


@dataclass(frozen=True, slots=True)
class Attack:
    """A text of any length: `unit` repeated between `before` and `after`."""

    before: str = field(repr=False)
    unit: str = field(repr=False)
    after: str = field(repr=False)

    def text(self, size: int) -> str:
        """Return the text with at least `size` characters of repetitions."""
        return self.before + self.unit * -(-size // len(self.unit)) + self.after


def expanded_size(pattern: str) -> int:
    """Return the approximate length of a pattern with its minimum repetitions expanded.

    Compiling takes time and memory in proportion: `((a{1000}){1000}){1000}` is a billion items.
    """
    sizes, last = [0], 0  # of the groups that are open, and of what a repetition would repeat
    for piece in _PIECE.finditer(pattern):
        text, least = piece.group(), piece["least"]
        if text == "(":
            sizes.append(0)
            last = 0
        elif text == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif least:
            more = last * (max(int(least), 1) - 1)
            sizes[-1] += more
            last += more
        else:
            last = 1
            sizes[-1] += 1
    return sum(sizes)


def attacks(examples: Iterable[str]) -> list[Attack]:
    """Return the attacks derived from examples, and the general ones, without duplicates."""
    texts = list(dict.fromkeys(examples))
    grown = (attack for text in texts[:_EXAMPLES] for attack in _repetitions(text))
    ends = ("", *(f"! {text}" for text in texts[:1]))
    plain = (Attack("", unit, end) for unit in (*_UNITS, *texts[:2]) if unit for end in ends)
    return list(dict.fromkeys((*grown, *plain)))


def _repetitions(text: str) -> Iterator[Attack]:
    """Yield attacks that repeat the first character of a token, or it and the next token."""
    tokens = list(_TOKEN.finditer(text))[:_TOKENS]
    for at, token in enumerate(tokens):
        both = text[token.start() : tokens[min(at + 1, len(tokens) - 1)].end()]
        for unit in dict.fromkeys((token.group()[0], both)):
            for stop in _BREAKS:
                yield Attack(text[: token.end()], unit, stop + text[token.end() :])


def is_superlinear(run: Callable[[str], object], tried: Iterable[Attack]) -> bool:
    """Tell whether the time of `run` grows much faster than the length of one of the attacks.

    `run` raises DetectionIncomplete when it takes more than a few seconds; then it does.
    """
    tried = list(tried)
    try:
        for attack in tried:
            run(attack.text(_SHORT))
        return _grows(run, tried)
    except DetectionIncomplete:
        return True


def _grows(run: Callable[[str], object], tried: list[Attack]) -> bool:
    took: list[tuple[float, int]] = []
    for number, attack in enumerate(tried):
        text = attack.text(_MIDDLE)
        seconds = _seconds(run, text, 1)
        if seconds > _TOO_LONG and _seconds(run, text, 2) > _TOO_LONG:
            return True
        if seconds > _NOTICED and _is_steep(run, attack, _MIDDLE // 4):  # most slow ones end here
            return True
        took.append((seconds, number))
    worst = [tried[number] for _, number in nlargest(_WORST, took)]
    return any(_is_steep(run, attack, _LONG) for attack in worst)


def _is_steep(run: Callable[[str], object], attack: Attack, size: int) -> bool:
    """Tell whether the time exceeds `_GROWTH` for four times the text, in two measurements."""
    while size < _LONGEST and _seconds(run, attack.text(4 * size), 1) < _NOTICED:
        size *= 2
    for times in (1, 3):
        long = _seconds(run, attack.text(4 * size), times)
        if long < _NOTICED or long < _GROWTH * _seconds(run, attack.text(size), times + 1):
            return False
    return True


def _seconds(run: Callable[[str], object], text: str, times: int) -> float:
    """Return the minimum processor time of some runs, in seconds."""
    took = []
    for _ in range(times):
        begin = thread_time()
        run(text)
        took.append(thread_time() - begin)
    return min(took)
