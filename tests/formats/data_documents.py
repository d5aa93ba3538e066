"""JSON and tables, drawn by hypothesis: written by the standard library, in drawn styles."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from hypothesis import assume, reject
from hypothesis import strategies as st

from redactor.errors import InputError
from redactor.formats import Csv, Hints, Json

CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
# A number of several digits is written as a whole, so that two edits of it are one.
SCALARS = st.none() | st.booleans() | st.integers(0, 9) | WORDS
KEYS = WORDS | st.sampled_from(["text", "source", "type"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
CELLS = st.text(st.sampled_from("ab1,;\t|\"' \\\n\r#=é") | st.characters(codec="utf-8"), max_size=8)


@st.composite
def json_documents(draw):
    """Draw a format, its layout, and the bytes of a document of one value or several."""
    values = draw(st.lists(VALUES, max_size=4))
    style = draw(st.sampled_from([{}, {"indent": 1}, {"separators": (",", ":")}]))
    pretty = {**style, "ensure_ascii": draw(st.booleans())}
    text = draw(st.sampled_from(["\n", "\r\n", " "])).join(json.dumps(v, **pretty) for v in values)
    data = text.encode(draw(CODECS))
    form = Json()
    layout = form.layout(io.BytesIO(data), Hints("a.json"))
    join = draw(st.sampled_from([(), (("join", "lines"),), (("join", "texts"),)]))
    return form, replace(layout, settings=(*layout.settings[:1], *join)), data


@st.composite
def csv_documents(draw):
    """Draw a format, its layout, and the bytes of a table."""
    rows = draw(st.lists(st.lists(CELLS, max_size=3), max_size=4))
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=draw(st.sampled_from(",;\t|")),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    writer.writerows(rows)
    text = draw(st.sampled_from(["", "sep=;\n", "a,b,"])) + out.getvalue()
    assume("\x1f" not in text)
    data = text.encode(draw(CODECS))
    form = Csv()
    try:
        layout = form.layout(io.BytesIO(data), Hints(draw(st.sampled_from(["a.csv", "a.tsv"]))))
        list(form.tokens(io.BytesIO(data), layout))
    except InputError:  # the text before the table may open a quote
        reject()
    return form, layout, data
