from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenized_laws import read, texts_of

from redactor.errors import DamagedDocument
from redactor.formats import Csv, Hints
from redactor.formats.rewriting import write_tokens
from redactor.model import Edit


def table(source: str, name: str = "a.csv"):
    layout, tokens = read(Csv(), source.encode(), Hints(name))
    return layout, texts_of(tokens)


def put(source: str, edits, name: str = "a.csv") -> str:
    _, tokens = read(Csv(), source.encode(), Hints(name))
    copy = io.BytesIO()
    write_tokens(tokens, [Edit(*edit) for edit in edits], copy)
    return copy.getvalue().decode()


@pytest.mark.parametrize(
    ("source", "name", "delimiter", "quoting"),
    [
        pytest.param("a,b\n1,2\n", "a.csv", ",", "double", id="commas"),
        pytest.param("a;b\n1,5;2\n1,7;3\n", "a.csv", ";", "double", id="decimal commas"),
        pytest.param("a\tb\n1,2\t3\n", "a.csv", "\t", "double", id="tabs called CSV"),
        pytest.param("a|b\n1|2\n", "a.psv", "|", "double", id="bars"),
        pytest.param("one\ntwo, and a half\n", "a.csv", ",", "double", id="ragged"),
        pytest.param("one\ntwo words\n", "a.csv", "\x1f", "double", id="one column"),
        pytest.param("sep=;\na,b;c\n", "a.csv", ";", "double", id="named by its first line"),
        pytest.param('a, "b, c", d\ne, "f", g\n', "a.csv", ",", "space", id="blanks"),
        pytest.param('a,"b\\", c",d\ne,"f",g\n', "a.csv", ",", "backslash", id="backslashes"),
        pytest.param('a\tb\n"c\td\ne\tf\n', "a.tsv", "\t", "none", id="a quote in tabs"),
        pytest.param('a\tb\n"c\t1"\td\n', "a.tsv", "\t", "double", id="quotes in tabs"),
        pytest.param(
            "a\tb\tc\nx, y\tz\n, w\tv\nu, v\tw\nr, s\n",
            "a.tsv",
            "\t",
            "double",
            id="commas in tabs",
        ),
        pytest.param("# by K, M\na,b,c\n\n1,2,3\n", "a.csv", ",", "double", id="comments"),
    ],
)
def test_the_dialect_is_proven(source, name, delimiter, quoting):
    layout, _ = table(source, name)
    assert (layout.setting("delimiter"), layout.setting("quoting")) == (delimiter, quoting)


@pytest.mark.parametrize(
    ("source", "texts", "labels"),
    [
        pytest.param("nm,ag\nTeo,3\n", ["nm", "ag", "Teo", "3"], ["", "", "nm", "ag"], id="head"),
        pytest.param("Teo,1961\nIlse,1994\n", ["Teo", "1961", "Ilse", "1994"], [""] * 4, id="none"),
        pytest.param("sep=;\r\nnm;x\r\nTeo;\r\n", ["nm", "x", "Teo"], ["", "", "nm"], id="second"),
        pytest.param(
            '"a\nb",c\n"d\ne"x,f', ["a\nb", "c", "d\nex", "f"], ["", "", "a\nb", "c"], id="breaks"
        ),
    ],
)
def test_cells_are_called_by_the_head_of_their_column(source, texts, labels):
    tokens = table(source)[1]
    assert [one.text for one in tokens] == texts
    assert [one.label for one in tokens] == labels


def test_a_cell_says_its_row_its_column_and_its_line():
    *_, last = table('a,b\n"c\nd",e\n,f')[1]
    where = last.location
    assert (where.kind.value, where.number, where.column, where.line) == ("cell", 3, 2, 4)


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        pytest.param("a,b\nTeo,1\n", (2, 0, 3, "[X]"), "a,b\n[X],1\n", id="plain"),
        pytest.param("a,b\nTeo,1\n", (2, 0, 3, "X, Y"), 'a,b\n"X, Y",1\n', id="a delimiter"),
        pytest.param("a,b\nTeo,1\n", (2, 0, 3, 'X"Y'), 'a,b\n"X""Y",1\n', id="a quote"),
        pytest.param("a,b\nTeo,1\n", (2, 0, 3, "X\nY"), 'a,b\n"X\nY",1\n', id="a line end"),
        pytest.param("a,b\nTeo,1\n", (2, 0, 3, ""), "a,b\n,1\n", id="nothing"),
        pytest.param("a\nTeo\n", (1, 0, 3, ""), 'a\n""\n', id="nothing in one column"),
        pytest.param('a,b\n"T ""e""",1\n', (2, 2, 5, "X"), 'a,b\n"T X",1\n', id="in quotes"),
        pytest.param('a,b\n=L("t@x"),1\n', (2, 4, 7, "X"), 'a,b\n"=L(""X"")",1\n', id="formula"),
        pytest.param('a, "b, c"\nd, "f"\n', (1, 0, 1, "X"), 'a,"X, c"\nd, "f"\n', id="blank"),
    ],
)
def test_a_cell_is_quoted_where_its_replacement_needs_it(source, edit, expected):
    assert put(source, [edit]) == expected


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.text("ab,;\"\n '", min_size=1, max_size=5), min_size=3, max_size=3),
        min_size=2,
        max_size=5,
    ),
    put_in=st.sampled_from(["[X]", "X, Y", 'X "Y"', "X\r\nY", ""]),
    data=st.data(),
)
def test_rows_and_cells_stay_as_many_as_the_csv_module_counts(rows, put_in, data):
    out = io.StringIO()
    csv.writer(out).writerows([["p1", "q2", "r3"], *rows])
    layout, tokens = table(out.getvalue())
    at = data.draw(st.integers(0, len(tokens) - 1))
    copy = put(out.getvalue(), [(at, 0, 1, put_in)])
    delimiter = layout.setting("delimiter")
    before, after = (
        list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        for text in (out.getvalue(), copy)
    )
    assert list(map(len, before)) == list(map(len, after))
    changed = [
        (a, b) for r, s in zip(before, after, strict=True) for a, b in zip(r, s, strict=True)
    ]
    assert [pair for pair in changed if pair[0] != pair[1]] == [
        (tokens[at].text, put_in + tokens[at].text[1:])
    ]


def test_a_quote_that_never_ends_is_refused_by_its_line():
    with pytest.raises(DamagedDocument, match="quoted cell at line 3 does not end"):
        table('a,b\n1,2\n3,"xxx')


def test_a_cell_that_is_too_long_is_refused_by_its_line(monkeypatch):
    monkeypatch.setattr("redactor.formats.csv.cells.LONGEST", 100_000)
    with pytest.raises(DamagedDocument, match="a cell at line 3 has more than"):
        table('a,b\n1,2\n3,"' + "x" * 400_000)


def test_chunks_may_be_cut_anywhere(monkeypatch):
    source = 'sep=;\r\na;b\r\n"x;\r\n""y""";2\r\n\r\n3;"z"'
    want = [(one.text, one.label) for one in table(source)[1]]
    monkeypatch.setattr("redactor.formats.text.CHUNK", 1)
    assert [(one.text, one.label) for one in table(source)[1]] == want


def test_the_limit_of_the_csv_module_is_as_before():
    before = csv.field_size_limit()
    source = "a,b\n" + "x" * 200_000 + ",2\n"
    layout, _ = table(source)
    assert len(list(Csv().extract(io.BytesIO(source.encode()), layout))) == 4
    assert csv.field_size_limit() == before
