"""ZIP files as the standard library's `zipfile` reads them: the independent reader.

It shares no code with the format's own reader and writer, so that a mistake which both of them make
is noticed here.
"""

from __future__ import annotations

import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.files import CHUNK
from redactor.formats.base import Entry

_FLAGGED = 1 << 11  # the flag for UTF-8 names (APPNOTE 4.4.4)
# The digest of a link, whose content is a text and not examined as a document.
_EMPTY = hashlib.sha256().hexdigest()


def entries(source: BinaryIO) -> Iterator[Entry]:
    """Yield the members by their offsets, then the archive's comment. Raises DamagedDocument."""
    with _readable(), zipfile.ZipFile(source) as archive:
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            yield _entry(archive, info)
        yield Entry((_decoded(archive.comment),) if archive.comment else (), "")


def parts(source: BinaryIO, head: int) -> Iterator[tuple[str, Entry, bytes, int]]:
    """Yield name, entry, first bytes and size of each member, then the archive's comment.

    The comment has no name. Raises DamagedDocument.
    """
    with _readable(), zipfile.ZipFile(source) as archive:
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            with archive.open(info) as file:
                begins = file.read(head)
            yield info.filename, _entry(archive, info), begins, info.file_size
        yield "", Entry((_decoded(archive.comment),) if archive.comment else (), ""), b"", 0


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        ValueError,
        EOFError,
        OSError,
        RuntimeError,  # encrypted
        NotImplementedError,
    ) as error:
        raise DamagedDocument(f"zipfile cannot read it: {type(error).__name__}") from None


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    name = info.orig_filename
    raw = name.encode("utf-8" if info.flag_bits & _FLAGGED else "cp437")
    texts = [(_unicode(info, 0x7075, raw) or _decoded(raw)).rstrip("/")]
    if info.create_system in {3, 19} and stat.S_ISLNK(info.external_attr >> 16):
        texts.append(_decoded(archive.read(info)))
        digest = _EMPTY
    else:
        digest = _digest(archive, info)
    if comment := _unicode(info, 0x6375, info.comment) or _decoded(info.comment):
        texts.append(comment)
    return Entry(tuple(texts), digest)


def _digest(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(info) as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return digest.hexdigest()


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _unicode(info: zipfile.ZipInfo, kind: int, raw: bytes) -> str:
    """Return the text of the Unicode field for some bytes, empty if there is none."""
    extra = info.extra
    while len(extra) >= 4:
        found, length = struct.unpack_from("<HH", extra)
        value, extra = extra[4 : 4 + length], extra[4 + length :]
        if found == kind and value[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return value[5:].decode("utf-8")
    return ""
