"""Tar archives: members are read by their own formats, the texts of their headers as texts.

Names are data: no link is followed, and nothing is unpacked, so that absolute names, names that
lead upwards, and several members of one name (an archive that was appended to) are read like any.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO

from redactor.errors import InputError
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
from redactor.formats.tar_archive import rereading
from redactor.formats.tar_archive.blocks import BLOCK, V7, has_checksum
from redactor.formats.tar_archive.packing import TarPacker
from redactor.formats.tar_archive.records import Record, Text, records
from redactor.model import Kind, Location, Slot

__all__ = ["TarArchive"]

_METADATA = Location(Kind.METADATA)


class TarArchive(Container):
    """Tar archives."""

    name = "tar"
    title = "tar archives"
    suffixes = frozenset({".tar"})
    examined = (
        "members by their own formats, their names, link targets, names of owners and groups, "
        "comments and attributes"
    )
    not_examined = (
        "sparse files, types that are not known, attributes that are no text (each named); dates, "
        "modes, numbers of owners"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a tar file. Raises InputError if its first header cannot be read."""
        del hints
        next(records(source), None)
        return Layout(self.name)

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with a header."""
        magic = head[257:265]
        return magic.startswith(b"ustar") or (
            magic == V7 and bool(head[:1].strip(b"\0")) and has_checksum(head[:BLOCK])
        )

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the members in their order. Raises InputError."""
        del layout
        for number, record in enumerate(records(source), 1):
            budget.member()
            yield _member(source, record, number, budget)

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return nothing: an archive has no texts of its own."""
        del source, layout
        return ()

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy."""
        del layout
        return TarPacker(source, sink)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the members as `tarfile` reads them. Raises DamagedDocument."""
        del layout
        return rereading.entries(source)


def _member(source: BinaryIO, record: Record, number: int, budget: Budget) -> Member:
    texts = tuple(map(_member_text, record.texts()))
    if record.problem is None and not record.is_file:
        return Member(number, texts, _opened(io.BytesIO()), copied=True)
    return Member(number, texts, _content(source, record, budget))


def _member_text(one: Text) -> MemberText:
    if one.role == "name":
        return MemberText(one.text)
    if one.role == "link":
        return MemberText(one.text, _METADATA)
    if one.role in {"user", "group"}:
        return MemberText(one.text, _METADATA, Slot.IDENTIFIER, "Username")
    return MemberText(one.text, _METADATA, Slot.TEXT)


def _content(
    source: BinaryIO, record: Record, budget: Budget
) -> Callable[[], AbstractContextManager[BinaryIO]]:
    """Return what opens a member. Its bytes are counted once, however often it is opened."""
    start, size, problem = record.data, record.size, record.problem
    left = [size]

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        if problem is not None:
            raise problem
        if left:
            counted = left.pop()
            budget.unpacked(counted, counted)
        yield io.BufferedReader(_Content(source, start, size), 1 << 16)

    return opened


def _opened(file: BinaryIO) -> Callable[[], AbstractContextManager[BinaryIO]]:
    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield file

    return opened


class _Content(io.RawIOBase):
    """The content of a member, as a part of the archive."""

    def __init__(self, source: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._source, self._start, self._size, self._at = source, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = (0, self._at, self._size)[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._source.seek(self._start + self._at)
        data = self._source.read(max(0, min(len(buffer), self._size - self._at)))
        if not data and self._at < self._size:
            raise InputError("the source changed while it was read")
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
