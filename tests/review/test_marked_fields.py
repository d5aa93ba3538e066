"""Marks on fields of forms in PDF: on what is shown of a value, which the value itself follows."""

from __future__ import annotations

import io

import pikepdf
import pytest
from marking import Proposal, changed
from pikepdf import Array, Dictionary, Name, String

from redactor.errors import MarksError

NAME, MAIL, SEEN = "Mr Teodor Vance", "jane.marsh@example.org", "the old lighthouse"
ROWS = {"name": (NAME, 200), "mail": (MAIL, 160), "seen": (SEEN, 120)}
"""The fields of a form: the value of each, and how high it is on the page."""


def field(pdf, name, value, low, **more):
    made = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String(name),
        V=String(value),
        Rect=Array([100, low, 300, low + 20]),
        DA=String("/Helv 12 Tf 0 g"),
        P=pdf.pages[0].obj,
        **more,
    )
    return pdf.make_indirect(made)


def form(*, drawn: bool) -> bytes:
    """Return a form whose fields are drawn, or are left to the program that shows it."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(400, 300))
        helvetica = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
        )
        fonts = Dictionary(Helv=pdf.make_indirect(helvetica))
        page.Resources = Dictionary(Font=fonts)
        page.Contents = pdf.make_stream(b"BT /Helv 12 Tf 20 250 Td (Dear Mr Odalys Trevane) Tj ET")
        more = {"name": {"DV": String(NAME)}}
        fields = [field(pdf, *(one, *row), **more.get(one, {})) for one, row in ROWS.items()]
        page.Annots = Array(fields)
        pdf.Root.AcroForm = Dictionary(
            Fields=Array(fields), DR=Dictionary(Font=fonts), NeedAppearances=True
        )
        if drawn:
            draw(pdf)
        data = io.BytesIO()
        pdf.save(data, deterministic_id=True)
        return data.getvalue()


def draw(pdf):
    """Draw all fields, as programs do that save a form."""
    pdf.Root.AcroForm.NeedAppearances = True
    pdf.generate_appearance_streams()
    pdf.Root.AcroForm.NeedAppearances = False
    assert all("/AP" in one for one in pdf.Root.AcroForm.Fields)


def is_on(annotation, name):
    """Tell whether a mark is on a field."""
    low = ROWS[name][1]
    return annotation.get("/Subtype") == "/Redact" and low - 3 < annotation.Rect[1] < low + 20


def drop(pdf, name):
    kept = [one for one in pdf.pages[0].Annots if not is_on(one, name)]
    assert len(kept) == len(pdf.pages[0].Annots) - 1
    pdf.pages[0].Annots = Array(kept)


def mark(pdf, *rect):
    row = Dictionary(Type=Name.Annot, Subtype=Name.Redact, Rect=Array(rect))
    pdf.pages[0].Annots.append(pdf.make_indirect(row))


def shown(data: bytes) -> dict[str, tuple[str, str, bytes]]:
    """Return of each field its value, that by default, and its appearance."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {
            str(one.T): (
                str(one.V),
                str(one.get("/DV", "")),
                one.AP.N.read_bytes() if "/AP" in one else b"",
            )
            for one in pdf.Root.AcroForm.Fields
        }


@pytest.fixture(params=[True, False], ids=["drawn", "not drawn"])
def at(request, tmp_path):
    return Proposal.of(tmp_path, a_pdf=form(drawn=request.param))


def test_each_field_with_something_to_remove_has_a_mark(at):
    [outcome] = at.result.outcomes
    assert outcome.unmarked == 0
    with pikepdf.open(at.folder / "a.pdf") as pdf:
        marks = [one for one in pdf.pages[0].Annots if one.get("/Subtype") == "/Redact"]
    assert [str(one.OverlayText) for one in marks] == ["PERSON", "PERSON", "EMAIL_ADDRESS"]


def test_marks_that_are_left_confirm_what_fields_say_and_show(at):
    before = at.copies
    _, counts = at.decided(at.folder)
    assert counts.confirmed >= 4  # the page, two fields, the value by default
    assert (counts.restored, counts.added, counts.unmarked) == (0, 0, 0)
    at.burn_in(at.folder)
    assert at.copies == before
    assert at.problems == []


def test_a_mark_that_is_taken_away_keeps_value_and_appearance(at):
    path = at.edit("a.pdf", changed(lambda pdf: drop(pdf, "name")))
    assert at.burn_in(path).exit_code == 0
    fields = shown(at.copies["a.pdf"])
    assert fields["name"][:2] == (NAME, NAME)
    assert not fields["name"][2] or b"Teodor Vance" in fields["name"][2]
    assert "jane" not in fields["mail"][0]
    assert b"jane" not in fields["mail"][2]
    assert at.problems == []


def test_a_mark_that_is_added_removes_value_and_appearance(at):
    path = at.edit("a.pdf", changed(lambda pdf: mark(pdf, 98, 118, 302, 142)))
    rows, counts = at.decided(path)
    assert counts.added >= 1
    assert {row["text"] for row in rows if row["decision"] == "add"} == {SEEN}
    assert at.burn_in(path).exit_code == 0
    said, _, drawn = shown(at.copies["a.pdf"])["seen"]
    assert "lighthouse" not in said
    assert b"lighthouse" not in drawn
    assert at.problems == []


def test_a_mark_that_is_moved_to_another_field_does_both(at):
    def move(pdf):
        drop(pdf, "mail")
        mark(pdf, 98, 118, 302, 142)

    path = at.edit("a.pdf", changed(move))
    assert at.burn_in(path).exit_code == 0
    fields = shown(at.copies["a.pdf"])
    assert fields["mail"][0] == MAIL
    assert "lighthouse" not in fields["seen"][0]
    assert b"lighthouse" not in fields["seen"][2]
    assert "Vance" not in fields["name"][0]


