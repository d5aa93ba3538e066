"""All detectors of a policy: rules, Presidio, the name model, deny list and allow list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from redactor.config.rules import bundled_rules, parse_rules
from redactor.decide import ALLOWED, DENIED, LOOKALIKE, NEVER_ALIKE, drop_lookalikes
from redactor.detect.addresses.blocks import whole_blocks
from redactor.detect.lists.phrases import ListedTerms, listed_terms
from redactor.detect.ner.detector import ENTITIES, NameDetector
from redactor.detect.presidio.detector import PresidioDetector
from redactor.detect.presidio.registry import known_countries, known_entities
from redactor.detect.rules.detector import RuleDetector, check_redos, distinct, validate
from redactor.errors import RuleError
from redactor.model import Finding, NameModel, Policy, Rule, TermList
from redactor.text import View


@dataclass(frozen=True)
class Detectors:
    """All detectors, loaded once a process.

    `entities` and `countries` are all that are known, whether or not the policy asks for them.
    """

    rules: RuleDetector
    alike: RuleDetector
    presidio: PresidioDetector
    names: NameDetector
    entities: frozenset[str]
    countries: frozenset[str]
    deny_list: ListedTerms
    allowed_terms: ListedTerms

    @property
    def sought(self) -> frozenset[str]:
        """Return the entities that the detectors search for."""
        return self.rules.entities | self.presidio.entities | set(ENTITIES.values())

    def find(self, text: View, segment: int, offset: int, policy: Policy) -> list[Finding]:
        """Return the findings of every detector, in source positions plus `offset`."""
        return [
            *self.patterns(text, segment, offset, policy),
            *self.names.find(text, segment, offset),
        ]

    def patterns(self, text: View, segment: int, offset: int, policy: Policy) -> list[Finding]:
        """Return the findings of rules, Presidio and deny list.

        Presidio is asked only for entities that the policy redacts: its search for web addresses
        costs as much as all the rest.
        """
        found = self._blocks(text, segment, offset)
        wanted = sorted(e for e in self.presidio.entities if policy.seeks(e))
        if wanted:
            found += self.presidio.find(text, segment, offset, wanted)
        found = self._real(found, text, segment, offset)
        return found + self.deny_list.find(text, segment, offset)

    def ruled(self, text: View, segment: int, offset: int) -> list[Finding]:
        """Return the findings of the rules and of the deny list, which cost little."""
        found = self._real(self._blocks(text, segment, offset), text, segment, offset)
        return found + self.deny_list.find(text, segment, offset)

    def _blocks(self, text: View, segment: int, offset: int) -> list[Finding]:
        """Return the findings of the rules, addresses grown to whole blocks."""
        return list(whole_blocks(text, self.rules.find(text, segment, offset), offset))

    def _real(self, found: list[Finding], text: View, segment: int, offset: int) -> list[Finding]:
        """Return findings without look-alikes, which are searched for only where one can matter."""
        if all(finding.entity in NEVER_ALIKE for finding in found):
            return found
        return drop_lookalikes(found, self.alike.find(text, segment, offset))


@lru_cache(maxsize=4)
def load_detectors(
    folders: tuple[Path, ...],
    seconds: float,
    model: NameModel,
    countries: frozenset[str] | None = None,
) -> Detectors:
    """Load the shipped rules, those of `folders`, Presidio and the name model.

    What is of one country only if it is one of `countries`; None are all.

    Raises RuleError, ModelError, or PolicyError for a model that cannot be had as the policy says.
    """
    loaded = load_rules(folders)
    serving = [rule for rule in loaded if rule.serves(countries)]
    rules = RuleDetector((r for r in serving if r.entity != LOOKALIKE), seconds=seconds)
    alike = RuleDetector((r for r in serving if r.entity == LOOKALIKE), seconds=seconds)
    for rule in loaded:
        if not (rule.file and rule.file.is_relative_to(bundled_rules())):
            _prove_own(rule, served=rule in serving)
    return Detectors(
        rules=rules,
        alike=alike,
        presidio=_presidio(seconds, countries),
        names=_names(model),
        entities=known_entities().union(ENTITIES.values(), (rule.entity for rule in loaded))
        - {LOOKALIKE},
        countries=known_countries().union(*(rule.countries for rule in loaded)),
        deny_list=listed_terms(TermList(), DENIED),
        allowed_terms=listed_terms(TermList(), ALLOWED),
    )


@lru_cache(maxsize=4)
def _presidio(seconds: float, countries: frozenset[str] | None) -> PresidioDetector:
    """Return the recognisers, made once for all policies that differ in rules or model."""
    return PresidioDetector(seconds, countries)


@lru_cache(maxsize=2)
def _names(model: NameModel) -> NameDetector:
    """Return a name model, loaded once for all policies that differ in rules or countries."""
    return NameDetector(model)


def _prove_own(rule: Rule, *, served: bool) -> None:
    """Raise RuleError for a rule of the user's that is broken or slow.

    One that serves was proved as its detector was made. The shipped ones are tried in tests.
    """
    if not served:
        validate(rule)
    check_redos(rule)


def load_rules(folders: Iterable[Path]) -> tuple[Rule, ...]:
    """Read the shipped rules and those of `folders`. Raises RuleError, as for an id used twice."""
    return distinct([*parse_rules(bundled_rules()), *own_rules(folders)])


def own_rules(folders: Iterable[Path]) -> list[Rule]:
    """Read the rules of some folders of the user's. Raises RuleError, as for a file read twice."""
    rules: dict[Path | None, Rule] = {}
    for rule in (rule for folder in folders for rule in parse_rules(folder)):
        resolved = rule.file and rule.file.resolve()
        if resolved in rules:
            raise RuleError(
                f"{rule.file} is read twice, as the rules {rules[resolved].id}, {rule.id}"
            )
        rules[resolved] = rule
    return list(rules.values())
