"""Rules at work: patterns over the normalised view, each proved before it is trusted.

- Only what the group `value` matched is found (every capture of it, if it repeats); a pattern
  without that group finds its whole match.
- A rule that names literals in `requires` is tried only around them: from 128 characters before
  one (or where that word begins) to 256 after it, and further while a match goes on.
- A pattern that runs out of time raises; a rule that was cut short has found nothing *reliably*.
- A rule loads only if it finds each of its `finds` exactly and touches none of its `ignores`.

Patterns are compiled by the `regex` module, case-insensitively; `(?-i:...)` makes a part of one
sensitive to case. Write them so that every repetition is bounded and no position is tried twice:
a hostile text must cost no more than a long one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

import regex

from redactor.detect.checks import CHECKS
from redactor.errors import DetectionIncomplete, RuleError
from redactor.model import Finding, Rule
from redactor.text import View, view

__all__ = ["RuleDetector", "prove"]

_FLAGS = regex.MULTILINE | regex.IGNORECASE | regex.VERSION0
_MARK = regex.compile(r"\[\[(.+?)\]\](?!\])", regex.DOTALL)
_PROOF_SECONDS = 2.0
_GROUP = "value"
_REACH = 128
_LONG_WORD = 512
_TICK = 0.001


class RuleDetector:
    """Finds what a set of rules describes. Takes `seconds` at most per rule and text."""

    def __init__(self, rules: Iterable[Rule], *, seconds: float = 10.0) -> None:
        """Compile and prove the rules."""
        self._ready = tuple(prove(rule) for rule in _distinct(rules))
        self.entities = frozenset(ready.rule.entity for ready in self._ready)
        self._seconds = seconds

    def find(self, text: View, segment: int = 0, offset: int = 0) -> list[Finding]:
        """Return all findings of a text, as positions in its source plus `offset`."""
        places = _Places(text.text)
        found = {
            Finding(segment, start + offset, end + offset, ready.rule.entity, score, ready.source)
            for ready in self._ready
            for start, end, score in ready.spans(text, places, self._seconds)
        }
        return sorted(found, key=lambda one: (one.start, one.end, one.entity, one.source))


class _Places:
    """Where literals occur in a text; each is looked for once, whatever rules share it."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        # The one letter that is longer in small would put all places after it out of step.
        self._lowered = text.replace("\u0130", "i").lower()
        self._known: dict[str, list[int] | None] = {}

    def windows(self, literals: tuple[str, ...]) -> list[tuple[int, int]]:
        """Return the stretches of text that lie within reach of one of the literals."""
        whole = [(0, self._length)]
        if not literals:
            return whole
        spots: list[int] = []
        for literal in literals:
            found = self._spots(literal)
            if found is None:
                return whole
            spots += found
        return self._merged(sorted(spots))

    def _spots(self, literal: str) -> list[int] | None:
        """Return where a literal begins; None if it is too common for windows to be of use."""
        if literal not in self._known:
            self._known[literal] = self._search(literal)
        return self._known[literal]

    def _search(self, literal: str) -> list[int] | None:
        spots: list[int] = []
        most = 64 + self._length // _REACH
        at = self._lowered.find(literal)
        while at >= 0:
            spots.append(at)
            if len(spots) > most:
                return None
            at = self._lowered.find(literal, at + 1)
        return spots

    def _merged(self, spots: list[int]) -> list[tuple[int, int]]:
        windows: list[tuple[int, int]] = []
        for spot in spots:
            end = min(self._length, spot + 2 * _REACH)
            if windows and spot - _REACH <= windows[-1][1]:
                windows[-1] = windows[-1][0], end
            else:
                windows.append((self._word_start(spot - _REACH), end))
        return windows

    def _word_start(self, at: int) -> int:
        """Return the place of the last blank before `at`, so that no long word is cut in two."""
        lowest, at = max(0, at - _LONG_WORD), max(0, at)
        blanks = (self._lowered.rfind(blank, lowest, at) for blank in " \n")
        return max(*blanks, lowest)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with its compiled patterns."""

    rule: Rule
    pattern: regex.Pattern[str]
    check: Callable[[str], bool] | None
    near: regex.Pattern[str] | None

    @property
    def source(self) -> str:
        return f"rule:{self.rule.id}"

    def spans(
        self, text: View, places: _Places, seconds: float
    ) -> Iterator[tuple[int, int, float]]:
        """Yield the source span and score of everything found."""
        for start, end in self._hits(text.text, places, seconds):
            if end > start and (self.check is None or self.check(text.text[start:end])):
                yield *text.span(start, end), self._score(text.text, start, end)

    def _hits(self, text: str, places: _Places, seconds: float) -> Iterator[tuple[int, int]]:
        group = _GROUP if _GROUP in self.pattern.groupindex else 0
        until, done = monotonic() + seconds, 0
        try:
            for start, end in places.windows(self.rule.requires):
                if end > done:
                    matches, done = self._matches(text, max(start, done), end, until)
                    for match in matches:
                        yield from match.spans(group)
        except TimeoutError:
            message = f"rule {self.rule.id} ran out of time ({seconds:g} s)"
            raise DetectionIncomplete(message) from None

    def _matches(
        self, text: str, start: int, end: int, until: float
    ) -> tuple[list[regex.Match[str]], int]:
        """Return the matches in a window, made wider if one comes near its end, and its end."""
        while True:
            left = max(until - monotonic(), _TICK)
            found = list(self.pattern.finditer(text, start, end, timeout=left))
            if end == len(text) or not found or found[-1].end() < end - _REACH // 2:
                return found, end
            end = min(len(text), end + 2 * (end - start))

    def _score(self, text: str, start: int, end: int) -> float:
        near = self.rule.near
        if near is None or self.near is None:
            return self.rule.score
        spare = max(map(len, near.words)) + 1  # so that a word is never seen in part
        low, high = start - near.within, end + near.within
        for word in self.near.finditer(text, max(0, low - spare), high + spare):
            if word.end() >= low and word.start() <= high:
                return near.score
        return self.rule.score


def prove(rule: Rule) -> _Ready:
    """Return a rule ready for use, or raise `RuleError` if it does not keep its word."""
    ready = _compile(rule)
    if not rule.finds or not rule.ignores:
        raise _broken(rule, "`finds` and `ignores` must each give an example")
    _prove_requires(rule)
    scores = [score for at, text in enumerate(rule.finds, 1) for score in _found(ready, at, text)]
    if rule.near and rule.near.score not in scores:
        raise _broken(rule, "no example in `finds` needs its `near`")
    for number, text in enumerate(rule.ignores, 1):
        if _MARK.search(text):
            raise _broken(rule, f"`ignores` number {number} marks a span")
        if _spans(ready, text):
            raise _broken(rule, f"`ignores` number {number} is found")
    return ready


def _compile(rule: Rule) -> _Ready:
    try:
        pattern = regex.compile(rule.pattern, _FLAGS)
        empty = pattern.search("") is not None
    except (regex.error, ValueError, RecursionError):  # the cause would quote the pattern
        raise _broken(rule, "`pattern` is no valid regular expression") from None
    if empty:
        raise _broken(rule, "`pattern` matches the empty text")
    if rule.check is not None and rule.check not in CHECKS:
        raise _broken(rule, "`check` names no function of redactor.detect.checks")
    check = CHECKS[rule.check] if rule.check is not None else None
    return _Ready(rule, pattern, check, _near(rule))


def _near(rule: Rule) -> regex.Pattern[str] | None:
    if rule.near is None:
        return None
    if not rule.near.words or rule.near.score <= rule.score:
        raise _broken(rule, "`near` has no effect")
    words = "|".join(regex.escape(word) for word in rule.near.words)
    return regex.compile(rf"(?<!\w)(?:{words})(?!\w)", _FLAGS)


def _prove_requires(rule: Rule) -> None:
    examples = [view(_MARK.sub(r"\1", text)).text.lower() for text in rule.finds]
    for number, literal in enumerate(rule.requires, 1):
        if not literal or literal != literal.lower():
            raise _broken(rule, f"`requires` number {number} is empty or not lower case")
        if not any(literal in example for example in examples):
            raise _broken(rule, f"`requires` number {number} is in none of the `finds`")


def _found(ready: _Ready, number: int, marked: str) -> list[float]:
    """Return the scores of an example whose marked spans are found, and nothing else."""
    wanted, plain, last = [], "", 0
    for mark in _MARK.finditer(marked):
        plain += marked[last : mark.start()]
        wanted.append((len(plain), len(plain) + len(mark[1])))
        plain, last = plain + mark[1], mark.end()
    if not wanted:
        raise _broken(ready.rule, f"`finds` number {number} marks no span")
    found = _spans(ready, plain + marked[last:])
    if Counter((start, end) for start, end, _ in found) != Counter(wanted):
        raise _broken(ready.rule, f"`finds` number {number} is not found as marked")
    return [score for _, _, score in found]


def _spans(ready: _Ready, text: str) -> list[tuple[int, int, float]]:
    seen = view(text)
    try:
        return sorted(set(ready.spans(seen, _Places(seen.text), _PROOF_SECONDS)))
    except DetectionIncomplete:
        raise _broken(ready.rule, "`pattern` takes too long on its own examples") from None


def _distinct(rules: Iterable[Rule]) -> list[Rule]:
    listed = list(rules)
    for rule, count in Counter(rule.id for rule in listed).items():
        if count > 1:
            raise RuleError(f"rule {rule}: two rules have this id")
    return listed


def _broken(rule: Rule, what: str) -> RuleError:
    return RuleError(f"rule {rule.id}: {what}")
