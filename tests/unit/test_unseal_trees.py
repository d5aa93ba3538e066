"""What is sealed of documents of every format, and of documents in documents, comes back."""

from __future__ import annotations

import base64
import errno
import gzip
import io
import json
import os
import resource
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
import pyarrow as pa
import pytest
from pyarrow import parquet
from vault_cases import IDENTITY, KEY, PUBLIC

from redactor.api import prepare_policy
from redactor.audit import AuditLog, PublicKey, check, read
from redactor.audit.folder import VAULT
from redactor.audit.slots import check_vault
from redactor.audit.vault import Sealed, SealedDocument, SealedRedaction, Slot, Vault
from redactor.errors import ExitCode, OutputError
from redactor.files import PRIVATE_FOLDER, Draft, make_folder
from redactor.formats import FORMATS
from redactor.model import Job, Outcome, Policy, Status
from redactor.pipeline import RunContext, redact
from redactor.unseal import Justification, RestoreRequest, restore
from redactor.unseal.rewriting import rewrite_source

PURPOSE = Justification("Justine Reader", "Appeal 2031-17")
LETTER = "Dear Ilse Marsh,\r\nTeodor Vance called from 646-555-0187.\r\n\r\nYours, Kofi Mensah\r\n"
PAGE = """<!DOCTYPE html><meta charset=utf-8><title>News</title>
<p>Councillor <b>Teodor</b> <i>Vance</i> wrote to teodor<span></span>.vance@<b>example</b>.org.
<img src=x.png alt="Photo of Teodor Vance"><!-- editor: Ilse Marsh, 646-555-0187 -->
"""
MAIL = b"""From: =?utf-8?Q?Teodor_Vance?= <teodor.vance@example.org>
To: Ilse Marsh <ilse.marsh@example.net>
Subject: from Teodor Vance
Message-ID: <1.teodor.vance@mail.example.org>
Content-Transfer-Encoding: quoted-printable

Dear Ilse Marsh, teodor.vance@exa=
mple.org is the address of Teodor Vance.
"""
CALM = "The tide was low and the harbour was empty.\n"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="
)
SOUND = b"OggS\0...."
STORE = b"SQLite format 3\0...."


def zipped(members: Mapping[str, bytes | str], comment: bytes = b"") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), content)
        archive.comment = comment
    return data.getvalue()


def printed(line: str) -> bytes:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pdf.make_stream(f"BT /F 12 Tf 20 99 Td ({line}) Tj ET".encode())
        data = io.BytesIO()
        pdf.save(data, deterministic_id=True)
    return data.getvalue()


INNER = zipped({"Teodor_Vance.txt": LETTER, "notes.txt": CALM}, b"Packed by Kofi Mensah")


def in_parquet(columns: dict[str, list[str]]) -> bytes:
    """Return a table as a Parquet file."""
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


SOURCES = {
    "a text": ("letter.txt", LETTER.encode()),
    "a wide text with a mark": ("wide.txt", f"\ufeff{LETTER}".encode("utf-16-le")),
    "a text without redactions": ("calm.txt", CALM.encode()),
    "an empty text": ("empty.txt", b""),
    "a mailbox": ("mail.mbox", b"From teodor.vance@example.org Tue Nov  3 10:11:12 2026\n" + MAIL),
    "a page": ("page.html", PAGE.encode()),
    "a record": ("record.json", json.dumps({"call": 14155550142, "by": [LETTER]}).encode()),
    "a table": ("table.csv", f'who,what\nTeodor Vance,"{LETTER}"\n'.encode()),
    "a PDF": ("page.pdf", printed("Teodor Vance called Ilse Marsh from 646-555-0187.")),
    "a ZIP of a page, a text and a ZIP": (
        "letters.zip",
        zipped(
            {
                "page.html": PAGE,
                "letter.txt": LETTER,
                "plain.txt": CALM,
                "inner.zip": INNER,
                "photo.png": PICTURE,
                "sound.ogg": SOUND,
            }
        ),
    ),
    "a ZIP that lost a member, and one inside it": (
        "partly.zip",
        zipped(
            {
                "store.db": STORE,
                "letter.txt": LETTER,
                "in.zip": zipped({"x.db": STORE, "page.html": PAGE}),
            }
        ),
    ),
}
CASES = Path(__file__).parents[1] / "cases"
SOURCES |= {
    name: (Path(path).name, (CASES / path).read_bytes())
    for name, path in {
        "an XML document": "xml/pandoc.tei",
        "a Word document": "office/python_docx.docx",
        "an OpenDocument text": "office/libreoffice.odt",
        "a book": "office/pandoc.epub",
        "an RTF document": "rtf/pandoc.rtf",
        "a contact": "records/v4.vcf",
        "subtitles": "subtitles/film.srt",
        "a tar archive": "tar/gnu-tar-pax.tar",
        "a web archive, compressed": "warc/wget.warc.gz",
        "a packed web archive": "wacz/py-wacz.wacz",
        "an index of a web archive": "web-index/cdxj-indexer.cdxj",
    }.items()
}
SOURCES["a compressed text"] = ("letter.txt.gz", gzip.compress(LETTER.encode(), mtime=0))
SOURCES["a Parquet file"] = ("letters.parquet", in_parquet({"who": ["Teodor Vance", LETTER]}))
NAMES = {name: file for name, (file, _) in SOURCES.items()}
LOST = "a ZIP that lost a member, and one inside it"


