"""The page on formats: its table is that of the formats, and its example is one."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import applied, digest_of, drawn_edits, rewritten, texts_of, tokens_of

import redactor.formats
from redactor import formats
from redactor.api import redact_bytes
from redactor.errors import InputError
from redactor.formats import FORMATS, Hints, listed_formats
from redactor.keys import Key

PAGE = Path(redactor.formats.__file__).with_name("README.md").read_text("utf-8")
SETTINGS = """\
; written by Kevin Marsh
[contact of Ilse Marsh]
name = Teodor Vance
phone: 555-0142
empty =
debug
"""


@pytest.fixture(scope="module")
def ini():
    """Return the format of the page's example."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    namespace: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), namespace)
    return namespace["Ini"]()


def layout(form, data):
    return form.layout(io.BytesIO(data), Hints("a.ini"))


def row(form):
    suffixes = " ".join(sorted(form.suffixes))
    return f"| {form.title} | {suffixes} | {form.examined} | {form.not_examined or NOTHING} |"


NOTHING = "nothing is left out"


def test_the_table_is_that_of_the_formats():
    table = PAGE.split("<!-- formats -->\n")[1].split("<!-- end of formats -->")[0]
    assert table.splitlines() == [row(form) for form in listed_formats()]


def test_the_example_keeps_every_byte(ini):
    data = SETTINGS.encode()
    assert b"".join(token.raw for token in tokens_of(ini, layout(ini, data), data)) == data
    assert rewritten(ini, layout(ini, data), data)[0] == data


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(st.sampled_from("ab =:;#[]\n\r\té") | st.characters(codec="utf-8"), max_size=40),
    data=st.data(),
)
def test_the_example_has_the_laws(ini, text, data):
    source = text.encode()
    try:
        made_out = layout(ini, source)
    except InputError:
        return
    assert b"".join(token.raw for token in tokens_of(ini, made_out, source)) == source
    texts = texts_of(ini, made_out, source)
    edits = drawn_edits(data.draw, texts, ("[PERSON_7FQ2M9XA]",))
    copy, written = rewritten(ini, made_out, source, edits)
    assert len(list(written.patches())) == len(edits)
    assert all(applied(text, []) == text for text in texts)
    assert isinstance(digest_of(ini, made_out, copy), str)


def test_the_example_goes_through_the_program(ini, analyzer, monkeypatch):
    monkeypatch.setattr(formats, "FORMATS", (*FORMATS, ini))
    copy = redact_bytes(
        SETTINGS.encode(), analyzer, Key(b"k" * 32), layout=layout(ini, SETTINGS.encode())
    ).decode()
    for gone in ("Kevin", "Ilse", "Teodor", "Vance", "555-0142"):
        assert gone not in copy
    for kept in ("; written by ", "[contact of ", "name = ", "phone: ", "\nempty =\n"):
        assert kept in copy
