"""Passages of two documents that were redacted differently: found by digests, told by places."""

from __future__ import annotations

from itertools import permutations

import pytest

from redactor.analysis.unit import SourceText, text_unit, unit_of
from redactor.differences import Difference, DifferenceTable, Place, write_differences
from redactor.model import Location, Passages
from redactor.pipeline.passages import LENGTH, PassageNotes

SHARED = "the board heard that Marsh had approved the crane repairs without any survey at all"


def passages(
    text: str, *gone: str, told: str = "PERSON [PERSON_1]", secret: bytes = b"k"
) -> Passages:
    notes = PassageNotes(secret)
    unit = text_unit(text)
    spans = [(text.index(one), text.index(one) + len(one), told) for one in gone]
    notes.add(unit, sorted(spans), [("text", 0)])
    return notes.taken()


def differing(
    *documents: tuple[str, Passages], most: int = 1000
) -> list[tuple[str, int, str, int]]:
    table = DifferenceTable(most)
    for name, one in documents:
        table.add(name, one)
    rows = table.differences()
    return [(one.one.file, one.one.line, one.other.file, one.other.line) for one in rows]


def test_what_one_copy_shows_and_the_other_hides_is_found_whatever_the_lines():
    one = passages(f"x\n\n{SHARED}", "Marsh")
    other = passages(SHARED.replace(" ", "\n", 3))
    assert differing(("a", one), ("b", other)) == [("a", 0, "b", 0)]
    assert differing(("a", one), ("b", one)) == []


def test_another_pseudonym_is_a_difference():
    one, other = passages(SHARED, "Marsh"), passages(SHARED, "Marsh", told="PERSON [PERSON_2]")
    assert len(differing(("a", one), ("b", other))) == 1


@pytest.mark.parametrize("most", [1000, 12])
def test_the_order_of_documents_is_of_no_matter(most):
    shown, hidden = passages(SHARED), passages(SHARED, "Marsh")
    some = [
        ("a", hidden),
        ("b", shown),
        ("c", hidden),
        ("d", passages("z " * 20 + SHARED, "Marsh")),
    ]
    found = [differing(*order, most=most) for order in permutations(some)]
    assert all(one == found[0] for one in found)
    if most == 1000:
        assert found[0] == [("a", 0, "b", 0)]


def test_other_passages_are_no_differences():
    other = SHARED.replace("Marsh", "nobody")
    assert differing(("a", passages(SHARED, "Marsh")), ("b", passages(other))) == []


def test_lines_are_those_of_the_copy():
    text = f"Number 5\nHill Street\nThe end\n{SHARED}\n"
    unit = unit_of([SourceText(0, text, Location(line=1))])
    notes = PassageNotes(b"k")
    end = text.index("\nThe")
    notes.add(unit, [(0, end, "STREET_ADDRESS ")], [("2/1", 10)])
    found = notes.taken()
    assert found.parts == ("2/1",)
    assert 4 - 1 + 10 in found.lines
    assert 4 + 10 not in found.lines


def test_short_texts_have_no_passage():
    words = " ".join(["Marsh"] * (LENGTH - 1))
    assert len(passages(words)) == 0
    assert len(passages(f"{words} Keogh")) > 0


def test_digests_are_keyed():
    assert passages(SHARED).digests != passages(SHARED, secret=b"other").digests


def test_a_list_takes_no_other_s_place(tmp_path):
    found = [Difference(Place("a", "text", 1), Place("b", "1", 0))]
    first, second = (write_differences(found, tmp_path) for _ in range(2))
    assert (first.name, second.name) == ("differences-1.jsonl", "differences-2.jsonl")
    assert first.read_text() == (
        '{"one":{"file":"a","part":"text","line":1},"other":{"file":"b","part":"1","line":0}}\n'
    )
