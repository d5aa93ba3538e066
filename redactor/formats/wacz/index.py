"""The indexes in a package: where each record is in the copied archives.

A record is found again by its archive and its place there: an archive has as many records as its
copy, in the same order. So an index is read in the order of the records, which a copy shares.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.warc.heads import PAYLOAD_DIGEST
from redactor.formats.warc.index import written
from redactor.formats.warc.index_lines import NOTHING, Piece, Role, lines
from redactor.formats.warc.records import Record, records

BLOCK = 3000
"""Lines that are compressed together, as py-wacz does."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is in an archive and in its copy, the copy's name, and its digests."""

    archive: str = field(repr=False)
    source: tuple[int, int]
    copy: tuple[int, int]
    digest: str
    record_digest: str = field(repr=False)
    is_kept: bool = False


Places = Mapping[tuple[str, str], Place]
"""The places of records by the name of the archive and the offset in the source."""


def places(
    name: str, new: str, source: BinaryIO, copy: BinaryIO
) -> Iterator[tuple[tuple[str, str], Place]]:
    """Yield the place of each record of an archive with that new name. Raises InputError."""
    for before, after in zip(records(source), records(copy), strict=True):
        old, data = (_bytes_of(*one) for one in ((source, before), (copy, after)))
        yield (
            (PurePosixPath(name).name, str(before.start)),
            Place(
                PurePosixPath(new).name,
                (before.start, before.end),
                (after.start, after.end),
                after.warc.value(PAYLOAD_DIGEST),
                f"sha256:{hashlib.sha256(data).hexdigest()}",
                is_kept=old == data,
            ),
        )


def _bytes_of(file: BinaryIO, record: Record) -> bytes:
    file.seek(record.start)
    return file.read(record.end - record.start)


def unpacked(data: bytes) -> bytes:
    """Return an index, decompressed if it is compressed. Raises DamagedDocument."""
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        raise DamagedDocument("an index that cannot be unpacked") from None


def in_order(data: bytes, archives: Sequence[str], *, blank: bool = False) -> bytes:
    """Return an index, in the order of the records in the archives.

    If it shall be `blank`, without places, digests and names of archives. Raises InputError.
    """
    names = {PurePosixPath(name).name: number for number, name in enumerate(archives)}
    found = [*lines(io.BytesIO(unpacked(data)))]
    found.sort(key=lambda line: _rank(line, names))
    if blank:
        return "".join(written(line, [_blank(one) for one in line]) for line in found).encode()
    return "".join(piece.raw for line in found for piece in line).encode()


def _blank(piece: Piece) -> str:
    return NOTHING if piece.name == "filename" else piece.value


def _rank(line: list[Piece], names: Mapping[str, int]) -> tuple[int, int]:
    name, offset = _place_of(line)
    return names.get(name, len(names)), int(offset) if offset.isdecimal() else 0


def _place_of(line: list[Piece]) -> tuple[str, str]:
    values = {piece.name.lstrip("."): piece.value for piece in line}
    return PurePosixPath(values.get("filename", "")).name, values.get("offset", "")


def renewed(source: bytes, copy: bytes, known: Places, *, is_sorted: bool) -> list[bytes]:
    """Return the lines of a copied index, with places and digests. Raises InputError.

    Both are in the order of the records.
    """
    pairs = zip(lines(io.BytesIO(source)), lines(io.BytesIO(copy)), strict=True)
    found = [_filled(before, after, known).encode() for before, after in pairs]
    return sorted(found) if is_sorted else found


def _filled(before: list[Piece], after: list[Piece], known: Places) -> str:
    place = known.get(_place_of(before))
    parts: list[str] = []
    for old, new in zip(before, after, strict=True):
        if new.role is not Role.COMPUTED and new.name != "filename":
            parts.append(new.raw)
            continue
        value = _value(old, place) if place else NOTHING
        # Quotes are those of the source; a number that the copy had not was `null`.
        parts.append(old.written(value))
    return "".join(parts)


def _value(piece: Piece, place: Place) -> str:
    name = piece.name.lstrip(".").lower()
    if name == "length":  # as its indexer counts, with the line ends behind a record or without
        beside = int(piece.value) - (place.source[1] - place.source[0])
        return str(place.copy[1] - place.copy[0] + beside)
    if known := {"filename": place.archive, "offset": str(place.copy[0])}.get(name):
        return known
    if name == "recorddigest":
        return place.record_digest
    return piece.value if place.is_kept else _digest(piece, place.digest)


def _digest(piece: Piece, digest: str) -> str:
    if not digest or piece.name.lstrip(".").lower() not in {"digest", "payload_digest"}:
        return NOTHING
    return digest if ":" in piece.value else digest.partition(":")[2]


def blocks(found: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield lines compressed in blocks, each with the first line."""
    for start in range(0, len(found), BLOCK):
        some = found[start : start + BLOCK]
        yield some[0], gzip.compress(b"".join(some), mtime=0)


def index_of(packed: Sequence[tuple[bytes, bytes]], filename: str) -> bytes:
    """Return the index of a compressed index: the first key of each block, and where that is."""
    meta = json.dumps({"format": "cdxj-gzip-1.0", "filename": filename})
    said, at = [f"!meta 0 {meta}"], 0
    for first, data in packed:
        key = b" ".join(first.split(b" ", 2)[:2]).decode()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        block = {"offset": at, "length": len(data), "digest": digest}
        said.append(f"{key} {json.dumps(block)}")
        at += len(data)
    return "".join(f"{line}\n" for line in said).encode()
