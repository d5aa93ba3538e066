"""Indexes of web archives: addresses and their keys redacted alike, nothing that proves a guess."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from redactor.api import redact_bytes
from redactor.errors import InputError, OutputError
from redactor.formats import Hints, WebIndex, format_for
from redactor.formats.base import Sink
from redactor.formats.budget import unlimited
from redactor.formats.warc.surt import surt
from redactor.keys import Key
from redactor.model import Edit

CASES = Path(__file__).parents[2] / "cases" / "web-index"
MADE = sorted(CASES.glob("*.cdx*"))
each_maker = pytest.mark.parametrize("path", MADE, ids=[path.name for path in MADE])
LINE = (
    b'org,example)/profile?user=teo_vance 20260101120000 {"url": '
    b'"http://www.example.org/Profile/?user=teo_vance", "mime": "text/html", "status": "200", '
    b'"digest": "sha1:YPYVPCACKEX4Q3S44KTJLTWUPIUFEWJR", "length": 627, "offset": "830", '
    b'"filename": "a.warc.gz"}\n'
)
COLUMNS = (
    b" CDX N b a m s k r M S V g\norg,example)/teo 20260101120000 http://example.org/teo "
    b"text/html 200 YPYVPCACKEX4Q3S44KTJLTWUPIUFEWJR - - 627 830 a.warc.gz\n"
)


def copied(data, edits=()):
    form, layout = format_for(io.BytesIO(data), Hints("a.cdxj"))
    sink: Sink = io.BytesIO()
    form.write(io.BytesIO(data), layout, edits, sink, {})
    copy = sink.getvalue()
    form.check_unchanged(io.BytesIO(data), io.BytesIO(copy), layout)
    return copy


def texts(data):
    form, layout = format_for(io.BytesIO(data), Hints("a.cdxj"))
    return [token.text for token in form.texts(io.BytesIO(data), layout, unlimited())]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://www.example.org/", "org,example)/"),
        ("https://Example.ORG:443/A/B/?b=2&a=1", "org,example)/a/b?a=1&b=2"),
        ("http://user@example.org:8080/x", "org,example:8080)/x"),
        ("urn:pageinfo:x", "urn:pageinfo:x"),
        ("http://[", "http://["),
    ],
)
def test_a_key_is_the_address_with_its_host_reversed(address, expected):
    assert surt(address) == expected


@each_maker
def test_the_keys_of_other_makers_are_ours(path):
    for line in path.read_text().splitlines():
        key, _, block = line.partition(" {")
        if block:
            assert key.split(" ")[0] == surt(json.loads("{" + block)["url"]) or "metadata" in block


def test_a_key_follows_its_address():
    assert texts(LINE) == ["http://www.example.org/Profile/?user=teo_vance", "a.warc.gz"]
    copy = copied(LINE, [Edit(0, 37, 46, "PERSON_A")])
    assert copy.startswith(b"org,example)/profile?user=person_a 20260101120000 {")
    assert b"http://www.example.org/Profile/?user=PERSON_A" in copy
    assert texts(copy)[0].endswith("?user=PERSON_A")


def test_a_key_that_is_written_otherwise_is_a_text():
    other = LINE.replace(b"org,example)", b"com,example)", 1)
    assert texts(other)[0] == "com,example)/profile?user=teo_vance"


@pytest.mark.parametrize("data", [LINE, COLUMNS], ids=["CDXJ", "CDX"])
def test_a_copy_has_no_places_and_digests_and_is_copied_as_it_is(data):
    copy = copied(data)
    for gone in (b"YPYV", b"627", b"830"):
        assert gone not in copy
    assert len(copy.splitlines()) == len(data.splitlines())
    assert texts(copy) == texts(data)
    assert copied(copy) == copy


@each_maker
def test_an_index_of_another_maker_is_redacted(path, analyzer):
    copy = redact_bytes(path.read_bytes(), analyzer, Key(b"k" * 32))
    assert b"teo_vance" not in copy
    assert b"YPYV" not in copy
    assert len(copy.splitlines()) == len(path.read_bytes().splitlines())


def test_a_writer_that_leaves_a_digest_is_found_out(monkeypatch):
    monkeypatch.setattr("redactor.formats.warc.index.NOTHING", "830")
    with pytest.raises(OutputError, match="a place or a digest"):
        copied(LINE)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LINE[:60] + b"\n", id="a block that does not end"),
        pytest.param(LINE.replace(b'"200"', b'["200"]'), id="values within values"),
        pytest.param(b"\xff\xfe\x00\n", id="no UTF-8"),
        pytest.param(b"a b c\n", id="columns that are not known"),
        pytest.param(COLUMNS.replace(b" 830", b""), id="a column less"),
        pytest.param(b"x" * (1 << 20) + b"\n", id="a line without an end"),
    ],
)
def test_a_damaged_index_is_refused(data):
    form = WebIndex()
    with pytest.raises(InputError):
        list(form.texts(io.BytesIO(data), form.layout(io.BytesIO(data), None), unlimited()))
