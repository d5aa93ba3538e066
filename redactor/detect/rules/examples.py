"""The check of a rule's examples: it finds its `finds` as marked, and nothing in its `ignores`.

A rule is passed as a function from a text to its findings. Messages name the file, the line and the
characters of an example, and quote nothing: an example may have been copied from a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from redactor.detect.rules.redos import Attack, attacks, is_superlinear
from redactor.errors import DetectionIncomplete, RuleError
from redactor.model import Rule
from redactor.text import View, view

__all__ = [
    "ExampleCheck",
    "check_examples",
    "check_linear_time",
    "example_checks",
    "rule_error",
    "unmarked",
]

Found = Sequence[tuple[int, int, float]]
"""Start, end and score of each finding of a rule, in positions of the source."""

Finder = Callable[[View], Found]

# The value in an example: "call [[212-555-0198]]".
_MARK = regex.compile(r"\[\[(.+?)\]\](?!\])", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class ExampleCheck:
    """The check of one example: the spans that should be found in `text`, and those that are.

    `key` is `finds` or `ignores`; `number` is the position in that list, from 0.
    """

    key: str
    number: int
    text: str = field(repr=False)
    wanted: tuple[tuple[int, int], ...]
    found: tuple[tuple[int, int, float], ...]
    marked: bool

    @property
    def fault(self) -> str:
        """Return the problem, in words that quote nothing; an empty text if there is none."""
        which = f"`{self.key}` number {self.number + 1}"
        if self.marked != (self.key == "finds"):
            return f"{which} marks {'a' if self.marked else 'no'} span"
        spans = [(start, end) for start, end, _ in self.found]
        if Counter(spans) == Counter(self.wanted):
            return ""
        found = f"found: {_shown(spans)}"
        if not self.wanted:
            return f"{which} is to be left alone ({found})"
        return f"{which} is not found as marked (marked: {_shown(self.wanted)}; {found})"


def _shown(spans: Sequence[tuple[int, int]]) -> str:
    shown = ", ".join(f"{start}-{end}" for start, end in spans)
    return f"characters {shown}" if spans else "nothing"


def unmarked(example: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return an example without its marks, and the marked spans: `x [[ab]]` is `x ab`, (2, 4)."""
    spans, plain, last = [], "", 0
    for mark in _MARK.finditer(example):
        plain += example[last : mark.start()]
        spans.append((len(plain), len(plain) + len(mark[1])))
        plain, last = plain + mark[1], mark.end()
    return plain + example[last:], tuple(spans)


def example_checks(rule: Rule, find: Finder) -> Iterator[ExampleCheck]:
    """Yield the check of each example of a rule. Raises RuleError if one takes too long."""
    for key, examples in (("finds", rule.finds), ("ignores", rule.ignores)):
        for number, example in enumerate(examples):
            text, marks = unmarked(example)
            try:
                found = sorted(set(find(view(text))))
            except DetectionIncomplete:
                what = "`pattern` takes too long on an example"
                raise rule_error(rule, what, key, number) from None
            wanted = marks if key == "finds" else ()
            yield ExampleCheck(key, number, text, wanted, tuple(found), bool(marks))


def check_examples(rule: Rule, find: Finder) -> None:
    """Raise RuleError unless all examples pass, and each condition of the rule has an effect."""
    for key in ("finds", "ignores"):
        if not getattr(rule, key):
            raise rule_error(rule, f"`{key}` must give an example", key)
    _check_requires(rule)
    scores: set[float] = set()
    for trial in example_checks(rule, find):
        if trial.fault:
            raise rule_error(rule, trial.fault, trial.key, trial.number)
        scores |= {score for _, _, score in trial.found}
    if rule.near and rule.near.score not in scores:
        raise rule_error(rule, "no example in `finds` needs its `near`", "near")


def _check_requires(rule: Rule) -> None:
    examples = [view(unmarked(text)[0]).text.lower() for text in rule.finds]
    for number, literal in enumerate(rule.requires):
        which = f"`requires` number {number + 1}"
        if not literal or literal != literal.lower():
            raise rule_error(rule, f"{which} is empty or not lower case", "requires", number)
        if not any(literal in example for example in examples):
            raise rule_error(rule, f"{which} is in none of the `finds`", "requires", number)


def check_linear_time(rule: Rule, find: Finder, more: Iterable[Attack] = ()) -> None:
    """Raise RuleError if a rule takes superlinear time on one of the attacks tried.

    `more` are attacks beside those that its examples give rise to.
    """
    examples = [view(unmarked(text)[0]).text for text in (*rule.finds, *rule.ignores)]

    def run(text: str) -> object:
        return find(View(text, (0,), (0,), (len(text),)))

    if is_superlinear(run, [*attacks(examples), *more]):
        raise rule_error(
            rule,
            "`pattern` takes time out of all proportion on a hostile text; give its repetitions "
            "a bound, as in {1,40}, and let it begin in few places, as after (?<!\\w)",
            "pattern",
        )


def rule_error(rule: Rule, what: str, *keys: int | str) -> RuleError:
    """Return the error for a part of a rule, with its file and line."""
    return RuleError(f"{rule.place(*keys)}: {what}")
