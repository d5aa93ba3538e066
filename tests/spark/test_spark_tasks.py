"""Tasks, the records they stage, and what is said where Spark is not."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redactor.audit import AuditLog, DocumentRecord, LogDamaged, read
from redactor.audit.log import encoded
from redactor.audit.staged import StagedRecords
from redactor.errors import ExitCode, OutputError, UsageError
from redactor.files import publish_draft
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.runners.spark import session
from redactor.runners.spark.tasks import MOST_BYTES, halves, micro_batches, tasks

KEY = Key(bytes(range(32)))
SIZES = st.lists(st.integers(0, 2 * MOST_BYTES), max_size=300)


def jobs(sizes):
    return [Job(Path("a"), Path("b"), str(at), size=size) for at, size in enumerate(sizes)]


@given(SIZES, st.integers(1, 50))
def test_every_document_is_in_one_task_in_order_and_no_task_is_large(sizes, slots):
    batches = list(micro_batches(jobs(sizes), slots))
    flat = [one for batch in batches for task in batch for one in task]
    assert flat == list(enumerate(jobs(sizes)))
    for task in (task for batch in batches for task in batch):
        assert 0 < len(task) <= 2
        assert len(task) == 1 or sum(job.size for _, job in task) <= MOST_BYTES


@given(SIZES)
def test_halves_of_tasks_hold_all_of_them(sizes):
    numbered = list(enumerate(jobs(sizes)))
    first, second = halves(list(tasks(numbered)))
    assert [one for task in (*first, *second) for one in task] == numbered


def test_few_documents_keep_all_slots_busy():
    first = next(micro_batches(jobs([10] * 40), 4))
    assert len(first) >= 4


def test_a_large_cluster_does_not_fill_the_memory_of_the_driver():
    most = max(sum(map(len, batch)) for batch in micro_batches(jobs([10]) * 200_000, 1000))
    assert most <= 1 << 16


def record(document, digest="1" * 64):
    return DocumentRecord(document, Status.CLEAN, "text", 1, output_sha256=digest)


def test_staged_records_are_the_lines_of_the_log(tmp_path):
    staged = StagedRecords(tmp_path)
    staged.append([])
    staged.append([record("a")])
    staged.append([record("a", "2" * 64)])
    staged.append([record("b")])
    assert staged.recorded_after(staged.length(), "a")["output_sha256"] == "2" * 64
    assert staged.recorded_after(0, "c") is None
    lines = staged.take("a")
    assert lines == (encoded(record("a")), encoded(record("a", "2" * 64)))
    assert staged.take("a") == ()
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]


def test_what_is_no_record_is_not_staged(tmp_path):
    with pytest.raises(LogDamaged):
        StagedRecords(tmp_path).append([b"ilse@example.org"])


def test_a_line_that_is_encoded_already_is_appended_as_its_record(tmp_path):
    for name, one in (("records", record("a")), ("lines", encoded(record("a")))):
        AuditLog.create(tmp_path / name, KEY).append([one])
    first, second = (tmp_path / name for name in ("records", "lines"))
    assert list(read(first)) == list(read(second)) != []
    assert (first / "leaves.bin").read_bytes() == (second / "leaves.bin").read_bytes()


def test_a_draft_of_another_disk_is_copied_and_no_link_is_followed(tmp_path):
    draft, out = tmp_path / "draft", tmp_path / "out"
    out.mkdir()

    def replaced(source, target, **more):
        if Path(source) == draft:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return real(source, target, **more)

    real = os.replace
    draft.write_text("The tide was low.")
    draft.chmod(0o640)
    with patch("os.replace", replaced):
        publish_draft(draft, out / "sub" / "a.txt", below=out)
    assert (out / "sub" / "a.txt").read_text() == "The tide was low."
    assert (out / "sub" / "a.txt").stat().st_mode & 0o777 == 0o640
    (out / "link").symlink_to(tmp_path)
    with pytest.raises(OutputError):
        publish_draft(draft, out / "link" / "a.txt", below=out)


def test_without_spark_or_java_the_hint_says_what_to_install(cli, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("The tide was low.")
    monkeypatch.setattr(session, "find_spec", lambda _: None)
    run = cli("spark", tmp_path / "a.txt", "--out", tmp_path / "out")
    assert run.code == ExitCode.USAGE
    assert "pip install 'redactor[spark]'" in run.err
    monkeypatch.setattr(session, "find_spec", lambda name: name)
    monkeypatch.setattr(session, "_java", lambda: False)
    with pytest.raises(UsageError) as caught:
        session.require_spark()
    assert "Java 17" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_java_is_looked_for_where_spark_looks(tmp_path, monkeypatch):
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert not session._java()
    program.chmod(0o755)
    assert session._java()
