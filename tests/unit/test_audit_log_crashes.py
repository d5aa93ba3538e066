"""The audit log in crashes, on full disks and in company: nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
import rfc8785
from audit_cases import (
    COUNT,
    KEY,
    PUBLIC,
    log_lines,
    redaction,
    rewrite,
    run_start,
    sound,
    write_log,
)

from redactor.audit import (
    AuditLog,
    Damage,
    LogDamaged,
    Record,
    RunEnd,
    check,
    read,
    to_fields,
)
from redactor.audit import folder as audit_folder
from redactor.audit import log as audit_log
from redactor.audit.reading import heads_of
from redactor.errors import OutputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "audit")


LOST: dict[str, Callable[[bytes], bytes]] = {
    "all": lambda _: b"",
    "the last": lambda data: data[:-32],
    "half of one": lambda data: data[:-16],
    "all but their number": lambda data: bytes(len(data)),
    "the last, but its place": lambda data: data[:-32] + bytes(32),
    "the first, but its place": lambda data: bytes(32) + data[32:],
}


@pytest.mark.parametrize("name", LOST)
@pytest.mark.parametrize("sealed", [0, 1])
def test_leaves_that_a_loss_of_power_cost_are_made_again(
    folder: Path, name: str, sealed: int
) -> None:
    """They can be: records and head are on the disk before an append returns."""
    if sealed:
        rewrite(folder, [*log_lines(folder), b"{"])
        AuditLog.open(folder, KEY)
    before = (folder / "leaves.bin").read_bytes()
    (folder / "leaves.bin").write_bytes(LOST[name](before))
    (folder / "frontier.bin").unlink()
    assert check(folder, PUBLIC).damage is Damage.LEAVES
    AuditLog.open(folder, KEY).append([redaction(99)])
    assert (folder / "leaves.bin").read_bytes().startswith(before)
    assert sound(folder, COUNT + 1 + 2 * sealed, sealed=sealed)


State = dict[str, bytes]
ORDER = ("audit.jsonl", "leaves.bin", "heads.jsonl")


def state_of(folder: Path) -> State:
    return {name: (folder / name).read_bytes() for name in ORDER}


def put(folder: Path, state: State) -> None:
    for name, data in state.items():
        (folder / name).write_bytes(data)
    (folder / "frontier.bin").unlink(missing_ok=True)


def moments(before: State, after: State, step: int = 1) -> Iterator[State]:
    """Yield what a kill leaves, after every byte of an append, in the order of its writes."""
    state = dict(before)
    for name in ORDER:
        for length in range(len(before[name]), len(after[name]), step):
            yield state | {name: after[name][:length]}
        state[name] = after[name]


@pytest.fixture
def no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill, unlike a loss of power, takes nothing that was written; flushing costs time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.usefixtures("no_flushing")
def test_killed_at_any_byte_the_log_goes_on_and_loses_nothing(folder: Path) -> None:
    before = state_of(folder)
    AuditLog.open(folder, KEY).append([RunEnd("r9", "t", (), 1, 0)])
    after = state_of(folder)
    count = 0
    for state in moments(before, after):
        put(folder, state)
        torn = state != before
        assert check(folder, PUBLIC).damage is (Damage.TORN if torn else None)
        records = list(read(folder))
        AuditLog.open(folder, KEY).append([redaction(99)])
        sealed = len(log_lines(folder)) - COUNT - 1 - torn
        assert sound(folder, COUNT + 1 + torn + sealed, sealed=sealed)
        assert (folder / "audit.jsonl").read_bytes().startswith(state["audit.jsonl"])
        *same, last = read(folder)
        assert (same[:COUNT], last) == (records, to_fields(redaction(99)))
        assert [record["type"] for record in same[COUNT:]] == ["recovery"] * torn
        if torn:
            remains = state["audit.jsonl"][len(before["audit.jsonl"]) :]
            assert (same[-1]["bytes"], same[-1]["lines"]) == (len(remains), sealed)
            assert same[-1]["torn"] is bool(remains and not remains.endswith(b"\n"))
            half = state["heads.jsonl"][len(before["heads.jsonl"]) :]
            assert bytes.fromhex(str(same[-1].get("head", ""))) == half
        count += 1
    assert count == sum(len(after[name]) - len(before[name]) for name in ORDER)


@pytest.mark.usefixtures("no_flushing")
def test_a_recovery_may_be_killed_in_turn(folder: Path) -> None:
    whole = state_of(folder)
    torn = {
        name: whole[name] + data for name, data in zip(ORDER, (b'{"a', b"12", b"{"), strict=True)
    }
    put(folder, torn)
    AuditLog.open(folder, KEY)
    for state in moments(whole | {"audit.jsonl": torn["audit.jsonl"]}, state_of(folder), 5):
        put(folder, state)
        AuditLog.open(folder, KEY).append([redaction(99)])
        sealed = sum(head.torn for head in heads_of(folder))
        assert check(folder, PUBLIC).damage is None
        assert (folder / "audit.jsonl").read_bytes().startswith(torn["audit.jsonl"])
        assert [record["type"] for record in read(folder)][COUNT:] == ["recovery", "redaction"]
        assert sealed >= 1


@pytest.mark.usefixtures("no_flushing")
def test_killed_at_any_byte_of_its_creation_a_log_begins(folder: Path) -> None:
    first = state_of(AuditLog.create(folder.parent / "new", KEY).folder)
    for length in range(0, len(first["heads.jsonl"]), 9):
        put(folder, first | {"heads.jsonl": first["heads.jsonl"][:length]})
        AuditLog.open(folder, KEY).append([run_start()])
        assert sound(folder, 1)


@pytest.mark.parametrize("made", [0, 1, 2, 3])
def test_a_creation_that_was_interrupted_can_be_begun_again(tmp_path: Path, made: int) -> None:
    (tmp_path / "audit").mkdir(mode=0o700)
    for name in ["audit.pub", "heads.jsonl", "leaves.bin"][:made]:
        (tmp_path / "audit" / name).write_bytes(b"")
    AuditLog.create(tmp_path / "audit", KEY).append([run_start()])
    assert sound(tmp_path / "audit", 1)


@pytest.mark.parametrize("file", ORDER)
def test_cut_to_any_length_a_file_never_passes_for_whole(folder: Path, file: str) -> None:
    """No crash leaves this: what a head counts was on the disk before the head."""
    data = (folder / file).read_bytes()
    for length in range(0, len(data), 7):
        (folder / file).write_bytes(data[:length])
        report = check(folder, PUBLIC)
        assert report.damage is not None
        assert report.sentence


def test_lines_that_somebody_added_are_sealed_and_are_no_records(folder: Path) -> None:
    forged = rfc8785.dumps(to_fields(redaction(77)))
    rewrite(folder, [*log_lines(folder), forged + b"\n", log_lines(folder)[0]])
    assert len(list(read(folder))) == COUNT
    AuditLog.open(folder, KEY).append([redaction(1)])
    assert sound(folder, COUNT + 4, sealed=2)
    assert [record.get("id") for record in read(folder)][COUNT:] == [None, "d1:1"]


def test_what_no_append_of_ours_left_is_not_sealed(folder: Path) -> None:
    rewrite(folder, [*log_lines(folder), b"x" * (audit_folder.LONGEST_LINE + 1)])
    with pytest.raises(LogDamaged):
        AuditLog.open(folder, KEY)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_write_that_fails_undoes_the_append(
    folder: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    done, before = [], state_of(folder)

    def fail(file: BinaryIO, data: bytes) -> None:
        done.append(data)
        if len(done) == writes:
            file.write(data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        file.write(data)

    with monkeypatch.context() as full:
        full.setattr(audit_log, "write_all", fail)
        with pytest.raises(OutputError, match="No space left"):
            AuditLog.open(folder, KEY).append([redaction(1)])
    assert state_of(folder) == before
    assert sound(folder, COUNT)


def test_records_that_stop_half_way_leave_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half() -> Iterator[Record]:
        yield redaction(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(audit_log, "BATCH", 1)
    with pytest.raises(KeyboardInterrupt):
        AuditLog.open(folder, KEY).append(half())
    assert sound(folder, COUNT)


FULL_DISK = """
    import resource, sys
    from pathlib import Path
    from redactor.audit import AuditLog
    from redactor.errors import OutputError
    sys.path.insert(0, {tests!r})
    from audit_cases import KEY, redaction

    folder = Path(sys.argv[1])
    log = AuditLog.open(folder, KEY)
    room = (folder / "audit.jsonl").stat().st_size + 700
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        log.append(redaction(number) for number in range(9))
    except OutputError as error:
        assert (folder / "audit.jsonl").stat().st_size == room - 700
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        log.append([redaction(1)])
        print(error)
