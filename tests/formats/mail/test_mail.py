"""Messages and mailboxes: what is not edited keeps its bytes, and `email` reads the copy."""

from __future__ import annotations

import email
import io
import mailbox
import random
import re
from contextlib import closing
from email import policy
from pathlib import Path

import pytest
from mail_copying import copied, members, seen_by_email, words

from redactor.errors import InputError, OutputError
from redactor.formats import Hints, format_named
from redactor.formats.mail import rereading
from redactor.formats.mail.header.reading import values

CASES = Path(__file__).parents[2] / "cases"
FILES = sorted([*(CASES / "eml").iterdir(), *(CASES / "mbox").iterdir()])
each_file = pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])


@each_file
def test_a_copy_without_edits_has_the_same_bytes(path):
    assert copied(path.read_bytes(), path.name) == path.read_bytes()


@each_file
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_a_copy_reads_as_the_source_with_exactly_the_edits(path, share):
    data = path.read_bytes()
    copy = copied(data, path.name, words(random.Random(path.name), share))
    assert share < 1 or copy != data
    assert len(members(copy, path.name)) == len(members(data, path.name))


@each_file
def test_email_sees_none_of_the_removed_words_in_any_layer(path):
    data = path.read_bytes()
    names = re.compile("Teodor|Vance|Ilse|Brandt|Kevin|Marsh|Orla|Quist|Kofi", re.IGNORECASE)
    assert names.search(seen_by_email(data, path.name))
    copy = copied(data, path.name, lambda token: [m.span() for m in names.finditer(token.text)])
    assert not names.findall(seen_by_email(copy, path.name))


def test_the_second_reader_is_heard_on_mail_without_defects():
    data = (CASES / "eml" / "parts.eml").read_bytes()
    assert rereading.entries(io.BytesIO(data)) is not None


def test_a_writer_that_skips_a_body_is_noticed(monkeypatch):
    data = (CASES / "eml" / "parts.eml").read_bytes()
    packer = "redactor.formats.mail.packing.MessagePacker"
    monkeypatch.setattr(f"{packer}.replace", lambda self, member, *_: self.keep(member))
    with pytest.raises(OutputError, match="other members"):
        copied(data, "a.eml", words(random.Random(1), 1.0))


def test_signatures_are_left_out_of_a_copy_with_edits_and_kept_in_one_without():
    data = (CASES / "eml" / "parts.eml").read_bytes()
    assert b"DKIM-Signature" in copied(data, "a.eml")
    assert b"DKIM" not in copied(data, "a.eml", words(random.Random(1), 0.5))


def test_mailbox_reads_as_many_messages_as_before():
    data = (CASES / "mbox" / "mboxrd.mbox").read_bytes()
    copy = copied(data, "a.mbox", words(random.Random(2), 0.5))
    assert len(members(copy, "a.mbox")) == 2


def test_content_length_is_counted_anew():
    data = (CASES / "mbox" / "mboxcl2.mbox").read_bytes()
    copy = copied(data, "a.mbox", words(random.Random(2), 1.0))
    header, _, rest = copy.partition(b"\n\n")
    [length] = re.findall(rb"Content-Length: (\d+)", header)
    assert rest[int(length) :].startswith(b"\nFrom ")


def test_a_content_length_up_to_no_message_is_none():
    """The copy, with another length, would be read otherwise than its source."""
    data = (CASES / "mbox" / "mboxcl2.mbox").read_bytes()
    damaged = data.replace(b"kevin.marsh@example.com Wed", b"kevin.marsh, Dear Ilse,\nWed")
    assert damaged != data
    assert len(members(data, "a.mbox")) == 2
    assert len(members(damaged, "a.mbox")) == 2  # the second from within the first


def test_a_content_length_below_a_line_that_is_no_field_stands_in_the_body():
    data = (CASES / "mbox" / "mboxcl2.mbox").read_bytes()
    damaged = data.replace(b"Subject: one", b"write to me\nSubject: one")
    assert damaged != data
    assert len(members(damaged, "a.mbox")) == 3


