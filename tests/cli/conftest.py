"""The command line as its users meet it: a process, started outside the repository.

A run costs some seconds, so what several tests look at comes from one run of a module.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120.0  # no run of these tests takes more than a few; this one hangs


@dataclass(frozen=True)
class Run:
    """How a run ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def error_lines(self) -> list[str]:
        return self.err.splitlines()


def environment(**changes: str) -> dict[str, str]:
    """Return this environment without proxies, which nothing may need, and with some changes."""
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return kept | {"TERM": "dumb"} | changes


def command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "redactor", *map(str, arguments)]


class Cli:
    """Starts `redactor`, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        **popen: Any,
    ) -> Run:
        """Run to the end. Output is decoded as UTF-8, and must be that."""
        done = subprocess.run(
            command(arguments),
            input=stdin,
            capture_output="stdout" not in popen,
            cwd=cwd or self.folder,
            env=environment(**(env or {})),
            timeout=SECONDS,
            check=False,
            **popen,
        )
        return Run(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())

    def start(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        **popen: Any,
    ) -> subprocess.Popen[bytes]:
        """Start a run in a process group of its own, and leave it running."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            command(arguments),
            cwd=cwd or self.folder,
            env=environment(**(env or {})),
            start_new_session=True,
            **(pipes | popen),
        )


@pytest.fixture(scope="session")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    return Cli(tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "collection.key"
    path.write_text(bytes(range(32)).hex() + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def other_key_file(key_file: Path) -> Path:
    path = key_file.with_name("other.key")
    path.write_text("ab" * 32 + "\n")
    return path


@pytest.fixture(scope="session")
def files() -> Callable[[Path], dict[str, bytes]]:
    """Return a function from a folder to the bytes of every file below it, by path."""
    return _files


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
