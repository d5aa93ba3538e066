"""Where the records of an archive are in its copy, and the lines of an index with these places.

An archive has as many records as its copy, in the same order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.files import CHUNK
from redactor.formats.warc.heads import PAYLOAD_DIGEST
from redactor.formats.warc.index_lines import NOTHING, Piece, Role
from redactor.formats.warc.records import Record, records

# Bytes that an indexer may count to a record or not: the line ends behind it.
_ENDS = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is in an archive and in its copy, with its digests and addresses.

    `filename` is the new name of the archive. A record that `is_kept` has the same bytes in both.
    """

    filename: str = field(repr=False)
    source: tuple[int, int]
    copy: tuple[int, int]
    digest: str = field(repr=False)
    record_digest: str = field(repr=False)
    addresses: tuple[str, str] = field(repr=False)
    is_kept: bool = False


def places(filename: str, source: BinaryIO, copy: BinaryIO) -> Iterator[Place]:
    """Yield the place of each record of an archive. Raises InputError.

    Raises ValueError where the copy has more or fewer records.
    """
    for before, after in zip(records(source), records(copy), strict=True):
        old, new = (_digest_of(*one) for one in ((source, before), (copy, after)))
        yield Place(
            filename,
            (before.start, before.end),
            (after.start, after.end),
            after.warc.value(PAYLOAD_DIGEST),
            f"sha256:{new}",
            (_address(before), _address(after)),
            is_kept=old == new,
        )


def _address(record: Record) -> str:
    return record.warc.value("warc-target-uri").strip("<>")


def _digest_of(file: BinaryIO, record: Record) -> str:
    digest, left = hashlib.sha256(), record.end - record.start
    file.seek(record.start)
    while left > 0 and (piece := file.read(min(CHUNK, left))):
        digest.update(piece)
        left -= len(piece)
    return digest.hexdigest()


def filled(
    before: Sequence[Piece], after: Sequence[Piece], place: Place | None, *, renames: bool = True
) -> str:
    """Return a line of a copied index with the places and digests of the copied archive.

    `before` is the line in the source. The name of the archive is the new one, if it `renames`; the
    index is of these very archives then, and the digest of a record that is kept is kept too.
    """
    parts: list[str] = []
    for old, new in zip(before, after, strict=True):
        if new.role is not Role.COMPUTED and not (renames and new.name == "filename"):
            parts.append(new.raw)
            continue
        value = _value(old, place, is_own=renames) if place else NOTHING
        # Quotes are those of the source; a number that the copy had not was `null`.
        parts.append(old.written(value))
    return "".join(parts)


def _value(piece: Piece, place: Place, *, is_own: bool) -> str:
    name = piece.name.lstrip(".").lower()
    if name == "length":
        return _length(piece.value, place)
    if known := {"filename": place.filename, "offset": str(place.copy[0])}.get(name):
        return known
    if name == "recorddigest":
        return place.record_digest
    return piece.value if is_own and place.is_kept else _digest(piece, place.digest)


def _length(value: str, place: Place) -> str:
    """Return a length as its indexer counts, with the line ends behind a record or without."""
    if not value.isdecimal():
        return NOTHING
    beside = int(value) - (place.source[1] - place.source[0])
    return str(place.copy[1] - place.copy[0] + (beside if abs(beside) <= _ENDS else 0))


def _digest(piece: Piece, digest: str) -> str:
    if not digest or piece.name.lstrip(".").lower() not in {"digest", "payload_digest"}:
        return NOTHING
    return digest if ":" in piece.value else digest.partition(":")[2]
