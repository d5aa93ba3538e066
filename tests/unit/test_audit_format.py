"""The format as another program reads it: thirty lines with nothing of ours, over a kept log.

`tests/cases/audit` is a log that this version wrote under the secret 00 01 02 ... 1f, with proofs,
the roots over its first records, and two lines of an interrupted append (14 and 15).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from audit_cases import KEY, PUBLIC, redaction
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from redactor.audit import AuditLog, Pin, check, read
from redactor.audit.proofs import check_proof, prove_consistency, prove_inclusion

CASES = Path(__file__).parents[1] / "cases/audit"
VECTORS = json.loads((CASES / "vectors.json").read_text("utf-8"))


# ---- begin of the other program, as the docstring of `redactor.audit` tells it to be written


def sha(data):
    return hashlib.sha256(data).digest()


def tree(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + tree(leaves[:split]) + tree(leaves[split:]))


def verify(folder):
    public = load_pem_public_key((folder / "audit.pub").read_bytes())
    lines = (folder / "audit.jsonl").read_bytes().split(b"\n")
    heads = (folder / "heads.jsonl").read_bytes().split(b"\n")
    assert lines.pop() == heads.pop() == b""
    entries, before, size = [], b"", 0
    for line in heads:
        head = json.loads(line)
        assert head["previous"] == (sha(before).hex() if before else "0" * 64)
        added = lines[size : head["size"]]
        entries += [b"torn " * (at < head["torn"]) + one for at, one in enumerate(added)]
        assert tree([sha(b"\0" + entry) for entry in entries]).hex() == head["root"]
        assert sum(len(one) + 1 for one in lines[: head["size"]]) == head["bytes"]
        before, size = line, head["size"]
    assert size == len(lines) == len(entries)
    assert head["key"] == sha(public.public_bytes_raw())[:16].hex()
    signature = bytes.fromhex(head.pop("signature"))
    signed = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    public.verify(signature, b"redactor audit head 2\n" + signed.encode())
    return f"{size}:{head['root']}:{head['key']}", entries


# ---- end of the other program


def test_another_program_can_verify_the_log():
    pin, entries = verify(CASES)
    assert pin == VECTORS["head"]
    leaves = b"".join(sha(b"\0" + entry) for entry in entries)
    assert leaves == (CASES / "leaves.bin").read_bytes()
    hashes = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    assert [tree(hashes[:size]).hex() for size in range(len(hashes) + 1)] == VECTORS["roots"]
    torn = [at for at, entry in enumerate(entries) if entry.startswith(b"torn ")]
    assert torn == VECTORS["torn"]


@pytest.fixture
def folder(tmp_path):
    """A copy of the kept log, as private as an audit folder is."""
    (tmp_path / "audit").mkdir(mode=0o700)
    for name in ("audit.jsonl", "leaves.bin", "heads.jsonl", "audit.pub"):
        shutil.copy(CASES / name, tmp_path / "audit" / name)
    return tmp_path / "audit"


def test_another_program_notices_an_edit(folder):
    log = folder / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"score":0.9', b'"score":0.8', 1))
    with pytest.raises(AssertionError):
        verify(folder)


def test_another_program_notices_another_key(folder):
    heads = folder / "heads.jsonl"
    *rest, last = heads.read_bytes().splitlines(keepends=True)
    at = last.index(b'"signature":"') + 20
    changed = last[:at] + (b"1" if last[at : at + 1] == b"0" else b"0") + last[at + 1 :]
    heads.write_bytes(b"".join([*rest, changed]))
    with pytest.raises(InvalidSignature):
        verify(folder)


def test_this_version_reads_what_it_kept(folder):
    assert (KEY.secret.hex(), PUBLIC.raw.hex()) == (VECTORS["secret"], VECTORS["public"])
    assert PUBLIC.pem == (CASES / "audit.pub").read_bytes()
    report = check(folder, PUBLIC, Pin.parse(VECTORS["head"]))
    assert (report.damage, report.sealed) == (None, len(VECTORS["torn"]))
    assert len(list(read(folder))) == report.records - report.sealed


def test_this_version_writes_what_the_other_program_verifies(folder):
    AuditLog.open(folder, KEY).append([redaction(100)])
    pin, _ = verify(folder)
    assert check(folder, PUBLIC).head.pin == Pin.parse(pin)


def test_the_kept_proofs_hold_and_are_made_the_same(folder):
    inclusion, consistency = (
        json.loads((CASES / f"{kind}.json").read_text("utf-8"))
        for kind in ("inclusion", "consistency")
    )
    assert prove_inclusion(folder, str(inclusion["index"])) == inclusion
    assert prove_consistency(folder, consistency["from"]["size"]) == consistency
    for kind in ("inclusion", "consistency"):
        assert check_proof((CASES / f"{kind}.json").read_bytes(), PUBLIC)
