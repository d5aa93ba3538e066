"""Contacts (vCard), calendars (iCalendar) and directories (LDIF): a property and its value a line.

Lines are folded: a line end and a blank within a line are no part of it, and may be within a
character.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from redactor.errors import EncodingError
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.records import directories, properties
from redactor.formats.records.lines import logical_lines, unfolded
from redactor.formats.records.rereading import values
from redactor.formats.text import Encoding, detect_encoding

__all__ = ["Records"]

_KNOWN = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:V(?:CARD|CALENDAR)[ \t]*\r?\n", re.IGNORECASE)
_LDIF = re.compile(rb"(?:\xef\xbb\xbf)?(?:#[^\n]*\n|\s)*(?:version: *1\s+(?:#[^\n]*\n|\s)*)?dn::? ")


class Records(Tokenized):
    """Contacts, calendars and directories."""

    name = "records"
    title = "Contacts, calendars, directories (vCard, iCalendar, LDIF)"
    suffixes = frozenset({".vcf", ".vcard", ".ics", ".ifb", ".ical", ".ldif"})
    examined = "the values and parameters of all properties, quoted-printable and base64, comments"
    not_examined = "dates and times of calendars; pictures and sounds in base64"

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins as a contact or a calendar does."""
        return _KNOWN.match(head) is not None

    def resembles(self, head: bytes, name: str) -> bool:
        """Tell whether a document begins with a record of a directory."""
        return not name.lower().endswith((".txt", ".md")) and _LDIF.match(head) is not None

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding, and the syntax: `vcard` or `ldif`. Raises EncodingError."""
        source.seek(0)
        head = source.read(1 << 10)
        known = _KNOWN.match(head) is not None
        ldif = not known and (_LDIF.match(head) is not None or hints.name.lower().endswith(".ldif"))
        encoding = _encoding(source, hints.encoding)
        if encoding.codec.startswith(("utf-16", "utf-32")):
            raise EncodingError(f"contacts and calendars in {encoding.codec} are not supported")
        syntax = "ldif" if ldif else "vcard"
        return Layout(self.name, (("encoding", str(encoding)), ("syntax", syntax)))

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield names of properties and line ends as markup, and the texts of the values."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        ldif = layout.setting("syntax") == "ldif"
        read = directories.tokens if ldif else properties.tokens
        line = 1
        for raw in logical_lines(source, len(encoding.mark), quoted=not ldif):
            try:
                yield from read(raw, encoding, line)
            except UnicodeDecodeError:
                raise EncodingError(f"the text is not valid {encoding.codec}") from None
            line += raw.count(b"\n")

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the values as the standard library's modules decode them."""
        encoding = Encoding.parse(layout.setting("encoding"))
        source.seek(len(encoding.mark))
        yield from values(source, encoding.codec, ldif=layout.setting("syntax") == "ldif")


def _encoding(source: BinaryIO, named: str | None) -> Encoding:
    """Return the encoding of unfolded lines: UTF-8 that is cut within characters looks like none.

    Raises EncodingError.
    """
    found = detect_encoding(source, named)
    if found.mark or found.codec == "utf-8":
        return found
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for raw in logical_lines(source, 0, quoted=True):
            decoder.decode(unfolded(raw)[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return found
    return Encoding("utf-8")
