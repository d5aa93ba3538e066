"""Rules at work: patterns over the normalised view, each proved before it is trusted.

- Only what the group `value` matched is found (every capture of it, if it repeats); a pattern
  without that group finds its whole match.
- A pattern is tried only where a match of it can start: see `redactor.detect.prefilter`.
- A rule that names literals in `requires` is tried only around them: from 128 characters before
  one (or where that word begins) to 256 after it.
- All rules together have some seconds for a text, and raise when they are over; rules that were
  cut short have found nothing *reliably*.
- A rule of the user's loads only if it finds each of its `finds` exactly, touches none of its
  `ignores`, and is quick on hostile texts; the tests try the shipped ones.

Patterns are compiled by the `regex` module, case-insensitively; `(?-i:...)` makes a part of one
sensitive to case. Write them so that every repetition is bounded and no position is tried twice:
a hostile text must cost no more than a long one.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

import regex

from redactor.detect.checks import CHECKS
from redactor.detect.lazy_pattern import lazy_pattern
from redactor.detect.observation import Observation
from redactor.detect.prefilter import Prefilter
from redactor.detect.rules import PATTERN_FLAGS
from redactor.detect.rules.examples import (
    ExampleCheck,
    Finder,
    broken,
    check_examples,
    check_stable,
    example_checks,
    unmarked,
)
from redactor.detect.rules.redos import written_out
from redactor.detect.time_budget import TimeBudget
from redactor.errors import DetectionIncomplete
from redactor.model import Finding, Rule
from redactor.text import View, view

__all__ = ["RuleDetector", "check_redos", "distinct", "tried", "validate"]

_PROOF_SECONDS = 3.0  # no honest rule takes a thousandth of it on a line of text
# Characters of a pattern with its repetitions written out; a larger one is refused.
_LARGEST = 100_000
# The named group of a pattern that is the finding, if it has one.
_GROUP = "value"


class RuleDetector:
    """Finds what a set of rules describes. Takes `seconds` at most per text."""

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        seconds: float = 10.0,
        unproved: Container[str] | None = None,
    ) -> None:
        """Compile the rules, and prove those whose ids are in `unproved`; None are all.

        Proving the shipped ones would take a second at every start. Raises RuleError.
        """
        self._ready = {
            rule.id: validate(rule) if unproved is None or rule.id in unproved else _proved(rule)
            for rule in distinct(rules)
        }
        self.entities = frozenset(ready.rule.entity for ready in self._ready.values())
        self._prefilter = Prefilter(
            {name: ready.pattern for name, ready in self._ready.items()},
            requires={name: ready.rule.requires for name, ready in self._ready.items()},
        )
        self._seconds = seconds

    def find(self, text: View, segment: int = 0, offset: int = 0) -> list[Finding]:
        """Return all findings of a text, as positions in its source plus `offset`."""
        scan = self._prefilter.scan(text.text, TimeBudget(self._seconds))
        found = {
            Finding(segment, start + offset, end + offset, ready.rule.entity, score, ready.source)
            for ready in map(self._ready.__getitem__, scan.candidates())
            for start, end, score in ready.spans(text, scan.matches(ready.rule.id), self._seconds)
        }
        return sorted(found, key=lambda one: (one.start, one.end, one.entity, one.source))

    def tell(self, text: View) -> Iterator[Observation]:
        """Yield everything that a pattern fits, and what check and context made of it."""
        for ready in self._ready.values():
            yield from _tell(ready, text)


def _tell(ready: _Ready, text: View) -> Iterator[Observation]:
    rule = ready.rule
    for match in ready.pattern.finditer(text.text, timeout=_PROOF_SECONDS):
        for start, end in match.spans(ready.group):
            if start == end:
                continue
            refused = ready.check is not None and not ready.check(text.text[start:end])
            score = 0.0 if refused else ready.score(text.text, start, end)
            why = [f"its pattern fits, which is worth {rule.score:.2f}"]
            if rule.check:
                why.append(f"check {rule.check} {'refuses' if refused else 'agrees'}")
            if rule.near and not refused:
                raised = score == rule.near.score
                word = f"within {rule.near.within} characters: {score:.2f}"
                why.append(f"{'a' if raised else 'no'} word of `near` {word}")
            finding = Finding(0, *text.span(start, end), rule.entity, score, ready.source)
            yield Observation(finding, tuple(why), refused)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A rule with its compiled patterns."""

    rule: Rule
    pattern: regex.Pattern[str]
    check: Callable[[str], bool] | None
    near: regex.Pattern[str] | None

    @property
    def group(self) -> str | int:
        """Return the group that is found: 0, the whole match, if none is named `value`."""
        return _GROUP if _GROUP in self.pattern.groupindex else 0

    @property
    def source(self) -> str:
        return f"rule:{self.rule.id}"

    def spans(
        self, text: View, matches: Iterator[regex.Match[str]], seconds: float
    ) -> Iterator[tuple[int, int, float]]:
        """Yield the source span and score of what matches of the pattern find.

        Raises DetectionIncomplete, which names the rule, when the `seconds` there were are over.
        """
        for start, end in self._values(matches, seconds):
            if end > start and (self.check is None or self.check(text.text[start:end])):
                yield *text.span(start, end), self.score(text.text, start, end)

    def alone(self) -> Finder:
        """Return what yields all `spans` of a text, in the time that a proof may take."""
        name, requires = self.rule.id, {self.rule.id: self.rule.requires}
        prefilter = Prefilter({name: self.pattern}, requires=requires)

        def find(text: View) -> list[tuple[int, int, float]]:
            scan = prefilter.scan(text.text, TimeBudget(_PROOF_SECONDS))
            return list(self.spans(text, scan.matches(name), _PROOF_SECONDS))

        return find

    def unfiltered(self, text: View) -> list[tuple[int, int, float]]:
        """Return the spans of a text whose every position is tried, in the time of a proof."""
        matches = self.pattern.finditer(text.text, timeout=_PROOF_SECONDS)
        return list(self.spans(text, matches, _PROOF_SECONDS))

    def _values(
        self, matches: Iterator[regex.Match[str]], seconds: float
    ) -> Iterator[tuple[int, int]]:
        try:
            for match in matches:
                yield from match.spans(self.group)
        except (TimeoutError, MemoryError):
            message = f"the rules ran out of time ({seconds:g} s) at {self.rule.id}"
            raise DetectionIncomplete(message) from None

    def score(self, text: str, start: int, end: int) -> float:
        """Return the score of a match at `start:end`, raised by `near` words."""
        near = self.rule.near
        if near is None or self.near is None:
            return self.rule.score
        spare = max(map(len, near.words)) + 1  # so that a word is never seen in part
        low, high = start - near.within, end + near.within
        for word in self.near.finditer(text, max(0, low - spare), high + spare):
            if word.end() >= low and word.start() <= high:
                return near.score
        return self.rule.score


