"""The audit log as it is written: its promises, and what it refuses."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from audit_cases import (
    COUNT,
    KEY,
    OTHER_KEY,
    PUBLIC,
    log_lines,
    redaction,
    rewrite,
    run_start,
    some_records,
    sound,
    write_log,
)

from redactor.audit import (
    AuditLog,
    LogDamaged,
    LogTooNew,
    RunEnd,
    check,
    read,
    to_fields,
)
from redactor.audit import folder as audit_folder
from redactor.audit import log as audit_log
from redactor.audit.merkle import leaf_hash
from redactor.audit.reading import heads_of
from redactor.errors import ExitCode, KeyFileError, OutputError

FILES = {"audit.jsonl", "leaves.bin", "heads.jsonl", "audit.pub"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "audit")


# What it promises when nobody tampers


def test_records_come_back_in_order(folder: Path) -> None:
    assert list(read(folder)) == [to_fields(record) for record in some_records()]
    assert sound(folder, COUNT)


def test_an_empty_log_is_sound(tmp_path: Path) -> None:
    log = AuditLog.create(tmp_path / "audit", KEY)
    log.append([])
    assert list(read(log.folder)) == []
    assert sound(log.folder, 0)


def test_every_line_is_canonical(folder: Path) -> None:
    for name in ("audit.jsonl", "heads.jsonl"):
        parsed = [json.loads(line) for line in log_lines(folder, name)]
        assert [rfc8785.dumps(line) + b"\n" for line in parsed] == log_lines(folder, name)


def test_every_append_has_a_head_that_follows_the_one_before(folder: Path) -> None:
    heads = heads_of(folder)
    assert [(head.size, head.run) for head in heads] == [(0, ""), (5, "r1"), (COUNT, "r1")]
    assert [head.previous for head in heads[1:]] == [head.digest for head in heads[:-1]]
    assert all(head.is_signed(PUBLIC) for head in heads)
    assert heads[-1].length == (folder / "audit.jsonl").stat().st_size


def test_a_log_holds_several_runs(folder: Path) -> None:
    log = AuditLog.open(folder, KEY)
    log.append([replace(run_start(), run="r2")])
    head = log.append([redaction(1), RunEnd("r2", "t", (), 1, 0)])
    assert (head.run, head.size) == ("r2", COUNT + 3)
    assert sound(folder, COUNT + 3)
    types = [record["type"] for record in read(folder)]
    assert [at for at, kind in enumerate(types) if kind == "run-start"] == [0, COUNT]


def test_an_append_costs_what_it_adds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever appends reads no leaves but the last, however many there are."""
    log = AuditLog.open(folder, KEY)
    log.append([redaction(number) for number in range(5000)])
    monkeypatch.setattr(audit_log, "LEAVES", "not-to-be-read")
    log.append([redaction(1)])
    monkeypatch.undo()
    assert sound(folder, COUNT + 5001)


@pytest.mark.parametrize("data", [b"", b"x", bytes(32 * 3), bytes(5000), None])
def test_a_frontier_that_is_wrong_is_not_believed(folder: Path, data: bytes | None) -> None:
    (folder / "frontier.bin").unlink() if data is None else (folder / "frontier.bin").write_bytes(
        data
    )
    AuditLog.open(folder, KEY).append([redaction(1)])
    assert sound(folder, COUNT + 1)


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_any_of_it(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        AuditLog.create(tmp_path / "audit", KEY).append([run_start()])
    finally:
        os.umask(before)
    assert (tmp_path / "audit").stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "audit").iterdir()}
    assert modes == dict.fromkeys((*FILES, "frontier.bin", "audit.lock"), 0o600)


def test_text_that_was_removed_is_nowhere(folder: Path) -> None:
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (b"Jane", b"Planted", KEY.secret, KEY.secret.hex().encode()):
        assert secret not in everything


def test_a_log_travels_without_showing_its_key(folder: Path) -> None:
    log = pickle.loads(pickle.dumps(AuditLog.open(folder, KEY)))
    assert log == AuditLog(folder, KEY)
    assert KEY.secret.hex() not in repr(log)
    assert repr(KEY.secret) not in repr(log)


def test_a_long_append_goes_out_in_several_writes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "BATCH", 100)
    AuditLog.open(folder, KEY).append(redaction(number) for number in range(50))
    assert sound(folder, COUNT + 50)


def test_long_last_lines_are_found(tmp_path: Path) -> None:
    log = AuditLog.create(tmp_path / "audit", KEY)
    for width in (10, 4_000, 20_000, 300_000):
        log.append([replace(run_start(), command=("x" * width,))])
    assert sound(log.folder, 4)


def test_a_record_too_long_to_read_back_is_refused(folder: Path) -> None:
    with pytest.raises(OutputError, match="too long"):
        AuditLog.open(folder, KEY).append(
            [redaction(1), replace(run_start(), command=("x" * audit_folder.LONGEST_LINE,))],
        )
    assert sound(folder, COUNT)


# Refusals


def test_a_second_log_in_a_folder_is_refused(folder: Path) -> None:
    before = log_lines(folder)
    with pytest.raises(OutputError):
        AuditLog.create(folder, KEY)
    assert log_lines(folder) == before


@pytest.mark.parametrize("kept", ["audit.jsonl", "heads.jsonl", "leaves.bin"])
def test_half_a_log_is_not_started_over(folder: Path, kept: str) -> None:
    for name in FILES - {kept}:
        (folder / name).unlink()
    with pytest.raises(OutputError):
        AuditLog.create(folder, KEY)
    assert FILES & {path.name for path in folder.iterdir()} == {kept}


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit").chmod(0o755)
    with pytest.raises(OutputError, match="0700"):
        AuditLog.create(tmp_path / "audit", KEY)


