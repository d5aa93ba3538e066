"""Web archives: records kept byte for byte, or written anew with lengths and digests that hold."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

import brotli
import pytest
from opened import Opened, contents, sha
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from redactor.api import redact_bytes
from redactor.errors import DamagedDocument, InputError, OutputError, UnsupportedFormat
from redactor.formats import Entry, Hints, Layout, WebHeader, format_for
from redactor.formats.budget import unlimited
from redactor.keys import Key

CASES = Path(__file__).parents[2] / "cases" / "warc"
MADE = sorted(CASES.glob("*.warc*"))
each_maker = pytest.mark.parametrize("path", MADE, ids=[path.name for path in MADE])

PAGE = b"<p>Dear Mr Teodor Vance, write to teodor.vance@example.org.</p>"
ADDRESS = "http://example.org/profile?user=teo_vance"


def chunked(data, size=20):
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def archive(*bodies, packed=True, kind="text/html; charset=utf-8", revisit=False):
    """Return an archive of responses: each a body and its headers."""
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=packed)
    for number, (body, *headers) in enumerate(bodies):
        fields = [("Content-Type", kind), ("Set-Cookie", "user=teo_vance"), *headers]
        http = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
        address = f"{ADDRESS}&page={number}"
        record = writer.create_warc_record(
            address, "response", payload=io.BytesIO(body), http_headers=http
        )
        writer.write_record(record)
        record.raw_stream.close()
        if revisit:
            digest = record.rec_headers.get_header("WARC-Payload-Digest")
            again = writer.create_revisit_record(address, digest, address, "2020-01-01T00:00:00Z")
            writer.write_record(again)
            again.raw_stream.close()
    return sink.getvalue()


def read(data):
    """Return headers, first lines, bodies and results of the digests of an archive, by warcio."""
    found = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests=True):
        http = record.http_headers
        body = record.content_stream().read()
        assert record.digest_checker.passed is not False
        found.append((record.rec_headers, http, body))
    return found


CODED = {
    "plain": (PAGE,),
    "gzip": (gzip.compress(PAGE), ("Content-Encoding", "gzip")),
    "deflate": (zlib.compress(PAGE), ("Content-Encoding", "deflate")),
    "deflate without its header": (zlib.compress(PAGE)[2:-4], ("Content-Encoding", "deflate")),
    "brotli": (brotli.compress(PAGE), ("Content-Encoding", "br")),
    "chunks": (chunked(PAGE), ("Transfer-Encoding", "chunked")),
    "gzip in chunks": (
        chunked(gzip.compress(PAGE)),
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
    ),
    "decoded by its writer": (PAGE, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")),
    "a coding that is none": (PAGE, ("Content-Encoding", "utf-8")),
}


@each_maker
def test_archives_of_other_makers_are_kept_byte_for_byte(path):
    opened = Opened(path.read_bytes(), path.name)
    assert opened.copy() == path.read_bytes()
    assert opened.reread() == opened.seen()


@each_maker
def test_an_archive_of_another_maker_is_redacted(path, analyzer):
    copy = redact_bytes(path.read_bytes(), analyzer, Key(b"k" * 32))
    records = read(copy)
    assert len(records) == len(read(path.read_bytes()))
    plain = copy if path.suffix == ".warc" else gzip.decompress(copy)
    for gone in (b"Teodor", b"teodor", b"teo_vance", b"Ilse", b"555-0142"):
        assert gone not in plain
    assert b"color: red" in plain
    addresses = {
        record.get_header("WARC-Target-URI")
        for record, _, _ in records
        if "profile" in str(record.get_header("WARC-Target-URI"))
    }
    assert len(addresses) == 1
    assert any("/profile.html?user=" in str(http) for _, http, _ in records)


@pytest.mark.parametrize("body", CODED.values(), ids=CODED)
def test_a_body_is_read_with_its_codings_undone_and_written_without(body):
    opened = Opened(archive(body))
    head, page = opened.members()
    assert contents(page) == PAGE
    assert opened.reread() == opened.seen()
    copy = opened.copy({page.number: ((), b"<p>[PERSON]</p>")})
    [(_, http, new)] = read(copy)
    assert new == b"<p>[PERSON]</p>"
    assert http.get_header("Transfer-Encoding") is None
    assert http.get_header("Content-Encoding") in (None, "utf-8")
    assert Opened(copy).seen()[0] == Entry((), sha(contents(head)))


@pytest.mark.parametrize("packed", [True, False])
def test_records_without_edits_are_kept_beside_those_with(packed):
    data = archive((PAGE,), (PAGE,), packed=packed)
    copy = Opened(data).copy({2: ((), b"other")})
    second = data[len(archive((PAGE,), packed=packed)) - 9 :]
    assert copy.endswith(second[-200:])
    assert [body for *_, body in read(copy)] == [b"other", PAGE]


def test_a_revisit_record_refers_to_the_new_digest():
    copy = Opened(archive((PAGE,), revisit=True)).copy({2: ((), b"other")})
    first, second = (record for record, *_ in read(copy))
    assert second.get_header("WARC-Type") == "revisit"
    digests = {one.get_header("WARC-Payload-Digest") for one in (first, second)}
    assert len(digests) == 1
    assert digests != {read(archive((PAGE,)))[0][0].get_header("WARC-Payload-Digest")}


def test_a_name_in_the_compression_of_a_record_is_a_text():
    record = gzip.decompress(archive((PAGE,)))
    packed = io.BytesIO()
    with gzip.GzipFile("Vance.warc", "wb", fileobj=packed, mtime=0) as file:
        file.write(record)
    opened = Opened(packed.getvalue())
    assert [text.text for text in opened.members()[0].texts] == ["Vance.warc"]
    copy, expected = opened.all_changed(contents(opened.members()[0]))
    assert Opened(copy).reread()[0].texts == expected[0].texts
    assert b"Vance.warc" not in copy


def test_a_body_that_is_left_out_leaves_its_headers():
    data = archive((PAGE, ("Content-Encoding", "gzip")), (PAGE,))
    copy = Opened(data).copy(left_out={2})
    assert [body for *_, body in read(copy)] == [b"", PAGE]
    assert Opened(copy).reread() == [one for n, one in enumerate(Opened(data).seen()) if n != 1]


def test_a_body_of_a_type_that_is_no_text_is_not_said_to_be_named_so():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("a.txt", "Ilse Marsh")
    data = io.BytesIO(archive((inner.getvalue(),), kind="application/vnd.of.a.program"))
    form, layout = format_for(data, Hints("a.warc.gz"))
    *_, last = form.members(data, layout, unlimited())
    with last.open() as body:
        assert format_for(body, Hints(last.name))[1] == Layout("zip")


def test_a_picture_is_kept_and_what_is_not_read_is_named(analyzer):
    picture = archive((b"\x89PNG\r\n\x1a\n" + bytes(90),), kind="image/png")
    assert b"\x89PNG" in gzip.decompress(redact_bytes(picture, analyzer, Key(b"k" * 32)))
    with pytest.raises(InputError, match=r"member 2: .*PDF"):
        redact_bytes(archive((b"%PDF-1.7",), kind="image/png"), analyzer, Key(b"k" * 32))


RECORD = archive((PAGE,), packed=False)
REFUSED = {
    "a length that is too small": RECORD.replace(b"Content-Length: 1", b"Content-Length: ", 1),
    "cut off": RECORD[:-30],
    "bytes behind the end": RECORD + b"by Ilse Marsh",
    "a line that is no header": RECORD.replace(b"WARC-Type: response", b"by Ilse Marsh"),
    "records compressed as one": gzip.compress(RECORD + RECORD),
    "a record in segments": RECORD.replace(b"WARC-Date: ", b"WARC-Segment-Number: "),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_by_name(data):
    with pytest.raises((DamagedDocument, UnsupportedFormat)):
        Opened(data, "a.warc").seen()


def test_damaged_archives_are_read_alike_by_both_readers_or_refused():
    for place in range(0, len(RECORD), 5):
        damaged = RECORD[:place] + b"\xaa" + RECORD[place + 1 :]
        try:
            opened = Opened(damaged, "a.warc")
            assert opened.seen() == opened.reread()
        except InputError:
            continue


def test_a_writer_that_skips_the_headers_is_noticed(analyzer, monkeypatch):
    monkeypatch.setattr(
        "redactor.formats.warc.heads.renewed",
        lambda line, text: text.encode() + b"\r\n" if line.is_computed else line.raw,
    )
    with pytest.raises(OutputError):
        redact_bytes(RECORD, analyzer, Key(b"k" * 32))


def test_the_second_reader_of_headers_sees_values_and_no_names():
    data = b"WARC-Date: 2020-01-01T00:00:00Z\r\nHost: a.example\r\n\r\nGET /x HTTP/1.1\r\nCookie: c"
    seen = list(WebHeader().extract(io.BytesIO(data), Layout("web-header")))
    assert [text for text in seen if text] == ["/x", "a.example", "c"]


@pytest.mark.parametrize("line", ["WARC-C", "WARC-C\nHost: a.example"])
def test_a_line_that_is_no_header_is_refused(line):
    data = f"WARC-Date: 2020-01-01T00:00:00Z\r\n{line}\r\n\r\nGET /x HTTP/1.1\r\n".encode()
    with pytest.raises(DamagedDocument):
        WebHeader().layout(io.BytesIO(data), Hints())
