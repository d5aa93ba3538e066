"""A Vaughn-style index: per document what was withheld, where, how much, under which code and why.

It holds no text of a document, and nothing that depends on a removed value (no rule, no score, an
amount only where the copy shows it), for it is made to be handed out. An entry
without an exemption or a reason says that they are still to be supplied: an index that asserts
nothing is worth nothing. What was not examined is listed as withheld in full.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from redactor.report.evidence import Evidence
from redactor.report.meaning import unexamined
from redactor.report.names import escaped
from redactor.report.render import render
from redactor.report.summary import Redaction


@dataclass(frozen=True, slots=True)
class WithheldPart:
    """One document of the index; `whole` tells that the rest was proven to be released."""

    name: str
    entries: tuple[Redaction, ...]
    whole: bool


def vaughn(evidence: Evidence) -> str:
    """Return the index as a page of HTML without a script."""
    evidence = evidence.public
    summary = evidence.summary
    places: dict[tuple[int, str], list[Redaction]] = defaultdict(list)
    for one in summary.removals:
        places[one.run, one.document].append(one)
    latest = {one.id: one for one in summary.documents if one.has_copy}
    parts = [
        WithheldPart(
            evidence.name(one.id),
            tuple(sorted(places[one.run, one.id], key=lambda each: (each.part, each.start))),
            one.verified == "passed",
        )
        for one in latest.values()
    ]
    return render(
        "index.html",
        title=escaped(evidence.copies.name) if evidence.copies else "redacted copies",
        state=evidence.state,
        when=summary.runs[-1].when if summary.runs else "",
        unfinished=summary.unfinished,
        parts=sorted(parts, key=lambda part: part.name),
        withheld=unexamined(evidence),
    )
