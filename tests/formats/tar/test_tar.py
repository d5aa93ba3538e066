"""Tar archives of many makers: the same bytes without changes, new headers with them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from opened import Opened, contents

from redactor.api import redact_bytes
from redactor.errors import DamagedDocument, InputError, OutputError, UnsupportedFormat
from redactor.keys import Key

CASES = Path(__file__).parents[2] / "cases" / "tar"
MADE = sorted(CASES.glob("*.tar"))
each_maker = pytest.mark.parametrize("path", MADE, ids=[path.stem for path in MADE])

LONG = "Teodor Vance/" + "x" * 90 + "/" + "y" * 90 + "/ü" + "z" * 70 + ".txt"


def made(*members, form=tarfile.PAX_FORMAT):
    """Return an archive of members: fields of `TarInfo`, and data."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for number, (fields, data) in enumerate(members):
            info = tarfile.TarInfo(fields.get("name", f"{number}.txt"))
            info.size = len(data)
            for name, value in fields.items():
                setattr(info, name, value)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def at(data, offset, new):
    """Return an archive whose first header has other bytes, and its checksum."""
    head = bytearray(data[:512])
    head[offset : offset + len(new)] = new
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data[512:]


@each_maker
def test_archives_of_many_makers_are_kept_byte_for_byte(path):
    opened = Opened(path.read_bytes(), path.name)
    assert opened.copy() == path.read_bytes()
    assert opened.reread() == opened.seen()
    assert len(opened.members()) > 1


@each_maker
def test_a_copy_reads_as_the_source_with_the_changes(path):
    copy, expected = Opened(path.read_bytes(), path.name).all_changed(b"[PERSON]\n" * 99)
    again = Opened(copy, path.name)
    assert again.seen() == again.reread() == expected
    for gone in (b"Teodor", b"Vance", b"tvance"):
        assert gone not in copy


@each_maker
@pytest.mark.process
def test_other_programs_accept_a_copy(path, tmp_path):
    copy, _ = Opened(path.read_bytes(), path.name).all_changed(b"[PERSON]\n" * 99)
    (tmp_path / "a.tar").write_bytes(copy)
    for program in (["tar", "-tvf"], ["7z", "l"], ["bsdtar", "-tf"]):
        if shutil.which(program[0]):
            done = subprocess.run(
                [*program, "a.tar"], cwd=tmp_path, capture_output=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("new", ["a.txt", LONG, "é" * 60, "n" * 99, "n" * 100, "n" * 101])
def test_a_new_name_of_any_length_is_written(form, new):
    data = made(({"name": "Vance.txt"}, b"data"), ({"name": "b.txt"}, b""), form=form)
    copy = Opened(data).copy({1: ([new], None)})
    assert [entry.texts for entry in Opened(copy).reread()[:-1]] == [(new,), ("b.txt",)]
    assert Opened(copy).seen() == Opened(copy).reread()


def test_texts_are_names_targets_owners_and_records():
    fields = {
        "name": "n",
        "uname": "tvance",
        "gname": "root",
        "pax_headers": {"comment": "by Marsh", "SCHILY.xattr.user.author": "Vance", "ctime": "1.5"},
    }
    data = made((fields, b""), ({"name": "l", "type": tarfile.SYMTYPE, "linkname": "../n"}, b""))
    first, second = Opened(data).members()
    assert [text.text for text in first.texts] == [
        "n",
        "tvance",
        "by Marsh",
        "SCHILY.xattr.user.author=Vance",
    ]
    assert [text.text for text in second.texts] == ["l", "../n"]
    assert (first.copied, second.copied) == (False, True)


def test_members_of_one_name_and_names_that_lead_out_are_data():
    names = ["a.txt", "a.txt", "/etc/a.txt", "../a.txt"]
    data = made(*(({"name": name}, b"x") for name in names))
    assert [member.texts[0].text for member in Opened(data).members()] == names
    assert Opened(data).reread() == Opened(data).seen()


def test_a_hard_link_is_not_led_to_another_member():
    link = {"name": "l", "type": tarfile.LNKTYPE, "linkname": "Vance.txt"}
    opened = Opened(made(({"name": "Vance.txt"}, b"x"), (link, b"")))
    assert opened.copy({1: (["n.txt"], None), 2: (["l", "n.txt"], None)})
    with pytest.raises(InputError, match="hard link"):
        opened.copy({1: (["n.txt"], None)})


PLAIN = made(({"name": "a.txt"}, b"x" * 600), form=tarfile.USTAR_FORMAT)
REFUSED = {
    "a wrong checksum": (PLAIN[:5] + b"X" + PLAIN[6:], DamagedDocument),
    "cut off": (PLAIN[:1000], DamagedDocument),
    "bytes behind the end": (PLAIN + b"by Ilse Marsh", DamagedDocument),
    "a number that is none": (at(PLAIN, 100, b"Marsh"), DamagedDocument),
    "bytes behind a name": (at(PLAIN, 50, b"Marsh"), UnsupportedFormat),
    "bytes behind the header": (at(PLAIN, 501, b"Marsh"), UnsupportedFormat),
    "bytes behind the content": (PLAIN[:1200] + b"Marsh" + PLAIN[1205:], UnsupportedFormat),
    "a type that is unknown": (at(PLAIN, 156, b"Q"), UnsupportedFormat),
    "a sparse file": (at(PLAIN, 156, b"S"), UnsupportedFormat),
    "a global header with texts": (
        made(({"name": "g", "type": tarfile.XGLTYPE}, b"20 comment=by Marsh\n")),
        UnsupportedFormat,
    ),
    "two names": (
        made(
            ({"name": "a", "type": tarfile.XHDTYPE}, b"14 path=other\n"), ({"name": "Marsh"}, b"")
        ),
        UnsupportedFormat,
    ),
    "an attribute that is no text": (
        made(({"pax_headers": {"SCHILY.xattr.user.a": "\x01\x02"}}, b"")),
        UnsupportedFormat,
    ),
}


@pytest.mark.parametrize(("data", "error"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_or_may_hide_text_is_refused_by_name(data, error):
    with pytest.raises(error):
        list(map(contents, Opened(data, "a.tar").members()))


def test_damaged_archives_are_read_alike_by_both_readers_or_refused():
    data = MADE[0].read_bytes()
    for place in range(0, 4096, 61):
        damaged = data[:place] + b"\xaa" + data[place + 1 :]
        try:
            opened = Opened(damaged, "a.tar")
            assert opened.seen() == opened.reread()
        except InputError:
            continue


def test_a_writer_that_skips_the_name_of_the_owner_is_noticed(analyzer, monkeypatch):
    data = made(({"name": "a.txt", "uname": "teo_vance"}, b"The tide was low.\n"))
    assert b"teo_vance" not in redact_bytes(data, analyzer, Key(b"k" * 32))
    monkeypatch.setattr(
        "redactor.formats.tar_archive.packing.OVERRIDES", {"name": b"path", "user": b"x"}
    )
    monkeypatch.setattr("redactor.formats.tar_archive.packing.LONGEST", {"name": 100, "user": 0})
    with pytest.raises(OutputError):
        redact_bytes(data, analyzer, Key(b"k" * 32))
