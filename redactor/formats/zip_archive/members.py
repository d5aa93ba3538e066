"""The members of a ZIP file as a container hands them out."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.errors import InputError, LimitExceeded
from redactor.files import Spool
from redactor.formats.base import Budget, Member, MemberText
from redactor.formats.zip_archive.contents import unpack
from redactor.formats.zip_archive.names import comment_of, decode, name_of, slashes_of
from redactor.formats.zip_archive.records import Record
from redactor.model import Kind, Location, Slot

UNIX, MACOS = 3, 19

_LONGEST_TARGET = 1 << 16  # of a symbolic link; Linux takes 4 KiB

_TARGET = Location(Kind.METADATA)
_COMMENT = Location(Kind.COMMENT)


def member_of(source: BinaryIO, record: Record, number: int, budget: Budget) -> Member:
    """Return a record as a member. Its texts are the name, a link's target, a comment.

    The slash behind the name of a folder is no part of it, or an edit could make a file of one.
    The target of a symbolic link is its bytes; it is never followed. A link whose bytes cannot be
    read, and a folder with bytes, are members like others.
    """
    contents = _Contents(source, record, budget)
    name = name_of(record)
    texts = [MemberText(name.rstrip("/"))]
    copied = False
    if (is_link(record) or slashes_of(name)) and record.size <= _LONGEST_TARGET:
        target = contents.small()
        if target and is_link(record):
            texts.append(MemberText(decode(target), _TARGET))
        copied = target is not None and bool(target) == is_link(record)
    if comment := comment_of(record):
        texts.append(MemberText(comment, _COMMENT, Slot.TEXT))
    opened = _nothing if copied else contents.open
    return Member(number, tuple(texts), opened, copied)


def is_link(record: Record) -> bool:
    """Tell whether a member is a symbolic link, by the mode that Unix programs write."""
    fields = record.fields
    return fields.made_by >> 8 in (UNIX, MACOS) and stat.S_ISLNK(fields.external >> 16)


@contextmanager
def _nothing() -> Iterator[BinaryIO]:
    with Spool() as spool, spool.read_back() as file:
        yield file


@dataclass(slots=True)
class _Contents:
    """What opens a member. Its bytes are counted once, however often it is opened."""

    source: BinaryIO = field(repr=False)
    record: Record
    budget: Budget
    _counted: int = 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Yield the bytes of the member in a private file.

        Raises InputError, which does not name the member: whoever opens it knows which it is.
        """
        with Spool() as spool:
            self._fill(spool)
            with spool.read_back() as file:
                yield file

    def small(self) -> bytes | None:
        """Return the bytes of a small member, None if they cannot be read."""
        try:
            with self.open() as file:
                return file.read()
        except LimitExceeded:
            raise
        except InputError:
            return None

    def _fill(self, spool: Spool) -> None:
        for piece, packed in unpack(self.source, self.record):
            if spool.size >= self._counted:
                self.budget.unpacked(len(piece), packed)
                self._counted += len(piece)
            spool.write(piece)
