"""Brackets in office documents: headers, notes, text boxes, cells, slides, OpenDocument."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from marking import Proposal
from office_marking import changed, open_text, sheet, shown, slides, word

from redactor.errors import MarksError

CASES = Path(__file__).parents[1] / "cases" / "office"
KINDS = {"a.docx": word, "a.xlsx": sheet, "a.pptx": slides, "a.odt": open_text}
MARK = r"⟦[^|⟧]*\|([^⟧]*)⟧"


def of(folder, name, data=None):
    return Proposal.of(folder, **{name.replace(".", "_"): data or KINDS[name]()})


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Return the documents of all kinds, marked."""
    named = {name.replace(".", "_"): make() for name, make in KINDS.items()}
    return Proposal.of(tmp_path_factory.mktemp("office"), **named)


@pytest.mark.parametrize(
    ("name", "part", "says"),
    [
        ("a.docx", "header1.xml", "File of {}Jane Marsh⟧, the (lighthouse)"),
        ("a.docx", "header2.xml", "File of {}Jane Marsh⟧, the (lighthouse)"),
        ("a.docx", "footnotes.xml", "See {}teodor.vance@example.org⟧"),
        ("a.docx", "footer1.xml", "Page  PAGE 11 May"),
        ("a.docx", "document.xml", "{}Odalys Trevane⟧, the (keeper)Odalys Trevane, the (keeper)"),
        ("a.xlsx", "strings.xml", "{}Teodor Vance⟧xunused Jane Marshx"),
        ("a.xlsx", "sheet1.xml", "{}teodor.vance@example.org⟧7"),
        ("a.pptx", "s2.xml", "Mr {}Teodor Vance⟧ wroteThe (lighthouse)"),
        ("a.pptx", "n1.xml", "Ask {}Jane Marsh⟧"),
        ("a.odt", "content.xml", "Mr {}TeodorVance⟧ wrote1See {}Jane Marsh⟧ on the (lighthouse)"),
        ("a.odt", "styles.xml", "{}Odalys Trevane⟧"),
    ],
)
def test_brackets_stand_around_each_place(at, name, part, says):
    text = re.sub(r"⟦[A-Z_]+ \d+-[0-9a-f]{4}\|", "{}", shown((at.folder / name).read_bytes(), part))
    assert says in text


@pytest.mark.parametrize("name", KINDS)
def test_untouched_marks_change_no_byte_of_the_copies(name, tmp_path):
    at = of(tmp_path, name)
    before = at.copies
    rows, counts = at.decided(at.folder)
    assert counts.confirmed == len(rows) >= 2
    at.burn_in(at.folder)
    assert at.copies == before
    assert at.problems == []


@pytest.mark.parametrize("name", KINDS)
def test_a_copy_says_what_it_is(at, name):
    part = {"a.docx": "document.xml", "a.xlsx": "strings.xml", "a.pptx": "s2.xml"}
    text = shown((at.folder / name).read_bytes(), part.get(name, "content.xml"))
    assert "PRIVATE, NOT REDACTED" in text


@pytest.mark.parametrize(
    ("name", "part", "away", "added"),
    [
        ("a.docx", "footnotes.xml", "teodor.vance@example.org", ("See", "⟦|See⟧")),
        ("a.docx", "header1.xml", "Jane Marsh", (r"\(lighthouse\)", "⟦HANDLE|(lighthouse)⟧")),
        ("a.pptx", "n1.xml", "Jane Marsh", ("Ask", "⟦|Ask⟧")),
        ("a.pptx", "s1.xml", "", (r"\(lighthouse\)", "⟦HANDLE|(lighthouse)⟧")),
        ("a.odt", "content.xml", "Jane Marsh", (r"\(lighthouse\)", "⟦HANDLE|(lighthouse)⟧")),
        ("a.xlsx", "strings.xml", "Teodor Vance", ("Mail", "⟦HANDLE|Mail⟧")),
    ],
)
def test_what_people_do_with_brackets_is_burned_in(name, part, away, added, tmp_path):
    at = of(tmp_path, name)
    old, new = added
    changes = [(old, new)]
    if away:
        changes.insert(0, (MARK.replace("[^⟧]*", f"[^⟧]*{away.split()[-1]}"), r"\1"))
    change = changed(part, *changes)
    path = at.edit(name, change)
    _rows, counts = at.decided(path)
    assert counts.added == 1
    assert (counts.restored > 0) == bool(away)
    assert at.burn_in(path).exit_code == 0
    text = shown(at.copies[name], part)
    assert away in text
    assert old.replace("\\", "") not in text
    assert at.problems == []


