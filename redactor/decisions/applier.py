"""Finds the findings that review decisions are about, review by review."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.detection import DetectionPass
from redactor.analysis.result import Analysis
from redactor.analysis.unit import Piece, Unit
from redactor.audit import fingerprint, location_id
from redactor.config.decisions import Row
from redactor.config.deny_list import DENY_LIST
from redactor.config.listing import joined_problems
from redactor.decide import DENIED, Span
from redactor.decisions.added import line_in_copy, mentions, terms_of
from redactor.decisions.changes import DecisionChanges, Event
from redactor.decisions.notes import Notes, check_notes
from redactor.decisions.rows import Rounds
from redactor.errors import DecisionsError
from redactor.keys import Key
from redactor.model import Action, Decision, Finding, ReviewDecision, Verdict
from redactor.text import view

_STALE = (
    "stale: under this policy and key, the document has no such place "
    "(source or policy were changed, or decisions of an earlier review are missing)"
)
_VERDICTS: Mapping[str, Verdict] = {
    "confirm": "confirmed",
    "restore": "restored",
    "change": "changed",
    "add": "added",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A decision, and the identity of its removed value; empty, if it is kept."""

    decision: Decision
    same: str = field(repr=False)

    def fingerprint(self, key: Key) -> str:
        return fingerprint(key, self.decision.finding.entity, self.same)

    @property
    def goes(self) -> bool:
        return self.decision.action is not Action.KEEP


Locate = Callable[[Unit, int, int], tuple[str, int, int]]
"""From a span of a unit to part, start and end in the source."""


class DecisionApplier:
    """The review decisions about one document, applied unit by unit.

    A row about this document that is about none of its units is an error, once all were examined.
    `notes` are what reviewers wrote: they must not hold a removed value.
    """

    def __init__(
        self,
        rows: Rounds,
        key: Key,
        document: str,
        ids: Mapping[str, str] | None = None,
        notes: Notes = (),
    ) -> None:
        """Set the rows of each review; `ids` are the ids of earlier records by location id."""
        self.rows, self.key, self.document, self.ids = rows, key, document, ids or {}
        self.met: set[Row] = set()
        self.elsewhere: set[Row] = set()
        self._notes = tuple(notes)

    def of_unit(self, unit: Unit, locate: Locate, known: Sequence[str] = ()) -> UnitDecisions:
        """Return the decisions for a unit; `locate` maps its spans to the document.

        `known` are people who were redacted elsewhere in it.
        """
        return UnitDecisions(self, unit, locate, known)

    def check_notes(self, found: Analysis) -> None:
        """Raise DecisionsError if a reviewer's words hold a removed value."""
        check_notes(self._notes, found)

    def require_done(self) -> None:
        """Raise DecisionsError for rows that no unit of the document met."""
        if problems := [
            self._unmet(row) for rows in self.rows for row in rows if self._is_open(row)
        ]:
            raise DecisionsError(joined_problems(problems))

    def _is_open(self, row: Row) -> bool:
        """Tell whether a row is about this document and was not met yet."""
        here = row.where != "everywhere" if row.text else row.document == self.document
        return here and row not in self.met

    def _unmet(self, row: Row) -> str:
        """Return the problem of a row that was not met."""
        if row.span:
            return f"{row.at}: the text to add does not stand at this place of the source"
        if row.text:
            found = row.line and row in self.elsewhere
            where = "on this line of the copy" if found else "in the document"
            return f"{row.at}: the text to add does not stand {where}"
        return f"{row.at}: {_STALE}"


