"""Vaults of format 1, by a run of version 0.1.0: what it sealed is still revealed and restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from redactor.audit import PublicKey, check, read
from redactor.audit.age import Identity
from redactor.audit.slots import check_vault
from redactor.audit.vault import MAGIC_1
from redactor.keys import Key
from redactor.unseal import Justification, RestoreRequest, restore, reveal
from redactor.verify import verify_output

CASE = Path(__file__).parent.parent / "cases/vault_1"
PURPOSE = Justification("J. Reader", "Appeal 2031-17")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The run in a folder of its own, private as it was."""
    shutil.copytree(CASE, tmp_path / "run")
    (tmp_path / "run/out.audit").chmod(0o700)
    return tmp_path / "run"


def key_of(run: Path) -> Key:
    return Key.load(run / "out.audit/key")


def identity_of(run: Path) -> Identity:
    return Identity.load(run / "reviewer.id", str)


def order(run: Path, *only: str) -> RestoreRequest:
    audit = run / "out.audit"
    return RestoreRequest(
        run / "out", audit, run / "to", identity_of(run), key_of(run), PURPOSE, only
    )


def redaction(run: Path, entity: str) -> str:
    [found] = [str(r["id"]) for r in read(run / "out.audit") if r.get("entity") == entity]
    return found


def test_its_slots_are_of_format_1():
    slots = sorted((CASE / "out.audit/vault").iterdir())
    assert [slot.read_bytes()[: len(MAGIC_1)] for slot in slots] == [MAGIC_1, MAGIC_1]


def test_its_log_its_vault_and_its_copies_verify(run):
    audit = run / "out.audit"
    assert check(audit, PublicKey.of(key_of(run))).damage is None
    assert check_vault(audit).sentence == "the vault is whole: 2 slots are as they were signed"
    assert verify_output(run / "out", audit, key_of(run)) == []


def test_an_entry_is_revealed(run):
    opened = reveal(
        run / "out.audit",
        redaction(run, "US_SSN"),
        identity=identity_of(run),
        key=key_of(run),
        justification=PURPOSE,
    )
    assert opened.text == "219-09-9981"


def test_its_sources_come_back_byte_for_byte(run):
    done = restore(order(run))
    assert (done.restored, done.problems) == (("calm.txt", "wide.txt"), ())
    for name in done.restored:
        assert (run / "to" / name).read_bytes() == (run / "letters" / name).read_bytes()


def test_a_chosen_place_goes_back_into_its_copy(run):
    done = restore(order(run, redaction(run, "US_SSN")))
    assert (done.restored, done.problems) == (("wide.txt",), ())
    copy = (run / "out/wide.txt").read_bytes().decode("utf-16-le")
    [placeholder] = [
        str(r["placeholder"]) for r in read(run / "out.audit") if r.get("entity") == "US_SSN"
    ]
    assert copy.count(placeholder) == 1
    expected = copy.replace(placeholder, "219-09-9981").encode("utf-16-le")
    assert (run / "to/wide.txt").read_bytes() == expected


def test_a_slot_that_was_edited_is_named_and_not_restored(run):
    [slot] = [s for s in (run / "out.audit/vault").iterdir() if s.stat().st_size > 2000]
    data = slot.read_bytes()
    slot.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    [damage] = check_vault(run / "out.audit").damage
    assert "the sealed entry of" in damage
    assert [p.name for p in restore(order(run)).problems] == ["wide.txt"]
