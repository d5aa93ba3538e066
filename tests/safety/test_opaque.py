"""What cannot be read as text is not text: it is decoded and examined, or it has no copy.

The attack: files named .txt that are encrypted (age, OpenSSL, PGP), compressed, packed behind a
stub, in EBCDIC, or written in uuencode, base32, base85, ascii85, a hex dump, or gzip in base64. All
were published whole as "nothing to remove", though whoever has key or program reads them.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import io
import lzma
import random
import zipfile
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from redactor.analysis.unit import text_unit
from redactor.detect.deobfuscation.codes import readable
from redactor.errors import EncodingError, EncryptedDocument, InputError, UnsupportedFormat
from redactor.formats import Hints, format_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command_line import CommandLine

    from redactor.analysis.analyzer import Analyzer

LETTER = "Dear Anna Vance, please call 646-555-0187 or write to zq.plover@example.org today.\n" * 3
PLAIN = LETTER.encode()
NOISE = random.Random(7).randbytes(6000)  # what a cipher makes of a text


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("letter.txt", LETTER)
    return file.getvalue()


BINARY = {
    "age": (b"age-encryption.org/v1\n-> X25519 abc\n" + NOISE, EncryptedDocument, "age"),
    "OpenSSL": (b"Salted__" + NOISE, EncryptedDocument, "OpenSSL"),
    "PGP, a public key's": (b"\x85\x01\x8c\x03" + NOISE, EncryptedDocument, "PGP"),
    "PGP, a passphrase's": (b"\x8c\x0d\x04\x09\x03\x02" + NOISE, EncryptedDocument, "PGP"),
    "LZMA": (lzma.compress(PLAIN, lzma.FORMAT_ALONE), UnsupportedFormat, "LZMA"),
    "zlib": (zlib.compress(PLAIN), UnsupportedFormat, "zlib"),
    "lz4": (b"\x04\x22\x4d\x18" + NOISE, UnsupportedFormat, "lz4"),
    "RAR": (b"Rar!\x1a\x07\x01\x00" + NOISE, UnsupportedFormat, "RAR"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c" + NOISE, UnsupportedFormat, "7-Zip"),
    "cabinet": (b"MSCF\0\0\0\0" + NOISE, UnsupportedFormat, "cabinet"),
    "ZIP behind a script": (
        b"#!/bin/sh\nunzip $0\nexit\n" + _zip(),
        UnsupportedFormat,
        "ZIP archive behind",
    ),
    "RAR behind a program": (
        b"MZ stub\n" * 20 + b"Rar!\x1a\x07\0" + NOISE,
        UnsupportedFormat,
        "RAR archive behind",
    ),
    "a cipher without a head": (NOISE, UnsupportedFormat, "binary data"),
    "a short one": (NOISE[:300], UnsupportedFormat, "binary data"),
    "a cipher behind a letter": (PLAIN * 40 + NOISE, UnsupportedFormat, "binary data"),
    "ASCII marked as UTF-16": (b"\xff\xfe" + PLAIN, EncodingError, "marked as UTF-16"),
    "and the other way round": (b"\xfe\xff" + PLAIN * 3, EncodingError, "marked as UTF-16"),
    "a short address marked as UTF-16": (
        b"\xff\xfeanna@example.org",
        EncodingError,
        "marked as UTF-16",
    ),
    "ASCII behind UTF-16": (LETTER.encode("utf-16") + PLAIN, EncodingError, "marked as UTF-16"),
    "EBCDIC": (LETTER.encode("cp037"), EncodingError, "EBCDIC"),
    "EBCDIC in capitals": (LETTER.upper().encode("cp500"), EncodingError, "EBCDIC"),
    "EBCDIC without blanks": (LETTER.replace(" ", "\f").encode("cp037"), EncodingError, "EBCDIC"),
}


@pytest.mark.parametrize(("data", "error", "said"), BINARY.values(), ids=BINARY)
def test_bytes_that_are_no_text_have_no_format(
    data: bytes, error: type[InputError], said: str
) -> None:
    with pytest.raises(error, match=said):
        format_for(io.BytesIO(data), Hints("letter.txt"))


TEXTS = {
    "UTF-8": "Grüße aus Köln, 12 °C\n".encode() * 20,
    "cp1252": "Grüße aus Köln – “12” °C\n".encode("cp1252") * 20,
    "Russian in cp1251": "Уважаемая Анна Петровна, звоните @ вечером\n".encode("cp1251") * 20,
    "Russian in cp866": "Уважаемая Анна Петровна, звоните @ вечером\n".encode("cp866") * 20,
    "Japanese in UTF-16": ("潮は引いていた。港には誰もいなかった。\n" * 400).encode("utf-16"),
    "Chinese in UTF-16": b"\xfe\xff"
    + "敬启者，张伟先生住在北京市朝阳区。\n".encode("utf-16-be") * 400,
    "boxes in UTF-16": "╔══╦══╗║░▒▓║╠═╬═╣╚═╩═╝\n".encode("utf-16")
    + "▀▄█▌▐═║".encode("utf-16-le") * 90,
    "a letter in UTF-16": LETTER.encode("utf-16"),
    "separators of MARC": b"00714cam\x1e10\x1faVance\x1fbAnna\x1d" * 20,
    "colours and a bell": b"\x1b[31mred\x1b[0m \a\n" * 20,
    "signatures in words": b"PK, Rar! and 7z begin archives; BZh9 is bzip2, Salted too.\n" * 5,
    "a name that begins like a program": b"MZ signed, SIT! said the trainer of ftyp.\n",
}


@pytest.mark.parametrize("data", TEXTS.values(), ids=TEXTS)
def test_a_text_is_a_text(data: bytes) -> None:
    form, _ = format_for(io.BytesIO(data), Hints("letter.txt"))
    assert form.name == "text"


def test_ebcdic_is_read_where_its_code_page_is_named() -> None:
    _, layout = format_for(io.BytesIO(LETTER.encode("cp037")), Hints("letter.txt", "cp037"))
    assert layout.setting("encoding") == "cp037"


def _lines(code: bytes | str, width: int = 64) -> str:
    text = code.decode() if isinstance(code, bytes) else code
    return "\n".join(text[at : at + width] for at in range(0, len(text), width)) + "\n"


def _uu(data: bytes) -> str:
    lines = (binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45))
    return "begin 644 letter.txt\n" + "".join(lines) + "`\nend\n"


def _xxd(data: bytes) -> str:
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return "".join(
        f"{number * 16:08x}: {row.hex(' ', 2):<39}  "
        f"{''.join(chr(byte) if 32 <= byte < 127 else '.' for byte in row)}\n"
        for number, row in enumerate(rows)
    )


def _hexdump(data: bytes) -> str:
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return "".join(f"{n * 16:08x}  {row.hex(' ')}  |text|\n" for n, row in enumerate(rows))


READ = {
    "base32": lambda data: base64.b32encode(data).decode(),
    "base32 in lines": lambda data: _lines(base64.b32encode(data)),
    "base85": lambda data: base64.b85encode(data).decode(),
    "base85 in lines": lambda data: _lines(base64.b85encode(data)),
    "ascii85": lambda data: base64.a85encode(data).decode(),
    "ascii85 in lines": lambda data: _lines(base64.a85encode(data)),
    "ascii85 of Adobe": lambda data: base64.a85encode(data, adobe=True, wrapcol=60).decode(),
    "uuencode": _uu,
    "hexadecimal in lines": lambda data: _lines(data.hex()),
    "xxd": _xxd,
    "hexdump -C": _hexdump,
}


@pytest.mark.parametrize("code", READ.values(), ids=READ)
def test_a_letter_in_a_code_is_read(code: Callable[[bytes], str], analyzer: Analyzer) -> None:
    text = f"The letter:\n\n{code(PLAIN)}\n\nThat was it.\n"
    found = {m.finding.entity for m in analyzer.detect(text_unit(text)).mentions}
    assert {"PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS"} <= found


def _certificate(name: str, address: str) -> bytes:
    """Return the DER of a certificate that a person has."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, address),
        ]
    )
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 17, begins, begins)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