"""


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_a_full_disk_leaves_the_log_as_it_was(folder: Path) -> None:
    script = textwrap.dedent(FULL_DISK).format(tests=str(Path(__file__).parent))
    ran = subprocess.run(
        [sys.executable, "-c", script, folder],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ran.stdout.startswith("cannot write the log"), ran.stderr
    assert sound(folder, COUNT + 1)


def append_often(log: AuditLog, document: str) -> None:
    for number in range(8):
        log.append(redaction(10 * number + part, document) for part in range(3))


@pytest.mark.process
def test_four_processes_lose_nothing_and_stay_together(folder: Path) -> None:
    documents = ["d1", "d2", "d3", "d4"]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        jobs = [(AuditLog(folder, KEY), document) for document in documents]
        pool.starmap(append_often, jobs)
    assert sound(folder, COUNT + 4 * 8 * 3)
    ids = [str(record["id"]) for record in list(read(folder))[COUNT:]]
    for document in documents:
        expected = [f"{document}:{10 * n + part}" for n in range(8) for part in range(3)]
        assert [name for name in ids if name.startswith(document)] == expected
    for one, two, three in zip(ids[::3], ids[1::3], ids[2::3], strict=True):
        assert {one[:2], two[:2], three[:2]} == {one[:2]}
        assert [int(name[3:]) % 10 for name in (one, two, three)] == [0, 1, 2]
