"""An OUT that an earlier run wrote to, and that nobody asked to go on with: why it is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from redactor.decisions.loading import LoadedDecisions
from redactor.earlier import Earlier, earlier_runs
from redactor.errors import OutputError, RedactorError
from redactor.indexes import with_archives
from redactor.naming import named
from redactor.planning import Plan, rest
from redactor.requests import BatchRequest
from redactor.run_records import run_start
from redactor.run_settings import on_day_of, run_context, run_key
from redactor.source_files import SourceFiles


class OutputExists(OutputError):
    """An OUT that an earlier run wrote to; the hint says what could be done with it."""


def existing(request: BatchRequest, entries: SourceFiles, audit: Path) -> OutputError:
    """Return why an OUT that was used before is refused, and what each option would do with it."""
    out = request.out
    plain = OutputError(f"{out} exists and is not empty; choose another --out")
    try:
        key = run_key(request, audit)
        earlier = earlier_runs(audit, key)
        if earlier is None:
            return plain
        asked = replace(request, resume=not earlier.ended, update=earlier.ended)
        if asked.resume:
            asked = on_day_of(earlier.start, asked)
        if asked.policy.link == "collection":
            return _refused_unread(out, earlier)
        entries = with_archives(named(entries, asked.policy, asked.rules, key))
        settings = run_context(asked, audit, key, LoadedDecisions(), earlier)
        start = run_start(settings, LoadedDecisions(), (), update=asked.update)
        plan = rest(
            entries,
            earlier,
            start=start,
            key=key,
            policy=asked.policy,
            out=out,
            resume=asked.resume,
        )
    except RedactorError as error:
        return OutputExists(f"{out} exists and is not empty, and cannot be gone on with: {error}")
    return _refused(out, earlier, plan)


def _refused_unread(out: Path, earlier: Earlier) -> OutputExists:
    """Return the refusal where only all documents together tell what would be done."""
    error = OutputExists(f"{out} exists and is not empty")
    option = "--update" if earlier.ended else "--resume"
    error.hint = (
        f"Nothing was changed. {option} would read all documents for their people (`link: "
        "collection`), and do what is left under these. Or choose another --out."
    )
    return error


def _refused(out: Path, earlier: Earlier, plan: Plan) -> OutputExists:
    if earlier.ended:
        error = OutputExists(f"{out} exists and is not empty: it holds a run that ended")
        would = "find nothing to do" if plan.is_empty else plan.sentence
        said = f"--update would {would}"
    else:
        planned = earlier.start.planned or 0
        error = OutputExists(
            f"{out} exists and is not empty: it holds a run that did not end "
            f"({len(earlier.of_last_run()):,} of {planned:,} documents are recorded)"
        )
        said = f"--resume would {plan.sentence}"
    changes = f" (not as then: {'; '.join(plan.changes)})" if plan.changes else ""
    error.hint = f"Nothing was changed. {said}{changes}. Or choose another --out."
    return error
