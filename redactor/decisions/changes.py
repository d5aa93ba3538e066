"""Carries out review decisions: an analysis, changed by the decisions of reviewers.

The events of a span apply in order, oldest review first: restored and then added, it is redacted;
added and then restored, it is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from redactor.analysis.result import Analysis, Removal, Retention
from redactor.config.decisions import Row
from redactor.decide import DENIED, Span
from redactor.detect.coreference.search_terms import value_of
from redactor.model import Action, Decision, Exemption, Finding, Policy, ReviewDecision
from redactor.text import normalize

ADDED = "review:added"
"""The source of findings that a reviewer added."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row, and the decision it applies to; `round` is the number of its review."""

    round: int
    row: Row
    was: Decision | None = None
    place: str = ""


class DecisionChanges:
    """Changes an analysis. `problems` are the rows that could not be carried out."""

    def __init__(
        self,
        effects: Mapping[Span, Sequence[Event]],
        added: Mapping[Finding, Event],
        reviewed: Callable[[Event], ReviewDecision],
        policy: Policy,
    ) -> None:
        """Set the events by span, and the findings that reviewers added."""
        self._effects, self._added, self._reviewed, self._policy = effects, added, reviewed, policy
        restored = (s for s, e in effects.items() if any(x.row.decision == "restore" for x in e))
        self._restored = Spans(restored)
        self._new = sorted(added, key=lambda one: (one.segment, one.start))
        self._cut = dict(self._parts())
        self._cut_spans = sorted(self._cut)
        self._done: set[Span] = set()
        self.problems: list[str] = []

    def _parts(self) -> Iterator[tuple[Span, Event]]:
        """Yield the restored spans that the same review removes in part, with their events."""
        for span, events in self._effects.items():
            event = events[-1]
            beside = (self._added[one] for one in self._touching(span))
            same = any(one.row.span and one.round == event.round for one in beside)
            if event.row.decision == "restore" and same:
                yield span, event

    def _touching(self, span: Span) -> list[Finding]:
        """Return the added findings that overlap a span; of those before it, the last alone may."""
        inside = self._inside(span)
        at = bisect_left(self._new, span[:2], key=lambda one: (one.segment, one.start)) - 1
        before = self._new[at] if at >= 0 else None
        touches = before and _overlap((before.segment, before.start, before.end), span)
        return [before, *inside] if before and touches else inside

    def applied(self, found: Analysis) -> Analysis:
        """Return the analysis with all decisions carried out."""
        parted = [part for one in found.removals for part in self._parted(one)]
        changed = [
            (replace(one, decision=self._changed(one.decision)), one)
            for one in parted
            if isinstance(one, Removal)
        ]
        removals = [one for one, _ in changed if one.decision.action is not Action.KEEP]
        keeps = [
            Retention(one.decision, one.words)
            for one, was in changed
            if one.decision.action is Action.KEEP and _span(was.decision) in self._effects
        ]
        keeps += [replace(one, decision=self._confirmed(one.decision)) for one in found.keeps]
        keeps += [one for one in parted if isinstance(one, Retention)]
        self._check_done(removals)
        keeps.sort(key=lambda one: _span(one.decision))
        return replace(found, removals=tuple(removals), keeps=tuple(keeps))

    def _parted(self, one: Removal) -> list[Removal | Retention]:
        """Return a removal without what a review restores of it beside what it adds in it."""
        span = _span(one.decision)
        kept = [piece for restored in self._cut_in(span) for piece in self._left_of(restored, span)]
        if not kept:
            return [one]
        goes = _without([span[1:]], [piece[:2] for piece in kept])
        removed = [self._piece(one, *piece) for piece in goes]
        return [*removed, *(self._kept_piece(one, *piece) for piece in kept)]

    def _cut_in(self, span: Span) -> list[Span]:
        """Return the restored spans, removed in part, that overlap a span."""
        low = max(bisect_left(self._cut_spans, span) - 1, 0)
        high = bisect_left(self._cut_spans, (span[0], span[2]))
        return [one for one in self._cut_spans[low:high] if _overlap(one, span)]

    def _left_of(self, restored: Span, span: Span) -> list[tuple[int, int, Event]]:
        """Return what is restored of a span, with the event that does it."""
        event = self._cut[restored]
        self._done.add(restored)
        inside = max(restored[1], span[1]), min(restored[2], span[2])
        added = [(one.start, one.end) for one in self._touching((span[0], *inside))]
        return [(*piece, event) for piece in _without([inside], added)]

    def _piece(self, one: Removal, start: int, end: int) -> Removal:
        decision, text = (
            one.decision,
            one.text[start - one.decision.start : end - one.decision.start],
        )
        inside = self._inside((decision.finding.segment, start, end))
        finding = inside[0] if inside else decision.finding
        entity = finding.entity
        value = one.value if entity == "PERSON" else value_of(entity, text)
        decision = replace(decision, finding=finding, start=start, end=end)
        return Removal(decision, value, normalize(text), text)

    def _kept_piece(self, one: Removal, start: int, end: int, event: Event) -> Retention:
        was = one.decision
        decision = self._after(replace(was, start=start, end=end), was, event)
        return Retention(decision, normalize(one.text[start - was.start : end - was.start]))

    def _changed(self, one: Decision) -> Decision:
        """Return a removal after its events."""
        span = _span(one)
        changed = one
        for event in self._events(span):
            changed = self._after(changed, one, event)
        return changed

    def _events(self, span: Span) -> list[Event]:
        """Return the events that apply to a span, oldest review first."""
        exact = list(self._effects.get(span, ()))
        self._done.update([span] if exact else [])
        added = _but_confirmed(self._added_in(span), exact)
        around = self._restored.around(span)
        if around is None and self._restored.touch(span) and not added:
            self.problems += self._in_part(span)
        wider = [] if around is None or around == span else self._effects.get(around, ())
        events = {id(event): event for event in (*wider, *exact, *added)}.values()
        self._note_conflict(exact, added)
        return sorted(events, key=lambda event: event.round)

    def _added_in(self, span: Span) -> list[Event]:
        """Return the events of added findings in a span."""
        return [self._added[one] for one in self._inside(span)]

    def _inside(self, span: Span) -> list[Finding]:
        """Return the added findings that begin in a span."""
        segment, start, end = span
        first = bisect_left(self._new, (segment, start), key=lambda one: (one.segment, one.start))
        last = bisect_left(self._new, (segment, end), key=lambda one: (one.segment, one.start))
        return self._new[first:last]

    def _note_conflict(self, exact: Sequence[Event], added: Sequence[Event]) -> None:
        """Note a problem where one review both adds a span and decides otherwise about it."""
        for one in exact:
            for other in added:
                if one.round == other.round and one.row.decision != "add":
                    self.problems.append(
                        f"{one.row.at}: contradicts what {other.row.at} adds at the same place"
                    )

    def _in_part(self, span: Span) -> Iterator[str]:
        """Yield the problem of each restored span that is part of a longer removal."""
        for restored, events in self._effects.items():
            if _overlap(restored, span):
                yield (
                    f"{events[-1].row.at}: cannot be restored, "
                    "since something longer goes that it is part of"
                )

    def _after(self, one: Decision, auto: Decision, event: Event) -> Decision:
        """Return a decision after one event; `auto` is the decision of the detectors."""
        reviewed = self._reviewed(event)
        match event.row.decision:
            case "confirm":
                return replace(one, review=(), review_decision=reviewed)
            case "restore":
                kept = replace(one, action=Action.KEEP, exemption=Exemption(), shows=())
                return replace(kept, parameters=(), review=(), review_decision=reviewed)
            case "change":
                return self._retyped(replace(one, review=(), review_decision=reviewed), event.row)
            case "add":
                return self._retyped(
                    replace(_added(auto), review=(), review_decision=reviewed), event.row
                )

    def _retyped(self, one: Decision, row: Row) -> Decision:
        """Return a removal with the type and code of a row.

        The code changes with the type, unless a person chose it.
        """
        if row.type and one.finding.entity != row.type:
            way = self._policy.removal(row.type)
            finding = replace(one.finding, entity=row.type)
            chosen = one.exemption != self._policy.removal(one.finding.entity).exemption
            exemption = one.exemption if chosen else way.exemption
            one = replace(
                one,
                finding=finding,
                action=way.action,
                exemption=exemption,
                shows=way.shows,
                parameters=way.parameters,
            )
        if row.code and one.exemption.code != row.code:
            until = one.exemption.restrict_until
            exemption = replace(self._policy.exemptions[row.code], restrict_until=until)
            one = replace(one, exemption=exemption)
        return one

    def _confirmed(self, one: Decision) -> Decision:
        """Return a decision to keep, as confirmed if a row confirms it."""
        events = [e for e in self._effects.get(_span(one), ()) if e.row.decision == "confirm"]
        self._done.update([_span(one)] if events else [])
        return (
            replace(one, review=(), review_decision=self._reviewed(events[-1])) if events else one
        )

    def _check_done(self, goes: Sequence[Removal]) -> None:
        """Note a problem for each event without effect, unless an added text covers its span."""
        left = [span for span in self._effects if span not in self._done]
        for span in left:
            over = (one.decision for one in goes if _overlap(_span(one.decision), span))
            if not any(self._added_in(_span(one)) for one in over):
                at = self._effects[span][-1].row.at
                self.problems.append(f"{at}: cannot be carried out beside the other decisions")