WITH_STRINGS = {
    "armour": lambda data: (
        f"-----BEGIN CERTIFICATE-----\n{_lines(base64.b64encode(data))}-----END CERTIFICATE-----\n"
    ),
    "base64 in a sentence": lambda data: f"It is {base64.b64encode(data).decode()}, signed.",
    "hexadecimal in lines": lambda data: _lines(data.hex()),
    "xxd": _xxd,
}


@pytest.mark.parametrize("code", WITH_STRINGS.values(), ids=WITH_STRINGS)
@pytest.mark.parametrize(
    ("name", "address", "entity"),
    [("Anna Vance", "a@x", "PERSON"), ("crane 7", "zq.plover@example.org", "EMAIL_ADDRESS")],
)
def test_the_owner_of_a_certificate_is_found(
    code: Callable[[bytes], str], name: str, address: str, entity: str, analyzer: Analyzer
) -> None:
    """Under `opaque_bytes` a certificate was published, and `openssl x509` showed who has it."""
    text = f"See below.\n\n{code(_certificate(name, address))}\nThat was it.\n"
    found = {m.finding.entity for m in analyzer.detect(text_unit(text)).mentions}
    assert entity in found


def test_data_without_words_has_no_strings() -> None:
    assert readable(NOISE) == ""
    assert readable(b"\x89\x00\x01" + b"Anna Vance" + NOISE[:20]).startswith("Anna Vance")
    assert readable(b"0\x00\x01" + b"Anna Vance" + NOISE[:20]).startswith("Anna Vance")


