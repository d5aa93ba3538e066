"""The audit log under attack, under load and on a full disk.

Out of scope, because nothing inside the folder can show it: an older head put back together with
the log cut to match (see `redactor.audit.log`). That needs a head kept elsewhere.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.audit import (
    AuditLog,
    Damage,
    DocumentRecord,
    LogDamaged,
    LogReport,
    Record,
    RedactionRecord,
    RunEnd,
    RunStart,
    amount,
    chain,
    check,
    fingerprint,
    read,
    to_fields,
)
from redactor.audit import folder as audit_folder
from redactor.audit import log as audit_log
from redactor.audit.canonical import canonical
from redactor.errors import ExitCode, KeyFileError, OutputError
from redactor.keys import Key
from redactor.model import Action, Status

KEY = Key(bytes(range(32)))
OTHER_KEY = Key(bytes(32))
PLANTED = "Jane Planted"
COUNT = 14

Lines = list[bytes]


def run_start(key: Key = KEY) -> RunStart:
    names = ("r1", "2026-01-02T03:04:05Z", "0.1", "foia", "aa", "bb", "names", "1.0", "cc")
    return RunStart(*names, (("python", "3.11"),), key.id, 2, ("redact",))


def redaction(number: int, document: str = "d1") -> RedactionRecord:
    return RedactionRecord(
        id=f"{document}:{number}",
        document=document,
        part="text",
        start=number,
        end=number + 17,
        entity="PERSON",
        source="model:names_fast",
        source_version="1.0",
        score=0.9,
        action=Action.PSEUDONYM,
        amount=amount(len(PLANTED)),
        fingerprint=fingerprint(KEY, "PERSON", PLANTED),
        placeholder="[PERSON_7FQ2M9XA]",
    )


def some_records() -> list[Record]:
    end = RunEnd("r1", "2026-01-02T03:05:00Z", (("redacted", 1),), COUNT - 3, 0)
    document = DocumentRecord("d1", Status.REDACTED, "text", parts_examined=1, source_mac="ee")
    return [run_start(), *(redaction(number) for number in range(COUNT - 3)), document, end]


def write_log(folder: Path) -> Path:
    log = AuditLog.create(folder, KEY)
    records = some_records()
    log.append(records[:5])
    log.append(records[5:])
    return log.folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "audit")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder whose log one test tampers with many times, and the log as it was."""
    folder = write_log(tmp_path_factory.mktemp("sound") / "audit")
    return folder, (folder / "audit.jsonl").read_bytes()


def log_lines(folder: Path) -> Lines:
    return (folder / "audit.jsonl").read_bytes().splitlines(keepends=True)


def rewrite(folder: Path, lines: Lines) -> None:
    (folder / "audit.jsonl").write_bytes(b"".join(lines))


def edited(line: bytes, *path: str) -> bytes:
    """Return a line with one value changed and all else as canonical as before."""
    value = json.loads(line)
    *outer, last = path
    place = value
    for name in outer:
        place = place[name]
    place[last] = other_than(place[last])
    return canonical(value).encode() + b"\n"


def other_than(value: object) -> object:
    if isinstance(value, str):
        return ("1" if value[:1] == "0" else "0") + value[1:]
    if isinstance(value, int | float):
        return value + 1
    return {"other": 1}


# What it promises when nobody tampers


def test_records_come_back_in_order(folder: Path) -> None:
    assert list(read(folder)) == [to_fields(record) for record in some_records()]
    assert check(folder, KEY) == LogReport(COUNT)


def test_an_empty_log_is_sound(tmp_path: Path) -> None:
    log = AuditLog.create(tmp_path / "audit", KEY)
    log.append([])
    assert list(read(log.folder)) == []
    assert check(log.folder, KEY) == LogReport(0)


