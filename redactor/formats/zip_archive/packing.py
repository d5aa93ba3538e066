"""The copy of a ZIP file: members without edits byte for byte, others compressed as before.

Only the directory has the offset of a member, so a member that moves has the same bytes, and its
entry another offset. The copy is written from start to end. The sizes and checksum of a header are
known before it is written, since the content is compressed into a private file first.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from redactor.errors import InputError
from redactor.files import Spool
from redactor.formats.base import Member, Packer, Sink
from redactor.formats.zip_archive.compression import compress, pieces
from redactor.formats.zip_archive.contents import LZMA, STORED, packed_pieces
from redactor.formats.zip_archive.directory import Directory, member_named, read_local
from redactor.formats.zip_archive.headers import (
    Titles,
    central_entry,
    encoded,
    end_records,
    local_header,
    moved,
    sized_header,
)
from redactor.formats.zip_archive.names import (
    check_name,
    comment_of,
    decode,
    name_of,
    path_of,
    trailing_slashes,
)
from redactor.formats.zip_archive.records import (
    DESCRIPTOR,
    LZMA_MARKED,
    UTF8,
    Record,
)

_LEVELS = 0b110
"""Bits 1 and 2 of the flags: the level of DEFLATE, or the end marker of LZMA (4.4.4)."""


class ZipPacker(Packer):
    """Writes the copy of a ZIP file."""

    def __init__(self, source: BinaryIO, directory: Directory, sink: Sink) -> None:
        self._source, self._directory, self._sink = source, directory, sink
        self._at = 0
        self._entries: dict[int, bytes] = {}
        self._paths: set[str] = set()

    def keep(self, member: Member) -> None:
        """Copy a member byte for byte."""
        record = self._directory.records[member.number - 1]
        self._take_path(member.number, name_of(record))
        self._entries[member.number] = moved(record, self._at)
        self._append(packed_pieces(self._source, record.offset, record.end))

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write a member with other texts, and with other content unless `data` is None.

        Raises InputError for a name that is unsafe, too long, or taken by another member.
        """
        record = self._directory.records[member.number - 1]
        if len(texts) != len(member.texts):
            raise ValueError("as many texts as the member has")
        name = texts[0] + trailing_slashes(name_of(record))
        self._take_path(member.number, name)
        target, comment = _further(record, texts)
        if target is not None and target != member.texts[1].text:
            data = io.BytesIO(target.encode("utf-8", "replace"))
        with member_named(member.number):
            titles = Titles.of(record, name, comment)
        if data is None:
            self._entries[member.number] = self._retitle(record, titles)
        else:
            self._entries[member.number] = self._pack(record, titles, data)

    def finish(self, texts: Sequence[str]) -> None:
        """Write the directory and its end, with the archive's comment."""
        offset, end = self._at, self._directory.end
        entries = map(self._entries.get, (at + 1 for at in self._directory.listed))
        self._append(filter(None, entries))
        comment = end.comment
        if texts and texts[0] != decode(comment):
            comment = encoded(texts[0])
        self._append([end_records(end, len(self._entries), self._at - offset, offset, comment)])
        self._append([end.padding])

    def _take_path(self, number: int, name: str) -> None:
        with member_named(number):
            check_name(name)
            if (path := path_of(name)) in self._paths:
                raise InputError("the copy would have another member of the same name")
        self._paths.add(path)

    def _retitle(self, record: Record, titles: Titles) -> bytes:
        """Write a new header and a member's compressed data, and return its directory entry."""
        fields, local, extra = record.fields, *read_local(self._source, record)
        offset = self._at
        local = local._replace(flags=local.flags & ~UTF8 | titles.flag)
        fields = fields._replace(flags=fields.flags & ~UTF8 | titles.flag)
        kept = titles.valid_fields(extra, same_bytes=True)
        self._append([local_header(local, titles.name, kept)])
        self._append(packed_pieces(self._source, record.start, record.end))
        return central_entry(
            fields,
            (titles.name, titles.comment),
            titles.valid_fields(record.extra, same_bytes=True),
            (record.size, record.packed, offset),
        )

    def _pack(self, record: Record, titles: Titles, data: BinaryIO) -> bytes:
        """Write a header and compressed new content, and return the directory entry."""
        fields, local, extra = record.fields, *read_local(self._source, record)
        offset = self._at
        flags = fields.flags & ~(DESCRIPTOR | _LEVELS | UTF8) | titles.flag
        flags |= LZMA_MARKED if fields.method == LZMA else 0
        with Spool() as spool:
            crc, size = compress(data, fields.method, spool)
            stored = fields.method == STORED
            packed = size if stored else spool.size
            kept = titles.valid_fields(extra, same_bytes=False)
            local = local._replace(flags=flags, crc=crc)
            self._append([sized_header(local, titles.name, kept, (size, packed))])
            self._append(pieces(data if stored else spool.read_back()))
        return central_entry(
            fields._replace(flags=flags, crc=crc, size=0, packed=0, offset=0),
            (titles.name, titles.comment),
            titles.valid_fields(record.extra, same_bytes=False),
            (size, packed, offset),
        )

    def _append(self, chunks: Iterable[bytes]) -> None:
        for chunk in chunks:
            self._sink.write(chunk)
            self._at += len(chunk)


def _further(record: Record, texts: Sequence[str]) -> tuple[str | None, str]:
    """Return the texts behind the name: the target of a link, if any, and the comment."""
    others = list(texts[1:])
    comment = others.pop() if comment_of(record) else ""
    return (others[0] if others else None), comment
