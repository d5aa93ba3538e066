"""Text that stands for something else which cannot be read: it was not examined, and is named so.

- messages in the armour of PGP and age, and what other programs announce (yEnc, BinHex, btoa);
- codes (`codes`) of bytes with the signature of something encrypted, compressed or packed;
- stretches without words that are longer than the policy's `limits.opaque_bytes`: codes of other
  bytes, or signs as even as those of a cipher.

Signatures, public keys and certificates in their armour are text of a known kind, and so are
pictures, sounds and fonts in `data:` URLs, which are examined in no format.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log2

from redactor.detect.deobfuscation.codes import Blob, announced_uuencode, blobs, blocks
from redactor.detect.deobfuscation.encodings import bytes_as_text
from redactor.errors import EncryptedDocument, UnsupportedFormat
from redactor.formats.signatures import is_media, known_content

__all__ = ["check_readable"]

_ENCRYPTED = {
    "AGE ENCRYPTED FILE": "encrypted with age",
    "PGP MESSAGE": "encrypted with PGP, or packed by it",
    "PKCS7": "packed as PKCS #7",
    "CMS": "packed as CMS",
}
# A message in armour: its first line, lines of headers, a line of the code.
_ARMOUR = re.compile(
    rf"-----BEGIN (?P<kind>{'|'.join(_ENCRYPTED)})(?:, PART [0-9/]{{1,9}})?-----[ \t]*\r?\n"
    r"(?:[> \t]{0,8}[\w-]{1,40}: [^\n]{0,200}\n){0,8}[>\s]{0,16}[A-Za-z0-9+/=]{20}"
)
# Codes with a head of their own that are not decoded: a word of the head, and all of it.
_ANNOUNCED = (
    ("yEnc", "=ybegin", re.compile(r"(?m)^=ybegin [^\n]{0,200}\bsize=\d")),
    (
        "BinHex",
        "BinHex",
        re.compile(r"\(This file must be converted with BinHex[^\n]{0,40}\s{1,8}:"),
    ),
    ("btoa", "xbtoa", re.compile(r"(?m)^xbtoa[0-9]? Begin\b")),
)
_KNOWN_ARMOUR = re.compile(
    r"-----BEGIN (?P<kind>PGP SIGNATURE|PGP PUBLIC KEY BLOCK|SSH SIGNATURE|(?:RSA )?PUBLIC KEY"
    r"|(?:TRUSTED )?CERTIFICATE|CERTIFICATE REQUEST|X509 CRL|(?:DH|EC) PARAMETERS)-----"
    r"(?:[^-]|-(?!----)){1,200000}+-----END (?P=kind)-----"
)
_DATA_URL = re.compile(
    r"data:(?:image|font|audio|video|application)/[\w.+-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,\s{0,8}"
    r"(?P<code>[A-Za-z0-9+/]{16}[A-Za-z0-9+/=]*+)"
)
# Tokens of 20 signs and more in a row, which hardly any language has.
_STRETCH = re.compile(r"(?:[!-~]{20,}+\s{0,8}+)+")
# A list of digests, one a line, each of the length of a known one.
_DIGESTS = re.compile(
    r"(?:(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}"
    r"|[0-9a-fA-F]{128})(?:\s{1,4}|\Z))+"
)
_SHORTEST = 8  # bytes of a file; the example of a manual has three
_PROGRAM = "a program"  # the first bytes of one are shown in many a text
_EVEN = 5.9
"""Bits a sign of a stretch that is no language. Measured on 4,096 signs: base64 has 5.98, base85
and ascii85 more; digests and paths of a package 5.85, programs and lists of URLs less."""


def check_readable(text: str, longest: int) -> None:
    """Raise InputError for a text with a part that cannot be read.

    `longest` is how many characters of other bytes or signs without words there may be.
    """
    _check_armour(text)
    _check_announced(text)
    known = _without_known(text)
    for blob in blobs(known):
        _check_blob(blob, known, longest)
    for start, end in blocks(known):
        if end - start > longest:
            _check_stretches(known, start, end, longest)


def _check_stretches(text: str, start: int, end: int, longest: int) -> None:
    for found in _STRETCH.finditer(text, start, end):
        size = len(found.group())
        if size > longest and _is_even(found.group()):
            raise UnsupportedFormat(
                f"holds {size} characters that are no language (limit `opaque_bytes`)"
            )


def _check_armour(text: str) -> None:
    found = _ARMOUR.search(text) if "-----BEGIN " in text else None
    if found:
        raise EncryptedDocument(f"holds a message {_ENCRYPTED[found['kind']]}")


def _check_announced(text: str) -> None:
    for name, word, head in _ANNOUNCED:
        if word in text and head.search(text):
            raise UnsupportedFormat(f"holds a file encoded with {name}")
    for blob in announced_uuencode(text):
        if len(blob.data) >= _SHORTEST and not bytes_as_text(blob.data):
            raise UnsupportedFormat("holds a file encoded with uuencode")


def _without_known(text: str) -> str:
    """Return a text with blanks in place of known armour and of media in `data:` URLs."""
    if "-----BEGIN " in text:
        text = _KNOWN_ARMOUR.sub(lambda found: " " * len(found.group()), text)
    if ";base64," in text:
        text = _DATA_URL.sub(_without_media, text)
    return text


def _without_media(url: re.Match[str]) -> str:
    media = is_media(next((b.data for b in blobs(url["code"][:64] + " ")), b""))
    return " " * len(url.group()) if media else url.group()


def _check_blob(blob: Blob, text: str, longest: int) -> None:
    content = known_content(blob.data)
    if content and content != _PROGRAM:
        error = EncryptedDocument if content.startswith("encrypted") else UnsupportedFormat
        raise error(f"holds data {content}, written in {blob.code}")
    long = blob.end - blob.start > longest
    if long and not _reads(blob.data) and not is_media(blob.data) and _is_code(blob, text):
        raise UnsupportedFormat(
            f"holds {len(blob.data)} bytes that are no text, written in {blob.code} "
            "(limit `opaque_bytes`)"
        )


def _reads(data: bytes) -> bool:
    """Tell whether bytes are text; a character may be cut at either end, as at that of a window."""
    first = next((at for at in range(min(4, len(data))) if data[at] & 0xC0 != 0x80), 0)
    return bool(
        bytes_as_text(data) or any(bytes_as_text(data[first : len(data) - cut]) for cut in range(4))
    )


def _is_code(blob: Blob, text: str) -> bool:
    """Tell whether signs are a code, and no path, word, number or list of digests."""
    signs = text[blob.start : blob.end]
    if blob.code in ("hexadecimal", "a hex dump"):
        return blob.code != "hexadecimal" or _DIGESTS.fullmatch(signs) is None
    return _is_even(signs) or (blob.code == "base32" and any(map(str.isdigit, signs)))


def _is_even(signs: str) -> bool:
    """Tell whether signs are about as frequent as one another."""
    counts = Counter("".join(signs.split()))
    total = counts.total()
    return -sum(count / total * log2(count / total) for count in counts.values()) > _EVEN
