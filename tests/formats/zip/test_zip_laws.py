"""The laws of containers, on drawn archives: the same bytes, or the changes and nothing else.

`zipfile` is the independent reader; Info-ZIP and 7-Zip test the copies where they are installed.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zip_building import (
    LINK,
    ZIP,
    Part,
    archive,
    contents,
    copy,
    extra,
    members,
    own_texts,
    reread,
    seen,
    unicode_field,
)

from redactor.errors import InputError
from redactor.formats import Entry, Layout
from redactor.formats.zip_archive.directory import read_directory

CASES = Path(__file__).parents[2] / "cases" / "zip"
MADE = sorted(CASES.glob("*.zip"))
NOT_EXAMINED = {"7z-aes", "7z-crypto", "7z-deflate64"}
READABLE = [path for path in MADE if path.stem not in NOT_EXAMINED]

each_maker = pytest.mark.parametrize("path", READABLE, ids=[path.stem for path in READABLE])

UX = b"\1\4" + (501).to_bytes(4, "little") + b"\4" + (20).to_bytes(4, "little")
TIMES = extra(0x5455, b"\3" + bytes(8)) + extra(0x7875, UX)

steps = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=5)
names = st.lists(steps.filter(lambda s: not set(s) & set("/\\:.")), min_size=1, max_size=3)
comments = st.sampled_from([b"", b"", b"from Ilse Marsh", "Zoë".encode(), "Zoë".encode("cp437")])


@st.composite
def parts(draw, name):
    """Draw a member of that name: a file, a folder, a link, in one of the ways there are."""
    data = draw(st.sampled_from([b"", b"Ilse Marsh\n", b"Ilse Marsh, " * 90, bytes(range(256))]))
    kind = draw(st.sampled_from(["file", "file", "file", "folder", "link"]))
    raw = name + "/" if kind == "folder" else name
    unflagged = draw(st.booleans())
    central_extra = draw(st.sampled_from([b"", TIMES]))
    if unflagged and draw(st.booleans()):
        central_extra += unicode_field(0x7075, raw.encode(), raw)
    return Part(
        raw.encode() if unflagged else raw,
        b"" if kind == "folder" else b"../target" if kind == "link" else data,
        method=draw(st.sampled_from([0, 8, 8, 12, 14])),
        external=LINK if kind == "link" else 0o100600 << 16,
        comment=draw(comments),
        local_extra=draw(st.sampled_from([b"", TIMES])),
        central_extra=central_extra,
        descriptor=draw(st.sampled_from(["", "", "32", "+32", "64", "+64"])),
        zip64=draw(st.booleans()),
    )


@st.composite
def archives(draw):
    paths = draw(st.lists(names.map("/".join), max_size=5, unique=True))
    made = [draw(parts(path)) for path in paths]
    order = draw(st.permutations(range(len(made))))
    return archive(*made, comment=draw(comments), order=order, zip64=draw(st.booleans()))


some = settings(max_examples=120, deadline=None)


def local_bytes(data, number):
    record = read_directory(io.BytesIO(data)).records[number - 1]
    return data[record.offset : record.end]


@some
@given(archives())
def test_with_no_changes_the_copy_has_the_same_bytes(data):
    assert copy(data) == data


@some
@given(archives())
def test_both_readers_see_the_same(data):
    assert reread(data) == seen(data)


@some
@given(archives(), st.data())
def test_a_copy_reads_as_the_source_with_exactly_the_changes(data, draw):
    source = members(data)
    changes, expected = {}, seen(data)
    for member in source:
        if not draw.draw(st.booleans()):
            continue
        texts = [one.text for one in member.texts]
        renamed = draw.draw(st.booleans())
        texts[0] = f"[Ωé {member.number}]" if renamed else texts[0]
        texts[1:] = [f"[{text[:3]}]" for text in texts[1:]]
        new = b"[PERSON] " * draw.draw(st.sampled_from([0, 1, 500]))
        new = None if member.copied or draw.draw(st.booleans()) else new
        changes[member.number] = (texts, new)
        digest = expected[member.number - 1].sha256 if new is None else sha(new)
        expected[member.number - 1] = Entry(tuple(texts), digest)
    own = tuple("[Ω]" for _ in own_texts(data))
    expected[-1] = Entry(own, "")
    made = copy(data, changes, own)
    assert reread(made) == seen(made) == expected
    for member in source:
        if member.number not in changes:
            assert local_bytes(made, member.number) == local_bytes(data, member.number)
    assert made == copy(data, changes, own)


def sha(data):
    return hashlib.sha256(data).hexdigest()


@some
@given(archives(), st.data())
def test_what_is_not_put_into_a_copy_is_not_in_it(data, draw):
    numbers = [member.number for member in members(data)]
    left_out = {number for number in numbers if draw.draw(st.booleans())}
    made = copy(data, left_out=left_out)
    kept = [number for number in numbers if number not in left_out]
    assert seen(made) == reread(made) == [*(seen(data)[n - 1] for n in kept), seen(data)[-1]]


# -- by their makers -------------------------------------------------------------------------


@each_maker
def test_archives_of_many_makers_are_read_and_kept_byte_for_byte(path):
    data = path.read_bytes()
    assert len(members(data)) > 0
    assert copy(data) == data
    assert reread(data) == seen(data)


@pytest.mark.parametrize("stem", sorted(NOT_EXAMINED))
def test_archives_with_members_that_cannot_be_read_name_those_and_are_kept(stem):
    data = (CASES / f"{stem}.zip").read_bytes()
    refused = 0
    for member in members(data):
        try:
            contents(member)
        except InputError:
            refused += 1
    assert refused
    assert copy(data) == data


TESTERS = {
    "unzip": ["unzip", "-tqq"],
    "7z": ["7z", "t"],
    "zip": ["zip", "-T"],
    "python": ["python3", "-m", "zipfile", "-t"],
    "jar": ["jar", "tf"],
}


@pytest.mark.parametrize("tester", TESTERS)
@each_maker
@pytest.mark.process
def test_other_programs_accept_a_copy(path, tester, tmp_path):
    if shutil.which(TESTERS[tester][0]) is None:
        pytest.skip(f"{tester} is not installed")
    if "lzma" in path.stem and tester in {"unzip", "zip", "jar"}:
        pytest.skip("it has no LZMA")
    if "bzip2" in path.stem and tester == "jar":
        pytest.skip("it has no bzip2")
    data = path.read_bytes()
    changes = {
        member.number: ([f"renamed/{member.number}"], b"[PERSON]\n" * 9)
        for member in members(data)
        if not member.copied and len(member.texts[0].text) % 2
    }
    (tmp_path / "a.zip").write_bytes(copy(data, changes, ["[PERSON]"] * len(own_texts(data))))
    done = subprocess.run(
        [*TESTERS[tester], "a.zip"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


# -- what a replaced member has in common with the old one -----------------------------------


def test_a_replaced_member_keeps_method_time_and_mode():
    part = Part("a.txt", b"Ilse Marsh" * 50, 12, external=0o100600 << 16, central_extra=TIMES)
    made = copy(archive(part), {1: (["b.txt"], b"[PERSON]" * 50)})
    old = zipfile.ZipFile(io.BytesIO(archive(part))).infolist()[0]
    new = zipfile.ZipFile(io.BytesIO(made)).infolist()[0]
    for name in ("compress_type", "date_time", "external_attr", "create_system", "extra"):
        assert getattr(new, name) == getattr(old, name)
    assert (new.filename, new.file_size) == ("b.txt", 400)


def test_a_replaced_member_has_no_descriptor_and_its_sizes_in_the_header():
    made = copy(archive(Part("a", b"Ilse", 8, descriptor="+64", zip64=True)), {1: (["a"], b"x")})
    info = zipfile.ZipFile(io.BytesIO(made)).infolist()[0]
    assert not info.flag_bits & 8
    assert info.extra == b""
    assert b"PK\x07\x08" not in made


def test_a_renamed_member_loses_the_unicode_name_it_had():
    raw = "Zoë Marsh.txt".encode("cp437")
    field = unicode_field(0x7075, raw, "Zoë Marsh.txt")
    data = archive(Part(raw, b"x", local_extra=field, central_extra=field))
    assert seen(data)[0].texts == ("Zoë Marsh.txt",)
    made = copy(data, {1: (["Ω.txt"], None)})
    assert b"Marsh" not in made
    assert zipfile.ZipFile(io.BytesIO(made)).namelist() == ["Ω.txt"]


def test_new_bytes_leave_the_unicode_name_of_a_member_that_keeps_its_name():
    raw = b"#U0416.txt"
    field = unicode_field(0x7075, raw, "Ж.txt")
    data = archive(Part(raw, b"x", local_extra=field, central_extra=field))
    made = copy(data, {1: (["Ж.txt"], b"y")})
    assert seen(made)[0].texts == ("Ж.txt",)
    assert made.count(field) == 2


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        pytest.param("Zoë".encode("cp437"), 0, "Zoë", id="code page 437"),
        pytest.param("Zoë".encode(), 0, "Zoë", id="UTF-8 without the flag, as Apple writes"),
        pytest.param("Zoë".encode(), 0x800, "Zoë", id="UTF-8"),
        pytest.param("Ilse", 0x800, "Ilse", id="ASCII with the flag"),
    ],
)
def test_names_are_decoded_as_they_were_written(raw, flags, name):
    data = archive(Part(raw, b"x", flags=flags, comment=raw if isinstance(raw, bytes) else b""))
    assert seen(data)[0].texts == reread(data)[0].texts
    assert set(seen(data)[0].texts) == {name}


def test_an_archive_of_macos_names_its_resource_forks():
    """Archive Utility writes UTF-8 without the flag, decomposed, and `__MACOSX` beside."""
    ux = extra(0x5855, bytes(8))
    apple = {"made_by": 3 << 8 | 21, "flags": 0, "descriptor": "+32", "central_extra": ux}
    name = "Zoe\u0308 Marsh.txt".encode()
    parts = [
        Part(name, b"Ilse\n", 8, local_extra=extra(0x5855, bytes(12)), **apple),
        Part(b"__MACOSX/", external=0o40755 << 16),
        Part(b"__MACOSX/._" + name, b"\0\5\x16\7" + bytes(60), 8, **apple),
    ]
    data = archive(*parts)
    assert [entry.texts for entry in seen(data)[:3]] == [
        ("Zoe\u0308 Marsh.txt",),
        ("__MACOSX",),
        ("__MACOSX/._Zoe\u0308 Marsh.txt",),
    ]
    assert [member.copied for member in members(data)] == [False, True, False]
    assert copy(data) == data
    made = copy(data, {1: (["[PERSON].txt"], b"[PERSON]\n")})
    assert reread(made) == seen(made)


def test_a_folder_stays_one_whatever_its_name_becomes():
    data = archive(Part("Ilse Marsh/"), Part("Ilse Marsh/a//", b"x"))
    assert [entry.texts for entry in seen(data)[:2]] == [("Ilse Marsh",), ("Ilse Marsh/a",)]
    made = copy(data, {1: (["[PERSON]"], None), 2: (["[PERSON]/b"], b"y")})
    assert zipfile.ZipFile(io.BytesIO(made)).namelist() == ["[PERSON]/", "[PERSON]/b//"]
    assert reread(made) == seen(made)
    assert [member.copied for member in members(made)] == [True, False]


# -- names of a copy -------------------------------------------------------------------------

TWO = archive(Part("a.txt", b"a"), Part("b.txt", b"b"))


@pytest.mark.parametrize("name", ["b.txt", "./b.txt", "b.txt/"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_copy_never_has_two_members_of_one_name(name, number):
    changes = {1: ([name], None)} if number == 1 else {1: ([name], None), 2: (["b.txt"], None)}
    with pytest.raises(InputError, match=r"member 2: .*same name"):
        copy(TWO, changes)


@pytest.mark.parametrize("name", ["../a", "/a", "", "a\0", "C:a", "a\\b", "a" * 65_536])
def test_a_copy_never_has_an_unsafe_name(name):
    with pytest.raises(InputError, match="member 1: "):
        copy(TWO, {1: ([name], None)})


def test_a_comment_that_is_too_long_is_refused():
    with pytest.raises(InputError, match="too long"):
        copy(archive(comment=b"Ilse"), own=["x" * 65_536])


def test_the_comment_of_an_archive_is_a_text():
    data = archive(Part("a", b"x"), comment="Zoë".encode("cp437"))
    assert own_texts(data) == ("Zoë",)
    assert zipfile.ZipFile(io.BytesIO(copy(data, own=["[Ω]"]))).comment == "[Ω]".encode()


@pytest.mark.parametrize("padding", [b"\n", b"\r\n", b"\0" * 490, b" \x1a"])
@pytest.mark.parametrize("comment", [b"", b"Ilse"])
def test_what_fills_up_behind_the_end_is_kept(padding, comment):
    data = archive(Part("a", b"Ilse"), comment=comment) + padding
    assert copy(data) == data
    assert reread(data) == seen(data)
    made = copy(data, {1: (["b"], b"[X]")})
    assert made.endswith(comment + padding)
    assert zipfile.ZipFile(io.BytesIO(made)).read("b") == b"[X]"


# -- the laws can fail -----------------------------------------------------------------------


def test_a_packer_that_keeps_what_it_should_replace_is_caught(monkeypatch):
    from redactor.formats.zip_archive.packing import ZipPacker

    monkeypatch.setattr(ZipPacker, "replace", lambda self, member, texts, data: self.keep(member))
    made = copy(TWO, {1: (["a.txt"], b"[PERSON]")})
    assert reread(made)[0] != Entry(("a.txt",), sha(b"[PERSON]"))


def test_the_independent_reader_sees_a_header_that_the_directory_contradicts():
    data = TWO.replace(b"a.txt", b"z.txt", 1)
    with pytest.raises(InputError, match="zipfile cannot read it"):
        list(ZIP.entries(io.BytesIO(data), Layout("zip")))
