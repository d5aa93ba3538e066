"""Parquet files: every text, number and name; nothing removed is left in any layer of a copy."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import io
import re
import sys
import zipfile
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from redactor.analysis.analyzer import Analyzer
from redactor.api import redact_bytes
from redactor.config.policy import load_policy
from redactor.errors import (
    EncryptedDocument,
    InputError,
    MediaNotExamined,
    PartNotExamined,
    RedactorError,
    UnsupportedFormat,
)
from redactor.formats import Hints, Parquet, format_for
from redactor.formats.budget import unlimited
from redactor.formats.parquet import table
from redactor.keys import Key
from redactor.model import Edit

KEY = Key(b"k" * 32)
GONE = (b"Vance", b"Ilse", b"Mensah", b"teo_vance", b"555014", b"1961-03-04")
DEEP = pa.list_(pa.struct([("m", pa.map_(pa.string(), pa.list_(pa.string())))]))
FLAT = {
    "name": ["Teodor Vance", "Ilse Brandt", None, "Kofi Mensah", "Ilse Brandt"],
    "email": pa.array(["teo_vance@example.org", None, "", "a@b.org", None]).dictionary_encode(),
    "phone": pa.array([14155550142, None, 14155550123, 1, 2], pa.int64()),
    "dob": [dt.date(1961, 3, 4)] * 5,
    "at": pa.array([1700000000123456789, None, 0, 1, 2], pa.timestamp("ns")),
}
VANCE, PAIRS = "Teodor Vance", pa.map_(pa.string(), pa.string())
NESTED = {
    "tags": [[VANCE, "a"], None, [], ["b", None], ["c"]],
    "who": [{"first": "Teodor", "last": "Vance"}, None, {"first": None, "last": "x"}, None, None],
    "map": pa.array([[("owner", VANCE)], None, [], [("a", "b")], None], PAIRS),
    "deep": pa.array([[{"m": [("k", [VANCE])]}], None, [], [{"m": None}], [None]], DEEP),
    "two": pa.array([["a", VANCE], None, ["c", "d"], ["e", "f"], None], pa.list_(pa.string(), 2)),
}
OTHERS = {
    "amount": [decimal.Decimal("12.50")] * 5,
    "raw": [b"call Ilse Brandt", None, b"", b"x", b"y"],
    "small": pa.array([1, 2, None, 4, 5], pa.int16()),
    "ok": [True, False, None, True, True],
    "notes": ["Spoke to Teodor Vance on +1 415-555-0142"] * 5,
}
METADATA = {"author": "Ilse Brandt", "pandas": '{"columns": []}'}
PEOPLE = pa.table(FLAT | NESTED | OTHERS).replace_schema_metadata(METADATA)


def stored(made, **options):
    data = io.BytesIO()
    pq.write_table(made, data, **{"row_group_size": 2, "compression": "zstd"} | options)
    return data.getvalue()


def read(data):
    return pq.ParquetFile(io.BytesIO(data))


def copied(data, edits=()):
    form, layout = format_for(io.BytesIO(data), Hints("a.parquet"))
    sink = io.BytesIO()
    form.write(io.BytesIO(data), layout, edits, sink, {})
    form.check_unchanged(io.BytesIO(data), io.BytesIO(sink.getvalue()), layout)
    return sink.getvalue()


def texts(data):
    form, layout = format_for(io.BytesIO(data), Hints("a.parquet"))
    every = form.texts(io.BytesIO(data), layout, unlimited())
    return [one.text for one in every if one.text is not None]


def by_duckdb(data, path):
    path.write_bytes(data)
    return duckdb.sql(f"SELECT * FROM '{path}'").fetchall()


def test_nothing_removed_is_left_in_a_copy_and_another_reader_opens_it(analyzer, tmp_path):
    copy = redact_bytes(stored(PEOPLE), analyzer, KEY)
    plain = stored(pq.read_table(io.BytesIO(copy)), compression="none", use_dictionary=False)
    rows = by_duckdb(copy, tmp_path / "copy.parquet")
    assert len(rows) == 5
    for gone in GONE:
        assert gone not in copy + plain
        assert gone.decode() not in str(rows)
    [name, *_], first = [row[0] for row in rows], rows[0]
    assert first[5][0] == first[7]["owner"] == first[8][0]["m"]["k"][0] == first[9][1] == name
    assert first[10:] == (decimal.Decimal("12.50"), *rows[0][11:13], True, first[14])
    assert rows[3][2] == "1"  # a column of numbers of which some are removed is one of strings
    assert rows[1][5:10] == (None, None, None, None, None)
    assert redact_bytes(copy, analyzer, KEY) == copy


def test_groups_compression_types_and_statistics_are_those_of_the_source(analyzer):
    data = stored(PEOPLE, write_statistics=["name", "small"], store_schema=True)
    before, after = read(data).metadata, read(redact_bytes(data, analyzer, KEY)).metadata
    assert after.num_row_groups == before.num_row_groups == 3
    for number in range(before.row_group(0).num_columns):
        old, new = (one.row_group(0).column(number) for one in (before, after))
        assert (new.path_in_schema, new.compression) == (old.path_in_schema, old.compression)
        assert new.is_stats_set == old.is_stats_set
    assert "PERSON" in after.row_group(0).column(0).statistics.max
    types = read(redact_bytes(data, analyzer, KEY)).schema_arrow
    assert (types.field("email").type, types.field("at").type) == (
        PEOPLE.schema.field("email").type,
        pa.timestamp("ns"),
    )


def test_values_of_a_dictionary_that_no_row_has_are_gone():
    unused = pa.DictionaryArray.from_arrays(pa.array([0], pa.int32()), ["a", "Teodor Vance"])
    assert b"Teodor" in stored(pa.table({"x": unused}), compression="none")
    assert b"Teodor" not in copied(stored(pa.table({"x": unused}), compression="none"))


def test_names_of_columns_and_metadata_are_texts():
    made = pa.table({"Teodor Vance": [1], "s": [{"Ilse": 2}]}).replace_schema_metadata(
        {"by": "Kofi"}
    )
    data = stored(made)
    assert texts(data)[:4] == ["Kofi", "Teodor Vance", "s", "Ilse"]
    edits = [Edit(0, 0, 4, "A"), Edit(1, 0, 12, "PERSON_B"), Edit(3, 0, 4, "PERSON_C")]
    copy = copied(data, edits)
    assert read(copy).schema_arrow.names == ["PERSON_B", "s"]
    assert read(copy).read().column(1).to_pylist() == [{"PERSON_C": 2}]
    assert read(copy).schema_arrow.metadata[b"by"] == b"A"
    for gone in (b"Teodor", b"Ilse", b"Kofi"):
        assert gone not in copy


POLICY = """\
name: columns
about: a policy of columns
remove: {EMAIL_ADDRESS: , PERSON: }
unlisted: keep
model: fast
columns: {notes: keep, who.last: keep, phone: pseudonym}
"""


def test_a_policy_treats_columns_by_their_names(tmp_path):
    path = tmp_path / "columns.yaml"
    path.write_text(POLICY)
    made = pa.table(
        {
            "notes": ["to ilse@example.org", None],
            "who": [{"last": "a@example.org", "first": "b@example.org"}, None],
            "phone": [7, None],
        }
    )
    copy = redact_bytes(stored(made), Analyzer(load_policy(str(path))), KEY)
    rows = pq.read_table(io.BytesIO(copy)).to_pydict()
    assert rows["notes"] == ["to ilse@example.org", None]
    assert rows["who"][0]["last"] == "a@example.org"
    assert rows["who"][0]["first"].startswith("[EMAIL_ADDRESS_")
    assert [str(one)[:8] for one in rows["phone"]] == ["[COLUMN_", "None"]


cells = st.sampled_from(["", "Ilse", "Teodor Vance", "é", None])
columns = st.sampled_from(["text", "list", "struct", "map", "two", "number", "category", "large"])


@st.composite
def tables(draw):
    """Draw a table of nested columns."""
    size = draw(st.integers(0, 5))
    made = {}
    for number, kind in enumerate(draw(st.lists(columns, min_size=1, max_size=4))):
        one = st.none() | st.lists(cells, max_size=3)
        pairs = st.none() | st.lists(st.tuples(st.sampled_from("ab"), cells), max_size=2)
        struct = st.none() | st.fixed_dictionaries({"a": cells, "b": one})
        numbers = (
            st.none() | st.floats(allow_nan=False, width=32) | st.integers(0, 10**12).map(float)
        )
        drawn, type_ = {
            "text": (cells, pa.string()),
            "large": (cells, pa.large_string()),
            "list": (one, pa.large_list(pa.string())),
            "struct": (struct, pa.struct([("a", pa.string()), ("b", pa.list_(pa.string()))])),
            "map": (pairs, pa.map_(pa.string(), pa.string())),
            "two": (st.none() | st.lists(cells, min_size=2, max_size=2), pa.list_(pa.string(), 2)),
            "number": (numbers, pa.float64()),
            "category": (cells, pa.dictionary(pa.int8(), pa.string())),
        }[kind]
        values = draw(st.lists(drawn, min_size=size, max_size=size))
        made[f"c{number}"] = pa.array(values, type_)
    return pa.table(made)


@settings(deadline=None, max_examples=100)
@given(tables(), st.data())
def test_a_copy_reads_as_its_source_with_the_edits(made, data):
    source = stored(made)
    seen = texts(source)
    edits, expected = [], list(seen)
    for number in sorted(data.draw(st.sets(st.integers(0, max(0, len(seen) - 1)), max_size=4))):
        if number < len(seen) and seen[number] and not seen[number].startswith("c"):
            edits.append(Edit(number, 0, len(seen[number]), f"[X_{number}]"))
            expected[number] = f"[X_{number}]"
    copy = copied(source, edits)
    assert texts(copy) == expected
    assert copied(copy) == copy
    if not edits:
        both = [pq.read_table(io.BytesIO(one)) for one in (source, copy)]
        assert both[0].schema == both[1].schema
        assert both[0].to_pydict() == both[1].to_pydict()


def test_a_writer_that_skips_a_column_is_found_out(analyzer, monkeypatch):
    whole = table._values

    def skipping(leaf, edits, plan):
        return None if leaf.name == "last" else whole(leaf, edits, plan)

    monkeypatch.setattr(table, "_values", skipping)
    with pytest.raises(RedactorError):
        redact_bytes(stored(PEOPLE), analyzer, KEY)


def test_without_pyarrow_a_file_is_not_examined_and_the_hint_names_the_extra(monkeypatch):
    data = stored(PEOPLE)
    for name in ("table", "columns"):
        monkeypatch.delitem(sys.modules, f"redactor.formats.parquet.{name}")
    monkeypatch.delattr("redactor.formats.parquet.table")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UnsupportedFormat, match=r"pip install 'redactor\[parquet\]'"):
        Parquet().layout(io.BytesIO(data), Hints("a.parquet"))


def png(text="Teodor Vance"):
    info = PngInfo()
    info.add_text("Author", text)
    data = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(data, "PNG", pnginfo=info)
    return data.getvalue()


def zipped(text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt", (2026, 1, 2, 3, 4, 6)), text)
    return data.getvalue()


LATIN = "Grüße von Ilse Brandt, Zürich.".encode("cp1252")
FILES = [png(), None, zipped("Dear Teodor Vance,"), LATIN, b"call Ilse Brandt"]
DOCUMENTS = pa.table(
    {
        "name": ["Ilse Brandt"] * 5,
        "file": FILES,
        "who": [{"pic": one, "by": "Teodor Vance"} for one in FILES],
        "pages": [[one, b"\x89PNG"][:1] for one in FILES],
    }
)


def with_policy(**settings):
    return Analyzer(replace(load_policy("default"), **settings), ())


def test_documents_in_columns_of_bytes_are_examined_by_their_content(analyzer):
    data = stored(DOCUMENTS)
    copy = redact_bytes(data, analyzer, KEY)
    rows = read(copy).read().to_pydict()
    assert not [one for one in GONE if one in copy]
    for made in (rows["file"], [one["pic"] for one in rows["who"]], [p[0] for p in rows["pages"]]):
        picture, nothing, archive, letter, note = made
        assert Image.open(io.BytesIO(picture)).text == {}
        assert nothing is None
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            assert b"PERSON" in opened.read("a.txt")
        assert re.match(r"Grüße (?:von )?\[PERSON_", letter.decode("cp1252"))
        assert note.startswith(b"call [PERSON_")
    assert redact_bytes(copy, analyzer, KEY) == copy


@pytest.mark.parametrize("kind", [pa.binary(), pa.binary(16), pa.large_binary()])
def test_bytes_of_no_known_type_are_left_to_the_policy(kind):
    column = pa.array([bytes((*range(8), *range(248, 256))), None], kind)
    data = stored(pa.table({"name": ["Ilse Brandt", "x"], "key": column}))
    with pytest.raises(PartNotExamined):
        redact_bytes(data, with_policy(parts="refuse"), KEY)
    copy = read(redact_bytes(data, with_policy(parts="omit"), KEY)).read()
    left, none = copy.column("key").to_pylist()
    assert (left.strip(b"\0"), none, copy.column("key").type) == (b"", None, kind)


def test_pictures_in_a_column_are_left_to_the_policy(analyzer):
    data = stored(pa.table({"name": ["Ilse Brandt"], "photo": [png()]}))
    assert b"IDAT" in redact_bytes(data, analyzer, KEY)
    with pytest.raises(MediaNotExamined):
        redact_bytes(data, with_policy(media="refuse"), KEY)


def test_a_picture_in_a_text_loses_its_metadata(analyzer):
    url = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    data = stored(pa.table({"n": [f"of Teodor Vance: {url}", None], "l": [[url, "a"], []]}))
    rows = read(redact_bytes(data, analyzer, KEY)).read().to_pydict()
    for text in (rows["n"][0], rows["l"][0][0]):
        assert "Vance" not in text
        picture = base64.b64decode(text.partition("base64,")[2])
        assert Image.open(io.BytesIO(picture)).text == {}


def test_a_writer_that_keeps_a_document_is_found_out(analyzer, monkeypatch):
    monkeypatch.setattr(table, "changes", lambda *_: {})
    with pytest.raises(RedactorError):
        redact_bytes(stored(DOCUMENTS), analyzer, KEY)


DATA = stored(PEOPLE)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"PARE" + bytes(40), EncryptedDocument, id="encrypted"),
        pytest.param(b"PAR1" + bytes(40), InputError, id="no footer"),
        pytest.param(DATA[:-200], InputError, id="cut off"),
        pytest.param(DATA[:60] + bytes(90) + DATA[150:], InputError, id="zeros"),
        pytest.param(b"PAR1Ilse Marsh", InputError, id="no table"),
    ],
)
def test_a_damaged_file_is_refused_without_a_word_of_it(data, error):
    with pytest.raises(error) as caught:
        texts(data)
    assert "Ilse" not in str(caught.value)
