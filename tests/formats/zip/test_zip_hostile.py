"""Archives that are wrong on purpose: each is refused, or the member named, and nothing is quoted.

CANARY stands in whatever text an archive has; no message and no repr may hold it.
"""

from __future__ import annotations

import struct
import traceback

import pytest
from zip_building import LINK, MAX32, Part, archive, contents, extra, members, packed, unicode_field

from redactor.errors import DamagedDocument, EncryptedDocument, InputError, UnsupportedFormat

CANARY = "Zebedee"
DATA = f"{CANARY} was here\n".encode() * 9
ONE = Part(f"{CANARY}.txt", DATA, 8)
TWO = Part("b.txt", DATA)
PLAIN = archive(ONE, TWO)
STUB = b"#!/bin/sh\n# Zebedee\n"
NO_UTF8 = unicode_field(0x7075, b"a", "é").replace("é".encode(), b"\xff.")
FAKE_END = b"PK\5\6" + bytes(16) + b"\0\0"


def overlapping():
    """Return a file whose second entry leads into the bytes of the first (a flat bomb)."""
    inner = TWO.local_bytes()
    outer = Part("a.txt", inner)
    data = outer.local_bytes()
    inside = len(data) - len(inner)
    directory = outer.central_bytes(0) + TWO.central_bytes(inside)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), len(data), 0)
    return data + directory + end


def twice_listed():
    """Return a file whose directory has two names for one place."""
    data = TWO.local_bytes()
    other = Part("c.txt", DATA)
    directory = TWO.central_bytes(0) + other.central_bytes(0)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, len(directory), len(data), 0)
    return data + directory + end


def cut(data, at):
    return data[:at]


def without_directory_entry():
    """Return a file with a member that its directory leaves out."""
    hidden = Part("hidden.txt", DATA)
    return archive(Part("a.txt", DATA, after=hidden.local_bytes()), TWO)


NAMES = {
    "an empty name": (b"", "empty"),
    "a NUL, where some readers cut the name": (b"a.txt\0.exe", "control characters"),
    "a line break": (b"Zebedee\n.txt", "control characters"),
    "an escape": (b"Zebedee\x1b[31m.txt", "control characters"),
    "a C1 control character": ("Zebedee\u0085.txt", "control characters"),
    "a backslash": (b"Zebedee\\a.txt", "backslash"),
    "the root": (b"/Zebedee/a.txt", "absolute"),
    "a drive": (b"C:Zebedee.txt", "absolute"),
    "a drive with a slash": (b"c:/Zebedee.txt", "absolute"),
    "the folder above": (b"../Zebedee.txt", "leads out"),
    "the folder above, further in": (b"Zebedee/../../b.txt", "leads out"),
    "the folder above, as a folder": (b"Zebedee/..", "leads out"),
}


@pytest.mark.parametrize(("name", "why"), NAMES.values(), ids=NAMES)
def test_an_unsafe_name_refuses_the_archive(name, why):
    with pytest.raises(InputError, match=f"^member 2: .*{why}"):
        members(archive(Part("a.txt", DATA), Part(name, DATA)))


TWINS = {
    "the same name": ("a.txt", "a.txt"),
    "a folder and a file": ("a", "a/"),
    "a step that stays": ("x/a.txt", "x/./a.txt"),
    "an empty step": ("x/a.txt", "x//a.txt"),
    "a leading step that stays": ("a.txt", "./a.txt"),
    "one of them by its Unicode name": (
        "Zoë.txt",
        Part(b"Zo?.txt", DATA, central_extra=unicode_field(0x7075, b"Zo?.txt", "Zoë.txt")),
    ),
}


@pytest.mark.parametrize(("first", "second"), TWINS.values(), ids=TWINS)
def test_two_members_that_unpack_to_one_path_refuse_the_archive(first, second):
    second = second if isinstance(second, Part) else Part(second)
    with pytest.raises(InputError, match="members 1 and 3 have the same name"):
        members(archive(Part(first, DATA), Part("other"), second))