def test_the_second_reader_takes_no_date_for_text_below_a_line_that_is_no_field():
    seen = list(values(b"X: a\nnonsense\nDate: Tue, 3 Nov 2026 10:11:12 +0100\nTo: b\n"))
    assert "nonsense" in "".join(seen)
    assert "Tue" not in "".join(seen)


PARAMETERS = {
    "boundary": ["Part_1"],
    "charset": ["ISO-8859-1", "utf-8", "unknown-8bit", "Windows-1252"],
    "format": ["flowed"],
    "delsp": ["Yes"],
    "report-type": ["delivery-status"],
    "protocol": ["application/pgp-signature"],
    "type": ["text/html"],
    "micalg": ["pgp-sha256", "sha-1,md5"],
    "smime-type": ["signed-data"],
    "reply-type": ["original"],
    "access-type": ["anon-ftp"],
    "size": ["1200"],
    "version": ["1.0"],
    "creation-date": ["Tue, 03 Nov 2026 10:11:12 +0100"],
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_is_kept_in_the_words_of_its_standard_alone(name):
    """`version="Ilse Brandt"` names a person, and so does `creation-date=Tue` where Tue is one."""
    form = format_named("mail-header")

    def read(value):
        data = f'Content-Type: text/plain; {name}="{value}"\n'.encode()
        layout = form.layout(io.BytesIO(data), Hints("a"))
        shown = [token.text for token in form.tokens(io.BytesIO(data), layout) if token.text]
        return shown, "".join(form.extract(io.BytesIO(data), layout)).split()

    for value in PARAMETERS[name]:
        assert read(value) == ([], [])
    for value in ["[PERSON_7FQ2M9XA]"] + ["Ilse"] * (name != "boundary"):
        assert read(value) == ([value], [value])


BROKEN = {
    "no header": b"just text by Kevin Marsh\n",
    "nothing": b"",
    "header without end": b"From: Kevin Marsh <a@b.example>\nSubject: x",
    "line without colon": b"From: Kevin Marsh\nnonsense here\nTo: a@b.example\n\nKevin\n",
    "boundary that never appears": b"Content-Type: multipart/mixed; boundary=b\n\nKevin Marsh\n",
    "boundary that never closes": (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nKevin\n--b\n\nMarsh"
    ),
    "duplicated type": (
        b"Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n"
        b"\n--b\n\nKevin\n--b--\n"
    ),
    "unknown transfer encoding": b"Content-Transfer-Encoding: x-magic\n\nKevin Marsh\n",
    "unknown charset": b"Content-Type: text/plain; charset=x-none\n\nKevin Marsh\n",
    "charset that lies": b"Content-Type: text/plain; charset=us-ascii\n\nKevin Gr\xfc\xdfe\n",
    "mixed line ends": b"From: Kevin Marsh\r\nTo: a@b.example\n\r\nKevin\r\nMarsh\n",
    "lone carriage returns": b"From: Kevin\rMarsh\r\n\r\nKevin\rMarsh\r\r\n",
    "8-bit header": b"From: J\xfcrgen Kevin <a@b.example>\n\nKevin\n",
    "message in a message without header": b"Content-Type: message/rfc822\n\n\nKevin\n",
    "digest": b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: Kevin\n\nMarsh\n--b--\n",
    "truncated base64": b"Content-Transfer-Encoding: base64\n\nS2V2aW4gTWFyc2\n",
    "delimiter at once": b"Content-Type: multipart/mixed; boundary=b\n--b\n\nKevin\n--b--\nMarsh\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_mail_is_examined_or_refused(data):
    assert copied(data, "a.eml") == data
    copied(data, "a.eml", words(random.Random(0), 1.0))


PGP = (
    b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n"
    b"Content-Type: application/octet-stream\n\nxx\n--b--\n"
)


def test_the_first_line_below_a_header_without_an_empty_line_becomes_no_field():
    data = b"From: a@b.example\nKevin Marsh: hello\nbye\n"
    copy = copied(data, "a.eml", words(random.Random(0), 1.0))
    assert b"\n\n[" in copy


REFUSED = {
    "broken base64": (b"Content-Transfer-Encoding: base64\n\n!!!! Kevin\n", "base64"),
    "S/MIME": (b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIIB\n", "S/MIME"),
    "TNEF": (b"Content-Type: application/ms-tnef; name=winmail.dat\n\nxx\n", "TNEF"),
    "PGP": (PGP, "PGP"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_examined_is_named(data, reason):
    errors = [one for one in members(data, "a.eml") if isinstance(one, InputError)]
    assert [reason in str(error) for error in errors] == [True]
    assert copied(data, "a.eml", omit=True)


@pytest.mark.parametrize("depth", [50, 10_000])
def test_nested_parts_cost_no_depth_of_the_program_and_have_a_limit(depth):
    data = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth)
    )
    data += b"\nKevin Marsh\n"
    if depth < 100:
        assert copied(data, "a.eml") == data
    else:
        with pytest.raises(InputError, match="in each other"):
            copied(data, "a.eml")


def test_a_file_of_a_maildir_is_known_by_its_header():
    data = (CASES / "eml" / "parts.eml").read_bytes()
    assert len(members(data, "1700000000.M1P2.host:2,S")) > 5


def test_a_mailbox_without_a_suffix_is_known_and_one_message_named_as_a_mailbox_is_read():
    box = (CASES / "mbox" / "mboxrd.mbox").read_bytes()
    assert len(members(box, "Inbox")) == 2
    message = (CASES / "eml" / "parts.eml").read_bytes()
    assert len(members(message, "message.mbox")) > 5


def test_a_text_that_begins_as_a_header_is_a_text():
    data = (CASES / "eml" / "parts.eml").read_bytes()
    assert members(data, "letter.txt") == []


def test_the_copy_of_a_message_has_valid_addresses():
    data = (CASES / "eml" / "parts.eml").read_bytes()
    found = re.compile(r"[\w.]+@[\w.]+|Teodor|Brandt, Ilse|Kevin Marsh")
    copy = copied(data, "a.eml", lambda token: [m.span() for m in found.finditer(token.text)])
    message = email.message_from_bytes(copy, policy=policy.default)
    assert not message["From"].defects
    assert len(message["To"].addresses) == 2


def test_an_address_that_quoted_printable_cuts_is_found():
    data = (CASES / "eml" / "parts.eml").read_bytes()
    found = re.compile("teodor.vance@example.org")
    copy = copied(data, "a.eml", lambda token: [m.span() for m in found.finditer(token.text)])
    assert b"exa=\nmple" not in copy


def test_python_finds_the_messages_of_a_copied_mailbox(tmp_path):
    path = CASES / "mbox" / "mboxrd.mbox"
    copy = copied(path.read_bytes(), "a.mbox", words(random.Random(4), 1.0))
    (tmp_path / "copy").write_bytes(copy)
    with closing(mailbox.mbox(tmp_path / "copy", create=False)) as box:
        assert len(box) == 2


@pytest.mark.parametrize(
    "name", ["Head Of Teodor", "[PERSON_7FQ2M9XA]", "Of\x05Teodor", "Head Of\n Teodor"]
)
def test_a_line_is_divided_at_its_colon_whether_or_not_it_names_a_field(name):
    form, data = format_named("mail-header"), f"{name}: yes\nSubject: x\n\n".encode()
    layout = form.layout(io.BytesIO(data), Hints())
    seen = [token.text for token in form.tokens(io.BytesIO(data), layout) if token.text]
    assert seen == [name.replace("\n", ""), "yes", "x"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("From k@example.org Tue Nov  3 10:11:12 2026", ["k@example.org"]),
        ("From k@example.org Tue Nov  3 10:11:12 CET 2026", ["k@example.org"]),
        ("From k@example.org Tue Nov  3 10:11 2026 remote from kevin", ["remote from kevin"]),
        ("From k@example.org Tue Nov  3 10Dear Mr Marsh", ["Dear Mr Marsh"]),
        ("From Kevin Marsh", ["Kevin Marsh"]),
    ],
)
def test_of_the_line_before_a_message_all_but_its_date_is_text(line, expected):
    form, data = format_named("mail-header"), f"{line}\nSubject: x\n\n".encode()
    layout = form.layout(io.BytesIO(data), Hints())
    seen = [token.text for token in form.tokens(io.BytesIO(data), layout) if token.text]
    assert expected[0] in seen
    assert not [text for text in seen if "Nov" in text]
