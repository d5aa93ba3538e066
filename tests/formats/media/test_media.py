"""Pictures and the like: one policy for all documents, counted and named wherever they stand."""

from __future__ import annotations

import base64
import email.message
import email.policy
import gzip
import io
import json
import tarfile
import zipfile
from dataclasses import replace

import pytest

from redactor.analysis.analyzer import Analyzer
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.errors import ExitCode, MediaNotExamined, UnsupportedFormat
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.formats.budget import TreeBudget
from redactor.formats.media import blank_of, media_in_words
from redactor.formats.signatures import medium_of
from redactor.formats.tree import Reading
from redactor.keys import Key
from redactor.model import Job, Status
from redactor.pipeline import RunContext, redact, write
from redactor.pipeline.examination import Found
from redactor.verify import verify_output

KEY = Key(b"k" * 32)
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAwAAAAJCAIAAACJ2loDAAAAS0lEQVR4nGNkYGAQIYRYGCQZGBjY8SO4Ij48CFmRKC6E"
    "pkgGK8JUpIyK3BgYlLEq0mJg0GJgsIAxtHApMkRGWBVZMDAYMjBYwJAvAFMTCqIgnPvVAAAAAElFTkSuQmCC"
)
CODE = base64.b64encode(PICTURE).decode()
WHO = "Write to teodor.vance@example.org"


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return data.getvalue()


def tarred():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, content in {"a.txt": WHO.encode(), "b.png": PICTURE}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def message():
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["Subject"], mail["From"] = "Hello", "teodor.vance@example.org"
    mail.set_content(f"{WHO}\n")
    mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="logo.png")
    return bytes(mail)


def web_archive():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nX-By: teodor.vance@example.org\r\n\r\n"
    fields = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        "WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Target-URI: http://example.org/a.png\r\n"
        f"Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(head + PICTURE)}\r\n\r\n"
    )
    return fields.encode() + head + PICTURE + b"\r\n\r\n"


def word():
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="{main}"/></Types>'
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = f'<w:document xmlns:w="{space}"><w:p><w:r><w:t>{WHO}</w:t></w:r></w:p></w:document>'
    parts = {"[Content_Types].xml": types, "word/document.xml": text, "word/media/a.png": PICTURE}
    return zipped(**{name.replace(".", "__"): part for name, part in parts.items()})


HOLDERS = {
    "a ZIP archive": ("a.zip", zipped(a__txt=WHO, b__png=PICTURE)),
    "a compressed tar archive": ("a.tgz", tarred()),
    "a message": ("a.eml", message()),
    "a Word document": ("a.docx", word()),
    "a web archive": ("a.warc", web_archive()),
    "a page": ("a.html", f'<p>{WHO}<img src="data:image/png;base64,{CODE}">'.encode()),
    "a drawing": (
        "a.svg",
        f'<svg xmlns="http://www.w3.org/2000/svg"><text>{WHO}</text>'
        f'<image href="data:image/png;base64,{CODE}"/></svg>'.encode(),
    ),
    "a flat OpenDocument text": (
        "a.xml",
        f"<o><p>{WHO}</p><binary-data>{CODE}</binary-data></o>".encode(),
    ),
    "a notebook": ("a.json", json.dumps({"a": WHO, "image/png": CODE}).encode()),
    "a contact": (
        "a.vcf",
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nEMAIL:teodor.vance@example.org\r\n"
        f"PHOTO;ENCODING=b;TYPE=PNG:{CODE}\r\nEND:VCARD\r\n".encode(),
    ),
    "a directory": (
        "a.ldif",
        f"dn: cn=x\nmail: teodor.vance@example.org\njpegPhoto:: {CODE}\n".encode(),
    ),
    "an RTF document": (
        "a.rtf",
        rf"{{\rtf1 {WHO}{{\pict\pngblip {PICTURE.hex()}}} and so on}}".encode(),
    ),
}
BLANKED = [name for name in HOLDERS if name != "an RTF document"]
each_holder = pytest.mark.parametrize("name", HOLDERS)


def copied(name: str, media: str) -> tuple[bytes, Found]:
    """Return the copy of a document under a policy for media, and what was found in it."""
    file, data = HOLDERS[name]
    policy = replace(load_policy("default"), media=media)
    draft = Memory()
    with Found() as found:

        def reading():
            return Reading(TreeBudget(policy.limits))

        write(io.BytesIO(data), file, Analyzer(policy), KEY, draft, found, reading)
    return draft.data.getvalue(), found


class Memory:
    def __init__(self):
        self.data = io.BytesIO()

    def write(self, data):
        self.data.write(data)

    def read_back(self):
        return io.BytesIO(self.data.getvalue())


def layers(data: bytes) -> bytes:
    """Return bytes with what is packed and encoded in them beside."""
    found = [data, data.replace(b"\r\n", b"").replace(b"\n", b"")]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [archive.read(one) for one in archive.namelist()]
    if data[:2] == b"\x1f\x8b":
        found.append(gzip.decompress(data))
    return b"".join(found)


