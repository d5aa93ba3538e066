"""A message cut into pieces that tile it: header blocks, bodies of parts, and what is between.

Nested parts, and messages in messages, come one behind the other in one flat list: their depth
costs no depth of the program. As in `email`, a header block ends at the first line that is no
field, and a part at a delimiter of its own multipart or of one around it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import BinaryIO

from redactor.errors import DamagedDocument, LimitExceeded
from redactor.formats.mail.sections import line_starts, pieces, read, section, size_of
from redactor.formats.mail.structure import FIELD, SEPARATOR, Entity, entity

DEEPEST = 100
"""Multiparts and messages in each other. The second reader takes a frame of the stack for each."""

_LONGEST_HEADER = 16 << 20  # bytes of a header block, which is held as a whole
_LONGEST_LINE = 1 << 16  # bytes of a line that is looked at

# Fields that are signatures over the message, with digests of its texts. They hold no longer once a
# text is edited, and whoever guesses a removed text can prove his guess by them.
SIGNATURES = re.compile(
    rb"(?:x-(?:google-)?)?(?:dkim-signature|domainkey-signature|arc-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
# The number of bytes of the body (mboxcl), which are counted anew.
_LENGTH = re.compile(rb"content-length[ \t]*:", re.IGNORECASE)
HIDDEN = re.compile(SIGNATURES.pattern + b"|" + _LENGTH.pattern, re.IGNORECASE)
"""Fields of a header block that are no part of the member which it is."""


class Role(Enum):
    """What a piece of a message is."""

    HEADER = auto()  # a member: a header block, without what is hidden in it
    BODY = auto()  # a member: the body of a part
    BETWEEN = auto()  # what is around a multipart's parts, a member as well
    GLUE = auto()  # delimiters, empty lines and headers of hidden fields alone, copied
    SIGNATURE = auto()  # left out
    LENGTH = auto()  # the field Content-Length, counted anew
    COUNT = auto()  # the size before a message of Apple Mail, counted anew
    TRAILER = auto()  # a member: the property list behind such a message


MEMBERS = frozenset({Role.HEADER, Role.BODY, Role.BETWEEN, Role.TRAILER})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message: its bytes `start:end`, what it is, and what its header says of it.

    `hidden` are the fields in a header block that are no part of the member: signatures, lengths.
    """

    start: int
    end: int
    role: Role
    of: Entity = field(default_factory=Entity)
    hidden: tuple[tuple[int, int, Role], ...] = ()

    def cut(self) -> Iterator[tuple[int, int, Role]]:
        """Yield the piece cut at its hidden fields, in order."""
        done = self.start
        for start, end, role in self.hidden:
            if done < start:
                yield done, start, self.role
            yield start, end, role
            done = end
        if done < self.end:
            yield done, self.end, self.role