class UnitDecisions:
    """The analysis of one unit under the decisions about its document."""

    def __init__(
        self, applier: DecisionApplier, unit: Unit, locate: Locate, known: Sequence[str]
    ) -> None:
        self._all, self._unit, self._locate, self._known = applier, unit, locate, known
        self._first: DetectionPass | None = None
        self._here: list[Finding] = []
        self._effects: dict[Span, list[Event]] = {}
        self._added: dict[Finding, Event] = {}
        self._terms: list[Row] = []
        self._pieces: dict[str, list[Piece]] | None = None
        self._problems: list[str] = []

    def analyze(
        self, analyzer: Analyzer, first: DetectionPass, more: Sequence[Finding] = ()
    ) -> Analysis:
        """Return the analysis of the unit with the decisions carried out.

        Raises DecisionsError for a row that cannot be carried out.
        """
        if any(self._all.rows):
            if self._first is None:
                self._settle(analyzer, first)
            found = self._carried_out(analyzer, more)
        else:
            found = analyzer.resolve(first, self._unit, more, self._known)
        self._all.check_notes(found)
        return found

    def _settle(self, analyzer: Analyzer, first: DetectionPass) -> None:
        """Find what every row is about, review by review."""
        self._first = first
        for number, rows in enumerate(self._all.rows):
            if rows:
                self._round(number, rows, self._carried_out(analyzer))
                self._check()

    def _check(self) -> None:
        if self._problems:
            raise DecisionsError(joined_problems(self._problems))

    def _carried_out(self, analyzer: Analyzer, more: Sequence[Finding] = ()) -> Analysis:
        """Return the analysis with the decisions that were found so far."""
        first = self._first or DetectionPass()
        found = analyzer.resolve(first, self._unit, [*self._here, *more], self._known)
        changes = DecisionChanges(self._effects, self._added, self._reviewed, analyzer.policy)
        changed = changes.applied(found)
        self._problems += changes.problems
        self._check()
        return replace(changed, added=terms_of(self._terms) if self._terms else None)

    # -- finding places ---------------------------------------------------------------------

    def _round(self, number: int, rows: Sequence[Row], state: Analysis) -> None:
        """Note the effects of one review's rows, in the state that the review before left."""
        places = self._places(state)
        chosen: dict[Span, Event] = {}
        for row in rows:
            if row.text:
                self._add_text(Event(number, row), state if row.line else None)
                continue
            for place, one in self._meant(row, places):
                self._choose(chosen, Event(number, row, one.decision, place))
        for span, event in chosen.items():
            if event.row.decision == "add":
                self._add_place(span, event)
            else:
                self._effects.setdefault(span, []).append(event)

    def _places(self, state: Analysis) -> dict[str, _Place]:
        """Return the decisions of a state, by location id."""
        rows = [
            *((one.decision, one.words, one.identity) for one in state.removals),
            *((one.decision, one.words, "") for one in state.keeps),
        ]
        return {
            self._code(decision, words): _Place(decision, same) for decision, words, same in rows
        }

    def _code(self, decision: Decision, words: str) -> str:
        """Return the location id of a decision."""
        at = self._locate(self._unit, decision.start, decision.end)
        return place_of(self._all.key, self._all.document, decision, at, words)

    def _meant(self, row: Row, places: Mapping[str, _Place]) -> Iterator[tuple[str, _Place]]:
        """Yield the decisions that a row is about.

        Its own, and those of the same text if it is wide.
        """
        own = places.get(row.place) if row.document == self._all.document else None
        if own is not None:
            self._all.met.add(row)
            if problem := self._misfit(row, own):
                self._problems.append(f"{row.at}: {problem}")
                return
            yield row.place, own
        if row.where != "here" and row.decision != "add":
            for place, one in places.items():
                same = one.goes and one.fingerprint(self._all.key) == row.fingerprint
                if same and place != row.place:
                    yield place, one

    def _misfit(self, row: Row, own: _Place) -> str:
        """Return why a row cannot be about a decision; an empty text if it can."""
        if own.fingerprint(self._all.key) != row.fingerprint:
            return _STALE
        if own.goes and row.decision == "add":
            return "adds what is removed already"
        if not own.goes and row.decision in {"restore", "change"}:
            return f"`{row.decision}` is about a place that was not removed; `add` removes it"
        return ""

    def _choose(self, chosen: dict[Span, Event], event: Event) -> None:
        """Note an event, unless a row of the same width contradicts it."""
        if event.was is None:
            return
        span = _span(event.was)
        before = chosen.get(span)
        if before and before.row.where == event.row.where and not _agree(before.row, event.row):
            self._problems.append(
                f"{event.row.at}: the same place is decided upon in another way in {before.row.at}"
            )
        chosen[span] = event

    def _add_text(self, event: Event, state: Analysis | None) -> None:
        """Redact a text where it occurs; only on a line of the copy, where a row names one."""
        row = event.row
        if row.span:
            self._add_span(event, row.span)
            return
        found = mentions(row, self._unit)
        on_line = [
            one
            for one in found
            if state is None
            or row.line in {None, line_in_copy(self._unit, state, one.finding.start)}
        ]
        self._all.elsewhere.update([row] if found else [])
        self._all.met.update([row] if on_line else [])
        if row.where == "here":
            self._here += [one.finding for one in on_line]
            self._note_added((one.finding for one in on_line), event)
            return
        self._terms.append(row)
        self._first = (self._first or DetectionPass()).with_mentions(found)
        self._note_added((one.finding for one in found), event)

    def _add_span(self, event: Event, span: tuple[int, int]) -> None:
        """Redact the very characters that a row names, if its text is there."""
        start, end = (
            self._position(event.row.part, span[0]),
            self._position(event.row.part, span[1] - 1),
        )
        if start is None or end is None:
            return
        text = self._unit.text[start : end + 1]
        if text.split() != event.row.text.split():
            return
        self._all.met.add(event.row)
        finding = Finding(0, start, end + 1, event.row.type or DENY_LIST, 1.0, DENIED)
        self._here.append(finding)
        self._note_added([finding], event)

    def _position(self, part: str, at: int) -> int | None:
        """Return the position in the unit of a character of a part; None if it is in another."""
        if self._pieces is None:
            self._pieces = self._by_part()
        pieces = self._pieces.get(part, [])
        number = bisect_right(pieces, at, key=lambda one: one.of.base) - 1
        if number < 0 or at >= pieces[number].of.base + len(pieces[number].of.text):
            return None
        return pieces[number].start + at - pieces[number].of.base

    def _by_part(self) -> dict[str, list[Piece]]:
        """Return the texts of the unit by their parts, in the order of the source."""
        found: dict[str, list[Piece]] = {}
        for piece in self._unit.pieces:
            if piece.of.text:
                part, _, _ = self._locate(self._unit, piece.start, piece.start + 1)
                found.setdefault(part, []).append(piece)
        return {part: sorted(some, key=lambda one: one.of.base) for part, some in found.items()}

    def _add_place(self, span: Span, event: Event) -> None:
        """Redact a kept finding; in all of the document, if the row says so."""
        row, was = event.row, event.was
        entity = row.type or (was.finding.entity if was else "")
        if row.where == "here":
            finding = Finding(*span, entity, 1.0, DENIED)
            self._here.append(finding)
            self._note_added([finding], event)
        else:
            text = view(self._unit.text[span[1] : span[2]]).text
            self._add_text(replace(event, row=replace(row, text=text, type=entity)), None)

    def _note_added(self, findings: Iterable[Finding], event: Event) -> None:
        for finding in findings:
            self._added[finding] = event

    # -- what the log says ------------------------------------------------------------------

    def _reviewed(self, event: Event) -> ReviewDecision:
        """Return a review decision as the log records it."""
        row = event.row
        own = row.document == self._all.document and event.place == row.place
        return ReviewDecision(
            _VERDICTS[row.decision],
            row.reviewer,
            row.note,
            row.id if own else self._all.ids.get(event.place, ""),
            _earlier(event.was),
        )


def place_of(
    key: Key, document: str, decision: Decision, at: tuple[str, int, int], words: str
) -> str:
    """Return the location id of a decision.

    A keyed code of part, start and end, entity and words.
    """
    return location_id(key, document, at, decision.finding.entity, words)


def _span(decision: Decision) -> Span:
    return decision.finding.segment, decision.start, decision.end


def _agree(one: Row, other: Row) -> bool:
    parts = ("decision", "code", "type", "reviewer", "note")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def _earlier(was: Decision | None) -> tuple[tuple[str, str], ...]:
    """Return the content of a record, for the one that supersedes it."""
    if was is None:
        return ()
    said = {
        "action": was.action.value,
        "entity": was.finding.entity,
        "code": was.exemption.code,
        "decision": was.review_decision.decision if was.review_decision else "auto",
        "reviewer": was.review_decision.reviewer if was.review_decision else "",
    }
    return tuple((name, value) for name, value in said.items() if value)
