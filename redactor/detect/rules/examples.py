"""Whether a rule keeps its word: it finds its `finds` as marked, and nothing in its `ignores`.

How a rule is put to work is not known here; it comes as a function from a text to what it finds
there. Messages name the file, the line and the characters of an example, and quote nothing: an
example may have been copied from a document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from redactor.detect.rules.redos import attacks, is_superlinear
from redactor.errors import DetectionIncomplete, RuleError
from redactor.model import Rule
from redactor.text import View, view

__all__ = ["ExampleCheck", "broken", "check_examples", "check_stable", "example_checks", "unmarked"]

Found = Sequence[tuple[int, int, float]]
"""Start, end and score of all that a rule finds, in positions of the source."""

Finder = Callable[[View], Found]

# The value in an example: "call [[212-555-0198]]".
_MARK = regex.compile(r"\[\[(.+?)\]\](?!\])", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class ExampleCheck:
    """One example of a rule put to the test: what was to be found in `text`, and what was.

    `key` is `finds` or `ignores`; `number` counts from nought.
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
    """Return an example without its marks, and the spans they marked."""
    spans, plain, last = [], "", 0
    for mark in _MARK.finditer(example):
        plain += example[last : mark.start()]
        spans.append((len(plain), len(plain) + len(mark[1])))
        plain, last = plain + mark[1], mark.end()
    return plain + example[last:], tuple(spans)


def example_checks(rule: Rule, find: Finder) -> Iterator[ExampleCheck]:
    """Yield how each example of a rule fares. Raises RuleError for one that takes too long."""
    for key, examples in (("finds", rule.finds), ("ignores", rule.ignores)):
        for number, example in enumerate(examples):
            text, marks = unmarked(example)
            try:
                found = sorted(set(find(view(text))))
            except DetectionIncomplete:
                what = "`pattern` takes too long on an example"
                raise broken(rule, what, key, number) from None
            wanted = marks if key == "finds" else ()
            yield ExampleCheck(key, number, text, wanted, tuple(found), bool(marks))


def check_examples(rule: Rule, find: Finder) -> None:
    """Raise RuleError unless a rule finds its examples, and each of its conditions is needed."""
    for key in ("finds", "ignores"):
        if not getattr(rule, key):
            raise broken(rule, f"`{key}` must give an example", key)
    _prove_requires(rule)
    scores: set[float] = set()
    for trial in example_checks(rule, find):
        if trial.fault:
            raise broken(rule, trial.fault, trial.key, trial.number)
        scores |= {score for _, _, score in trial.found}
    if rule.near and rule.near.score not in scores:
        raise broken(rule, "no example in `finds` needs its `near`", "near")


def _prove_requires(rule: Rule) -> None:
    examples = [view(unmarked(text)[0]).text.lower() for text in rule.finds]
    for number, literal in enumerate(rule.requires):
        which = f"`requires` number {number + 1}"
        if not literal or literal != literal.lower():
            raise broken(rule, f"{which} is empty or not lower case", "requires", number)
        if not any(literal in example for example in examples):
            raise broken(rule, f"{which} is in none of the `finds`", "requires", number)


def check_stable(rule: Rule, find: Finder) -> None:
    """Raise RuleError if the time that a rule takes outgrows its text, as far as trying tells."""
    examples = [view(unmarked(text)[0]).text for text in (*rule.finds, *rule.ignores)]

    def run(text: str) -> object:
        return find(View(text, (0,), (0,), (len(text),)))

    if is_superlinear(run, attacks(examples)):
        raise broken(
            rule,
            "`pattern` takes time out of all proportion on a hostile text; give its repetitions "
            "a bound, as in {1,40}, and let it begin in few places, as after (?<!\\w)",
            "pattern",
        )


def broken(rule: Rule, what: str, *keys: int | str) -> RuleError:
    """Return the error for a part of a rule, with its file and line."""
    return RuleError(f"{rule.place(*keys)}: {what}")