@dataclass(frozen=True)
class SealedDesk:
    """A folder whose documents are redacted one by one, and sealed."""

    folder: Path
    policy: Policy
    vault: Vault

    @classmethod
    def at(cls, folder: Path) -> SealedDesk:
        audit = folder / "out.audit"
        make_folder(audit / VAULT, mode=PRIVATE_FOLDER)
        audit.chmod(PRIVATE_FOLDER)
        AuditLog.create(audit, KEY)
        policy = replace(prepare_policy("default"), parts="omit")
        return cls(folder, policy, Vault(audit / VAULT, (PUBLIC,)))

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def audit(self) -> Path:
        return self.folder / "out.audit"

    def redact(self, name: str, data: bytes) -> Outcome:
        (self.folder / name).write_bytes(data)
        job = Job(self.folder / name, self.out / name, name)
        log = AuditLog.open(self.audit, KEY)
        return redact(job, RunContext(self.policy, KEY, log, vault=self.vault))

    @property
    def slots(self) -> list[Path]:
        return sorted((self.audit / VAULT).iterdir())

    def records(self, kind: str) -> list[dict[str, object]]:
        return [record for record in read(self.audit) if record["type"] == kind]

    def sealed(self, name: str) -> tuple[SealedDocument, list[SealedRedaction]]:
        for path in self.slots:
            slot = Slot(self.audit, path.name)
            about, _ = slot.document(IDENTITY)
            if about.name == name:
                return about, list(slot.redactions(IDENTITY))
        raise AssertionError("nothing was sealed")

    def restored(self, *only: str, to: Path) -> dict[str, bytes]:
        done = restore(RestoreRequest(self.out, self.audit, to, IDENTITY, KEY, PURPOSE, only))
        assert done.problems == ()
        return {name: (to / name).read_bytes() for name in done.restored}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> SealedDesk:
    desk = SealedDesk.at(tmp_path_factory.mktemp("desk"))
    for name, data in SOURCES.values():
        outcome = desk.redact(name, data)
        assert outcome.status is not Status.FAILED, outcome.error
    return desk


def rewritten(
    source: bytes, about: SealedDocument, redactions: list[SealedRedaction], at: Path
) -> bytes:
    with Draft(at / "x") as draft:
        rewrite_source(io.BytesIO(source), about, redactions, draft)
        with draft.read_back() as written:
            return written.read()


