"""SARIF 2.1.0 (OASIS): places and rules, never a snippet of the text.

One `Result` is one redaction. What was not examined is a tool notification of level `error`, and
then the invocation was not successful: a reader that counts only results does not conclude that
all is well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redactor import __version__
from redactor.audit.records import Json
from redactor.report.evidence import Evidence
from redactor.report.meaning import unexamined

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""The schema that a SARIF log names; it is not fetched."""


@dataclass(frozen=True, slots=True)
class Result:
    """A place: offsets in characters (code points) of a file, `line` from 1 if known.

    `file` is a URI, relative to the source or the copies.
    """

    file: str
    start: int
    end: int
    line: int | None
    entity: str
    source: str
    score: float | None
    level: str
    said: str
    review: tuple[str, ...] = ()


def sarif(
    results: Sequence[Result],
    missing: Iterable[tuple[str, str]],
    *,
    unfinished: str = "",
) -> str:
    """Return a SARIF log; `missing` has URI and reason of what was not examined.

    `unfinished` says that the run did not end.
    """
    sources = sorted({one.source for one in results})
    unread: list[Json] = [_error(unfinished)] if unfinished else []
    unread += [_notification(name, why) for name, why in missing]
    run: Json = {
        "tool": {
            "driver": {
                "name": "redactor",
                "semanticVersion": __version__,
                "rules": [_rule(source) for source in sources],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not unread, "toolExecutionNotifications": unread}],
        "results": [_result(one, sources.index(one.source)) for one in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def exported(evidence: Evidence) -> str:
    """Return the removals of a log as SARIF, placed in the copies.

    They go by their types: which rule found a value, and how surely, depends on the value.
    """
    results = [
        Result(
            file=evidence.uri(one.document),
            start=one.start,
            end=one.end,
            line=one.line,
            entity=one.entity,
            source=one.entity,
            score=None,
            level="note",
            said=f"{one.entity} removed",
        )
        for one in evidence.summary.removals
    ]
    missing = [(one.uri, f"{one.part}: {one.why}") for one in unexamined(evidence)]
    unfinished = evidence.summary.unfinished
    return sarif(results, missing, unfinished=unfinished.sentence if unfinished else "")


def _rule(source: str) -> Json:
    return {"id": source, "shortDescription": {"text": source}}


def _result(one: Result, rule: int) -> Json:
    region: dict[str, Json] = {"charOffset": one.start, "charLength": one.end - one.start}
    if one.line is not None:
        region = {"startLine": one.line} | region
    place: Json = {"artifactLocation": {"uri": one.file}, "region": region}
    return {
        "ruleId": one.source,
        "ruleIndex": rule,
        "level": one.level,
        "message": {"text": one.said},
        "locations": [{"physicalLocation": place}],
        "properties": {"entity": one.entity} | _sureness(one),
    }


def _sureness(one: Result) -> dict[str, Json]:
    if one.score is None:
        return {}
    return {"score": round(one.score, 2), "review": list(one.review)}


def _error(said: str) -> Json:
    return {"level": "error", "message": {"text": said}}


def _notification(name: str, why: str) -> Json:
    return {
        "level": "error",
        "message": {"text": f"not examined: {why}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": name}}}],
    }
