"""Leaks of a unit's copy: it is searched before a byte of it is written.

This proves the writing, not the finding: what no detector found is not found here either.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.detection import tidy
from redactor.analysis.resolution_pass import in_fields
from redactor.analysis.result import Analysis
from redactor.analysis.unit import Edited, Unit
from redactor.analysis.walls import Walls
from redactor.decide import Cover, Span, decide, split_expired
from redactor.detect.coreference.occurrences import Occurrence
from redactor.detect.deobfuscation.views import alternate_views
from redactor.model import FREE_FORM, Action, Finding, TextWindow
from redactor.text import View, plain, view

__all__ = ["leaks"]


def leaks(edited: Edited, found: Analysis, analyzer: Analyzer) -> list[Finding]:
    """Return the findings in the copy of a unit that must not be there, in positions of the source.

    These are removed values, wherever they would be found in a source, in every view of the text,
    and findings of the rules that they did not have in the source. A value that a reviewer restored
    is accepted at its place.
    """
    restored = Cover(_restored(found, edited))
    return [
        replace(one, start=edited.source(one.start), end=edited.source(one.end))
        for one in _left_over(edited.unit, found, analyzer, FreeForm(found, edited))
        if not restored.holds(one)
    ]


def _restored(found: Analysis, edited: Edited) -> Iterator[Span]:
    """Yield the spans of a copy that a reviewer restored."""
    for one in found.keeps:
        if one.decision.review_decision is not None:
            start, end = one.decision.start, one.decision.end
            yield one.decision.finding.segment, edited.target(start), edited.target(end)


class FreeForm:
    """The replacements of a unit that look like any text: a surrogate, a date, a band.

    They are known by their positions. That they hold no removed value was made sure of as they were
    made (`redactor.operators.replacing`).
    """

    def __init__(self, found: Analysis, edited: Edited) -> None:
        """Note where they are in the copy."""
        placed = sorted(
            (edited.target(one.decision.start), edited.target(one.decision.end))
            for one in found.removals
            if one.decision.action in FREE_FORM
        )
        self._spans = [span for span in placed if span[0] < span[1]]

    def within(self, window: TextWindow) -> list[Span]:
        """Return those that a window touches."""
        stop = window.offset + len(window.text)
        first = bisect_right(self._spans, window.offset, key=lambda span: span[1])
        last = bisect_left(self._spans, stop, key=lambda span: span[0])
        return [(window.index, *span) for span in self._spans[first:last]]


def _left_over(
    unit: Unit, found: Analysis, analyzer: Analyzer, ours: FreeForm
) -> Iterator[Finding]:
    for window in unit.windows:
        text, raw = view(window.text), plain(window.text)
        made = ours.within(window)
        more = unit.within_fields(analyzer.detectors.ruled(text, window.index, window.offset))
        seen = _Seen.of(window, text, found, analyzer, unit, made)
        yield from _left(seen, more, found, analyzer)
        for one in _left_otherwise(window, text, found, analyzer, unit):
            if not _takes_in(one, made):
                yield one
        if raw != text:  # of most texts the view is the text itself
            seen = _Seen.of(window, raw, found, analyzer, unit, made)
        yield from _left(seen, [], found, analyzer)


def _left_otherwise(
    window: TextWindow, text: View, found: Analysis, analyzer: Analyzer, unit: Unit
) -> Iterator[Finding]:
    """Yield the leaks in the alternate views of a window."""
    for other in alternate_views(window.text, text):
        stretch = TextWindow(window.index, other.text)
        more = analyzer.detectors.ruled(other.plain, window.index, 0)
        seen = _Seen.of(stretch, other.plain, found, analyzer)
        for finding in _left(seen, more, found, analyzer):
            if other.counts(finding.start, finding.end, finding.score):
                placed = other.placed(finding, window.offset)
                walls = Walls.of(window.text, analyzer.placeholders(window.text, found))
                held = walls.hold(placed.start, placed.end, window.offset)
                if unit.is_whole(placed.start, placed.end) and not held:
                    yield placed


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is searched for in a window of a copy, whatever the rules find there.

    `occurrences` are those of removed values, `added` what a reviewer added, `allowed` the allowed
    terms, and `ours` the spans of replacements.
    """

    window: TextWindow
    occurrences: list[Occurrence]
    added: list[Finding]
    allowed: list[Finding]
    ours: list[Span]

    @classmethod
    def of(  # noqa: PLR0913, PLR0917  # a window, how it is read, and what was decided
        cls,
        window: TextWindow,
        text: View,
        found: Analysis,
        analyzer: Analyzer,
        unit: Unit | None = None,
        made: Sequence[Span] = (),
    ) -> _Seen:
        """Return what is in a window that reads as `text`; `made` are free replacements."""
        place = window.index, window.offset
        occurrences = list(found.occurrences.find(text, *place))
        if unit is not None:
            occurrences = list(in_fields(unit, occurrences))
        added = list(found.added.find(text, *place)) if found.added else []
        ours = [
            (window.index, match.start() + window.offset, match.end() + window.offset)
            for match in analyzer.placeholders(window.text, found)
        ]
        allowed = analyzer.detectors.allowed_terms.find(text, *place)
        return cls(window, occurrences, added, allowed, [*ours, *made])


def _left(seen: _Seen, more: list[Finding], found: Analysis, analyzer: Analyzer) -> list[Finding]:
    more = [*split_expired(more, analyzer.policy)[0], *seen.added]
    findings = more + [o.finding for o in seen.occurrences if o.phrase is None]
    decisions = decide(
        [one for one in tidy(findings, seen.window) if not _takes_in(one, seen.ours)],
        analyzer.policy,
        kept=[
            *(occurrence.finding for occurrence in seen.occurrences if occurrence.kept),
            *(finding for finding in more if found.spares(finding, seen.window)),
            *seen.allowed,
        ],
        placeholders=seen.ours,
    )
    return [
        replace(decision.finding, start=decision.start, end=decision.end)
        for decision in decisions
        if decision.action is not Action.KEEP
    ]


def _takes_in(finding: Finding, ours: Sequence[tuple[int, int, int]]) -> bool:
    """Tell whether a finding overlaps a replacement: it is then a finding of our own text."""
    return any(start < finding.end and finding.start < end for _, start, end in ours)
