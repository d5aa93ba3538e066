"""Analysis of a unit: detection, coreference resolution, decisions. Pure.

Detection asks the detectors. Resolution searches for every other occurrence of a person or a
removed value, so that a name found on page 9 is redacted on page 1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, takewhile
from pathlib import Path

from redactor.analysis.accounts import ACCOUNTS as _ACCOUNTS
from redactor.analysis.accounts import is_organisations, one_each
from redactor.analysis.births import births
from redactor.analysis.detection import DetectionPass, mention_of, tidy, with_title
from redactor.analysis.detectors import load_detectors
from redactor.analysis.inserts import inserted_columns
from redactor.analysis.result import Analysis, Removal, Retention
from redactor.analysis.split_addresses import split_addresses
from redactor.analysis.tables import columns
from redactor.analysis.unit import Unit
from redactor.analysis.walls import Walls
from redactor.config.codes import shipped_codes
from redactor.config.policy import check_countries, check_entities
from redactor.decide import (
    ALLOWED,
    DENIED,
    NEAR_MISS_MARGIN,
    Cover,
    Span,
    decide,
    ended,
    near_misses,
    place,
    split_expired,
    standing_near_misses,
    without_allowed,
)
from redactor.detect.checks.words import is_common
from redactor.detect.coreference.collection_terms import collection_terms
from redactor.detect.coreference.likelihood import ELSEWHERE, LIKELY, Likelihood
from redactor.detect.coreference.name_parser import names_in
from redactor.detect.coreference.occurrences import Occurrence, OccurrenceFinder
from redactor.detect.coreference.other_people import PeopleElsewhere
from redactor.detect.coreference.register import Register
from redactor.detect.coreference.resolver import EntityResolver, Resolution
from redactor.detect.coreference.search_terms import (
    Mention,
    SearchTerm,
    address_terms,
    file_terms,
    person_terms,
    value_of,
    value_terms,
)
from redactor.detect.deobfuscation.hidden import glued
from redactor.detect.deobfuscation.opaque import check_readable
from redactor.detect.deobfuscation.views import AlternateView, alternate_views
from redactor.detect.lists.allow_list import is_at, restrictions
from redactor.detect.lists.phrases import listed_terms
from redactor.model import (
    COLUMN,
    Action,
    AllowedPerson,
    Decision,
    Exemption,
    Finding,
    Policy,
    Slot,
    TextWindow,
)
from redactor.operators import placeholders
from redactor.text import View, normalize, normalized_tokens, view

COLLECTION = "link:collection"
"""Among the reasons of a decision: another document of the collection has a part in it."""

SUBJECT = "list:keep-person"
"""The same of what is kept: it is the own data of a person who was to be kept everywhere."""

# Entities whose values may spell a name: "anna.vance@example.org".
_SPELLING_NAMES = {"EMAIL_ADDRESS", "HANDLE", "PROFILE_URL", "USERNAME"}


class Analyzer:
    """A policy and the detectors it needs. Holds no document.

    `register` are the people of the collection, where its documents are linked.
    """

    def __init__(
        self, policy: Policy, rules: tuple[Path, ...] = (), register: Register | None = None
    ) -> None:
        """Load the detectors. Raises ConfigError, also for entities that no detector finds."""
        self.policy, self.register = policy, register
        self._own = (register.own if register else frozenset()) | _named(policy.subjects)
        loaded = load_detectors(
            rules,
            policy.limits.rule_seconds,
            policy.model,
            policy.countries,
            policy.recognizers,
        )
        denied = listed_terms(policy.deny_list, DENIED)
        self.detectors = replace(
            loaded,
            entities=loaded.entities | denied.entities | policy.columns.entities,
            deny_list=denied,
            allowed_terms=listed_terms(policy.allowed_terms, ALLOWED),
            asked=_asked(policy, loaded.rules.entities),
        )
        check_countries(policy, self.detectors.countries)
        check_entities(policy, self.detectors.entities)
        self._codes = policy.codes | policy.labels | shipped_codes()

    def placeholders(self, text: str, found: Analysis | None = None) -> Iterator[re.Match[str]]:
        """Yield the placeholders in a text; nothing is found inside them.

        In a copy, the types and codes that reviewers gave, which are in `found`, make placeholders
        too.
        """
        entities, codes = (found.entities, found.codes) if found else ((), ())
        return placeholders(text, self.detectors.entities.union(entities), self._codes.union(codes))

    def analyze(self, unit: Unit, name: str = "") -> Analysis:
        """Return the analysis of a unit; `name` is that of its file. Raises InputError."""
        return self.resolve(self.detect(unit, name), unit)

    def detect(self, unit: Unit, name: str = "") -> DetectionPass:
        """Return the findings of all detectors in a unit.

        `name` is that of its file. Raises InputError.
        """
        detected = DetectionPass(self.policy.allow_list, name)
        cells = list(_cells(unit, self.policy))
        if self.policy.removes("EMAIL_ADDRESS"):
            cells += split_addresses(unit, self._alone)
        whole = Cover((one.segment, one.start, one.end) for one in cells)
        for segment in unit.windows:
            check_readable(segment.text, self.policy.limits.opaque_bytes)
            text = view(segment.text)
            inert = list(self.placeholders(segment.text))
            walls = Walls.of(segment.text, inert)
            read = view(walls.text) if inert else text
            found = unit.within_fields(
                walls.outside(
                    self.detectors.find(read, segment.index, segment.offset, self.policy),
                    segment.offset,
                    self.policy.entity_policy("PERSON").threshold - NEAR_MISS_MARGIN / 2,
                ),
                alone=self._alone,
                names=self._names_alone,
            )
            found += [] if len(unit.fields) > 1 else self._in_columns(segment)
            found = [one for one in found if not _is_plain_file_name(one, unit)]
            detected.read += (one for one in found if one.entity == "PERSON")
            others = list(self._read_otherwise(segment, text, unit))
            if cells:
                found = [one for one in found if not whole.holds(one)]
                others = [one for one in others if not whole.holds(one.finding)]
                detected.add(segment, _within(cells, segment))
            wrong = glued([*found, *(one.finding for one in others)], segment.text, segment.offset)
            found = [one for one in found if one not in wrong]
            detected.evidence.add(segment, text, self._sure(found, segment))
            own = [
                f if f.source == DENIED else detected.evidence.strip_role(f, segment)
                for f in tidy(found, segment)
            ]
            if self.policy.titles == "remove":
                own = [unit.clipped(with_title(one, segment), one) for one in own]
            goes, stays = split_expired(own, self.policy)
            detected.add(segment, goes)
            detected.add_near_misses(segment, near_misses(own, self.policy))
            detected.released += stays
            detected.mentions += (one for one in others if one.finding not in wrong)
            allowed = self.detectors.allowed_terms.find(text, segment.index, segment.offset)
            detected.allowed += unit.within_fields(filter(segment.starts_in, allowed))
            detected.add_readings(segment, found)
            for match in inert:
                detected.add_placeholder(segment, match.span(), match["name"])
        weighed = detected.weighed(unit.text, self.policy)
        weighed.others = self._others(weighed, unit)
        return weighed

    def _in_columns(self, segment: TextWindow) -> Iterator[Finding]:
        """Yield the findings of the rules in tables and rows of SQL, each cell by its label."""
        for column in chain(columns(segment.text), inserted_columns(segment.text)):
            found = self.detectors.by_rules(view(column.text), segment.index)
            yield from column.placed(found, segment.offset)

    def _alone(self, text: str, offset: int) -> list[Finding]:
        """Return the findings of rules and recognisers in a field that is read by itself."""
        return self.detectors.patterns(view(text), 0, offset, self.policy)

    def _names_alone(self, text: str, offset: int) -> list[Finding]:
        """Return the people whom the name model finds in a text that is read by itself."""
        return [f for f in self.detectors.names.find(view(text), 0, offset) if f.entity == "PERSON"]

    def _read_otherwise(self, segment: TextWindow, seen: View, unit: Unit) -> Iterator[Mention]:
        """Yield mentions to redact that are found in the alternate views of a window.

        Those in the context of the window too: an encoded message may begin there and end far
        behind it.
        """
        for reading in alternate_views(segment.text, seen):
            stretch = TextWindow(segment.index, reading.text)
            by_name = reading.names and not reading.least
            ask = self.detectors.find if by_name else self.detectors.patterns
            found = tidy(ask(reading.plain, segment.index, 0, self.policy), stretch)
            allowed = self.detectors.allowed_terms.find(reading.plain, segment.index)
            for finding in without_allowed(split_expired(found, self.policy)[0], allowed):
                placed = reading.placed(finding, segment.offset)
                whole = unit.is_whole(placed.start, placed.end)
                if whole and reading.counts(finding.start, finding.end, finding.score):
                    yield mention_of(placed, reading.text, finding, reading=True)

    def _sure(self, found: Iterable[Finding], segment: TextWindow) -> list[Finding]:
        """Return the findings of at least their threshold, in a window and its context."""
        whole = tidy(found, replace(segment, context=0))
        return [f for f in whole if f.score >= self.policy.entity_policy(f.entity).threshold]

    def names(self, finding: Finding) -> bool:
        """Tell whether a finding is a person whose other occurrences are searched for.

        A doubtful one is redacted only where it was found: the model has read the other places as
        well, and one wrong guess must not spread over a text.
        """
        sure = self.policy.entity_policy("PERSON").review
        return finding.entity == "PERSON" and finding.score >= sure

    def _unlikely(
        self,
        first: DetectionPass,
        found: Iterable[tuple[TextWindow, View, Sequence[Occurrence]]],
        unit: Unit,
    ) -> frozenset[str]:
        """Return the words that are no names in most places of a unit, as all detectors read it.

        A model that tells no probabilities says nothing of the places where it found nobody.
        """
        own = [one for segment, _, some in found for one in some if segment.starts_in(one.finding)]
        here, spread = partition(own, lambda one: one.spread)
        others = [] if unit.is_names else spread  # the model is made for running text
        if not self.detectors.names.scored:
            return frozenset(one.word for one in others if one.word)
        read = Likelihood.of(first.read)
        return read.unlikely_words(here, LIKELY) | read.unlikely_words(others, ELSEWHERE)

    def _others(self, first: DetectionPass, unit: Unit) -> PeopleElsewhere | None:
        """Return the people of other documents whom the words of a unit can mean."""
        if self.register is None:
            return None
        others = self.register.near(unit.forms)
        others.births = births(first.mentions, unit.text)
        return others

    def resolve(
        self,
        first: DetectionPass,
        unit: Unit,
        more: Sequence[Finding] = (),
        known: Sequence[str] = (),
    ) -> Analysis:
        """Return the analysis of a unit after detection: search for other occurrences, then decide.

        `more` are findings that only the check of a first copy brought up, `known` are people who
        are redacted elsewhere in the document.
        """
        spared = first.evidence.values() | {one for one in self._own if one[0] != "PERSON"}
        named = [m.with_titles for m in first.mentions if self.names(m.finding)]
        others = first.others
        people = EntityResolver(
            [*named, *known, *first.evidence.unconfirmed()], first.evidence.confirmed(), others
        )
        second = _ResolutionPass(first, people, spared, frozenset(more), self._own)
        terms = list(_terms(second.removed, people, first, unit.text))
        if others:
            terms += collection_terms(people, others, first.against(), prose=not unit.is_names)
        sweep = OccurrenceFinder(terms, people)
        found = [
            (segment, text, list(sweep.find(text, segment.index, segment.offset)))
            for segment in unit.windows
            for text in (view(segment.text),)
        ]
        titled = (one.text for one in first.mentions if one.titled not in {"", one.text})
        unlikely = self._unlikely(first, found, unit) - _words_of([*known, *titled])
        sweep = sweep.without(unlikely)
        for segment, text, occurrences in found:
            swept = in_fields(unit, (one for one in occurrences if one.word not in unlikely))
            second.add(segment, swept, unit, titles=self.policy.titles)
            for reading in alternate_views(segment.text, text):
                again = sweep.find(reading.plain, segment.index)
                second.add_otherwise(segment, reading, again, unit)
        return second.analysis(self.policy, sweep, unit)


def _terms(
    mentions: Iterable[Mention], people: EntityResolver, first: DetectionPass, text: str
) -> Iterator[SearchTerm]:
    """Yield the search terms of people, of other removed values, and of the file's name.

    An account that the text calls an organisation's is not searched for in prose.
    """
    yield from person_terms(people)
    yield from file_terms(first.name, people)
    for mention in mentions:
        if mention.finding.source.startswith(COLUMN):  # a cell says "yes", and so do others
            continue
        if mention.finding.entity in _ACCOUNTS and is_organisations(mention.text, text):
            continue
        if mention.finding.entity != "PERSON":
            yield from value_terms(mention)
        if mention.finding.entity in _SPELLING_NAMES:
            found = address_terms(mention.text, people)
            yield from (one for one in found if not first.is_rejected(one.forms))


class _ResolutionPass:
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
        self._resolution_of = {m.finding: _resolution_of(m, people) for m in first.mentions}
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
        mentions = [m for m in mentions if not (m.reading and _resolution_of(m, self._people).kept)]
        resolved = {m.finding: _resolution_of(m, self._people) for m in mentions}
        self._resolution_of = resolved | self._resolution_of
        closed = {**restrictions(policy.allow_list), **restrictions(policy.restricted)}
        decided = [self._dated(one, closed) for one in self._decided(mentions, policy)]
        near = (m.finding for m in self._first.near_missed)
        missed = standing_near_misses(near, decided, policy)
        decisions = [self._marked(self._attributed(one)) for one in (*decided, *missed)]
        texts = {m.finding: normalize(m.text) for m in (*self._first.near_missed, *mentions)}
        keeps = sorted((one for one in decisions if one.action is Action.KEEP), key=_at)
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

        return _settled(self._doubtful, decided)

    def _dated(self, decision: Decision, until: Mapping[str, date]) -> Decision:
        """Return a decision with the restriction on its person, if there is one."""
        resolution = self._resolution_of.get(decision.finding)
        day = (
            until.get(resolution.value)
            if resolution and decision.finding.entity == "PERSON"
            else None
        )
        if day is None:
            return decision
        kept = decision.action is Action.KEEP
        exemption = Exemption(reason=ended(day)) if kept else decision.exemption
        return replace(decision, exemption=replace(exemption, restrict_until=day))

    def _attributed(self, decision: Decision) -> Decision:
        """Return a decision with what linking alone does not say of it.

        These are the detectors that saw its value, where it rests on linking alone; that another
        document of the collection has a part in it; and that it is a person's own data.
        """
        resolution = self._resolution_of.get(decision.finding)
        if resolution is None:
            return decision
        because = {*decision.because}
        if all(one.startswith("link:") for one in because):
            because |= self._seen_by.get((decision.finding.entity, resolution.value), set())
        if resolution.elsewhere:
            because.add(COLLECTION)
        value = decision.finding.entity, resolution.value
        if decision.action is Action.KEEP and value in self._own:
            because.add(SUBJECT)
        return replace(decision, because=tuple(sorted(because)))

    def _marked(self, decision: Decision) -> Decision:
        """Return a decision, marked for review if the person it is about is uncertain.

        That is so if several people share the name, one of them on the allow list perhaps, or if
        a person on it is redacted since their role or period was not found.
        """
        finding, person = decision.finding, decision.finding.entity == "PERSON"
        unsure = person and is_at(self._unsure, replace(finding, end=decision.end))
        if decision.action is Action.KEEP:
            return replace(decision, review=("keep", *decision.review)) if unsure else decision
        resolution = self._resolution_of[finding]
        reasons = set(decision.review) | (set() if resolution.clear else {"link"})
        shared = not resolution.clear and not self._names_kept.isdisjoint(resolution.value.split())
        if unsure or (
            person and (shared or resolution.value in self._unconfirmed | self._possible)
        ):
            reasons.add("keep")
        return replace(decision, review=tuple(sorted(reasons)))


def _named(subjects: Iterable[AllowedPerson]) -> frozenset[tuple[str, str]]:
    """Return entity and canonical values of people who are kept in the whole collection."""
    names = (name for one in subjects for name in names_in(one.name))
    return frozenset(("PERSON", value) for name in names for value in (name.value, name.whole))


def partition(
    found: Iterable[Occurrence], holds: Callable[[Occurrence], bool]
) -> tuple[list[Occurrence], list[Occurrence]]:
    """Return the occurrences of which something does not hold, and those of which it does."""
    halves: tuple[list[Occurrence], list[Occurrence]] = ([], [])
    for one in found:
        halves[holds(one)].append(one)
    return halves


def _asked(policy: Policy, entities: frozenset[str]) -> frozenset[str] | None:
    """Return the entities whose rules are tried, or None for all.

    An allow list may have conditions on findings of any entity near a name.
    """
    if policy.allow_list or policy.restricted:
        return None
    return frozenset(filter(policy.seeks, entities))


def _words_of(names: Iterable[str]) -> frozenset[str]:
    """Return the normalised words of names."""
    return frozenset(form for name in names for _, _, form in normalized_tokens(name))


def _is_plain_file_name(finding: Finding, unit: Unit) -> bool:
    """Tell whether the name model took an ordinary word of a file name for a person.

    The model is made for running text, not for `letter.txt` or `Annual report.pdf`. A word that is
    not common counts as a name, and so does any person who is named in the document itself.
    """
    if finding.entity != "PERSON" or not finding.source.startswith("model:"):
        return False
    piece = next((piece for piece, _, _ in unit.cut(finding.start, finding.end)), None)
    if piece is None or piece.of.slot is not Slot.FILE_NAME:
        return False
    named = [form for _, _, form in normalized_tokens(unit.text[finding.start : finding.end])]
    return all(is_common(form) or form.isdigit() or len(form) < 2 for form in named)


def _cells(unit: Unit, policy: Policy) -> Iterator[Finding]:
    """Yield the fields of a unit that are cells of a column which the policy names."""
    if not policy.columns.by_name:
        return
    for start, end in unit.fields:
        of = next((piece.of for piece, _, _ in unit.cut(start, end)), None)
        column = policy.columns.of(of.label, of.key_path) if of else None
        if column and not column.kept and unit.text[start:end].strip():
            yield Finding(0, start, end, column.entity, 1.0, column.source)


def _within(cells: Iterable[Finding], segment: TextWindow) -> Iterator[Finding]:
    """Yield the part of each cell that is in a window's own part."""
    first, last = segment.offset + segment.context, segment.offset + len(segment.text)
    for one in cells:
        start, end = max(first, one.start), min(last, one.end)
        if start < end:
            yield replace(one, start=start, end=end)


