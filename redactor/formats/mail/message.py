"""Messages of mail (RFC 5322, MIME): header blocks and bodies are its members."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.files import CHUNK, Spool
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
from redactor.formats.budget import unlimited
from redactor.formats.mail import rereading, transfer
from redactor.formats.mail.apple import apple_parts, split_apple
from redactor.formats.mail.packing import MessagePacker
from redactor.formats.mail.sections import opened, read, section
from redactor.formats.mail.splitting import MEMBERS, Piece, Role, split
from redactor.formats.mail.structure import FIELD, looks_like_header

_FREE = 50
"""Parts of a message that count as nothing but the message: a mailbox of as many messages as
`limits.members` allows has several parts in each."""

_TEXTS = (".txt", ".text", ".md", ".markdown")
"""Suffixes of texts: one that begins with the header of a message is a text all the same."""

# A message in `cur` of a Maildir: time, unique name, host, perhaps sizes, flags behind `:2,`; some
# systems cannot have a colon in a name.
_MAILDIR = re.compile(r"[0-9]{6,}\.[^/]+[:;!]2,[A-Za-z]{0,26}")


class Message(Container):
    """Messages of mail."""

    name = "eml"
    title = "E-mail messages, web archives of browsers"
    suffixes = frozenset({".eml", ".emlx", ".mht", ".mhtml"})
    examined = (
        "every header with its encoded words and parameters, bodies and attachments by their own "
        "formats, messages in messages"
    )
    not_examined = (
        "encrypted parts, S/MIME, winmail.dat (each named); signatures (DKIM, ARC, PGP, S/MIME), "
        "which are left out; dates, queue ids, boundaries"
    )
    together = True

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a message, with a setting for those of Apple Mail.

        Raises DamagedDocument where one of those does not begin with its size.
        """
        if not hints.name.lower().endswith(".emlx"):
            return Layout(self.name)
        apple_parts(source)
        return Layout(self.name, (("container", "emlx"),))

    def resembles(self, head: bytes, name: str) -> bool:
        """Tell whether a document begins with fields that messages have: one of a Maildir."""
        if head.startswith(b"From "):  # then it is a mailbox
            return False
        if _MAILDIR.fullmatch(PurePosixPath(name).name) and FIELD.match(head):
            return True
        return not name.lower().endswith(_TEXTS) and looks_like_header(head)

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield header blocks and bodies in their order. Raises DamagedDocument, LimitExceeded."""
        number = 0
        for piece in _split(source, layout):
            if piece.role in MEMBERS:
                number += 1
                if number % _FREE == 0:
                    budget.member()
                yield _member(source, piece, number)

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return nothing: all texts are in members."""
        del source, layout
        return ()

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy. Raises InputError as `members` does."""
        return MessagePacker(source, list(_split(source, layout)), sink)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the members as `email` reads them. Raises InputError."""
        found = None if layout.settings else rereading.entries(source)
        if found is None:
            found = [_entry(one) for one in self.members(source, layout, unlimited())]
        yield from found
        yield Entry((), "")


def _split(source: BinaryIO, layout: Layout) -> Iterator[Piece]:
    return split_apple(source) if layout.setting("container") == "emlx" else split(source)


def _entry(member: Member) -> Entry:
    digest = hashlib.sha256()
    with member.open() as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return Entry((), digest.hexdigest())


def _member(source: BinaryIO, piece: Piece, number: int) -> Member:
    if piece.role is Role.HEADER:
        return Member(number, (), partial(_header, source, piece), hint="part.mail-header")
    if piece.role is not Role.BODY:
        opening = partial(opened, source, piece.start, piece.end)
        return Member(number, (), opening, hint="part.txt")
    return Member(number, (), partial(transfer.opened, source, piece), hint=piece.of.hint)


@contextmanager
def _header(source: BinaryIO, piece: Piece) -> Iterator[BinaryIO]:
    """Open a header block without its hidden fields."""
    if not piece.hidden:
        with section(source, piece.start, piece.end) as file:
            yield file
        return
    with Spool() as spool:
        for start, end, role in piece.cut():
            if role is Role.HEADER:
                spool.write(read(source, start, end))
        with spool.read_back() as file:
            yield file
