"""Rows that SQL inserts are columns with labels, as those of a drawn table are."""

from __future__ import annotations

import pytest

from redactor.analysis.inserts import inserted_columns


def test_each_value_follows_the_name_of_its_column():
    text = (
        "INSERT INTO `m` (`id`, `last_name`, note) VALUES\n(1, 'Vance', 'x'),\n(2,'O''Dea', NULL);"
    )
    number, name = inserted_columns(text)
    assert number.text == "id: 1\nid: 2\n"
    assert name.text == "last_name: Vance\nlast_name: O''Dea\n"
    assert [text[at : at + end - start] for start, end, at in name.cells] == ["Vance", "O''Dea"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("INSERT INTO m (colour, size) VALUES ('red', 4)", id="no identifier"),
        pytest.param("INSERT INTO m (login, size) VALUES ('teo')", id="another number of values"),
        pytest.param("INSERT INTO m (login) SELECT x FROM y", id="no values"),
    ],
)
def test_other_statements_have_no_columns(text):
    assert list(inserted_columns(text)) == []
