"""Properties of contacts and calendars (RFC 6350, RFC 5545, vCard 2.1)."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.errors import DamagedDocument
from redactor.formats.base import Token
from redactor.formats.media import blank_code
from redactor.formats.records.lines import Backslashes, LineCodec, WholeCodec, unfolded
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

# Parameters and properties of the standards whose values are words, dates and numbers of theirs.
_KEPT_PARAMETERS = frozenset(
    "type encoding charset value language pref altid mediatype calscale tzid role partstat rsvp"
    " cutype fbtype range reltype related fmttype size display index level scheduled-status"
    " schedule-agent schedule-status x-num-guests x-filename-charset feature".split()
)
_WORDS = frozenset(
    "begin end version calscale method status transp class rrule exrule action tzid tzname kind"
    " profile request-status".split()
)
_TIMES = frozenset(
    "sequence priority duration trigger repeat tzoffsetfrom tzoffsetto percent-complete dtstart"
    " dtend dtstamp due created last-modified rev recurrence-id exdate rdate freebusy completed"
    " acknowledged refresh-interval x-published-ttl".split()
)
# Words of the standards are in capitals; zones and the state of a request are called as one likes.
_STANDARD = re.compile(rb"[A-Z0-9:;=,+./_-]{0,300}|(?:individual|group|org|location|vcard)")
_CALLED = re.compile(rb"[A-Za-z0-9:;=,+./_ -]{0,300}")
_FREE = frozenset({"tzid", "tzname", "request-status"})
_DIGITS = re.compile(rb"[0-9TZPWDHMS:/,+-]{0,2000}")
# What begins and ends in contacts and calendars.
COMPONENT = re.compile(
    rb"v(?:card|calendar|event|todo|journal|freebusy|timezone|alarm|availability|location|resource)"
    rb"|standard|daylight|available|participant",
    re.IGNORECASE,
)
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
_LINE_END = re.compile(rb"[ \t]*(?:\r?\n[ \t]*)*\Z")
# Base64 and the line ends in it: what holds anything else is a text, whatever it begins with.
_CODE = re.compile(rb"[A-Za-z0-9+/=\s]*")
_PICTURES = 64  # bytes of base64 that show what a value is


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: its bytes, the bytes without folds, and where each of these is."""

    raw: bytes = field(repr=False)
    encoding: Encoding
    number: int
    start: int = 0

    def markup(self, first: int, last: int) -> Iterator[Token]:
        """Yield bytes as markup, if there are any."""
        if first < last:
            yield Token(self.raw[first:last])

    def text(  # noqa: PLR0913  # a text is its place, form and label
        self,
        first: int,
        last: int,
        syntax: Backslashes,
        *,
        kind: Kind = Kind.BODY,
        slot: Slot = Slot.TEXT,
        label: str = "",
    ) -> Iterator[Token]:
        """Yield bytes as a text, if there are any."""
        if first >= last:
            return
        raw = self.raw[first:last]
        codec = LineCodec(syntax, self.encoding)
        where = Location(kind, line=self.number + self.raw.count(b"\n", 0, first))
        yield Token(raw, codec.text(raw), codec, where, slot, label)


_TEXT, _QUOTED, _PLAIN = Backslashes(), Backslashes(quoted=True), Backslashes(plain=True)


def tokens(raw: bytes, encoding: Encoding, number: int) -> Iterator[Token]:
    """Yield the tokens of a line. Raises DamagedDocument, UnicodeDecodeError."""
    line = _Line(raw, encoding, number)
    ending = _LINE_END.search(raw)
    stop = ending.start() if ending else len(raw)
    data, places = unfolded(raw[:stop])
    found = _PROPERTY.match(data)
    if found is None:
        if _STRAY_QUOTE.match(data):
            raise DamagedDocument(f"line {number}: a parameter has a quote that is not closed")
        if b"quoted-printable" in data.lower():
            raise DamagedDocument(f"line {number}: a value in quoted-printable has no property")
        yield from line.text(0, stop, _PLAIN)
    else:
        yield from line.markup(0, places[found.end("name")])
        stated: dict[str, str] = {}
        yield from _parameters(line, found, places, stated)
        name = found["name"].decode("ascii").rpartition(".")[2].lower()
        colon, first = places[found.end() - 1], places[found.end()]
        if stated.get("encoding", "").lower() == "quoted-printable":
            first = colon + 1  # a fold behind the colon is the value's, whether one follows or not
        yield from line.markup(colon, first)
        yield from _value(line, name, stated, (first, stop))
    yield from line.markup(stop, len(raw))


