"""The driver's side: hands tasks to a cluster, records their results, publishes their copies."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from sys import maxsize
from types import TracebackType
from typing import Protocol, Self

from redactor.audit import document_id
from redactor.audit.folder import STAGING, VAULT
from redactor.audit.staged import record_of
from redactor.decisions.loading import LoadedDecisions
from redactor.errors import ConfigError, OutputError, RedactorError, WorkerDied
from redactor.files import (
    PRIVATE_FOLDER,
    delete_copy,
    make_folder,
    open_source,
    publish_draft,
    sha256,
)
from redactor.model import Job, Outcome, Status
from redactor.pipeline import RunContext, record_failure, source_digest
from redactor.run_records import run_start
from redactor.runners.spark.executor import Result, Shared
from redactor.runners.spark.tasks import Task, halves, micro_batches

IN_FLIGHT = 2  # micro-batches at a time: the second fills the slots that the first leaves idle
_ATTEMPTS = 2  # of a document that fails its task when it is alone in it


class JobFailed(Exception):  # it never leaves the runner
    """A job of the cluster that was given up, with all its tasks."""


class Cluster(Protocol):
    """Where tasks are done."""

    @property
    def slots(self) -> int:
        """Return how many tasks it does at a time."""

    @property
    def lives(self) -> bool:
        """Tell whether it takes another job."""

    def share(self, shared: Shared) -> None:
        """Let every task have this."""

    def run(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the results of all tasks. Raises JobFailed."""

    def cancel(self) -> None:
        """Give up all jobs of this run."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """A result that may be recorded: the draft has the recorded digest."""

    job: Job
    outcome: Outcome
    records: tuple[bytes, ...] = ()
    draft: Path | None = None
    slots: tuple[Path, ...] = ()


class SparkTeam:
    """The workers of a run on a cluster: the twin of `redactor.runners.local.Team`."""

    def __init__(self, settings: RunContext, cluster: Cluster) -> None:
        self._settings = replace(settings, rules=tuple(one.absolute() for one in settings.rules))
        self._cluster = cluster
        self._staging = settings.log.folder / STAGING

    def __enter__(self) -> Self:
        """Let an executor load the detectors. Raises RedactorError when it cannot."""
        make_folder(self._staging, mode=PRIVATE_FOLDER)
        start = run_start(self._settings, LoadedDecisions(), (), update=False)
        self._cluster.share(Shared(self._settings, start, self._staging.absolute()))
        try:
            _raise_first(self._cluster.run([()]))
        except JobFailed:
            self._clear()
            raise _no_executor() from None
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what is not done, and delete what was not accepted."""
        if error is not None:
            self._cluster.cancel()
        self._clear()

    def _clear(self) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of every job, in their order."""
        listed = [replace(job, source=job.source.absolute()) for job in jobs]
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            try:
                for batch, done in self._in_flight(listed, pool):
                    found = {one.number: one for one in _raise_first(done.result())}
                    for task in batch:
                        yield from self._accept([(job, found.get(n)) for n, job in task])
            except BaseException:  # a generator that is left, or an interrupt
                self._cluster.cancel()
                raise

    def _in_flight(
        self, jobs: Sequence[Job], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[list[Task], Future[list[Result]]]]:
        waiting: deque[tuple[list[Task], Future[list[Result]]]] = deque()
        for batch in micro_batches(jobs, self._cluster.slots):
            waiting.append((batch, pool.submit(self._results, batch)))
            if len(waiting) == IN_FLIGHT:
                yield waiting.popleft()
        yield from waiting

    def _results(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the results of tasks; of a job that is given up, of either half of its documents.

        A document that fails its task even alone, twice, has no result.
        """
        alone = sum(map(len, tasks)) == 1
        for _ in range(_ATTEMPTS if alone else 1):
            try:
                return self._cluster.run(tasks)
            except JobFailed:
                if not self._cluster.lives:
                    raise WorkerDied("the cluster takes no more tasks") from None
        if alone:
            return []
        return [one for half in halves(tasks) for one in self._results(half)]

    def _accept(self, done: Sequence[tuple[Job, Result | None]]) -> Iterator[Outcome]:
        """Record the results of a task, then publish its copies; yield the outcomes."""
        checked = [self._checked(job, result) for job, result in done]
        try:
            self._seal(checked)
            if lines := [line for one in checked for line in one.records]:
                self._settings.log.append(lines)
        except RedactorError as error:
            for one in checked:
                self._unseal(one)
                yield record_failure(one.job, self._settings, error)
            return
        for one in checked:
            yield self._published(one)

    def _checked(self, job: Job, result: Result | None) -> _Checked:
        """Return a result once records and draft are those of the document."""
        if result is None or result.outcome is None:
            error = WorkerDied("its executor died on this document, whenever it was tried")
            digest = source_digest(job, self._settings.policy.limits.file_bytes)
            return _Checked(job, record_failure(job, self._settings, error, digest))
        try:
            return self._examined(job, result, result.outcome)
        except RedactorError as error:
            return _Checked(job, record_failure(job, self._settings, error))

    def _examined(self, job: Job, result: Result, outcome: Outcome) -> _Checked:
        if job.rehearse:
            return _Checked(job, outcome)
        if result.draft is None:
            if outcome.status is not Status.FAILED:
                raise OutputError("the draft is not where its task wrote it")
            delete_copy(job.target, below=job.out)  # of an earlier run: before that is recorded
            return _Checked(job, outcome, result.records)
        records = [record_of(line) for line in result.records]
        document = document_id(self._settings.key, job.name)
        digest = str(records[0].get("output_sha256")) if records else job.recorded
        with open_source(result.draft, maxsize) as draft:
            same = sha256(draft) == digest
        if not same or any(one["document"] != document for one in records):
            raise OutputError("the draft is not the one that its task recorded")
        slots = [result.draft.parent / str(one["vault"]) for one in records[:1] if "vault" in one]
        return _Checked(job, outcome, result.records, result.draft, tuple(slots))

    def _seal(self, checked: Sequence[_Checked]) -> None:
        """Move what was sealed into the vault, before a record names it. Raises OutputError."""
        try:
            for slot in (slot for one in checked for slot in one.slots):
                os.replace(slot, self._vault / slot.name)
        except OSError as error:
            raise OutputError(f"cannot write the vault: {error.strerror}") from None

    def _unseal(self, one: _Checked) -> None:
        for slot in one.slots:
            with suppress(OSError):  # what no record names says nothing
                (self._vault / slot.name).unlink()

    @property
    def _vault(self) -> Path:
        return self._settings.log.folder / VAULT

    def _published(self, one: _Checked) -> Outcome:
        if one.draft is None:
            return one.outcome
        try:
            publish_draft(one.draft, one.job.target, below=one.job.out)
        except RedactorError as error:
            return record_failure(one.job, self._settings, error)
        return one.outcome


def _raise_first(done: Sequence[Result]) -> Sequence[Result]:
    """Return results, unless a task could not go on: raise its error."""
    for one in done:
        if one.error is not None:
            raise one.error
    return done


def _no_executor() -> RedactorError:
    error = ConfigError("no executor could load redactor")
    error.hint = "It must be installed, with the same Python, on every machine of the cluster."
    return error
