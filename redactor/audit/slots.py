"""Checking a vault against its log: is every slot that a record names there, as it was signed?

Needs no identity, so nothing is opened: digests of what is encrypted are compared. Believes the
records: `check.check` them first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from redactor.audit.folder import VAULT
from redactor.audit.reading import read
from redactor.audit.records import Json
from redactor.audit.vault import Slot, VaultDamaged


@dataclass(frozen=True, slots=True)
class VaultReport:
    """The number of `slots` that records name; `damage` has a sentence for each that is not sound.

    `unnamed` slots are named by none: the remains of an interrupted run, or files from elsewhere.
    """

    slots: int
    damage: tuple[str, ...] = ()
    unnamed: int = 0

    @property
    def sentence(self) -> str:
        """Return what was found, in words, without a full stop."""
        more = f"; {self.unnamed} slots are named by no record" * bool(self.unnamed)
        return f"the vault is whole: {self.slots} slots are as they were signed{more}"


def check_vault(folder: Path) -> VaultReport | None:
    """Return how the vault of a log is; None if the log speaks of none and there is none.

    Raises VaultTooNew for a slot of a later format, and as `read` does.
    """
    named = {
        str(record["vault"]): str(record["document"])
        for record in read(folder)
        if record["type"] == "document" and "vault" in record
    }
    there = {path.name for path in _files(folder / VAULT)}
    if not named and not there:
        return None
    bad = {slot for slot in named if not _whole(Slot(folder, slot))}
    entries = _entries(read(folder), bad) if bad else {}
    damage = [f"document {named[s]}: {_damage(Slot(folder, s), entries[s])}" for s in sorted(bad)]
    return VaultReport(len(named), tuple(damage), len(there - set(named)))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _whole(slot: Slot) -> bool:
    try:
        slot.require_whole()
    except VaultDamaged:
        return False
    return True


def _entries(
    records: Iterable[dict[str, Json]], slots: set[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return the id of each redaction in some slots, with the digest of its entry."""
    entries: dict[str, list[tuple[str, str]]] = {slot: [] for slot in slots}
    current: dict[str, str] = {}
    for record in records:
        document = str(record.get("document", ""))
        if record["type"] == "document":
            current[document] = str(record.get("vault", ""))
        elif record["type"] == "redaction" and current.get(document) in entries:
            entries[current[document]].append((str(record["id"]), str(record.get("vault", ""))))
    return entries


def _damage(slot: Slot, entries: list[tuple[str, str]]) -> str:
    """Say what is wrong with a slot that is not the one that was signed."""
    found: list[str] = []
    try:
        for entry in slot.entries():
            found.append(hashlib.sha256(entry).hexdigest())  # noqa: PERF401  # up to a cut
        cut = len(found) - 1 < len(entries)
    except VaultDamaged as error:
        if not found:
            return str(error)
        cut = True
    for (redaction, digest), there in zip(entries, found[1:], strict=False):
        if digest != there:
            return f"the sealed entry of {redaction} is not the one that was signed"
    if cut:
        return f"slot {slot.name} was cut: {len(entries) - max(len(found) - 1, 0)} entries are gone"
    return f"slot {slot.name} was changed outside its redactions' entries"
