"""The sealed vault: who can open it, what its sizes tell, and what is said of a damaged one."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import re
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vault_cases import (
    IDENTITY,
    OTHER_IDENTITY,
    OTHER_SECRET,
    PUBLIC,
    SECRET,
    SealedRun,
    sealed_run,
)

from redactor.audit import read
from redactor.audit.age import IdentityInvalid, seal
from redactor.audit.folder import VAULT
from redactor.audit.slots import check_vault
from redactor.audit.vault import (
    LEAST,
    MAGIC,
    MAGIC_1,
    SealedDocument,
    Slot,
    Vault,
    VaultDamaged,
    VaultTooNew,
    padded,
)
from redactor.errors import OutputError, SourceChanged
from redactor.files import Draft

TEXT = "Zebediah Quixworthy met Delphine Marchetti.\n"
SPANS = ((0, 19), (24, 42))


@pytest.fixture
def run(tmp_path: Path) -> SealedRun:
    return sealed_run(
        tmp_path, {"a.txt": (TEXT.encode(), SPANS), "b/c.txt": (b"Ann.\n", ((0, 3),))}
    )


def slot_of(run: SealedRun, name: str = "a.txt") -> Slot:
    [slot] = [
        str(record["vault"])
        for record in read(run.audit)
        if record["type"] == "document" and record["document"] == run.id(name)
    ]
    return Slot(run.audit, slot)


def digests(run: SealedRun) -> dict[str, str]:
    return {str(r["id"]): str(r["vault"]) for r in read(run.audit) if r["type"] == "redaction"}


# --- what is in it --------------------------------------------------------------------------


def test_what_was_sealed_is_read_back_by_who_has_the_identity(run):
    slot = slot_of(run)
    about, key = slot.document(IDENTITY)
    assert (about.name, about.path, about.entries, key) == ("a.txt", "/src/a.txt", 2, PUBLIC)
    assert about.bytes == len(TEXT)
    assert [one.text for one in slot.redactions(IDENTITY)] == [
        "Zebediah Quixworthy",
        "Delphine Marchetti",
    ]
    one, _ = slot.redaction(digests(run)[run.id("a.txt", 2)], IDENTITY)
    assert (one.text, one.path) == ("Delphine Marchetti", ())
    [edit] = one.edits
    assert (edit.start, edit.end, edit.replacement) == (24, 42, "[PERSON_2]")


def test_the_source_itself_is_sealed_as_one_age_file_at_the_end(run):
    opened = io.BytesIO()
    slot_of(run).source(IDENTITY, opened)
    assert opened.getvalue() == run.sources["a.txt"]
    with pytest.raises(IdentityInvalid, match="opens nothing"):
        slot_of(run).source(OTHER_IDENTITY, io.BytesIO())


def test_a_slot_of_format_1_is_still_read(run):
    """Its entries held the removed bytes, and the source was not sealed."""
    entry = {
        "id": "d:1",
        "entity": "X",
        "text": "é",
        "raw": "w6k=",
        "source": [2, 4],
        "target": [2, 9],
    }
    about = {"document": "d", "name": "n", "path": "p", "sha256": "s", "bytes": 4}
    about |= {"encoding": "utf-8", "entries": 1}
    sealed = [seal(padded(one), [PUBLIC]) for one in (about, entry)]
    data = MAGIC_1 + b"".join(len(one).to_bytes(4, "big") + one for one in sealed)
    name = hashlib.sha256(data).hexdigest()
    (run.audit / VAULT / name).write_bytes(data)
    slot = Slot(run.audit, name)
    slot.require_whole()
    assert not slot.holds_source()
    assert slot.document(IDENTITY)[0].entries == 1
    [one] = slot.redactions(IDENTITY)
    assert (one.text, one.raw, one.target) == ("é", "é".encode(), (2, 9))


def test_every_entry_is_an_age_file_of_json_that_needs_nothing_of_ours(run):
    data = (run.audit / VAULT / slot_of(run).name).read_bytes()
    rest, found = data.removeprefix(MAGIC), []
    while size := int.from_bytes(rest[:4], "big"):
        found.append(json.loads(pyrage.decrypt(rest[4 : 4 + size], [SECRET])))
        rest = rest[4 + size :]
    assert [one.get("id", one.get("document")) for one in found] == [
        run.id("a.txt"),
        run.id("a.txt", 1),
        run.id("a.txt", 2),
    ]


def test_who_was_not_meant_opens_nothing(run):
    with pytest.raises(IdentityInvalid, match="opens nothing"):
        slot_of(run).document(OTHER_IDENTITY)


def test_several_people_can_each_open_it(tmp_path):
    both = (PUBLIC, str(OTHER_SECRET.to_public()))
    run = sealed_run(tmp_path, {"a.txt": (TEXT.encode(), SPANS)}, to=both)
    opened = [slot_of(run).document(one) for one in (IDENTITY, OTHER_IDENTITY)]
    assert [key for _, key in opened] == list(both)
    assert opened[0][0] == opened[1][0]


def test_no_plaintext_reaches_a_file(tmp_path, monkeypatch):
    """Not even for a moment: all that is written to a file goes through a draft."""
    written: list[bytes] = []
    write = Draft.write
    monkeypatch.setattr(
        Draft, "write", lambda self, data: written.append(data) or write(self, data)
    )
    run = sealed_run(tmp_path, {"a.txt": (TEXT.encode(), SPANS)})
    assert b"".join(written) == run.slots[0].read_bytes()
    assert b"Quixworthy" not in b"".join(written)
    assert b"/src" not in b"".join(written)
    assert (run.slots[0].stat().st_mode & 0o777, run.slots[0].parent.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )


def test_nothing_of_it_is_in_a_repr(run):
    slot = slot_of(run)
    shown = repr([slot.document(IDENTITY), *slot.redactions(IDENTITY), IDENTITY])
    assert "Quixworthy" not in shown
    assert "/src" not in shown
    assert str(SECRET) not in shown


def test_a_vault_goes_to_workers():
    vault = Vault(Path("x"), (PUBLIC,))
    assert pickle.loads(pickle.dumps(vault)) == vault


# --- what its size tells ---------------------------------------------------------------------


def sealed_fields(text: str) -> dict[str, object]:
    return {"id": "ab" * 12 + ":1", "entity": "UK_NHS", "text": text, "path": [], "edits": []}


@given(st.text(st.characters(codec="latin-1"), max_size=40))
def test_values_of_any_usual_length_have_one_size(text):
    assert len(padded(sealed_fields(text))) == LEAST


@given(st.integers(1, 5000))
def test_longer_ones_tell_a_power_of_two_alone(length):
    size, needed = len(padded({"text": "x" * length})), len('{"text": ""}') + length
    assert size.bit_count() == 1
    assert needed <= size < max(2 * needed, LEAST + 1)


def payload(entry: bytes) -> int:
    """Return the length of an age file without its header, whose length is random."""
    return len(entry) - re.search(rb"\n--- [^\n]+\n", entry).end()


def test_the_ciphertext_does_not_tell_the_length(tmp_path):
    names = ("Li", "Maximiliana Featherstonehaugh-Cholmondeley")
    run = sealed_run(tmp_path, {f"{n}.txt": (n.encode(), ((0, len(n)),)) for n in names})
    sizes = [[payload(entry) for entry in slot_of(run, f"{name}.txt").entries()] for name in names]
    assert sizes[0] == sizes[1]


# --- damage ----------------------------------------------------------------------------------


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def ends(run: SealedRun) -> list[int]:
    """Return where each entry of the first document's slot ends."""
    at, found = len(MAGIC), []
    for entry in slot_of(run).entries():
        at += 4 + len(entry)
        found.append(at)
    return found


