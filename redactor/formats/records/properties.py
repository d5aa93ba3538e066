"""Properties of contacts and calendars (RFC 6350, RFC 5545, vCard 2.1)."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from redactor.errors import DamagedDocument
from redactor.formats.base import Token
from redactor.formats.media import blank_code
from redactor.formats.records.lines import Backslashes, LineCodec, WholeCodec, unfolded
from redactor.formats.records.standards import bare_name, is_kept, is_kept_parameter
from redactor.formats.signatures import medium_of
from redactor.formats.text import Encoding
from redactor.model import Kind, Location, Slot

# Name, perhaps with a group, then parameters whose values may be quoted, then the value.
_PROPERTY = re.compile(
    rb"(?P<name>[A-Za-z0-9.-]{1,100})(?P<parameters>(?:;(?:\"[^\"]*\"|[^\":;])*)*):", re.DOTALL
)
_PARAMETER = re.compile(
    rb";(?:(?P<name>[A-Za-z0-9-]{1,60})=)?(?P<value>(?:\"[^\"]*\"|[^\";])*)", re.DOTALL
)
_ITEM = re.compile(rb"\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\",]+)")

# Parameters with a quote before any colon, of a line that is no property: where they end is not
# certain, and is elsewhere once a word of them is replaced.
_STRAY_QUOTE = re.compile(rb"[A-Za-z0-9.-]{1,100};[^:\r\n\"]{0,1000}\"")

# Labels of the components of structured values.
_COMPONENTS = {
    "n": ("last name", "first name", "middle name", "title", "suffix"),
    "adr": ("PO box", "address", "street", "city", "state", "postal code", "country"),
    "org": ("organisation", "department", "department"),
}
_LABELS = {
    "fn": "name",
    "bday": "date of birth",
    "tel": "phone",
    "email": "email",
    "cn": "name",
    "adr": "address",
    "label": "address",
    "nickname": "nickname",
    "attendee": "attendee",
    "organizer": "organizer",
}
_COMPONENT = re.compile(rb"(?:[^;\\]|\\.)+|;", re.DOTALL)
_SCHEME = re.compile(rb"(mailto:|tel:|sip:|xmpp:)", re.IGNORECASE)
_URL = re.compile(rb"(?:https?|ftp|ldap|geo|im|skype):", re.IGNORECASE)
_DATA = re.compile(rb"data:(?:image|audio|video|font)/[\w.+-]{1,60};base64,", re.IGNORECASE)
# Base64 and the line ends in it: what holds anything else is a text, whatever it begins with.
_CODE = re.compile(rb"[A-Za-z0-9+/=\s]*")
# A letter of UTF-8 as Latin-1 reads it.
_TWO_BYTES = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]")
_PICTURES = 64  # bytes of base64 that show what a value is


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: its bytes, its encoding and its number."""

    raw: bytes = field(repr=False)
    encoding: Encoding
    number: int

    def text(  # noqa: PLR0913  # a text is its place, form and label
        self,
        first: int,
        last: int,
        syntax: Backslashes,
        *,
        kind: Kind = Kind.BODY,
        slot: Slot = Slot.TEXT,
        label: str = "",
    ) -> Iterator[_Placed]:
        """Yield bytes as a text, if there are any."""
        if first >= last:
            return
        raw = self.raw[first:last]
        codec = LineCodec(syntax, self.encoding)
        where = Location(kind, line=self.number + self.raw.count(b"\n", 0, first))
        yield first, Token(raw, codec.text(raw), codec, where, slot, label)


_Placed = tuple[int, Token]
"""A text and where in its line it begins; what is between them is markup."""

_TEXT, _QUOTED, _PLAIN = Backslashes(), Backslashes(quoted=True), Backslashes(plain=True)


def tokens(raw: bytes, encoding: Encoding, number: int) -> Iterator[Token]:
    """Yield the tokens of a line. Raises DamagedDocument, UnicodeDecodeError."""
    done = 0
    for first, token in _texts(_Line(raw, encoding, number)):
        if done < first:
            yield Token(raw[done:first])
        yield token
        done = first + len(token.raw)
    if done < len(raw):
        yield Token(raw[done:])


def _texts(line: _Line) -> Iterator[_Placed]:
    """Yield the texts of a line in order, pictures among them."""
    stop = len(line.raw.rstrip(b" \t\r\n"))
    data, places = unfolded(line.raw[:stop])
    found, number = _PROPERTY.match(data), line.number
    if found is None:
        if _STRAY_QUOTE.match(data):
            raise DamagedDocument(f"line {number}: a parameter has a quote that is not closed")
        if b"quoted-printable" in data.lower():
            raise DamagedDocument(f"line {number}: a value in quoted-printable has no property")
        yield from line.text(0, stop, _PLAIN)
        return
    stated: dict[str, str] = {}
    yield from _parameters(line, found, places, stated)
    is_quoted = stated.get("encoding", "").lower() == "quoted-printable"
    if not is_quoted and b"quoted-printable" in found[0].lower():
        raise DamagedDocument(f"line {number}: quoted-printable is said by no parameter")
    name = found["name"].decode("ascii").rpartition(".")[2].lower()
    first = places[found.end()]
    if is_quoted:
        first = places[found.end() - 1] + 1  # a fold behind the colon is the value's
    yield from _value(line, name, stated, (first, stop))


