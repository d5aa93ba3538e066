"""Tar files as the standard library's `tarfile` reads them: the independent reader."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.files import CHUNK
from redactor.formats.base import Entry
from redactor.formats.raw_names import decode_name
from redactor.formats.tar_archive.records import Text, is_other_text, is_system

_TYPES = {tarfile.LNKTYPE, tarfile.SYMTYPE}
_EMPTY = hashlib.sha256().hexdigest()


def entries(source: BinaryIO) -> Iterator[Entry]:
    """Yield the members, then an entry without texts. Raises DamagedDocument."""
    source.seek(0)
    if source.read(tarfile.BLOCKSIZE).strip(b"\0"):
        source.seek(0)
        try:
            with tarfile.open(
                fileobj=source, mode="r:", encoding="utf-8", errors="surrogateescape"
            ) as archive:
                yield from (_entry(archive, info) for info in archive)
        except (tarfile.TarError, OSError, EOFError, ValueError) as error:
            raise DamagedDocument(f"tarfile cannot read it: {type(error).__name__}") from None
    yield Entry((), "")


def _entry(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Entry:
    texts = [_decoded(info.name).rstrip("/")]
    if info.type in _TYPES:
        texts.append(_decoded(info.linkname))
    texts += [_decoded(one) for one in (info.uname, info.gname) if not is_system(_raw(one))]
    for key, value in info.pax_headers.items():
        if key not in archive.pax_headers and is_other_text(_raw(key), _raw(value)):
            texts.append(Text("pax", _raw(value), _raw(key)).text)
    return Entry(tuple(texts), _digest(archive, info) if info.isreg() else _EMPTY)


def _digest(archive: tarfile.TarFile, info: tarfile.TarInfo) -> str:
    digest = hashlib.sha256()
    file = archive.extractfile(info)
    while file is not None and (data := file.read(CHUNK)):
        digest.update(data)
    return digest.hexdigest()


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decoded(text: str) -> str:
    return decode_name(_raw(text))
