"""A desk for reviewers: documents redacted in this process, and decisions about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk

from redactor import batch
from redactor.pipeline import prepare, redact


class HereTeam:
    """Does what a team of workers does, in this process."""

    def __init__(self, settings, size):
        self._settings = settings

    def __enter__(self):
        prepare(self._settings)
        return self

    def __exit__(self, *_):
        return None

    def run(self, jobs):
        yield from (redact(job, self._settings) for job in jobs)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Desk]:
    """Return a function from documents by name to a desk on which they were redacted."""
    monkeypatch.setattr(batch, "Team", HereTeam)
    return lambda policy="default", **texts: Desk.of(tmp_path, texts, policy)