def test_every_line_is_canonical_and_numbered(folder: Path) -> None:
    parsed = [json.loads(line) for line in log_lines(folder)]
    assert [canonical(line).encode() + b"\n" for line in parsed] == log_lines(folder)
    assert [line["n"] for line in parsed] == list(range(COUNT))
    assert all(one["mac"] == other["prev"] for one, other in pairwise(parsed))


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
    assert modes == {"audit.jsonl": 0o600, "head.json": 0o600, "audit.lock": 0o600}


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
    assert check(folder, KEY) == LogReport(COUNT + 50)


def test_long_last_lines_are_found(tmp_path: Path) -> None:
    log = AuditLog.create(tmp_path / "audit", KEY)
    for width in (10, 4_000, 20_000, 300_000):
        log.append([replace(run_start(), command=("x" * width,))])
    assert check(log.folder, KEY) == LogReport(4)


def test_a_record_too_long_to_read_back_is_refused(folder: Path) -> None:
    with pytest.raises(OutputError, match="too long"):
        AuditLog.open(folder, KEY).append(
            [redaction(1), replace(run_start(), command=("x" * chain.LONGEST_LINE,))],
        )
    assert check(folder, KEY) == LogReport(COUNT)


# Refusals


def test_a_second_log_in_a_folder_is_refused(folder: Path) -> None:
    before = log_lines(folder)
    with pytest.raises(OutputError):
        AuditLog.create(folder, KEY)
    assert log_lines(folder) == before


@pytest.mark.parametrize("kept", ["audit.jsonl", "head.json"])
def test_half_a_log_is_not_started_over(folder: Path, kept: str) -> None:
    for name in {"audit.jsonl", "head.json"} - {kept}:
        (folder / name).unlink()
    with pytest.raises(OutputError):
        AuditLog.create(folder, KEY)
    assert not {"audit.jsonl", "head.json"} - {kept} & {path.name for path in folder.iterdir()}


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit").chmod(0o755)
    with pytest.raises(OutputError, match="0700"):
        AuditLog.create(tmp_path / "audit", KEY)


WITHOUT_A_LOG: dict[str, Callable[[Path], object]] = {
    "open": lambda folder: AuditLog.open(folder, KEY),
    "append": lambda folder: AuditLog(folder, KEY).append([run_start()]),
    "check": lambda folder: check(folder, KEY),
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


def test_an_edited_key_id_is_no_other_key(folder: Path) -> None:
    first, *rest = log_lines(folder)
    rewrite(folder, [edited(first, "record", "key_id"), *rest])
    assert check(folder, KEY) == LogReport(0, damage=Damage.EDITED, at=0)


def test_a_log_that_stays_locked_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(audit_folder, "LOCK_SECONDS", 0.05)
    with (folder / "audit.lock").open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="locked by another process"):
            AuditLog(folder, KEY).append([redaction(1)])
    assert check(folder, KEY) == LogReport(COUNT)


def test_reading_needs_no_lock_where_there_can_be_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_folder, "LOCK", "audit.jsonl/no-folder")
    with pytest.raises(OutputError, match="cannot write the log"):
        AuditLog(folder, KEY).append([redaction(1)])
    assert check(folder, KEY) == LogReport(COUNT)
    assert len(list(read(folder))) == COUNT


# Tampering


def dropped(at: int) -> Callable[[Lines], Lines]:
    return lambda lines: lines[:at] + lines[at + 1 :]


def swapped(one: int, other: int) -> Callable[[Lines], Lines]:
    def swap(lines: Lines) -> Lines:
        lines[one], lines[other] = lines[other], lines[one]
        return lines

    return swap


def with_line(at: int, change: Callable[[bytes], bytes]) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:at], change(lines[at]), *lines[at + 1 :]]


