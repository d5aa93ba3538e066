"""Zstandard files (RFC 8878): the frames in them.

The extent of a frame is in the sizes of its blocks, so that a file is cut into frames before any
of them is decompressed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.compressed.streams import OUT, READ, Input, Pieces

MAGIC = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # behind a byte of 0x50 to 0x5f (3.1.2)
_SEEK_TABLE = b"\xb1\xea\x92\x8f"  # ends a table of offsets: zstd's seekable format
_WINDOW = 128 << 20  # bytes; the program `zstd` has the same limit by default
_HEADER = 18  # bytes of the longest header of a frame


def is_zstd(head: bytes) -> bool:
    """Tell whether bytes begin a frame."""
    return head.startswith(MAGIC) or (head[1:4] == _SKIPPABLE and 0x50 <= head[0] <= 0x5F)


def unzstded(source: BinaryIO) -> Pieces:
    """Yield the content of a zstd file. Raises DamagedDocument, UnsupportedFormat."""
    import zstandard  # only for such files

    try:
        for start, end in _frames(Input(source)):
            frame = io.BufferedReader(_Frame(source, start, end), READ)
            reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(frame)
            packed = end - start
            while piece := reader.read(OUT):
                yield piece, packed
                packed = 0
    except zstandard.ZstdError:
        raise DamagedDocument("it cannot be unpacked") from None


class _Frame(io.RawIOBase):
    """The bytes `start:end` of a file."""

    def __init__(self, source: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._source, self._at, self._end = source, start, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._source.seek(self._at)
        data = self._source.read(min(len(buffer), self._end - self._at))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _frames(data: Input) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each frame that has content."""
    while True:
        start = data.at
        head = data.take(4)
        if head[1:] == _SKIPPABLE and 0x50 <= head[0] <= 0x5F:
            _skip(data)
        elif head == MAGIC:
            _pass_frame(data)
            yield start, data.at
        else:
            what = "bytes behind the end of what is compressed" if start else "it has no frame"
            raise DamagedDocument(what)
        data.skip_zeros()
        if data.is_at_end():
            return


def _skip(data: Input) -> None:
    """Pass over a frame that has no content: a size (pzstd), or a table of offsets.

    Raises UnsupportedFormat for any other, which may hold anything.
    """
    size = int.from_bytes(data.take(4), "little")
    left, end = size, b""
    while left:
        piece = data.take(min(left, READ))
        left, end = left - len(piece), (end + piece)[-4:]
    if size > 4 and end != _SEEK_TABLE:
        raise UnsupportedFormat("a skippable frame of unknown content is not examined")


def _pass_frame(data: Input) -> None:
    """Pass over the header, the blocks and the checksum of a frame (3.1.1)."""
    descriptor = data.take(1)[0]
    single, dictionary = descriptor & 0x20, (0, 1, 2, 4)[descriptor & 3]
    sized = (1 if single else 0, 2, 4, 8)[descriptor >> 6]
    if dictionary and any(data.take((0 if single else 1) + dictionary)[-dictionary:]):
        raise UnsupportedFormat("it is compressed with a dictionary of its own")
    data.take((0 if single or dictionary else 1) + sized)
    last = 0
    while not last:
        block = int.from_bytes(data.take(3), "little")
        last, kind, size = block & 1, block >> 1 & 3, block >> 3
        if kind == 3 or size > 1 << 17:
            raise DamagedDocument("it cannot be unpacked")
        data.take(1 if kind == 1 else size)
    data.take(4 if descriptor & 4 else 0)
