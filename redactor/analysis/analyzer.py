"""Analysis of a unit: detection, coreference resolution, decisions. Pure.

Detection asks the detectors. Resolution searches for every other occurrence of a person or a
removed value, so that a name found on page 9 is redacted on page 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from redactor.analysis.births import births
from redactor.analysis.detection import DetectionPass
from redactor.analysis.detectors import load_detectors
from redactor.analysis.found_terms import found_terms
from redactor.analysis.likely_words import unlikely_words, words_of
from redactor.analysis.resolution_pass import ResolutionPass, in_fields
from redactor.analysis.result import Analysis
from redactor.analysis.unit import Unit
from redactor.analysis.window_reader import Elsewhere, WindowReader
from redactor.config.codes import shipped_codes
from redactor.config.policy import check_countries, check_entities
from redactor.decide import ALLOWED, DENIED
from redactor.detect.coreference.collection_terms import collection_terms
from redactor.detect.coreference.name_parser import names_in
from redactor.detect.coreference.occurrences import OccurrenceFinder
from redactor.detect.coreference.other_people import PeopleElsewhere
from redactor.detect.coreference.register import Register
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.deobfuscation.views import alternate_views
from redactor.detect.lists.phrases import listed_terms
from redactor.model import AllowedPerson, Finding, Policy
from redactor.operators import placeholders
from redactor.text import view


class Analyzer:
    """A policy and the detectors it needs. Holds no document.

    `register` are the people of the collection, where its documents are linked. What is found in a
    window of a text is asked for `elsewhere` first.
    """

    def __init__(
        self,
        policy: Policy,
        rules: tuple[Path, ...] = (),
        register: Register | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """Load the detectors. Raises ConfigError, also for entities that no detector finds."""
        self.policy, self.register, self._elsewhere = policy, register, elsewhere
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

    @property
    def reader(self) -> WindowReader:
        """Return what asks the detectors, window by window."""
        return WindowReader(self.detectors, self.policy, self.placeholders, self._elsewhere)

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
        self.reader.read(unit, detected)
        detected = detected.without_labels(unit.text, self.detectors.rules)
        weighed = detected.weighed(unit.text, self.policy)
        weighed.others = self._others(weighed, unit)
        return weighed

    def names(self, finding: Finding) -> bool:
        """Tell whether a finding is a person whose other occurrences are searched for.

        A doubtful one is redacted only where it was found: the model has read the other places as
        well, and one wrong guess must not spread over a text.
        """
        sure = self.policy.entity_policy("PERSON").review
        return finding.entity == "PERSON" and finding.score >= sure

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
        second = ResolutionPass(first, people, spared, frozenset(more), self._own)
        terms = list(found_terms(second.removed, people, first, unit.text))
        if others:
            terms += collection_terms(people, others, first.against(), prose=not unit.is_names)
        sweep = OccurrenceFinder(terms, people)
        found = [
            (segment, text, list(sweep.find(text, segment.index, segment.offset)))
            for segment in (*unit.windows, *unit.apart)
            for text in (view(segment.text),)
        ]
        titled = (one.text for one in first.mentions if one.titled not in {"", one.text})
        unlikely = unlikely_words(first, found, unit, scored=self.detectors.names.scored)
        unlikely -= words_of([*known, *titled])
        sweep = sweep.without(unlikely)
        for segment, text, occurrences in found:
            swept = in_fields(unit, (one for one in occurrences if one.word not in unlikely))
            second.add(segment, swept, unit, titles=self.policy.titles)
            for reading in alternate_views(segment.text, text):
                again = sweep.find(reading.plain, segment.index)
                second.add_otherwise(segment, reading, again, unit)
        return second.analysis(self.policy, sweep, unit)


def _named(subjects: Iterable[AllowedPerson]) -> frozenset[tuple[str, str]]:
    """Return entity and canonical values of people who are kept in the whole collection."""
    names = (name for one in subjects for name in names_in(one.name))
    return frozenset(("PERSON", value) for name in names for value in (name.value, name.whole))


def _asked(policy: Policy, entities: frozenset[str]) -> frozenset[str] | None:
    """Return the entities whose rules are tried, or None for all.

    An allow list may have conditions on findings of any entity near a name.
    """
    if policy.allow_list or policy.restricted:
        return None
    return frozenset(filter(policy.seeks, entities))
