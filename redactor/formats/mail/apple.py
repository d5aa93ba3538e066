"""Messages of Apple Mail (`.emlx`): a line with the size of the message, it, a property list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.mail.sections import read, section, size_of
from redactor.formats.mail.splitting import Piece, Role, split

# The first line: how many bytes the message has, padded with blanks.
_COUNT = re.compile(rb"([0-9]{1,19})[ \t]*\r?\n")


def apple_parts(source: BinaryIO) -> tuple[int, int, int]:
    """Return where the message begins and ends, and the end of the file. Raises DamagedDocument."""
    first = _COUNT.match(read(source, 0, 64))
    if first is None:
        raise DamagedDocument("its first line is not the size of a message")
    size = size_of(source)
    end = first.end() + int(first[1])
    if end > size:
        raise DamagedDocument("its message is shorter than its first line says")
    return first.end(), end, size


def split_apple(source: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of the file. Raises DamagedDocument, LimitExceeded."""
    start, middle, end = apple_parts(source)
    yield Piece(0, start, Role.COUNT)
    for piece in split(section(source, start, middle)):
        hidden = tuple((low + start, high + start, role) for low, high, role in piece.hidden)
        yield replace(piece, start=piece.start + start, end=piece.end + start, hidden=hidden)
    if middle < end:
        yield Piece(middle, end, Role.TRAILER)
