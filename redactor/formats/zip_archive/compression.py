"""How new bytes are packed: by the method of the old ones, at a fixed level.

The same bytes are packed the same way each time, by one build of zlib, bzip2 and liblzma.
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
"""Of DEFLATE: the one most programs take unasked."""


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Lzma:
    """LZMA as a ZIP file has it (5.8): a version and a length stand before the properties."""

    def __init__(self) -> None:
        self._alone = lzma.LZMACompressor(lzma.FORMAT_ALONE)
        self._head: bytes | None = b""

    def compress(self, data: bytes, /) -> bytes:
        return self._headed(self._alone.compress(data))

    def flush(self) -> bytes:
        return self._headed(self._alone.flush())

    def _headed(self, data: bytes) -> bytes:
        """Return packed data, five bytes of properties and eight of a size turned into a header."""
        if self._head is None:
            return data
        self._head += data
        if len(self._head) < 13:
            return b""
        head, self._head = self._head, None
        return b"\x09\x14\x05\x00" + head[:5] + head[13:]  # of LZMA SDK 9.20, as 7-Zip writes


_COMPRESSORS: dict[int, Callable[[], _Compressor]] = {
    DEFLATED: lambda: zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS),
    BZIP2: lambda: bz2.BZ2Compressor(9),
    LZMA: _Lzma,
}


def compress(data: BinaryIO, method: int, sink: Sink) -> tuple[int, int]:
    """Write a file's packed bytes to a sink, and return its checksum and size.

    What is stored is not written: it is its own packed bytes. Raises UnsupportedFormat.
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
    """Yield a file from its start."""
    file.seek(0)
    while piece := file.read(CHUNK):
        yield piece