def holds(data: bytes, picture: bytes) -> bool:
    """Tell whether some layer of a copy holds a picture, in whatever code."""
    codes = (picture, base64.b64encode(picture).rstrip(b"="), picture.hex().encode())
    return any(code in layers(data) for code in codes)


@each_holder
def test_a_picture_is_kept_counted_and_named(name):
    copy, found = copied(name, "keep")
    assert holds(copy, PICTURE)
    assert b"teodor.vance" not in layers(copy)
    assert [one.kind for one in found.media] == ["pixels"]


@each_holder
def test_a_picture_is_left_out_of_the_copy_and_the_rest_is_there(name):
    copy, found = copied(name, "omit")
    assert not holds(copy, PICTURE)
    assert b"teodor.vance" not in layers(copy)
    assert len(found.media) == 1
    if name in BLANKED:
        assert holds(copy, blank_of(PICTURE))


@each_holder
def test_a_picture_costs_the_document_where_the_policy_refuses_it(name):
    with pytest.raises(MediaNotExamined, match="the pixels of 1 picture"):
        copied(name, "refuse")


def test_a_picture_within_a_text_is_counted_and_cannot_be_left_out(monkeypatch):
    source = f"{WHO} ![logo](data:image/png;base64,{CODE}) and so on\n".encode()
    monkeypatch.setitem(HOLDERS, "markdown", ("a.md", source))
    copy, found = copied("markdown", "keep")
    assert holds(copy, PICTURE)
    assert [one.kind for one in found.media] == ["pixels"]
    with pytest.raises(MediaNotExamined, match="cannot be left out"):
        copied("markdown", "omit")


def test_a_file_of_which_nothing_is_examined_is_no_part_of_a_document(monkeypatch):
    monkeypatch.setitem(HOLDERS, "a film", ("a.webm", b"\x1aE\xdf\xa3" + bytes(90)))
    with pytest.raises(UnsupportedFormat):
        copied("a film", "keep")


def desk(folder, media: str):
    """Redact a ZIP archive into a folder; return the outcome, and the record of the document."""
    out, audit = folder / "out", folder / "out.audit"
    (folder / "a.zip").write_bytes(HOLDERS["a ZIP archive"][1])
    make_folder(audit, mode=PRIVATE_FOLDER)
    log = AuditLog.create(audit, KEY)
    policy = replace(load_policy("default"), media=media)
    job = Job(folder / "a.zip", out / "a.zip", "a.zip")
    outcome = redact(job, RunContext(policy, KEY, log))
    problems = {one.code for one in verify_output(out, audit, KEY)}
    assert problems <= {ExitCode.OUTPUT}  # the run has no end
    return outcome, next(one for one in read(audit) if one["type"] == "document")


def test_log_and_outcome_say_what_was_kept_and_verify_reads_the_copy(tmp_path):
    outcome, record = desk(tmp_path, "keep")
    assert (outcome.status, outcome.code) == (Status.REDACTED, ExitCode.DONE)
    assert outcome.media == (("pixels", 1),)
    assert record["media_kept"] == [["2", "pixels"]]
    assert "media_omitted" not in record


def test_log_and_outcome_say_what_was_left_out(tmp_path):
    outcome, record = desk(tmp_path, "omit")
    assert outcome.media == (("pixels", 1),)
    assert record["media_omitted"] == [["2", "pixels"]]
    assert "media_kept" not in record


def test_log_and_outcome_say_what_was_refused(tmp_path):
    outcome, record = desk(tmp_path, "refuse")
    assert (outcome.status, outcome.code) == (Status.FAILED, ExitCode.INPUT)
    assert "`media: keep`" in outcome.hint
    assert record["not_examined"] == [["document", "MediaNotExamined"]]


def test_a_policy_that_says_nothing_refuses():
    assert load_policy("strict").media == load_policy("hipaa").media == "refuse"
    assert load_policy("default").media == "keep"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "pixels"),
        (b"RIFF\0\0\0\0WEBP", "pixels"),
        (b"RIFF\0\0\0\0WAVE", "sound"),
        (b"\0\0\0\x20ftypisom", "film"),
        (b"\0\0\0\x20ftypheic", "pixels"),
        (b"wOF2\0", "font"),
        (b"\0\1\0\0\0", "font"),
        (b"ID3\x03", "sound"),
        (b"get free stuff", ""),
        (b"FWS was", ""),
        (b"BM is short", ""),
    ],
)
def test_the_kind_of_a_medium_is_told_by_its_first_bytes(data, kind):
    assert medium_of(data) == kind


def test_media_are_counted_in_words():
    assert media_in_words([("font", 2), ("pixels", 1)]) == "the pixels of 1 picture, 2 fonts"
