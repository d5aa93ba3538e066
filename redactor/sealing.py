"""What is sealed of a document: its edits, with the text and the bytes that stood there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from redactor.audit.vault import SealedDocument, SealedRedaction
from redactor.formats import Placed
from redactor.model import Decision


def removed_bytes(source: BinaryIO, placed: Iterable[Placed]) -> tuple[bytes, ...]:
    """Return the bytes of a source that each edit replaced, in their order."""
    found = []
    for one in placed:
        source.seek(one.source[0])
        found.append(source.read(one.source[1] - one.source[0]))
    return tuple(found)


def to_seal(
    about: SealedDocument,
    removals: Sequence[Decision],
    placed: Sequence[Placed],
    raw: Sequence[bytes],
    *,
    first: int,
) -> list[SealedRedaction]:
    """Return the entries of a document's slot; `first` is the number of its first redaction."""
    rows = zip(removals, placed, raw, strict=True)
    return [
        SealedRedaction(
            id=f"{about.document}:{number}",
            entity=decision.finding.entity,
            text=one.removed,
            raw=data,
            source=one.source,
            target=one.target,
        )
        for number, (decision, one, data) in enumerate(rows, first)
    ]
