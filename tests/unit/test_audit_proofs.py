"""Proofs: what they show, and that none shows more, or something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from audit_cases import (
    COUNT,
    KEY,
    OTHER_PUBLIC,
    PUBLIC,
    log_lines,
    other_than,
    redaction,
    rewrite,
    write_log,
)

from redactor.audit import AuditLog, Pin
from redactor.audit.proofs import (
    Proof,
    ProofFailed,
    check_proof,
    prove_consistency,
    prove_inclusion,
)
from redactor.audit.reading import heads_of
from redactor.errors import ExitCode, OutputError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_log(tmp_path / "audit")


def encoded(proof: Proof) -> bytes:
    return rfc8785.dumps(proof)


@pytest.mark.parametrize("number", range(COUNT))
def test_every_record_can_be_proved(folder: Path, number: int) -> None:
    proof = prove_inclusion(folder, str(number))
    assert proof["record"] == log_lines(folder)[number].decode().rstrip("\n")
    pin = heads_of(folder)[-1].pin
    said = check_proof(encoded(proof), PUBLIC, pin)
    assert said == f"line {number} is a record among the {COUNT} that head {pin} counts"


def test_a_record_is_named_by_its_id_too(folder: Path) -> None:
    assert prove_inclusion(folder, "d1:6") == prove_inclusion(folder, "7")


def test_a_proof_of_a_record_shows_no_other(folder: Path) -> None:
    proof = encoded(prove_inclusion(folder, "d1:6"))
    assert [n for n in range(11) if f'"id\\":\\"d1:{n}\\"'.encode() in proof] == [6]


@pytest.mark.parametrize("first", range(COUNT + 1))
def test_every_growth_can_be_proved(folder: Path, first: int) -> None:
    proof = encoded(prove_consistency(folder, first))
    assert f"begins with the records of head {first}:" in check_proof(proof, PUBLIC)


def test_growth_is_held_against_the_head_that_was_pinned_before(folder: Path) -> None:
    pin = heads_of(folder)[-1].pin
    AuditLog.open(folder, KEY).append([redaction(99)])
    proof = encoded(prove_consistency(folder, COUNT))
    check_proof(proof, PUBLIC, pin)
    with pytest.raises(ProofFailed, match="another head"):
        check_proof(proof, PUBLIC, replace(pin, root="0" * 64))


INCLUSION, CONSISTENCY = prove_inclusion, prove_consistency
SPOILED: dict[str, Callable[[Proof], Proof]] = {
    "another record": lambda proof: (
        proof | {"record": str(proof["record"]).replace("PERSON", "PARSON")}
    ),
    "another index": lambda proof: proof | {"index": 3},
    "an index outside": lambda proof: proof | {"index": 99},
    "another node": lambda proof: proof | {"path": ["0" * 64, *proof["path"][1:]]},
    "a node less": lambda proof: proof | {"path": proof["path"][1:]},
    "a node more": lambda proof: proof | {"path": [*proof["path"], "0" * 64]},
    "no nodes": lambda proof: proof | {"path": 7},
    "nodes that are none": lambda proof: proof | {"path": ["Jane Planted"]},
    "another head": lambda proof: proof | {"head": proof["head"] | {"root": "0" * 64}},
    "an edited head": lambda proof: proof | {"head": proof["head"] | {"size": 15}},
    "a head of no form": lambda proof: proof | {"head": [1]},
    "another kind": lambda proof: proof | {"kind": "consistency"},
    "no kind": lambda proof: proof | {"kind": "Jane Planted"},
    "another format": lambda proof: proof | {"format": 3},
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_proof_fails_and_is_not_quoted(folder: Path, name: str) -> None:
    with pytest.raises(ProofFailed) as caught:
        check_proof(encoded(SPOILED[name](prove_inclusion(folder, "7"))), PUBLIC)
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert "Planted" not in str(caught.value)


@pytest.mark.parametrize("name", ["root", "size"])
def test_a_spoiled_proof_of_growth_fails(folder: Path, name: str) -> None:
    proof = prove_consistency(folder, 5)
    proof["from"] = proof["from"] | {name: other_than(proof["from"][name])}
    with pytest.raises(ProofFailed):
        check_proof(encoded(proof), PUBLIC)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"[" * 99_999])
def test_what_is_no_proof_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ProofFailed, match="no proof"):
        check_proof(data, PUBLIC)


def test_a_proof_under_another_key_fails(folder: Path) -> None:
    with pytest.raises(ProofFailed, match="not signed"):
        check_proof(encoded(prove_inclusion(folder, "1")), OTHER_PUBLIC)


@pytest.mark.parametrize("record", ["-1", "14", "d9:1", "", "²"])
def test_a_record_that_is_not_there_cannot_be_proved(folder: Path, record: str) -> None:
    with pytest.raises(UsageError, match="no such record"):
        prove_inclusion(folder, record)


@pytest.mark.parametrize("first", [-1, COUNT + 1])
def test_a_size_that_never_was_cannot_be_proved(folder: Path, first: int) -> None:
    with pytest.raises(UsageError):
        prove_consistency(folder, first)


def test_a_damaged_log_proves_nothing(folder: Path) -> None:
    rewrite(folder, log_lines(folder)[:-1])
    with pytest.raises(OutputError, match="not whole"):
        prove_inclusion(folder, "1")
    (folder / "heads.jsonl").write_bytes(b"")
    with pytest.raises(OutputError, match="no head"):
        prove_consistency(folder, 1)


def test_a_line_that_was_sealed_as_torn_is_proved_to_be_that(folder: Path) -> None:
    """Whoever adds a line and waits until it is sealed cannot show it as a record."""
    forged = log_lines(folder)[5]
    rewrite(folder, [*log_lines(folder), forged])
    AuditLog.open(folder, KEY)
    proof = prove_inclusion(folder, str(COUNT))
    assert "no record, but torn" in check_proof(encoded(proof), PUBLIC)
    with pytest.raises(ProofFailed):
        check_proof(encoded(proof | {"record": forged.decode().rstrip("\n")}), PUBLIC)


def test_a_pinned_root_is_enough(folder: Path) -> None:
    pin = Pin(heads_of(folder)[-1].root)
    check_proof(encoded(prove_inclusion(folder, "1")), PUBLIC, pin)