def _parameters(
    line: _Line, found: re.Match[bytes], places: Sequence[int], stated: dict[str, str]
) -> Iterator[_Placed]:
    for one in _PARAMETER.finditer(found.string, *found.span("parameters")):
        value = one["value"].decode("ascii", "replace").strip('"')
        name = one["name"].decode("ascii").lower() if one["name"] else bare_name(value)
        stated.setdefault(name, value)
        if is_kept_parameter(name, one["value"].replace(b'"', b"")):
            continue
        for item in _ITEM.finditer(found.string, *one.span("value")):
            group = "quoted" if item["quoted"] is not None else "plain"
            first, last = item.span(group)
            syntax = _QUOTED if group == "quoted" else _PLAIN
            yield from _uri(line, (places[first], places[last]), syntax, name, Kind.ATTRIBUTE)


def _value(
    line: _Line, name: str, stated: dict[str, str], span: tuple[int, int]
) -> Iterator[_Placed]:
    first, last = span
    data = line.raw[first:last]
    encoding = stated.get("encoding", "").lower()
    if encoding == "quoted-printable":
        yield from _whole(line, name, stated, span)
    elif encoding in {"b", "base64"} or _DATA.match(data):
        code = unfolded(data)[0].partition(b"base64,")[2] if _DATA.match(data) else data
        if _CODE.fullmatch(code) and (medium := medium_of(_begin(code))):
            written = unfolded(data)[0].decode("ascii", "ignore")
            yield first, Token(data, medium=medium, blank=blank_code(written).encode())
        else:
            yield from line.text(first, last, _PLAIN, label=name)
    elif name in _COMPONENTS:
        yield from _components(line, name, span)
    elif not is_kept(name, data):
        yield from _uri(line, span, _TEXT, name, Kind.BODY)


def _begin(code: bytes) -> bytes:
    """Return the first bytes that a code in base64 decodes to."""
    head = b"".join(code[: 4 * _PICTURES].split())[:_PICTURES]
    try:
        return binascii.a2b_base64(head[: len(head) // 4 * 4])
    except binascii.Error:
        return b""


def _components(line: _Line, name: str, span: tuple[int, int]) -> Iterator[_Placed]:
    """Yield the components of a structured value, each a text of its own."""
    first, last = span
    data, places = unfolded(line.raw[first:last])
    labels = _COMPONENTS[name]
    number = 0
    for found in _COMPONENT.finditer(data):
        if found[0] == b";":
            number += 1
            continue
        start, stop = first + places[found.start()], first + places[found.end()]
        label = labels[min(number, len(labels) - 1)]
        yield from line.text(start, stop, _TEXT, label=label)


def _uri(
    line: _Line, span: tuple[int, int], syntax: Backslashes, name: str, kind: Kind
) -> Iterator[_Placed]:
    """Yield a text, or an address behind its scheme."""
    first, last = span
    label = _LABELS.get(name, name)
    found = _SCHEME.match(line.raw, first, last)
    slot = Slot.TEXT
    if found:
        first = found.end()
        slot = Slot.MAILBOX if found[0].lower() == b"mailto:" else Slot.URL
    elif _URL.match(line.raw, first, last):
        slot = Slot.URL
    elif name in {"email", "uid"} and b"@" in line.raw[first:last]:
        slot = Slot.MAILBOX
    yield from line.text(first, last, syntax, kind=kind, slot=slot, label=label)


def _whole(
    line: _Line, name: str, stated: dict[str, str], span: tuple[int, int]
) -> Iterator[_Placed]:
    first, last = span
    raw = line.raw[first:last]
    end = b"\r\n" if line.raw.endswith(b"\r\n") else b"\n"
    codec = WholeCodec("quoted-printable", _charset(stated, line.encoding), end)
    try:
        text = codec.text(raw)
    except UnicodeDecodeError:
        codec = WholeCodec("quoted-printable", Encoding("latin-1"), end)
        text = codec.text(raw)
        if _TWO_BYTES.search(text):  # without the rest of it, the copy would be read as UTF-8
            raise DamagedDocument("a text in quoted-printable is in two encodings") from None
    where = Location(line=line.number)
    if raw:
        yield first, Token(raw, text, codec, where, label=_LABELS.get(name, name), whole=True)


def _charset(stated: dict[str, str], encoding: Encoding) -> Encoding:
    try:
        return Encoding(codecs.lookup(stated.get("charset", "")).name)
    except (LookupError, ValueError):
        return Encoding(encoding.codec)
