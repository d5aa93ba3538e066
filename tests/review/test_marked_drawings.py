"""Marks on texts that pages draw as forms: a letterhead on every page, a stamp that is turned."""

from __future__ import annotations

import io

import pikepdf
import pytest
from marking import Proposal, changed
from pikepdf import Array, Dictionary, Name

from redactor.errors import LimitExceeded
from redactor.formats.pdf.drawn import page_texts


def form(pdf, stream, matrix=(1, 0, 0, 1, 0, 0), **inner):
    made = pdf.make_stream(stream.encode())
    made.Type, made.Subtype, made.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 200])
    made.Matrix = Array(matrix)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    made.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(**inner))
    return made


def show(words, size=12):
    return f"BT /F {size} Tf 0 0 Td ({words}) Tj ET"


def paper(pages=2):
    """Return pages with a letterhead, that draws a stamp, which a page draws once more, turned."""
    with pikepdf.new() as pdf:
        stamp = form(pdf, show("Jane Marsh, the keeper"), (1, 0, 0, 1, 0, -20))
        head = form(pdf, show("Mr Teodor Vance wrote") + " /S Do", S=stamp)
        for number in range(pages):
            page = pdf.add_blank_page(page_size=(300, 200))
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            page.Resources = Dictionary(
                Font=Dictionary(F=font), XObject=Dictionary(H=head, S=stamp)
            )
            turned = " q 0 1 -1 0 250 40 cm /S Do Q" if number else ""
            page.Contents = pdf.make_stream(
                f"q 1 0 0 1 20 150 cm /H Do Q {show('Dear Mr Odalys Trevane')}{turned}".encode()
            )
        data = io.BytesIO()
        pdf.save(data, deterministic_id=True)
        return data.getvalue()


def marks(pdf, page):
    return [one for one in pdf.pages[page].obj.Annots if one.Subtype == "/Redact"]


def text(data):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return b" ".join(obj.read_bytes() for obj in pdf.objects if isinstance(obj, pikepdf.Stream))


@pytest.fixture
def at(tmp_path):
    return Proposal.of(tmp_path, a_pdf=paper())


def test_a_form_is_one_text_with_all_its_places():
    found = page_texts(io.BytesIO(paper()))
    said = {one.block.text: [(x.page, x.matrix) for x in one.drawings] for one in found}
    assert said["Mr Teodor Vance wrote"] == [(1, (1, 0, 0, 1, 20, 150)), (2, (1, 0, 0, 1, 20, 150))]
    first, second, turned = said["Jane Marsh, the keeper"]
    assert first == (1, (1, 0, 0, 1, 20, 130))
    assert (second[0], turned) == (2, (2, (0, 1, -1, 0, 270, 40)))


def test_the_marks_lie_where_it_is_drawn(at):
    [outcome] = at.result.outcomes
    assert outcome.unmarked == 0
    with pikepdf.open(at.folder / "a.pdf") as pdf:
        assert [len(marks(pdf, page)) for page in (0, 1)] == [3, 3]
        sizes = sorted(len(one.QuadPoints) for one in marks(pdf, 1))
        assert sizes == [8, 8, 16]  # the stamp is drawn twice on the second page
        [twice] = [one for one in marks(pdf, 1) if len(one.QuadPoints) == 16]
        left, *_ = (float(x) for x in list(twice.QuadPoints)[8:10])
    assert 250 < left < 275


def test_untouched_marks_change_no_byte_of_the_copies(at):
    before = at.copies
    rows, counts = at.decided(at.folder)
    assert counts.confirmed == len(rows) == 4  # the name on each page is one of its own
    at.burn_in(at.folder)
    assert at.copies == before


def _away(pdf, page, low):
    kept = [
        one
        for one in pdf.pages[page].obj.Annots
        if one.Subtype != "/Redact" or not low < float(one.Rect[1]) < low + 10
    ]
    assert len(kept) == len(pdf.pages[page].obj.Annots) - 1
    pdf.pages[page].obj.Annots = Array(kept)


def both(pdf):
    _away(pdf, 0, 142)
    _away(pdf, 1, 142)


def test_a_mark_that_is_left_on_one_page_still_removes_the_text(at):
    path = at.edit("a.pdf", changed(lambda pdf: _away(pdf, 1, 142)))
    assert at.decided(path)[1].restored == 0


def test_a_mark_that_is_taken_away_everywhere_keeps_the_text(at):
    path = at.edit("a.pdf", changed(both))
    assert at.decided(path)[1].restored == 1
    assert at.burn_in(path).exit_code == 0
    assert b"Teodor Vance" in text(at.copies["a.pdf"])
    assert b"Jane" not in text(at.copies["a.pdf"])
    assert at.problems == []


def test_a_mark_on_one_page_removes_the_text_everywhere(at):
    def mark(pdf):
        rect = [255, 109, 275, 170]  # "keeper", turned
        row = Dictionary(Type=Name.Annot, Subtype=Name.Highlight, Rect=Array(rect))
        pdf.pages[1].obj.Annots.append(pdf.make_indirect(row))

    path = at.edit("a.pdf", changed(mark))
    rows, counts = at.decided(path)
    assert counts.added == 1
    [added] = [row for row in rows if row["decision"] == "add"]
    assert added["text"].endswith("keeper")
    assert at.burn_in(path).exit_code == 0
    assert b"keeper" not in text(at.copies["a.pdf"])
    assert at.problems == []


def test_forms_that_draw_themselves_come_to_an_end():
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        head = pdf.pages[0].Resources.XObject.H
        head.Resources.XObject.S.Resources.XObject = Dictionary(S=head)
        head.Resources.XObject.S.write(b"/S Do " * 50)
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(LimitExceeded, match="draw each other too often"):
        page_texts(io.BytesIO(out.getvalue()))