# what is done to a slot of two entries, and words of what is said
DAMAGES = {
    "gone": (lambda _data, _ends, _other: None, "is missing"),
    "emptied": (lambda _data, _ends, _other: b"", "damaged"),
    "its first line": (lambda data, _ends, _other: flipped(data, 3), "damaged"),
    "the document's entry": (lambda data, ends, _other: flipped(data, ends[0] - 1), "outside"),
    "the first entry": (lambda data, ends, _other: flipped(data, ends[0] + 60), ":1 is not"),
    "the second entry": (lambda data, ends, _other: flipped(data, ends[2] - 1), ":2 is not"),
    "one entry for another": (
        lambda data, ends, _other: data[: ends[0]] + data[ends[1] :] + data[ends[0] : ends[1]],
        ":1 is not",
    ),
    "cut at an entry": (lambda data, ends, _other: data[: ends[1]], "1 entries are gone"),
    "cut in an entry": (lambda data, ends, _other: data[: ends[2] - 1], "1 entries are gone"),
    "cut in a length": (lambda data, ends, _other: data[: ends[1] + 2], "1 entries are gone"),
    "a length": (lambda data, ends, _other: flipped(data, ends[0]), "2 entries are gone"),
    "more": (lambda data, _ends, _other: data + b"x", "outside"),
    "the source": (lambda data, _ends, _other: flipped(data, len(data) - 1), "outside"),
    "cut in the source": (lambda data, _ends, _other: data[:-1], "outside"),
    "cut before the source": (lambda data, ends, _other: data[: ends[2] + 4], "outside"),
    "another source": (lambda data, ends, _other: resealed(data, ends), "outside"),
    "another document's": (lambda _data, _ends, other: other, ":1 is not"),
    "sealed again by others": (lambda data, ends, _other: forged(data, ends), ":1 is not"),
}


