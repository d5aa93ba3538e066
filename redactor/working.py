"""The work of a run: who does it, and what becomes of every document of its plan.

Decisions are rehearsed first, and remains of runs that were killed are cleared away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import compress
from typing import Protocol, TypeAlias

from redactor.audit import document_id
from redactor.beginning import clear_vault
from redactor.config.listing import joined_problems
from redactor.differences import DifferenceTable
from redactor.earlier import Earlier
from redactor.errors import DecisionsError, ExitCode, RedactorError
from redactor.files import delete_copy
from redactor.model import Job, Outcome
from redactor.pipeline import RunContext, record_failure
from redactor.planning import Plan
from redactor.progress import Numbered, Started
from redactor.source_files import Jobs
from redactor.uncopied import leave_out, withdraw


class Workers(Protocol):
    """Who redacts the documents of a run; `begun` is called with a worker's number and its job."""

    begun: Callable[[int, Job], None]

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of every job. Raises RedactorError when nothing can go on."""


MakeTeam: TypeAlias = Callable[[RunContext, int], AbstractContextManager[Workers]]
"""Makes the workers of a run, from its settings and their number."""


def work(
    plan: Plan,
    settings: RunContext,
    team: Workers | None,
    numbers: Numbered,
    table: DifferenceTable,
) -> tuple[Outcome, ...]:
    """Do what a plan says; return the outcome of every document of it."""
    size = sum(plan.jobs.sizes)
    numbers.watch(Started(plan.planned, size, numbers.workers, len(plan.done)))
    outcomes = [*leave_out(plan.left_out, settings), *withdraw(plan.withdrawn, settings)]
    for outcome in outcomes:
        numbers.done(outcome)
    places, left = plan.jobs.numbers(), bytearray(b"\1") * len(plan.jobs)
    if team:
        team.begun = numbers.begun
    try:
        for outcome in _in_order(plan.jobs, team) if team else ():
            at = places[outcome.name]
            job, left[at] = plan.jobs[at], False
            table.add(job.shown_name, outcome.passages)
            outcomes.append(outcome.noted(job.name))
            numbers.done(outcome, job.size)
    except RedactorError as error:  # there are no workers any more: the rest is named
        for job in compress(plan.jobs, left):
            outcomes.append(record_failure(job, settings, error))
            numbers.done(outcomes[-1], job.size)
    return tuple(outcomes)


def _in_order(jobs: Jobs, team: Workers) -> Iterator[Outcome]:
    """Yield the outcomes of jobs: indexes of web archives come after the archives beside them."""
    yield from team.run(one for one in jobs if not one.archives)
    if indexes := jobs.indexes:
        yield from team.run(indexes)


def rehearse(
    jobs: Sequence[Job], settings: RunContext, team: Workers | None, *, whole: bool
) -> None:
    """Redact what decisions are about, without any trace, so that none fails later.

    The `whole` batch is rehearsed where only the documents can tell what is removed elsewhere.
    Raises DecisionsError.
    """
    rulings = settings.rulings
    if not rulings.every:
        return
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


def clear_away(plan: Plan, settings: RunContext, earlier: Earlier) -> None:
    """Delete drafts, and what was sealed without a record, of runs that were killed."""
    for path in plan.remains:
        delete_copy(path)
    clear_vault(settings, earlier.slots)
