"""Supervised processes on this machine.

Each worker loads the detectors once and redacts one document at a time. A worker that dies (for
lack of memory, say) costs the document it had in hand, reported by name; another takes its place.
The executors of the standard library lose the whole batch then.

Workers are plain processes on the end of a pipe, not `multiprocessing`'s: those run the caller's
own script once more, which a script without a `__main__` guard does not survive.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from subprocess import Popen, TimeoutExpired
from types import TracebackType
from typing import Self

from redactor.errors import RedactorError, WorkerDied
from redactor.model import Job, Outcome
from redactor.pipeline import RunContext, prepare, record_failure, redact, unforeseen
from redactor.process import end_with, keep_memory_private

# The last words leave out the end of the interpreter, which would take the detectors apart, object
# by object: half a second, with nothing left to write.
_START = (
    "import os, sys; sys.path[:] = sys.argv[3:]; "
    "from redactor.runners.local import serve; serve(*map(int, sys.argv[1:3])); os._exit(0)"
)
_PATIENCE = 5  # seconds that a worker has to end what it has in hand
_FALSE_STARTS = 3  # workers that may die before they took a document, for each of the team


class _Worker:
    """A process, the pipe to it, and the job it has in hand."""

    def __init__(self, settings: RunContext) -> None:
        self.pipe, theirs = Pipe()
        handle = theirs.fileno()
        command = [sys.executable, "-c", _START, str(handle), str(os.getpid()), *sys.path]
        with _interrupts_blocked(), theirs:
            self.process = Popen(command, pass_fds=[handle])  # noqa: S603  # our own code
        self.job: Job | None = None
        self.ready = False
        self._send(settings)

    def give(self, job: Job) -> None:
        self.job = job
        self._send(job)

    def _send(self, message: Job | RunContext) -> None:
        with suppress(OSError):  # it died; the next look at it says so
            self.pipe.send(message)

    def lives(self) -> bool:
        return self.process.poll() is None

    def stop(self, patience: float = _PATIENCE) -> None:
        self.pipe.close()
        try:
            self.process.wait(timeout=patience)
        except TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Team:
    """Workers for one run: a context manager that starts them, and sends them home."""

    def __init__(self, settings: RunContext, size: int) -> None:
        self._settings = settings
        self._team: list[_Worker] = []
        self._size = size
        self._false_starts = 0

    def __enter__(self) -> Self:
        """Start the workers. Raises RedactorError when they cannot load what the policy asks."""
        self._team = [_Worker(self._settings) for _ in range(self._size)]
        try:
            while not self._team[0].ready:
                self._hear(self._team[0])
                if not self._team[0].ready:  # it died
                    self._team[0] = _Worker(self._settings)
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
        queue = deque(jobs)
        left = len(queue)
        for worker in [one for one in self._team if one.ready]:  # the others speak when they are
            self._next(worker, queue)
        while left:
            for worker in _talking(self._team):
                outcome = self._hear(worker)
                if outcome is not None:
                    left -= 1
                    yield outcome
                self._next(worker, queue)

    def _hear(self, worker: _Worker) -> Outcome | None:
        """Return what a worker has to say: an outcome, or None when it is ready or fell early."""
        try:
            message: Outcome | RedactorError | None = worker.pipe.recv()
        except (EOFError, OSError):
            return self._died(worker)
        if isinstance(message, WorkerDied):  # as good as dead: another may have more memory
            return self._died(worker)
        if isinstance(message, RedactorError):
            raise message
        worker.ready, worker.job = True, None
        return message

    def _died(self, worker: _Worker) -> Outcome | None:
        worker.stop()
        if worker.job is not None:
            error = WorkerDied("the worker died on this document")
            return record_failure(worker.job, self._settings, error)
        self._false_starts += 1
        if self._false_starts > _FALSE_STARTS * self._size:
            raise WorkerDied("no worker lives long enough to take a document")
        return None

    def _next(self, worker: _Worker, queue: deque[Job]) -> None:
        """Give a worker its next job, if there is one; replace it if it died."""
        if worker.lives():
            if queue:
                worker.give(queue.popleft())
            return
        self._team.remove(worker)
        worker.stop()
        if queue or not self._team:
            self._team.append(_Worker(self._settings))


def _talking(team: Sequence[_Worker]) -> list[_Worker]:
    """Wait until some workers have something to say, or died, and return them."""
    pipes = {worker.pipe: worker for worker in team}
    return [pipes[pipe] for pipe in wait(list(pipes)) if isinstance(pipe, Connection)]


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Start a process that an interrupt of the terminal does not reach: that is the parent's."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(handle: int, parent: int) -> None:
    """Redact what comes through a pipe, the settings first, until it closes: a worker's life."""
    keep_memory_private()
    end_with(parent)
    pipe = Connection(handle)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        settings: RunContext = pipe.recv()
        pipe.send(_ready_or_not(settings))
        gc.freeze()  # the detectors stay: no collection need look at them
        while True:
            pipe.send(redact(pipe.recv(), settings))


def _ready_or_not(settings: RunContext) -> RedactorError | None:
    """Load the detectors; return the error that keeps this worker from starting, if any."""
    try:
        prepare(settings)
    except RedactorError as error:
        return error
    except MemoryError:
        return WorkerDied("there is not enough memory for the detectors")
    except Exception as error:  # noqa: BLE001  # its text may quote a list or a rule
        return unforeseen(error)
    return None
