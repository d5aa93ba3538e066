"""Commands as processes that need not load the detectors: forked from one that has them.

A command takes two seconds of imports, and each of its workers five. Where a process is tested, but
not its start, it is forked from a *template*: a process with the detectors, and one thread. It has
its own id, folder, environment, streams and handlers, and ends as the interpreter ends. Its workers
are forked from it, as from every process with one thread (`redactor.runners.worker_process`).

`cli/test_in_process.py` holds such processes against those that the interpreter starts: ask for
`forked_cli` where a process is tested, and for `process_cli` where its start is.
"""

from __future__ import annotations

import gc
import io
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from command_line import SECONDS, Run, without_proxies

_MESSAGE = 1 << 20  # bytes of a request; arguments and environment are a few thousand
_FIRST_FREE = 3  # file descriptors after the standard streams
_PAUSE = 0.01


class Template:
    """The process that commands are forked from."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def start(self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str]) -> ForkedCommand:
        """Start a command; its standard input is read from nothing."""
        request = {"arguments": arguments, "cwd": str(cwd), "env": dict(env)}
        out, err, status = os.pipe(), os.pipe(), os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        given = [nothing, out[1], err[1], status[1]]
        try:
            socket.send_fds(self._socket, [json.dumps(request).encode()], given)
        finally:
            for one in given:
                os.close(one)
        return ForkedCommand(out[0], err[0], status[0])

    def close(self) -> None:
        """End the template; commands that run go on."""
        self._socket.close()
        self._process.wait()


class ForkedCommand:
    """A forked command: what tests use of `subprocess.Popen`."""

    def __init__(self, out: int, err: int, status: int) -> None:
        self.stdout, self.stderr = os.fdopen(out, "rb"), os.fdopen(err, "rb")
        self._status = os.fdopen(status, "rb")
        self.returncode: int | None = None
        self.pid = int(self._status.readline())

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        if self.returncode is not None:
            return self.returncode
        with selectors.DefaultSelector() as ready:
            ready.register(self._status, selectors.EVENT_READ)
            if ready.select(0):
                self.returncode = int(self._status.readline())
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Return the exit code. Raises TimeoutExpired."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("redactor", timeout)
            time.sleep(_PAUSE)
        return code

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """Return all that it prints until both its streams end. Raises TimeoutExpired."""
        end, parts = time.monotonic() + timeout, {self.stdout: b"", self.stderr: b""}
        with selectors.DefaultSelector() as ready:
            for stream in parts:
                ready.register(stream, selectors.EVENT_READ)
            while ready.get_map():
                if time.monotonic() > end:
                    raise subprocess.TimeoutExpired("redactor", timeout)
                for key, _ in ready.select(1):
                    part = os.read(key.fd, io.DEFAULT_BUFFER_SIZE)
                    parts[key.fileobj] += part  # type: ignore[index]
                    if not part:
                        ready.unregister(key.fileobj)
        self.wait(timeout)
        said = parts[self.stdout], parts[self.stderr]
        for stream in (self.stdout, self.stderr, self._status):
            stream.close()
        return said

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkedProcess:
    """Runs commands as `command_line.Process` does, in a folder of their own, but forked."""

    def __init__(self, folder: Path, template: Template) -> None:
        self.folder = folder
        self._template = template

    def __call__(
        self, *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> Run:
        """Run a command to its end."""
        process = self.start(*arguments, cwd=cwd, env=env)
        out, err = process.communicate(SECONDS)
        return Run(process.wait(SECONDS), out, err)

    def start(
        self, *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> ForkedCommand:
        """Start a command in a process group of its own, and leave it running.

        Of what the environment says to Python it hears `PYTHONPATH` alone, and loads what
        `sitecustomize.py` it finds there.
        """
        changed = without_proxies() | (env or {})
        return self._template.start([*map(str, arguments)], cwd or self.folder, changed)


# --- The other end ----------------------------------------------------------------------------


def _serve(channel: socket.socket) -> None:
    """Fork a command for each request; return in each of them, and when there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are nobody's concern
    while True:
        message, given, *_ = socket.recv_fds(channel, _MESSAGE, 4)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            channel.close()
            if _is_command(given):
                _become(json.loads(message), given)
                return
        for one in given:
            os.close(one)


def _is_command(given: Sequence[int]) -> bool:
    """Fork again, and tell in the child that it is the command; the parent says how it ends."""
    pid = os.fork()
    if pid == 0:
        return True
    for one in given[:3]:
        os.close(one)
    os.write(given[3], b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    os.write(given[3], b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(request: dict[str, Any], given: Sequence[int]) -> None:
    """Take on the streams, folder, environment and arguments of a command."""
    for number, one in enumerate(given[:3]):
        os.dup2(one, number)
    os.closerange(_FIRST_FREE, 1024)
    os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["redactor", *request["arguments"]]
    sys.stdin, sys.stdout = open(0, encoding="utf-8"), open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    _customize(os.environ.get("PYTHONPATH", "").split(os.pathsep))


def _customize(paths: Sequence[str]) -> None:
    """Do with folders of modules what the interpreter does as it starts."""
    sys.path[:0] = [path for path in paths if path and path not in sys.path]
    for path in (Path(one, "sitecustomize.py") for one in paths if one):
        if path.is_file():
            runpy.run_path(str(path))
            return


def _load() -> None:
    """Load all that a run asks for."""
    from redactor.analysis.analyzer import Analyzer
    from redactor.config.policy import load_policy

    Analyzer(load_policy("default"))
    from redactor import redact_text

    redact_text("Dear Mr Teodor Vance, call 212-555-0198.")


if __name__ == "__main__":
    _load()
    gc.collect()
    gc.freeze()  # a collection in a command would write to, and so copy, all that it shares
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("redactor", run_name="__main__", alter_sys=True)
