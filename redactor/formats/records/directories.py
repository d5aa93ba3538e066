"""Records of directories (LDIF, RFC 2849): an attribute and its value a line."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from redactor.errors import DamagedDocument
from redactor.formats.base import Token
from redactor.formats.media import blank_of
from redactor.formats.records.lines import Backslashes, LineCodec, WholeCodec, unfolded
from redactor.formats.signatures import medium_of
from redactor.formats.text import Encoding
from redactor.model import Kind, Location, Slot

# A name may be missing: what is behind two colons is in base64 all the same, to other readers.
_ATTRIBUTE = re.compile(rb"(?P<name>[A-Za-z0-9.;_-]{0,200})(?P<sign>::|:<|:)[ \t]*")
# What is in the place of data that was removed as it was written, a secret perhaps.
_REPLACED = re.compile(rb"\[[A-Z][A-Z_]{1,40}(?:_[0-9A-Z]{1,8})?[^\[\]]{0,60}\]|XXXXXXXX")
_NO_ATTRIBUTE = re.compile(rb"[^#:][^:]*::")
_PRINTED = re.compile(rb"[\t\n\r\x20-\x7e]")
_TEXT = 0.75  # of the bytes of a text in Latin-1 are ASCII; of random ones 0.38
# Letters and blanks in UTF-8: other data begins so by chance once in 100,000 values. What follows
# them is no text.
_BEGINS_AS_TEXT = re.compile(rb"(?:[A-Za-z ]|[\xc3-\xdf][\x80-\xbf]){8}")
_LINE_END = re.compile(rb"\r?\n\Z|\Z")
_PLAIN = Backslashes(plain=True)
_LABELS = {
    "cn": "name",
    "sn": "last name",
    "givenname": "first name",
    "mail": "email",
    "telephonenumber": "phone",
    "mobile": "phone",
    "homephone": "phone",
    "uid": "user name",
    "street": "street",
    "postaladdress": "address",
}
_MAIL = frozenset({"mail", "mailalternateaddress", "rfc822mailbox"})


def tokens(raw: bytes, encoding: Encoding, number: int) -> Iterator[Token]:
    """Yield the tokens of a line. Raises DamagedDocument, UnicodeDecodeError."""
    ending = _LINE_END.search(raw)
    stop = ending.start() if ending else len(raw)
    data, places = unfolded(raw[:stop])
    found = _ATTRIBUTE.match(data)
    if found is None and _NO_ATTRIBUTE.match(data):
        raise DamagedDocument(f"line {number}: a value in base64 has no attribute")
    first = places[found.end()] if found else 0
    name = found["name"].decode("ascii").partition(";")[0].lower() if found else ""
    if first:
        yield Token(raw[:first])
    value = raw[first:stop]
    if value:
        code = found is not None and found["sign"] == b"::"
        label = _LABELS.get(name, name)
        kind = Kind.COMMENT if raw.startswith(b"#") else Kind.BODY
        where = Location(kind, line=number)
        yield (
            _decoded(value, encoding, label, where)
            if code
            else _plain(value, encoding, label, where, name)
        )
    if stop < len(raw):
        yield Token(raw[stop:])


def _is_decoded_by_others(value: bytes) -> bool:
    """Tell whether what is no base64 in the strict sense is decoded where signs are passed over."""
    try:
        return bool(base64.b64decode(value))
    except binascii.Error:
        return False


def _is_latin(data: bytes) -> bool:
    """Tell whether data that is no UTF-8 may be text in Latin-1."""
    return len(_PRINTED.findall(data)) >= _TEXT * len(data)


def _plain(value: bytes, encoding: Encoding, label: str, where: Location, name: str) -> Token:
    codec = LineCodec(_PLAIN, encoding)
    slot = Slot.MAILBOX if name in _MAIL else Slot.TEXT
    return Token(value, codec.text(value), codec, where, slot, label)


def _decoded(value: bytes, encoding: Encoding, label: str, where: Location) -> Token:
    """Return a value in base64 as its text; as it is where that is no text, but for pictures.

    Raises DamagedDocument.
    """
    end = b"\r\n" if b"\r\n" in value else b"\n"
    for charset in ("utf-8", "latin-1"):
        codec = WholeCodec("base64", Encoding(charset), end)
        try:
            data = codec.decoded(value)
            if medium := medium_of(data):
                return Token(value, medium=medium, blank=base64.b64encode(blank_of(data)))
            if charset == "utf-8" or _is_latin(data):
                return Token(value, data.decode(charset), codec, where, label=label, whole=True)
            if _BEGINS_AS_TEXT.match(data):
                raise DamagedDocument(
                    f"line {where.line}: a value in base64 begins as a text alone"
                )
        except UnicodeDecodeError:
            continue
        except binascii.Error:
            if _REPLACED.search(value) or not _is_decoded_by_others(value):
                break
            raise DamagedDocument(f"line {where.line}: a value in base64 is damaged") from None
    return _plain(value, encoding, label, where, "")
