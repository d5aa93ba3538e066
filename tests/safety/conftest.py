"""What the tests of attacks share: a policy that needs no name model, and moments to strike at."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attacks import ADDRESS, failing

from redactor.analysis.analyzer import Analyzer

CAPABILITIES = 0x20080522  # the version of capget(2) that has two words of 32 bits
OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root may read everything


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a policy that removes addresses alone."""
    path = tmp_path / "small.yaml"
    path.write_text("name: small\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n")
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder of two letters, one of them in a folder."""
    folder = tmp_path / "src"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(f"Write to {ADDRESS}.\n")
    (folder / "sub/b.txt").write_text("The tide was low.\n")
    return folder


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Return a function that has something done as soon as the first text is examined."""

    def arrange(action: Callable[[], object]) -> None:
        left, detect = [action], Analyzer.detect

        def strike(self: Analyzer, *given: Any, **named: Any) -> Any:
            if left:
                left.pop()()
            return detect(self, *given, **named)

        monkeypatch.setattr(Analyzer, "detect", strike)

    return arrange


@pytest.fixture
def no_overrides() -> Iterator[None]:
    """Hold root to the modes of files, as everybody else is."""
    libc = ctypes.CDLL(None)
    header, before = (ctypes.c_uint32 * 2)(CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == 0
    dropped = (ctypes.c_uint32 * 6)(*before)
    dropped[0] &= ~OVERRIDES
    assert libc.capset(header, dropped) == 0
    yield
    assert libc.capset(header, before) == 0


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after which nothing can be written, as on a disk that failed."""
    opened, writing = os.open, os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def refuse(path: Any, flags: int, *given: Any, **named: Any) -> int:
        if flags & writing:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return opened(path, flags, *given, **named)

    def strike() -> None:
        monkeypatch.setattr(os, "open", refuse)
        failing(errno.EROFS, "unlink", "mkdir", "link", "replace", "rmdir")(monkeypatch)

    return strike
