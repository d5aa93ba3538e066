"""Sections of a file: a stretch of its bytes, read as a file of its own."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

CHUNK = 1 << 18


class _Section(io.RawIOBase):
    """The bytes `start:end` of a file, at a position of its own."""

    def __init__(self, source: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._source, self._start, self._size, self._at = source, start, end - start, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, (0, self._at, self._size)[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._source.seek(self._start + self._at)
        data = self._source.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def section(source: BinaryIO, start: int, end: int) -> BinaryIO:
    """Return the bytes `start:end` of a file as a file.

    The position of the other file may be changed between two reads.
    """
    return io.BufferedReader(_Section(source, start, end), 1 << 16)


@contextmanager
def opened(source: BinaryIO, start: int, end: int) -> Iterator[BinaryIO]:
    """Open the bytes `start:end` of a file."""
    with section(source, start, end) as file:
        yield file


def size_of(source: BinaryIO) -> int:
    """Return the size of a file."""
    return source.seek(0, os.SEEK_END)


def read(source: BinaryIO, start: int, end: int) -> bytes:
    """Return the bytes `start:end` of a file."""
    source.seek(start)
    return source.read(max(0, end - start))


def pieces(source: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes `start:end` of a file, in pieces."""
    while start < end and (data := read(source, start, min(end, start + CHUNK))):
        yield data
        start += len(data)


def line_starts(source: BinaryIO, prefix: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the offsets of lines that begin with a prefix; `start` is the start of a line."""
    pattern = re.compile(b"(?:\\A|(?<=\n))" + re.escape(prefix))
    at, kept = start, b""
    # What is kept of a chunk is too short to hold the prefix, and long enough to hold all but its
    # last byte, with the line end before.
    for data in pieces(source, start, end):
        chunk = kept + data
        first = at - len(kept)
        for found in pattern.finditer(chunk):
            if found.start() or first == start:
                yield first + found.start()
        at += len(data)
        kept = chunk[-len(prefix) :]
