"""The copy of a message: bytes outside edited headers and bodies as they were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.files import CHUNK, Spool
from redactor.formats.base import Member, Packer, Sink
from redactor.formats.mail import transfer
from redactor.formats.mail.sections import pieces, read
from redactor.formats.mail.splitting import MEMBERS, Piece, Role

# An address, as in `i=kevin@example.org`.
_ADDRESS = re.compile(rb"[^\s=;:,<>@]@")
_NAME = 40  # bytes in which the name of a field is
_COUNTED = frozenset({Role.LENGTH, Role.COUNT})
_BELOW = frozenset({Role.BODY, Role.BETWEEN})
_OUTSIDE = frozenset({Role.COUNT, Role.TRAILER})


@dataclass(frozen=True, slots=True)
class _Written:
    """A piece of the copy: bytes of the source, or of the spool."""

    start: int
    end: int
    role: Role
    of: int
    """The number of its piece, from 0: the header of the message itself."""
    edited: bool = False


@dataclass
class MessagePacker(Packer):
    """Writes the copy of a message, at its end: what it holds depends on whether it has edits."""

    source: BinaryIO = field(repr=False)
    parts: Sequence[Piece] = field(repr=False)
    sink: Sink = field(repr=False)
    _spool: Spool = field(default_factory=Spool, repr=False)
    _written: list[_Written] = field(default_factory=list, repr=False)
    _done: int = 0
    _number: int = 0
    _changed: bool = False
    _dropped: Sequence[str] = ()

    def keep(self, member: Member) -> None:
        """Copy a member byte for byte."""
        self._take(self._up_to(member.number))

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write a member with other content, in the transfer encoding of its part."""
        del texts
        piece = self._up_to(member.number)
        self._changed = True
        self._separate(piece)
        start = self._spool.size
        if data is not None:
            for chunk in self._encoded(piece, data):
                self._spool.write(chunk)
        of = self._done - 1
        self._written.append(_Written(start, self._spool.size, piece.role, of, edited=True))
        self._written += (_Written(*one, of) for one in piece.hidden)

    def finish(self, texts: Sequence[str]) -> None:
        """Write the message."""
        del texts
        self._up_to(0)
        with self._spool as spool, spool.read_back() as edited:
            if self._changed or self._signatures_have_addresses():
                self._drop_signatures()
            for one in self._written:
                if one.role in _COUNTED and self._changed:
                    self.sink.write(self._counted(one))
                    continue
                for data in pieces(edited if one.edited else self.source, one.start, one.end):
                    self.sink.write(data)

    def dropped(self) -> Iterable[str]:
        """Return the signatures that were left out: `DKIM`, `ARC`, `PGP`, `S/MIME`."""
        return self._dropped

    def _drop_signatures(self) -> None:
        gone = [one for one in self._written if one.role is Role.SIGNATURE]
        self._dropped = [self._kind(one) for one in gone]
        self._written = [one for one in self._written if one.role is not Role.SIGNATURE]

    def _kind(self, one: _Written) -> str:
        """Return what sort of signature a piece is, by its field or by its type."""
        piece = self.parts[one.of]
        if piece.role is Role.SIGNATURE:
            return "PGP" if "pgp" in piece.of.type else "S/MIME"
        field_name = read(self.source, one.start, min(one.end, one.start + _NAME)).lower()
        return "ARC" if field_name.startswith((b"arc-", b"x-arc-", b"x-google-arc-")) else "DKIM"

    def _signatures_have_addresses(self) -> bool:
        """Tell whether a signature has an address: they are not examined."""
        return any(
            _ADDRESS.search(read(self.source, one.start, one.end))
            for one in self._written
            if one.role is Role.SIGNATURE
        )

    def _up_to(self, number: int) -> Piece:
        """Write what is before a member, and return its piece; members left out are skipped."""
        for piece in self.parts[self._done :]:
            self._done += 1
            if piece.role in MEMBERS:
                self._number += 1
                if self._number == number:
                    return piece
                self._changed = True
            else:
                self._take(piece)
        return Piece(0, 0, Role.GLUE)

    def _take(self, piece: Piece) -> None:
        self._written += (_Written(*one, self._done - 1) for one in piece.cut())

    def _separate(self, piece: Piece) -> None:
        """Write an empty line before an edited body that no empty line keeps from a header.

        Its first line is no field; with a replacement in it, it might be.
        """
        if self._is_exposed(piece, self._done - 1):
            start = self._spool.size
            self._spool.write(b"\n")
            of = self._done - 1
            self._written.append(_Written(start, self._spool.size, Role.GLUE, of, edited=True))

    def _is_exposed(self, piece: Piece, at: int) -> bool:
        before = self.parts[at - 1] if at else None
        if before is None or before.role is Role.HEADER:
            return piece.role in _BELOW
        if before.role is not Role.GLUE or piece.role is not Role.BODY:
            return False
        if read(self.source, before.start, before.end).strip(b"\r\n"):
            return True  # the body of a part without a header
        above = self.parts[at - 2] if at > 1 else None
        return above is not None and above.role is Role.HEADER and above.of.is_message

    def _encoded(self, piece: Piece, data: BinaryIO) -> Iterator[bytes]:
        if piece.role is Role.BODY:
            return transfer.encoded(self.source, piece, data)
        data.seek(0)
        return iter(lambda: data.read(CHUNK), b"")

    def _counted(self, one: _Written) -> bytes:
        stated = read(self.source, one.start, one.end)
        return self._count(stated) if one.role is Role.COUNT else self._length(one, stated)

    def _count(self, stated: bytes) -> bytes:
        """Return the size of the message in as many characters as before, if they are enough."""
        sizes = (some.end - some.start for some in self._written[1:] if some.role not in _OUTSIDE)
        digits = stated.rstrip(b"\r\n")
        return str(sum(sizes)).encode().ljust(len(digits)) + stated[len(digits) :]

    def _length(self, one: _Written, stated: bytes) -> bytes:
        """Return the field Content-Length, changed by as much as the body below its header is.

        What is counted differs: an empty line behind the message may be.
        """
        name, _, value = stated.partition(b":")
        if not value.strip().isdigit() or one.of:  # a message in the message keeps its own
            return stated
        copied = sum(some.end - some.start for some in self._written if some.of)
        length = max(0, int(value) + copied - (self.parts[-1].end - self.parts[0].end))
        lead = value[: len(value) - len(value.lstrip(b" \t"))]
        return b"%s:%s%d%s" % (name, lead, length, value[len(value.rstrip()) :])
