"""A folder, or several: which documents there are, who works on them, and how it ended.

Every document of every source is accounted for: redacted, failed by name and reason, or excluded
(`redactor.sources`). The copies do not depend on the number of workers, nor on who did what.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeAlias

from redactor.audit import RunStart, document_id
from redactor.audit.reading import sealed_lines
from redactor.audit.run_lock import run_lock
from redactor.beginning import (
    KEY_FILE,
    begin,
    check_unused,
    clear_staging,
    clear_vault,
    go_on,
    is_begun,
)
from redactor.config.listing import joined_problems
from redactor.decisions.loading import LoadedDecisions
from redactor.earlier import Earlier, earlier_runs
from redactor.errors import (
    ConfigError,
    DecisionsError,
    ExitCode,
    OutputError,
    RedactorError,
    UsageError,
    worst,
)
from redactor.files import check_apart, check_empty, delete_copy
from redactor.formats import check_encoding
from redactor.keys import Key
from redactor.model import Job, Outcome
from redactor.naming import named
from redactor.notices import sealed_notice
from redactor.pipeline import RunContext, record_failure
from redactor.planning import Plan, outcome_of, rest, said_of, whole
from redactor.requests import BatchRequest, BatchResult, audit_folder
from redactor.run_records import differences, run_end, run_resume, run_start
from redactor.run_settings import given_decisions, on_day_of, run_context, run_key, run_notices
from redactor.runners.local import Team
from redactor.sources import SourceFile, listed
from redactor.uncopied import leave_out, withdraw

__all__ = [
    "KEY_FILE",
    "BatchRequest",
    "BatchResult",
    "OutputExists",
    "SettingsChanged",
    "audit_folder",
    "discover",
    "redact_batch",
]


class Workers(Protocol):
    """Who redacts the documents of a run."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of every job. Raises RedactorError when nothing can go on."""


MakeTeam: TypeAlias = Callable[[RunContext, int], AbstractContextManager[Workers]]
"""Makes the workers of a run, from its settings and their number."""


class OutputExists(OutputError):
    """An OUT that an earlier run wrote to; the hint says what could be done with it."""


class SettingsChanged(ConfigError):
    """A run that shall go on with other settings than those it began with."""

    hint = (
        "Nothing was changed. Give what the run began with, or use --update: it redacts anew "
        "whatever was done under other settings."
    )


def redact_batch(
    request: BatchRequest,
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
    team: MakeTeam | None = None,
) -> BatchResult:
    """Redact everything in the sources. Raises UsageError, ConfigError or OutputError at the start.

    With decisions, the OUT that they are about is redacted anew, and its log is continued; the
    same holds for a run that is resumed, or an OUT that is updated.

    `progress` is called with how many documents are done, of how many. `team` makes who does the
    work, from the run's settings and the number of workers: processes on this machine, if unset.
    """
    if request.resume and request.update:
        raise UsageError("--update goes on with what was broken off as well: leave --resume out")
    audit = audit_folder(request.out)
    check_apart(request.sources, (request.out, audit))
    with run_lock(audit):
        clear_staging(audit)
        return _redact_batch(request, audit, progress, team or Team)


def _redact_batch(
    request: BatchRequest, audit: Path, progress: Callable[[int, int], None], team: MakeTeam
) -> BatchResult:
    entries = discover(request)
    begun = is_begun(audit)
    if not begun:
        check_unused(request.out, audit, clear=request.resume or request.update)
    elif not (request.decisions or request.resume or request.update):
        raise _existing(request, entries, audit)
    key = run_key(request, audit if begun else None)
    earlier = earlier_runs(audit, key) if begun else None
    if earlier is None and begun:
        check_empty(request.out)
    if request.resume and earlier:
        request = on_day_of(earlier.start, request)
    entries = named(entries, request.policy, request.rules, key)
    if request.resume and earlier and earlier.ended:
        result = _ended(earlier, entries, audit, key)
    else:
        result = _run(request, audit, entries, key, earlier, progress, team)
    return replace(result, outcomes=_shown(result.outcomes, entries))


def _shown(outcomes: Sequence[Outcome], entries: Sequence[SourceFile]) -> tuple[Outcome, ...]:
    """Return outcomes with the names of the copies."""
    names = {entry.job.name: entry.job.shown_name for entry in entries}
    return tuple(replace(one, name=names.get(one.name, one.name)) for one in outcomes)