def test_strings_of_asn1_are_apart_from_what_is_behind_them() -> None:
    wide = "Ilse Brandt".encode("utf-16-be")
    der = b"0\x82\x01\x02\x0c\x0aAnna Vance1\x01\x1e\x16" + wide + b"0\x13\x03Lis1\x00"
    assert readable(der).split("\n") == ["Anna Vance", "Ilse Brandt", "Lis"]


def _armoured(kind: str, data: bytes) -> str:
    code = _lines(base64.b64encode(data))
    return f"-----BEGIN {kind}-----\nVersion: none\n\n{code}=abcd\n-----END {kind}-----\n"


REFUSED = {
    "a PGP message": (_armoured("PGP MESSAGE", NOISE[:400]), EncryptedDocument, "PGP"),
    "an age file": (_armoured("AGE ENCRYPTED FILE", NOISE[:400]), EncryptedDocument, "age"),
    "OpenSSL in base64": (
        _lines(base64.b64encode(b"Salted__" + NOISE[:200])),
        EncryptedDocument,
        "OpenSSL",
    ),
    "gzip in base64": (base64.b64encode(gzip.compress(PLAIN)).decode(), UnsupportedFormat, "gzip"),
    "xz in base32": (base64.b32encode(lzma.compress(PLAIN)).decode(), UnsupportedFormat, "xz"),
    "bzip2 in base85": (base64.b85encode(bz2.compress(PLAIN)).decode(), UnsupportedFormat, "bzip2"),
    "gzip in ascii85": (
        base64.a85encode(gzip.compress(PLAIN), adobe=True).decode(),
        UnsupportedFormat,
        "gzip",
    ),
    "zlib in base64": (base64.b64encode(zlib.compress(PLAIN)).decode(), UnsupportedFormat, "zlib"),
    "a ZIP in lines of hexadecimal": (_lines(_zip().hex()), UnsupportedFormat, "ZIP"),
    "a ZIP in xxd": (_xxd(_zip()), UnsupportedFormat, "ZIP"),
    "gzip in uuencode": (_uu(gzip.compress(PLAIN)), UnsupportedFormat, "uuencode"),
    "yEnc": (
        "=ybegin line=128 size=99 name=a\nabcdefgh\n=yend size=99\n",
        UnsupportedFormat,
        "yEnc",
    ),
    "BinHex": (
        "(This file must be converted with BinHex 4.0)\n\n:$f*TEQKPH\n",
        UnsupportedFormat,
        "BinHex",
    ),
    "a cipher in base64": (_lines(base64.b64encode(NOISE)), UnsupportedFormat, "base64"),
    "a cipher in base85": (_lines(base64.b85encode(NOISE)), UnsupportedFormat, "no"),
    "a cipher in hexadecimal": (_lines(NOISE.hex(), 80), UnsupportedFormat, "hexadecimal"),
    "a cipher in base32": (_lines(base64.b32encode(NOISE)), UnsupportedFormat, "base32"),
    "a document for printing in a data: URL": (
        "data:application/pdf;base64," + base64.b64encode(b"%PDF-1.7\n" + NOISE).decode(),
        UnsupportedFormat,
        "PDF",
    ),
}