def split(source: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of a message, which tile it. Raises DamagedDocument, LimitExceeded."""
    size = size_of(source)
    splitter = _Splitter(source, size)
    done = 0
    for piece in splitter.pieces():
        if piece.start < piece.end:
            yield piece
        done = piece.end
    if done < size:
        yield Piece(done, size, Role.BETWEEN)


@dataclass(slots=True)
class _Splitter:
    source: BinaryIO = field(repr=False)
    size: int
    _open: list[Entity] = field(default_factory=list)  # multiparts, from the outermost
    _depths: list[int] = field(default_factory=list)  # of each, with the messages around it
    _depth: int = 0
    _lines: dict[bytes, int] = field(default_factory=dict)  # delimiters, by their level
    _dashes: Iterator[int] | None = None  # offsets of lines that begin as delimiters do
    _next: int | None = None

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of the message."""
        at, within = 0, ""
        while True:
            end, one = yield from self._header(at, within)
            at = self._after_blank(end)
            yield Piece(end, at, Role.GLUE)
            if one.is_message and at < self.size and self._delimiter_at(at) is None:
                self._deeper()
                within = ""
                continue
            if one.is_multipart:
                self._deeper()
                self._push(one)
            following = yield from self._body(at, one)
            if following is None:
                return
            at = following
            within = self._open[-1].type

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise LimitExceeded(f"more than {DEEPEST} parts of a message in each other")

    # -- header blocks

    def _header(self, start: int, within: str) -> Generator[Piece, None, tuple[int, Entity]]:
        """Yield the pieces of a header block; return its end and what it says of the body."""
        spans: list[tuple[int, int, Role]] = []
        at, block = start, []
        with section(self.source, start, self.size) as file:
            while line := file.readline(_LONGEST_LINE):
                role = self._role(line, first=at == start)
                if role is None:
                    break
                whole = line
                while not line.endswith(b"\n") and (line := file.readline(_LONGEST_LINE)):
                    whole += line
                    if len(whole) > _LONGEST_HEADER:
                        raise DamagedDocument("a header of a message does not end")
                if whole[:1] in b" \t" and spans:
                    role = spans[-1][2]
                spans.append((at, at + len(whole), role))
                at += len(whole)
                block.append(whole)
                if at - start > _LONGEST_HEADER:
                    raise DamagedDocument("a header of a message does not end")
        one = entity(b"".join(block), within)
        hidden = tuple(span for span in spans if span[2] is not Role.HEADER)
        role = Role.GLUE if len(hidden) == len(spans) else Role.HEADER
        yield Piece(start, at, role, one, hidden)
        return at, one

    def _role(self, line: bytes, *, first: bool) -> Role | None:
        """Return what a line of a header block is; None for one that is no part of it."""
        if not line.strip(b"\r\n") or (line.startswith(b"--") and self._level(line) is not None):
            return None
        if FIELD.match(line):
            if SIGNATURES.match(line):
                return Role.SIGNATURE
            return Role.LENGTH if _LENGTH.match(line) else Role.HEADER
        if (not first and line[:1] in b" \t") or SEPARATOR.match(line):
            return Role.HEADER
        return None

    def _after_blank(self, at: int) -> int:
        data = read(self.source, at, at + 2)
        return at + (2 if data == b"\r\n" else 1 if data[:1] in (b"\n", b"\r") else 0)

    # -- bodies

    def _push(self, one: Entity) -> None:
        if b"@" in one.boundary:
            # It is no character of boundaries (RFC 2046, 5.1.1), and they are not examined.
            raise DamagedDocument("a boundary between parts has an address")
        self._open.append(one)
        self._depths.append(self._depth)
        self._index()

    def _index(self) -> None:
        self._lines = {}
        for level, one in enumerate(self._open):
            self._lines.setdefault(b"--" + one.boundary, level)
            self._lines.setdefault(b"--" + one.boundary + b"--", level)

    def _level(self, line: bytes) -> int | None:
        """Return the level of the multipart that a line is a delimiter of."""
        return self._lines.get(line.rstrip(b" \t\r\n"))

    def _delimiter_at(self, at: int) -> int | None:
        return self._level(read(self.source, at, at + _LONGEST_LINE).partition(b"\n")[0])

    def _body(self, at: int, one: Entity) -> Generator[Piece, None, int | None]:
        """Yield the pieces up to the next part; return its offset, None at the end."""
        role = Role.BETWEEN if one.is_multipart else Role.BODY
        while True:
            found = self._next_delimiter(at)
            if found is None:
                yield from self._regions(at, self.size, role, one)
                return None
            level, start, end, line = found
            last = max(at, start - self._line_end_before(at, start))
            yield from self._regions(at, last, role, one)
            yield Piece(last, end, Role.GLUE)
            closes = line == b"--" + self._open[level].boundary + b"--"
            self._depth = self._depths[level] - closes
            del self._open[level + (not closes) :], self._depths[level + (not closes) :]
            self._index()
            if not closes:
                return end
            at, role = end, Role.BETWEEN

    def _regions(self, start: int, end: int, role: Role, one: Entity) -> Iterator[Piece]:
        """Yield a body; behind base64 mailing lists write a text of their own, which is another."""
        if role is Role.BODY and one.transfer == "base64":
            cut = _end_of_base64(self.source, start, end)
            yield self._region(start, cut, role, one)
            yield self._region(cut, end, Role.BETWEEN, one)
        else:
            yield self._region(start, end, role, one)

    def _region(self, start: int, end: int, role: Role, one: Entity) -> Piece:
        """Return a body as a piece; one of blanks alone has nothing to examine."""
        if all(not data.strip() for data in pieces(self.source, start, end)):
            role = Role.GLUE
        elif role is Role.BETWEEN:
            one = Entity()
        elif one.is_signature:
            role = Role.SIGNATURE
        return Piece(start, end, role, one)

    def _next_delimiter(self, at: int) -> tuple[int, int, int, bytes] | None:
        """Return level, start and end of the next delimiter, and the line without its end."""
        if not self._open:
            return None
        if self._dashes is None:
            self._dashes = line_starts(self.source, b"--", at, self.size)
            self._next = next(self._dashes, None)
        while self._next is not None:
            if (start := self._next) >= at:
                line = read(self.source, start, start + _LONGEST_LINE)
                line = line[: line.find(b"\n") + 1] or line
                level = self._level(line)
                if level is not None:
                    return level, start, start + len(line), line.rstrip(b" \t\r\n")
            self._next = next(self._dashes, None)
        return None

    def _line_end_before(self, low: int, start: int) -> int:
        data = read(self.source, max(low, start - 2), start)
        return 2 if data == b"\r\n" else 1 if data.endswith(b"\n") else 0


# A line that is no base64.
_OTHER = re.compile(rb"^[A-Za-z0-9+/= \t\r]*[^A-Za-z0-9+/=\s]", re.MULTILINE)


def _end_of_base64(source: BinaryIO, start: int, end: int) -> int:
    """Return where a text begins behind base64 that is complete; the end if there is none."""
    at, before = start, b""
    for data in pieces(source, start, end):
        chunk = before + data
        if found := _OTHER.search(chunk):
            at = at - len(before) + found.start()
            tail = read(source, max(start, at - 8), at).rstrip(b" \t\r\n")
            return at if tail.endswith(b"=") or _is_whole(source, start, at) else end
        at += len(data)
        before = chunk[chunk.rfind(b"\n") + 1 :][-_LONGEST_LINE:]
    return end


def _is_whole(source: BinaryIO, start: int, end: int) -> bool:
    """Tell whether there are only groups of four characters, and at least one."""
    count = sum(len(data) - _blanks(data) for data in pieces(source, start, end))
    return count > 0 and count % 4 == 0


def _blanks(data: bytes) -> int:
    return sum(map(data.count, (b" ", b"\t", b"\r", b"\n")))
