"""The exit codes of `verify`: what each damage to copies, log and key is called."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from invoked import assert_one_line, invoke

from redactor.audit import (
    AuditLog,
    DocumentRecord,
    RedactionRecord,
    RunEnd,
    RunStart,
    document_id,
    fingerprint,
    residue,
    with_details,
)
from redactor.errors import ExitCode
from redactor.keys import Key
from redactor.model import Action, Status, amount

ADDRESS = "teodor.vance@example.org"
LETTER = f"Dear Mr Teodor Vance,\nwrite to {ADDRESS}.\nThe tide was low.\n"
CALM = "The tide was low.\n"
ALONE = ("--workers", "1")


@pytest.fixture(scope="module")
def finished(cli, tmp_path_factory, key_file):
    base = tmp_path_factory.mktemp("finished")
    (base / "src/inner").mkdir(parents=True)
    (base / "src/letter.txt").write_text(LETTER)
    (base / "src/inner/calm.txt").write_text(CALM)
    run = cli("redact", base / "src", "--out", base / "out", "--key-file", key_file, *ALONE)
    assert run.code == ExitCode.DONE, run.err
    return base / "out"


@pytest.fixture
def out(finished, tmp_path):
    """A copy of the finished output, to be damaged."""
    shutil.copytree(finished, tmp_path / "out")
    shutil.copytree(f"{finished}.audit", tmp_path / "out.audit")
    return tmp_path / "out"


def test_verify_as_a_process(process_cli, out, key_file):
    good = process_cli("verify", out, "--key-file", key_file)
    assert (good.code, good.err, str(out) in good.out) == (ExitCode.DONE, "", True)


def _append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)


def _relog(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], object]:
    """Return a function that changes the lines of an output's log."""

    def damage(out: Path) -> None:
        log = Path(f"{out}.audit", "audit.jsonl")
        log.write_bytes(b"".join(change(log.read_bytes().splitlines(keepends=True))))

    return damage


def _put_back(out: Path) -> None:
    copy = out / "letter.txt"
    copy.write_text(re.sub(r"\[EMAIL_ADDRESS_\w+\]", ADDRESS, copy.read_text()))


def _instead(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


# what was done to the output: how, and words of the complaint
DAMAGES: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "a copy edited": (lambda out: _append(out / "letter.txt", b"x"), ("letter.txt", "recorded")),
    "a copy cut": (lambda out: (out / "inner/calm.txt").write_bytes(b""), ("inner/calm.txt",)),
    "a value put back": (_put_back, ("letter.txt",)),
    "a copy missing": (lambda out: (out / "letter.txt").unlink(), ("1 ", "missing")),
    "all gone": (shutil.rmtree, ("2 ", "missing")),
    "a file too many": (lambda out: (out / "more.txt").write_text(CALM), ("more.txt", "no record")),
    "a dead link for a copy": (
        lambda out: _instead(out / "letter.txt", lambda path: path.symlink_to("gone")),
        ("letter.txt",),
    ),
    "a pipe for a copy": (lambda out: _instead(out / "letter.txt", os.mkfifo), ("letter.txt",)),
    "a record edited": (
        _relog(lambda log: [line.replace(b'"start":', b'"start":1') for line in log]),
        ("log", "edited"),
    ),
    "the start edited": (
        _relog(lambda log: [log[0].replace(b"default", b"strict"), *log[1:]]),
        ("log", "edited", "record 0"),
    ),
    "a record dropped": (_relog(lambda log: log[:2] + log[3:]), ("log", "dropped")),
    "records swapped": (
        _relog(lambda log: [*log[:2], log[3], log[2], *log[4:]]),
        ("log", "reordered"),
    ),
    "a record twice": (_relog(lambda log: log[:3] + log[2:]), ("log", "inserted")),
    "the end cut": (_relog(lambda log: log[:-1]), ("log", "truncated")),
    "a cut end": (_relog(lambda log: [*log[:-1], log[-1][:-9]]), ("log", "truncated")),
    "a torn end": (_relog(lambda log: [*log, log[-1][:9]]), ("log", "torn")),
    "an empty log": (_relog(lambda _: []), ("log", "truncated")),
    "no heads": (lambda out: Path(f"{out}.audit", "heads.jsonl").unlink(), ("log", "head")),
    "no log": (lambda out: Path(f"{out}.audit", "audit.jsonl").unlink(), ("audit",)),
    "no audit": (lambda out: shutil.rmtree(f"{out}.audit"), ("audit",)),
}


def test_verify_quietly(out, key_file):
    quiet = invoke("verify", out, "--key-file", key_file, "--quiet")
    assert (quiet.exit_code, quiet.output) == (ExitCode.DONE, "")


@pytest.mark.parametrize("name", DAMAGES)
def test_verify_notices(out, key_file, name):
    damage, words = DAMAGES[name]
    damage(out)
    result = invoke("verify", out, "--key-file", key_file)
    assert (result.exit_code, result.stdout) == (ExitCode.OUTPUT, ""), result.stderr
    assert not [word for word in words if word not in result.stderr], result.stderr
    assert all(line.startswith("redactor: ") for line in result.stderr.splitlines())


@pytest.mark.parametrize("name", ["other.key", "short.key", "nowhere"])
def test_verify_with_the_wrong_key(out, other_key_file, name):
    (out.parent / "short.key").write_text("abcd")
    path = other_key_file if name == "other.key" else out.parent / name
    result = invoke("verify", out, "--key-file", path)
    assert_one_line(ExitCode.CONFIG, (result.exit_code, result.stdout, result.stderr))


def test_verify_finds_a_leak_that_was_recorded(cli, tmp_path, key_file):
    """The log says that a value was removed everywhere, and of just this copy, which holds it."""
    key, out = Key.load(key_file), tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text(LETTER)
    document = document_id(key, "letter.txt")
    digest = hashlib.sha256(LETTER.encode()).hexdigest()
    log = AuditLog.create(tmp_path / "out.audit", key)
    place = (f"{document}:1", document, "text", 0, 1)
    redaction = RedactionRecord(
        *(*place, "EMAIL_ADDRESS", "rule:email/plain", "0"),
        *(0.9, Action.PSEUDONYM, amount(24), fingerprint(key, "EMAIL_ADDRESS", ADDRESS)),
        residue=residue(key, "teodor vance example org"),
    )
    log.append(
        [
            RunStart("r", "t", "0", "p", "", "", "m", "0", "", (), key.id, 1, ()),
            DocumentRecord(
                *(document, Status.REDACTED, "text", 1),
                output_sha256=digest,
                output_bytes=len(LETTER),
                encoding="utf-8",
            ),
            *with_details(key, document, [redaction]),
            RunEnd("r", "t", (("redacted", 1),), 1, 0),
        ]
    )
    run = cli("verify", out, "--key-file", key_file)
    assert (run.code, run.out) == (ExitCode.LEAK, "")
    assert re.fullmatch(r"redactor: letter\.txt [^\n]*removed[^\n]*\n", run.err)
    assert ADDRESS not in run.err