def texts_of(data: bytes) -> dict[str, str]:
    """Return the members of a ZIP that are no ZIP by the numbers that lead to them, as text."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for number, info in enumerate(archive.infolist(), 1):
            member = archive.read(info)
            if info.filename.endswith(".zip"):
                below = texts_of(member).items()
                found |= {f"{number}/{part}": text for part, text in below}
            else:
                found[str(number)] = member.decode("utf-8", "replace")
    return found


def test_every_format_is_among_the_documents(desk):
    layouts = {fmt for file in NAMES.values() for _, fmt, _ in desk.sealed(file)[0].layouts}
    assert layouts == {form.name for form in FORMATS}


@pytest.mark.parametrize("name", SOURCES)
def test_the_source_with_all_edits_is_the_copy(desk, tmp_path, name):
    file, source = SOURCES[name]
    about, every = desk.sealed(file)
    assert rewritten(source, about, every, tmp_path) == (desk.out / file).read_bytes()
    assert bool(every) == (file not in {"calm.txt", "empty.txt"})


def test_sources_come_back_byte_for_byte_also_those_that_were_not_examined(desk, tmp_path):
    assert desk.restored(to=tmp_path / "to") == dict(SOURCES.values())


def test_parts_are_named_by_their_places_in_the_source(desk):
    about, every = desk.sealed(NAMES[LOST])
    assert about.omitted == ((1,), (3, 1))
    assert {path for path, _, _ in about.layouts} == {(), (2,), (3,), (3, 2)}
    assert {one.path for one in every} == {(2,), (3, 2)}


# a ZIP, and a part of its copy in which one redaction is undone
INSIDE = {
    "a text": ("letters.zip", "2"),
    "a text in a ZIP in it": ("letters.zip", "4/1"),
    "a text behind a member that was left out": ("partly.zip", "1"),
}


@pytest.mark.parametrize("name", INSIDE)
def test_one_place_inside_goes_back_and_nothing_else_changes(desk, tmp_path, name):
    file, part = INSIDE[name]
    about, _ = desk.sealed(file)
    [place] = [
        record
        for record in desk.records("redaction")
        if record["document"] == about.document
        and (record["part"], record["entity"]) == (part, "PHONE_NUMBER")
    ]
    restored = desk.restored(str(place["id"]), to=tmp_path / "to")[file]
    before = texts_of((desk.out / file).read_bytes())
    text, start, end = before[part], int(str(place["start"])), int(str(place["end"]))
    assert text[start:end] == place["placeholder"]
    assert texts_of(restored) == before | {part: text[:start] + "646-555-0187" + text[end:]}
    with (
        zipfile.ZipFile(desk.out / file) as copy,
        zipfile.ZipFile(io.BytesIO(restored)) as written,
    ):
        assert written.namelist() == copy.namelist()


def test_the_name_of_a_member_goes_back_alone(desk, tmp_path):
    _, every = desk.sealed("letters.zip")
    [name] = [one for one in every if one.path == (4, 1) and one.edits[0].segment < 0]
    restored = desk.restored(name.id, to=tmp_path / "to")["letters.zip"]
    before = (desk.out / "letters.zip").read_bytes()
    assert texts_of(restored) == texts_of(before)
    assert b"Teodor_Vance.txt" not in names_inside(before)
    assert b"Teodor_Vance.txt" in names_inside(restored)


def names_inside(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inner = archive.read("inner.zip")
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        return [name.encode() for name in archive.namelist()]


def test_a_name_across_tags_goes_back_with_its_tags(desk, tmp_path):
    _, every = desk.sealed("page.html")
    [first] = [one for one in every if len(one.edits) > 1 and one.entity == "PERSON"]
    page = desk.restored(first.id, to=tmp_path / "to")["page.html"]
    assert b"Councillor <b>Teodor</b> <i>Vance</i> wrote to [EMAIL_ADDRESS_" in page
    assert b"Photo of [PERSON_" in page


@pytest.mark.parametrize("file", ["letter.txt", "wide.txt", "page.html", "letters.zip"])
def test_all_places_one_by_one_make_the_source(desk, tmp_path, file):
    _, every = desk.sealed(file)
    restored = desk.restored(*(one.id for one in every), to=tmp_path / "to")
    assert restored == {file: dict(SOURCES.values())[file]}


# --- sealing that fails ----------------------------------------------------------------------


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as a full disk does."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def require_unpublished(desk: SealedDesk) -> None:
    """Hold that a document left no copy, no slot, and one record that says that it failed."""
    assert not desk.out.exists() or list(desk.out.iterdir()) == []
    assert desk.slots == []
    assert [record["status"] for record in desk.records("document")] == ["failed"]
    assert desk.records("redaction") == []
    assert check(desk.audit, PublicKey.of(KEY)).damage is None
    assert check_vault(desk.audit) is None


def test_a_disk_that_is_full_before_the_source_is_sealed(tmp_path):
    """There is room for the copy, and for the entries: the source is larger by its wrapping."""
    desk = SealedDesk.at(tmp_path)
    data = LETTER.encode() + CALM.encode() * 500
    with room_for(len(data) + 500):
        outcome = desk.redact("letter.txt", data)
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.OUTPUT)
    assert os.strerror(errno.EFBIG) in outcome.error
    assert "Marsh" not in outcome.error
    require_unpublished(desk)
    assert desk.redact("letter.txt", data).status is Status.REDACTED
    assert len(desk.slots) == 1


class Touching(Vault):
    """A vault during whose sealing somebody writes to the source."""

    def seal(self, about: SealedDocument, *given: object) -> Sealed:
        """Change the source once it was sealed."""
        sealed = super().seal(about, *given)
        os.utime(about.path, (1, 1))
        return sealed


def test_a_source_that_changes_while_it_is_sealed_is_recorded_as_failed_alone(tmp_path):
    desk = SealedDesk.at(tmp_path)
    desk = replace(desk, vault=Touching(desk.vault.folder, desk.vault.recipients))
    outcome = desk.redact("letter.txt", LETTER.encode())
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.INPUT)
    assert "changed" in outcome.error
    require_unpublished(desk)


def test_a_log_that_cannot_be_written_costs_the_slot(tmp_path, monkeypatch):
    desk = SealedDesk.at(tmp_path)

    def full(*_: object) -> None:
        raise OutputError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "append", full)
        outcome = desk.redact("letter.txt", LETTER.encode())
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.OUTPUT)
    assert desk.slots == []
    assert list(desk.out.iterdir()) == []