WITHOUT_A_LOG: dict[str, Callable[[Path], object]] = {
    "open": lambda folder: AuditLog.open(folder, KEY),
    "append": lambda folder: AuditLog(folder, KEY).append([run_start()]),
    "check": lambda folder: check(folder, PUBLIC),
    "read": lambda folder: list(read(folder)),
}


@pytest.mark.parametrize("name", WITHOUT_A_LOG)
def test_where_there_is_no_log_that_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="there is no audit log"):
        WITHOUT_A_LOG[name](tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="POSIX")
@pytest.mark.parametrize("name", WITHOUT_A_LOG)
def test_no_link_is_followed_to_a_log(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / "audit.jsonl").rename(tmp_path / "elsewhere")
    (folder / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError):
        WITHOUT_A_LOG[name](folder)


@pytest.mark.parametrize("name", ["open", "append", "check"])
def test_another_key_is_told_from_tampering(tmp_path: Path, name: str) -> None:
    log = AuditLog.create(tmp_path / "audit", OTHER_KEY)
    log.append([run_start(OTHER_KEY)])
    before = log_lines(log.folder)
    with pytest.raises(KeyFileError, match="another key"):
        WITHOUT_A_LOG[name](log.folder)
    assert log_lines(log.folder) == before


def of_a_newer_format(folder: Path) -> None:
    """Make a log as a later version might: other members, and a higher number."""
    newer = {"format": 4, "type": "run-start"}
    rewrite(folder, [rfc8785.dumps(newer) + b"\n"])
    rewrite(folder, [b'{"format":3,"tree":{}}\n'], "heads.jsonl")


@pytest.mark.parametrize("name", WITHOUT_A_LOG)
def test_a_log_of_a_newer_version_is_said_to_be_one(folder: Path, name: str) -> None:
    of_a_newer_format(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(LogTooNew, match="newer version") as caught:
        WITHOUT_A_LOG[name](folder)
    assert caught.value.exit_code is ExitCode.INPUT
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_log_that_stays_locked_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(audit_folder, "LOCK_SECONDS", 0.05)
    with (folder / "audit.lock").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="locked by another process"):
            AuditLog(folder, KEY).append([redaction(1)])
    assert sound(folder, COUNT)


def test_reading_needs_no_lock_where_there_can_be_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_folder, "LOCK", "audit.jsonl/no-folder")
    with pytest.raises(OutputError, match="cannot write the log"):
        AuditLog(folder, KEY).append([redaction(1)])
    assert sound(folder, COUNT)
    assert len(list(read(folder))) == COUNT


# Damage at the end


CUTS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "records emptied": ("audit.jsonl", lambda _: b""),
    "a record cut off": ("audit.jsonl", lambda data: data[: data.rfind(b"\n", 0, -1) + 1]),
    "a line end cut off": ("audit.jsonl", lambda data: data[:-1]),
    "the last record edited": ("audit.jsonl", lambda data: data[:-9] + b"x" + data[-8:]),
    "heads emptied": ("heads.jsonl", lambda _: b""),
    "no head": ("heads.jsonl", lambda _: b"[]\n"),
    "no head that ends": ("heads.jsonl", lambda _: b"x" * 9999),
    "the signature edited": (
        "heads.jsonl",
        lambda data: data.replace(b'"signature":"', b'"signature":"0')[:-1],
    ),
    "another root": (
        "heads.jsonl",
        lambda data: data[:-1].rpartition(b"\n")[0] + b'\n{"root":1}\n',
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_log_with_a_bad_end_takes_no_more(folder: Path, name: str) -> None:
    file, change = CUTS[name]
    (folder / file).write_bytes(change((folder / file).read_bytes()))
    before = {one: (folder / one).read_bytes() for one in FILES}
    with pytest.raises(LogDamaged) as caught:
        AuditLog.open(folder, KEY)
    assert caught.value.exit_code is ExitCode.OUTPUT
    with pytest.raises(LogDamaged):
        AuditLog(folder, KEY).append([redaction(1)])
    assert {one: (folder / one).read_bytes() for one in FILES} == before


@pytest.mark.parametrize("file", ["leaves.bin", "heads.jsonl"])
def test_a_file_that_is_missing_is_said_to_be(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(LogDamaged, match=file):
        AuditLog.open(folder, KEY)


BAD_LINES = {"no JSON": b"Jane Planted\n", "no UTF-8": b"\xff\xfe\x00\n", "no object": b"[1]\n"}


@pytest.mark.parametrize("name", BAD_LINES)
def test_reading_a_bad_line_is_an_error_that_quotes_nothing(folder: Path, name: str) -> None:
    lines = log_lines(folder)
    rewrite(folder, [*lines[:2], BAD_LINES[name], *lines[3:]])
    records: Iterator[object] = read(folder)
    assert [next(records), next(records)] == [to_fields(record) for record in some_records()[:2]]
    with pytest.raises(LogDamaged) as caught:
        next(records)
    assert "Planted" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_append_to_a_long_log_hashes_what_it_adds(tmp_path: Path, monkeypatch) -> None:
    """A hundred thousand records, in five appends; looking at the log's end costs one hash."""
    hashed = []

    def counted(line: bytes) -> bytes:
        hashed.append(1)
        return leaf_hash(line)

    monkeypatch.setattr("redactor.audit.log.leaf_hash", counted)
    records = [redaction(number) for number in range(20_000)]
    log = AuditLog.create(tmp_path / "audit", KEY)
    for _ in range(5):
        hashed.clear()
        log.append(records)
        assert len(records) <= len(hashed) <= len(records) + 1
    assert sound(log.folder, 100_000)
    assert sum(1 for _ in read(log.folder)) == 100_000
