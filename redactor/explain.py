"""Why a text is treated as it is: every candidate, what spoke for it, and what became of it.

The candidates come from the detectors as they are; what became of them is read off the decisions
that a run over the same text makes, so that an explanation cannot say something else than a run
does. Positions only: who holds the text may show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.decide import ALLOWED, DENIED, LOOKALIKE, drop_lookalikes, place
from redactor.detect.observation import Observation
from redactor.model import Action, Decision, Finding
from redactor.text import view

__all__ = ["Candidate", "Explanation", "explain"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something a detector saw: what it is, why, and what became of it.

    `won` tells whether it gave the label to what was removed.
    """

    finding: Finding
    why: tuple[str, ...]
    fate: str
    won: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is removed from a text, and every candidate in order of place."""

    removals: tuple[Decision, ...]
    candidates: tuple[Candidate, ...]


def explain(text: str, analyzer: Analyzer) -> Explanation:
    """Return what becomes of a text, and why. Raises InputError when it could not be examined."""
    found = analyzer.analyze(text_unit(text))
    removals = tuple(one.decision for one in found.removals)
    keeps = tuple(one.decision for one in found.keeps)
    told = list(_told(text, analyzer))
    seen = {(t.finding.start, t.finding.end, t.finding.entity, t.finding.source) for t in told}
    others = [Observation(d.finding, ("the same as elsewhere in the text",)) for d in removals]
    told += [
        t for t in others if (*_span(t.finding), t.finding.entity, t.finding.source) not in seen
    ]
    alike = [t.finding for t in told if t.finding.entity == LOOKALIKE and not t.refused]
    fate = _Fate(analyzer, removals, keeps, alike)
    candidates = (Candidate(t.finding, t.why, *fate.of(t)) for t in told)
    return Explanation(removals, tuple(sorted(candidates, key=lambda c: place(c.finding))))


def _span(finding: Finding) -> tuple[int, int]:
    return finding.start, finding.end


def _told(text: str, analyzer: Analyzer) -> Iterator[Observation]:
    seen, detectors = view(text), analyzer.detectors
    yield from detectors.rules.observations(seen)
    yield from detectors.alike.observations(seen)
    yield from detectors.presidio.observations(seen)
    yield from detectors.written.observations(seen)
    yield from (Observation(one, ("the name model",)) for one in detectors.names.find(seen))
    listed = (
        (detectors.deny_list, "a term of a deny list"),
        (detectors.allowed_terms, "a value of an allow list"),
    )
    yield from (Observation(one, (why,)) for terms, why in listed for one in terms.find(seen))


class _Fate:
    """What became of candidates, as the decisions of a run say."""

    def __init__(
        self,
        analyzer: Analyzer,
        removals: tuple[Decision, ...],
        keeps: tuple[Decision, ...],
        alike: list[Finding],
    ) -> None:
        self._policy, self._removals, self._keeps = analyzer.policy, removals, keeps
        self._alike, self._written = alike, analyzer.detectors.written.sources

    def of(self, told: Observation) -> tuple[str, bool]:
        """Return what became of a candidate, and whether it gave the label."""
        finding = told.finding
        if told.refused:
            return "lost: refused by its check", False
        if finding.entity == LOOKALIKE:
            return "says what is no personal data", False
        if finding.source == ALLOWED:
            return "stays, with all that is wholly inside", False
        return self._before(finding) or self._after(finding)

    def _before(self, finding: Finding) -> tuple[str, bool] | None:
        """Return what kept a candidate from being considered at all."""
        entity_policy = self._policy.entity_policy(finding.entity)
        if finding.source == DENIED:
            return None
        if entity_policy.action is Action.KEEP:
            return f"lost: the policy keeps {finding.entity}", False
        if entity_policy.expired and finding.score >= entity_policy.threshold:
            return (
                f"stays: the restriction ended on {entity_policy.exemption.restrict_until}",
                False,
            )
        if finding.score < entity_policy.threshold:
            return f"lost: below the threshold of {entity_policy.threshold:.2f}", False
        if self._may_be_alike(finding) and not drop_lookalikes([finding], self._alike):
            return "lost: it only looks alike", False
        return None

    def _may_be_alike(self, finding: Finding) -> bool:
        others = finding.source.startswith(("model:", "link:"))
        return not others and finding.source not in self._written

    def _after(self, finding: Finding) -> tuple[str, bool]:
        for decision in self._removals:
            if decision.start < finding.end and finding.start < decision.end:
                winner = decision.finding
                if _same(finding, winner):
                    return f"removed ({decision.action.value})", True
                by = f"{winner.entity} of {winner.source}"
                return f"lost the label to {by}, and is removed with it", False
        for keep in self._keeps:
            if keep.start < finding.end and finding.start < keep.end:
                return "lost: an allow list names it", False
        return "lost: no name once titles and the like are taken off", False


def _same(finding: Finding, winner: Finding) -> bool:
    """Tell whether a candidate is the winner, perhaps without the title before it."""
    alike = replace(winner, start=finding.start, end=finding.end) == finding
    return alike and finding.start <= winner.start and winner.end <= finding.end
