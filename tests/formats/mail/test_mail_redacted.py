"""Messages redacted by the whole pipeline: what belongs together has the same codes."""

from __future__ import annotations

import email
import re
from email import policy

import pytest

from redactor.api import redact_bytes
from redactor.audit import AuditLog, read
from redactor.config.policy import load_policy
from redactor.errors import PartNotExamined
from redactor.files import PRIVATE_FOLDER, make_folder
from redactor.formats import Layout
from redactor.keys import Key
from redactor.model import Job
from redactor.pipeline import RunContext, redact

MESSAGE = b"""\
Return-Path: <teodor.vance@example.org>
DKIM-Signature: v=1; d=example.org; i=teodor.vance@example.org; bh=47DEQpj8; b=abcd
Received: from mail.example.org (mail.example.org [192.0.2.17])
\tby mx.example.net (Postfix) with ESMTPS id 4XyZ1234AB
\tfor <ilse.brandt@example.net>; Tue, 3 Nov 2026 10:11:12 +0100 (CET)
From: =?utf-8?B?VGVvZG9yIFZhbmNl?= <teodor.vance@example.org>
To: "Brandt, Ilse" <ilse.brandt@example.net>
Date: Tue, 3 Nov 2026 10:11:12 +0100
Message-ID: <2026.GA1234@teodor-laptop.example.org>
In-Reply-To: <4711.ilse@mail.example.net>
References: <1.teodor@mail.example.net> <4711.ilse@mail.example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b1

--b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear Ilse Brandt, write to teodor.vance@exa=
mple.org or call 646-555-0187.

--b2
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+RGVhciBJbHNlIEJyYW5kdCwgd3JpdGUgdG8gdGVvZG9yLnZhbmNlQGV4YW1wbGUub3JnIG9y
IGNhbGwgNjQ2LTU1NS0wMTg3LjwvcD4K
--b2--
--b1
Content-Type: message/rfc822

From: Ilse Brandt <ilse.brandt@example.net>
To: Teodor Vance <teodor.vance@example.org>
Message-ID: <4711.ilse@mail.example.net>
In-Reply-To: <2026.GA1234@teodor-laptop.example.org>

Dear Teodor Vance
--b1--
"""


@pytest.fixture(scope="module")
def copy(analyzer):
    return redact_bytes(MESSAGE, analyzer, Key(b"k" * 32), layout=Layout("eml"))


@pytest.fixture(scope="module")
def message(copy):
    return email.message_from_bytes(copy, policy=policy.default)


def test_a_text_and_its_page_have_the_same_codes(message):
    text, page = (
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() in {"text/plain", "text/html"} and not part["Message-ID"]
    )
    codes = re.findall(rb"\[[A-Z_]+_[0-9A-Z]+\]", text)
    assert len(codes) == 3
    assert codes == re.findall(rb"\[[A-Z_]+_[0-9A-Z]+\]", page)


def test_threads_hold_together(message):
    inner = next(part for part in message.walk() if part.get_content_type() == "message/rfc822")
    [answer] = inner.get_payload()
    assert answer["Message-ID"] == message["In-Reply-To"]
    assert answer["In-Reply-To"] == message["Message-ID"]
    assert message["References"].split()[1] == answer["Message-ID"]
    assert len({message["Message-ID"], *message["References"].split()}) == 3


def test_no_value_is_left_and_times_and_queue_ids_are(copy):
    assert not re.findall(rb"(?i)teodor|vance|ilse|brandt|192\.0\.2|555-0187", copy)
    assert b"id 4XyZ1234AB" in copy
    assert copy.count(b"Tue, 3 Nov 2026 10:11:12 +0100") == 2
    assert b"DKIM" not in copy


def test_addresses_are_addresses(message):
    assert message["To"].addresses[0].domain == "redacted.invalid"
    assert message["From"].addresses[0].display_name.startswith("[PERSON_")


KEY = Key(b"k" * 32)
SIGNED = b"""ARC-Seal: i=1; a=rsa-sha256; d=example.org; b=AAAA
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; b=AAAA
From: teodor.vance@example.org
Content-Type: multipart/signed; boundary=b; protocol="application/pgp-signature"

--b
Content-Type: text/plain

%b
--b
Content-Type: application/pgp-signature; name=signature.asc

-----BEGIN PGP SIGNATURE-----

iQ==
-----END PGP SIGNATURE-----
--b--
"""


