"""Compressed files as the streams in them, decompressed in pieces of bounded size.

A file may hold several streams, one behind the other, whose contents are one content. Between
and behind them there may be zeros (padding to a block of a tape), else the file is refused.
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from redactor.errors import DamagedDocument

READ = 1 << 16  # compressed bytes read at a time; a thousand times as many may come out of them
OUT = 1 << 20  # bytes taken out of a decompressor at a time

_DICTIONARY = 512 << 20
"""Bytes of memory for the decompression of xz. Its highest level takes 65 MB; `--lzma2=dict` more.
"""

_XZ = b"\xfd7zXZ\0"

Pieces = Iterator[tuple[bytes, int]]
"""Content in pieces, each with the number of compressed bytes that it took."""


class Input:
    """The bytes of a file from an offset, of which some can be put back.

    The position of the file may be changed between two calls.
    """

    def __init__(self, source: BinaryIO, start: int = 0) -> None:
        self._source, self._at, self._held = source, start, b""

    @property
    def at(self) -> int:
        """Return the offset of the next byte."""
        return self._at - len(self._held)

    def piece(self) -> bytes:
        """Return the next bytes, some or all of those there are; empty at the end."""
        if self._held:
            held, self._held = self._held, b""
            return held
        self._source.seek(self._at)
        data = self._source.read(READ)
        self._at += len(data)
        return data

    def take(self, size: int) -> bytes:
        """Return as many bytes. Raises DamagedDocument if the file ends before."""
        taken = b""
        while len(taken) < size:
            data = self.piece()
            if not data:
                raise DamagedDocument("its compressed bytes end early")
            taken += data
        self.put_back(taken[size:])
        return taken[:size]

    def put_back(self, data: bytes) -> None:
        """Return bytes that were read too many."""
        self._held = data + self._held

    def skip_zeros(self) -> int:
        """Pass over zeros, and return how many there were."""
        skipped = 0
        while data := self.piece():
            rest = data.lstrip(b"\0")
            skipped += len(data) - len(rest)
            if rest:
                self.put_back(rest)
                break
        return skipped

    def is_at_end(self) -> bool:
        """Tell whether there is no byte left."""
        data = self.piece()
        self.put_back(data)
        return not data


class Unpacker(Protocol):
    """The interface that the decompressors of `bz2` and `lzma` share."""

    @property
    def eof(self) -> bool:
        """Tell whether the stream has ended."""

    @property
    def needs_input(self) -> bool:
        """Tell whether it has no more output without further input."""

    @property
    def unused_data(self) -> bytes:
        """Return the input behind the end."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Return some output."""


def is_bzip2(head: bytes) -> bool:
    """Tell whether bytes begin a block, or end a file without any."""
    return head[:3] == b"BZh" and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90")


def is_xz(head: bytes) -> bool:
    """Tell whether bytes begin a stream."""
    return head.startswith(_XZ)


def bunzipped(source: BinaryIO) -> Pieces:
    """Yield the content of a bzip2 file. Raises DamagedDocument."""
    return _all_streams(Input(source), bz2.BZ2Decompressor, b"BZh", 1)


def unxzed(source: BinaryIO) -> Pieces:
    """Yield the content of an xz file. Raises DamagedDocument.

    Padding between streams is a multiple of four bytes (The .xz File Format, 2.2).
    """
    return _all_streams(Input(source), _new_xz, _XZ, 4)


def _new_xz() -> Unpacker:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, _DICTIONARY)


def _all_streams(data: Input, new: Callable[[], Unpacker], magic: bytes, unit: int) -> Pieces:
    padding = 0
    while True:
        start = data.take(len(magic))
        if start != magic or padding % unit:
            raise DamagedDocument("bytes behind the end of what is compressed")
        data.put_back(start)
        yield from _stream(data, new())
        padding = data.skip_zeros()
        if data.is_at_end():
            return


def _stream(data: Input, unpacker: Unpacker) -> Pieces:
    try:
        while not unpacker.eof:
            piece = data.piece()
            if not piece:
                raise DamagedDocument("its compressed bytes end early")
            yield unpacker.decompress(piece, OUT), len(piece)
            while not unpacker.eof and not unpacker.needs_input:
                yield unpacker.decompress(b"", OUT), 0
            data.put_back(unpacker.unused_data)
    except (OSError, EOFError, lzma.LZMAError):  # OSError is how bz2 says that data are invalid
        raise DamagedDocument("it cannot be unpacked") from None
