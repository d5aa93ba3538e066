"""The driver's side: hands tasks to a cluster, and has their results accepted in order."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from redactor.audit.folder import STAGING
from redactor.decisions.loading import LoadedDecisions
from redactor.errors import ConfigError, RedactorError, WorkerDied
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.model import Job, Outcome
from redactor.pipeline import RunContext
from redactor.run_records import run_start
from redactor.runners.spark.accepting import accept
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


def _untold(_worker: int, _job: Job) -> None:
    """Do nothing: what a cluster begins, and when, only it knows."""


class SparkTeam:
    """The workers of a run on a cluster: the twin of `redactor.runners.local.Team`."""

    def __init__(self, settings: RunContext, cluster: Cluster) -> None:
        self._settings = replace(settings, rules=tuple(one.absolute() for one in settings.rules))
        self._cluster = cluster
        self._staging = settings.log.folder / STAGING
        self.begun: Callable[[int, Job], None] = _untold

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
                        yield from accept([(job, found.get(n)) for n, job in task], self._settings)
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