def _but_confirmed(added: Sequence[Event], exact: Sequence[Event]) -> list[Event]:
    """Return what is added, but by rows about more than a place that the same review confirms."""
    confirmed = {one.round for one in exact if one.row.decision == "confirm"}
    return [one for one in added if one.row.where == "here" or one.round not in confirmed]


def _added(one: Decision) -> Decision:
    """Return a decision with the reviewer as its source, not a deny list."""
    because = tuple(sorted({ADDED if each == DENIED else each for each in one.because}))
    source = ADDED if one.finding.source == DENIED else one.finding.source
    return replace(one, finding=replace(one.finding, source=source), because=because)


def _span(decision: Decision) -> Span:
    return decision.finding.segment, decision.start, decision.end


def _overlap(one: Span, other: Span) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _without(
    spans: Iterable[tuple[int, int]], holes: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return spans without what some others cover of them."""
    left = list(spans)
    for start, end in holes:
        left = [
            piece
            for low, high in left
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
    return left


class Spans:
    """Spans that do not overlap, for finding the one around another."""

    def __init__(self, spans: Iterable[Span]) -> None:
        """Sort the spans."""
        self._spans = sorted(spans)

    def around(self, span: Span) -> Span | None:
        """Return the span that holds all of another, or None."""
        at = bisect_right(self._spans, (span[0], span[1], 1 << 62)) - 1
        if at >= 0 and self._spans[at][0] == span[0] and span[2] <= self._spans[at][2]:
            return self._spans[at]
        return None

    def touch(self, span: Span) -> bool:
        """Tell whether one of the spans overlaps another."""
        at = bisect_left(self._spans, (span[0], span[2], 0)) - 1
        return at >= 0 and _overlap(self._spans[at], span)