def in_fields(unit: Unit, found: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Yield occurrences cut at the borders of a unit's fields."""
    for one in found:
        for part in unit.split(one.finding):
            yield one if part is one.finding else replace(one, finding=part)


def _at(decision: Decision) -> Span:
    """Return the span of a decision."""
    return decision.finding.segment, decision.start, decision.end


def _resolution_of(mention: Mention, people: EntityResolver) -> Resolution:
    """Return the resolution of a mention; of a value, its canonical value."""
    if mention.finding.entity == "PERSON":
        return people.resolve(mention.with_titles)
    return Resolution(value_of(mention.finding.entity, mention.text))


def _settled(
    doubtful: Sequence[Occurrence], decided: Callable[[frozenset[Finding]], tuple[Decision, ...]]
) -> tuple[Decision, ...]:
    """Return decisions in which a name that begins an organisation's needs more of it redacted.

    "Carrano & Sons" is left as it is; of "Carrano & Marsh" all is redacted once Marsh is.
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
    """Tell whether anything is redacted in the phrase that an occurrence begins."""
    segment = occurrence.finding.segment
    start, end = occurrence.phrase or (0, 0)
    first = bisect_right(decisions, (segment, start), key=lambda d: (d.finding.segment, d.end))
    inside = takewhile(lambda d: (d.finding.segment, d.start) < (segment, end), decisions[first:])
    return any(decision.action is not Action.KEEP for decision in inside)
