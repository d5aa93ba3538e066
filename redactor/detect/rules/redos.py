"""Texts that make a bad pattern slow, and whether its time grows faster than the text (ReDoS).

An example of a rule shows which text its pattern matches. Each *attack* takes an example up to some
token, repeats that token or one beside it, and ends so that the pattern nearly matches: what a
pattern tries again and again, it tries here. Other attacks repeat single characters of every kind.

Times are processor time of this thread alone. A pattern fails if its time grows by far more than
its text: for a text four times as long, linear time is four times as much and quadratic time
sixteen times. An absolute time counts only if it is a hundred times that of the slowest of the
shipped rules, so that no honest rule fails on a slow machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from time import thread_time

import regex

from redactor.errors import DetectionIncomplete

__all__ = ["Attack", "attacks", "is_superlinear", "written_out"]

# A part of a pattern: an escape, a class, a comment, a bracket, a count, or any other sign.
_PIECE = regex.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|\(\?#[^)]*\)|[()]|\{(?P<least>\d{1,9})(?:,\d*)?\}|.",
    regex.DOTALL,
)

# A token of an example: a word, a number, blanks, or any other sign.
_TOKEN = regex.compile(r"[^\W\d_]+|\d+|\s+|.", regex.DOTALL)
# What attacks repeat beside the tokens of examples.
_UNITS = (*"aA1 .-_@/:,;'\"(+=#\n\té", "a ", "a.", "a-", "a@", "a,", "a\n", "Aa ", "A.", "1 ", "1-")
_UNITS += ("1.", "1,", "a1", "12 Aa ")
_BREAKS = ("", "!", "\n")  # what may end a run, and fits few patterns

_EXAMPLES = 8  # more seldom say anything new
# Tokens of an example at which an attack begins.
_TOKENS = 16
_SHORT, _MIDDLE, _LONG = 48, 512, 2048  # characters; the last one is taken four times as well
# Attacks, the slowest of all, that are tried with longer texts.
_WORST = 12
# By how much time may grow with a text four times as long: 4 is linear, 16 quadratic.
_GROWTH = 8.0
_NOTICED = 0.01  # seconds; less says nothing of growth
_TOO_LONG = 0.05  # seconds for a text of the middle size


@dataclass(frozen=True, slots=True)
class Attack:
    """A text that can be made as long as one likes, by repeating `unit`."""

    before: str = field(repr=False)
    unit: str = field(repr=False)
    after: str = field(repr=False)

    def text(self, size: int) -> str:
        """Return the text with at least `size` characters in its middle."""
        return self.before + self.unit * -(-size // len(self.unit)) + self.after


def written_out(pattern: str) -> int:
    """Return about how many characters a pattern has with its least repetitions written out.

    That is what compiling it costs: three times {1000}, one in the other, are a thousand million.
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
    """Return the attacks that examples give rise to, each once."""
    texts = list(dict.fromkeys(examples))
    grown = (attack for text in texts[:_EXAMPLES] for attack in _grown(text))
    ends = ("", *(f"! {text}" for text in texts[:1]))
    plain = (Attack("", unit, end) for unit in (*_UNITS, *texts[:2]) if unit for end in ends)
    return list(dict.fromkeys((*grown, *plain)))


def _grown(text: str) -> Iterator[Attack]:
    """Yield what comes of repeating a token of an example, or two, in its place."""
    tokens = list(_TOKEN.finditer(text))[:_TOKENS]
    for at, token in enumerate(tokens):
        both = text[token.start() : tokens[min(at + 1, len(tokens) - 1)].end()]
        for unit in dict.fromkeys((token.group()[0], both)):
            for stop in _BREAKS:
                yield Attack(text[: token.end()], unit, stop + text[token.end() :])


def is_superlinear(run: Callable[[str], object], tried: Iterable[Attack]) -> bool:
    """Tell whether the time of `run` grows much faster than some attack's length.

    `run` raises DetectionIncomplete when it takes more than a few seconds, which settles it.
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
        took.append((seconds, number))
    worst = [tried[number] for _, number in nlargest(_WORST, took)]
    return any(_is_steep(run, attack) for attack in worst)


def _is_steep(run: Callable[[str], object], attack: Attack) -> bool:
    """Tell whether four times the text takes far more than four times the time, twice."""
    for times in (1, 3):
        long = _seconds(run, attack.text(4 * _LONG), times)
        if long < max(_NOTICED, _GROWTH * _seconds(run, attack.text(_LONG), times + 1)):
            return False
    return True


def _seconds(run: Callable[[str], object], text: str, times: int) -> float:
    """Return the least processor time that some runs took."""
    took = []
    for _ in range(times):
        begin = thread_time()
        run(text)
        took.append(thread_time() - begin)
    return min(took)
