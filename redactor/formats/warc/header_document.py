"""The headers of a record as a document of tokens: values are texts, names are their labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_string
from http import HTTPStatus
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.text import Encoding
from redactor.model import Kind, Location, Slot

_CODEC = Encoding("utf-8")
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")

# Values that are dates, numbers of records, types and profiles of WARC, and no text.
_NO_TEXT = re.compile(
    r"<?urn:uuid:[0-9A-Fa-f-]{32,36}>?|[0-9TZ:.+-]{4,35}|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*, "
    r"[0-9]{1,2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9:]{8} GMT"
    r"|(?:response|request|revisit|warcinfo|metadata|resource|conversion|continuation)"
    r"|http://netpreserve\.org/warc/1\.[01]/revisit/[a-z-]+"
)
_DATED = frozenset(
    "warc-type warc-date warc-record-id warc-concurrent-to warc-refers-to warc-refers-to-date "
    "warc-warcinfo-id warc-profile date expires last-modified".split()
)
_ADDRESSES = frozenset(
    "warc-target-uri warc-refers-to-target-uri location referer content-location origin".split()
)
_STATUS = re.compile(r"HTTP/[0-9.]{1,3} [0-9]{3} ?")
_REQUEST = re.compile(r"([A-Z]{3,12} )(.*?)( HTTP/[0-9.]{1,3})?")
_PHRASES = frozenset(status.phrase.lower() for status in HTTPStatus) | {""}


class WebHeader(Tokenized):
    """The headers of WARC and HTTP of a record of a web archive."""

    name = "web-header"
    listed = False
    title = "Headers of web archives"
    suffixes = frozenset({".web-header"})
    examined = "values of all headers, cookies and addresses included; first lines of HTTP"
    not_examined = "dates, numbers of records"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of headers. Raises DamagedDocument for what is none, or not UTF-8."""
        del hints
        warc, _, http = _read(source).partition("\r\n\r\n")
        _, _, rest = http.partition("\r\n")
        if any(map(_is_no_header, (*warc.split("\r\n"), *rest.split("\r\n")))):
            raise DamagedDocument("a line among the headers that is none")
        return Layout(self.name)

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield names and line ends as markup, and the values as texts. Raises DamagedDocument."""
        del layout
        number, first = 0, False
        for number, line in enumerate(_read(source).split("\r\n"), 1):
            if number > 1:
                yield Token(b"\r\n")
            where = Location(Kind.HEADER, line=number)
            yield from _first_line(line, where) if first else _header(line, where)
            first = number > 1 and not line

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield addresses and values as the standard library's parser of headers reads them.

        Names of headers, dates and numbers are no texts: a removed value may be a word of theirs.
        """
        del layout
        warc, _, http = _read(source).partition("\r\n\r\n")
        first, _, rest = http.partition("\r\n")
        words = first.split(" ")
        phrase = " ".join(words[2:])
        if not first.startswith("HTTP/"):
            yield " ".join(words[1:]).partition(" HTTP/")[0] or first
        elif phrase.lower() not in _PHRASES:
            yield phrase
        for block in (warc, rest):
            headers = message_from_string(block.replace("\r\n", "\n"))
            for name, value in headers.items():
                if name.lower() not in _DATED or not _NO_TEXT.fullmatch(value):
                    yield value if _NAME.fullmatch(name) else f"{name}: {value}"
            yield str(headers.get_payload())


def _read(source: BinaryIO) -> str:
    source.seek(0)
    try:
        return source.read().decode()
    except UnicodeDecodeError:
        raise DamagedDocument("headers that are not UTF-8") from None


def _is_no_header(line: str) -> bool:
    """Tell whether parsers of headers would end before a line, and read what follows as a body."""
    return bool(line) and (":" not in line or "\n" in line)


def _text(text: str, where: Location, slot: Slot = Slot.TEXT, label: str = "") -> Token:
    return Token(text.encode(), text, _CODEC, where, slot, label)


def _header(line: str, where: Location) -> Iterator[Token]:
    name, colon, value = line.partition(": ")
    if not colon:
        yield _text(line, where)
        return
    key = name.lower()
    known = _NAME.fullmatch(name)
    yield Token(f"{name}: ".encode()) if known else _text(f"{name}: ", where)
    if key in _DATED and _NO_TEXT.fullmatch(value):
        yield Token(value.encode())
    else:
        slot = Slot.URL if key in _ADDRESSES else Slot.TEXT
        # GNU Wget puts addresses into angle brackets. An address needs no name of a header before
        # it as context.
        bracketed = slot is Slot.URL and value[:1] == "<" and value[-1:] == ">"
        yield Token(b"<" if bracketed else b"")
        text = value[1:-1] if bracketed else value
        yield _text(text, where, slot, "" if slot is Slot.URL else name)
        yield Token(b">" if bracketed else b"")


def _first_line(line: str, where: Location) -> Iterator[Token]:
    """Yield the first line of a response or of a request."""
    if status := _STATUS.match(line):
        phrase = line[status.end() :]
        yield Token(status[0].encode())
        yield Token(phrase.encode()) if phrase.lower() in _PHRASES else _text(phrase, where)
    elif request := _REQUEST.fullmatch(line):
        yield Token(request[1].encode())
        yield _text(request[2], where, Slot.URL)
        yield Token((request[3] or "").encode())
    else:
        yield _text(line, where)
