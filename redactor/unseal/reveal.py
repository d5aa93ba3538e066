"""Opens one entry of the vault, for a person who gave a name and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from redactor.audit import AuditLog, RevealRecord, read
from redactor.audit.age import Identity
from redactor.audit.heads import now
from redactor.audit.vault import SealedRedaction, Slot, VaultDamaged
from redactor.errors import UsageError
from redactor.keys import Key
from redactor.unseal.justification import Justification, require_sound


@dataclass(frozen=True, slots=True)
class _Entry:
    """A redaction as its record has it, and the slot that its document's record names."""

    id: str
    document: str
    slot: str
    digest: str


def reveal(
    audit: Path, redaction: str, *, identity: Identity, key: Key, justification: Justification
) -> SealedRedaction:
    """Return what was removed at one place, once a record of the opening is on the disk.

    Raises UsageError for a redaction that is not there or was not sealed, and for words of
    `purpose` that tell what was removed; IdentityInvalid, VaultDamaged, LogDamaged, KeyFileError.
    Then nothing is recorded.
    """
    require_sound(audit, key)
    justification.require_silent_of(audit, key)
    entry = _entry(audit, redaction)
    opened, name = Slot(audit, entry.slot).redaction(entry.digest, identity)
    if opened.id != redaction:
        raise VaultDamaged("the sealed entry is that of another redaction")
    justification.require_silent([opened.text])
    AuditLog.open(audit, key).append([_record(entry, name, justification)])
    return opened


def _record(entry: _Entry, identity: str, justification: Justification) -> RevealRecord:
    return RevealRecord(
        id=entry.id,
        document=entry.document,
        vault=entry.digest,
        revealed=now(),
        who=justification.who,
        identity=identity,
        reason=justification.reason,
    )


def _entry(audit: Path, redaction: str) -> _Entry:
    """Return the record of an entry. Raises UsageError."""
    slots: dict[str, str] = {}
    found = None
    for record in read(audit):
        if record["type"] == "document":
            slots[str(record["document"])] = str(record.get("vault", ""))
        elif record["type"] == "redaction" and record["id"] == redaction:
            document, digest = str(record["document"]), str(record.get("vault", ""))
            found = _Entry(redaction, document, slots.get(document, ""), digest)
    if found is None:
        raise UsageError("the log has no redaction of that id (`redactor audit show` lists them)")
    if not found.digest:
        raise UsageError("nothing was sealed for that redaction: its run had no vault")
    return found
