"""Compression of rewritten members: by the method of the source, at a fixed level.

With one build of zlib, bzip2 and liblzma, equal content is compressed to equal bytes.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from redactor.errors import UnsupportedFormat
from redactor.files import CHUNK
from redactor.formats.base import Sink
from redactor.formats.zip_archive.contents import BZIP2, DEFLATED, LZMA, STORED

_LEVEL = 6
"""The level of DEFLATE: zlib's default."""


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Lzma:
    """LZMA as in a ZIP file (5.8): with a version and a length before the properties."""

    def __init__(self) -> None:
        self._alone = lzma.LZMACompressor(lzma.FORMAT_ALONE)
        self._head: bytes | None = b""

    def compress(self, data: bytes, /) -> bytes:
        return self._headed(self._alone.compress(data))

    def flush(self) -> bytes:
        return self._headed(self._alone.flush())

    def _headed(self, data: bytes) -> bytes:
        """Return compressed data, with the header of `lzma` replaced by that of ZIP.

        The former is five bytes of properties and eight of the size.
        """
        if self._head is None:
            return data
        self._head += data
        if len(self._head) < 13:
            return b""
        head, self._head = self._head, None
        return b"\x09\x14\x05\x00" + head[:5] + head[13:]  # of LZMA SDK 9.20, as 7-Zip writes


_COMPRESSORS: dict[int, Callable[[], _Compressor]] = {
    DEFLATED: lambda: zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS),
    BZIP2: lambda: bz2.BZ2Compressor(9),  # blocks of 900 kB, bzip2's default
    LZMA: _Lzma,
}


def compress(data: BinaryIO, method: int, sink: Sink) -> tuple[int, int]:
    """Write the compressed content of a file to a sink, and return its CRC-32 and size in bytes.

    For the method "stored" nothing is written, since the content itself is stored. Raises
    UnsupportedFormat.
    """
    if method != STORED and method not in _COMPRESSORS:
        raise UnsupportedFormat(f"nothing can be packed by method {method}")
    compressor = _COMPRESSORS[method]() if method != STORED else None
    crc = size = 0
    for piece in pieces(data):
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        if compressor:
            sink.write(compressor.compress(piece))
    if compressor:
        sink.write(compressor.flush())
    return crc, size


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield the content of a file from its start."""
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece
