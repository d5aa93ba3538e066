"""Packages as `zipfile` reads them, and whether their digests and indexes hold."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from redactor.errors import DamagedDocument
from redactor.files import CHUNK
from redactor.formats.base import Entry
from redactor.formats.wacz.index import in_order, unpacked
from redactor.formats.wacz.parts import DIGEST, PACKAGE, Part, part_of, without_digests
from redactor.formats.zip_archive import rereading

_EMPTY = hashlib.sha256().hexdigest()
_BEGINNINGS = (b"\x1f\x8b", b"WARC/")


def entries(source: BinaryIO) -> Iterator[Entry]:
    """Yield the members, without what is counted from others. Raises DamagedDocument.

    Also for a package in which a digest or a place in an index does not hold.
    """
    found = list(rereading.entries(source))
    with zipfile.ZipFile(source) as archive:
        infos = sorted(archive.infolist(), key=lambda one: one.header_offset)
        _check_digests(archive)
        archives = [one.filename for one in infos if part_of(one.filename) is Part.ARCHIVE]
        for info, entry in zip(infos, found, strict=False):
            kind = part_of(info.filename)
            if kind is Part.COMPUTED:
                yield replace(entry, sha256=_EMPTY)
            elif kind is Part.PACKAGE:
                yield replace(entry, sha256=_digest(without_digests(archive.read(info))))
            elif kind is Part.INDEX:
                data = archive.read(info)
                _check_places(archive, archives, data)
                yield replace(entry, sha256=_digest(in_order(data, archives, blank=True)))
            else:
                yield entry
    yield found[-1]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _check_digests(archive: zipfile.ZipFile) -> None:
    """Raise DamagedDocument if a part, or the list of parts, has another digest than is said."""
    names = set(archive.namelist())
    try:
        said = [(one["path"], one.get("hash", "")) for one in _json(archive, PACKAGE)["resources"]]
        if DIGEST in names:
            digest = _json(archive, DIGEST)
            said.append((digest["path"], digest["hash"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DamagedDocument("a package whose list of parts cannot be read") from None
    for name, expected in said:
        if expected and name in names and _hash(archive, name, expected) != expected:
            raise DamagedDocument("a package with a digest that does not hold")


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(name))


def _hash(archive: zipfile.ZipFile, name: str, known: str) -> str:
    algorithm, _, value = known.partition(":")
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with archive.open(name) as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return f"{algorithm}:{digest.hexdigest()}" if value.islower() or value.isdigit() else known


def _check_places(archive: zipfile.ZipFile, archives: list[str], data: bytes) -> None:
    """Raise DamagedDocument if no record begins where an index says that one does."""
    names = {PurePosixPath(name).name: name for name in archives}
    for line in unpacked(data).decode("utf-8", "replace").splitlines():
        _, brace, block = line.partition(" {")
        said = json.loads(f"{{{block}") if brace else {}
        name = names.get(str(said.get("filename", "")))
        if name is None or not str(said.get("offset", "")).isdigit():
            continue
        with archive.open(name) as file:
            file.seek(int(said["offset"]))
            if not file.read(5).startswith(_BEGINNINGS):
                raise DamagedDocument("a package with an index of other places")