def test_signatures_that_were_left_out_are_recorded_by_their_kinds(tmp_path):
    (tmp_path / "a.eml").write_bytes(SIGNED % b"Write to teodor.vance@example.org.")
    make_folder(tmp_path / "audit", mode=PRIVATE_FOLDER)
    log = AuditLog.create(tmp_path / "audit", KEY)
    job = Job(tmp_path / "a.eml", tmp_path / "out" / "a.eml", "a.eml")
    outcome = redact(job, RunContext(load_policy("default"), KEY, log))
    assert outcome.dropped == (("ARC", 1), ("DKIM", 1), ("PGP", 1))
    [record] = [one for one in read(tmp_path / "audit") if one["type"] == "document"]
    assert sorted(record["dropped"]) == [["text", "ARC"], ["text", "DKIM"], ["text", "PGP"]]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b"\x1b$B$3$s$KDear Mr Teodor Quixworthy,\nwrite to teodor.Quixworthy@example.org or "
            b"ring 212-555-0198.\n$A$O\x1b(B",
            id="within a character",
        ),
        pytest.param(
            b"\x1b$B$3$s$K$A$O\x1b(B Teodor Vance \x1b$B$Dear Mr Teodor Quixworthy,\n"
            b"write to teodor.Quixworthy@example.org or ring 212-555-0198.\nG$9!#\x1b(B\n",
            id="at the end of a line",
        ),
        pytest.param(
            b"\x1b$BDear Mr Teodor Quixworthy, write to teodor@example.org\x1b(B\n",
            id="and hides ASCII",
        ),
    ],
)
def test_a_charset_whose_shifts_do_not_fit_its_text_is_damaged(analyzer, body):
    head = b"From: teodor.vance@example.org\nContent-Type: text/plain; charset=iso-2022-jp\n\n"
    with pytest.raises(PartNotExamined):
        redact_bytes(head + body, analyzer, Key(b"k" * 32), layout=Layout("eml"))


ENCRYPTED = b"""From: teodor.vance@example.org
To: ilse.brandt@example.org
Content-Type: multipart/encrypted; boundary=b; protocol="application/pgp-encrypted"

--b
Content-Type: application/pgp-encrypted

Version: 1
--b
Content-Type: application/octet-stream

-----BEGIN PGP MESSAGE-----

hQ==
-----END PGP MESSAGE-----
--b--
"""


def test_what_is_encrypted_with_pgp_is_named_as_that_alone(analyzer):
    with pytest.raises(PartNotExamined, match=r"member \d+: the content is encrypted with PGP;"):
        redact_bytes(ENCRYPTED, analyzer, KEY, layout=Layout("eml"))


def test_a_name_over_two_sections_of_a_parameter_leaves_the_blank_behind_it(analyzer):
    sections = b'text/plain; name*0="Teodor "; name*1=Vance of 3 May; charset'
    source = MESSAGE.replace(b"text/plain; charset", sections)
    copy = redact_bytes(source, analyzer, Key(b"k" * 32), layout=Layout("eml"))
    assert re.search(rb'name\*0="PERSON_\w+ ?"; name\*1= of 3 May; charset', copy)


def test_a_name_in_an_encoded_word_with_letters_right_behind_it_goes(analyzer):
    message = b"Keywords: =?utf-8?q?re_Vance?=9x2\n\nDear Teodor Vance,\n"
    copy = redact_bytes(message, analyzer, Key(b"k" * 32), layout=Layout("eml"))
    assert b"Vance" not in copy


def test_two_addresses_beside_what_rubs_out_are_two(analyzer):
    source = b"Delivered-To: kevin@example.org\x7fmarsh@example.org\n\nhi\n"
    copy = redact_bytes(source, analyzer, Key(b"k" * 32), layout=Layout("eml"))
    assert copy.count(b"@redacted.invalid") == 2
    assert redact_bytes(copy, analyzer, Key(b"k" * 32), layout=Layout("eml")) == copy
