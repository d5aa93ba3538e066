"""The records of a WARC file (ISO 28500): their headers, and where their blocks are."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.files import Spool
from redactor.formats.compressed import gzip
from redactor.formats.compressed.streams import Input
from redactor.formats.warc.heads import LENGTH, Head, read_head

VERSION = b"WARC/"
_HTTP = ("response", "request", "revisit")
_BETWEEN = 8  # bytes of line ends behind a record: two, by the standard, of two bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A record. `start:end` are its bytes in the file, with the line ends behind it.

    `packed` is the header of gzip, if the record is compressed. `block` and `body` are offsets in
    what `opened` yields: of the block, and of what is behind the headers of HTTP in it. `stop` is
    the end of both.
    """

    start: int
    end: int
    packed: gzip.Header | None
    warc: Head
    http: Head | None
    block: int
    body: int
    stop: int

    @property
    def type(self) -> str:
        """Return its type: `response`."""
        return self.warc.value("warc-type").lower()

    @contextmanager
    def opened(self, source: BinaryIO) -> Iterator[BinaryIO]:
        """Yield the file in which the offsets are."""
        if self.packed is None:
            yield source
            return
        with Spool() as spool:
            source.seek(self.start)
            data = Input(source, self.start)
            for piece in gzip.one_member(data):
                if isinstance(piece, tuple):
                    spool.write(piece[0])
            with spool.read_back() as file:
                yield file


def is_packed(source: BinaryIO) -> bool:
    """Tell whether a file is compressed record by record."""
    source.seek(0)
    return source.read(len(gzip.MAGIC)) == gzip.MAGIC


Count = Callable[[int, int], None]
"""What is called with the size of each piece, unpacked and packed; raises LimitExceeded."""


def uncounted(size: int, packed: int) -> None:
    """Count nothing."""
    del size, packed


def records(source: BinaryIO, count: Count = uncounted) -> Iterator[Record]:
    """Yield the records of a file. Raises DamagedDocument, UnsupportedFormat, LimitExceeded."""
    size = source.seek(0, io.SEEK_END)
    packed = is_packed(source)
    at = 0
    while at < size:
        record = _packed(source, at, count) if packed else _record(source, at, at, size)
        yield record
        at = record.end


def _packed(source: BinaryIO, at: int, count: Count) -> Record:
    """Return the record that is a member of a gzip file."""
    data = Input(source, at)
    with Spool() as spool:
        header = None
        for piece in gzip.one_member(data):
            if isinstance(piece, tuple):
                count(len(piece[0]), piece[1])
                spool.write(piece[0])
            else:
                header = piece
        with spool.read_back() as file:
            inner = _record(file, 0, 0, spool.size)
            if inner.end != spool.size:
                raise UnsupportedFormat("records that are not compressed one by one")
    return Record(at, data.at, header, inner.warc, inner.http, inner.block, inner.body, inner.stop)


def _record(file: BinaryIO, start: int, at: int, size: int) -> Record:
    file.seek(at)
    warc = read_head(file, size)
    if not warc.first.raw.startswith(VERSION):
        raise DamagedDocument("a record that does not begin where the one before ends")
    lengths = [line.value for line in warc.lines if line.name == LENGTH]
    if len(lengths) != 1 or not lengths[0].isdecimal():
        raise DamagedDocument("a record without a length")
    block = at + warc.size
    stop = block + int(lengths[0])
    if stop > size:
        raise DamagedDocument("a record that is longer than the file")
    if warc.value("warc-segment-number"):
        raise UnsupportedFormat("a record in segments is not supported yet")
    http = None
    kind = warc.value("content-type").lower()
    if warc.value("warc-type").lower() in _HTTP and "application/http" in kind and block < stop:
        file.seek(block)
        http = read_head(file, stop)
        http = http if http.first.text else None
    body = block + (http.size if http else 0)
    return Record(start, _after(file, stop, size), None, warc, http, block, body, stop)


def _after(file: BinaryIO, stop: int, size: int) -> int:
    """Return the offset of the next record. Raises DamagedDocument if there is none."""
    file.seek(stop)
    behind = file.read(min(_BETWEEN, size - stop))
    ends = len(behind) - len(behind.lstrip(b"\r\n"))
    if ends < len(behind) and not (
        ends and behind[ends:].startswith(VERSION[: len(behind) - ends])
    ):
        raise DamagedDocument("a record whose length is wrong")
    return stop + ends
