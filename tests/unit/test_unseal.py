"""Revealing and restoring: exactly what was there, to who may, and never without a record."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from vault_cases import (
    IDENTITY,
    KEY,
    OTHER_IDENTITY,
    OTHER_SECRET,
    PUBLIC,
    PURPOSE,
    SealedRun,
    files,
    order,
    sealed_run,
)

from redactor.audit import (
    AuditLog,
    DocumentRecord,
    LogDamaged,
    PublicKey,
    RedactionRecord,
    Scope,
    check,
    read,
    source_mac,
)
from redactor.audit.age import IdentityInvalid, seal
from redactor.audit.folder import VAULT
from redactor.audit.vault import LENGTH_BYTES, MAGIC, Slot, VaultDamaged
from redactor.errors import ExitCode, KeyFileError, OutputError, UsageError
from redactor.files import Draft, Spool
from redactor.formats.rewriting import TextDigest
from redactor.keys import Key
from redactor.model import Action, Status
from redactor.unseal import Justification, restore, reveal

TEXT = "Zebediah Quixworthy met Delphine Marchetti, and Zebediah Quixworthy left.\r\n"
SPANS = ((0, 19), (24, 42), (48, 67))


@pytest.fixture
def run(tmp_path: Path) -> SealedRun:
    documents = {"a.txt": (TEXT.encode(), SPANS), "in/b.txt": (b"Ann wrote.\n", ((0, 3),))}
    return sealed_run(tmp_path, documents)


def opened(sealed: SealedRun, redaction: str, **changes):
    given = {"identity": IDENTITY, "key": KEY, "justification": PURPOSE} | changes
    return reveal(sealed.audit, redaction, **given)


def records(run: SealedRun, kind: str) -> list[dict[str, object]]:
    assert check(run.audit, PublicKey.of(KEY)).damage is None
    return [record for record in read(run.audit) if record["type"] == kind]


# --- reveal ----------------------------------------------------------------------------------


def test_an_entry_is_revealed_and_the_log_says_to_whom(run):
    assert opened(run, run.id("a.txt", 2)).text == "Delphine Marchetti"
    [record] = records(run, "reveal")
    assert (record["id"], record["document"]) == (run.id("a.txt", 2), run.id("a.txt"))
    assert (record["who"], record["reason"]) == ("Justine Reader", "Appeal 2031-17")
    assert record["identity"] == PUBLIC
    assert record["revealed"].endswith("Z")
    assert b"Marchetti" not in (run.audit / "audit.jsonl").read_bytes()


def test_no_record_no_reveal(run, monkeypatch):
    def full(*_):
        raise OutputError("the disk is full")

    monkeypatch.setattr(AuditLog, "append", full)
    with pytest.raises(OutputError):
        opened(run, run.id("a.txt", 2))
    with pytest.raises(OutputError):
        raise restore(order(run)).problems[0].error
    assert files(run.base / "to") == {}


# what is wrong: the redaction, what is given, and the error
REFUSED = {
    "no such redaction": (99, {}, UsageError),
    "another key": (1, {"key": Key(bytes(32))}, KeyFileError),
    "an identity that opens nothing": (1, {"identity": OTHER_IDENTITY}, IdentityInvalid),
    "the name itself": (
        2,
        {"justification": Justification("x", "Is it Delphine Marchetti?")},
        UsageError,
    ),
    "in small letters": (
        2,
        {"justification": Justification("x", "delphine marchetti asked")},
        UsageError,
    ),
    "grouped otherwise": (
        2,
        {"justification": Justification("x", "delphinemarchetti")},
        UsageError,
    ),
    "in another script": (
        2,
        {"justification": Justification("x", "Ｄelphine Ｍarchetti")},
        UsageError,
    ),
    "in base64": (2, {"justification": Justification("x", "RGVscGhpbmUgTWFyY2hldHRp")}, UsageError),
    "letter by letter": (
        2,
        {"justification": Justification("x", "D e l p h i n e M a r c h e t t i")},
        UsageError,
    ),
    "who is the removed": (
        2,
        {"justification": Justification("Delphine Marchetti", "x")},
        UsageError,
    ),
    "another removed name": (
        2,
        {"justification": Justification("x", "Zebediah Quixworthy asked")},
        UsageError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_no_trace(run, name):
    number, given, error = REFUSED[name]
    before = files(run.audit)
    with pytest.raises(error) as caught:
        opened(run, run.id("a.txt", number), **given)
    assert "archetti" not in str(caught.value)
    after = files(run.audit)
    assert {n: d for n, d in after.items() if n != "audit.lock"} == {
        n: d for n, d in before.items() if n != "audit.lock"
    }


def test_a_reason_may_hold_words_that_only_begin_alike(run):
    opened(
        run, run.id("in/b.txt", 1), justification=Justification("x", "The annual report of Annex 3")
    )
    with pytest.raises(UsageError):
        opened(run, run.id("in/b.txt", 1), justification=Justification("x", "Because of Ann"))


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("x", ""),
        ("", "x"),
        ("x", " "),
        ("x", "a\nb"),
        ("x", "a" * 501),
        ("x", "\x1b[2J"),
        ("x\r", "y"),
    ],
)
def test_a_purpose_is_one_line(who, reason):
    with pytest.raises(UsageError):
        Justification(who, reason)


def test_a_damaged_log_is_not_built_on(run):
    path = run.audit / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"entity":"PERSON"', b'"entity":"PERSOM"', 1))
    with pytest.raises(LogDamaged):
        opened(run, run.id("a.txt", 1))
    with pytest.raises(LogDamaged):
        restore(order(run))


def again_records(run: SealedRun):
    for fields in read(run.audit, KEY):
        kind = fields.pop("type")
        if kind == "document":
            fields["status"] = Status(fields["status"])
            for name in ("counts", "not_examined"):
                fields[name] = ()
            yield DocumentRecord(**fields)
        elif kind == "redaction":
            fields |= {"action": Action(fields["action"]), "scope": Scope(fields["scope"])}
            fields["because"] = tuple(fields["because"])
            yield RedactionRecord(**fields)


# --- restore ---------------------------------------------------------------------------------


def test_sources_come_back_byte_for_byte_into_a_private_folder(run):
    done = restore(order(run))
    assert (done.restored, done.problems, done.exit_code) == (("a.txt", "in/b.txt"), (), 0)
    assert files(run.base / "to") == run.sources
    assert (run.base / "to").stat().st_mode & 0o777 == 0o700
    assert (run.base / "to/a.txt").stat().st_mode & 0o777 == 0o600
    first, _ = records(run, "restore")
    assert first["copy"] == hashlib.sha256(run.copy("a.txt")).hexdigest()
    plain = hashlib.sha256(run.sources["a.txt"]).hexdigest()
    assert first["result"] == source_mac(KEY, plain)
    assert plain not in (run.audit / "audit.jsonl").read_text()


def test_chosen_entries_go_back_and_the_rest_stays_redacted(run):
    before = files(run.out)
    done = restore(order(run, run.id("a.txt", 3), run.id("a.txt", 2)))
    assert done.restored == ("a.txt",)
    assert files(run.base / "to") == {
        "a.txt": b"[PERSON_1] met Delphine Marchetti, and Zebediah Quixworthy left.\r\n"
    }
    [record] = records(run, "restore")
    assert record["only"] == [run.id("a.txt", 2), run.id("a.txt", 3)]
    assert files(run.out) == before


def test_a_document_is_chosen_by_its_id(run):
    assert restore(order(run, run.id("in/b.txt"))).restored == ("in/b.txt",)
    assert files(run.base / "to") == {"in/b.txt": b"Ann wrote.\n"}


@pytest.mark.parametrize("only", ["nothing", "00" * 12, "00" * 12 + ":1"])
def test_ids_that_the_log_does_not_have_are_refused(run, only):
    with pytest.raises(UsageError, match=only):
        restore(order(run, only))
    assert not (run.base / "to").exists()


# what is done to the run, who is refused and how, and who comes back all the same
def _change_copy(run):
    (run.out / "a.txt").write_bytes(run.copy("a.txt") + b"!")


def _lose_copy(run):
    (run.out / "a.txt").unlink()


def _add_copy(run):
    (run.out / "new.txt").write_bytes(b"New.\n")


def _lose_slot(run):
    run.slots[_slot_number(run)].unlink()


def _edit_slot(run):
    path = run.slots[_slot_number(run)]
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def _cut_slot(run):
    path = run.slots[_slot_number(run)]
    path.write_bytes(path.read_bytes()[:-1])


def _slot_number(run) -> int:
    return [path.name for path in run.slots].index(slot_of(run).name)


def slot_of(run) -> Slot:
    """Return the slot of the first document."""
    [slot] = [
        str(r["vault"])
        for r in read(run.audit)
        if r["type"] == "document" and r["document"] == run.id("a.txt")
    ]
    return Slot(run.audit, slot)


PROBLEMS = {
    "a changed copy": (_change_copy, "a.txt", OutputError, "not the copy that was recorded"),
    "a lost copy": (_lose_copy, None, OutputError, "missing"),
    "a copy of nobody's": (_add_copy, "new.txt", OutputError, "in no record"),
    "a lost slot": (_lose_slot, "a.txt", VaultDamaged, "missing"),
    "an edited slot": (_edit_slot, "a.txt", VaultDamaged, "not the one that was signed"),
    "a cut slot": (_cut_slot, "a.txt", VaultDamaged, "not the one that was signed"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_not_as_recorded_is_refused_by_name_and_the_others_come_back(run, name):
    damage, who, error, words = PROBLEMS[name]
    damage(run)
    done = restore(order(run))
    [problem] = done.problems
    assert problem.name == (who or run.id("a.txt"))
    assert isinstance(problem.error, error)
    assert words in str(problem.error)
    assert done.exit_code is error.exit_code
    assert "in/b.txt" in done.restored
    assert files(run.base / "to") == {name: run.sources[name] for name in done.restored}


def test_an_identity_that_opens_nothing_writes_nothing(run):
    with pytest.raises(IdentityInvalid):
        restore(order(run, identity=OTHER_IDENTITY))
    assert not (run.base / "to").exists()
    assert records(run, "restore") == []


def test_one_sealed_to_others_is_a_problem_of_its_own(run, tmp_path):
    other = str(OTHER_SECRET.to_public())
    more = sealed_run(tmp_path / "more", {"c.txt": (b"Ida left.\n", ((0, 3),))}, to=[other])
    for slot in more.slots:
        shutil.copy(slot, run.audit / VAULT)
    run.log.append(r for r in again_records(more))
    shutil.copy(more.out / "c.txt", run.out)
    done = restore(order(run))
    assert done.restored == ("a.txt", "in/b.txt")
    assert [(p.name, p.error.exit_code) for p in done.problems] == [("c.txt", ExitCode.CONFIG)]


def test_a_source_that_does_not_have_the_sealed_digest_is_refused(run):
    """As it would be from a program gone wrong: the slot is the one that the log names."""
    path = run.audit / VAULT / str(slot_of(run).name)
    data = path.read_bytes()
    at = len(MAGIC) + sum(LENGTH_BYTES + len(entry) for entry in slot_of(run).entries())
    data = data[: at + LENGTH_BYTES] + seal(TEXT.replace("met", "saw").encode(), [PUBLIC])
    name = hashlib.sha256(data).hexdigest()
    (run.audit / VAULT / name).write_bytes(data)
    again = [r for r in again_records(run) if r.document == run.id("a.txt")]
    run.log.append([replace(r, vault=name) if r.type == "document" else r for r in again])
    for only in ((), (run.id("a.txt", 2),)):
        [problem] = restore(order(run, *only, to=run.base / f"to{len(only)}")).problems
        assert isinstance(problem.error, VaultDamaged)
        assert "source" in str(problem.error)
        assert "a.txt" not in files(run.base / f"to{len(only)}")


@pytest.mark.parametrize("only", [(), (2,)], ids=["whole", "one place"])
def test_a_disk_that_is_full_is_no_damage_of_the_vault(run, monkeypatch, only):
    def full(*_):
        raise OutputError("cannot write: No space left on device")

    monkeypatch.setattr(Draft, "write", full)
    monkeypatch.setattr(Spool, "write", full)
    ids = [run.id("a.txt", number) for number in only] or [run.id("a.txt")]
    [problem] = restore(order(run, *ids)).problems
    assert isinstance(problem.error, OutputError)
    assert files(run.base / "to") == {}
    assert records(run, "restore") == []


def test_a_copy_that_would_read_otherwise_is_not_restored(run, monkeypatch):
    """What is written with some edits is read back, as a copy is when it is redacted."""
    numbers = count()
    monkeypatch.setattr(TextDigest, "hexdigest", lambda _: str(next(numbers)))
    [problem] = restore(order(run, run.id("a.txt", 2))).problems
    assert "does not read" in str(problem.error)
    assert files(run.base / "to") == {}


def test_a_run_without_a_vault_says_so(tmp_path):
    run = sealed_run(tmp_path, {"a.txt": (TEXT.encode(), SPANS)})
    run.log.append([replace(r, vault=None) for r in again_records(run)])
    [problem] = restore(order(run)).problems
    assert "no vault" in str(problem.error)
    with pytest.raises(UsageError, match="no vault"):
        opened(run, run.id("a.txt", 1))


@pytest.mark.parametrize("to", ["out", "out/inner", "out.audit", "out.audit/x"])
def test_nothing_is_restored_among_the_copies(run, to):
    with pytest.raises(UsageError, match="inside"):
        restore(order(run, to=run.base / to))


def test_nothing_is_restored_into_a_folder_in_use(run):
    (run.base / "to").mkdir()
    (run.base / "to/mine").write_text("precious")
    with pytest.raises(OutputError, match="not empty"):
        restore(order(run))


def test_a_reason_that_tells_is_refused_before_anything_is_written(run):
    with pytest.raises(UsageError, match="holds what was removed"):
        restore(order(run, justification=Justification("x", "For Delphine Marchetti")))
    assert not (run.base / "to").exists()


def test_nothing_half_written_is_left(run, monkeypatch):
    def dies(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("redactor.files.os.replace", dies)
    with pytest.raises(KeyboardInterrupt):
        restore(order(run))
    assert files(run.base / "to") == {}