def forged(data: bytes, ends: list[int]) -> bytes:
    """Return the slot with the first entry sealed anew: its key is public, so anybody can."""
    entry = seal(padded({"id": "x", "text": "Somebody Else"}), [PUBLIC])
    return data[: ends[0]] + len(entry).to_bytes(4, "big") + entry + data[ends[1] :]


def resealed(data: bytes, ends: list[int]) -> bytes:
    """Return the slot with another source: anybody can seal one."""
    return data[: ends[2] + 4] + seal(b"Ann met Bob.\n", [PUBLIC])


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named_without_an_identity_and_opens_nothing(run, name):
    damage, words = DAMAGES[name]
    slot = slot_of(run)
    path = run.audit / VAULT / slot.name
    data = damage(
        path.read_bytes(), ends(run), next(p for p in run.slots if p != path).read_bytes()
    )
    path.unlink() if data is None else path.write_bytes(data)
    report = check_vault(run.audit)
    [sentence] = report.damage
    assert words in sentence
    assert run.id("a.txt") in sentence
    with pytest.raises(VaultDamaged):
        slot.require_whole()


def test_an_edited_entry_does_not_open_and_the_others_do(run):
    slot = slot_of(run)
    path = run.audit / VAULT / slot.name
    path.write_bytes(flipped(path.read_bytes(), ends(run)[1] - 1))
    known = digests(run)
    with pytest.raises(VaultDamaged, match="no such entry"):
        slot.redaction(known[run.id("a.txt", 1)], IDENTITY)
    assert slot.redaction(known[run.id("a.txt", 2)], IDENTITY)[0].text == "Delphine Marchetti"


def test_a_whole_vault_and_none(run, tmp_path):
    assert check_vault(run.audit).sentence == (
        "the vault is whole: 2 slots are as they were signed"
    )
    none = sealed_run(tmp_path / "none", {})
    assert check_vault(none.audit) is None


def test_a_slot_that_no_record_names_is_counted(run):
    (run.audit / VAULT / ("ab" * 32)).write_bytes(b"what an interrupted run left")
    report = check_vault(run.audit)
    assert (report.damage, report.unnamed) == ((), 1)
    assert "1 slots are named by no record" in report.sentence


def test_a_newer_vault_is_said_to_be_newer(run):
    slot = slot_of(run)
    path = run.audit / VAULT / slot.name
    path.write_bytes(path.read_bytes().replace(b"vault 2\n", b"vault 3\n"))
    with pytest.raises(VaultTooNew):
        check_vault(run.audit)
    with pytest.raises(VaultTooNew):
        slot.document(IDENTITY)


def test_a_slot_behind_a_link_is_not_read(run, tmp_path):
    path = run.audit / VAULT / slot_of(run).name
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert "is missing" in check_vault(run.audit).damage[0]


