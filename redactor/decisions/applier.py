"""Finding the places that decisions are about, review by review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from redactor.analysis.analyzer import Analysis, Analyzer, Segments
from redactor.analysis.detection import DetectionPass
from redactor.audit import fingerprint, location_id
from redactor.config.decisions import Row
from redactor.config.listing import joined_problems
from redactor.decide import DENIED, Span
from redactor.decisions.added import lines_of_copy, mentions, terms_of, text_at
from redactor.decisions.changes import DecisionChanges, Event
from redactor.decisions.rows import Rounds
from redactor.detect.coreference.search_terms import Mention
from redactor.errors import DecisionsError
from redactor.formats import LineEnds
from redactor.keys import Key
from redactor.model import Action, Decision, Finding, ReviewDecision, Ruled

PART = "text"
_RULED: Mapping[str, Ruled] = {
    "confirm": "confirmed",
    "restore": "restored",
    "change": "changed",
    "add": "added",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A decision, and what it is told to be the same as another by; nothing, if it stays."""

    decision: Decision
    same: str = field(repr=False)

    def fingerprint(self, key: Key) -> str:
        return fingerprint(key, self.decision.finding.entity, self.same)

    @property
    def goes(self) -> bool:
        return self.decision.action is not Action.KEEP


class DecisionApplier:
    """Examines one document under the decisions that were taken about it."""

    def __init__(
        self, rows: Rounds, key: Key, document: str, ids: Mapping[str, str] | None = None
    ) -> None:
        """Take the rows of each review; `ids` are those of earlier records, by place."""
        self._rows, self._key, self._document, self._ids = rows, key, document, ids or {}
        self._first: DetectionPass | None = None
        self._here: list[Finding] = []
        self._effects: dict[Span, list[Event]] = {}
        self._added: dict[Finding, Event] = {}
        self._terms: list[Row] = []
        self._problems: list[str] = []

    def examine(
        self,
        analyzer: Analyzer,
        first: DetectionPass,
        segments: Segments,
        more: Sequence[Finding] = (),
    ) -> Analysis:
        """Return what is to happen: what `resolve` says, and the decisions carried out.

        Raises DecisionsError for a row that cannot be.
        """
        if not any(self._rows):
            return analyzer.resolve(first, segments(), more)
        if self._first is None:
            self._settle(analyzer, first, segments)
        return self._carried_out(analyzer, segments, more)

    def _settle(self, analyzer: Analyzer, first: DetectionPass, segments: Segments) -> None:
        """Find the place of every row, review by review."""
        self._first = first
        for number, rows in enumerate(self._rows):
            if rows:
                self._round(number, rows, self._carried_out(analyzer, segments), segments)
                self._check()

    def _check(self) -> None:
        if self._problems:
            raise DecisionsError(joined_problems(self._problems))

    def _carried_out(
        self, analyzer: Analyzer, segments: Segments, more: Sequence[Finding] = ()
    ) -> Analysis:
        first = self._first or DetectionPass()
        found = analyzer.resolve(first, segments(), [*self._here, *more])
        carrier = DecisionChanges(self._effects, self._added, self._ruling, analyzer.policy)
        changed = carrier.out(found)
        self._problems += carrier.problems
        self._check()
        return replace(changed, added=terms_of(self._terms) if self._terms else None)

    # -- finding places ---------------------------------------------------------------------

    def _round(self, number: int, rows: Sequence[Row], state: Analysis, segments: Segments) -> None:
        """Note what the rows of one review mean, in the state that the review before left."""
        places = self._places(state)
        chosen: dict[Span, Event] = {}
        lines: LineEnds | None = None
        for row in rows:
            if row.text:
                lines = lines or (lines_of_copy(segments, state) if row.line else None)
                self._add_text(Event(number, row), segments, lines)
                continue
            for place, one in self._meant(row, places):
                self._choose(chosen, Event(number, row, one.decision, place))
        for span, event in chosen.items():
            if event.row.decision == "add":
                self._add_place(span, event, segments)
            else:
                self._effects.setdefault(span, []).append(event)

    def _places(self, state: Analysis) -> dict[str, _Place]:
        """Return what was decided in a state, by the codes of places."""
        rows = [
            *zip(state.removals, state.words, state.same, strict=True),
            *((one, words, "") for one, words in zip(state.keeps, state.kept_words, strict=True)),
        ]
        return {
            place_of(self._key, self._document, decision, words): _Place(decision, same)
            for decision, words, same in rows
        }

    def _meant(self, row: Row, places: Mapping[str, _Place]) -> Iterator[tuple[str, _Place]]:
        """Yield the places that a row means: its own, and those of the same text if it is wide."""
        if row.document == self._document:
            own = places.get(row.place)
            if problem := self._misfit(row, own):
                self._problems.append(f"{row.at}: {problem}")
                return
            if own is not None:
                yield row.place, own
        if row.where != "here" and row.decision != "add":
            for place, one in places.items():
                same = one.goes and one.fingerprint(self._key) == row.fingerprint
                if same and place != row.place:
                    yield place, one

    def _misfit(self, row: Row, own: _Place | None) -> str:
        """Return why a row cannot be about a place, or nothing."""
        if own is None or own.fingerprint(self._key) != row.fingerprint:
            return (
                "stale: under this policy and key, the document has no such place "
                "(source or policy were changed, or decisions of an earlier review are missing)"
            )
        if own.goes and row.decision == "add":
            return "adds what is removed already"
        if not own.goes and row.decision in {"restore", "change"}:
            return f"`{row.decision}` is about a place that was not removed; `add` removes it"
        return ""

    def _choose(self, chosen: dict[Span, Event], event: Event) -> None:
        """Note an event, unless a row as narrow says something else of the same place."""
        if event.was is None:
            return
        span = _span(event.was)
        before = chosen.get(span)
        if before and before.row.where == event.row.where and not _agree(before.row, event.row):
            self._problems.append(
                f"{event.row.at}: the same place is decided upon in another way in {before.row.at}"
            )
        chosen[span] = event

    def _add_text(self, event: Event, segments: Segments, lines: LineEnds | None) -> None:
        row = event.row
        found = mentions(row, segments)
        on_line = [one for one in found if lines is None or row.line in {None, _line(one, lines)}]
        if not on_line and row.where != "everywhere":
            where = "on this line of the copy" if row.line and found else "in the document"
            self._problems.append(f"{row.at}: the text to add does not stand {where}")
        if row.where == "here":
            self._here += [one.finding for one in on_line]
            self._note_added((one.finding for one in on_line), event)
            return
        self._terms.append(row)
        self._first = (self._first or DetectionPass()).with_mentions(found)
        self._note_added((one.finding for one in found), event)

    def _add_place(self, span: Span, event: Event, segments: Segments) -> None:
        """Remove what was found and left at a place; in all of the document, if it is to be."""
        row, was = event.row, event.was
        entity = row.type or (was.finding.entity if was else "")
        if row.where == "here":
            finding = Finding(*span, entity, 1.0, DENIED)
            self._here.append(finding)
            self._note_added([finding], event)
        else:
            text = text_at(span, segments)
            self._add_text(replace(event, row=replace(row, text=text, type=entity)), segments, None)

    def _note_added(self, findings: Iterable[Finding], event: Event) -> None:
        for finding in findings:
            self._added[finding] = event

    # -- what the log says ------------------------------------------------------------------

    def _ruling(self, event: Event) -> ReviewDecision:
        row = event.row
        own = row.document == self._document and event.place == row.place
        return ReviewDecision(
            _RULED[row.decision],
            row.reviewer,
            row.note,
            row.id if own else self._ids.get(event.place, ""),
            _earlier(event.was),
        )


def place_of(key: Key, document: str, decision: Decision, words: str) -> str:
    """Return the keyed code of the place of a decision about some folded words."""
    span = (PART, decision.start, decision.end)
    return location_id(key, document, span, decision.finding.entity, words)


def _span(decision: Decision) -> Span:
    return decision.finding.segment, decision.start, decision.end


def _line(mention: Mention, lines: LineEnds) -> int:
    return lines.line(mention.finding.segment, mention.finding.start)


def _agree(one: Row, other: Row) -> bool:
    parts = ("decision", "code", "type", "reviewer", "note")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def _earlier(was: Decision | None) -> tuple[tuple[str, str], ...]:
    """Return what a record said, for the one that replaces it."""
    if was is None:
        return ()
    said = {
        "action": was.action.value,
        "entity": was.finding.entity,
        "code": was.exemption.code,
        "decision": was.ruling.decision if was.ruling else "auto",
        "reviewer": was.ruling.reviewer if was.ruling else "",
    }
    return tuple((name, value) for name, value in said.items() if value)
