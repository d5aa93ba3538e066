"""Records of directories (LDIF, RFC 2849): an attribute and its value a line."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from redactor.formats.base import Token
from redactor.formats.media import blank_of
from redactor.formats.records.lines import Backslashes, LineCodec, WholeCodec, unfolded
from redactor.formats.signatures import medium_of
from redactor.formats.text import Encoding
from redactor.model import Kind, Location, Slot

_ATTRIBUTE = re.compile(rb"(?P<name>[A-Za-z0-9.;_-]{1,200})(?P<sign>::|:<|:)[ \t]*")
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
    """Yield the tokens of a line. Raises UnicodeDecodeError."""
    ending = _LINE_END.search(raw)
    stop = ending.start() if ending else len(raw)
    data, places = unfolded(raw[:stop])
    found = _ATTRIBUTE.match(data)
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


def _plain(value: bytes, encoding: Encoding, label: str, where: Location, name: str) -> Token:
    codec = LineCodec(_PLAIN, encoding)
    slot = Slot.MAILBOX if name in _MAIL else Slot.TEXT
    return Token(value, codec.text(value), codec, where, slot, label)


def _decoded(value: bytes, encoding: Encoding, label: str, where: Location) -> Token:
    """Return a value in base64 as its text; as it is where that is no text, but for pictures."""
    codec = WholeCodec("base64", Encoding("utf-8"), b"\r\n" if b"\r\n" in value else b"\n")
    try:
        data = codec.decoded(value)
        if medium := medium_of(data):
            return Token(value, medium=medium, blank=base64.b64encode(blank_of(data)))
        text = data.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return _plain(value, encoding, label, where, "")
    return Token(value, text, codec, where, label=label, whole=True)
