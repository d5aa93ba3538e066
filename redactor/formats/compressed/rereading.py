"""Compressed files as the libraries read them by themselves: the independent reader."""

from __future__ import annotations

import bz2
import hashlib
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.files import CHUNK
from redactor.formats.base import Entry
from redactor.formats.raw_names import decode_name

# The header of a member of a gzip file: flags, time and system, extra fields, name, comment.
_FLAGS = 3
_TEXTS = {8: "name", 16: "comment"}


def entries(source: BinaryIO, form: str) -> Iterator[Entry]:
    """Yield the content of a file of that format, then the texts of no member.

    Raises DamagedDocument.
    """
    source.seek(0)
    own: tuple[str, ...] = ()
    if source.read(1):
        source.seek(0)
        digest = hashlib.sha256()
        texts: list[list[str]] = []
        try:
            for piece in _READERS[form](source, texts):
                digest.update(piece)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
            raise DamagedDocument(f"its library cannot read it: {type(error).__name__}") from None
        first, *others = texts or [[]]
        own = tuple(text for some in others for text in some)
        yield Entry(tuple(first), digest.hexdigest())
    yield Entry(own, "")


def _gzip(source: BinaryIO, texts: list[list[str]]) -> Iterator[bytes]:
    """Yield the content of a gzip file, and take note of the texts of its headers."""
    data = source.read(CHUNK)
    while data.strip(b"\0"):
        data = data.lstrip(b"\0") + (source.read(CHUNK) if len(data) < CHUNK else b"")
        texts.append(texts_of_header(data))
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not inflater.eof:
            yield inflater.decompress(data, CHUNK)
            data = inflater.unconsumed_tail
            if not data and not inflater.eof and not (data := source.read(CHUNK)):
                raise EOFError
        data = inflater.unused_data or source.read(CHUNK)


def texts_of_header(data: bytes) -> list[str]:
    """Return the name and the comment in the header of a member of gzip."""
    flags, rest = data[_FLAGS], data[10:]
    if flags & 4:
        rest = rest[2 + int.from_bytes(rest[:2], "little") :]
    found = []
    for flag in _TEXTS:
        if flags & flag:
            text, rest = re.split(rb"\0", rest, maxsplit=1)
            found.append(decode_name(text))
    return found


def _bzip2(source: BinaryIO, _: list[list[str]]) -> Iterator[bytes]:
    return _streams(source, bz2.BZ2Decompressor)


def _xz(source: BinaryIO, _: list[list[str]]) -> Iterator[bytes]:
    return _streams(source, lzma.LZMADecompressor)


def _streams(
    source: BinaryIO, new: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]
) -> Iterator[bytes]:
    """Yield the content of all streams; `BZ2File` and `LZMAFile` stop at padding."""
    data = source.read(CHUNK)
    while data.strip(b"\0"):
        stream = new()
        data = data.lstrip(b"\0")
        while not stream.eof:
            yield stream.decompress(data, CHUNK)
            data = source.read(CHUNK) if stream.needs_input and not stream.eof else b""
            if not data and stream.needs_input and not stream.eof:
                raise EOFError
        data = stream.unused_data or source.read(CHUNK)


def _zstd(source: BinaryIO, _: list[list[str]]) -> Iterator[bytes]:
    import zstandard  # only for such files

    reader = zstandard.ZstdDecompressor().stream_reader(
        source, read_across_frames=True, closefd=False
    )
    try:
        yield from iter(lambda: reader.read(CHUNK), b"")
    except zstandard.ZstdError:
        raise ValueError from None


_READERS: dict[str, Callable[[BinaryIO, list[list[str]]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "bzip2": _bzip2,
    "xz": _xz,
    "zstd": _zstd,
}
