"""`kill -9` at any moment: no half file, no readable draft, and a log that says how far it came."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from command_line import SECONDS, wait_until, workers_of

from redactor.audit import AuditLog, Damage, PublicKey, check, document_id, read
from redactor.errors import ExitCode
from redactor.keys import Key
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


def test_a_worker_killed_at_work_costs_its_document(forked_cli, tmp_path, key_file, files):
    source, out = tmp_path / "src", tmp_path / "out"
    source.mkdir()
    (source / "a.txt").write_text(LETTER)
    (source / "b-long.txt").write_text((LETTER + FILLER * 5) * 800)
    (source / "c.txt").write_text(FILLER)
    process = forked_cli.start(
        "redact", source, "--out", out, "--key-file", key_file, "--workers", "1"
    )
    wait_until((out / "a.txt").exists)
    (worker,) = workers_of(process.pid)
    wait_until(lambda: (source / "b-long.txt").resolve() in _open_files(worker))
    os.kill(worker, signal.SIGKILL)
    said, err = process.communicate(timeout=SECONDS)
    assert process.returncode == ExitCode.INPUT
    (line,) = err.decode().splitlines()
    assert line.startswith("not examined: b-long.txt: the worker died")
    assert said.startswith(b"1 redacted, 1 with nothing to remove, 1 not examined")
    assert set(files(out)) == {"a.txt", "c.txt"}
    assert verify_output(out, Path(f"{out}.audit"), Key.load(key_file)) == []


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


def _open_files(pid: int) -> set[Path]:
    return {path.resolve() for path in Path(f"/proc/{pid}/fd").iterdir()}


def _alive(pid: int) -> bool:
    """A process that ended may still be listed until somebody asks for its exit code."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
