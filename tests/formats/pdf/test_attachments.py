"""Files attached to a PDF: each is redacted by its own format, or is not examined, by name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pikepdf
import pytest
from pdf_building import Array, Dictionary, Name, String, everything, new, saved, shown
from PIL import Image

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import OutputError, PartNotExamined
from redactor.formats.pdf import attachments
from redactor.keys import Key

KEY = Key(bytes(range(32)))
LETTER = b"Dear Teodor Vance, call +1 202 555 0142."


def photograph() -> bytes:
    data, about = io.BytesIO(), Image.Exif()
    about[0x010E] = "Teodor Vance"
    Image.new("RGB", (8, 8), "red").save(data, "JPEG", exif=about)
    return data.getvalue()


def packed() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("letter.txt", LETTER)
    return data.getvalue()


def paper(**files: bytes) -> pikepdf.Pdf:
    """Return a document with files attached; `a__txt` is the file `a.txt`."""
    pdf = new(shown("Dear Teodor Vance, see below."))
    for name, content in files.items():
        pdf.attachments[name.replace("__", ".")] = content
    return pdf


def files_of(data: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {name: one.get_file().read_bytes() for name, one in pdf.attachments.items()}


def test_attached_files_are_redacted_by_their_own_formats_to_any_depth(analyzer):
    inner = saved(paper(again__csv=b"name,phone\nTeodor Vance,+1 202 555 0142\n"))
    source = paper(
        letter__txt=LETTER, clean__txt=b"the minutes", a__zip=packed(), p__jpg=photograph()
    )
    source.attachments["inner.pdf"] = inner
    copy = redact_bytes(saved(source), analyzer, KEY)
    files = files_of(copy)
    assert files.keys() == {"letter.txt", "clean.txt", "a.zip", "p.jpg", "inner.pdf"}
    assert files["clean.txt"] == b"the minutes"
    assert files["letter.txt"].startswith(b"Dear [PERSON_")
    with zipfile.ZipFile(io.BytesIO(files["a.zip"])) as file:
        assert file.read("letter.txt") == files["letter.txt"]
    assert b"[PERSON_" in files_of(files["inner.pdf"])["again.csv"]
    for one in (copy, files["inner.pdf"], files["p.jpg"]):
        assert b"Vance" not in everything(one) if one.startswith(b"%PDF") else b"Vance" not in one


def test_a_file_in_a_note_is_redacted_and_what_is_said_of_it(analyzer):
    pdf = new(shown("a page"))
    attached = pikepdf.AttachedFileSpec(
        pdf, LETTER, filename="Teodor Vance.txt", description="from Teodor Vance"
    )
    attached.obj.EF.F.Params.CheckSum = String("of Teodor Vance")
    attached.obj.EF.F.Params["/Mac"] = Dictionary(Creator=String("Teodor Vance"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([1, 1, 9, 9]))
    note.FS = attached.obj
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])
    copy = redact_bytes(saved(pdf), analyzer, KEY)
    assert b"Vance" not in everything(copy)
    with pikepdf.open(io.BytesIO(copy)) as read:
        found = read.pages[0].Annots[0].FS
        assert b"[PERSON_" in found.EF.F.read_bytes()
        assert found.EF.F.Params.Size == len(found.EF.F.read_bytes())


def test_a_file_that_no_format_reads_refuses_the_document_or_is_left_out(analyzer):
    source = saved(paper(tool__exe=b"MZ\x90\0 Vance", letter__txt=LETTER))
    with pytest.raises(PartNotExamined, match=r"member \d+: .*a program"):
        redact_bytes(source, analyzer, KEY)
    lax = Analyzer(replace(load_policy("default"), parts="omit"))
    copy = redact_bytes(source, lax, KEY)
    assert b"Vance" not in everything(copy)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        kept = [one for one in pdf.objects if isinstance(one, Dictionary) and "/EF" in one]
        assert len(kept) == 1


def test_an_attached_file_that_is_forgotten_is_caught(monkeypatch, analyzer):
    monkeypatch.setattr(attachments, "_put", lambda *_: None)
    with pytest.raises(OutputError, match="files"):
        redact_bytes(saved(paper(letter__txt=LETTER)), analyzer, KEY)


def test_a_document_in_an_archive_has_no_scripts_in_the_copy_though_nothing_in_it_is_edited(
    analyzer,
):
    pdf = new(shown("the minutes"))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('Teodor Vance')"))
    pdf.Root.OpenAction = script
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w") as file:
        file.writestr("minutes.pdf", saved(pdf))
        file.writestr("clean.txt", "the minutes")
    copy = redact_bytes(source.getvalue(), analyzer, KEY)
    with zipfile.ZipFile(io.BytesIO(copy)) as file:
        assert b"Vance" not in everything(file.read("minutes.pdf"))