TAMPERING: dict[str, tuple[Callable[[Lines], Lines], Damage, int]] = {
    "first dropped": (dropped(0), Damage.DROPPED, 0),
    "a middle one dropped": (dropped(6), Damage.DROPPED, 6),
    "two swapped": (swapped(4, 5), Damage.REORDERED, 4),
    "two far apart swapped": (swapped(2, 11), Damage.REORDERED, 2),
    "last two swapped": (swapped(COUNT - 2, COUNT - 1), Damage.REORDERED, COUNT - 2),
    "all reversed": (lambda lines: lines[::-1], Damage.REORDERED, 0),
    "one repeated": (lambda lines: [*lines[:5], lines[4], *lines[5:]], Damage.REORDERED, 5),
    "first repeated at the end": (lambda lines: [*lines, lines[0]], Damage.REORDERED, COUNT),
    "one cut off the tail": (lambda lines: lines[:-1], Damage.TRUNCATED, COUNT - 1),
    "ten cut off the tail": (lambda lines: lines[:-10], Damage.TRUNCATED, COUNT - 10),
    "emptied": (lambda _: [], Damage.TRUNCATED, 0),
    "cut within the last line": (with_line(COUNT - 1, lambda _: b'{"mac"'), Damage.TORN, COUNT - 1),
    "cut before the last line end": (
        lambda lines: [*lines[:-1], lines[-1][:-1]],
        Damage.TORN,
        COUNT - 1,
    ),
    "cut within a middle line": (
        lambda lines: [*lines[:7], lines[7][:40]],
        Damage.TORN,
        7,
    ),
    "a line end gone in the middle": (with_line(3, bytes.rstrip), Damage.EDITED, 3),
    "an empty line": (lambda lines: [*lines, b"\n"], Damage.EDITED, COUNT),
    "a space too many": (
        with_line(3, lambda line: line.replace(b":", b": ", 1)),
        Damage.EDITED,
        3,
    ),
    "an escape too many": (
        with_line(3, lambda line: line.replace(b"PERSON", b"\\u0050ERSON", 1)),
        Damage.EDITED,
        3,
    ),
    "a name given twice": (
        with_line(3, lambda line: line.replace(b'"n":3', b'"n":9,"n":3')),
        Damage.EDITED,
        3,
    ),
    "a member more": (
        with_line(3, lambda line: line.replace(b'{"mac"', b'{"a":1,"mac"')),
        Damage.EDITED,
        3,
    ),
    "carriage returns": (
        with_line(0, lambda line: line.replace(b"\n", b"\r\n")),
        Damage.EDITED,
        0,
    ),
    "no object": (with_line(0, lambda _: b"[1,2]\n"), Damage.EDITED, 0),
    "no number of the right kind": (
        with_line(1, lambda line: line.replace(b'"n":1', b'"n":true')),
        Damage.EDITED,
        1,
    ),
    "no JSON": (with_line(2, lambda _: b"Jane Planted\n"), Damage.EDITED, 2),
    "no UTF-8": (with_line(2, lambda _: b"\xff\xfe\x00\n"), Damage.EDITED, 2),
    "not a number": (with_line(2, lambda _: b'{"n":NaN}\n'), Damage.EDITED, 2),
    "an endless number": (with_line(2, lambda _: b"9" * 9_999 + b"\n"), Damage.EDITED, 2),
    "a bottomless list": (with_line(2, lambda _: b"[" * 99_999 + b"\n"), Damage.EDITED, 2),
    "half a character": (with_line(2, lambda _: b'{"n":"\\ud800"}\n'), Damage.EDITED, 2),
    "a line without an end in sight": (
        lambda lines: [*lines[:2], b"x" * (3 * chain.LONGEST_LINE), *lines[2:]],
        Damage.EDITED,
        2,
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_named(folder: Path, name: str) -> None:
    tamper, damage, at = TAMPERING[name]
    rewrite(folder, tamper(log_lines(folder)))
    report = check(folder, KEY)
    assert (report.damage, report.at, report.records) == (damage, at, at)


FIELDS = ["n", "prev", "mac", "record"]
RECORD_FIELDS = ["type", *(name for name in to_fields(redaction(1)) if name != "type")]
EDITS = [(name,) for name in FIELDS] + [("record", name) for name in RECORD_FIELDS]


@pytest.mark.parametrize("path", EDITS, ids=".".join)
def test_an_edit_of_any_field_shows(folder: Path, path: tuple[str, ...]) -> None:
    rewrite(folder, with_line(6, lambda line: edited(line, *path))(log_lines(folder)))
    assert check(folder, KEY) == LogReport(6, damage=Damage.EDITED, at=6)


def test_a_line_of_another_log_of_the_same_key_is_out_of_place(folder: Path) -> None:
    other = AuditLog.create(folder.parent / "other", KEY)
    other.append(redaction(number, "d2") for number in range(COUNT))
    rewrite(folder, with_line(6, lambda _: log_lines(other.folder)[6])(log_lines(folder)))
    assert check(folder, KEY) == LogReport(6, damage=Damage.REORDERED, at=6)


def test_a_line_sealed_under_another_key_is_an_edit(folder: Path) -> None:
    lines = log_lines(folder)
    end = chain.Head(COUNT, json.loads(lines[-1])["mac"])
    forged = chain.seal_line(OTHER_KEY, end, to_fields(redaction(99)))
    rewrite(folder, [*lines, forged.encode()])
    assert check(folder, KEY) == LogReport(COUNT, damage=Damage.EDITED, at=COUNT)


HEADS: dict[str, Callable[[bytes], bytes | None]] = {
    "deleted": lambda _: None,
    "emptied": lambda _: b"",
    "no JSON": lambda _: b"Jane Planted",
    "no object": lambda _: b"[]",
    "endless": lambda head: head * 9_999,
    "a smaller count": lambda head: head.replace(b'"count":14', b'"count":13'),
    "another mac": lambda head: edited(head, "mac").rstrip(),
    "another seal": lambda head: edited(head, "seal").rstrip(),
    "a space too many": lambda head: head.replace(b":", b": ", 1),
    "a line end": lambda head: head + b"\n",
    "sealed under another key": lambda _: chain.Head(COUNT, "00").encode(OTHER_KEY),
    "of another log under the same key": lambda _: chain.Head(COUNT, "00").encode(KEY),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_bad_head_shows_and_stops_the_log(folder: Path, name: str) -> None:
    head = folder / "head.json"
    changed = HEADS[name](head.read_bytes())
    head.unlink() if changed is None else head.write_bytes(changed)
    assert check(folder, KEY) == LogReport(COUNT, damage=Damage.HEAD)
    before = log_lines(folder)
    with pytest.raises(LogDamaged):
        AuditLog.open(folder, KEY)
    with pytest.raises(LogDamaged):
        AuditLog(folder, KEY).append([redaction(1)])
    assert log_lines(folder) == before


def test_a_cut_log_without_its_head_is_not_sound(folder: Path) -> None:
    (folder / "head.json").unlink()
    rewrite(folder, log_lines(folder)[:3])
    assert check(folder, KEY) == LogReport(3, damage=Damage.HEAD)


ENDS = ["one cut off the tail", "ten cut off the tail", "emptied", "cut within the last line"]
ENDS += ["cut before the last line end", "an empty line", "first repeated at the end"]


@pytest.mark.parametrize("name", ENDS)
def test_a_log_with_a_bad_end_takes_no_more(folder: Path, name: str) -> None:
    rewrite(folder, TAMPERING[name][0](log_lines(folder)))
    before = log_lines(folder)
    with pytest.raises(LogDamaged) as caught:
        AuditLog.open(folder, KEY)
    assert caught.value.exit_code is ExitCode.OUTPUT
    with pytest.raises(LogDamaged):
        AuditLog(folder, KEY).append([redaction(1)])
    assert log_lines(folder) == before


@pytest.mark.parametrize("name", ["no JSON", "no UTF-8", "half a character"])
def test_reading_a_bad_line_is_an_error_that_quotes_nothing(folder: Path, name: str) -> None:
    rewrite(folder, TAMPERING[name][0](log_lines(folder)))
    records: Iterator[object] = read(folder)
    assert [next(records), next(records)] == [to_fields(record) for record in some_records()[:2]]
    with pytest.raises(LogDamaged) as caught:
        next(records)
    assert "Planted" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_change_of_any_bytes_goes_unnoticed(
    sound: tuple[Path, bytes], data: st.DataObject
) -> None:
    folder, written = sound
    start = data.draw(st.integers(0, len(written)))
    end = data.draw(st.integers(start, min(len(written), start + 3)))
    new = data.draw(st.binary(max_size=3).filter(lambda new: new != written[start:end]))
    (folder / "audit.jsonl").write_bytes(written[:start] + new + written[end:])
    assert check(folder, KEY).damage is not None


# Crashes, full disks, company


def test_a_crash_between_the_two_writes_is_no_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AuditLog.open(folder, KEY)
    with monkeypatch.context() as crash:
        crash.setattr(audit_log, "replace_private", lambda *_: None)
        log.append([redaction(1), redaction(2)])
    assert check(folder, KEY) == LogReport(COUNT + 2, after_head=2)
    AuditLog.open(folder, KEY).append([redaction(3)])
    assert check(folder, KEY) == LogReport(COUNT + 3)


def test_a_head_that_cannot_be_written_undoes_the_append(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OutputError("disk full")

    with monkeypatch.context() as full:
        full.setattr(audit_log, "replace_private", fail)
        with pytest.raises(OutputError, match="disk full"):
            AuditLog.open(folder, KEY).append([redaction(1)])
    assert check(folder, KEY) == LogReport(COUNT)


def test_records_that_the_new_head_counts_are_not_undone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_and_fail(path: Path, data: bytes) -> None:
        path.write_bytes(data)
        raise OutputError("the folder could not be flushed")

    with monkeypatch.context() as failing:
        failing.setattr(audit_log, "replace_private", write_and_fail)
        with pytest.raises(OutputError):
            AuditLog.open(folder, KEY).append([redaction(1)])
    assert check(folder, KEY) == LogReport(COUNT + 1)


def test_records_that_stop_half_way_leave_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half() -> Iterator[Record]:
        yield redaction(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(audit_log, "BATCH", 1)
    with pytest.raises(KeyboardInterrupt):
        AuditLog.open(folder, KEY).append(half())
    assert check(folder, KEY) == LogReport(COUNT)


FULL_DISK = """
    import resource, sys
    from pathlib import Path
    from redactor.audit import AuditLog
    from redactor.errors import OutputError
    sys.path.insert(0, {tests!r})
    from test_audit_log import KEY, redaction

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
    assert check(folder, KEY) == LogReport(COUNT + 1)


def append_often(log: AuditLog, document: str) -> None:
    for number in range(8):
        log.append(redaction(10 * number + part, document) for part in range(3))


def test_four_processes_lose_nothing_and_stay_together(folder: Path) -> None:
    documents = ["d1", "d2", "d3", "d4"]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        jobs = [(AuditLog(folder, KEY), document) for document in documents]
        pool.starmap(append_often, jobs)
    assert check(folder, KEY) == LogReport(COUNT + 4 * 8 * 3)
    ids = [str(record["id"]) for record in list(read(folder))[COUNT:]]
    for document in documents:
        expected = [f"{document}:{10 * n + part}" for n in range(8) for part in range(3)]
        assert [name for name in ids if name.startswith(document)] == expected
    for one, two, three in zip(ids[::3], ids[1::3], ids[2::3], strict=True):
        assert {one[:2], two[:2], three[:2]} == {one[:2]}
        assert [int(name[3:]) % 10 for name in (one, two, three)] == [0, 1, 2]
