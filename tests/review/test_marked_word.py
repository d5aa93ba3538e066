"""Marked copies of Word documents: a comment for each place, as people leave, take and add them."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from marking import Proposal

from redactor.errors import MarksError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"

BODY = (
    "<w:p><w:r><w:t>Mr Teo</w:t></w:r>"
    "<w:r><w:rPr><w:b/><w:u w:val='single'/></w:rPr><w:t>dor Va</w:t></w:r>"
    "<w:r><w:t>nce</w:t><w:tab/><w:t>wrote &amp; met</w:t></w:r></w:p>"
    "<w:p><w:commentRangeStart w:id='4'/><w:r><w:t xml:space='preserve'>"
    "Jane Marsh of the (lighthouse), at "
    "teodor.vance@example.org</w:t></w:r><w:commentRangeEnd w:id='4'/></w:p>"
)


def document(body: str = BODY, comments: str = "Look here") -> bytes:
    """Return a Word document with a comment of its own."""
    main = f"<w:document xmlns:w='{W}'><w:body>{body}</w:body></w:document>"
    note = f"<w:comment w:id='4'><w:p><w:r><w:t>{comments}</w:t></w:r></w:p></w:comment>"
    parts = {
        "[Content_Types].xml": (
            "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
            "<Default Extension='rels' "
            "ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
            f"<Override PartName='/word/document.xml' ContentType='{TYPE}.document.main+xml'/>"
            f"<Override PartName='/word/comments.xml' ContentType='{TYPE}.comments+xml'/></Types>"
        ),
        "_rels/.rels": (
            f"<Relationships xmlns='{RELATIONS}'><Relationship Id='a' "
            f"Type='{OFFICE}/officeDocument' Target='word/document.xml'/></Relationships>"
        ),
        "word/_rels/document.xml.rels": (
            f"<Relationships xmlns='{RELATIONS}'><Relationship Id='a' "
            f"Type='{OFFICE}/comments' Target='comments.xml'/></Relationships>"
        ),
        "word/document.xml": main,
        "word/comments.xml": f"<w:comments xmlns:w='{W}'>{note}</w:comments>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in parts.items():
            file.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def part(data: bytes, name: str = "word/document.xml") -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def changed(**changes):
    """Return a change of bytes by changes of `document` and `comments`."""

    def apply(data):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
            for one in before.infolist():
                stem = one.filename.rpartition("/")[2].removesuffix(".xml")
                text = before.read(one)
                after.writestr(one, changes.get(stem, lambda x: x)(text.decode()))
        return out.getvalue()

    return apply


def ids(at) -> dict[str, str]:
    """Return the ids of comments by what they say."""
    said = part((at.folder / "a.docx").read_bytes(), "word/comments.xml")
    return {
        re.sub(r"<[^>]*>", "", text): number
        for number, text in re.findall(r"w:id=[\"'](\d+)[\"'](.*?)</w:comment>", said)
    }


def without(number):
    return lambda text: re.sub(
        rf"<w:comment(?:RangeStart|RangeEnd|Reference) w:id=[\"']{number}[\"']/>", "", text
    )


def no_comment(number):
    return lambda text: re.sub(rf"<w:comment w:id=\"{number}\".*?</w:comment>", "", text)


def on_lighthouse(number):
    """Return a change that puts a comment on the word in brackets, across no border of runs."""
    start, end = (f'<w:commentRange{kind} w:id="{number}"/>' for kind in ("Start", "End"))
    split = '</w:t></w:r>{}<w:r><w:t xml:space="preserve">'
    return lambda text: text.replace(
        "(lighthouse)", split.format(start) + "(lighthouse)" + split.format(end)
    )


def new_comment(number, said):
    row = f'<w:comment w:id="{number}"><w:p><w:r><w:t>{said}</w:t></w:r></w:p></w:comment>'
    return lambda text: text.replace("</w:comments>", f"{row}</w:comments>")


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    return Proposal.of(tmp_path_factory.mktemp("word"), a_docx=document())


def test_the_marked_copy_has_a_highlight_and_a_comment_for_each_place(at):
    text = part((at.folder / "a.docx").read_bytes())
    said = ids(at)
    kinds = [re.search(r"Look|[A-Z]{2,}\w*", one)[0] for one in said]
    assert kinds == ["Look", "PERSON", "PERSON", "EMAIL_ADDRESS"]
    assert "PRIVATE, NOT REDACTED" in text[:900]
    assert text.count("<w:highlight") == 5  # three runs of a name are three
    assert "<w:b/><w:highlight w:val=\"yellow\"/><w:u w:val='single'/>" in text
    assert text.count("<w:commentRangeStart") == text.count("<w:commentRangeEnd") == 4


def test_untouched_marks_change_no_byte_of_the_copies(tmp_path):
    at = Proposal.of(tmp_path, a_docx=document())
    before = at.copies
    rows, counts = at.decided(at.folder)
    assert counts.confirmed == len(rows) == 3
    at.burn_in(at.folder)
    assert at.copies == before
    assert at.problems == []


def test_what_people_do_with_comments_is_burned_in(tmp_path):
    at = Proposal.of(tmp_path, a_docx=document())
    name, mail = [
        next(n for said, n in ids(at).items() if kind in said) for kind in ("PERSON", "EMAIL")
    ]

    def text(source):
        moved = on_lighthouse(mail)(without(mail)(source))
        return without(name)(moved)

    path = at.edit("a.docx", changed(document=text, comments=no_comment(name)))
    rows, counts = at.decided(path)
    assert (counts.restored, counts.added, counts.confirmed) == (2, 1, 1)
    [added] = [row for row in rows if row["decision"] == "add"]
    assert (added["text"], added["type"], added["part"]) == ("(lighthouse)", "EMAIL_ADDRESS", "4")
    assert at.burn_in(path).exit_code == 0
    shown = re.sub(r"<[^>]*>", "", part(at.copies["a.docx"]))
    assert shown.startswith("Mr Teodor Vance")
    assert "lighthouse" not in shown
    assert "Jane" not in shown
    assert "teodor.vance@example.org" in shown
    assert at.problems == []


@pytest.mark.parametrize(
    ("said", "entity"),
    [("redact", None), ("Redact: PERSON", "PERSON"), ("HANDLE", "HANDLE"), ("REDACT", None)],
)
def test_a_comment_adds_a_mark(at, said, entity):
    change = changed(document=on_lighthouse("77"), comments=new_comment("77", said))
    rows, counts = at.decided(at.edit("a.docx", change))
    assert (counts.restored, counts.added) == (0, 1)
    assert [row["type"] for row in rows if row["decision"] == "add"] == [entity]


def test_a_note_is_no_mark(at):
    change = changed(document=on_lighthouse("77"), comments=new_comment("77", "Note: ask him"))
    rows, counts = at.decided(at.edit("a.docx", change))
    assert counts.confirmed == len(rows) == 3


def test_a_comment_of_the_document_is_none_even_without_its_blanks(at):
    change = changed(comments=lambda text: text.replace("Look here", "Lookhere"))
    rows, counts = at.decided(at.edit("a.docx", change))
    assert counts.confirmed == len(rows) == 3


def test_a_document_without_text_has_no_marked_copy(tmp_path):
    [outcome] = Proposal.of(tmp_path, a_docx=document("<w:p/>", "")).result.outcomes
    assert outcome.no_marks == "it has no text in which marks can be"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"document": on_lighthouse("77"), "comments": new_comment("77", "hm")},
            "`redact` nor `note`",
        ),
        ({"comments": new_comment("77", "redact")}, "without a letter or digit in it, comment 5"),
        ({"document": lambda text: text.replace("wrote", "sent")}, "from paragraph 2 on"),
        ({"document": lambda text: text.replace("NOT REDACTED", "")[:-3]}, "can be read"),
        ({"document": lambda text: re.sub(r"[0-9a-f]{24}:[0-9a-f]{32}", "", text)}, "first line"),
        ({"document": lambda text: f"<!DOCTYPE x>{text}"}, "document type"),
        (
            {"Content_Types]": lambda text: text.replace("main+xml", "sheet+xml")},
            "is no text, sheet or",
        ),
    ],
)
def test_a_broken_copy_is_refused(at, changes, why):
    changes = {
        name.replace("Content_Types]", "[Content_Types]"): one for name, one in changes.items()
    }
    path = at.edit("a.docx", changed(**changes))
    with pytest.raises(MarksError, match=why):
        at.decided(path)


def test_a_zip_of_anything_is_no_marked_copy(at, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as file:
        file.writestr("x", "y")
    with pytest.raises(MarksError, match="is no text, sheet or"):
        at.read(tmp_path / "a.docx")
