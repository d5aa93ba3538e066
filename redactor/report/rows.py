"""Every redaction as a table row: the columns that a terminal, a spreadsheet and programs get."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from redactor.report.evidence import Evidence
from redactor.report.select import Selection
from redactor.report.summary import Redaction

# Programs read these names: a column may be added, never renamed.
COLUMNS = (
    "run",
    "file",
    "document",
    "id",
    "part",
    "line",
    "start",
    "end",
    "entity",
    "action",
    "placeholder",
    "amount",
    "score",
    "rule",
    "because",
    "code",
    "basis",
    "reason",
    "restrict_until",
    "decision",
    "reviewer",
    "note",
    "supersedes",
    "earlier",
    "scope",
    "review",
)
# What a spreadsheet has, which may be handed out: nothing that depends on the removed values. The
# amount is there where the copy shows it.
PUBLIC_COLUMNS = tuple(
    name for name in COLUMNS if name not in {"score", "rule", "because", "scope", "review"}
)
Row = dict[str, "str | int | float | None"]
# Signs with which spreadsheets begin a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def selected(evidence: Evidence, wanted: Selection) -> Iterator[Redaction]:
    """Yield the redactions that are asked for, in the order of the log.

    Of a document that several runs had, those of the last; those of another if its run is named.
    Raises KeyFileError where what is asked for is in the details, and they were not decrypted.
    """
    if wanted.of_details:
        evidence.require_details()
    summary = evidence.summary
    runs = [run.id for run in summary.runs]
    for one in summary.redactions if wanted.run else summary.standing:
        if wanted.takes(one, evidence.name(one.document), runs[one.run]):
            yield one


def row(one: Redaction, evidence: Evidence) -> Row:
    """Return a redaction under the names of `COLUMNS`."""
    values: Row = {
        "run": evidence.summary.runs[one.run].id,
        "file": evidence.name(one.document) if one.document in evidence.names else "",
        "rule": one.source,
        "because": "; ".join(one.because),
        "earlier": "; ".join(f"{name}: {value}" for name, value in one.earlier),
        "review": "; ".join(one.review),
    }
    return {name: values[name] if name in values else getattr(one, name) for name in COLUMNS}


def as_csv(evidence: Evidence, wanted: Selection) -> str:
    """Return a CSV of a row a redaction, without what depends on the removed values.

    The first row of a run that did not end says so.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(PUBLIC_COLUMNS)
    if evidence.summary.unfinished:
        said = {"action": "unfinished", "reason": evidence.summary.unfinished.sentence}
        writer.writerow([said.get(name, "") for name in PUBLIC_COLUMNS])
    public = evidence.public
    for one in selected(public, wanted):
        cells = row(one, public)
        writer.writerow([safe_cell(cells[name]) for name in PUBLIC_COLUMNS])
    return sheet.getvalue()


def safe_cell(value: str | float | None) -> str | float:
    """Return a cell; what a spreadsheet would compute gets an apostrophe."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else value


def filled(one: Redaction, evidence: Evidence) -> Row:
    """Return a redaction without what is empty."""
    return {name: value for name, value in row(one, evidence).items() if value not in {"", None}}


def as_json(one: Redaction, evidence: Evidence) -> str:
    """Return one line of JSON: what is empty is left out."""
    return json.dumps(filled(one, evidence))
