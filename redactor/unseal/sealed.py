"""A document in the vault, opened: its source, or that with some of its redactions undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.audit.age import Identity
from redactor.audit.vault import SealedDocument, SealedRedaction, Slot, VaultDamaged
from redactor.files import CHUNK, Draft, Spool, sha256
from redactor.formats import Sink
from redactor.unseal.justification import Justification
from redactor.unseal.rewriting import rewrite_source

__all__ = ["OpenedSlot", "open_slot"]


@dataclass(frozen=True, slots=True)
class OpenedSlot:
    """An opened slot: its document, and the key that opened it.

    `only` are the ids of the redactions to undo; none is the whole document. `redactions` are those
    that are made again, or, in format 1, whose bytes are restored.
    """

    slot: Slot
    identity: Identity
    about: SealedDocument
    opened_by: str
    only: frozenset[str]
    redactions: tuple[SealedRedaction, ...] = field(repr=False)

    def write(self, copy: BinaryIO, draft: Draft) -> None:
        """Write the requested output. Raises VaultDamaged, OutputError."""
        if not self.slot.holds_source():
            _splice(copy, self.redactions, draft)
        elif not self.only:
            self.slot.source(self.identity, _Writable(draft))
        else:
            self._rewrite(draft)

    def _rewrite(self, draft: Draft) -> None:
        with Spool() as spool:
            self.slot.source(self.identity, _Writable(spool))
            with spool.read_back() as source:
                if sha256(source) != self.about.sha256:
                    raise VaultDamaged("what was sealed is not the source")
                rewrite_source(source, self.about, self.redactions, draft)


def open_slot(
    slot: Slot,
    identity: Identity,
    justification: Justification,
    *,
    document: str,
    only: frozenset[str],
) -> OpenedSlot:
    """Open the slot of a document, which must be the one that was signed.

    Raises VaultDamaged, VaultTooNew, IdentityInvalid; UsageError for a reason that tells what was
    removed by one of the redactions to undo.
    """
    slot.require_whole()
    about, opened_by = slot.document(identity)
    if about.document != document:
        raise _of_another(slot)
    walk = _Walk(slot.redactions(identity), only, keeps_chosen=not slot.holds_source())
    justification.require_silent(walk)
    if walk.found != about.entries or walk.chosen != (len(only) or about.entries):
        raise _of_another(slot)
    return OpenedSlot(slot, identity, about, opened_by, only, tuple(walk.kept))


def _of_another(slot: Slot) -> VaultDamaged:
    return VaultDamaged(f"slot {slot.name} of the vault is that of another document")


class _Walk:
    """Yields the texts of the redactions to undo; counts all, and keeps these or the others."""

    def __init__(
        self, redactions: Iterable[SealedRedaction], only: frozenset[str], *, keeps_chosen: bool
    ) -> None:
        self._redactions, self._only, self._keeps_chosen = redactions, only, keeps_chosen
        self.found = self.chosen = 0
        self.kept: list[SealedRedaction] = []

    def __iter__(self) -> Iterator[str]:
        for one in self._redactions:
            chosen = not self._only or one.id in self._only
            self.found += 1
            self.chosen += chosen
            if chosen is self._keeps_chosen:
                self.kept.append(one)
            if chosen:
                yield one.text


class _Writable:
    """What age writes to: a draft or a spool, which have no `flush`."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the draft is flushed when it is published."""


def _splice(copy: BinaryIO, parts: Sequence[SealedRedaction], draft: Draft) -> None:
    """Write a copy with the bytes of the source in the places of some redactions (format 1)."""
    size, at = copy.seek(0, 2), 0
    copy.seek(0)
    for one in sorted(parts, key=lambda part: part.target):
        start, end = one.target
        if not at <= start <= end <= size:
            raise VaultDamaged("what was sealed does not fit the copy")
        _through(copy, start - at, draft)
        draft.write(one.raw)
        at = copy.seek(end)
    _through(copy, size - at, draft)


def _through(copy: BinaryIO, length: int, draft: Draft) -> None:
    while length > 0 and (piece := copy.read(min(CHUNK, length))):
        draft.write(piece)
        length -= len(piece)
