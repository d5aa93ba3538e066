"""Old documents of Office: converted by a process of LibreOffice, and named where that fails."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from conversion_building import GOOD, LETTER, docx, program

from redactor.audit import read
from redactor.errors import InputError
from redactor.formats import libreoffice
from redactor.formats.libreoffice import converted, described

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(64)


@pytest.fixture
def soffice(monkeypatch, tmp_path):
    """Return what puts a program in the place of LibreOffice."""

    def put(body: str) -> None:
        program(tmp_path / "bin", body)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        described.cache_clear()

    yield put
    described.cache_clear()


def left() -> set[Path]:
    """Return the private folders that there are."""
    places = (Path("/dev/shm"), Path(os.environ.get("TMPDIR", "/tmp")))
    return {one for place in places if place.is_dir() for one in place.glob("redactor-*")}


def test_a_converted_document_is_examined_and_published_with_its_new_suffix(soffice, tmp_path, cli):
    soffice(GOOD)
    source = tmp_path / "in"
    source.mkdir()
    (source / "letter.doc").write_bytes(OLD)
    (source / "letter.docx").write_bytes(docx())
    before = left()
    done = cli("redact", source, "--out", tmp_path / "out", "--convert")
    assert done.code == 0, done.err
    assert "converted by LibreOffice 9.9.9.9: 1 old document of Office" in done.out
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "letter.docx",
        "letter_2.docx",
    ]
    with zipfile.ZipFile(tmp_path / "out" / "letter_2.docx") as copy:
        text = copy.read("word/document.xml")
        assert {one.date_time[0] for one in copy.infolist()} == {1980}
    assert b"Teodor" not in text
    assert b"[PERSON_" in text
    assert left() == before
    assert (source / "letter.doc").read_bytes() == OLD
    records = list(read(tmp_path / "out.audit"))
    said = [one["converted"] for one in records if "converted" in one]
    assert said == ["doc to docx by LibreOffice 9.9.9.9"]
    assert records[0]["versions"]["libreoffice"] == "9.9.9.9"
    assert cli("verify", tmp_path / "out").code == 0


def test_an_old_document_is_named_with_what_converts_it(tmp_path, cli):
    (tmp_path / "letter.doc").write_bytes(OLD)
    done = cli("redact", tmp_path / "letter.doc", "--out", tmp_path / "out")
    assert done.code == 4
    assert (
        "`soffice --headless --convert-to docx FILE` converts it, and so does --convert" in done.err
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("exit 0", "may need a password", id="nothing"),
        pytest.param("echo Teodor Vance >&2; exit 1", "may need a password", id="an error"),
        pytest.param('echo x > "$out/document.docx"', "may need a password", id="no package"),
        pytest.param("sleep 60 & sleep 60", "more than 1 seconds", id="no end"),
    ],
)
def test_what_libreoffice_does_not_convert_is_named(body, said, soffice, monkeypatch):
    soffice(body)
    monkeypatch.setattr(libreoffice, "_SECONDS", 1)
    before = left()
    with pytest.raises(InputError, match=said) as caught, converted(io.BytesIO(OLD), "docx"):
        pass
    assert "Teodor" not in str(caught.value)
    assert left() == before


def test_macros_are_named_and_nothing_is_converted(soffice):
    soffice("exit 9")
    data = OLD + "_VBA_PROJECT".encode("utf-16-le") + bytes(2)
    with pytest.raises(InputError, match="macros"), converted(io.BytesIO(data), "docx"):
        pass


@pytest.mark.parametrize("data", [b"Dear Teodor", OLD.replace(b"W\0o", b"X\0o")])
def test_what_is_no_such_document_is_refused(data, soffice):
    soffice("exit 9")
    with pytest.raises(InputError), converted(io.BytesIO(data), "docx"):
        pass


def test_without_libreoffice_no_run_begins(monkeypatch, tmp_path, cli):
    (tmp_path / "letter.doc").write_bytes(OLD)
    monkeypatch.setattr(libreoffice, "_PROGRAM", "no-such-program")
    described.cache_clear()
    done = cli("redact", tmp_path / "letter.doc", "--out", tmp_path / "out", "--convert")
    described.cache_clear()
    assert done.code == 3
    assert "LibreOffice is not installed" in done.err
    assert not (tmp_path / "out").exists()


def test_what_is_converted_cannot_be_sealed_and_no_run_begins(soffice, tmp_path, cli):
    soffice(GOOD)
    (tmp_path / "letter.doc").write_bytes(OLD)
    to = "age1" + "q" * 58
    out = tmp_path / "out"
    done = cli("redact", tmp_path / "letter.doc", "--out", out, "--convert", "--seal-to", to)
    assert done.code == 2
    assert "what is converted cannot be sealed yet" in done.err
    assert not out.exists()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_itself_converts_a_letter():
    with converted(io.BytesIO(LETTER), "docx") as document, zipfile.ZipFile(document) as package:
        assert b"Teodor Vance" in package.read("word/document.xml")
