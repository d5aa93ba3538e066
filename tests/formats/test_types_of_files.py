"""Which format reads a file: its first bytes, its suffix, else what it unmistakably begins as."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from email.message import EmailMessage

import pytest
from laws import opened

from redactor.errors import InputError
from redactor.formats import FORMATS, Hints, format_for
from redactor.formats.budget import unlimited

LETTER = b"Dear Ilse Marsh,\nTeodor Vance called from 646-555-0187.\n"
MAIL = b"Subject: hello\n\nDear Ilse Marsh\n"
MBOX = b"From a@example.org Mon Jan  1 00:00:00 2024\nFrom: a@example.org\nSubject: x\n\ny\n"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        pytest.param("README", LETTER, "text", id="no suffix"),
        pytest.param("Makefile", b"all:\n\tcc x.c\n", "text", id="a recipe"),
        pytest.param("letter.2031", LETTER, "text", id="a year"),
        pytest.param("notes.bak", LETTER, "text", id="a backup"),
        pytest.param("notes.bak", "Zoë\n".encode("cp1252"), "text", id="in a code page"),
        pytest.param("notes.bak", "Zoë\n".encode("utf-16"), "text", id="in UTF-16"),
        pytest.param("note", "丁丂七丄丅".encode("utf-16") * 9, "text", id="Chinese in UTF-16"),
        pytest.param("empty", b"", "text", id="empty"),
        pytest.param("config.bak", b'{"name": "Ilse"}', "json", id="JSON"),
        pytest.param("lines", b'{"name": "Ilse"}\n{"name": "Kofi"}\n', "json", id="JSON Lines"),
        pytest.param("list", b'["Ilse", "Kofi"]', "json", id="a list"),
        pytest.param("app", b'{"name": "Ilse"}\nand then Kofi\n', "text", id="JSON, then text"),
        pytest.param("list.py", b'["Ilse", "Kofi"]', "text", id="source code"),
        pytest.param("notes", b"[Ilse](https://example.org)\n", "text", id="a link"),
        pytest.param("drawing", b'<svg xmlns="urn:x"><text>Ilse</text></svg>', "xml", id="SVG"),
        pytest.param("page", b'<p xmlns="urn:x">Ilse<p>', "text", id="XML that never ends"),
        pytest.param("page", b"<!doctype html><p>Ilse", "html", id="a page"),
        pytest.param("1732870000.M1P2.mail.example.org:2,S", MAIL, "eml", id="a Maildir"),
        pytest.param("1732870000.M1P2.host,S=33,W=35:2,RS", MAIL, "eml", id="with sizes"),
        pytest.param("Inbox", MBOX, "mbox", id="a mailbox"),
        pytest.param("note", b"Subject: hello\n\nDear Ilse Marsh\n", "text", id="one field"),
    ],
)
def test_a_file_whose_name_says_nothing_is_read_by_its_content(name, data, expected):
    form, layout = opened(data, name)
    assert (form.name, layout.setting("stated")) == (expected, "")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Ilse Marsh\0\0\0\0", id="with a NUL"),
        pytest.param(bytes(range(1, 9)) * 2 + b"Ilse", id="with controls"),
        pytest.param(b"\x93NUMPY\x01\0v\0{'descr': '<f8'}" + bytes(80), id="an array"),
        pytest.param(b"PAGEDUMP\x80\0\0\0" * 9, id="a dump"),
        pytest.param("Ilse".encode("utf-16-le"), id="UTF-16 without a mark"),
    ],
)
@pytest.mark.parametrize("name", ["README", "letter.2031", "notes.bak", "x.dat"])
def test_a_file_whose_name_says_nothing_is_refused_if_it_is_no_text(name, data):
    with pytest.raises(InputError):
        opened(data, name)


def _in_zip(name, data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, data)
    return file.getvalue()


def _in_tar(name, data):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def read_as(data, name):
    try:
        return format_for(io.BytesIO(data), Hints(name))[0].name
    except InputError:
        return "refused"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("Dear Ilse Märsh,\n".encode("latin-1"), "text", id="a letter"),
        pytest.param(b'{"name": "Ilse"}', "json", id="JSON"),
        pytest.param(b"<!doctype html><p>Ilse", "html", id="a page"),
        pytest.param(_in_zip("a.txt", LETTER), "zip", id="an archive"),
        pytest.param(bytes(range(256)), "refused", id="binary data"),
    ],
)
@pytest.mark.parametrize("subtype", ["octet-stream", "x-of-a-program"])
def test_a_part_of_a_message_without_a_name_is_read_by_its_content(data, expected, subtype):
    message = EmailMessage()
    message["From"] = "ilse@example.org"
    message.set_content("With a part.")
    message.add_attachment(data, "application", subtype)
    source = io.BytesIO(message.as_bytes())
    form, layout = format_for(source, Hints("a.eml"))
    *_, last = form.members(source, layout, unlimited())
    with last.open() as file:
        assert read_as(file.read(), last.name) == expected


@pytest.mark.parametrize("name", ["README", "letter.2031", "notes.bak", "x.dat", "a.json"])
@pytest.mark.parametrize("data", [LETTER, MAIL, b'{"a": "b"}', b"\0\1\2", b"", MBOX])
def test_a_file_is_read_as_one_of_its_name_in_an_archive_is(name, data):
    expected = read_as(data, name)
    for packed, kind in ((_in_zip(name, data), "zip"), (_in_tar(name, data), "tar")):
        form, layout = opened(packed, f"a.{kind}")
        [member] = form.members(io.BytesIO(packed), layout, _Unlimited())
        with member.open() as file:
            assert read_as(file.read(), member.name) == expected


class _Unlimited:
    def member(self):
        pass

    def unpacked(self, size, packed):
        pass


@pytest.mark.parametrize(
    ("name", "data", "stated"),
    [
        pytest.param("a.csv", b"<!doctype html><p>Ilse", "csv", id="a page named as a table"),
        pytest.param("a.json", b"BEGIN:VCARD\nFN:Ilse\nEND:VCARD\n", "json", id="a contact"),
        pytest.param("a.txt", _in_zip("a.txt", LETTER), "text", id="an archive named as text"),
        pytest.param("a.docx", _in_zip("a.txt", LETTER), "ooxml", id="an archive, as a document"),
        pytest.param("a.php", b"<!doctype html><p>Ilse", "", id="a page in code is none"),
        pytest.param("a.xml", b"<!doctype html><p>Ilse", "", id="a page has either suffix"),
        pytest.param("a.html", b"<p>Ilse", "", id="no mismatch"),
    ],
)
def test_the_content_decides_and_the_layout_says_what_the_suffix_states(name, data, stated):
    form, layout = opened(data, name)
    assert layout.setting("stated") == stated
    assert form.name != stated


def test_every_suffix_is_that_of_one_format():
    every = [suffix for one in FORMATS for suffix in one.suffixes]
    assert len(every) == len(set(every))


def test_a_run_examines_what_is_text_and_says_what_is_named_otherwise(cli, key_file, tmp_path):
    box = tmp_path / "in"
    box.mkdir()
    (box / "README").write_bytes(LETTER)
    (box / "notes.bak").write_bytes(LETTER)
    (box / "page.csv").write_bytes(b"<!doctype html><p>Dear Ilse Marsh")
    (box / "blob").write_bytes(b"Ilse Marsh\0\1\2\3")
    out = tmp_path / "out"
    done = cli("redact", box, "--out", out, "--key-file", key_file)
    assert done.code == 4
    for name in ("README", "notes.bak", "page.csv"):
        assert b"Ilse" not in (out / name).read_bytes()
    assert not (out / "blob").exists()
    assert "not what their suffixes say: 1 html, named as csv" in done.out
    said = "page.csv: read by its content, which is not what its suffix says: 1 html, named as csv"
    assert said in cli("scan", box).err
    assert json.loads(cli("scan", box, "--json").out)["mistyped"] == [
        {"file": "page.csv", "html, named as csv": 1}
    ]
    assert "page.csv: html, named as csv" in cli("audit", "show", out, "--key-file", key_file).err