def test_a_mark_over_two_fields_is_one_on_each(at):
    def both(pdf):
        drop(pdf, "mail")
        mark(pdf, 98, 118, 302, 182)

    path = at.edit("a.pdf", changed(both))
    rows, _ = at.decided(path)
    added = {row["text"] for row in rows if row["decision"] == "add"}
    assert added == {MAIL, SEEN}
    assert at.burn_in(path).exit_code == 0
    fields = shown(at.copies["a.pdf"])
    assert "jane" not in fields["mail"][0]
    assert "lighthouse" not in fields["seen"][0]


def test_part_of_a_value_that_is_drawn_is_removed_from_both(tmp_path):
    at = Proposal.of(tmp_path, a_pdf=form(drawn=True))
    path = at.edit("a.pdf", changed(lambda pdf: mark(pdf, 101, 118, 138, 142)))  # "the old"
    rows, _ = at.decided(path)
    assert {row["text"] for row in rows if row["decision"] == "add"} == {"the old"}
    assert at.burn_in(path).exit_code == 0
    said, _, drawn = shown(at.copies["a.pdf"])["seen"]
    assert said.endswith("lighthouse")
    assert "old" not in said
    assert b"lighthouse" in drawn
    assert b"old" not in drawn


def test_a_program_that_draws_the_fields_changes_nothing(tmp_path):
    at = Proposal.of(tmp_path, a_pdf=form(drawn=False))
    path = at.edit("a.pdf", changed(draw))
    with pikepdf.open(path) as pdf:
        assert b"Teodor Vance" in pdf.Root.AcroForm.Fields[0].AP.N.read_bytes()
    [one] = at.read(path)
    assert one.changes.are_none
    _, counts = at.decided(path)
    assert counts.restored == 0


def test_what_a_person_writes_into_a_field_is_refused(at):
    def write(pdf):
        for one in pdf.Root.AcroForm.Fields:
            one.V = String("Someone else")
        draw(pdf)

    path = at.edit("a.pdf", changed(write))
    with pytest.raises(MarksError, match="has another text than its document"):
        at.decided(path)


def of_fields(change) -> bytes:
    """Return the form, with a change of its fields."""
    return changed(lambda pdf: change(pdf, pdf.Root.AcroForm.Fields))(form(drawn=False))


def test_of_a_field_that_is_not_drawn_each_mark_is_on_all_of_it(tmp_path):
    def two(_, fields):
        fields[2].V = String("Jane Marsh met Ilse Brandt")

    at = Proposal.of(tmp_path, a_pdf=of_fields(two))

    def drop_the_first(pdf):
        first, second = [one for one in pdf.pages[0].Annots if is_on(one, "seen")]
        assert first.QuadPoints == second.QuadPoints
        pdf.pages[0].Annots = Array([x for x in pdf.pages[0].Annots if x.objgen != first.objgen])

    path = at.edit("a.pdf", changed(drop_the_first))
    _, counts = at.decided(path)
    assert counts.restored == 1
    assert at.burn_in(path).exit_code == 0
    said = shown(at.copies["a.pdf"])["seen"][0]
    assert said.startswith("Jane Marsh met ")
    assert "Brandt" not in said


def share(pdf, fields):
    """Make the last field another place of the first."""
    del fields[2].T, fields[2].V, fields[0].DV
    above = pdf.make_indirect(Dictionary(FT=Name.Tx, T=fields[0].T, V=fields[0].V))
    above.Kids = Array([fields[0], fields[2]])
    del fields[0].T, fields[0].V
    fields[0].Parent = fields[2].Parent = above
    pdf.Root.AcroForm.Fields = Array([above, fields[1]])
    pdf.generate_appearance_streams()
    pdf.Root.AcroForm.NeedAppearances = False


@pytest.mark.parametrize(("gone", "is_kept"), [(["name"], False), (["name", "seen"], True)])
def test_a_value_that_is_shown_twice_is_kept_if_both_marks_are_taken_away(tmp_path, gone, is_kept):
    at = Proposal.of(tmp_path, a_pdf=of_fields(share))
    [outcome] = at.result.outcomes
    assert outcome.unmarked == 0
    path = at.edit("a.pdf", changed(lambda pdf: [drop(pdf, name) for name in gone]))
    assert at.burn_in(path).exit_code == 0
    with pikepdf.open(io.BytesIO(at.copies["a.pdf"])) as pdf:
        assert (str(pdf.Root.AcroForm.Fields[0].V) == NAME) is is_kept


def test_what_a_list_offers_has_no_mark_and_is_counted(tmp_path):
    def offer(_, fields):
        fields[0].FT, fields[0].Opt = Name.Ch, Array([String(NAME), String("nobody")])

    at = Proposal.of(tmp_path, a_pdf=of_fields(offer))
    [outcome] = at.result.outcomes
    assert outcome.unmarked == 1


def test_a_field_above_other_text_has_no_mark_and_is_counted(tmp_path):
    def cover(_, fields):
        fields[0].Rect = Array([10, 245, 300, 270])

    at = Proposal.of(tmp_path, a_pdf=of_fields(cover))
    [outcome] = at.result.outcomes
    assert (outcome.unmarked, outcome.no_marks) == (3, "")  # two fields, one with a default
    with pikepdf.open(at.folder / "a.pdf") as pdf:
        marks = [one for one in pdf.pages[0].Annots if one.get("/Subtype") == "/Redact"]
    assert [str(one.OverlayText) for one in marks] == ["PERSON"]  # that of the page
    _, counts = at.decided(at.folder)
    assert (counts.confirmed, counts.unmarked) == (1, 3)