@pytest.mark.parametrize(("text", "error", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_named(
    text: str, error: type[InputError], said: str, analyzer: Analyzer
) -> None:
    with pytest.raises(error, match=said) as refused:
        analyzer.detect(text_unit(f"See below.\n\n{text}\n\nThe end.\n"))
    assert "Vance" not in str(refused.value)


PUBLISHABLE = {
    "a signature": _armoured("PGP SIGNATURE", b"\x89\x02" + NOISE[:560]),
    "a certificate": _armoured("CERTIFICATE", b"\x30\x82" + NOISE),
    "a log with digests": "".join(
        f"commit {NOISE[at : at + 20].hex()}\nMended\n\n" for at in range(0, 4000, 20)
    ),
    "a list of digests": "".join(f"{NOISE[at : at + 32].hex()}\n" for at in range(0, 4000, 32)),
    "digests of a package": "".join(
        f"pkg/{n}.py,sha256={base64.urlsafe_b64encode(NOISE[n : n + 32]).decode()},{n}\n"
        for n in range(200)
    ),
    "a picture": "![x](data:image/png;base64,"
    + base64.b64encode(b"\x89PNG\r\n\x1a\n" + NOISE).decode()
    + ")",
    "a key on a line": f"token {base64.b64encode(NOISE[:64]).decode()}\n",
    "paths": "".join(f"/usr/share/doc/package-{n}/examples/file_{n}.txt\n" for n in range(200)),
    "the first line of an armour": "It begins with -----BEGIN PGP MESSAGE-----, then base64.",
    "a dump of a program": _xxd(b"\x7fELF\x02\x01\x01" + bytes(40)),
    "a sequence of proteins": "".join(
        "MKVLAAGIVGLLLAQWSRKDEHPFYTNC"[n % 9 :] + "\n" for n in range(300)
    ),
}


@pytest.mark.parametrize("text", PUBLISHABLE.values(), ids=PUBLISHABLE)
def test_signs_of_an_ordinary_document_are_publishable(text: str, analyzer: Analyzer) -> None:
    analyzer.detect(text_unit(f"See below.\n\n{text}\n\nThe end.\n"))


def test_documents_that_are_no_text_have_no_copy_and_are_named(
    cli: CommandLine, tmp_path: Path
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "age.txt").write_bytes(BINARY["age"][0])
    (source / "stub.txt").write_bytes(BINARY["ZIP behind a script"][0])
    (source / "message.md").write_text(REFUSED["a PGP message"][0])
    (source / "plain.txt").write_text(LETTER)
    run = cli("redact", source, "--out", out)
    assert run.code == 4
    assert [path.name for path in out.iterdir()] == ["plain.txt"]
    assert "encrypted with age" in run.err
    assert "ZIP archive behind other bytes" in run.err
    assert "encrypted with PGP" in run.err
