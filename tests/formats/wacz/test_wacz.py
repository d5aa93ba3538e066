"""Packages of web archives: members examined, and what follows from them counted anew."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from opened import Opened, contents
from warcio.archiveiterator import ArchiveIterator

from redactor.api import redact_bytes
from redactor.errors import InputError, RedactorError
from redactor.formats.wacz.packing import WaczPacker
from redactor.keys import Key

CASE = Path(__file__).parents[2] / "cases" / "wacz" / "py-wacz.wacz"
KEY = Key(b"k" * 32)
INDEX, LIST = "indexes/index.cdx.gz", "datapackage.json"


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def packed(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content)
    return data.getvalue()


def check(members):
    """Check digests, sizes and indexes of a package, as its format says that they are."""
    for one in json.loads(members[LIST])["resources"]:
        digest = hashlib.sha256(members[one["path"]]).hexdigest()
        assert (one["hash"], one["bytes"]) == (f"sha256:{digest}", len(members[one["path"]]))
    said = json.loads(members["datapackage-digest.json"])
    assert said["hash"] == f"sha256:{hashlib.sha256(members[LIST]).hexdigest()}"
    archive = members["archive/col.warc.gz"]
    lines = gzip.decompress(members[INDEX]).splitlines()
    assert lines == sorted(lines)
    for line in lines:
        block = json.loads(line[line.index(b" {") :])
        start, size = int(block["offset"]), int(block["length"])
        record = next(iter(ArchiveIterator(io.BytesIO(archive[start : start + size]))))
        assert record.rec_headers.get_header("WARC-Target-URI").strip("<>") == block["url"]
        assert record.rec_headers.get_header("WARC-Payload-Digest") in {block["digest"], None}
        digest = hashlib.sha256(archive[start : start + size]).hexdigest()
        assert block["recordDigest"] == f"sha256:{digest}"
    first = json.loads(
        members["indexes/index.idx"].splitlines()[1].partition(b" {")[2].join([b"{", b""])
    )
    assert first["length"] == len(members[INDEX])


def test_a_package_without_edits_is_kept_byte_for_byte():
    opened = Opened(CASE.read_bytes(), CASE.name)
    assert opened.form.name == "wacz"
    assert opened.copy() == CASE.read_bytes()
    assert opened.reread() == opened.seen()


def test_a_redacted_package_holds_together(analyzer):
    copy = redact_bytes(CASE.read_bytes(), analyzer, KEY)
    members = parts(copy)
    assert list(members) == list(parts(CASE.read_bytes()))
    check(members)
    warc, index = gzip.decompress(members["archive/col.warc.gz"]), gzip.decompress(members[INDEX])
    for gone in (b"Vance", b"teo_vance", b"Ilse", b"555-0187"):
        assert gone not in warc + index + members["pages/pages.jsonl"]
    pages = [json.loads(line) for line in members["pages/pages.jsonl"].splitlines()]
    assert pages[1]["title"].startswith("News of [PERSON_")
    assert redact_bytes(copy, analyzer, KEY) == copy


def test_digests_and_places_are_no_texts():
    members = Opened(CASE.read_bytes(), CASE.name).members()
    read = {one.texts[0].text: one for one in members}
    assert b"sha256" not in contents(read[LIST])
    assert b"sha1" not in contents(read[INDEX])
    assert read["indexes/index.idx"].copied


def test_a_plain_index_in_another_order_keeps_its_order(analyzer):
    members = parts(CASE.read_bytes())
    lines = gzip.decompress(members.pop(INDEX)).splitlines(keepends=True)
    del members["indexes/index.idx"], members["datapackage-digest.json"]
    members["indexes/index.cdxj"] = b"".join(reversed(lines))
    members[LIST] = b'{"resources": [{"path": "archive/col.warc.gz", "bytes": 4440}]}'
    copy = parts(redact_bytes(packed(members), analyzer, KEY))
    times = [line.split(b" ")[1] for line in copy["indexes/index.cdxj"].splitlines()]
    assert len(times) == len(lines)
    for line in copy["indexes/index.cdxj"].splitlines():
        block = json.loads(line[line.index(b" {") :])
        assert copy["archive/col.warc.gz"][int(block["offset"]) :].startswith(b"\x1f\x8b")
    assert json.loads(copy[LIST])["resources"][0]["bytes"] == len(copy["archive/col.warc.gz"])


def test_a_signature_is_left_out_and_said():
    members = parts(CASE.read_bytes())
    digest = json.loads(members["datapackage-digest.json"])
    digest["signedData"] = {"hash": digest["hash"], "domain": "vance.example.org"}
    members["datapackage-digest.json"] = json.dumps(digest).encode()
    opened = Opened(packed(members), "a.wacz")
    assert opened.copy() == packed(members)
    number = 1 + list(members).index("pages/pages.jsonl")
    source, sink = io.BytesIO(opened.data), io.BytesIO()
    packer = opened.form.packer(source, opened.layout, sink)
    for member in opened.members():
        if member.number == number:
            packer.replace(member, [member.texts[0].text], io.BytesIO(b"{}\n"))
        else:
            packer.keep(member)
    packer.finish(())
    assert list(packer.dropped()) == ["WACZ"]
    assert b"signedData" not in parts(sink.getvalue())["datapackage-digest.json"]
    check(parts(sink.getvalue()))


@pytest.mark.parametrize("skipped", [LIST, INDEX])
def test_a_writer_that_renews_nothing_is_found_out(skipped, analyzer, monkeypatch):
    whole = WaczPacker._renew  # a fault is put in

    def skipping(self, one):
        if one.name != skipped:
            whole(self, one)
        elif one.name == LIST:
            one.data = None
        else:
            with gzip.open(io.BytesIO(parts(CASE.read_bytes())[INDEX])) as file:
                one.data.cut(0)
                one.data.write(file.read().replace(b'"offset": "', b'"offset": "7'))

    monkeypatch.setattr(WaczPacker, "_renew", skipping)
    with pytest.raises(RedactorError):
        redact_bytes(CASE.read_bytes(), analyzer, KEY)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(LIST, b"{", id="a list that is no JSON"),
        pytest.param(LIST, b'{"resources": 7}', id="a list that is none"),
        pytest.param(INDEX, b"\x1f\x8b\x08 not gzip", id="an index that cannot be unpacked"),
        pytest.param(INDEX, b"\xff\xfe\n", id="an index that is no text"),
        pytest.param("archive/col.warc.gz", b"WARC/1.0\r\n", id="an archive that is cut off"),
    ],
)
def test_a_damaged_package_is_refused(name, content, analyzer):
    with pytest.raises(InputError):
        redact_bytes(packed(parts(CASE.read_bytes()) | {name: content}), analyzer, KEY)
