"""The bodies of HTTP messages: chunks joined, and codings undone.

Many tools that write web archives decode bodies and keep the headers that say otherwise, so that a
body which does not begin as its headers say is read as it is.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.files import Spool
from redactor.formats.compressed import gzip, zstd
from redactor.formats.compressed.streams import OUT, READ, Pieces
from redactor.formats.warc.heads import Head, codings
from redactor.formats.warc.records import Count, uncounted

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE = 1 << 12  # bytes of the line before a chunk


@contextmanager
def body(
    file: BinaryIO, start: int, end: int, http: Head | None, count: Count
) -> Iterator[BinaryIO]:
    """Yield a private file with the decoded body in the bytes `start:end` of a file.

    Raises DamagedDocument, UnsupportedFormat, LimitExceeded.
    """
    names, chunked = codings(http)
    with ExitStack() as stack:
        current = _stored(stack, _slice(file, start, end), uncounted)
        if chunked and _CHUNK.match(current.read(_LINE)):
            current = _stored(stack, _dechunked(current), count)
        for name in names:
            current = _stored(stack, _decoded(current, name), count)
        current.seek(0)
        yield current


def _stored(stack: ExitStack, pieces: Pieces, count: Count) -> BinaryIO:
    spool = stack.enter_context(Spool())
    for piece, packed in pieces:
        count(len(piece), packed)
        spool.write(piece)
    file = stack.enter_context(spool.read_back())
    file.seek(0)
    return file


def _slice(file: BinaryIO, start: int, end: int) -> Pieces:
    while start < end:
        file.seek(start)
        piece = file.read(min(READ, end - start))
        if not piece:
            raise DamagedDocument("the file ends within a record")
        start += len(piece)
        yield piece, len(piece)


def _dechunked(file: BinaryIO) -> Pieces:
    """Yield the content of the chunks (RFC 9112, 7.1); trailers are refused."""
    file.seek(0)
    while True:
        line = file.readline(_LINE)
        found = _CHUNK.fullmatch(line)
        if found is None:
            raise DamagedDocument("a body whose chunks cannot be read")
        size = int(found[1], 16)
        if not size:
            break
        left = size
        while left:
            piece = file.read(min(READ, left))
            if not piece:
                raise DamagedDocument("a body that ends within a chunk")
            left -= len(piece)
            yield piece, len(piece)
        if file.readline(_LINE).strip():
            raise DamagedDocument("a body whose chunks cannot be read")
    if file.read(_LINE).strip():
        raise UnsupportedFormat("headers behind a body are not examined")


def _decoded(file: BinaryIO, name: str) -> Pieces:
    file.seek(0)
    head = file.read(16)
    if name == "gzip" and gzip.is_gzip(head):
        if any(text is not None for one in gzip.headers(file) for text in one.texts):
            raise UnsupportedFormat("a name in the compression of a body is not examined")
        return gzip.gunzipped(file)
    if name == "zstd" and zstd.is_zstd(head):
        return zstd.unzstded(file)
    if name == "deflate" and head:
        wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
        return _tried(file, lambda: _inflated(file, 15 if wrapped else -15))
    if name == "br" and head:
        return _tried(file, lambda: _unbrotlied(file))
    return _plain(file)


def _plain(file: BinaryIO) -> Pieces:
    file.seek(0)
    while piece := file.read(READ):
        yield piece, len(piece)


def _tried(file: BinaryIO, decode: Callable[[], Pieces]) -> Pieces:
    """Yield what is decoded, or the body as it is where its beginning cannot be."""
    begun = False
    try:
        for piece in decode():
            begun = begun or bool(piece[0])
            yield piece
    except DamagedDocument:
        if begun:
            raise
        yield from _plain(file)


def _inflated(file: BinaryIO, window: int) -> Pieces:
    inflater = zlib.decompressobj(window)
    try:
        for data, size in _plain(file):
            rest, packed = data, size
            while rest and not inflater.eof:
                yield inflater.decompress(rest, OUT), packed
                rest, packed = inflater.unconsumed_tail, 0
        yield inflater.flush(), 0
    except zlib.error:
        raise DamagedDocument("a body that cannot be unpacked") from None
    if not inflater.eof or inflater.unused_data.strip(b"\0\r\n"):
        raise DamagedDocument("a body that ends early, or goes on behind its end")


def _unbrotlied(file: BinaryIO) -> Pieces:
    try:
        import brotli  # only for such bodies
    except ImportError:
        raise UnsupportedFormat("a body in brotli needs the package of redactor[brotli]") from None
    decoder = brotli.Decompressor()
    try:
        for data, packed in _plain(file):
            yield decoder.process(data, output_buffer_limit=OUT), packed
            while not decoder.is_finished() and not decoder.can_accept_more_data():
                yield decoder.process(b"", output_buffer_limit=OUT), 0
    except brotli.error:
        raise DamagedDocument("a body that cannot be unpacked") from None
    if not decoder.is_finished():
        raise DamagedDocument("a body that ends early")
