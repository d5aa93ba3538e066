"""All detectors of a policy: rules, Presidio, the name model, deny list and allow list.

Presidio and spaCy take two seconds to import. They are imported where detectors are loaded, and so
not by the process that supervises workers, nor by a command that reads a log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from redactor.config.recognizers import own_recognizers
from redactor.config.rules import bundled_rules, check_bundled, is_folder, parse_rules
from redactor.decide import ALLOWED, DENIED, LOOKALIKE, NEVER_ALIKE, drop_lookalikes
from redactor.detect.addresses.blocks import whole_blocks
from redactor.detect.lists.phrases import ListedTerms, listed_terms
from redactor.detect.ner.detector import ENTITIES, NameDetector
from redactor.detect.rules.detector import RuleDetector, check_redos, distinct, validate
from redactor.errors import RuleError
from redactor.model import Finding, NameModel, Policy, Recognizer, Rule, TermList
from redactor.text import View

if TYPE_CHECKING:
    from redactor.detect.presidio.detector import PresidioDetector


@dataclass(frozen=True)
class RuleDetectors:
    """Rules, and those of them that say what only looks alike.

    `asked` are the entities whose rules are tried; None are all.
    """

    rules: RuleDetector
    alike: RuleDetector
    asked: frozenset[str] | None = field(default=None, kw_only=True)

    def by_rules(self, text: View, segment: int = 0, offset: int = 0) -> list[Finding]:
        """Return the findings of the rules, addresses whole and look-alikes left out."""
        return self._real(self._blocks(text, segment, offset), text, segment, offset)

    def _blocks(self, text: View, segment: int, offset: int) -> list[Finding]:
        """Return the findings of the rules, addresses grown to whole blocks."""
        found = self.rules.find(text, segment, offset, self.asked)
        return list(whole_blocks(text, found, offset))

    def _real(self, found: list[Finding], text: View, segment: int, offset: int) -> list[Finding]:
        """Return findings without look-alikes, which are searched for only where one can matter."""
        if all(finding.entity in NEVER_ALIKE for finding in found):
            return found
        return drop_lookalikes(found, self.alike.find(text, segment, offset))


@dataclass(frozen=True)
class Detectors(RuleDetectors):
    """All detectors, loaded once a process.

    `entities` and `countries` are all that are known, whether or not the policy asks for them.
    `written` runs the recognisers that the user wrote for Presidio.
    """

    presidio: PresidioDetector
    written: PresidioDetector
    names: NameDetector
    entities: frozenset[str]
    countries: frozenset[str]
    deny_list: ListedTerms
    allowed_terms: ListedTerms

    @property
    def sought(self) -> frozenset[str]:
        """Return the entities that the detectors search for."""
        recognised = self.presidio.entities | self.written.entities
        return self.rules.entities | recognised | set(ENTITIES.values())

    def find(self, text: View, segment: int, offset: int, policy: Policy) -> list[Finding]:
        """Return the findings of every detector, in source positions plus `offset`.

        The name model, which takes most of the time, is asked only for what the policy looks for.
        """
        found = self.patterns(text, segment, offset, policy)
        if any(map(policy.seeks, self.names.entities)):
            found += self.names.find(text, segment, offset)
        return found

    def patterns(self, text: View, segment: int, offset: int, policy: Policy) -> list[Finding]:
        """Return the findings of rules, Presidio and deny list.

        Presidio is asked only for entities that the policy redacts: its search for web addresses
        costs as much as all the rest. Look-alikes suppress no finding of the user's recognisers.
        """
        found = self._blocks(text, segment, offset)
        if wanted := _sought_of(self.presidio, policy):
            found += self.presidio.find(text, segment, offset, wanted)
        found = self._real(found, text, segment, offset)
        if wanted := _sought_of(self.written, policy):
            found += self.written.find(text, segment, offset, wanted)
        return found + self.deny_list.find(text, segment, offset)

    def ruled(self, text: View, segment: int, offset: int) -> list[Finding]:
        """Return the findings of the rules and of the deny list, which cost little."""
        return self.by_rules(text, segment, offset) + self.deny_list.find(text, segment, offset)


def _sought_of(recognisers: PresidioDetector, policy: Policy) -> list[str]:
    return sorted(entity for entity in recognisers.entities if policy.seeks(entity))


@lru_cache(maxsize=4)
def load_detectors(
    paths: tuple[Path, ...],
    seconds: float,
    model: NameModel,
    countries: frozenset[str] | None = None,
    recognizers: tuple[Recognizer, ...] = (),
) -> Detectors:
    """Load the shipped rules, Presidio, the name model, and the user's rules and recognisers.

    `paths` are folders of rules and files of recognisers for Presidio; `recognizers` are more of
    those. Rules and recognisers of one country are loaded only for `countries`; None are all.

    Raises RuleError, ModelError, or PolicyError for a model that cannot be had as the policy says.
    """
    from redactor.detect.presidio.detector import PresidioDetector
    from redactor.detect.presidio.registry import known_countries, known_entities
    from redactor.detect.presidio.written import written_recognizers

    by_rules, rules = _proved_rules(paths, seconds, countries)
    written = written_recognizers((*own_recognizers(paths), *recognizers))
    asked = [one.adapter for one in written if one.written.serves(countries)]
    entities = {entity for one in written for entity in one.adapter.entities}
    return Detectors(
        rules=by_rules.rules,
        alike=by_rules.alike,
        presidio=_presidio(seconds, countries),
        written=PresidioDetector(seconds, own=asked),
        names=load_names(model),
        entities=known_entities().union(
            ENTITIES.values(), (rule.entity for rule in rules), entities
        )
        - {LOOKALIKE},
        countries=known_countries().union(
            *(rule.countries for rule in rules),
            {one.written.country for one in written if one.written.country},
        ),
        deny_list=listed_terms(TermList(), DENIED),
        allowed_terms=listed_terms(TermList(), ALLOWED),
    )


def load_rule_detectors(
    paths: tuple[Path, ...], seconds: float, countries: frozenset[str] | None = None
) -> RuleDetectors:
    """Load the shipped rules, and those in folders of the user's. Raises RuleError."""
    return _proved_rules(paths, seconds, countries)[0]


