"""Decisions from marked copies that came back: a mark that was left is a confirmed redaction.

A mark that was taken away is a restored text, one that was added a text to redact at this place,
and one that was moved both. The rows are those of a decisions file, so that a person can add a
note, a code, or `where: everywhere` before they are applied.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from redactor.errors import MarksError
from redactor.proposals.comparison import Added
from redactor.proposals.returned import Returned
from redactor.report.evidence import Evidence
from redactor.report.select import Selection
from redactor.review.worklist import Row, rows


@dataclass(frozen=True, slots=True)
class Counts:
    """What was read of marks, in numbers."""

    confirmed: int = 0
    restored: int = 0
    changed: int = 0
    added: int = 0
    unmarked: int = 0
    elsewhere: int = 0

    @property
    def sentences(self) -> Iterator[str]:
        """Yield the numbers in words."""
        said = f"marks: {self.confirmed} left, {self.restored} taken away, {self.added} added"
        yield f"{said}, {self.changed} of another type" if self.changed else said
        if self.elsewhere:
            yield (
                f"review: texts that were added are kept at {self.elsewhere} other places, without "
                "a mark; `where: document` in their rows removes them there too"
            )
        if self.unmarked:
            yield (
                f"review: {self.unmarked} places in these documents have no mark, and are not "
                "decided: see --all"
            )


def decided(evidence: Evidence, marked: Sequence[Returned]) -> tuple[list[Row], Counts]:
    """Return the rows of a decisions file, and how many there are of each kind.

    Raises MarksError for marks that are not those of the log's last word on a document.
    """
    known = {str(row["id"]): row for row in rows(evidence, Selection())}
    found: list[Row] = []
    for one in marked:
        found += _verdicts(one, known)
        found += (
            _added(evidence.names.get(one.original.document), one, x) for x in one.changes.added
        )
    kinds = [row["decision"] for row in found]
    return found, Counts(
        kinds.count("confirm"),
        kinds.count("restore"),
        kinds.count("change"),
        kinds.count("add"),
        sum(len(one.original.unmarked) for one in marked),
        sum(map(_elsewhere, marked)),
    )


def _verdicts(one: Returned, known: dict[str, Row]) -> Iterator[Row]:
    for verdict in one.changes.verdicts:
        row = known.get(verdict.place.id)
        if row is None or row["check"] != verdict.place.check:
            raise MarksError(f"{one.path} is of a run after which its document was redacted anew")
        changed: Row = {"type": verdict.entity} if verdict.entity else {}
        yield row | {"decision": verdict.decision} | changed


def _added(name: str | None, one: Returned, added: Added) -> Row:
    return {
        "file": name or one.original.document,
        "part": added.part,
        "decision": "add",
        "type": added.entity or None,
        "code": added.code or None,
        "where": "here",
        "text": " ".join(added.text.split()),
        "span": f"{added.start}-{added.end}",
    }


def _elsewhere(one: Returned) -> int:
    """Return at how many places a text that was added is kept, since nothing is marked there."""
    words = {added.text.strip() for added in one.changes.added}
    if not words:
        return 0
    longest_first = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    sought = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)
    removed = sorted(
        [(x.part, x.start, x.end) for x in one.changes.added]
        + [(v.place.part, v.place.start, v.place.end) for v in one.changes.verdicts if v.removes]
    )
    return sum(
        not _covered((segment.part, segment.base + found.start()), removed)
        for segment in one.original.segments
        for found in sought.finditer(segment.text)
    )


def _covered(at: tuple[str, int], removed: Sequence[tuple[str, int, int]]) -> bool:
    """Tell whether a character is in one of some spans, which are sorted."""
    number = bisect_right(removed, (*at, sys.maxsize)) - 1
    return number >= 0 and removed[number][0] == at[0] and at[1] < removed[number][2]
