"""A decisions file, made from a log: one row a question, with what a person needs to judge it.

Places in doubt that hold the same text of the same type are one question, the largest first.
Whether a surname is one person's or another's is none, where a detector saw a person: both are
removed.

A row shows the words around the finding in the copy, never the removed text. The file is private
all the same: it names files, and texts to redact will be written into it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
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
from redactor.text import normalize

CONTEXTS = 3
"""How many places of a value are shown with the words around them."""

Row = dict[str, str | int | float | None]
"""A place: the fixed columns of a decisions file, filled."""

Value = tuple[str, str, bool]
"""Entity, fingerprint or words, and whether it was removed."""

_HEAD = """\
# {count} of {audit}.
# Fill in `decision` where you decide, and leave the other rows as they are:
#   confirm   it was right
#   restore   the text stays after all
#   change    another `code` or `type`
#   add       what was found and left is removed
# `where` is here (if empty), document or everywhere: the same text of the same type. A row that
# stands for several places has it filled in; write `here` to decide about the first alone.
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

    Of places in doubt those of the same value are one row.

    Those of a log that was written before there were decisions cannot be named.
    """
    around, _ = contexts(evidence)
    places = sorted(
        selected(evidence, wanted),
        key=lambda one: (evidence.name(one.document), one.part, one.start),
    )
    if not all(one.place for one in places):
        raise OutputError("the log has no codes of places, by which decisions find them again")
    value = partial(_value, around=around)
    questions = filter(_is_open, places)
    asked = _alike(questions, value) if wanted.review else [[one] for one in places]
    settled = Counter(map(value, evidence.summary.standing))
    return [_row(same, evidence, around, settled[value(same[0])]) for same in asked]


def _value(one: Redaction, around: Mapping[tuple[int, str], Context]) -> Value:
    """Return what two places have in common that one answer can settle.

    What is kept is known by its words in the copy, or by its place: all of it has one fingerprint.
    """
    if one.removed:
        return one.entity, one.fingerprint, one.removed
    context = around.get((one.run, one.id))
    return one.entity, normalize(context.place) if context else one.place, one.removed


def _is_open(one: Redaction) -> bool:
    """Tell whether an answer about a place can change the copy.

    Nobody can answer which of two people a place is about, only whether it is about one.
    """
    found = one.removed and not one.source.startswith("link:")
    return not (found and set(one.review) == {"link"})


def _alike(
    places: Iterable[Redaction], value: Callable[[Redaction], Value]
) -> list[list[Redaction]]:
    """Return places in groups that one answer settles, those of most places first."""
    of: dict[Value, list[Redaction]] = defaultdict(list)
    for one in places:
        of[value(one)].append(one)
    return sorted(of.values(), key=len, reverse=True)


def _row(
    same: Sequence[Redaction],
    evidence: Evidence,
    around: Mapping[tuple[int, str], Context],
    settled: int,
) -> Row:
    """Return the row of places that one answer settles, in the words of the first.

    Of `settled` places of the value in all, these are in doubt.
    """
    one = same[0]
    contexts_of = [around[each.run, each.id] for each in same if (each.run, each.id) in around]
    shown = " | ".join(dict.fromkeys(map(one_line, contexts_of[:CONTEXTS])))
    reasons = dict.fromkeys(review(reason) for each in same for reason in each.review)
    count = [f"{len(same)} places in doubt of {settled}"] if len(same) > 1 else []
    several = {"where": "everywhere" if len({e.document for e in same}) > 1 else "document"}
    return {
        "id": one.id,
        "file": evidence.name(one.document),
        "part": one.part,
        "line": one.line,
        "entity": one.entity,
        "score": one.score,
        "why": "; ".join((*count, *reasons)),
        "context": shown or one.placeholder,
        "check": f"{one.place}.{one.fingerprint}",
        **(several if len(same) > 1 else {}),
    }


def one_line(context: Context) -> str:
    """Return the words around a place on one line, and the place between two signs."""
    said = f"{context.before}\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}{context.place}"
    said += f"\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}{context.after}"
    return " ".join("".join(c if c.isprintable() or c.isspace() else "?" for c in said).split())


def as_yaml(drawn: ExportStamp, places: Sequence[Row], audit: str, reviewer: str = "") -> bytes:
    """Return a decisions file as YAML, with empty fields to fill in."""
    count = f"{len(places)} {'place' if len(places) == 1 else 'places'} to decide about"
    empty = dict.fromkeys(name for name in FILLED if name not in {"text", "reviewer", "span"})
    head = _HEAD.format(count=count, audit=_one_line(audit))
    who = (
        _dump({"reviewer": reviewer}) if reviewer else "reviewer:    # who decides, for every row\n"
    )
    said = f"{_dump({'drawn': str(drawn)})}{who}rows:\n"
    body = "".join(f"\n{_dump([_fixed(place) | empty | _filled(place)])}" for place in places)
    return (head + said + body).encode("utf-8", "replace")


def _fixed(place: Row) -> Row:
    return {name: cell for name, cell in place.items() if name not in FILLED}


def _filled(place: Row) -> Row:
    return {name: cell for name, cell in place.items() if name in FILLED}


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


def as_csv(drawn: ExportStamp, places: Iterable[Row], reviewer: str = "") -> bytes:
    """Return a decisions file as CSV for spreadsheets; the last row is there to be filled in."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place in [*places, {}]:
        cells = (
            place | {"drawn": str(drawn)} | ({"reviewer": reviewer} if place and reviewer else {})
        )
        writer.writerow([safe_cell(cells.get(name)) for name in COLUMNS])
    return sheet.getvalue().encode("utf-8-sig", "replace")
