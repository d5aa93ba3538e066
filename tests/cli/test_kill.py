"""`kill -9` at any moment: no half file, no readable draft, and a log that says how far it came."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from command_line import SECONDS, wait_until, workers_of

from redactor.audit import (
    AuditLog,
    Damage,
    DocumentRecord,
    PublicKey,
    check,
    document_id,
    read,
)
from redactor.audit.reading import recorded_after
from redactor.errors import ExitCode, WorkerDied
from redactor.keys import Key
from redactor.model import Job, Limits, Status
from redactor.pipeline.sharing import HelpedSearch
from redactor.process import limit_memory
from redactor.runners import local_worker
from redactor.verify import verify_output

LETTER = "Dear Mr Teodor Vance,\nwrite to teodor.vance@example.org, or ring 212-555-0198.\n"
FILLER = "The tide was low and the harbour was empty.\n"
DOCUMENTS = 10


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill") / "src"
    (folder / "inner").mkdir(parents=True)
    for number in range(DOCUMENTS):
        name = f"inner/{number}.txt" if number % 2 else f"{number}.txt"
        (folder / name).write_text(LETTER + FILLER * 90 + LETTER)
    return folder


@pytest.fixture(scope="module")
def complete(forked_cli, source, key_file, files):
    """Every copy of an undisturbed run."""
    out = source.with_name("complete")
    run = forked_cli("redact", source, "--out", out, "--key-file", key_file, "--workers", "2")
    assert run.code == ExitCode.DONE, run.err
    return files(out)


# who is killed, and at which copy
MOMENTS = {
    "all at the first copy": (os.killpg, 1),
    "all in the midst": (os.killpg, 5),
    "the parent at the second copy": (os.kill, 2),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed(forked_cli, source, complete, key_file, files, tmp_path, moment):  # noqa: PLR0917
    kill, copies = MOMENTS[moment]
    out, key = tmp_path / "out", Key.load(key_file)
    process = forked_cli.start(
        "redact", source, "--out", out, "--key-file", key_file, "--workers", "2"
    )
    wait_until(lambda: len(list(out.rglob("*.txt"))) >= copies)
    workers = workers_of(process.pid)
    kill(process.pid, signal.SIGKILL)
    _, err = process.communicate(timeout=SECONDS)
    wait_until(lambda: not [pid for pid in workers if _alive(pid)])
    done = files(out)
    assert copies <= len(done) < DOCUMENTS
    assert done == {name: complete[name] for name in done}
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith((".draft", ".tmp"))]
    assert b"eodor" not in err
    _check_log(Path(f"{out}.audit"), key, set(done))
    problems = verify_output(out, Path(f"{out}.audit"), key)
    # A line that the kill tore off was sealed when the log was opened, which is worth a word.
    torn = check(Path(f"{out}.audit"), PublicKey.of(key)).sealed
    worth = {ExitCode.DONE} if torn else set()
    assert {problem.code for problem in problems} == {ExitCode.OUTPUT} | worth
    assert "THE RUN DID NOT END" in problems[0].message
    _check_torn(Path(f"{out}.audit"), key)


def _check_log(audit: Path, key: Key, copies: set[str]) -> None:
    """The log goes on where it was, and has a record for every copy there is."""
    assert check(audit, PublicKey.of(key)).damage in (None, Damage.TORN)
    AuditLog.open(audit, key)
    report = check(audit, PublicKey.of(key))
    assert report.damage is None
    records = list(read(audit))
    assert len(records) == report.records - report.sealed
    recorded = {record["document"] for record in records if record["type"] == "document"}
    assert {document_id(key, name) for name in copies} <= recorded
    assert records[-1]["type"] != "run-end"


def _check_torn(audit: Path, key: Key) -> None:
    """Had the crash come within an append, checking would say so, and the next one seal it."""
    before = list(read(audit))
    with (audit / "audit.jsonl").open("ab") as log:
        log.write(b'{"action":"pseudo')
    assert check(audit, PublicKey.of(key)).damage is Damage.TORN
    assert list(read(audit)) == before
    AuditLog.open(audit, key).append([])
    assert check(audit, PublicKey.of(key)).damage is None
    assert [record["type"] for record in read(audit)][len(before) :] == ["recovery"]


# how often a worker is killed that has a document in hand: what the document costs then
KILLED = {"once": (1, ExitCode.DONE), "twice": (2, ExitCode.INPUT)}


@pytest.mark.parametrize("often", KILLED)
def test_a_worker_killed_at_work_costs_one_more_attempt_and_then_its_document(
    forked_cli, tmp_path, key_file, files, often
):
    kills, code = KILLED[often]
    source, out = tmp_path / "src", tmp_path / "out"
    source.mkdir()
    (source / "a.txt").write_text(LETTER)
    (source / "b-long.txt").write_text((LETTER + FILLER * 5) * 120)
    (source / "c.txt").write_text(FILLER)
    process = forked_cli.start(
        "redact", source, "--out", out, "--key-file", key_file, "--workers", "1"
    )
    for _ in range(kills):  # the largest comes first, and once more when all others are done
        wait_until(lambda: any(_has_open(source / "b-long.txt", process.pid)))
        for worker in _has_open(source / "b-long.txt", process.pid):
            os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not any(_has_open(source / "b-long.txt", process.pid)))
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == code, err
    assert (b"not examined: b-long.txt: the worker died on this document, twice" in err) == (
        kills == 2
    )
    assert set(files(out)) == {"a.txt", "c.txt", *(["b-long.txt"] if kills == 1 else [])}
    assert verify_output(out, Path(f"{out}.audit"), Key.load(key_file)) == []
    recorded = [one for one in read(Path(f"{out}.audit")) if one["type"] == "document"]
    assert len(recorded) == 3, "each document once"
    assert all("source_mac" in one for one in recorded)


def test_a_document_that_takes_too_long_is_named_with_the_limit(forked_cli, tmp_path, key_file):
    source, policy = tmp_path / "a.txt", tmp_path / "quick.yaml"
    source.write_text(LETTER + FILLER * 90)
    policy.write_text(
        "name: quick\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"
        "limits: {document_seconds: 0.0001}\n"
    )
    given = ("--key-file", key_file, "--policy", policy, "--workers", "1")
    run = forked_cli("redact", source, "--out", tmp_path / "out", *given)
    assert run.code == ExitCode.INPUT
    assert run.err == (
        "not examined: a.txt: took more than 0.0001 seconds, twice (limit `document_seconds`). "
        "Raise `limits: {document_seconds: ...}` in the policy if the document is legitimate.\n"
    )
    [record] = [one for one in read(tmp_path / "out.audit") if one["type"] == "document"]
    assert (record["status"], record["not_examined"]) == ("failed", [["document", "OutOfTime"]])


def test_a_document_that_needs_too_much_memory_ends_its_worker(monkeypatch):
    def use_up(*_, fatal, elsewhere):
        raise fatal[0]

    monkeypatch.setattr(local_worker, "redact", use_up)
    settings = SimpleNamespace(policy=SimpleNamespace(limits=Limits(memory_bytes=5)))
    error = local_worker.done(Job(Path("a"), Path("b"), "a"), settings, HelpedSearch(tuple))
    assert isinstance(error, WorkerDied)
    assert str(error) == "needs more than 5 bytes of memory, twice (limit `memory_bytes`)"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say")
def test_a_process_has_no_more_memory_than_it_may():
    pid = os.fork()
    if pid == 0:
        try:
            limit_memory(64 << 20)
            bytearray(16 << 20)
            bytearray(256 << 20)
        except MemoryError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def test_the_record_of_a_worker_that_died_is_found_again(tmp_path):
    log = AuditLog.create(tmp_path / "audit", Key(bytes(range(32))))
    log.append([DocumentRecord("a", Status.CLEAN, "text", 1, output_sha256="1" * 64)])
    at = (log.folder / "audit.jsonl").stat().st_size
    assert recorded_after(log.folder, at, "a") is None
    with (log.folder / "audit.jsonl").open("ab") as file:  # it died within an append
        file.write(b'{"document":"a","output_sha256":"torn","type":"document"}\n')
    assert recorded_after(log.folder, at, "a") is None
    log.append([DocumentRecord("b", Status.CLEAN, "text", 1, output_sha256="2" * 64)])
    assert recorded_after(log.folder, at, "a") is None
    log.append([DocumentRecord("a", Status.CLEAN, "text", 1, output_sha256="3" * 64)])
    assert recorded_after(log.folder, at, "a")["output_sha256"] == "3" * 64
    assert recorded_after(log.folder, 0, "b")["output_sha256"] == "2" * 64


def test_a_worker_killed_while_it_starts_costs_nothing(  # noqa: PLR0917
    process_cli, source, complete, key_file, files, tmp_path
):
    """It had no document in hand yet, so there is none to lose."""
    out = tmp_path / "out"
    process = process_cli.start(
        "redact", source, "--out", out, "--key-file", key_file, "--workers", "2"
    )
    wait_until(lambda: len(workers_of(process.pid)) == 2)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (ExitCode.DONE, b"")
    assert files(out) == complete


def _has_open(path: Path, parent: int) -> list[int]:
    """Return the workers that have a file open."""
    found = []
    for worker in workers_of(parent):
        with suppress(OSError):
            opened = {one.resolve() for one in Path(f"/proc/{worker}/fd").iterdir()}
            found += [worker] if path.resolve() in opened else []
    return found


def _alive(pid: int) -> bool:
    """A process that ended may still be listed until somebody asks for its exit code."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
