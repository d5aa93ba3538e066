"""The detector of rules: patterns that are searched for in the normalised view of a text.

- The finding is the group `value` (each of its captures, if it repeats), or the whole match of a
  pattern without that group.
- A pattern is tried only where a match of it can start: see `redactor.detect.prefilter`.
- A rule with literals in `requires` is tried only around them: from 128 characters before one (or
  from the start of its word) to 256 after it.
- All rules share one time limit per text. Beyond it they raise: the findings of rules that were
  interrupted are not complete.
- A user's rule loads only if it finds each of its `finds` exactly, nothing in its `ignores`, and
  takes linear time on hostile texts. The tests check the shipped rules.

Patterns are compiled by the `regex` module, case-insensitively; `(?-i:...)` makes a part of one
case-sensitive. Write them so that every repetition is bounded and no position is tried twice: a
hostile text must take no more time than an ordinary one of its length.
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
from redactor.detect.rules.derived import derived_attacks, never_quick
from redactor.detect.rules.examples import (
    ExampleCheck,
    Finder,
    check_examples,
    check_linear_time,
    example_checks,
    rule_error,
    unmarked,
)
from redactor.detect.rules.redos import expanded_size
from redactor.detect.time_budget import TimeBudget
from redactor.errors import DetectionIncomplete
from redactor.model import Finding, Rule
from redactor.text import View, view

__all__ = ["RuleDetector", "check_redos", "distinct", "try_examples", "validate"]

# Time limit for a rule on one of its examples: a good rule takes less than a hundredth of it.
_CHECK_SECONDS = 1.0
# Maximum `expanded_size` of a pattern: compiling takes time and memory in proportion to it.
_LARGEST = 100_000
# The named group of a pattern that is the finding, if it has one.
_GROUP = "value"


class RuleDetector:
    """Finds the matches of a set of rules, within `seconds` per text."""

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        seconds: float = 10.0,
        unproved: Container[str] | None = None,
    ) -> None:
        """Compile the rules, and check the examples of those whose ids are in `unproved`.

        None stands for all rules. Checking the shipped ones would take a second at every start.
        Raises RuleError.
        """
        self._compiled = {
            rule.id: validate(rule) if unproved is None or rule.id in unproved else _unchecked(rule)
            for rule in distinct(rules)
        }
        self.entities = frozenset(one.rule.entity for one in self._compiled.values())
        self._prefilter = Prefilter(
            {name: one.pattern for name, one in self._compiled.items()},
            requires={name: one.rule.requires for name, one in self._compiled.items()},
            # The tests prove that the shipped rules take linear time.
            trusted=[one for one in self._compiled if unproved is not None and one not in unproved],
        )
        self._seconds = seconds

    def find(
        self,
        text: View,
        segment: int = 0,
        offset: int = 0,
        entities: Container[str] | None = None,
    ) -> list[Finding]:
        """Return all findings in a text, in positions of its source plus `offset`.

        Only rules of `entities` are tried, or all if it is None. Raises DetectionIncomplete if the
        time is over.
        """
        scan = self._prefilter.scan(text.text, TimeBudget(self._seconds))
        found = {
            Finding(segment, start + offset, end + offset, one.rule.entity, score, one.source)
            for one in map(self._compiled.__getitem__, scan.candidates())
            if entities is None or one.rule.entity in entities
            for start, end, score in one.spans(text, scan.matches(one.rule.id), self._seconds)
        }
        return sorted(found, key=lambda one: (one.start, one.end, one.entity, one.source))

    def observations(self, text: View) -> Iterator[Observation]:
        """Yield every match of a pattern, with the results of its check and of context words."""
        for one in self._compiled.values():
            yield from _observations(one, text)


def _observations(one: _CompiledRule, text: View) -> Iterator[Observation]:
    rule = one.rule
    for match in one.pattern.finditer(text.text, timeout=_CHECK_SECONDS):
        for start, end in match.spans(one.group):
            if start == end:
                continue
            refused = one.check is not None and not one.check(text.text[start:end])
            score = 0.0 if refused else one.score(text.text, start, end)
            why = [f"its pattern fits, which is worth {rule.score:.2f}"]
            if rule.check:
                why.append(f"check {rule.check} {'refuses' if refused else 'agrees'}")
            if rule.near and not refused:
                raised = score == rule.near.score
                word = f"within {rule.near.within} characters: {score:.2f}"
                why.append(f"{'a' if raised else 'no'} word of `near` {word}")
            finding = Finding(0, *text.span(start, end), rule.entity, score, one.source)
            yield Observation(finding, tuple(why), refused)


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule with its compiled patterns and its check."""

    rule: Rule
    pattern: regex.Pattern[str]
    check: Callable[[str], bool] | None
    near: regex.Pattern[str] | None

    @property
    def group(self) -> str | int:
        """Return the group of the finding: `value`, or 0, the whole match."""
        return _GROUP if _GROUP in self.pattern.groupindex else 0

    @property
    def source(self) -> str:
        return f"rule:{self.rule.id}"

    def spans(
        self, text: View, matches: Iterator[regex.Match[str]], seconds: float
    ) -> Iterator[tuple[int, int, float]]:
        """Yield start, end and score of each finding in some matches, in positions of the source.

        Raises DetectionIncomplete, which names the rule, when the `seconds` are over.
        """
        for start, end in self._values(matches, seconds):
            if end > start and (self.check is None or self.check(text.text[start:end])):
                yield *text.span(start, end), self.score(text.text, start, end)

    def finder(self) -> Finder:
        """Return a function from a text to all `spans` of this rule, for checks of the rule."""
        name, requires = self.rule.id, {self.rule.id: self.rule.requires}
        prefilter = Prefilter({name: self.pattern}, requires=requires)

        def find(text: View) -> list[tuple[int, int, float]]:
            scan = prefilter.scan(text.text, TimeBudget(_CHECK_SECONDS))
            return list(self.spans(text, scan.matches(name), _CHECK_SECONDS))

        return find

    def unfiltered(self, text: View) -> list[tuple[int, int, float]]:
        """Return the spans of a text, with the pattern tried at every position."""
        matches = self.pattern.finditer(text.text, timeout=_CHECK_SECONDS)
        return list(self.spans(text, matches, _CHECK_SECONDS))

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


