"""`redactor audit verify` and `prove`: what is said, which exit code, and what stays untouched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from invoked import invoke

from redactor.audit import AuditLog, DocumentRecord, PublicKey, RunEnd, RunStart
from redactor.errors import ExitCode
from redactor.keys import Key
from redactor.model import Status

KEY, OTHER = Key(bytes(range(32))), Key(bytes(32))
DOCUMENTS = 6


def begin(run: str) -> RunStart:
    return RunStart(run, "t", "0", "p", "", "", "m", "0", "", (), KEY.id, 1, ())


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    """A log of one run with a head for every document."""
    log = AuditLog.create(tmp_path / "out.audit", KEY)
    log.append([begin("r1")])
    for number in range(DOCUMENTS):
        log.append([DocumentRecord(f"{number:024x}", Status.CLEAN, "text", 1)])
    log.append([RunEnd("r1", "t", (("clean", DOCUMENTS),), 0, 0)])
    return log.folder


@pytest.fixture
def public(tmp_path: Path) -> Path:
    path = tmp_path / "ours.pem"
    path.write_bytes(PublicKey.of(KEY).pem)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    names = ("audit.jsonl", "leaves.bin", "heads.jsonl", "audit.pub")
    return {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}


def refused(result, code: ExitCode, *words: str) -> None:
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    [line] = result.stderr.splitlines()
    assert line.startswith("redactor: ")
    assert not [word for word in words if word not in line], line


def test_a_whole_log_passes_with_the_public_key_alone(audit, public):
    for given in (audit, audit.with_name("out")):
        result = invoke("audit", "verify", given, "--public-key", public)
        assert (result.exit_code, result.stderr) == (0, "")
        assert f"{DOCUMENTS + 2} records are as they were signed" in result.stdout
        assert "beside the log" not in result.stdout


def test_a_key_found_beside_the_log_is_said_to_prove_little(audit):
    result = invoke("audit", "verify", audit)
    assert result.exit_code == 0
    assert "was found beside the log" in result.stdout


def head_of(audit: Path) -> str:
    result = invoke("audit", "verify", audit, "--print-head")
    assert result.exit_code == 0
    [line] = result.stdout.splitlines()
    return line


def test_the_printed_head_can_be_pinned_as_text_or_in_a_file(audit, public, tmp_path):
    head = head_of(audit)
    (tmp_path / "head.txt").write_text(head + "\n")
    last = audit.joinpath("heads.jsonl").read_text().splitlines()[-1]
    for pinned in (head, head.split(":")[1], tmp_path / "head.txt", last):
        result = invoke("audit", "verify", audit, "--public-key", public, "--head", pinned)
        assert result.exit_code == 0, result.output
        assert "Keep the head elsewhere" not in result.stdout


def test_a_log_put_back_to_an_older_state_shows_against_the_pinned_head(audit, public):
    head, before = head_of(audit), contents(audit)
    AuditLog.open(audit, KEY).append([begin("r2"), RunEnd("r2", "t", (), 0, 0)])
    later = head_of(audit)
    assert invoke("audit", "verify", audit, "--head", head).exit_code == 0
    for name, data in before.items():
        (audit / name).write_bytes(data)
    assert invoke("audit", "verify", audit, "--public-key", public).exit_code == 0
    result = invoke("audit", "verify", audit, "--public-key", public, "--head", later)
    refused(result, ExitCode.OUTPUT, "replayed", "record 8", "older head")


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def edit(audit: Path) -> None:
    log = audit / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"clean","type"', b'"failed","type"', 1))


TAMPERING: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "edited": (
        edit,
        ("edited at record 1", "000000000000000000000000", "not as it was written"),
    ),
    "dropped": (
        lambda a: (a / "audit.jsonl").write_bytes(
            b"".join(lines(a / "audit.jsonl")[:3] + lines(a / "audit.jsonl")[4:])
        ),
        ("dropped at record 3", "is gone"),
    ),
    "truncated": (
        lambda a: (a / "audit.jsonl").write_bytes(b"".join(lines(a / "audit.jsonl")[:-2])),
        ("truncated at record 6", "all after it"),
    ),
    "torn": (
        lambda a: (a / "audit.jsonl").write_bytes((a / "audit.jsonl").read_bytes() + b"{"),
        ("torn at record 8", "no head"),
    ),
    "no heads": (lambda a: (a / "heads.jsonl").unlink(), ("without heads at record 0",)),
    "no log": (lambda a: (a / "audit.jsonl").unlink(), ("there is no audit log",)),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_named_and_the_log_left_as_it_is(audit, public, name):
    tamper, words = TAMPERING[name]
    tamper(audit)
    before = contents(audit)
    result = invoke("audit", "verify", audit, "--public-key", public)
    refused(result, ExitCode.OUTPUT, *words)
    assert contents(audit) == before


def newer(audit: Path) -> None:
    (audit / "audit.jsonl").write_bytes(b'{"format":4,"type":"run-start"}\n')


def no_key(audit: Path) -> None:
    (audit / "audit.pub").write_bytes(b"Jane Planted")


BAD_INPUT: dict[str, tuple[Callable[[Path], object], tuple[str, ...], ExitCode, str]] = {
    "another public key": (
        lambda a: (a / "audit.pub").write_bytes(PublicKey.of(OTHER).pem),
        (),
        ExitCode.CONFIG,
        "another key",
    ),
    "no public key": (lambda a: (a / "audit.pub").unlink(), (), ExitCode.CONFIG, "cannot read"),
    "what is no public key": (no_key, (), ExitCode.CONFIG, "no public key"),
    "a newer format": (newer, (), ExitCode.INPUT, "newer version"),
    "no pin": (lambda _: None, ("--head", "Jane Planted"), ExitCode.USAGE, "SIZE:ROOT:KEY"),
    "a pin too long": (lambda _: None, ("--head", "x" * 9999), ExitCode.USAGE, "head"),
    "a stamp alone": (lambda _: None, ("--timestamp", "x"), ExitCode.USAGE, "--tsa-ca"),
    "no proof": (lambda _: None, ("--proof", "missing"), ExitCode.USAGE, "cannot read missing"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_a_clear_error_and_the_log_left_as_it_is(audit, name):
    spoil, arguments, code, word = BAD_INPUT[name]
    spoil(audit)
    before = contents(audit)
    result = invoke("audit", "verify", audit, *arguments)
    refused(result, code, word)
    assert "Planted" not in result.output
    assert contents(audit) == before


def test_there_must_be_something_to_verify():
    refused(invoke("audit", "verify"), ExitCode.USAGE, "OUT.audit is missing")


def test_verify_out_says_newer_and_wrong_key_too(audit, tmp_path):
    KEY.save(tmp_path / "key")
    OTHER.save(tmp_path / "other")
    out = audit.with_name("out")
    refused(invoke("verify", out, "--key-file", tmp_path / "other"), ExitCode.CONFIG, "another key")
    newer(audit)
    refused(invoke("verify", out, "--key-file", tmp_path / "key"), ExitCode.INPUT, "newer version")


# Proofs


@pytest.mark.parametrize("what", [("3",), ("--from", "3")])
def test_a_proof_goes_from_the_log_to_who_has_the_public_key(audit, public, tmp_path, what):
    made = invoke("audit", "prove", audit, *what)
    assert (made.exit_code, made.stderr) == (0, "")
    proof = tmp_path / "proof.json"
    proof.write_text(made.stdout)
    given = ("audit", "verify", "--proof", proof, "--public-key", public)
    for arguments in (given, (*given, "--head", head_of(audit))):
        result = invoke(*arguments)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        assert head_of(audit) in result.stdout
    assert invoke("audit", "verify", audit, "--proof", proof).exit_code == 0


def test_a_spoiled_proof_is_refused(audit, public, tmp_path):
    proof = json.loads(invoke("audit", "prove", audit, "3").stdout)
    proof["index"] = 4
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    result = invoke("audit", "verify", "--proof", tmp_path / "proof.json", "--public-key", public)
    refused(result, ExitCode.OUTPUT, "does not lead to the signed root")


def test_a_proof_needs_a_public_key(tmp_path):
    (tmp_path / "proof.json").write_text("{}")
    result = invoke("audit", "verify", "--proof", tmp_path / "proof.json")
    refused(result, ExitCode.USAGE, "--public-key")


@pytest.mark.parametrize("arguments", [(), ("3", "--from", "3"), ("99",), ("--from", "99")])
def test_what_cannot_be_proved_is_a_usage_error(audit, arguments):
    refused(invoke("audit", "prove", audit, *arguments), ExitCode.USAGE)


def test_a_time_stamp_that_is_none_is_refused(audit, tmp_path):
    pytest.importorskip("rfc3161_client")
    (tmp_path / "stamp").write_bytes(b"Jane Planted")
    given = ("--timestamp", tmp_path / "stamp", "--tsa-ca", tmp_path / "stamp")
    result = invoke("audit", "verify", audit, *given)
    assert result.exit_code == ExitCode.OUTPUT
    assert "is no time stamp" in result.stderr
    assert "Planted" not in result.output
