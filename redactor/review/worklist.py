"""A decisions file, made from a log: one row a finding, with what a person needs to judge it.

A row shows the words around the finding in the copy, never the removed text. The file is private
all the same: it names files, and texts to redact will be written into it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from redactor.config.decisions import COLUMNS, FILLED, ExportStamp
from redactor.errors import OutputError
from redactor.report.copies import Context, contexts
from redactor.report.evidence import Evidence
from redactor.report.meaning import review
from redactor.report.rows import safe_cell, selected
from redactor.report.select import Selection
from redactor.report.state import Verdict
from redactor.report.summary import Redaction

Row = dict[str, str | int | float | None]
"""A place: the fixed columns of a decisions file, filled."""

_HEAD = """\
# {count} of {audit}.
# Fill in `decision` where you decide, and leave the other rows as they are:
#   confirm   it was right
#   restore   the text stays after all
#   change    another `code` or `type`
#   add       what was found and left is removed
# `where` is here (if empty), document or everywhere: the same text of the same type.
# A text that was missed is a row of its own; `type`, `code`, `line` and `where` may be left out:
# - {{decision: add, file: NAME, text: 'THE TEXT', type: PERSON, note: ''}}
# Then: redactor redact SRC --out OUT --decisions THIS-FILE (with those of earlier reviews).
"""


def drawn_from(evidence: Evidence) -> ExportStamp:
    """Return where rows of a log come from. Raises OutputError for a log that is not intact."""
    if evidence.state.verdict is Verdict.DAMAGED or not evidence.summary.runs:
        raise OutputError(
            f"no decision can rest on this log. {evidence.state.sentence}".rstrip(".")
        )
    start = evidence.summary.runs[-1].start
    return ExportStamp(
        (start.round or 0) + 1,
        start.run,
        start.key_id,
        start.decisions or (),
    )


def rows(evidence: Evidence, wanted: Selection) -> list[Row]:
    """Return the places that are asked for, by file and position. Raises OutputError.

    Those of a log that was written before there were decisions cannot be named.
    """
    around, _ = contexts(evidence)
    places = sorted(
        selected(evidence, wanted),
        key=lambda one: (evidence.name(one.document), one.part, one.start),
    )
    if not all(one.place for one in places):
        raise OutputError("the log has no codes of places, by which decisions find them again")
    return [_row(one, evidence, around.get((one.run, one.id))) for one in places]


def _row(one: Redaction, evidence: Evidence, context: Context | None) -> Row:
    return {
        "id": one.id,
        "file": evidence.name(one.document),
        "part": one.part,
        "line": one.line,
        "entity": one.entity,
        "score": one.score,
        "why": "; ".join(review(each) for each in one.review),
        "context": one_line(context) if context else one.placeholder,
        "check": f"{one.place}.{one.fingerprint}",
    }


def one_line(context: Context) -> str:
    """Return the words around a place on one line, and the place between two signs."""
    said = f"{context.before}\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}{context.place}"
    said += f"\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}{context.after}"
    return " ".join("".join(c if c.isprintable() or c.isspace() else "?" for c in said).split())


def as_yaml(drawn: ExportStamp, places: Sequence[Row], audit: str) -> bytes:
    """Return a decisions file as YAML, with empty fields to fill in."""
    count = f"{len(places)} {'place' if len(places) == 1 else 'places'} to decide about"
    empty = dict.fromkeys(name for name in FILLED if name not in {"text", "reviewer"})
    head = _HEAD.format(count=count, audit=_one_line(audit))
    said = _dump({"drawn": str(drawn)}) + "reviewer:    # who decides, for every row\nrows:\n"
    body = "".join(f"\n{_dump([place | empty])}" for place in places)
    return (head + said + body).encode("utf-8", "replace")


def _one_line(said: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in said)


class _Dumper(yaml.SafeDumper):
    """Writes nothing for nothing, and each scalar on one line."""


_Dumper.add_representer(
    type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "")
)


def _dump(value: Any) -> str:
    written: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 20
    )
    return written


def as_csv(drawn: ExportStamp, places: Iterable[Row]) -> bytes:
    """Return a decisions file as CSV for spreadsheets; the last row is there to be filled in."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place in [*places, {}]:
        cells = place | {"drawn": str(drawn)}
        writer.writerow([safe_cell(cells.get(name)) for name in COLUMNS])
    return sheet.getvalue().encode("utf-8-sig", "replace")