def test_what_is_marked_in_a_text_box_counts_for_its_spare_copy(tmp_path):
    at = of(tmp_path, "a.docx")
    choice = (r"⟦[^|⟧]*\|(Odalys Trevane)⟧, the \(keeper\)", r"\1, the ⟦HANDLE|(keeper)⟧")
    path = at.edit("a.docx", changed("document.xml", choice))
    _rows, counts = at.decided(path)
    assert (counts.restored, counts.added) == (2, 2)
    assert at.burn_in(path).exit_code == 0
    text = shown(at.copies["a.docx"], "document.xml")
    assert text.count("Odalys Trevane") == 2
    assert "keeper" not in text


def test_equal_headers_are_told_apart_by_their_marks(at):
    path = at.edit("a.docx", changed("header2.xml", (MARK, r"\1")))
    rows, counts = at.decided(path)
    assert (counts.restored, counts.added) == (1, 0)
    [kept] = [row for row in rows if row["decision"] == "restore"]
    swapped = changed("header1.xml", (MARK, r"\1"))
    [other] = [r for r in at.decided(at.edit("a.docx", swapped))[0] if r["decision"] == "restore"]
    assert kept["id"] != other["id"]


@pytest.mark.parametrize(
    ("name", "part", "change", "why"),
    [
        ("a.docx", "footnotes.xml", ("See", "Saw"), "that its document has not, footnote text"),
        ("a.docx", "footnotes.xml", ("⟧", ""), "half of a mark, which has no end, footnote text"),
        ("a.docx", "footnotes.xml", ("See", "⟦x y|See⟧"), "words are changed, footnote text"),
        ("a.docx", "footer1.xml", ("Page ", "⟦|Leaf⟧ "), "that its document has not, footer text"),
        ("a.docx", "document.xml", ("wrote", "⟦|wrote⟧"), "brackets where comments are the marks"),
        ("a.odt", ".xml", ("⟦PRIVATE[^⟧]*⟧", ""), "has lost what it says first"),
        (
            "a.xlsx",
            "strings.xml",
            ("Mail", "Post"),
            "has another text than its document.*perhaps cell text",
        ),
        ("a.odt", "content.xml", ("⟦PERSON 1-", "⟦PERSON 99-"), "of another document or run"),
    ],
)
def test_a_broken_copy_is_refused(at, name, part, change, why):
    path = at.edit(name, changed(part, change))
    with pytest.raises(MarksError, match=why):
        at.decided(path)


def test_cells_of_one_text_with_other_marks_are_refused(at):
    """A program writes a cell whose mark was taken away as another string."""
    split = ("<si><t>Mail", "<si><t>Teodor Vance</t></si><si><t>Mail")
    cells = ("<v>3</v></c><c t='s'><v>0</v>", "<v>4</v></c><c t='s'><v>3</v>")
    path = at.edit(
        "a.xlsx", lambda data: changed("sheet1.xml", cells)(changed("strings.xml", split)(data))
    )
    with pytest.raises(MarksError, match=r"several places with other marks.* mark all alike, cell"):
        at.decided(path)


def test_a_text_that_a_person_adds_without_a_mark_changes_nothing(at):
    more = (
        "</w:footnotes>",
        "<w:footnote><w:p><w:r><w:t>Agreed</w:t></w:r></w:p></w:footnote>\\g<0>",
    )
    _rows, counts = at.decided(at.edit("a.docx", changed("footnotes.xml", more)))
    assert (counts.restored, counts.added) == (0, 0)


@pytest.mark.process
@pytest.mark.parametrize(
    "name",
    ["libreoffice.odt", "libreoffice.ods", "python_docx.docx", "openpyxl.xlsx", "python_pptx.pptx"],
)
def test_libreoffice_writes_the_file_again_and_changes_nothing(name, tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("is not installed")
    at = of(tmp_path, f"a{Path(name).suffix}", (CASES / name).read_bytes())
    [marked] = [one for one in at.folder.iterdir() if one.is_file()]
    kind = marked.suffix[1:]
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        kind,
        "--outdir",
        tmp_path / "back",
        marked,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    [one] = at.read(tmp_path / "back" / marked.name)
    assert one.changes.are_none
    assert one.changes.verdicts
