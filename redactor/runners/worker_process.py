"""The process of a worker: forked from this one, or started anew.

A fork has all modules already, which saves half a second and the memory that they take. It is safe
only while this process has no other thread, whose locks it would inherit for ever: so until NumPy,
a model or a progress bar is at work here. Otherwise, and on systems that are not Linux, Python is
started anew. Not by `multiprocessing`: what it forks keeps all open files, and what it spawns runs
the caller's own script once more, which a script without a `__main__` guard does not survive.

Either ends without the clean-up of Python's, which takes half a second where a model is loaded.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from subprocess import Popen
from typing import NoReturn

from redactor.runners.local_worker import serve

__all__ = ["WorkerProcess", "serve_and_end", "start"]

_START = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from redactor.runners.worker_process import serve_and_end; "
    "serve_and_end(*map(int, sys.argv[1:3]))"
)
_STANDARD = {0, 1, 2}  # input, output and errors
_THREADS, _FILES = Path("/proc/self/task"), Path("/proc/self/fd")
_PAUSE = 0.01  # seconds between two looks whether it has ended


class WorkerProcess(ABC):
    """A process that is watched from here."""

    @abstractmethod
    def lives(self) -> bool:
        """Tell whether it has not ended yet."""

    @abstractmethod
    def kill(self) -> None:
        """End it at once, and wait until it is gone."""

    def ended(self, seconds: float) -> bool:
        """Wait so long for its end; tell whether it came."""
        end = time.monotonic() + seconds
        while self.lives():
            if time.monotonic() > end:
                return False
            time.sleep(_PAUSE)
        return True


def start(handle: int) -> WorkerProcess:
    """Return a new worker on the end of a pipe, which no interrupt of the terminal reaches."""
    return _Forked(handle) if _is_alone() else _Anew(handle)


def serve_and_end(handle: int, parent: int) -> NoReturn:
    """Serve, and end this process: silently, since a traceback could quote a document."""
    code = 1
    try:
        serve(handle, parent)
        code = 0
    finally:
        os._exit(code)


def _is_alone() -> bool:
    """Tell whether this process has one thread, as far as that can be known."""
    try:
        return len(list(_THREADS.iterdir())) == 1
    except OSError:  # not Linux
        return False


class _Anew(WorkerProcess):
    """A process that begins with nothing of this one but its path of modules."""

    def __init__(self, handle: int) -> None:
        command = [sys.executable, "-c", _START, str(handle), str(os.getpid()), *sys.path]
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            self._process = Popen(command, pass_fds=[handle])  # noqa: S603  # our own code
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def lives(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class _Forked(WorkerProcess):
    """A process that begins as a copy of this one."""

    def __init__(self, handle: int) -> None:
        parent = os.getpid()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self._number = os.fork()
            if not self._number:
                _serve_as_copy(handle, parent, {*before, signal.SIGINT})
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._has_ended = False

    def lives(self) -> bool:
        if not self._has_ended:
            self._wait(os.WNOHANG)
        return not self._has_ended

    def kill(self) -> None:
        if self.lives():
            os.kill(self._number, signal.SIGKILL)
            self._wait(0)

    def _wait(self, options: int) -> None:
        try:
            self._has_ended = os.waitpid(self._number, options)[0] != 0
        except ChildProcessError:  # whoever embeds us has waited for it
            self._has_ended = True


def _serve_as_copy(handle: int, parent: int, blocked: Iterable[int]) -> NoReturn:
    """Serve without a file, lock or signal handler of the process that this is a copy of."""
    try:
        _forget_files({*_STANDARD, handle})
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    except BaseException:  # noqa: BLE001  # nothing of the parent's may go on here
        os._exit(1)
    serve_and_end(handle, parent)


def _forget_files(kept: set[int]) -> None:
    """Let all other open files lead nowhere.

    Their numbers stay taken: an object that closes its file here later closes nothing of ours.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in [int(one.name) for one in _FILES.iterdir()]:
        if number not in kept | {nowhere}:
            os.dup2(nowhere, number, inheritable=False)
