"""The label above a column of a table says what its cells are."""

from __future__ import annotations

from redactor.analysis.tables import columns
from redactor.model import Finding


def test_each_cell_follows_the_label_of_its_column():
    text = "Name | DOB\n-----|----\nVance | 03/04\nBrandt | 05/06\n"
    [born] = columns(text)
    assert born.text == "DOB: 03/04\nDOB: 05/06\n"
    assert [text[at : at + end - start] for start, end, at in born.cells] == ["03/04", "05/06"]


def test_a_finding_in_a_cell_is_placed_in_the_source_and_one_across_cells_is_none():
    text = "| user | token |\n|---|---|\n| teo | x9 |\n| ilse | y8 |"
    [user, token] = columns(text)
    found = [Finding(0, at, at + 2, "CREDENTIAL", 0.8, "rule:x") for at in (7, 17)]
    placed = list(token.placed(found, 100))
    assert [text[one.start - 100 : one.end - 100] for one in placed] == ["x9", "y8"]
    across = Finding(0, 2, len(user.text), "CREDENTIAL", 0.8, "rule:x")
    assert list(user.placed([across], 0)) == []


def test_a_table_ends_where_the_number_of_cells_changes_and_needs_a_row_below_its_head():
    assert list(columns("user | x\n")) == []
    assert list(columns("user | x\nteo | y | z\n")) == []
    assert list(columns("colour | size\nred | 12\n")) == []


def test_tabulators_divide_as_well():
    assert [one.text for one in columns("login\tsize\nteo\t12\n")] == ["login: teo\n"]
