"""Supervised processes on this machine.

Each worker loads the detectors once and redacts one document at a time. A worker that dies, or that
needs more time or memory for a document than the policy allows, costs that document one more
attempt, last of all; then it is reported by name, with the reason. Another worker takes its place,
and the rest goes on. The executors of the standard library lose the whole batch then.

Workers that have no document left help those that have a large one, until it is done
(`pipeline.sharing`); one that dies of it costs nothing. A second attempt has no helpers.

How a worker's process is made: `worker_process`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Self

from redactor.audit import document_id
from redactor.errors import OutOfTime, RedactorError, WorkerDied
from redactor.model import Job, Outcome
from redactor.pipeline import RunContext, record_failure, source_digest
from redactor.pipeline.sharing import LARGE, Share, is_shareable
from redactor.runners.local_worker import bring_together
from redactor.runners.worker_process import start

_PATIENCE = 5  # seconds that a worker has to end what it has in hand
_FALSE_STARTS = 3  # workers that may die before they took a document, for each of the team
_ATTEMPTS = 2  # of a document whose worker died


@dataclass(slots=True)
class _Task:
    """A job, how often it was given to a worker, and how long the log was then.

    `helpers` are how many workers were sent to help with it.
    """

    job: Job
    attempts: int = 0
    log_bytes: int = 0
    helpers: int = 0


class _Worker:
    """A process, the pipe to it, and the task it has in hand, or that it helps another with."""

    def __init__(self, settings: RunContext, number: int) -> None:
        self.number = number
        self.pipe, theirs = Pipe()
        with theirs:
            self.process = start(theirs.fileno())
        self.task: _Task | None = None
        self.helps = self.ready = False
        self.end = float("inf")
        self._send(settings)

    def give(self, task: _Task, seconds: float) -> None:
        """Hand a task over, to be done within so many seconds."""
        self.task, self.end = task, time.monotonic() + seconds
        self._send(task.job)

    def help(self, owner: _Worker, task: _Task, share: Share) -> None:
        """Search a share of the document that another worker has in hand."""
        self.helps = True
        task.helpers += 1
        bring_together(owner.pipe, self.pipe, task.job, share)

    def _send(self, message: Job | RunContext) -> None:
        with suppress(OSError):  # it died; the next look at it says so
            self.pipe.send(message)

    def lives(self) -> bool:
        return self.process.lives()

    def stop(self, patience: float = _PATIENCE) -> None:
        self.pipe.close()
        if not self.process.ended(patience):
            self.kill()

    def kill(self) -> None:
        self.process.kill()


def _unwatched(_: int, __: Job) -> None:
    """Take the number of a worker and the job that it has in hand, and do nothing with them."""


class Team:
    """Workers for one run: a context manager that starts them, and sends them home.

    `begun` is called with the number of a worker and the job that it was given.
    """

    def __init__(self, settings: RunContext, size: int) -> None:
        self._settings = settings
        self._team: list[_Worker] = []
        self._size = size
        self._false_starts = 0
        self._tasks: Iterator[_Task] = iter(())
        self._next_task: _Task | None = None
        self._again: deque[_Task] = deque()
        self.begun: Callable[[int, Job], None] = _unwatched

    def __enter__(self) -> Self:
        """Start the workers. Raises RedactorError when they cannot load what the policy asks."""
        self._team = [_Worker(self._settings, number) for number in range(1, self._size + 1)]
        try:
            while not self._team[0].ready:
                self._hear(self._team[0])
                if not self._team[0].ready:  # it died
                    self._team[0] = _Worker(self._settings, 1)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Send every worker home. However this ends, none is left that could still publish."""
        try:
            for worker in self._team:
                worker.pipe.close()
                if worker.helps:  # it has nothing to bring to its end
                    worker.kill()
            end = time.monotonic() + _PATIENCE
            for worker in self._team:
                worker.stop(max(0, end - time.monotonic()))
        finally:
            self._kill()

    def _kill(self) -> None:
        for worker in self._team:
            worker.kill()

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of every job as it is done. Those of another run may follow.

        Raises RedactorError when no worker can go on; then none of them is left.
        """
        try:
            yield from self._run(jobs)
        except RedactorError:
            self._kill()
            raise

    def _run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        self._tasks = map(_Task, jobs)
        self._next_task = next(self._tasks, None)
        for worker in [one for one in self._team if one.ready]:  # the others speak when they are
            self._next(worker)
        while self._has_work() or any(one.task for one in self._team):
            talking = _talking(self._team)
            late = [one for one in self._team if one not in talking and one.end < time.monotonic()]
            for worker in (*talking, *late):
                outcome = self._late(worker) if worker in late else self._hear(worker)
                if outcome is not None:
                    yield outcome
                self._next(worker)

    def _hear(self, worker: _Worker) -> Outcome | None:
        """Return what a worker has to say: an outcome, or None when it is ready or fell early."""
        try:
            message: Outcome | RedactorError | None = worker.pipe.recv()
        except (EOFError, OSError):
            return self._fell(worker, WorkerDied("the worker died on this document, twice"))
        if isinstance(message, WorkerDied):  # as good as dead: another may have more memory
            return self._fell(worker, message)
        if isinstance(message, RedactorError):
            raise message
        worker.ready, worker.helps, worker.task, worker.end = True, False, None, float("inf")
        return message

    def _late(self, worker: _Worker) -> Outcome | None:
        seconds = self._settings.policy.limits.document_seconds
        worker.kill()
        error = OutOfTime(f"took more than {seconds:g} seconds, twice (limit `document_seconds`)")
        return self._fell(worker, error)

    def _fell(self, worker: _Worker, error: RedactorError) -> Outcome | None:
        """Let a document have another attempt whose worker fell, or record that it had two."""
        worker.stop()
        task, worker.task, worker.end = worker.task, None, float("inf")
        if worker.helps:
            return None
        if task is None:
            self._false_starts += 1
            if self._false_starts > _FALSE_STARTS * self._size:
                raise WorkerDied("no worker lives long enough to take a document")
            return None
        if task.attempts < _ATTEMPTS:
            task.job = self._as_recorded(task)
            self._again.append(task)
            return None
        digest = source_digest(task.job, self._settings.policy.limits.file_bytes)
        return record_failure(task.job, self._settings, error, digest)

    def _as_recorded(self, task: _Task) -> Job:
        """Return a job with what its worker may have recorded before it died."""
        if not task.job.is_recorded:
            return task.job
        document = document_id(self._settings.key, task.job.name)
        record = self._settings.log.recorded_after(task.log_bytes, document)
        if record is None:
            return task.job
        return replace(task.job, recorded=str(record.get("output_sha256", "")) or None)

    def _next(self, worker: _Worker) -> None:
        """Give a worker its next job, or a share of another's; replace it if it died."""
        if worker.lives():
            if not worker.ready or worker.helps or worker.task is not None:
                return
            if self._has_work():
                task = self._take()
                task.attempts += 1
                task.log_bytes = self._settings.log.length()
                worker.give(task, self._settings.policy.limits.document_seconds)
                self.begun(worker.number, task.job)
            else:
                self._help(worker)
            return
        self._team.remove(worker)
        worker.stop()
        if self._has_work() or not self._team:
            self._team.append(_Worker(self._settings, worker.number))

    def _has_work(self) -> bool:
        """Tell whether a task waits for a worker."""
        return self._next_task is not None or bool(self._again)

    def _take(self) -> _Task:
        """Return the next task; those of another attempt are the last."""
        task = self._next_task or self._again.popleft()
        self._next_task = next(self._tasks, None)
        return task

    def _help(self, worker: _Worker) -> None:
        """Let a worker help with the large document that has the fewest helpers."""
        large = [(one, one.task) for one in self._team if one.task and self._needs_help(one.task)]
        if large:
            owner, task = min(large, key=lambda one: (one[1].helpers, -one[1].job.size))
            worker.help(owner, task, Share(task.helpers, self._size - 1))

    def _needs_help(self, task: _Task) -> bool:
        room = task.attempts == 1 and task.helpers < self._size - 1
        return room and task.job.size >= LARGE and is_shareable(task.job, self._settings)


def _talking(team: Sequence[_Worker]) -> list[_Worker]:
    """Wait until some workers have something to say, or died, or are late; return the former."""
    pipes = {worker.pipe: worker for worker in team}
    end = min(worker.end for worker in team)
    left = None if end == float("inf") else max(0.0, min(end - time.monotonic(), _LONGEST_WAIT))
    return [pipes[pipe] for pipe in wait(list(pipes), left) if isinstance(pipe, Connection)]


_LONGEST_WAIT = 86_400.0  # seconds that the system can count to in one call
