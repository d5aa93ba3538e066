"""RTF: text across groups and control words, in any code page, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from striprtf.striprtf import rtf_to_text

from redactor.api import redact_bytes
from redactor.errors import DamagedDocument, LeakError, UnsupportedFormat
from redactor.formats import Hints, format_for
from redactor.formats.rewriting import write_tokens
from redactor.keys import Key
from redactor.model import Edit

CASES = Path(__file__).parents[2] / "cases" / "rtf"


def rtf(body, head=""):
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{head or ' '}{body}}}".encode("latin-1")


def tokens(data):
    form, layout = format_for(io.BytesIO(data), Hints("a.rtf"))
    assert form.name == "rtf"
    found = list(form.tokens(io.BytesIO(data), layout))
    assert b"".join(token.raw for token in found) == data
    return found


def text(data):
    """Return the texts, with a bar before those that do not join the one before."""
    return "".join(("" if one.joins else "|") + one.text for one in tokens(data) if one.text)


FONTS = "{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial;}{\\f2\\fcharset128 Gothic;}}"
TEXTS = {
    "groups in a word": (rtf("{\\b Teo}{\\i dor} V\\b0 ance"), "|Teodor Vance"),
    "codes of bytes": (rtf("Zo\\'eb"), "|Zoë"),
    "Unicode with its substitute": (rtf("Zo\\u235e Zo\\u235\\'eb"), "|Zoë Zoë"),
    "Unicode without one": (rtf("\\uc0 Zo\\u235 x"), "|Zoëx"),
    "two characters in its place": (rtf("\\uc2 Zo\\u235??x"), "|Zoëx"),
    "beyond the first plane": (rtf("\\u-10179?\\u-8694?"), "|😊"),
    "a font of another code page": (rtf("\\f1\\'c8\\'e2\\'e0\\'ed\\f0 !", FONTS), "|Иван!"),
    "two bytes a character": (rtf("\\f2\\'93\\'fa\\'96\\'7b", FONTS), "|日本"),
    "escaped signs": (rtf("a\\{b\\}c\\\\d"), "|a{b}c\\d"),
    "a hyphen where a word may break": (rtf("Teo\\-dor"), "|Teodor"),
    "paragraphs, lines, tabs": (rtf("a\\par b\\line c\\tab d"), "|a\nb\nc\td"),
    "line ends of the file": (rtf("Teo\r\ndor"), "|Teodor"),
    "cells": (rtf("Marsh\\cell Vance\\cell\\row"), "|Marsh|Vance"),
    "a note in a sentence": (rtf("Teo{\\footnote x}dor"), "|Teo|xdor"),
    "properties": (rtf("a", "{\\info{\\title T}{\\author A}}"), "|T|A|a"),
    "authors of revisions": (rtf("a", "{\\*\\revtbl{Unknown;}{Ilse;}}"), "|Unknown;|Ilse;|a"),
    "a destination that is not known": (rtf("a{\\*\\unknown x}b"), "|a|xb"),
    "a picture": (rtf("a{\\pict\\wmetafile8 0102}b"), "|ab"),
    "a picture in binary": (rtf("a{\\pict\\bin3 }}}}b"), "|ab"),
    "an instruction": (rtf('{\\field{\\*\\fldinst LINK "x"}{\\fldrslt y}}'), '|LINK "x"|y'),
}


@pytest.mark.parametrize(("data", "expected"), TEXTS.values(), ids=TEXTS)
def test_texts_are_read_across_groups_and_codes(data, expected):
    assert text(data) == expected


REFUSED = {
    "an embedded object": (rtf("{\\object{\\*\\objdata 0105}}"), UnsupportedFormat),
    "binary data in the text": (rtf("\\bin3 abc"), UnsupportedFormat),
    "a group without an end": (rtf("a")[:-1], DamagedDocument),
    "a brace too many": (rtf("a") + b"}}", DamagedDocument),
    "binary data without an end": (rtf("{\\pict\\bin99 }"), DamagedDocument),
    "a destination without a name": (rtf("{\\*n\\p x}"), DamagedDocument),
}


@pytest.mark.parametrize(("data", "error"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_by_name(data, error):
    with pytest.raises(error):
        tokens(data)


def test_ten_thousand_groups_in_each_other_are_read():
    assert text(rtf("{" * 10_000 + "deep" + "}" * 10_000)) == "|deep"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("\\b0\\'e9t", "[X]t", id="signs"),
        pytest.param("\\b\\'e9t", "Xt", id="a letter behind a control word"),
        pytest.param("\\fs24\\'e9t", "1t", id="a digit behind a number"),
        pytest.param("\\uc2 \\'e9t", "Zoë 😊{}\\t", id="signs that are escaped"),
    ],
)
def test_a_replacement_is_read_as_it_was_written(body, expected):
    data, copy = rtf(body), io.BytesIO()
    write_tokens(tokens(data), [Edit(0, 0, 1, expected[:-1])], copy)
    assert text(copy.getvalue()) == f"|{expected}"


@pytest.mark.parametrize("path", sorted(CASES.glob("*.rtf")), ids=lambda path: path.stem)
def test_a_document_is_redacted_in_every_place(path, analyzer):
    copy = redact_bytes(path.read_bytes(), analyzer, Key(b"k" * 32))
    seen = text(copy) + rtf_to_text(copy.decode("latin-1"))
    for gone in ("Teodor", "Vance", "Marsh", "Ilse", "example.org", "555-0142"):
        assert gone not in seen.replace("http://example.org", "")
    assert "Dear" in seen


def test_a_reader_that_skips_a_destination_is_noticed(analyzer, monkeypatch):
    """A tokenizer that takes the text of the body for no text leaves it to the second reader."""
    data = rtf("Dear Teodor Vance.\\par {\\b Write to Teodor Vance.}")
    monkeypatch.setattr("redactor.formats.rtf._KEPT", frozenset({b"b"}))
    with pytest.raises(LeakError):
        redact_bytes(data, analyzer, Key(b"k" * 32))