def tried(rule: Rule) -> Iterator[ExampleCheck]:
    """Yield how each example of a rule fares. Raises RuleError for a rule that cannot be tried."""
    yield from example_checks(rule, _compile(rule).alone())


def validate(rule: Rule) -> _Ready:
    """Return a rule ready for use, or raise `RuleError` if it does not keep its word."""
    ready = _compile(rule)
    check_examples(rule, ready.alone())
    _prove_group(ready)
    return ready


def _prove_group(ready: _Ready) -> None:
    """Raise RuleError for a value outside of its match: who looks no further would lose it."""
    for number, example in enumerate(ready.rule.finds):
        text = view(unmarked(example)[0]).text
        for match in ready.pattern.finditer(text, timeout=_PROOF_SECONDS):
            low, high = match.span()
            if any(start < low or high < end for start, end in match.spans(ready.group)):
                what = "the group `value` lies outside of what the whole pattern matches"
                raise broken(ready.rule, what, "finds", number)


def check_redos(rule: Rule) -> None:
    """Raise `RuleError` if a valid rule is slow out of all proportion on some texts (ReDoS).

    It must be fast at every position, also where the prefilter would not try it.
    """
    check_stable(rule, _compile(rule).unfiltered)


def _compile(rule: Rule) -> _Ready:
    if written_out(rule.pattern) > _LARGEST:
        raise broken(rule, "`pattern` is too large, with its repetitions written out", "pattern")
    try:
        pattern = regex.compile(rule.pattern, PATTERN_FLAGS)
        empty = pattern.search("", timeout=_PROOF_SECONDS) is not None
    except regex.error as error:  # its text would quote the pattern
        at: int | None = vars(error).get("pos")
        where = "" if at is None else f" (it fails at character {at + 1}, fragments put in)"
        what = f"`pattern` is no valid regular expression{where}"
        raise broken(rule, what, "pattern") from None
    except (ValueError, RecursionError, OverflowError, TimeoutError):
        raise broken(rule, "`pattern` is no valid regular expression", "pattern") from None
    if empty:
        raise broken(rule, "`pattern` matches the empty text", "pattern")
    if rule.check is not None and rule.check not in CHECKS:
        known = ", ".join(sorted(CHECKS))
        raise broken(rule, f"`check` is none of those there are ({known})", "check")
    check = CHECKS[rule.check] if rule.check is not None else None
    return _Ready(rule, pattern, check, _near(rule))


def _proved(rule: Rule) -> _Ready:
    """Return a rule that is known to be valid; its pattern is compiled when it is first tried."""
    check = CHECKS[rule.check] if rule.check is not None else None
    return _Ready(rule, lazy_pattern(rule.pattern, PATTERN_FLAGS), check, _near(rule))


def _near(rule: Rule) -> regex.Pattern[str] | None:
    if rule.near is None:
        return None
    if not rule.near.words or rule.near.score <= rule.score:
        raise broken(rule, "`near` has no effect: its score is not above the rule's", "near")
    words = "|".join(regex.escape(word) for word in rule.near.words)
    return lazy_pattern(rf"(?<!\w)(?:{words})(?!\w)", PATTERN_FLAGS)


def distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules. Raises RuleError for an id that is used twice."""
    known: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in known:
            other = known[rule.id].file or "given with it"
            raise broken(rule, f"two rules have the id {rule.id}; the other is {other}")
        known[rule.id] = rule
    return tuple(known.values())