def try_examples(rule: Rule) -> Iterator[ExampleCheck]:
    """Yield the check of each example of a rule. Raises RuleError if it does not compile."""
    yield from example_checks(rule, _compile(rule).finder())


def validate(rule: Rule) -> _CompiledRule:
    """Return a compiled rule. Raises RuleError if its examples fail."""
    compiled = _compile(rule)
    check_examples(rule, compiled.finder())
    _check_group(compiled)
    return compiled


def _check_group(one: _CompiledRule) -> None:
    """Raise RuleError if a `value` lies outside of its match, as in a lookahead.

    The prefilter limits where matches are searched for, and such a value could be cut off.
    """
    for number, example in enumerate(one.rule.finds):
        text = view(unmarked(example)[0]).text
        for match in one.pattern.finditer(text, timeout=_CHECK_SECONDS):
            low, high = match.span()
            if any(start < low or high < end for start, end in match.spans(one.group)):
                what = "the group `value` lies outside of what the whole pattern matches"
                raise rule_error(one.rule, what, "finds", number)


def check_redos(rule: Rule) -> None:
    """Raise RuleError if a valid rule takes superlinear time on some texts (ReDoS).

    It must take linear time even where the prefilter would not try it.
    """
    one = _compile(rule)
    source, flags = one.pattern.pattern, one.pattern.flags
    if reason := never_quick(source, flags):
        what = f"`pattern` takes time out of all proportion on any text: {reason}"
        raise rule_error(rule, what, "pattern")
    check_linear_time(rule, one.unfiltered, derived_attacks(source, flags))


def _compile(rule: Rule) -> _CompiledRule:
    if expanded_size(rule.pattern) > _LARGEST:
        raise rule_error(
            rule, "`pattern` is too large, with its repetitions written out", "pattern"
        )
    try:
        pattern = regex.compile(rule.pattern, PATTERN_FLAGS)
        empty = pattern.search("", timeout=_CHECK_SECONDS) is not None
    except regex.error as error:  # its text would quote the pattern
        at: int | None = vars(error).get("pos")
        where = "" if at is None else f" (it fails at character {at + 1}, fragments put in)"
        what = f"`pattern` is no valid regular expression{where}"
        raise rule_error(rule, what, "pattern") from None
    except (ValueError, RecursionError, OverflowError, TimeoutError):
        raise rule_error(rule, "`pattern` is no valid regular expression", "pattern") from None
    if empty:
        raise rule_error(rule, "`pattern` matches the empty text", "pattern")
    if rule.check is not None and rule.check not in CHECKS:
        known = ", ".join(sorted(CHECKS))
        raise rule_error(rule, f"`check` is none of those there are ({known})", "check")
    check = CHECKS[rule.check] if rule.check is not None else None
    return _CompiledRule(rule, pattern, check, _near(rule))


def _unchecked(rule: Rule) -> _CompiledRule:
    """Return a rule that is known to be valid. Its pattern is compiled when it is first tried."""
    check = CHECKS[rule.check] if rule.check is not None else None
    return _CompiledRule(rule, lazy_pattern(rule.pattern, PATTERN_FLAGS), check, _near(rule))


def _near(rule: Rule) -> regex.Pattern[str] | None:
    if rule.near is None:
        return None
    if not rule.near.words or rule.near.score <= rule.score:
        raise rule_error(rule, "`near` has no effect: its score is not above the rule's", "near")
    words = "|".join(regex.escape(word) for word in rule.near.words)
    return lazy_pattern(rf"(?<!\w)(?:{words})(?!\w)", PATTERN_FLAGS)


def distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules. Raises RuleError for an id that is used twice."""
    known: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in known:
            other = known[rule.id].file or "given with it"
            raise rule_error(rule, f"two rules have the id {rule.id}; the other is {other}")
        known[rule.id] = rule
    return tuple(known.values())
