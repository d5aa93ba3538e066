"""How a run ended: its result, its last record and manifest, what differs between documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from redactor.audit import document_id
from redactor.audit.manifest import write_manifest
from redactor.differences import DifferenceTable, write_differences
from redactor.errors import RedactorError, worst
from redactor.model import Outcome
from redactor.opening import Opened
from redactor.pipeline import RunContext
from redactor.planning import Plan, outcome_of
from redactor.requests import BatchResult
from redactor.run_records import run_end
from redactor.source_files import SourceFiles


def ended(found: Opened) -> BatchResult:
    """Return the result of a run that ended, and so need not go on."""
    names = {document_id(found.key, row.name): row.name for row in found.entries.rows()}
    last = found.earlier.of_last_run() if found.earlier else {}
    done = tuple(outcome_of(names.get(name, name), one) for name, one in last.items())
    said = ("the run had ended before: nothing to do (--update looks for what changed since)",)
    return result_of(Plan(done=done), (), found.audit, said=said)


def result_of(
    plan: Plan, outcomes: Sequence[Outcome], audit: Path, *, said: tuple[str, ...]
) -> BatchResult:
    """Return the result of a run, with what it did before it was broken off."""
    every = tuple(sorted((*plan.done, *outcomes), key=lambda outcome: outcome.name))
    code = worst(outcome.code for outcome in (*every, *plan.kept))
    return BatchResult(every, audit, None, code, kept=plan.kept, said=said)


def shown(outcomes: Sequence[Outcome], entries: SourceFiles) -> tuple[Outcome, ...]:
    """Return outcomes with the names of the copies."""
    names = {row.name: row.shown for row in entries.rows() if row.name != row.shown}
    other = (names.get(one.name, one.name) for one in outcomes)
    return tuple(
        one if one.name == name else replace(one, name=name)
        for one, name in zip(outcomes, other, strict=True)
    )


def end(
    run: str, settings: RunContext, plan: Plan, outcomes: Sequence[Outcome]
) -> list[RedactorError]:
    """Record the end of a run, and sum it up; return the error if that fails."""
    every = (*plan.done, *outcomes)
    code = worst(outcome.code for outcome in (*every, *plan.kept))
    try:
        settings.log.append([run_end(run, every, code)])
        write_manifest(settings.log.folder)
    except RedactorError as error:
        return [error]
    return []


def list_differing(
    table: DifferenceTable, audit: Path, problems: list[RedactorError], *, before: int
) -> tuple[str, ...]:
    """List the passages that two documents share and that differ; return what is said of them.

    `before` documents were done earlier, and nothing is known of their passages.
    """
    left = f"passages shared with the {before:,} documents that were done before: not compared"
    untold = (left,) if before and len(table) else ()
    found = table.differences()
    if not found:
        return untold
    try:
        path = write_differences(found, audit)
    except RedactorError as error:
        problems.append(error)
        return untold
    said = f"passages that two documents share, redacted differently: {len(found):,}"
    return (f"{said} (listed in {path})", *untold)
