"""The indexes in a package: where each record is in the copied archives.

A record is found again by its archive and its place there. So an index is read in the order of the
records, which a copy shares.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.warc.index import written
from redactor.formats.warc.index_lines import NOTHING, Piece, lines
from redactor.formats.warc.places import Place, filled, places

BLOCK = 3000
"""Lines that are compressed together, as py-wacz does."""


Places = Mapping[tuple[str, str], Place]
"""The places of records by the name of the archive and the offset in the source."""


def known_places(
    name: str, new: str, source: BinaryIO, copy: BinaryIO
) -> Iterator[tuple[tuple[str, str], Place]]:
    """Yield the place of each record of an archive with that new name. Raises InputError."""
    key = PurePosixPath(name).name
    for place in places(PurePosixPath(new).name, source, copy):
        yield (key, str(place.source[0])), place


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
    found = [filled(old, new, known.get(_place_of(old))).encode() for old, new in pairs]
    return sorted(found) if is_sorted else found


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
