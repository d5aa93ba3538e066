"""Supervised processes on this machine.

Each worker loads the detectors once and redacts one document at a time. A worker that dies (for
lack of memory, say) costs the document it had in hand, reported by name; another takes its place.
The executors of the standard library lose the whole batch then.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait

from redactor.errors import ConfigError, RedactorError, WorkerDied
from redactor.examine import Examiner
from redactor.model import Job, Outcome
from redactor.pipeline import Settings, redact, record_failure

_CONTEXT = multiprocessing.get_context("spawn")


class _Worker:
    """A process, the pipe to it, and the job it has in hand."""

    def __init__(self, settings: Settings) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs, settings), daemon=True)
        self.process.start()
        theirs.close()
        self.job: Job | None = None

    def give(self, job: Job) -> None:
        self.job = job
        with suppress(OSError):  # it died; the next look at it says so
            self.pipe.send(job)

    def stop(self) -> None:
        self.pipe.close()
        self.process.join(timeout=5)
        self.process.kill()


def run(jobs: Sequence[Job], settings: Settings, workers: int) -> Iterator[Outcome]:
    """Yield the outcome of every job as it is done. Raises ConfigError if no worker can start."""
    queue = deque(jobs)
    team: list[_Worker] = []
    try:
        team += [_Worker(settings) for _ in range(min(workers, len(jobs)))]
        while team:
            for worker in _ready(team):
                outcome = _outcome(worker, settings)
                if outcome is not None:
                    yield outcome
                _next(worker, team, queue, settings)
    finally:
        for worker in team:
            worker.stop()


def _ready(team: Sequence[_Worker]) -> list[_Worker]:
    waiting = {worker.pipe: worker for worker in team}
    return [waiting[pipe] for pipe in wait(list(waiting)) if isinstance(pipe, Connection)]


def _outcome(worker: _Worker, settings: Settings) -> Outcome | None:
    """Return what a worker has to say: an outcome, or None when it is merely ready."""
    try:
        message: Outcome | ConfigError | None = worker.pipe.recv()
    except (EOFError, OSError):
        return _died(worker, settings)
    if isinstance(message, RedactorError):
        raise message
    return message


def _died(worker: _Worker, settings: Settings) -> Outcome:
    worker.process.join(timeout=5)
    if worker.job is None:
        raise WorkerDied("a worker died before it could take a document")
    error = WorkerDied("the worker died on this document")
    return record_failure(worker.job, settings, error)


def _next(
    worker: _Worker, team: list[_Worker], queue: deque[Job], settings: Settings
) -> None:
    """Give a worker its next job, replace it if it died, or send it home."""
    if queue and worker.process.is_alive():
        worker.give(queue.popleft())
        return
    team.remove(worker)
    worker.stop()
    if queue:
        team.append(_Worker(settings))


def _serve(pipe: Connection, settings: Settings) -> None:
    """Redact what comes through the pipe until it closes. An interrupt is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send(_ready_or_not(settings))
        while True:
            pipe.send(redact(pipe.recv(), settings))


def _ready_or_not(settings: Settings) -> ConfigError | None:
    """Load the detectors; return the error that keeps every worker from starting, if any."""
    try:
        Examiner(settings.policy, settings.rules)
    except ConfigError as error:
        return error
    return None
