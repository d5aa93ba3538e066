"""What a run remembers of each document is small: there may be a million of them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from redactor.audit import AuditLog, DocumentRecord, RunEnd, RunStart
from redactor.audit.manifest import last_run
from redactor.audit.reading import each_head, sealed_lines
from redactor.keys import Key
from redactor.model import Status
from redactor.planning import whole
from redactor.sources import listed

FILES = 4_000
APPENDS = 60


def peak(work: Callable[[], object]) -> int:
    """Return how many bytes some work needs at most, with what it returns.

    The least of three times: whatever else this process does meanwhile only adds to it.
    """
    work()  # what is made once, is made
    return min(_traced(work) for _ in range(3))


def _traced(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        kept = work()  # held until its size is known
        needed = tracemalloc.get_traced_memory()[1]
        del kept
    finally:
        tracemalloc.stop()
    return needed


def test_a_document_is_a_small_row_in_the_plan(tmp_path):
    for number in range(FILES):
        (tmp_path / f"letter {number}.txt").touch()
    needed = peak(lambda: _planned(tmp_path))
    assert needed / FILES < 300


def _planned(folder):
    """Return the plan of a run, and what it looks documents up in."""
    files = listed([folder], Path("out"))
    plan = whole(files)
    return plan, files.numbers(), plan.jobs.numbers()


@pytest.fixture
def log(tmp_path) -> Path:
    """A log in which each of many documents has a head of its own."""
    made = AuditLog.create(tmp_path / "out.audit", Key.new())
    start = RunStart("r", "2031", "1", "p", "d", "d", "m", "1", "d", (), "k", 1, (), planned=60)
    made.append([start])
    for number in range(APPENDS):
        made.append([DocumentRecord(f"{number:024x}", Status.CLEAN, "text", 1)])
    made.append([RunEnd("r", "2031", (("clean", APPENDS),), 0, 0)])
    return made.folder


def test_the_heads_of_a_log_are_never_in_memory_together(log):
    assert len(list(each_head(log))) == APPENDS + 3  # one for the empty log, its start, its end
    together = peak(lambda: list(each_head(log)))
    written = (log / "heads.jsonl").stat().st_size
    assert together - peak(lambda: sealed_lines(log)) > written / 2


def test_documents_that_ended_alike_share_a_row(log):
    rows = last_run(log).documents
    assert (len(rows), len({id(row) for row in rows.values()})) == (APPENDS, 1)
