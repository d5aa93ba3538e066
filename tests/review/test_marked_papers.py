"""Marked copies of PDF: annotations, whatever program wrote the file again, and XFDF."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from marking import LARGEST, Proposal, changed
from pikepdf import Array, Dictionary, Name, String

from redactor.errors import MarksError
from redactor.proposals.returned import returned
from redactor.proposals.writing import PLACES

LINES = (
    "Mr Teodor Vance wrote to us from",
    "teodor.vance@example.org, and Jane",
    "Marsh came. The old \\(lighthouse\\) shut.",
)
XFDF = "{http://ns.adobe.com/xfdf/}"


def paper() -> bytes:
    pdf = pikepdf.new()
    rows = " ".join(f"({line}) Tj 0 -14 Td" for line in LINES)
    for _ in range(2):
        page = pdf.add_blank_page(page_size=(300, 200))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf 20 150 Td {rows} ET".encode())
    own = Dictionary(Type=Name.Annot, Subtype=Name.Highlight, Rect=Array([20, 145, 60, 165]))
    pdf.pages[0].obj["/Annots"] = Array([pdf.make_indirect(own)])
    data = io.BytesIO()
    pdf.save(data, deterministic_id=True)
    return data.getvalue()


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    return Proposal.of(tmp_path_factory.mktemp("papers"), a_pdf=paper())


def marks(page):
    return [one for one in page.obj.Annots if one.get("/Subtype") == "/Redact"]


def drop(pdf, page, number):
    annots = pdf.pages[page].obj.Annots
    gone = marks(pdf.pages[page])[number]
    pdf.pages[page].obj.Annots = Array([x for x in annots if x.objgen != gone.objgen])
    return gone


def mark(pdf, page, rect, kind="/Redact", says=""):
    row = Dictionary(Type=Name.Annot, Subtype=Name(kind), Rect=Array(rect), Contents=String(says))
    pdf.pages[page].obj.Annots.append(pdf.make_indirect(row))


SEEN = [136, 118, 199, 133]  # around "(lighthouse)" in the third line


def test_the_marked_copy_has_a_redaction_for_each_place_and_says_what_it_is(at):
    with pikepdf.open(at.folder / "a.pdf") as pdf:
        for page in pdf.pages:
            first, *_ = found = marks(page)
            assert len(found) == 3
            assert str(first.OverlayText) == "PERSON"
            assert re.fullmatch(r"PERSON \d+-[0-9a-f]{4}", str(first.Contents))
            assert re.fullmatch(r"[0-9a-f]{24}:\d+-[0-9a-f]{4}", str(first.NM))
            assert [len(one.QuadPoints) for one in found] == [8, 8, 16]  # Jane / Marsh: two lines
            texts = [str(x.get("/Contents", "")) for x in page.obj.Annots]
            assert any("PRIVATE, NOT REDACTED" in text for text in texts)


def test_untouched_marks_change_no_byte_of_the_copies(tmp_path):
    at = Proposal.of(tmp_path, a_pdf=paper())
    before = at.copies
    rows, counts = at.decided(at.folder)
    assert counts.confirmed == len(rows) == 6
    at.burn_in(at.folder)
    assert at.copies == before
    assert at.problems == []


def test_what_people_do_with_marks_is_burned_in(tmp_path):
    at = Proposal.of(tmp_path, a_pdf=paper())

    def change(pdf):
        drop(pdf, 0, 2)  # Jane Marsh, on page 1
        mark(pdf, 0, SEEN, says="HANDLE")
        drop(pdf, 1, 0)  # moved: from Teodor Vance to what is in brackets
        mark(pdf, 1, SEEN, "/Highlight", "please look")

    path = at.edit("a.pdf", changed(change))
    rows, counts = at.decided(path)
    assert (counts.restored, counts.added, counts.confirmed) == (2, 2, 4)
    added = [row for row in rows if row["decision"] == "add"]
    assert [(row["text"], row["type"]) for row in added] == [
        ("(lighthouse)", "HANDLE"),
        ("(lighthouse)", None),
    ]
    assert at.burn_in(path).exit_code == 0
    with pikepdf.open(io.BytesIO(at.copies["a.pdf"])) as pdf:
        first, second = (page.Contents.read_bytes().decode("cp1252") for page in pdf.pages)
    assert "Jane" in first
    assert "Jane" not in second
    assert "Teodor Vance" not in first
    assert "Teodor Vance" in second
    assert "lighthouse" not in first + second
    assert at.problems == []


def written_again(name, path, target):
    match name:
        case "qpdf --linearize":
            subprocess.run(["qpdf", "--linearize", path, target], check=True)
        case "qpdf --object-streams":
            subprocess.run(["qpdf", "--object-streams=generate", path, target], check=True)
        case "mutool clean":
            subprocess.run(["mutool", "clean", "-gggg", "-s", path, target], check=True)
        case "pikepdf":
            target.write_bytes(changed(lambda _: None)(path.read_bytes()))


@pytest.mark.process
@pytest.mark.parametrize(
    "name", ["qpdf --linearize", "qpdf --object-streams", "mutool clean", "pikepdf"]
)
def test_a_program_that_writes_the_file_again_changes_nothing(at, name, tmp_path):
    if name.split()[0] != "pikepdf" and not shutil.which(name.split()[0]):
        pytest.skip("is not installed")
    written_again(name, at.folder / "a.pdf", tmp_path / "a.pdf")
    [one] = at.read(tmp_path / "a.pdf")
    assert one.changes.are_none
    assert len(one.changes.verdicts) == 6


class TestXfdf:
    def tree(self, at):
        return ET.fromstring((at.folder / "a.pdf.xfdf").read_bytes())  # our own

    def read(self, at, tree, tmp_path):
        path = tmp_path / "back.xfdf"
        path.write_bytes(ET.tostring(tree))
        return at.decided(path)

    def test_it_has_the_same_marks_and_no_text(self, at, tmp_path):
        tree = self.tree(at)
        assert len(tree.findall(f".//{XFDF}redact")) == 6
        rows, counts = self.read(at, tree, tmp_path)
        assert counts.confirmed == len(rows) == 6
        assert b"Vance" not in (at.folder / "a.pdf.xfdf").read_bytes()

    def test_marks_are_taken_away_and_added(self, at, tmp_path):
        tree = self.tree(at)
        [annots] = tree.findall(f"{XFDF}annots")
        annots.remove(annots.findall(f"{XFDF}redact")[0])
        rect = ",".join(map(str, SEEN))
        ET.SubElement(annots, f"{XFDF}redact", {"page": "1", "rect": rect, "name": "x"})
        _rows, counts = self.read(at, tree, tmp_path)
        assert (counts.restored, counts.added, counts.confirmed) == (1, 1, 5)

    def test_a_mark_without_extent_covers_nothing(self, at, tmp_path):
        tree = self.tree(at)
        [annots] = tree.findall(f"{XFDF}annots")
        ET.SubElement(annots, f"{XFDF}redact", {"page": "0", "rect": "60,150,60,150"})
        with pytest.raises(MarksError, match="covers no text of the page, page 1"):
            self.read(at, tree, tmp_path)

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"<xfdf><annots></xfdf>", "is no XFDF that can be read"),
            (b"<!DOCTYPE xfdf [<!ENTITY a 'b'>]><xfdf>&a;</xfdf>", "has a document type"),
            (b"<xfdf><annots/></xfdf>", "does not say which document"),
            (b"<xfdf><redact rect='a,b'/></xfdf>", "is no XFDF that can be read"),
        ],
    )
    def test_what_is_none_is_refused(self, at, tmp_path, data, why):
        path = tmp_path / "back.xfdf"
        path.write_bytes(data)
        with pytest.raises(MarksError, match=why):
            at.read(path)


def no_banner(pdf):
    for page in pdf.pages:
        page.obj.Annots = Array(marks(page))


def no_marks(pdf):
    for page in pdf.pages:
        page.obj.Annots = Array([x for x in page.obj.Annots if x.get("/Subtype") != "/Redact"])


def other_text(pdf):
    content = pdf.pages[1].Contents
    content.write(content.read_bytes().replace(b"shut", b"sank"))


def foreign(pdf):
    marks(pdf.pages[0])[0].NM = String("0" * 24 + ":1-abcd")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (no_banner, "has lost its banners"),
        (no_marks, "has none of its 6 marks left"),
        (other_text, "another text than its document, from page 2 on"),
        (foreign, "has a mark of another document"),
        (lambda pdf: mark(pdf, 1, [1, 1, 9, 9]), "covers no text of the page, page 2"),
        (lambda pdf: mark(pdf, 0, [60, 140, 130, 165]), "marks that overlap, page 1"),
    ],
)
def test_a_broken_copy_is_refused(at, change, why):
    path = at.edit("a.pdf", changed(change))
    with pytest.raises(MarksError, match=why):
        at.decided(path)


def test_marks_that_people_took_away_all_are_believed_when_that_is_said(at):
    path = at.edit("a.pdf", changed(no_marks))
    [one] = returned(path, at.audit, LARGEST, bare=True)
    assert [verdict.decision for verdict in one.changes.verdicts] == ["restore"] * 6


def test_a_pdf_that_was_changed_beside_its_xfdf_counts(tmp_path):
    at = Proposal.of(tmp_path, a_pdf=paper())
    path = at.folder / "a.pdf"
    path.write_bytes(changed(lambda pdf: drop(pdf, 0, 1))(path.read_bytes()))
    _, counts = at.decided(at.folder)
    assert (counts.restored, counts.confirmed) == (1, 5)


def test_what_is_kept_of_a_document_is_not_among_what_is_read(at):
    [one] = at.read(at.folder)  # the PDF and its XFDF say the same
    assert (at.folder / PLACES).is_dir()
    assert isinstance(one.path, Path)
