"""The command line, in this process or as one of its own.

Most tests ask what a command does, which does not depend on who started it: they run it here,
where the detectors are loaded already (`CommandLine`, the fixture `cli`). Tests of what only a
process has (signals, exit codes, workers) fork one that has them (`forked.py`, `forked_cli`), and
tests of its start, or of its streams, start one (`Process`, `process_cli`).
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Self
from unittest.mock import patch

import pytest

SECONDS = 900.0  # stops what hangs: a process takes a few, and many times that beside other work

PAUSE = 0.02


@dataclass(frozen=True)
class Run:
    """How a run ended: its exit code and what it printed."""

    code: int
    raw_out: bytes
    raw_err: bytes

    @property
    def out(self) -> str:
        """Standard output, which must be UTF-8."""
        return self.raw_out.decode()

    @property
    def err(self) -> str:
        return self.raw_err.decode()

    @property
    def error_lines(self) -> list[str]:
        return self.err.splitlines()


class CommandLine:
    """Runs commands in this process, in a folder of their own.

    Nothing of a run is left behind but loaded code: the working folder, the environment, the
    signal handlers, the umask and the standard streams are put back. What libraries add to the
    environment as they are imported stays, for they are imported once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Run:
        """Run a command to its end. What reads the environment on its start needs a `Process`."""
        assert not [name for name in env or {} if name.startswith("PYTHON")]
        out, err = io.BytesIO(), io.BytesIO()
        streams = _Streams(stdin, out, err)
        with streams, _invoked(arguments), _environment(env or {}), _inside(cwd or self.folder):
            code = _exit_code()
        return Run(code, out.getvalue(), err.getvalue())


class Process:
    """Starts `python -m redactor`, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        **popen: Any,
    ) -> Run:
        """Run a command to its end."""
        done = subprocess.run(
            _command(arguments),
            input=stdin,
            capture_output="stdout" not in popen,
            cwd=cwd or self.folder,
            env=without_proxies() | (env or {}),
            timeout=SECONDS,
            check=False,
            **popen,
        )
        return Run(done.returncode, done.stdout or b"", done.stderr or b"")

    def start(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        **popen: Any,
    ) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own, and leave it running."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            _command(arguments),
            cwd=cwd or self.folder,
            env=without_proxies() | (env or {}),
            start_new_session=True,
            **(pipes | popen),
        )


class SerialTeam:
    """A team of one that works in this process: the twin of `redactor.runners.local.Team`.

    What would go through a pipe to a worker, and back, is pickled here as well.
    """

    def __init__(self, context: Any, size: int) -> None:
        self._context = _sent(context)
        self.begun: Callable[[int, Any], None] = lambda *_: None

    def __enter__(self) -> Self:
        from redactor.pipeline import prepare

        prepare(self._context)
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def run(self, jobs: Iterable[Any]) -> Iterator[Any]:
        from redactor.pipeline import redact

        for job in list(jobs):
            self.begun(1, job)
            yield _sent(redact(_sent(job), self._context))


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    for _ in range(int(SECONDS / PAUSE)):
        if condition():
            return
        time.sleep(PAUSE)
    pytest.fail("waited in vain")


def workers_of(pid: int) -> list[int]:
    """Return the worker processes that a process started, or forked."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    ours = Path(f"/proc/{pid}/cmdline").read_bytes()
    return [one for one, line in lines.items() if line == ours or b"worker_process" in line]


def _sent(message: Any) -> Any:
    """Return a message as it arrives at the other end of a pipe."""
    return pickle.loads(pickle.dumps(message))


def _command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "redactor", *map(str, arguments)]


def without_proxies() -> dict[str, str]:
    """Return this environment without proxies, which nothing may need."""
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return kept | {"TERM": "dumb"}


def _exit_code() -> int:
    """Return what the interpreter would exit with after `redactor.cli.main()`."""
    from redactor.cli import main

    try:
        main()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)  # noqa: T201  # as the interpreter does
        return 1
    except BaseException:  # noqa: BLE001  # as the interpreter does
        traceback.print_exc()
        return 1
    return 0


class _Streams:
    """Standard streams that are no terminal, encoded as those of a process."""

    def __init__(self, stdin: bytes, out: io.BytesIO, err: io.BytesIO) -> None:
        self._in = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        self._out = io.TextIOWrapper(out, "utf-8")
        self._err = io.TextIOWrapper(err, "utf-8", errors="backslashreplace")
        self._patch = patch.multiple(
            sys, stdin=self._in, stdout=self._out, stderr=self._err, __stdout__=self._out
        )

    def __enter__(self) -> None:
        self._patch.start()

    def __exit__(self, *_: object) -> None:
        self._patch.stop()
        for stream in (self._out, self._err):
            stream.flush()
            stream.detach()  # what was written is read after this
        self._in.detach()


@contextmanager
def _invoked(arguments: Sequence[str | Path]) -> Iterator[None]:
    """Look as if `python -m redactor` had been called, which usage messages repeat."""
    import redactor

    package = ModuleType("__main__")
    package.__package__ = "redactor"
    program = str(Path(redactor.__file__).with_name("__main__.py"))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(sys, "argv", [program, *map(str, arguments)])
        # This item alone: what a command imports must stay imported, since NumPy loads only once.
        changed.setitem(sys.modules, "__main__", package)
        yield


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    wanted = without_proxies() | changes
    os.environ.update(wanted)
    for name in before.keys() - wanted:
        del os.environ[name]
    try:
        yield
    finally:
        for name in wanted.keys() - before.keys():
            os.environ.pop(name, None)
        os.environ.update(before)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder; put it back, and the signal handlers and the umask."""
    here, handlers = Path.cwd(), {one: signal.getsignal(one) for one in signal.valid_signals()}
    mask = os.umask(0o022)
    os.umask(mask)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.umask(mask)
        for one, handler in handlers.items():
            if handler is not None and signal.getsignal(one) is not handler:
                signal.signal(one, handler)
