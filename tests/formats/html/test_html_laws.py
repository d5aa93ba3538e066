"""The laws of tokenized formats, held against HTML: for any bytes, and for pages that are damaged.

They know nothing of HTML but which documents to draw. `formats/test_case_laws.py` holds the others,
on real pages.
"""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenized_laws import fields, read, texts_of

from redactor.errors import EncodingError
from redactor.formats.base import Hints
from redactor.formats.html import Html

FORM = Html()
CASES = sorted((Path(__file__).parents[2] / "cases" / "html").glob("*.*"))
some = settings(max_examples=300, deadline=None)

# What changes how the rest of a page is read.
MARKUP = st.sampled_from(
    "< > </ /> <! <!-- --> --!> <!-> <![CDATA[ ]]> <? ?> & &amp; &lt &#65; &#x; &notit; = \" ' ` \\"
    " <p> </p> <b title= <a href=\" ' > <script> </script <style> </style> <textarea> </title>"
    ' <title> <svg> </svg> <math> <plaintext> <xmp> <noscript> <br> <iframe srcdoc=" <br/>'
    " <kevin@x.org> <my-tag x> <Kevin Marsh> // /* */ ${ } [ ] { : , \\u00e9 \\x4 // \n \r\n \x00"
    ' " + " onclick=" style=" data:text/plain;base64,S2V2aW4= Kevin Marsh é 漢 5550100 <!DOCTYPE'
    " <script><!--<script> <script\ttype=application/ld+json> <br\ttitle=x>".split(" ")
)
PAGES = st.lists(st.one_of(MARKUP, st.text(max_size=4)), max_size=30).map(
    lambda parts: "".join(parts).encode("utf-8", "replace")
)
ENDS = st.sampled_from([".html", ".xhtml"]).map("page{}".format)


def tile(data, name="page.html"):
    try:
        return read(FORM, data, Hints(name))
    except EncodingError:
        return None, []


@some
@given(data=st.binary(max_size=200), name=ENDS)
def test_tokens_tile_any_bytes(data, name):
    tile(data, name)


@some
@given(data=PAGES, name=ENDS)
@example(data=b"<script>'\\", name="page.html")
@example(data=b"<p onclick=\"a='&amp", name="page.html")
def test_tokens_tile_any_mix_of_markup(data, name):
    tile(data, name)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_tokens_tile_a_page_that_is_damaged(path):
    data, rng = path.read_bytes(), random.Random(path.name)
    for _ in range(25):
        start = rng.randrange(len(data))
        end = min(len(data), start + rng.choice([0, 1, 3, 40]))
        put = rng.choice([b"", b"<", b'"', b"<!--", b"<script>", b"'", b"\x00", b"&", b"]]>"])
        tile(data[:start] + put + data[end:])


def test_the_independent_reader_shows_what_a_faulty_tokenizer_left_out(monkeypatch):
    page = b'<p title="Kevin Marsh">Ilse <b>Brandt</b></p><!-- Teodor Vance -->'
    layout, whole = read(FORM, page)
    for faulty in ("title", "comment"):
        _, tokens = read(FORM, page)
        kept = [
            t
            for t in tokens
            if t.text is not None and faulty not in (t.label, t.location.kind.value)
        ]
        assert len(kept) < len(texts_of(whole))
        seen = " ".join(t.text for t in kept)
        extracted = " ".join(FORM.extract(io.BytesIO(page), layout))
        assert set(re.findall(r"\w+", extracted)) - set(re.findall(r"\w+", seen))


ADDRESS = "kevin.marsh@example.org"
BETWEEN = (
    "<p> </p> <b title=x> </b> <i> <a href=\"> \"> <b x='\"'> ' <!----> <!--> <!-- a --> <!a> <?a>"
    " </1> <zz> </zz> <my-x> <svg> </svg> <math> <mi> <desc> <noscript> </noscript> <br> <table>"
    " <tr> <td> </table> </td> <select> <option> </select> <input> <img> <wbr> </title> </iframe>"
    " <head> <body> </body> </html> <frameset> <col> <caption> <center> </div> <div> <li> <ul> <h1>"
    " <pre> <b/x> <b =x> </b x='> '> &#0; <label> <mtext> <object> <button> </button>"
).split()


@settings(max_examples=400, deadline=None, derandomize=True)
@given(parts=st.lists(st.lists(st.sampled_from(BETWEEN), max_size=2), min_size=3, max_size=3))
def test_what_a_browser_shows_as_one_text_is_one_text(parts):
    cut = len("".join(parts[1])) % 12 + 5
    page = "".join(
        ("".join(parts[0]), ADDRESS[:cut], "".join(parts[1]), ADDRESS[cut:], "".join(parts[2]))
    )
    layout, tokens = read(FORM, page.encode())
    shown = list(FORM.extract(io.BytesIO(page.encode()), layout))
    if any(ADDRESS in text for text in shown):
        assert any(ADDRESS in text.replace("\ufffd", "") for text in fields(tokens))
