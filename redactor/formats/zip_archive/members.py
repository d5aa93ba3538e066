"""The members of a ZIP file as `Member`s of a container."""

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
from redactor.formats.zip_archive.names import comment_of, decode, name_of, trailing_slashes
from redactor.formats.zip_archive.records import Record
from redactor.model import Kind, Location, Slot

# The upper byte of "version made by" (4.4.2.2): systems whose external attributes hold a Unix mode.
UNIX, MACOS = 3, 19

_LONGEST_TARGET = 1 << 16  # of a symbolic link; Linux takes 4 KiB

_TARGET = Location(Kind.METADATA)
_COMMENT = Location(Kind.COMMENT)


def member_of(source: BinaryIO, record: Record, number: int, budget: Budget) -> Member:
    """Return a record as a member. Its texts are its name, the target of a link, its comment.

    The slash behind the name of a folder is not part of the text: an edit could make a file of the
    folder. The content of a symbolic link is its target, which is never followed. A link whose
    content cannot be read, and a folder with content, are ordinary members.
    """
    contents = _Contents(source, record, budget)
    name = name_of(record)
    texts = [MemberText(name.rstrip("/"))]
    copied = False
    if (is_link(record) or trailing_slashes(name)) and record.size <= _LONGEST_TARGET:
        target = contents.small()
        if target and is_link(record):
            texts.append(MemberText(decode(target), _TARGET))
        copied = target is not None and bool(target) == is_link(record)
    if comment := comment_of(record):
        texts.append(MemberText(comment, _COMMENT, Slot.TEXT))
    opened = _empty_file if copied else contents.open
    return Member(number, tuple(texts), opened, copied)


def is_link(record: Record) -> bool:
    """Tell whether a member is a symbolic link by its Unix mode."""
    fields = record.fields
    return fields.made_by >> 8 in (UNIX, MACOS) and stat.S_ISLNK(fields.external >> 16)


@contextmanager
def _empty_file() -> Iterator[BinaryIO]:
    with Spool() as spool, spool.read_back() as file:
        yield file


@dataclass(slots=True)
class _Contents:
    """Opens a member. Its bytes are counted once, however often it is opened."""

    source: BinaryIO = field(repr=False)
    record: Record
    budget: Budget
    _counted: int = 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Yield a private file with the content of the member.

        Raises InputError, which does not name the member: the caller does.
        """
        with Spool() as spool:
            self._fill(spool)
            with spool.read_back() as file:
                yield file

    def small(self) -> bytes | None:
        """Return the content of a small member, None if it cannot be read."""
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