REFUSED = {
    # what stands outside of records
    "a stub before the archive": (STUB + PLAIN, "not where it is said"),
    "a stub that offsets account for": (archive(ONE, before=STUB), "before the first member"),
    "bytes before an empty archive": (archive(before=STUB), "before the first member"),
    "bytes behind the end": (PLAIN + b"Zebedee", "behind the end"),
    "bytes behind zeros behind the end": (PLAIN + b"\0\0Zeb\0", "behind the end"),
    "a comment longer than told": (archive(ONE, comment=b"Zebedee", comment_length=3), "behind"),
    "a comment shorter than told": (PLAIN[:-2] + b"\x05\0Zeb", "behind the end"),
    "an end inside the comment": (archive(ONE, comment=b"Zebedee" + FAKE_END), "not where"),
    "bytes between members": (archive(ONE, Part("b", DATA, before=b"Zebedee")), "belong to no"),
    "bytes before the directory": (archive(ONE, gap=b"Zebedee"), "belong to no"),
    "a member the directory leaves out": (without_directory_entry(), "belong to no"),
    "an entry more than is counted": (archive(ONE, TWO, here=1, count=1), "behind the directory"),
    "an entry less than is counted": (archive(ONE, here=2, count=2), "no entry where"),
    "more entries than fit into the file": (archive(ONE, here=65535, count=65535), "no entry"),
    "two ends": (PLAIN + archive(), "not where"),
    # what lies on top of another
    "a flat bomb": (overlapping(), "overlaps"),
    "two names for one place": (twice_listed(), "overlaps"),
    "a directory on top of members": (archive(ONE, TWO, offset=3), "not where"),
    # what is cut off
    "nothing but the beginning": (cut(PLAIN, 40), "no end"),
    "a cut end": (cut(PLAIN, -1), "no end"),
    "an offset behind the file": (archive(Part("a", central={"offset": 9999})), "before the first"),
    # what contradicts itself
    "another name in the header": (archive(Part("a", local={"name": b"z"})), "its name is another"),
    "a longer name in the header": (archive(Part("a", local={"name": b"Zebedee"})), "its name"),
    "another charset in the header": (
        archive(Part("é".encode(), local={"flags": 0x800})),
        "its name is another",
    ),
    "another method in the header": (archive(Part("a", DATA, local={"method": 8})), "its method"),
    "encrypted in one header": (archive(Part("a", DATA, local={"flags": 1})), "its name is anoth"),
    "another size in the header": (archive(Part("a", DATA, local={"size": 3})), "its sizes"),
    "another packed size in the header": (archive(Part("a", DATA, local={"packed": 3})), "sizes"),
    "another checksum in the header": (archive(Part("a", DATA, local={"crc": 3})), "its sizes"),
    "no sizes and no descriptor": (
        archive(Part("a", DATA, flags=8, local={"crc": 0, "packed": 0, "size": 0})),
        "belong to no member",
    ),
    "another size in the descriptor": (
        archive(
            Part("a", DATA, descriptor="32", central={"size": 3}),
        ),
        "belong to no member",
    ),
    "more behind the descriptor": (
        archive(Part("a", DATA, descriptor="+32", after=b"Zebedee")),
        "belong to no member",
    ),
    "a descriptor without the flag": (
        archive(Part("a", DATA, after=Part("a", DATA, descriptor="+32").descriptor_bytes())),
        "belong to no member",
    ),
    "no header at the offset": (
        PLAIN.replace(b"PK\3\4", b"PK\3\5", 1),
        "no header",
    ),
    # extra fields
    "an extra field cut off": (archive(Part("a", central_extra=b"\x55\x54\x09\0Z")), "extra"),
    "bytes behind the extra fields": (archive(Part("a", local_extra=b"Ze")), "extra fields"),
    "an extra field twice": (archive(Part("a", central_extra=extra(9, b"") * 2)), "extra fields"),
    "a ZIP64 field too long": (
        archive(Part("a", central_extra=extra(1, b"Zebedee!"))),
        "ZIP64 field that is too long",
    ),
    "a ZIP64 field too short": (
        archive(Part("a", central={"size": MAX32}, central_extra=extra(1, b"Zeb"))),
        "ZIP64 field that is too short",
    ),
    "a ZIP64 field too long in the header": (
        archive(Part("a", DATA, local_extra=extra(1, b"Zebedee!" * 2))),
        "ZIP64 field that is too long",
    ),
    # texts
    "a name that is no UTF-8": (archive(Part(b"\xff", flags=0x800)), "not valid UTF-8"),
    "a Unicode name of another name": (
        archive(Part("a", central_extra=unicode_field(0x7075, b"b", CANARY))),
        "not about its text",
    ),
    "a Unicode name that differs": (
        archive(Part("a.txt", central_extra=unicode_field(0x7075, b"a.txt", CANARY))),
        "two names",
    ),
    "a Unicode name that is no UTF-8": (
        archive(Part("a", central_extra=NO_UTF8)),
        "not valid UTF-8",
    ),
    "a Unicode name in the header alone": (
        archive(Part("a", local_extra=unicode_field(0x7075, b"a", "a"))),
        "its Unicode name",
    ),
    # volumes
    "a first disk": (archive(Part("a", central={"disk": 1})), "volumes"),
    "a last disk": (archive(ONE, disk=1), "volumes"),
    "entries on other disks": (archive(ONE, TWO, here=1), "volumes"),
    # ZIP64
    "a ZIP64 end of another count": (archive(ONE, zip64=True, here=7, count=7), "two ends"),
    "a ZIP64 end elsewhere": (archive(ONE, zip64=True).replace(b"PK\6\6", b"PK"), "ZIP64 end"),
    "a ZIP64 locator and no end": (b"PK\6\7" + bytes(16) + archive(), "cut off"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED)
def test_a_file_whose_bytes_do_not_all_belong_to_one_record_is_refused(data, why):
    with pytest.raises((DamagedDocument, UnsupportedFormat), match=why) as caught:
        members(data)
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in str(caught.value)
    assert "\n    " not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "UnicodeDecodeError" not in shown


ENCRYPTED_DIRECTORY = {
    "in the directory": archive(Part("a", DATA, central={"flags": 1 << 13})),
    "in the header": archive(Part("a", DATA, local={"flags": 1 << 13})),
}


@pytest.mark.parametrize("data", ENCRYPTED_DIRECTORY.values(), ids=ENCRYPTED_DIRECTORY)
def test_an_encrypted_directory_refuses_the_archive(data):
    with pytest.raises(EncryptedDocument, match="encrypted"):
        members(data)


def deflated(data, behind=b""):
    return packed(data, 8) + behind


NOT_EXAMINED = {
    "ZipCrypto": (Part("b", DATA, flags=1), EncryptedDocument, "encrypted"),
    "strong encryption": (Part("b", DATA, flags=0x41), EncryptedDocument, "encrypted"),
    "strong encryption, half told": (Part("b", DATA, flags=0x40), EncryptedDocument, "encrypted"),
    "AES": (
        Part("b", DATA, method=99, local_extra=extra(0x9901, b"\2\0AE\3\0\0")),
        EncryptedDocument,
        "encrypted",
    ),
    "Deflate64": (Part("b", DATA, method=9), UnsupportedFormat, r"method 9 \(Deflate64\)"),
    "Zstandard": (Part("b", DATA, method=93), UnsupportedFormat, r"method 93 \(Zstandard\)"),
    "an unknown method": (Part("b", DATA, method=77), UnsupportedFormat, "method 77"),
    "an unknown extra field": (
        Part("b", DATA, central_extra=extra(0x2605, DATA)),
        UnsupportedFormat,
        "0x2605",
    ),
    "an unknown extra field in the header": (
        Part("b", DATA, local_extra=extra(0x000D, b"Zebedee")),
        UnsupportedFormat,
        "0x000d",
    ),
    "a known extra field that is too long": (
        Part("b", DATA, local_extra=extra(0x5455, DATA)),
        UnsupportedFormat,
        "0x5455",
    ),
    "another checksum": (
        Part("b", DATA, local={"crc": 7}, central={"crc": 7}),
        DamagedDocument,
        "checksum",
    ),
    "stored in fewer bytes than told": (
        Part("b", DATA, local={"size": 9999}, central={"size": 9999}),
        DamagedDocument,
        "another size",
    ),
    "stored in more bytes than told": (
        Part("b", DATA, local={"size": 9}, central={"size": 9}),
        DamagedDocument,
        "more than it states",
    ),
    "bytes behind the packed ones": (
        Part("b", DATA, 8, raw=deflated(DATA, b"Zebedee")),
        DamagedDocument,
        "go on behind",
    ),
    "many bytes behind the packed ones": (
        Part("b", DATA, 8, raw=deflated(DATA, bytes(1 << 17))),
        DamagedDocument,
        "behind",
    ),
    "a packed stream cut off": (
        Part("b", DATA, 8, raw=deflated(DATA)[:-3]),
        DamagedDocument,
        "end early",
    ),
    "no packed stream at all": (Part("b", DATA, 8, raw=b""), DamagedDocument, "end early"),
    "bytes that do not unpack": (
        Part("b", DATA, 8, raw=b"\xffZebedee"),
        DamagedDocument,
        "unpacked",
    ),
    "bzip2 that does not unpack": (Part("b", DATA, 12, raw=b"Zebedee"), DamagedDocument, "unpack"),
    "bzip2 with more behind": (
        Part("b", DATA, 12, raw=packed(DATA, 12) + b"Zebedee"),
        DamagedDocument,
        "behind",
    ),
    "bzip2 of two streams": (
        Part("b", DATA * 2, 12, raw=packed(DATA, 12) * 2),
        DamagedDocument,
        "behind",
    ),
    "LZMA without properties": (Part("b", DATA, 14, raw=b"Zebe"), DamagedDocument, "properties"),
    "LZMA that does not unpack": (
        Part("b", DATA, 14, raw=b"\x09\x14\x05\x00\x5d\0\0\1\0Zebedee" * 9),
        DamagedDocument,
        "unpacked|early",
    ),
    "LZMA with a dictionary of 4 GiB": (
        Part("b", DATA, 14, raw=b"\x09\x14\x05\x00\x5d\xff\xff\xff\xff" + packed(DATA, 14)[9:]),
        UnsupportedFormat,
        "dictionary",
    ),
    "a folder with bytes that lie": (
        Part("b/", DATA, 8, raw=deflated(DATA)[:-3]),
        DamagedDocument,
        "early",
    ),
}


@pytest.mark.parametrize(("part", "error", "why"), NOT_EXAMINED.values(), ids=NOT_EXAMINED)
def test_a_member_that_cannot_be_examined_says_so_when_it_is_opened(part, error, why):
    first, second, third = members(archive(ONE, part, TWO))
    assert contents(first) == contents(third) == DATA
    assert not second.copied
    with pytest.raises(error, match=why) as caught:
        contents(second)
    assert type(caught.value) is error
    assert CANARY not in "".join(traceback.format_exception_only(caught.value))
    assert caught.value.__cause__ is None


def test_a_folder_with_bytes_in_it_is_examined():
    (member,) = members(archive(Part("a/", DATA, 8)))
    assert not member.copied
    assert contents(member) == DATA


def test_a_link_is_its_target_and_is_never_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    (member,) = members(archive(Part("a", str(secret).encode(), 8, external=LINK)))
    assert [one.text for one in member.texts] == ["a", str(secret)]
    assert member.copied
    assert contents(member) == b""


def test_a_link_that_cannot_be_read_is_no_folder_and_says_so_when_it_is_opened():
    (member,) = members(archive(Part("a", b"x" * 70, flags=1, external=LINK)))
    assert not member.copied
    with pytest.raises(EncryptedDocument):
        contents(member)


def test_a_link_of_windows_is_a_file():
    (member,) = members(archive(Part("a", DATA, made_by=20, external=LINK)))
    assert contents(member) == DATA


def test_no_repr_shows_a_text():
    parts = [
        Part(f"{CANARY}.txt", DATA, comment=CANARY.encode()),
        Part(CANARY, DATA, external=LINK),
    ]
    assert CANARY not in repr(members(archive(*parts, comment=CANARY.encode())))