ENTRY = {"id": "x", "entity": "X", "text": "x", "raw": "eA==", "source": [0, 1], "target": [0, 1]}
EDITED = {"id": "x", "entity": "X", "text": "x", "path": [], "edits": [[0, 0, 1, "y"]]}
ABOUT = {"document": "d", "name": "n", "path": "p", "sha256": "s", "bytes": 1}
# what a slot holds that was sealed by a program gone wrong: nothing of it is believed
ODD = {
    "no JSON": b"x" * LEAST,
    "no object": b"[1]",
    "too deep": b"[" * 100_000,
    "a member missing": b'{"id": "x"}',
    "raw that is none": json.dumps(ENTRY | {"raw": "*"}).encode(),
    "a span that is none": json.dumps(ENTRY | {"target": [0]}).encode(),
    "no edits": json.dumps(EDITED | {"edits": None}).encode(),
    "an edit of three": json.dumps(EDITED | {"edits": [[0, 0, 1]]}).encode(),
    "an edit of words": json.dumps(EDITED | {"edits": [["a", 0, 1, "x"]]}).encode(),
    "a path of words": json.dumps(EDITED | {"path": ["a"]}).encode(),
    "layouts that are none": json.dumps(ABOUT | {"layouts": [[[1], "text"]]}).encode(),
    "omitted parts that are none": json.dumps(ABOUT | {"omitted": 1}).encode(),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_entries_are_refused(tmp_path, name):
    (tmp_path / VAULT).mkdir()
    entry = seal(ODD[name], [PUBLIC])
    framed = len(entry).to_bytes(4, "big") + entry
    (tmp_path / VAULT / "odd").write_bytes(MAGIC + framed * 2 + bytes(4))
    slot = Slot(tmp_path, "odd")
    with pytest.raises(VaultDamaged, match="not sound"):
        list(slot.redactions(IDENTITY))
    with pytest.raises(VaultDamaged, match="not sound"):
        slot.document(IDENTITY)


def test_entries_that_are_as_they_should_be_are_taken(tmp_path):
    (tmp_path / VAULT).mkdir()
    entries = [seal(json.dumps(one).encode(), [PUBLIC]) for one in (ABOUT, EDITED, ENTRY)]
    framed = b"".join(len(entry).to_bytes(4, "big") + entry for entry in entries)
    (tmp_path / VAULT / "even").write_bytes(MAGIC + framed + bytes(4))
    slot = Slot(tmp_path, "even")
    assert slot.document(IDENTITY)[0].document == "d"
    assert [one.text for one in slot.redactions(IDENTITY)] == ["x", "x"]


# what becomes of the source behind the entries, which no digest was asked about
UNSOUND = {
    "nothing": lambda _sealed: b"",
    "half a header": lambda sealed: sealed[:40],
    "no end": lambda sealed: sealed[:-1],
    "a changed byte": lambda sealed: flipped(sealed, len(sealed) - 20),
    "more than it": lambda sealed: sealed + b"x",
    "no age file": lambda sealed: b"x" * len(sealed),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_a_source_that_is_no_sound_age_file_is_refused(run, name):
    slot = slot_of(run)
    path, at = run.audit / VAULT / slot.name, ends(run)[2] + 4
    data = path.read_bytes()
    path.write_bytes(data[:at] + UNSOUND[name](data[at:]))
    with pytest.raises(VaultDamaged, match="not sound"):
        slot.source(IDENTITY, io.BytesIO())


# --- sealing that fails ----------------------------------------------------------------------


def about(source: bytes) -> SealedDocument:
    return SealedDocument("d", "n", "p", hashlib.sha256(source).hexdigest(), len(source))


class Failing(io.BytesIO):
    """A source whose reading ends, after its first block, in an error."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(bytes(1 << 20))
        self._error = error

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise self._error
        return super().read(size)


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_what_ends_the_reading_of_a_source_is_raised_as_it_is(tmp_path, error):
    """The library that encrypts says EncryptError in its place."""
    with pytest.raises(type(error)):
        Vault(tmp_path, (PUBLIC,)).seal(about(b""), Failing(error), [])
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_while_the_source_is_sealed_is_an_output_error(tmp_path, monkeypatch):
    write = Draft.write

    def full(self: Draft, data: bytes) -> None:
        if len(data) > LEAST + (1 << 12):  # more than an entry: a piece of the source
            raise OutputError("cannot write the slot: No space left on device")
        write(self, data)

    monkeypatch.setattr(Draft, "write", full)
    source = bytes(1 << 20)
    with pytest.raises(OutputError, match="No space left"):
        Vault(tmp_path, (PUBLIC,)).seal(about(source), io.BytesIO(source), [])
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_not_the_one_that_was_redacted_is_not_sealed(tmp_path):
    with pytest.raises(SourceChanged):
        Vault(tmp_path, (PUBLIC,)).seal(about(b"Ann."), io.BytesIO(b"Bob."), [])
    assert list(tmp_path.iterdir()) == []


def test_a_slot_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(OutputError):
        Vault(tmp_path / "nowhere", (PUBLIC,)).seal(about(b"x"), io.BytesIO(b"x"), [])
