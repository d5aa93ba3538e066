"""Mailboxes (`mbox`, RFC 4155 and its relatives): one message behind the other.

A message begins at a line `From `, with an address and a date, behind an empty line or at the start
of the file. Where the message before states its length (mboxcl), a line within that length begins
none. The line is part of the message, whose headers are examined with it; `>From` remains quoted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from redactor.errors import UnsupportedFormat
from redactor.files import CHUNK
from redactor.formats.base import (
    Budget,
    Container,
    Entry,
    Hints,
    Layout,
    Member,
    MemberText,
    Packer,
    Sink,
)
from redactor.formats.mail.sections import line_starts, opened, pieces, read, section, size_of

# The line between messages: a sender, a weekday, a month, a day, a time, perhaps a zone, a year.
# Mailing list archives write `kevin at example.org`, git a digest; the time may lack its seconds.
SEPARATOR = re.compile(
    rb"From (?:[^\r\n]{0,998}?[ \t])??"
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]+"
    rb"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ \t]+[0-9]{1,2}"
    rb"|[0-9]{1,2}[ \t]+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)),?[ \t]+"
    rb"[0-9][^\r\n]{0,200}\r?\n"
)
# The first field of the header behind it; git and some programs write `>From` lines there.
_FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:|>From |\r?\n|\Z")
_LENGTH = re.compile(
    rb"^content-length:[ \t]*([0-9]{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_LONGEST = 1200  # bytes of a separator
_HEAD = 1 << 16  # bytes of a header in which the length is looked for


class Mailbox(Container):
    """Mailboxes of mail."""

    name = "mbox"
    title = "Mailboxes"
    suffixes = frozenset({".mbox", ".mbx"})
    examined = "every message, the lines between them"
    not_examined = "as in messages"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a mailbox. Raises UnsupportedFormat."""
        del hints
        head = read(source, 0, _LONGEST)
        if head.strip() and not _is_separated(head, 0):
            raise UnsupportedFormat("the content is no mailbox: no `From ` line with a date")
        return Layout(self.name)

    def resembles(self, head: bytes, name: str) -> bool:
        """Tell whether a document begins with the line before a message, and a header."""
        del name
        return _is_separated(head, 0)

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the messages in their order. Raises LimitExceeded."""
        del layout
        for number, (start, end) in enumerate(_spans(source), 1):
            budget.member()
            yield Member(number, (), partial(opened, source, start, end), hint="message.eml")

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return nothing: all texts are in members."""
        del source, layout
        return ()

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy."""
        del layout
        return _MailboxPacker(source, _spans(source), sink)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the messages as a reader by lines sees them."""
        del layout
        digest = hashlib.sha256()
        blank, at, within, size = True, 0, 0, size_of(source)
        lines = section(source, 0, size)
        while line := lines.readline(CHUNK):
            begins = line.startswith(b"From ") and blank and at >= within
            if begins and (at == 0 or _begins(source, at)):
                if at:
                    yield Entry((), digest.hexdigest())
                digest = hashlib.sha256()
                within = _end_by_length(source, at, size)
            digest.update(line)
            blank, at = not line.strip(b"\r\n"), at + len(line)
        if size:
            yield Entry((), digest.hexdigest())
        yield Entry((), "")


def _spans(source: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield where each message begins and ends."""
    size = size_of(source)
    start = within = 0
    for at in line_starts(source, b"From ", 0, size):
        if at == 0:
            within = _end_by_length(source, 0, size)
        elif at >= within and _begins(source, at):
            yield start, at
            start, within = at, _end_by_length(source, at, size)
    if start < size:
        yield start, size


def _begins(source: BinaryIO, at: int) -> bool:
    """Tell whether a message begins at a line."""
    if not read(source, max(0, at - 3), at).endswith((b"\n\n", b"\n\r\n")):
        return False
    return _is_separated(read(source, at, at + _LONGEST), 0)


def _is_separated(head: bytes, at: int) -> bool:
    """Tell whether there is a separator at an offset, and a field behind it."""
    found = SEPARATOR.match(head, at)
    return found is not None and _FIELD.match(head, found.end()) is not None


def _end_by_length(source: BinaryIO, at: int, size: int) -> int:
    """Return where a message ends by its Content-Length, if a message or the end is there.

    Without such a field, or with a wrong one, its start.
    """
    head = read(source, at, min(size, at + _HEAD))
    empty = re.search(rb"\n\r?\n", head)
    if empty is None:
        return at
    stated = _LENGTH.search(head, 0, empty.start() + 1)
    if stated is None or not _is_header(head[: empty.start() + 1]):
        return at
    end = at + empty.end() + int(stated[1])
    behind = read(source, end, min(size, end + _LONGEST)).lstrip(b"\r\n")
    return end if end <= size and (not behind or _is_separated(behind, 0)) else at


def _is_header(head: bytes) -> bool:
    """Tell whether all lines behind the separator are fields: any other line begins the body."""
    _, *lines = head.removesuffix(b"\n").split(b"\n")
    return all(line[:1] in {b" ", b"\t"} or _FIELD.match(line) is not None for line in lines)


@dataclass
class _MailboxPacker(Packer):
    source: BinaryIO = field(repr=False)
    spans: Iterator[tuple[int, int]] = field(repr=False)
    sink: Sink = field(repr=False)
    _number: int = 0

    def keep(self, member: Member) -> None:
        """Copy a message byte for byte."""
        for data in pieces(self.source, *self._span(member.number)):
            self.sink.write(data)

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write another message in the place of one."""
        del texts
        self._span(member.number)
        if data is not None:
            data.seek(0)
            while chunk := data.read(CHUNK):
                self.sink.write(chunk)

    def finish(self, texts: Sequence[str]) -> None:
        """Write nothing: a mailbox has no end of its own."""
        del texts

    def _span(self, number: int) -> tuple[int, int]:
        """Return where a message is; those before it that were not asked for are left out."""
        for span in self.spans:
            self._number += 1
            if self._number == number:
                return span
        raise ValueError("a mailbox has no such message")
