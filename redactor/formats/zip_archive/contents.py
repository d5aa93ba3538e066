"""The content of a member, decompressed in pieces and checked against its size and checksum.

No memory is allocated by the sizes in a header. A compressed stream must end exactly where the
member does: bytes behind its end would be copied without having been examined.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from redactor.errors import DamagedDocument, EncryptedDocument, UnsupportedFormat
from redactor.formats.zip_archive.records import ENCRYPTED, LZMA_MARKED, STRONG, Record

# The supported methods (4.4.5).
STORED, DEFLATED, BZIP2, LZMA = 0, 8, 12, 14

# Methods that are not supported, by the numbers of APPNOTE 4.4.5, for error messages.
_OTHER_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    93: "Zstandard",
    95: "XZ",
    97: "WavPack",
    98: "PPMd",
    99: "AES encryption",
}

_READ = 1 << 16  # compressed bytes read at a time; a thousand times as many may come out of them
_OUT = 1 << 20  # bytes taken out of a decompressor at a time: its output is never held as a whole

_DICTIONARY = 256 << 20
"""The largest dictionary of LZMA, which is allocated at once. 7-Zip's highest level takes 64 MB."""


class _Unpacker(Protocol):
    """The interface that the decompressors of `bz2` and `lzma` share."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def unpack(source: BinaryIO, record: Record) -> Iterator[tuple[bytes, int]]:
    """Yield the content of a member in pieces, each with the number of compressed bytes it took.

    Raises EncryptedDocument, UnsupportedFormat, DamagedDocument.
    """
    if record.flags & (ENCRYPTED | STRONG) or record.method == 99:
        raise EncryptedDocument("it is encrypted")
    if record.unknown:
        raise UnsupportedFormat(f"an extra field of type {record.unknown:#06x} is not examined")
    unpacked = _METHODS.get(record.method)
    if unpacked is None:
        name = _OTHER_METHODS.get(record.method, "which is unknown")
        raise UnsupportedFormat(f"its method {record.method} ({name}) is not supported")
    crc = size = 0
    for piece, packed in unpacked(source, record):
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        if size > record.size:
            raise DamagedDocument("it unpacks to more than it states")
        yield piece, packed
    if size != record.size or crc != record.crc:
        raise DamagedDocument("its bytes are not those it states: another size or checksum")


def packed_pieces(source: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes `start:end` of a file, in pieces. Raises DamagedDocument.

    The file's position may be changed between two pieces.
    """
    while start < end:
        source.seek(start)
        piece = source.read(min(_READ, end - start))
        if not piece:
            raise DamagedDocument("the file ends within it")
        start += len(piece)
        yield piece


def _packed(source: BinaryIO, record: Record) -> Iterator[bytes]:
    return packed_pieces(source, record.start, record.start + record.packed)


def _stored(source: BinaryIO, record: Record) -> Iterator[tuple[bytes, int]]:
    for piece in _packed(source, record):
        yield piece, len(piece)


def _inflated(source: BinaryIO, record: Record) -> Iterator[tuple[bytes, int]]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(source, record):
            if inflater.eof:
                raise DamagedDocument("bytes behind the end of its packed ones")
            yield inflater.decompress(packed, _OUT), len(packed)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _OUT), 0
        yield inflater.flush(), 0
    except zlib.error:
        raise DamagedDocument("it cannot be unpacked") from None
    _check_ended(inflater.eof, inflater.unused_data)


def _unpacked(unpacker: _Unpacker, packed: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    try:
        for piece in packed:
            if unpacker.eof:
                raise DamagedDocument("bytes behind the end of its packed ones")
            yield unpacker.decompress(piece, _OUT), len(piece)
            while not unpacker.eof and not unpacker.needs_input:
                yield unpacker.decompress(b"", _OUT), 0
    except (OSError, lzma.LZMAError):  # OSError is how bz2 says that the data are invalid
        raise DamagedDocument("it cannot be unpacked") from None
    _check_ended(unpacker.eof, unpacker.unused_data)


def _check_ended(ended: bool, unused: bytes) -> None:
    if not ended or unused:
        raise DamagedDocument("its packed bytes end early, or go on behind their end")


def _unbzipped(source: BinaryIO, record: Record) -> Iterator[tuple[bytes, int]]:
    return _unpacked(bz2.BZ2Decompressor(), _packed(source, record))


def _unlzmaed(source: BinaryIO, record: Record) -> Iterator[tuple[bytes, int]]:
    """Yield the content of an LZMA member (5.8).

    Its data are a version, the length of the properties, the properties, and a stream. With the
    size put behind the properties they are the format that `lzma` calls "alone".
    """
    packed = _packed(source, record)
    head = next(packed, b"")
    if len(head) < 9 or head[2:4] != b"\5\0":
        raise DamagedDocument("its LZMA properties cannot be read")
    if struct.unpack_from("<L", head, 5)[0] > _DICTIONARY:
        raise UnsupportedFormat("its LZMA dictionary is larger than is supported")
    marked = record.flags & LZMA_MARKED
    size = b"\xff" * 8 if marked else record.size.to_bytes(8, "little")
    rest = _after(head[4:9] + size + head[9:], packed)
    return _unpacked(lzma.LZMADecompressor(lzma.FORMAT_ALONE), rest)


def _after(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


_METHODS: dict[int, Callable[[BinaryIO, Record], Iterator[tuple[bytes, int]]]] = {
    STORED: _stored,
    DEFLATED: _inflated,
    BZIP2: _unbzipped,
    LZMA: _unlzmaed,
}
"""The decompressor of each supported method (4.4.5)."""
