"""Compressed files: the same bytes without changes, compressed anew with them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib

import pytest
import zstandard
from opened import Opened, contents

from redactor.api import redact_bytes
from redactor.errors import DamagedDocument, LimitExceeded, OutputError, UnsupportedFormat
from redactor.formats.budget import TreeBudget
from redactor.keys import Key
from redactor.model import Limits

LETTER = b"Dear Mr Teodor Vance,\nwrite to teodor.vance@example.org.\nThe tide was low.\n"


def gz(data, name=None, comment=None, extra=b"", checked=False):
    """Return a member of a gzip file."""
    flags = (8 if name else 0) | (16 if comment else 0) | (4 if extra else 0) | 2 * checked
    head = b"\x1f\x8b\x08" + bytes([flags]) + b"\1\2\3\4\0\3"
    head += len(extra).to_bytes(2, "little") + extra if extra else b""
    head += b"".join(text + b"\0" for text in (name, comment) if text)
    head += (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little") if checked else b""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(data) + packed.flush()
    return head + body + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")


def skippable(data):
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


PZSTD = skippable(b"\1\2\3\4") + zstandard.compress(LETTER)
FILES = {
    "gzip": gz(LETTER),
    "gzip of a name": gz(LETTER, b"Vance.txt", b"from Marsh", checked=True),
    "gzip of two members": gz(LETTER, b"Vance.txt") + gz(b"more", b"Zo\xe9.txt") + bytes(30),
    "bgzip": gz(LETTER, extra=b"BC\2\0\x20\0"),
    "bzip2": bz2.compress(LETTER),
    "bzip2 of two streams": bz2.compress(LETTER) + bz2.compress(b"more"),
    "xz": lzma.compress(LETTER),
    "xz of two streams": lzma.compress(LETTER) + bytes(8) + lzma.compress(b"more"),
    "zstd": zstandard.compress(LETTER),
    "zstd of two frames": zstandard.compress(LETTER) + zstandard.compress(b"more"),
    "pzstd": PZSTD,
    "gzip of nothing": gz(b""),
    "zstd of nothing": zstandard.compress(b""),
}
each_file = pytest.mark.parametrize("data", FILES.values(), ids=FILES)


@each_file
def test_without_changes_the_copy_has_the_same_bytes_and_both_readers_agree(data):
    assert Opened(data).copy() == data
    assert Opened(data).reread() == Opened(data).seen()


@each_file
def test_a_copy_reads_as_the_source_with_the_changes(data):
    made, expected = Opened(data).all_changed(b"[PERSON] " * 99)
    assert Opened(made).seen() == Opened(made).reread() == expected
    assert Opened(data).all_changed(b"[PERSON] " * 99)[0] == made


def test_the_header_of_a_copy_has_the_time_of_the_source():
    made, _ = Opened(gz(LETTER, b"Vance.txt")).all_changed(b"x")
    assert made[4:10] == b"\1\2\3\4\0\3"


@pytest.mark.parametrize("name", ["gzip of two members", "bzip2", "xz", "zstd"])
def test_what_is_cut_off_damaged_or_goes_on_behind_its_end_is_refused_by_name(name):
    data = FILES[name].rstrip(b"\0")
    middle = len(data) // 2
    for damaged in (
        data[:-5],
        data + b"by Ilse Marsh",
        data[:middle] + b"\0\xff\0" + data[middle:],
    ):
        with pytest.raises(DamagedDocument):
            Opened(damaged).seen()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gz(LETTER, extra=b"XX\5\0Marsh"), id="an extra field of gzip"),
        pytest.param(skippable(b"by Ilse Marsh") + zstandard.compress(LETTER), id="a frame"),
    ],
)
def test_what_may_hold_anything_is_refused_by_name(data):
    with pytest.raises(UnsupportedFormat):
        Opened(data).seen()


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_what_unpacks_to_too_much_is_refused_by_the_limit(pack):
    data = pack(bytes(40 << 20))
    with pytest.raises(LimitExceeded, match="ratio"):
        contents(Opened(data).members(TreeBudget(Limits()))[0])


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        pytest.param("a.txt.gz", ".txt", id="a suffix"),
        pytest.param("Vance.tgz", ".tar", id="a suffix of both"),
        pytest.param("syslog.2.gz", "", id="a number"),
        pytest.param("changelog.Debian.gz", "", id="a word"),
    ],
)
def test_the_type_of_the_content_is_told_by_the_name_of_the_file(name, suffix):
    [member] = Opened(FILES["gzip"], name).members()
    assert member.name == f"content{suffix}"


def test_a_letter_in_a_tar_archive_in_a_gzip_file_is_redacted(analyzer):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("HR/Teodor Vance.txt")
        info.size, info.uname = len(LETTER), "tvance"
        archive.addfile(info, io.BytesIO(LETTER))
    copy = redact_bytes(packed.getvalue(), analyzer, Key(b"k" * 32))
    with tarfile.open(fileobj=io.BytesIO(copy)) as archive:
        [info] = archive.getmembers()
        text = archive.extractfile(info).read()
    assert b"The tide was low." in text
    seen = f"{info.name} {info.uname} {text}"
    assert not any(word in seen for word in ("Teodor", "Vance", "tvance", "teodor"))
    assert info.name.startswith("HR/")


def test_a_copy_that_has_other_content_than_was_written_is_not_published(analyzer, monkeypatch):
    monkeypatch.setattr(
        "redactor.formats.compressed._Packer.replace", lambda self, *_: self.keep(1)
    )
    with pytest.raises(OutputError, match="other members than were written"):
        redact_bytes(FILES["gzip"], analyzer, Key(b"k" * 32))