@lru_cache(maxsize=4)
def _proved_rules(
    paths: tuple[Path, ...], seconds: float, countries: frozenset[str] | None
) -> tuple[RuleDetectors, tuple[Rule, ...]]:
    """Return rules at work, and all that there are."""
    check_bundled()
    loaded = load_rules(paths)
    serving = [rule for rule in loaded if rule.serves(countries)]
    own = [rule for rule in loaded if not _is_shipped(rule)]
    unproved = frozenset(rule.id for rule in own)

    def detector(rules: Iterable[Rule]) -> RuleDetector:
        return RuleDetector(rules, seconds=seconds, unproved=unproved)

    rules = detector(rule for rule in serving if rule.entity != LOOKALIKE)
    alike = detector(rule for rule in serving if rule.entity == LOOKALIKE)
    for rule in own:
        _prove_own(rule, served=rule in serving)
    return RuleDetectors(rules, alike), loaded


@lru_cache(maxsize=4)
def _presidio(seconds: float, countries: frozenset[str] | None) -> PresidioDetector:
    """Return the recognisers, made once for all policies that differ in rules or model."""
    from redactor.detect.presidio.detector import PresidioDetector

    return PresidioDetector(seconds, countries)


@lru_cache(maxsize=2)
def load_names(model: NameModel) -> NameDetector:
    """Return a name model, loaded once for all policies that differ in rules or countries.

    Raises ModelError, or PolicyError for settings that the model cannot obey.
    """
    return NameDetector(model)


def _is_shipped(rule: Rule) -> bool:
    """Tell whether a rule is one of ours, whose examples and speed our tests prove."""
    return rule.file is not None and rule.file.is_relative_to(bundled_rules())


def _prove_own(rule: Rule, *, served: bool) -> None:
    """Raise RuleError for a rule of the user's that is broken or slow.

    One that serves was proved as its detector was made. The shipped ones are tried in tests.
    """
    if not served:
        validate(rule)
    check_redos(rule)


def check_own(paths: Iterable[Path]) -> None:
    """Raise RuleError for what the user wrote that cannot be used together, or with the shipped."""
    from redactor.detect.presidio.written import written_recognizers

    paths = tuple(paths)
    load_rules(paths)
    written_recognizers(own_recognizers(paths))


def load_rules(paths: Iterable[Path]) -> tuple[Rule, ...]:
    """Read the shipped rules and those in `paths`. Raises RuleError, as for an id used twice."""
    return distinct([*parse_rules(bundled_rules()), *own_rules(paths)])


def own_rules(paths: Iterable[Path]) -> list[Rule]:
    """Read the rules in some folders of the user's; a file among `paths` holds recognisers.

    Raises RuleError, as for a file read twice.
    """
    rules: dict[Path | None, Rule] = {}
    folders = (path for path in paths if is_folder(path) or not path.is_file())
    for rule in (rule for folder in folders for rule in parse_rules(folder)):
        resolved = rule.file and rule.file.resolve()
        if resolved in rules:
            raise RuleError(
                f"{rule.file} is read twice, as the rules {rules[resolved].id}, {rule.id}"
            )
        rules[resolved] = rule
    return list(rules.values())
