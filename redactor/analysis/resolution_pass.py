"""The search for other occurrences of what was found, and the decisions over all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from redactor.analysis.accounts import one_each
from redactor.analysis.annotations import Annotations
from redactor.analysis.begun_phrases import settled
from redactor.analysis.detection import DetectionPass, with_title
from redactor.analysis.result import Analysis, Removal, Retention
from redactor.analysis.unit import Unit
from redactor.decide import DENIED, Span, decide, place, standing_near_misses
from redactor.detect.coreference.occurrences import Occurrence, OccurrenceFinder
from redactor.detect.coreference.resolver import EntityResolver, Resolution
from redactor.detect.coreference.search_terms import Mention, value_of
from redactor.detect.deobfuscation.views import AlternateView
from redactor.detect.lists.allow_list import is_at, restrictions
from redactor.model import Action, Decision, Finding, Policy, TextWindow
from redactor.text import normalize

__all__ = ["ResolutionPass", "in_fields"]


class ResolutionPass:
    """The search for other occurrences, window by window, and the resolution of each."""

    def __init__(
        self,
        first: DetectionPass,
        people: EntityResolver,
        spared: frozenset[tuple[str, str]],
        more: frozenset[Finding],
        own: frozenset[tuple[str, str]],
    ) -> None:
        """Resolve the mentions of the detection pass.

        `more` are findings of the check of a first copy, `own` entities and values of people whose
        own data is kept in the whole collection.
        """
        self._own = own
        self._first, self._people, self._spared, self._more = first, people, spared, more
        self._resolution_of = {m.finding: resolution_of(m, people) for m in first.mentions}
        self._surest: dict[tuple[str, str], float] = {}
        self._seen_by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one, resolution in self._resolution_of.items():
            key = one.entity, resolution.value
            self._surest[key] = max(one.score, self._surest.get(key, 0.0))
            self._seen_by[key].add(one.source)
        plain = [m.finding for m in first.mentions if not m.reading]
        self._others = first.evidence.homonym_spans()
        self._kept = [
            f for f in dict.fromkeys(plain) if self._resolution_of[f].kept or self._is_kept(f)
        ]
        self._kept = [f for f in self._kept if f.source != DENIED and not is_at(self._others, f)]
        self._kept += first.allowed
        self.removed = [m for m in first.mentions if not self._is_kept(m.finding)]
        self._found = DetectionPass()
        self._doubtful: list[Occurrence] = []
        self._unconfirmed = {people.value(name) for name in first.evidence.unconfirmed()}
        confirmed = (normalize(name) for name in first.evidence.confirmed())
        self._names_kept = {word for name in confirmed for word in name.split() if len(word) > 1}
        self._unsure = self._others | first.evidence.out_of_period()
        self._possible = first.evidence.possible()

    def _is_kept(self, finding: Finding) -> bool:
        """Tell whether the value of a finding is kept with its person."""
        return (finding.entity, self._resolution_of[finding].value) in self._spared

    def add(
        self, segment: TextWindow, swept: Iterable[Occurrence], unit: Unit, *, titles: str
    ) -> None:
        """Add the occurrences in a window; with titles, if the policy redacts these."""
        found = [occurrence for occurrence in swept if segment.starts_in(occurrence.finding)]
        stays = [one for one in found if one.kept and not is_at(self._others, one.finding)]
        self._kept += [occurrence.finding for occurrence in stays]
        self._resolution_of |= {one.finding: Resolution(one.value, kept=True) for one in stays}
        goes = [one for one in found if one not in stays]
        if titles == "remove":
            goes = [
                replace(one, finding=unit.clipped(with_title(one.finding, segment), one.finding))
                for one in goes
            ]
        self._found.add(segment, [one.finding for one in self._to_redact(goes)])
        self._found.add(segment, [one for one in self._more if segment.contains(one)])

    def add_otherwise(
        self,
        segment: TextWindow,
        reading: AlternateView,
        swept: Iterable[Occurrence],
        unit: Unit,
    ) -> None:
        """Add the occurrences in an alternate view of a window, but none of people who are kept."""
        for one in swept:
            here = one.finding
            placed = reading.placed(here, segment.offset)
            whole = unit.is_whole(placed.start, placed.end)
            if whole and not one.kept and reading.counts(here.start, here.end):
                phrase = one.phrase and reading.placed_span(*one.phrase, segment.offset)
                [goes] = self._to_redact([replace(one, finding=placed, phrase=phrase)])
                said = reading.text[here.start : here.end]
                self._found.mentions.append(Mention(goes.finding, said, reading=True))

    def _to_redact(self, found: Iterable[Occurrence]) -> list[Occurrence]:
        """Return the occurrences to redact with their scores, and remember their resolutions."""
        goes = [self._weighed(one) for one in found]
        self._doubtful += [one for one in goes if one.phrase and one.finding not in self._more]
        self._resolution_of |= {
            one.finding: Resolution(one.value, one.clear, elsewhere=one.elsewhere) for one in goes
        }
        return goes

    def _weighed(self, one: Occurrence) -> Occurrence:
        """Return an occurrence whose score is at most the highest of any mention of its value."""
        surest = self._surest.get((one.finding.entity, one.value), one.finding.score)
        score = min(one.finding.score, surest)
        return replace(one, finding=replace(one.finding, score=score))

    def analysis(self, policy: Policy, sweep: OccurrenceFinder, unit: Unit) -> Analysis:
        """Return the decisions, each with the value and text it is about."""
        mentions = [*self._found.mentions, *self._first.mentions]
        mentions = [m for m in mentions if not (m.reading and resolution_of(m, self._people).kept)]
        resolved = {m.finding: resolution_of(m, self._people) for m in mentions}
        self._resolution_of = resolved | self._resolution_of
        closed = {**restrictions(policy.allow_list), **restrictions(policy.restricted)}
        known = self._annotations()
        decided = [known.dated(one, closed) for one in self._decided(mentions, policy)]
        near = (m.finding for m in self._first.near_missed)
        missed = standing_near_misses(near, decided, policy)
        decisions = [known.marked(known.attributed(one)) for one in (*decided, *missed)]
        texts = {m.finding: normalize(m.text) for m in (*self._first.near_missed, *mentions)}
        keeps = sorted((one for one in decisions if one.action is Action.KEEP), key=_place)
        removals = (
            Removal(
                one,
                self._resolution_of[one.finding].value,
                texts[one.finding],
                unit.text[one.start : one.end],
            )
            for one in decisions
            if one.action is not Action.KEEP
        )
        return Analysis(
            removals=one_each(removals),
            keeps=tuple(Retention(one, texts.get(one.finding, "")) for one in keeps),
            taken=frozenset(self._first.taken),
            occurrences=sweep,
            spared=self._spared,
            rejected=tuple(self._first.rejected),
        )

    def _annotations(self) -> Annotations:
        """Return what is known of the values that decisions are about."""
        return Annotations(
            resolutions=self._resolution_of,
            seen_by=self._seen_by,
            own=self._own,
            unsure=self._unsure,
            names_kept=self._names_kept,
            possible=self._unconfirmed | self._possible,
        )

    def _decided(self, mentions: Sequence[Mention], policy: Policy) -> tuple[Decision, ...]:
        """Return the decisions over mentions and occurrences."""

        def decided(without: frozenset[Finding]) -> tuple[Decision, ...]:
            return decide(
                (m.finding for m in mentions if m.finding not in without),
                policy,
                kept=sorted(set(self._kept), key=place),
                released=self._first.released,
                placeholders=self._first.placeholders,
            )

        return settled(self._doubtful, decided)


def in_fields(unit: Unit, found: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Yield occurrences cut at the borders of a unit's fields."""
    for one in found:
        for part in unit.split(one.finding):
            yield one if part is one.finding else replace(one, finding=part)


def _place(decision: Decision) -> Span:
    """Return the span of a decision."""
    return decision.finding.segment, decision.start, decision.end


def resolution_of(mention: Mention, people: EntityResolver) -> Resolution:
    """Return the resolution of a mention; of a value, its canonical value."""
    if mention.finding.entity == "PERSON":
        return people.resolve(mention.with_titles)
    return Resolution(value_of(mention.finding.entity, mention.text))
