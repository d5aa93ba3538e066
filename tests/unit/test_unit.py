"""Units of examination: texts read together, cut back into their own, and seen through windows."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from redactor.analysis import unit as unit_module
from redactor.analysis.unit import (
    OVERLAP,
    SEPARATOR,
    WINDOW,
    SourceText,
    UnitEdit,
    edits_of,
    text_unit,
    unit_of,
    units,
)
from redactor.analysis.unit import windows as cut_into_windows
from redactor.model import Finding, Kind, Location, Slot


def texts(*said, joins=(), labels=()):
    return [
        SourceText(index, text, joins=index in joins, label=dict(labels).get(index, ""))
        for index, text in enumerate(said)
    ]


def test_texts_that_join_are_one_and_others_stand_apart():
    assert (
        unit_of(texts("Kevin ", "Marsh", "Cell 2", joins={1})).text
        == f"Kevin Marsh{SEPARATOR}Cell 2"
    )


def test_strings_of_a_script_that_join_within_a_word_are_read_apart_as_well():
    script = Location(Kind.SCRIPT)
    said = ("kevin", "8L", " Marsh", "'s")
    unit = unit_of([SourceText(n, text, script, joins=n > 0) for n, text in enumerate(said)])
    assert unit.text == "kevin8L Marsh's"
    assert [(one.text, one.offset) for one in unit.apart] == [("kevin", 0), ("8L", 5)]
    assert list(unit_of(texts("kevin", "8L", joins={1})).apart) == []  # markup shows one word


def test_a_label_stands_before_its_text_and_in_no_piece():
    unit = unit_of(texts("Jane", "555-0142", labels={1: "phone"}.items()))
    assert unit.text == f"Jane{SEPARATOR}phone: 555-0142"
    at = unit.text.index("phone")
    assert list(unit.cut(at, at + 5)) == []
    [(piece, start, end)] = unit.cut(at + 7, at + 15)
    assert (piece.of.index, start, end) == (1, 0, 8)


def test_a_file_name_is_read_as_words():
    assert (
        unit_of([SourceText(0, "Kevin_Marsh.txt", slot=Slot.FILE_NAME)]).text == "Kevin Marsh.txt"
    )


def test_a_text_goes_on_from_the_last_one_of_its_kind():
    attribute = Location(Kind.ATTRIBUTE)
    unit = unit_of(
        [
            SourceText(0, "Kevin "),
            SourceText(1, "/x", location=attribute),
            SourceText(2, "Marsh", joins=True),
        ]
    )
    assert unit.text == f"Kevin Marsh{SEPARATOR}/x"
    [edit] = [UnitEdit(0, 11, "[P]")]
    edits = list(edits_of(unit, [edit]))
    assert [(e.segment, e.replacement) for e in edits] == [(0, "[P]"), (2, "")]


def found(unit, said, entity="PERSON", source="model:x"):
    start = unit.text.index(said[0])
    end = unit.text.index(said[1]) + len(said[1])
    return Finding(0, start, end, entity, 0.9, source)


def test_a_person_across_two_fields_is_one_in_each():
    unit = unit_of(texts("Kevin", "Marsh"))
    parts = unit.within_fields([found(unit, ("Kevin", "Marsh"))])
    assert [unit.text[one.start : one.end] for one in parts] == ["Kevin", "Marsh"]


def test_a_number_across_two_fields_is_looked_for_in_each_alone():
    unit = unit_of(texts("12 345", "678-9012", "left alone"))
    asked = []

    def alone(text, offset):
        asked.append((text, offset))
        return [Finding(0, offset, offset + len(text), "ID", 1.0, "rule:x")]

    again = unit.within_fields([found(unit, ("345", "678"), "PHONE_NUMBER", "rule:y")], alone=alone)
    assert asked == [("12 345", 0), ("678-9012", 8)]
    assert [unit.text[one.start : one.end] for one in again] == ["12 345", "678-9012"]


def test_of_a_finding_in_a_label_only_the_text_is_left():
    unit = unit_of(texts("Kevin", "Marsh", labels={1: "Name"}.items()))
    [one] = unit.within_fields([found(unit, ("Name", "Marsh"))])
    assert unit.text[one.start : one.end] == "Marsh"


def test_an_edit_across_texts_replaces_in_the_first_and_empties_the_others():
    unit = unit_of(texts("To Kevin ", "Marsh", " now", joins={1, 2}))
    start = unit.text.index("Kevin")
    edits = list(edits_of(unit, [UnitEdit(start, start + 11, "[P]")]))
    assert [(e.segment, e.start, e.end, e.replacement) for e in edits] == [
        (0, 3, 9, "[P]"),
        (1, 0, 5, ""),
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=6), st.data())
def test_positions_outside_the_edits_go_to_the_copy_and_back(said, data):
    unit = unit_of(texts(*said, joins=set(range(1, len(said), 2))))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(unit.text)), max_size=6)))
    edits = [UnitEdit(a, b, "[X]") for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    edited = unit.edited(edits)
    outside = [at for at in range(len(unit.text)) if not any(e.start <= at < e.end for e in edits)]
    for at in outside:
        assert edited.unit.text[edited.target(at)] == unit.text[at]
        assert edited.source(edited.target(at)) == at
    assert "".join(edited.unit.text) == "".join(
        [unit.text[a:b] + c for a, b, c in _kept(edits, len(unit.text))]
    )


def _kept(edits, end):
    at = 0
    for edit in edits:
        yield at, edit.start, edit.replacement
        at = edit.end
    yield at, end, ""


def test_a_long_document_is_cut_into_units_between_lines(monkeypatch):
    monkeypatch.setattr(unit_module, "UNIT", 1_000)
    lines = [SourceText(i, f"line {i} " + "x" * 90 + "\n", joins=True, base=i) for i in range(100)]
    cut = list(units(lines))
    assert 8 < len(cut) < 30
    assert "".join(one.text for one in cut) == "".join(one.text for one in lines)
    assert all(one.text.endswith("\n") for one in cut)


def test_a_text_at_hand_is_one_piece():
    assert text_unit("Kevin Marsh").text == "Kevin Marsh"
    assert list(text_unit("").windows) == []


# -- windows ---------------------------------------------------------------------------------


def joined(found):
    text = ""
    for window in found:
        assert window.offset <= len(text)
        overlap = len(text) - window.offset
        assert window.text[:overlap] == text[window.offset :]
        text += window.text[overlap:]
    return text


@st.composite
def long_texts(draw):
    """Draw a text of a few windows whose gaps are few, many, or uneven."""
    lengths = st.sampled_from([1, 7, 90, 999, 1_500, 2_500, 30_000, 60_000])
    gaps = st.sampled_from([" ", "\n", "\n\n", "\r\n", "\r\n\r\n", ""])
    pattern = draw(st.lists(st.tuples(lengths, gaps), min_size=1, max_size=5))
    unit = "".join("x" * length + gap for length, gap in pattern)
    return (unit * (3 * WINDOW // len(unit) + 1))[: draw(st.integers(WINDOW - 5, 3 * WINDOW))]


def windows(text):
    """Return the windows of a text; a text that falls into very many is a failure, not a wait."""
    most = 2 * len(text) // (WINDOW // 2 - OVERLAP) + 2
    found = list(islice(cut_into_windows(text), most))
    assert len(found) < most
    return found


@settings(max_examples=60, deadline=None)
@given(long_texts())
@example("x" * 3 * WINDOW)
@example("x" * WINDOW)
@example("x" * 150_000 + "\n" + "x" * 60_000)
@example("x y" * WINDOW)
def test_windows_are_exact_and_every_short_word_is_whole_in_one_of_them(text):
    found = windows(text)
    assert joined(found) == text
    starts = [window.offset for window in found]
    assert starts == sorted(set(starts))
    assert max(len(window.text) for window in found) <= WINDOW
    for one, other in pairwise(found):
        cut = one.offset + len(one.text)
        after = text[cut - 1 : cut] + text[other.offset - 1 : other.offset]
        # Either the next window repeats enough, or the cut is a gap: no word stands across it.
        assert cut - other.offset >= 1_000 or not after.strip()


BROKEN = [
    pytest.param("x" * 3_000_000, id="a single line of 3 MB"),
    pytest.param("x" * 2_999_999 + "\n", id="with a final line end"),
    pytest.param(("x" * 120_000 + "\n") * 10, id="lines longer than half a window"),
    pytest.param("x" * 150_000 + "\n" + "x" * 150_000, id="one line end in the second half"),
    pytest.param("x" * 150_000 + " " + "x" * 150_000, id="one space in the second half"),
    pytest.param(("x" * 99 + "\n") * 10_000, id="ordinary lines"),
    pytest.param("\n" * 1_000_000, id="line ends alone"),
    pytest.param("\r\n" * 500_000, id="CRLF alone"),
    pytest.param(" " * 1_000_000, id="spaces alone"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_windows_are_few(text):
    assert sum(len(window.text) for window in windows(text)) <= 2 * len(text) + WINDOW


@pytest.mark.parametrize("gap", ["", "\n", " "])
def test_a_token_across_any_cut_is_whole_somewhere(gap):
    token = "Vance" * 190
    for shift in range(0, 1_900, 170):
        text = "x" * (WINDOW - OVERLAP + shift) + gap + token + gap + "x" * WINDOW
        assert any(token in window.text for window in windows(text))
