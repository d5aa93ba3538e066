"""Names that begin an organisation's: redacted only where more of it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import takewhile

from redactor.detect.coreference.occurrences import Occurrence
from redactor.model import Action, Decision, Finding

__all__ = ["settled"]


def settled(
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