def _parameters(
    line: _Line, found: re.Match[bytes], places: object, stated: dict[str, str]
) -> Iterator[Token]:
    assert isinstance(places, list | range)  # noqa: S101  # for the types
    done = found.end("name")
    for one in _PARAMETER.finditer(found.string, *found.span("parameters")):
        name = (one["name"] or b"type").decode("ascii").lower()
        value = one["value"].decode("ascii", "replace").strip('"')
        bare = value.upper()
        if one["name"] is None and bare in {"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"}:
            name = "encoding"
        stated.setdefault(name, value)
        if name in _KEPT_PARAMETERS and _CALLED.fullmatch(one["value"].replace(b'"', b"")):
            continue
        for item in _ITEM.finditer(found.string, *one.span("value")):
            group = "quoted" if item["quoted"] is not None else "plain"
            first, last = item.span(group)
            yield from line.markup(places[done], places[first])
            syntax = _QUOTED if group == "quoted" else _PLAIN
            yield from _uri(line, (places[first], places[last]), syntax, name, Kind.ATTRIBUTE)
            done = last
    yield from line.markup(places[done], places[found.end() - 1])


def _value(
    line: _Line, name: str, stated: dict[str, str], span: tuple[int, int]
) -> Iterator[Token]:
    first, last = span
    data = line.raw[first:last]
    encoding = stated.get("encoding", "").lower()
    if encoding == "quoted-printable":
        yield from _whole(line, name, stated, span)
    elif encoding in {"b", "base64"} or _DATA.match(data):
        code = unfolded(data)[0].partition(b"base64,")[2] if _DATA.match(data) else data
        if _CODE.fullmatch(code) and (medium := medium_of(_begin(code))):
            written = unfolded(data)[0].decode("ascii", "ignore")
            yield Token(data, medium=medium, blank=blank_code(written).encode())
        else:
            yield from line.text(first, last, _PLAIN, label=name)
    elif _is_kept(name, data):
        yield from line.markup(first, last)
    elif name in _COMPONENTS:
        yield from _components(line, name, span)
    else:
        yield from _uri(line, span, _TEXT, name, Kind.BODY)


def _is_kept(name: str, data: bytes) -> bool:
    """Tell whether a value is a word, a date or a number of the standards."""
    plain = unfolded(data)[0]
    if name in _TIMES:
        return _DIGITS.fullmatch(plain) is not None
    if name in {"begin", "end"}:
        return COMPONENT.fullmatch(plain.strip()) is not None
    return name in _WORDS and (_CALLED if name in _FREE else _STANDARD).fullmatch(plain) is not None


def _begin(code: bytes) -> bytes:
    """Return the first bytes that a code in base64 decodes to."""
    head = b"".join(code[: 4 * _PICTURES].split())[:_PICTURES]
    try:
        return binascii.a2b_base64(head[: len(head) // 4 * 4])
    except binascii.Error:
        return b""


def _components(line: _Line, name: str, span: tuple[int, int]) -> Iterator[Token]:
    """Yield the components of a structured value, each a text of its own."""
    first, last = span
    data, places = unfolded(line.raw[first:last])
    labels = _COMPONENTS[name]
    number = 0
    for found in _COMPONENT.finditer(data):
        start, stop = first + places[found.start()], first + places[found.end()]
        if found[0] == b";":
            number += 1
            yield from line.markup(start, stop)
        else:
            label = labels[min(number, len(labels) - 1)]
            yield from line.text(start, stop, _TEXT, label=label)
    if data.endswith(b"\\"):  # a backslash that escapes nothing
        tail = _tail(data)
        yield from line.markup(first + places[tail], last)


def _tail(data: bytes) -> int:
    """Return where the components of a value end that are read."""
    return max((found.end() for found in _COMPONENT.finditer(data)), default=0)


def _uri(
    line: _Line, span: tuple[int, int], syntax: Backslashes, name: str, kind: Kind
) -> Iterator[Token]:
    """Yield a text, or an address behind its scheme."""
    first, last = span
    label = _LABELS.get(name, name)
    found = _SCHEME.match(line.raw, first, last)
    slot = Slot.TEXT
    if found:
        yield from line.markup(first, found.end())
        first = found.end()
        slot = Slot.MAILBOX if found[0].lower() == b"mailto:" else Slot.URL
    elif _URL.match(line.raw, first, last):
        slot = Slot.URL
    elif name in {"email", "uid"} and b"@" in line.raw[first:last]:
        slot = Slot.MAILBOX
    yield from line.text(first, last, syntax, kind=kind, slot=slot, label=label)


def _whole(
    line: _Line, name: str, stated: dict[str, str], span: tuple[int, int]
) -> Iterator[Token]:
    first, last = span
    raw = line.raw[first:last]
    end = b"\r\n" if line.raw.endswith(b"\r\n") else b"\n"
    codec = WholeCodec("quoted-printable", _charset(stated, line.encoding), end)
    try:
        text = codec.text(raw)
    except UnicodeDecodeError:
        codec = WholeCodec("quoted-printable", Encoding("latin-1"), end)
        text = codec.text(raw)
    where = Location(line=line.number)
    if raw:
        yield Token(raw, text, codec, where, label=_LABELS.get(name, name), whole=True)


def _charset(stated: dict[str, str], encoding: Encoding) -> Encoding:
    try:
        return Encoding(codecs.lookup(stated.get("charset", "")).name)
    except (LookupError, ValueError):
        return Encoding(encoding.codec)
