"""What a decision says beside its action: restrictions, detectors, and reasons to review it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from redactor.decide import Span, ended
from redactor.detect.coreference.resolver import Resolution
from redactor.detect.lists.allow_list import is_at
from redactor.model import Action, Decision, Exemption, Finding

__all__ = ["COLLECTION", "SUBJECT", "Annotations"]

COLLECTION = "link:collection"
"""Among the reasons of a decision: another document of the collection has a part in it."""

SUBJECT = "list:keep-person"
"""The same of what is kept: it is the own data of a person who was to be kept everywhere."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is known of the values that decisions are about.

    `seen_by` are the detectors that saw an entity and value, `own` the entities and values of
    people whose own data is kept in the whole collection. `unsure` are places of names that
    several people share, `names_kept` words of people who are kept, `possible` the values of
    people who may be on the allow list.
    """

    resolutions: Mapping[Finding, Resolution] = field(repr=False)
    seen_by: Mapping[tuple[str, str], set[str]] = field(repr=False)
    own: frozenset[tuple[str, str]] = field(repr=False)
    unsure: AbstractSet[Span] = field(repr=False)
    names_kept: AbstractSet[str] = field(repr=False)
    possible: AbstractSet[str] = field(repr=False)

    def dated(self, decision: Decision, until: Mapping[str, date]) -> Decision:
        """Return a decision with the restriction on its person, if there is one."""
        resolution = self.resolutions.get(decision.finding)
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

    def attributed(self, decision: Decision) -> Decision:
        """Return a decision with what linking alone does not say of it.

        These are the detectors that saw its value, where it rests on linking alone; that another
        document of the collection has a part in it; and that it is a person's own data.
        """
        resolution = self.resolutions.get(decision.finding)
        if resolution is None:
            return decision
        because = {*decision.because}
        if all(one.startswith("link:") for one in because):
            because |= self.seen_by.get((decision.finding.entity, resolution.value), set())
        if resolution.elsewhere:
            because.add(COLLECTION)
        value = decision.finding.entity, resolution.value
        if decision.action is Action.KEEP and value in self.own:
            because.add(SUBJECT)
        return replace(decision, because=tuple(sorted(because)))

    def marked(self, decision: Decision) -> Decision:
        """Return a decision, marked for review if the person it is about is uncertain.

        That is so if several people share the name, one of them on the allow list perhaps, or if
        a person on it is redacted since their role or period was not found.
        """
        finding, person = decision.finding, decision.finding.entity == "PERSON"
        unsure = person and is_at(self.unsure, replace(finding, end=decision.end))
        if decision.action is Action.KEEP:
            return replace(decision, review=("keep", *decision.review)) if unsure else decision
        resolution = self.resolutions[finding]
        reasons = set(decision.review) | (set() if resolution.clear else {"link"})
        shared = not resolution.clear and not self.names_kept.isdisjoint(resolution.value.split())
        if unsure or (person and (shared or resolution.value in self.possible)):
            reasons.add("keep")
        return replace(decision, review=tuple(sorted(reasons)))
