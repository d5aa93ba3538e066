"""A folder, or several: which documents there are, who works on them, and how it ended.

Every document of every source is accounted for: redacted, failed by name and reason, or excluded
(`redactor.sources`). The copies do not depend on the number of workers, nor on who did what.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from redactor.audit import AuditLog, RunStart, document_id
from redactor.audit.manifest import MANIFEST, write_manifest
from redactor.audit.reading import sealed_lines
from redactor.audit.run_lock import run_lock
from redactor.beginning import (
    KEY_FILE,
    OutputRemains,
    begin,
    check_unused,
    clear_staging,
    clear_vault,
    go_on,
    is_begun,
)
from redactor.collection import Collection, census_jobs, collected
from redactor.config.listing import joined_problems
from redactor.decisions.loading import LoadedDecisions
from redactor.detect.coreference.register import Register
from redactor.differences import DifferenceTable, write_differences
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
from redactor.formats.libreoffice import check_libreoffice
from redactor.formats.ocr import check_ocr
from redactor.indexes import with_archives
from redactor.keys import Key
from redactor.model import Job, Outcome, Passages
from redactor.naming import named, with_new_suffixes
from redactor.notices import sealed_notice
from redactor.pipeline import RunContext, record_failure
from redactor.planning import Plan, outcome_of, rest, said_of, whole
from redactor.progress import Numbered, Started, Warned, Watch, unwatched
from redactor.proposals.writing import FOLDER, Proposals
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
    """Who redacts the documents of a run; `begun` is called with a worker's number and its job."""

    begun: Callable[[int, Job], None]

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
    request: BatchRequest, *, watch: Watch = unwatched, team: MakeTeam | None = None
) -> BatchResult:
    """Redact everything in the sources. Raises UsageError, ConfigError or OutputError at the start.

    With decisions, the OUT that they are about is redacted anew, and its log is continued; the
    same holds for a run that is resumed, or an OUT that is updated.

    `watch` is called with what happens, as it happens (`redactor.progress`). `team` makes who does
    the work, from the run's settings and the number of workers: processes here, if unset.
    """
    if request.resume and request.update:
        raise UsageError("--update goes on with what was broken off as well: leave --resume out")
    audit = audit_folder(request.out)
    check_apart(request.sources, (request.out, audit))
    with run_lock(audit):
        clear_staging(audit)
        return _redact_batch(request, audit, watch, team or Team)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run finds when it begins: its documents, its key, and what earlier runs did.

    `begun` is the audit folder, if a run recorded something there; `people` are those of all
    documents, where the policy links them.
    """

    request: BatchRequest
    audit: Path
    entries: Sequence[SourceFile]
    key: Key
    earlier: Earlier | None
    begun: Path | None
    people: Collection | None = None

    @property
    def register(self) -> Register | None:
        """Return the people of all documents, where the policy links them."""
        return self.people.register if self.people else None

    @property
    def ended(self) -> bool:
        """Tell whether a run shall go on that ended."""
        return bool(self.request.resume and self.earlier and self.earlier.ended)

    @property
    def goes_on(self) -> bool:
        """Tell whether what earlier runs did is left alone."""
        return bool(self.earlier and (self.request.resume or self.request.update))


def opened(request: BatchRequest, audit: Path, *, dry: bool = False) -> Opened:
    """Return what a run finds. Raises UsageError, ConfigError, and OutputError for a used OUT.

    What a run left that was killed before its first record is cleared away, unless this is `dry`.
    """
    entries = discover(request)
    begun = is_begun(audit)
    if not begun:
        _require_unused(request, audit, dry=dry)
    elif not (request.decisions or request.resume or request.update):
        raise _existing(request, entries, audit)
    key = run_key(request, audit if begun else None)
    earlier = earlier_runs(audit, key) if begun else None
    if earlier is None and begun:
        check_empty(request.out)
    if request.resume and earlier:
        request = on_day_of(earlier.start, request)
    people = _collection(request, audit, entries, key)
    register = people.register if people else None
    entries = named(entries, request.policy, request.rules, key, register)
    if request.policy.convert:
        entries = with_new_suffixes(entries)
    entries = with_archives(entries)
    return Opened(request, audit, entries, key, earlier, audit if begun else None, people)


def _require_unused(request: BatchRequest, audit: Path, *, dry: bool) -> None:
    """Raise OutputError unless a run can begin in an OUT that has no log."""
    clear = request.resume or request.update
    if dry and not audit.is_dir():
        check_empty(request.out)
        return
    try:
        check_unused(request.out, audit, clear=clear and not dry)
    except OutputRemains:
        if not (dry and clear):
            raise


def intended(found: Opened) -> tuple[RunContext, RunStart, Plan]:
    """Return what a run does: its settings, the start that records them, and the plan.

    Raises ConfigError for what cannot be obeyed, SettingsChanged, and as `rest` does.
    """
    request, earlier = found.request, found.earlier
    decided = given_decisions(request, found.entries, found.key, earlier, found.begun)
    settings = run_context(request, found.audit, found.key, decided, earlier, found.register)
    start = run_start(settings, decided, request.command, update=request.update and bool(earlier))
    return settings, start, _plan(request, found.entries, settings, start, earlier)


def _redact_batch(request: BatchRequest, audit: Path, watch: Watch, team: MakeTeam) -> BatchResult:
    found = opened(request, audit)
    if found.ended and not (audit / MANIFEST).exists():  # it was killed before it was written
        write_manifest(audit)
    result = ended(found) if found.ended else _run(found, watch, team)
    said = (*result.said, *(found.people.said if found.people else ()))
    return replace(result, outcomes=_shown(result.outcomes, found.entries), said=said)


def _collection(
    request: BatchRequest, audit: Path, entries: Sequence[SourceFile], key: Key
) -> Collection | None:
    """Return the people of all documents, where the policy links them. Raises UsageError."""
    if request.policy.link == "document":
        return None
    log = AuditLog(audit, key)
    settings = RunContext(request.policy, key, log, request.rules, request.encoding)
    jobs = census_jobs(entries)
    with Team(settings, min(request.workers or _cores(), max(1, len(jobs)))) as team:
        return collected(team.run(jobs), key, request.policy.subjects)


def _shown(outcomes: Sequence[Outcome], entries: Sequence[SourceFile]) -> tuple[Outcome, ...]:
    """Return outcomes with the names of the copies."""
    names = {entry.job.name: entry.job.shown_name for entry in entries}
    return tuple(replace(one, name=names.get(one.name, one.name)) for one in outcomes)


def _run(found: Opened, watch: Watch, make_team: MakeTeam) -> BatchResult:
    request, audit, key, earlier = found.request, found.audit, found.key, found.earlier
    notices = run_notices(request, key, found.begun)
    for notice in notices:
        watch(Warned(notice))
    sealed = sealed_lines(audit) if found.begun else 0
    settings, start, plan = intended(found)
    if request.propose:
        run = earlier.start.run if earlier and request.resume else start.run
        settings = replace(settings, proposals=Proposals(audit / FOLDER, run))
    if plan.is_empty and request.update:
        return _result(plan, (), audit, said=tuple(said_of(plan)))
    size = team_size(request, plan)
    record = replace(start, workers=size, planned=plan.planned)
    needed = plan.jobs or not earlier
    with make_team(settings, size) if needed else nullcontext() as team:
        # Nothing is created before the detectors could be loaded.
        _rehearse(plan.jobs, settings, team, whole=found.begun is None)
        if found.begun is None:
            begin(request.out, settings, record, key_file=request.key_file)
        elif request.resume and earlier:
            record = replace(record, run=earlier.start.run)
            go_on(request.out, settings, run_resume(record))
        else:
            go_on(request.out, settings, record)
        if earlier and found.goes_on:
            _clear_away(plan, settings, earlier)
        table = DifferenceTable()
        names = [entry.job.name for entry in found.entries]
        outcomes = _work(plan, settings, team, Numbered.of(names, size, watch), table)
        problems = _end(record.run, settings, plan, outcomes)
    differing = _differing(table, audit, problems)
    for notice in sealed_notice(sealed_lines(audit) - sealed):
        notices.append(notice)
        watch(Warned(notice))
    made = None if found.begun or request.key_file else audit / KEY_FILE
    said = (*said_of(plan), *differing) if found.goes_on else differing
    result = _result(plan, outcomes, audit, said=said)
    code = worst((result.exit_code, *(one.exit_code for one in problems)))
    return replace(
        result, key_made=made, problems=tuple(problems), notices=tuple(notices), exit_code=code
    )


def team_size(request: BatchRequest, plan: Plan) -> int:
    """Return how many workers a run has."""
    return min(request.workers or _cores(), max(1, len(plan.jobs)))


def _differing(
    table: DifferenceTable, audit: Path, problems: list[RedactorError]
) -> tuple[str, ...]:
    """List the passages that two documents share and that differ; return what is said of them."""
    found = table.differences()
    if not found:
        return ()
    try:
        path = write_differences(found, audit)
    except RedactorError as error:
        problems.append(error)
        return ()
    said = f"passages that two documents share, redacted differently: {len(found):,}"
    return (f"{said} (listed in {path})",)


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
    """Record the end of a run, and sum it up; return the error if that fails."""
    every = (*plan.done, *outcomes)
    code = worst(outcome.code for outcome in (*every, *plan.kept))
    try:
        settings.log.append([run_end(run, every, code)])
        write_manifest(settings.log.folder)
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


def ended(found: Opened) -> BatchResult:
    """Return the result of a run that ended, and so need not go on."""
    names = {document_id(found.key, one.job.name): one.job.name for one in found.entries}
    last = found.earlier.of_last_run() if found.earlier else {}
    done = tuple(outcome_of(names.get(name, name), one) for name, one in last.items())
    said = ("the run had ended before: nothing to do (--update looks for what changed since)",)
    return _result(Plan((), done=done), (), found.audit, said=said)


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


def discover(request: BatchRequest, *, as_given: bool = False) -> list[SourceFile]:
    """List every file of the sources, as `listed` does. Raises UsageError."""
    if request.encoding is not None:
        check_encoding(request.encoding)
    if request.policy.seeing.ocr:
        check_ocr(request.policy.seeing.ocr)
    if request.policy.convert:
        check_libreoffice()
        if request.seal_to:
            raise UsageError("what is converted cannot be sealed yet: leave --seal-to or --convert")
    return listed(request.sources, request.out, as_given=as_given)


def _in_order(jobs: Sequence[Job], team: Workers) -> Iterator[Outcome]:
    """Yield the outcomes of jobs: indexes of web archives come after the archives beside them."""
    yield from team.run([one for one in jobs if not one.archives])
    if indexes := [one for one in jobs if one.archives]:
        yield from team.run(indexes)


def _work(
    plan: Plan,
    settings: RunContext,
    team: Workers | None,
    numbers: Numbered,
    table: DifferenceTable,
) -> tuple[Outcome, ...]:
    size = sum(job.size for job in plan.jobs)
    numbers.watch(Started(plan.planned, size, numbers.workers, len(plan.done)))
    outcomes = [*leave_out(plan.left_out, settings), *withdraw(plan.withdrawn, settings)]
    for outcome in outcomes:
        numbers.done(outcome)
    jobs = {job.name: job for job in plan.jobs}
    if team:
        team.begun = numbers.begun
    try:
        for outcome in _in_order(plan.jobs, team) if team else ():
            job = jobs.pop(outcome.name)
            table.add(job.shown_name, outcome.passages)
            outcomes.append(replace(outcome, passages=Passages()))
            numbers.done(outcome, job.size)
    except RedactorError as error:  # there are no workers any more: the rest is named
        for job in jobs.values():
            outcomes.append(record_failure(job, settings, error))
            numbers.done(outcomes[-1], job.size)
    return tuple(outcomes)
