"""The sealed vault: what was removed, encrypted to the reviewers' public keys.

The machine that redacts has no identity, so it cannot read back what it sealed. The promises:

- **one file a document**, `OUT.audit/vault/SLOT`, written whole, flushed to the disk and never
  changed; then its record, then the copy. So a record never names a slot that is not there, and a
  crash can only leave a slot that no record names: `check_vault` counts those, they say nothing;
- **bound to the log**: SLOT is the SHA-256 of the file, and the signed record of the document
  names it. Each redaction's record has the SHA-256 of its own entry, so that of a slot that was
  edited or exchanged the entry is named;
- **each entry alone**: every entry is an age file of its own, which any age program opens;
- **sizes tell little**: what is encrypted is filled up with spaces to a power of two, 512 bytes at
  least, which holds any name, number or address. Only longer stretches (a whole base64 block) show
  within what power of two they are;
- **no plaintext on the disk**: entries are encrypted in memory.

A slot is the line `redactor vault 1`, then for each entry four bytes with its length (the highest
first) and an age file. The first entry is about the document, the others are its redactions in the
order of their records. What they hold is a JSON object.

    document  document (its id), name (the path in the source), path (in full), sha256 and bytes of
              the source, encoding, entries (how many follow)
    redaction id, entity, text, raw (the source's bytes in base64), source and target (the byte
              spans in the source and in the copy)

Outside the target spans a copy has the bytes of its source (`verify.check_bytes`), so a copy with
every `raw` put in the place of its `target` is the source, which `sha256` proves.

What the vault does not promise. age tells nobody who sealed: that the log names a slot is what
vouches for it. And who has an identity and the file can open it with any age program and leave no
record: keep identities and the vault with different people, or at least in different places.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from redactor.audit.age import Identity, seal
from redactor.audit.folder import open_to_read
from redactor.errors import InputError, OutputError
from redactor.files import Draft, sha256

FOLDER = "vault"
MAGIC = b"redactor vault 1\n"
LEAST = 1 << 9  # bytes that an entry is filled up to
LENGTH_BYTES = 4

_MAGIC_OF_ANY = re.compile(rb"redactor vault (\d{1,9})\n")

Span: TypeAlias = tuple[int, int]


class VaultDamaged(InputError):
    """A slot of the vault that is missing, cut, edited or exchanged."""

    hint = "Fetch the vault from a backup; `redactor audit verify` names what is not as signed."


class VaultTooNew(InputError):
    """A vault in a format that this version does not know."""

    hint = "Open it with the version of redactor that wrote it, or a newer one."


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """What is sealed about a document. The `repr` shows none of it."""

    document: str
    name: str = field(repr=False)
    path: str = field(repr=False)
    sha256: str = field(repr=False)
    bytes: int = field(repr=False)
    encoding: str = ""
    entries: int = 0
    omitted: tuple[tuple[int, ...], ...] = ()
    layouts: tuple[tuple[tuple[int, ...], str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SealedRedaction:
    """What is sealed about a redaction: its text, and its bytes at their place. Not in `repr`."""

    id: str
    entity: str
    text: str = field(repr=False)
    path: tuple[int, ...]
    edits: tuple[Edit, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the log keeps of a slot: its name, and the digest of each redaction's entry."""

    slot: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault to write to, for some public keys. Picklable: every worker writes slots of its own.

    The folder must be there, with mode 0700.
    """

    folder: Path
    recipients: tuple[str, ...]

    def seal(self, about: SealedDocument, redactions: Sequence[SealedRedaction]) -> Sealed:
        """Write a slot, flushed to the disk, and return what the log keeps. Raises OutputError."""
        digest = hashlib.sha256()
        entries: list[str] = []
        with Draft(self.folder / "slot") as draft:
            for piece in self._pieces(about, redactions):
                draft.write(piece)
                digest.update(piece)
                entries.append(hashlib.sha256(piece[LENGTH_BYTES:]).hexdigest())
            draft.target = self.folder / digest.hexdigest()
            draft.publish()
        return Sealed(digest.hexdigest(), tuple(entries[2:]))

    def _pieces(
        self, about: SealedDocument, redactions: Sequence[SealedRedaction]
    ) -> Iterator[bytes]:
        yield MAGIC
        yield self._entry(_document_fields(about))
        for one in redactions:
            yield self._entry(_redaction_fields(one))

    def _entry(self, members: dict[str, object]) -> bytes:
        entry = seal(padded(members), self.recipients)
        return len(entry).to_bytes(LENGTH_BYTES, "big") + entry

    def discard(self, sealed: Sealed) -> None:
        """Take a slot away whose record could not be written."""
        (self.folder / sealed.slot).unlink(missing_ok=True)


def padded(members: dict[str, object]) -> bytes:
    """Return JSON, filled up with spaces to a length that says little of what it holds."""
    data = json.dumps(members).encode("ascii")
    size = max(LEAST, 1 << (len(data) - 1).bit_length())
    return data.ljust(size)


_DOCUMENT = tuple(member.name for member in fields(SealedDocument))


def _document_fields(about: SealedDocument) -> dict[str, object]:
    return {name: getattr(about, name) for name in _DOCUMENT}


def _redaction_fields(one: SealedRedaction) -> dict[str, object]:
    return {
        "id": one.id,
        "entity": one.entity,
        "text": one.text,
        "raw": base64.b64encode(one.raw).decode("ascii"),
        "source": one.source,
        "target": one.target,
    }


# Reading


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as its record names it, in the folder of a log."""

    audit: Path
    name: str

    def entries(self) -> Iterator[bytes]:
        """Yield the age files in it. Raises VaultDamaged, VaultTooNew."""
        with _open(self.audit, self.name) as file:
            magic = file.readline(len(MAGIC) + 8)
            if magic != MAGIC:
                _refuse_newer(magic)
                raise VaultDamaged(f"slot {self.name} of the vault is damaged")
            while length := file.read(LENGTH_BYTES):
                size = int.from_bytes(length, "big")
                entry = file.read(size)
                if len(length) < LENGTH_BYTES or len(entry) < size:
                    raise VaultDamaged(f"slot {self.name} of the vault was cut")
                yield entry

    def require_whole(self) -> None:
        """Raise VaultDamaged unless the slot is the one that was signed."""
        with _open(self.audit, self.name) as file:
            magic = file.readline(len(MAGIC) + 8)
            digest = sha256(file)
        if digest != self.name:
            _refuse_newer(magic)
            raise VaultDamaged(f"slot {self.name} of the vault is not the one that was signed")

    def document(self, identity: Identity) -> tuple[SealedDocument, str]:
        """Open what is sealed about the document; return also which key opened it."""
        entry = next(self.entries(), b"")
        members, key = self._opened(entry, identity)
        known = {name: members[name] for name in _DOCUMENT if name in members}
        if len(known) < len(_DOCUMENT):
            raise self._unreadable()
        return SealedDocument(**known), key

    def redaction(self, digest: str, identity: Identity) -> tuple[SealedRedaction, str]:
        """Open the entry of one redaction, whose record has that digest; and say by which key."""
        for entry in self.entries():
            if hashlib.sha256(entry).hexdigest() == digest:
                return self._redaction(entry, identity)
        raise VaultDamaged(f"slot {self.name} of the vault has no such entry as was signed")

    def redactions(self, identity: Identity) -> Iterator[SealedRedaction]:
        """Open every redaction's entry; `require_whole` says whether they are as signed."""
        for entry in list(self.entries())[1:]:
            yield self._redaction(entry, identity)[0]

    def _redaction(self, entry: bytes, identity: Identity) -> tuple[SealedRedaction, str]:
        members, key = self._opened(entry, identity)
        try:
            one = SealedRedaction(
                id=members["id"],
                entity=members["entity"],
                text=members["text"],
                raw=base64.b64decode(members["raw"], validate=True),
                source=_span(members["source"]),
                target=_span(members["target"]),
            )
        except (KeyError, TypeError, ValueError):
            raise self._unreadable() from None
        return one, key

    def _opened(self, entry: bytes, identity: Identity) -> tuple[dict[str, Any], str]:
        try:
            data, key = identity.open(entry)
            members = json.loads(data)
        except (ValueError, RecursionError):
            raise self._unreadable() from None
        if not isinstance(members, dict):
            raise self._unreadable()
        return members, key

    def _unreadable(self) -> VaultDamaged:
        return VaultDamaged(f"an entry in slot {self.name} of the vault is not sound")


def _span(value: object) -> Span:
    match value:
        case [int(start), int(end)]:
            return start, end
    raise ValueError("no span")


def _refuse_newer(magic: bytes) -> None:
    if (match := _MAGIC_OF_ANY.fullmatch(magic)) and int(match[1]) > 1:
        raise VaultTooNew("the vault has a format of a newer version")


def _open(audit: Path, name: str) -> BinaryIO:
    try:
        return open_to_read(audit / FOLDER, name)
    except OutputError:
        raise VaultDamaged(f"slot {name} of the vault is missing") from None
