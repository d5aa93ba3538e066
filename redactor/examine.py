"""From segments to decisions: what is found, who is who, what goes. Reads twice, writes nothing.

The first reading asks the detectors. The second looks for every other place where a person or a
removed value stands, so that a name found on page 9 goes on page 1. Text is held only as long as
it takes: what leaves this module are positions, and for each of them the value it stands for.

A document is handed in as a function that yields its segments afresh, since it is read twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from redactor.config.policy import check_entities
from redactor.config.rules import bundled_rules, parse_rules
from redactor.decide import Span, accepted, decide
from redactor.detect.link import (
    Mention,
    People,
    Term,
    address_terms,
    value_of,
    value_terms,
)
from redactor.detect.names import ENTITIES, NameDetector, tidied
from redactor.detect.presidio import PresidioDetector
from redactor.detect.rules import RuleDetector
from redactor.detect.sweep import Occurrence, Sweep
from redactor.errors import RuleError
from redactor.model import Action, Decision, Finding, Policy, Rule, Segment
from redactor.replace import placeholders
from redactor.text import View, fold, view

Segments = Callable[[], Iterable[Segment]]


@dataclass(frozen=True)
class Detectors:
    """Everything that finds, loaded once a process."""

    rules: RuleDetector
    presidio: PresidioDetector
    names: NameDetector
    entities: frozenset[str]

    def find(self, text: View, segment: int, offset: int, policy: Policy) -> Iterator[Finding]:
        """Yield the findings of every detector, in source positions plus `offset`.

        Presidio is asked only for what the policy removes: its search for web addresses costs as
        much as all the rest.
        """
        yield from self.rules.find(text, segment, offset)
        wanted = sorted(e for e in self.presidio.entities if policy.removes(e))
        if wanted:
            yield from self.presidio.find(text, segment, offset, wanted)
        yield from self.names.find(text, segment, offset)


@lru_cache(maxsize=4)
def load_detectors(folders: tuple[Path, ...], seconds: float, model: str | None) -> Detectors:
    """Load the shipped rules, those of `folders`, Presidio and the name model.

    Raises RuleError, or PolicyError for a model that is not installed.
    """
    rules = load_rules(folders)
    presidio = PresidioDetector(seconds)
    found = {rule.entity for rule in rules} | presidio.entities | set(ENTITIES.values())
    names = NameDetector(model)
    return Detectors(RuleDetector(rules, seconds=seconds), presidio, names, frozenset(found))


def load_rules(folders: Iterable[Path]) -> tuple[Rule, ...]:
    """Read the shipped rules and those of `folders`. Raises RuleError, as for an id used twice."""
    rules: dict[str, Rule] = {}
    for folder in (bundled_rules(), *folders):
        for rule in parse_rules(folder):
            if rule.id in rules:
                raise RuleError(f"{folder} has a rule {rule.id}, and so has another folder")
            rules[rule.id] = rule
    return tuple(rules.values())


@dataclass(frozen=True)
class Examination:
    """What is to happen in a document, and what to look for in its copy.

    `values` are the canonical values of `removals`, in their order; `words` the folded texts
    they removed. `sweep` finds every place where one of them, or a person who stays, stands.
    """

    removals: tuple[Decision, ...]
    keeps: tuple[Decision, ...]
    values: tuple[str, ...] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    taken: frozenset[str] = field(repr=False)
    sweep: Sweep = field(repr=False)
    parts: int = 0


class Examiner:
    """A policy and the detectors it needs. Holds no document."""

    def __init__(self, policy: Policy, rules: tuple[Path, ...] = ()) -> None:
        """Load the detectors. Raises ConfigError, also for entities that nothing finds."""
        self.policy = policy
        self.detectors = load_detectors(rules, policy.limits.rule_seconds, policy.model)
        check_entities(policy, self.detectors.entities)

    def examine(self, segments: Segments) -> Examination:
        """Return what is to happen in a document. Raises InputError."""
        return self.resolve(self.read(segments()), segments())

    def read(self, segments: Iterable[Segment]) -> Reading:
        """Ask the detectors: the first reading. Raises InputError."""
        reading = Reading()
        for segment in segments:
            text = view(segment.text)
            found = self.detectors.find(text, segment.index, segment.offset, self.policy)
            reading.add(segment, accepted(tidy(found, segment), self.policy))
            reading.parts += segment.offset == 0
            for match in placeholders(segment.text, self.detectors.entities):
                reading.add_placeholder(segment, match.span(), match["name"])
        return reading

    @staticmethod
    def _terms(mentions: Iterable[Mention], people: People) -> Iterator[Term]:
        yield from people.terms()
        for mention in mentions:
            if mention.finding.entity != "PERSON":
                yield from value_terms(mention)
            if mention.finding.entity == "EMAIL_ADDRESS":
                yield from address_terms(mention.text)

    def resolve(
        self, first: Reading, segments: Iterable[Segment], more: Sequence[Finding] = ()
    ) -> Examination:
        """Look for every other place of what was found, and decide: the second reading.

        `more` are findings that only a first copy brought to light.
        """
        people = People(
            (m.text for m in first.mentions if m.finding.entity == "PERSON"), self.policy.keep
        )
        sweep = Sweep(self._terms(first.mentions, people), people)
        second = Reading()
        kept = [
            m.finding
            for m in first.mentions
            if m.finding.entity == "PERSON" and people.stays(m.text)
        ]
        doubtful: list[Occurrence] = []
        certain = frozenset(more)
        values: dict[Finding, str] = {}
        for segment in segments:
            swept = sweep.find(view(segment.text), segment.index, segment.offset)
            found = [occurrence for occurrence in swept if segment.owns(occurrence.finding)]
            kept += [occurrence.finding for occurrence in found if occurrence.kept]
            doubtful += [o for o in found if o.phrase and o.finding not in certain]
            second.add(segment, [o.finding for o in found if not o.kept])
            second.add(segment, [one for one in more if segment.holds(one)])
            values |= {o.finding: o.value for o in found}
        mentions = [*second.mentions, *first.mentions]
        values = {m.finding: _value(m, people) for m in mentions} | values

        def decided(without: frozenset[Finding]) -> tuple[Decision, ...]:
            return decide(
                (m.finding for m in mentions if m.finding not in without),
                self.policy,
                kept=sorted(set(kept), key=lambda f: (f.segment, f.start, f.end, f.source)),
                placeholders=first.placeholders,
            )

        decisions = _settled(doubtful, decided)
        removals = tuple(d for d in decisions if d.action is not Action.KEEP)
        texts = {m.finding: m.text for m in mentions}
        return Examination(
            removals=removals,
            keeps=tuple(d for d in decisions if d.action is Action.KEEP),
            values=tuple(values[d.finding] for d in removals),
            words=tuple(fold(texts[d.finding]) for d in removals),
            taken=frozenset(first.taken),
            sweep=sweep,
            parts=first.parts,
        )


def tidy(findings: Iterable[Finding], segment: Segment) -> Iterator[Finding]:
    """Yield the findings that are a window's own, people without their titles.

    Whoever found them, "Cllr" and "Mrs" stay in the copy, and "Judge" alone is nobody's name.
    """
    offset = segment.offset
    for finding in filter(segment.owns, findings):
        if finding.entity != "PERSON":
            yield finding
            continue
        start, end = tidied(segment.text, finding.start - offset, finding.end - offset)
        if start < end:
            yield replace(finding, start=start + offset, end=end + offset)


def _settled(
    doubtful: Sequence[Occurrence], decided: Callable[[frozenset[Finding]], tuple[Decision, ...]]
) -> tuple[Decision, ...]:
    """Decide without the names that begin an organisation's, but for those that lose the rest.

    "Carrano & Sons" stays as it is; of "Carrano & Marsh" nothing may stay once Marsh is removed.
    """
    without = frozenset(occurrence.finding for occurrence in doubtful)
    while True:
        decisions = decided(without)
        left = frozenset(
            occurrence.finding
            for occurrence in doubtful
            if occurrence.finding in without and not _touched(occurrence, decisions)
        )
        if left == without:
            return decisions
        without = left


def _touched(occurrence: Occurrence, decisions: Sequence[Decision]) -> bool:
    """Tell whether something is removed from the phrase that an occurrence begins."""
    segment = occurrence.finding.segment
    start, end = occurrence.phrase or (0, 0)
    first = bisect_right(decisions, (segment, start), key=lambda d: (d.finding.segment, d.end))
    inside = takewhile(lambda d: (d.finding.segment, d.start) < (segment, end), decisions[first:])
    return any(decision.action is not Action.KEEP for decision in inside)


def _value(mention: Mention, people: People) -> str:
    if mention.finding.entity == "PERSON":
        return people.value(mention.text)
    return value_of(mention.finding.entity, mention.text)


class Reading:
    """What one reading of a document gathered."""

    def __init__(self) -> None:
        self.mentions: list[Mention] = []
        self.placeholders: list[Span] = []
        self.taken: set[str] = set()
        self.parts = 0

    def add(self, segment: Segment, findings: Iterable[Finding]) -> None:
        """Take in findings of a window, with the text they cover."""
        for finding in findings:
            start, end = finding.start - segment.offset, finding.end - segment.offset
            self.mentions.append(Mention(finding, view(segment.text[start:end]).text))

    def add_placeholder(self, segment: Segment, span: tuple[int, int], name: str) -> None:
        """Take in what looks like a replacement of ours in the source."""
        start, end = span
        self.placeholders.append((segment.index, start + segment.offset, end + segment.offset))
        self.taken.add(name)