def _run(  # noqa: PLR0913, PLR0917  # what is asked, and what there is
    request: BatchRequest,
    audit: Path,
    entries: Sequence[SourceFile],
    key: Key,
    earlier: Earlier | None,
    progress: Callable[[int, int], None],
    make_team: MakeTeam,
) -> BatchResult:
    begun = audit if is_begun(audit) else None
    notices = run_notices(request, key, begun)
    sealed = sealed_lines(audit) if begun else 0
    decided = given_decisions(request, entries, key, earlier, begun)
    settings = run_context(request, audit, key, decided, earlier)
    start = run_start(settings, decided, request.command, update=request.update and bool(earlier))
    plan = _plan(request, entries, settings, start, earlier)
    if plan.is_empty and request.update:
        return _result(plan, (), audit, said=tuple(said_of(plan)))
    size = min(request.workers or _cores(), max(1, len(plan.jobs)))
    record = replace(start, workers=size, planned=plan.planned)
    needed = plan.jobs or not earlier
    with make_team(settings, size) if needed else nullcontext() as team:
        # Nothing is created before the detectors could be loaded.
        _rehearse(plan.jobs, settings, team, whole=not begun)
        if begun is None:
            begin(request.out, settings, record, key_file=request.key_file)
        elif request.resume and earlier:
            record = replace(record, run=earlier.start.run)
            go_on(request.out, settings, run_resume(record))
        else:
            go_on(request.out, settings, record)
        if earlier and (request.resume or request.update):
            _clear_away(plan, settings, earlier)
        outcomes = _work(plan, settings, team, progress)
        problems = _end(record.run, settings, plan, outcomes)
    notices += sealed_notice(sealed_lines(audit) - sealed)
    made = None if begun or request.key_file else audit / KEY_FILE
    said = tuple(said_of(plan)) if earlier and (request.resume or request.update) else ()
    result = _result(plan, outcomes, audit, said=said)
    code = worst((result.exit_code, *(one.exit_code for one in problems)))
    return replace(
        result, key_made=made, problems=tuple(problems), notices=tuple(notices), exit_code=code
    )


def _result(
    plan: Plan, outcomes: Sequence[Outcome], audit: Path, *, said: tuple[str, ...]
) -> BatchResult:
    """Return the result of a run, with what it did before it was broken off."""
    every = tuple(sorted((*plan.done, *outcomes), key=lambda outcome: outcome.name))
    code = worst(outcome.code for outcome in (*every, *plan.kept))
    return BatchResult(every, audit, None, code, kept=plan.kept, said=said)


def _end(
    run: str, settings: RunContext, plan: Plan, outcomes: Sequence[Outcome]
) -> list[RedactorError]:
    """Record the end of a run; return the error if that fails, beside what was done."""
    every = (*plan.done, *outcomes)
    code = worst(outcome.code for outcome in (*every, *plan.kept))
    try:
        settings.log.append([run_end(run, every, code)])
    except RedactorError as error:
        return [error]
    return []


def _existing(request: BatchRequest, entries: Sequence[SourceFile], audit: Path) -> OutputError:
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
        entries = named(entries, asked.policy, asked.rules, key)
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


def _ended(earlier: Earlier, entries: Sequence[SourceFile], audit: Path, key: Key) -> BatchResult:
    """Return the result of a run that ended, and so need not go on."""
    names = {document_id(key, one.job.name): one.job.name for one in entries}
    last = earlier.of_last_run()
    done = tuple(outcome_of(names.get(name, name), one) for name, one in last.items())
    said = ("the run had ended before: nothing to do (--update looks for what changed since)",)
    return _result(Plan((), done=done), (), audit, said=said)


def _plan(
    request: BatchRequest,
    entries: Sequence[SourceFile],
    settings: RunContext,
    start: RunStart,
    earlier: Earlier | None,
) -> Plan:
    """Return what is to be done. Raises SettingsChanged, DecisionsError, and as `rest` does."""
    if earlier is None or not (request.resume or request.update):
        return whole(entries)
    if earlier.start.decisions and not request.decisions:
        raise DecisionsError("the last run applied decisions of reviewers: name them again")
    if request.resume and (changes := differences(earlier.start, start, settings.policy)):
        raise SettingsChanged(f"this is not as in the run that did not end: {'; '.join(changes)}")
    return rest(
        entries,
        earlier,
        start=start,
        key=settings.key,
        policy=settings.policy,
        out=request.out,
        resume=request.resume,
    )


def _clear_away(plan: Plan, settings: RunContext, earlier: Earlier) -> None:
    """Delete drafts, and what was sealed without a record, of runs that were killed."""
    for path in plan.remains:
        delete_copy(path)
    clear_vault(settings, earlier.slots)


def _rehearse(
    jobs: Sequence[Job], settings: RunContext, team: Workers | None, *, whole: bool
) -> None:
    """Redact what decisions are about, without any trace, so that none fails later.

    The `whole` batch is rehearsed where only the documents can tell what is removed elsewhere.
    Raises DecisionsError.
    """
    rulings = settings.rulings
    rehearsed = [
        replace(job, rehearse=True)
        for job in jobs
        if rulings.rows(document_id(settings.key, job.name)) or (whole and rulings.notes)
    ]
    if not rehearsed or team is None:
        return
    failed = [one.error for one in team.run(rehearsed) if one.code == ExitCode.CONFIG]
    if failed:
        raise DecisionsError(joined_problems(sorted(failed)))


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def discover(request: BatchRequest) -> list[SourceFile]:
    """List every file of the sources. Raises UsageError for sources that make no sense."""
    if request.encoding is not None:
        check_encoding(request.encoding)
    return listed(request.sources, request.out)


def _work(
    plan: Plan,
    settings: RunContext,
    team: Workers | None,
    progress: Callable[[int, int], None],
) -> tuple[Outcome, ...]:
    outcomes = [*leave_out(plan.left_out, settings), *withdraw(plan.withdrawn, settings)]
    jobs = {job.name: job for job in plan.jobs}
    before = len(plan.done)
    progress(before + len(outcomes), plan.planned)
    try:
        for outcome in team.run(plan.jobs) if team else ():
            outcomes.append(outcome)
            del jobs[outcome.name]
            progress(before + len(outcomes), plan.planned)
    except RedactorError as error:  # there are no workers any more: the rest is named
        outcomes += [record_failure(job, settings, error) for job in jobs.values()]
    return tuple(outcomes)
