"""The copy of a WARC file: records without edits byte for byte, others written anew.

A record has two members, the header document and the body, so that a record is written when the
next one begins. The body of a changed record has no coding; lengths and digests are counted anew,
and a revisit record refers to the new digest of the record that it repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from redactor.errors import InputError
from redactor.files import CHUNK, Spool
from redactor.formats.base import Member, Packer, Sink
from redactor.formats.compressed import gzip
from redactor.formats.warc.digests import digest_like
from redactor.formats.warc.heads import (
    BLOCK_DIGEST,
    CODING,
    LENGTH,
    PAYLOAD_DIGEST,
    TRANSFER,
    document,
    edited,
    parts_of,
    renewed,
)
from redactor.formats.warc.records import Count, Record, records, uncounted

_LINE_ENDS = b"\r\n\r\n"


@dataclass(slots=True)
class _Pending:
    """A record that is not written yet: its new header document and body, if it has others."""

    record: Record
    head: bytes | None = None
    body: Spool | None = None
    has_body: bool = False
    header: gzip.Header | None = None

    @property
    def is_changed(self) -> bool:
        """Tell whether the record or its compression has edits, or its body is left out."""
        edited = self.head is not None or self.body is not None
        return edited or self.header != self.record.packed or self.is_without_body

    @property
    def is_without_body(self) -> bool:
        """Tell whether the body of the record is left out."""
        return self.record.body < self.record.stop and not self.has_body


class WarcPacker(Packer):
    """Writes the copy of a WARC file."""

    def __init__(self, source: BinaryIO, sink: Sink) -> None:
        self._source, self._sink = source, sink
        self._records = numbered(source)
        self._pending: _Pending | None = None
        self._head = self._last = 0  # the numbers of its members
        self._digests: dict[str, str] = {}

    def keep(self, member: Member) -> None:
        """Note that a header document or a body has no edits."""
        pending, is_body = self._of(member)
        pending.has_body = pending.has_body or is_body

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Take a header document or a body of the copy."""
        pending, is_body = self._of(member)
        pending.has_body = pending.has_body or is_body
        if pending.header is not None and not is_body:
            pending.header = pending.header.with_texts(*_named(pending.header, texts))
        if data is None:
            return
        data.seek(0)
        if not is_body:
            pending.head = data.read()
            return
        pending.body = Spool()
        while piece := data.read(CHUNK):
            pending.body.write(piece)

    def finish(self, texts: Sequence[str]) -> None:
        """Write the last record."""
        del texts
        self._flush()

    def _of(self, member: Member) -> tuple[_Pending, bool]:
        """Return the record of a member, and whether the member is its body."""
        pending = self._pending
        if pending is None or member.number > self._last:
            self._flush()
            pending = self._pending = self._next(member.number)
        return pending, member.number > self._head

    def _next(self, number: int) -> _Pending:
        for record, head, last in self._records:
            if number <= last:
                self._head, self._last = head, last
                return _Pending(record, header=record.packed)
        raise InputError("the source changed while it was read")

    def _flush(self) -> None:
        pending, self._pending = self._pending, None
        if pending is None:
            return
        record = pending.record
        old = record.warc.value(PAYLOAD_DIGEST)
        renamed = record.type == "revisit" and old in self._digests
        if not pending.is_changed and not renamed:
            self._copy(record.start, record.end)
            return
        with Spool() as block, record.opened(self._source) as file:
            start = _write_block(pending, file, block)
            with block.read_back() as new:
                head = self._warc_head(pending, new, start, block.size)
                self._write(pending.header, head, new)
        if pending.body is not None:
            pending.body.__exit__()

    def _warc_head(self, pending: _Pending, block: BinaryIO, start: int, size: int) -> bytes:
        record = pending.record
        texts = parts_of(pending.head or document(record.warc, record.http))[0]
        computed = {LENGTH: str(size)}
        old = record.warc.value(PAYLOAD_DIGEST)
        for name, first in ((BLOCK_DIGEST, 0), (PAYLOAD_DIGEST, start)):
            known = record.warc.value(name)
            if name == PAYLOAD_DIGEST and record.type == "revisit":
                computed[name] = self._digests.get(known, known)
            elif known and (new := digest_like(known, block, first, size)):
                computed[name] = new
        if old and record.type != "revisit" and PAYLOAD_DIGEST in computed:
            self._digests[old] = computed[PAYLOAD_DIGEST]
        lines = b"".join(edited(record.warc, iter(texts), computed))
        return record.warc.first.raw + lines + b"\r\n"

    def _write(self, header: gzip.Header | None, head: bytes, block: BinaryIO) -> None:
        pieces = _pieces(head, block)
        if header is None:
            for piece in pieces:
                self._sink.write(piece)
            return
        compressor = gzip.Compressor([header])
        for piece in pieces:
            self._sink.write(compressor.compress(piece))
        self._sink.write(compressor.flush())

    def _copy(self, start: int, end: int) -> None:
        while start < end:
            self._source.seek(start)
            piece = self._source.read(min(CHUNK, end - start))
            if not piece:
                raise InputError("the source changed while it was read")
            self._sink.write(piece)
            start += len(piece)


def numbered(source: BinaryIO, count: Count = uncounted) -> Iterator[tuple[Record, int, int]]:
    """Yield the records, each with the numbers of its first and its last member."""
    number = 1
    for record in records(source, count):
        last = number + (record.body < record.stop)
        yield record, number, last
        number = last + 1


def _named(header: gzip.Header, texts: Sequence[str]) -> Iterator[str | None]:
    """Yield name and comment of a header, None where it has none."""
    new = iter(texts)
    return (None if text is None else next(new) for text in header.texts)


def _pieces(head: bytes, block: BinaryIO) -> Iterator[bytes]:
    yield head
    block.seek(0)
    while piece := block.read(CHUNK):
        yield piece
    yield _LINE_ENDS


def _write_block(pending: _Pending, file: BinaryIO, sink: Spool) -> int:
    """Write the block of a copy, and return the offset of the body in it."""
    record, http = pending.record, pending.record.http
    body = pending.body
    if pending.is_without_body:
        content: BinaryIO = BytesIO()
        size = 0
    elif body is not None:
        content, size = body.read_back(), body.size
    else:
        content, size = file, record.stop - record.body
    if http is not None:
        texts = parts_of(pending.head or document(record.warc, http))[1]
        sink.write(renewed(http.first, texts[0]))
        same = content is file
        computed = {LENGTH: http.value(LENGTH)} if same else {LENGTH: str(size)}
        if same:
            computed |= {name: http.value(name) for name in (CODING, TRANSFER)}
        for line in edited(http, iter(texts[1:]), computed):
            sink.write(line)
        sink.write(b"\r\n")
    start = sink.size
    at = record.body if content is file else 0
    content.seek(at)
    while size and (piece := content.read(min(CHUNK, size))):
        sink.write(piece)
        size -= len(piece)
    return start
