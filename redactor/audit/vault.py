"""The sealed vault: sources and what was removed, encrypted to the reviewers' public keys.

The machine that redacts has no identity, so it cannot read back what it sealed. The promises:

- **one file a document**, `OUT.audit/vault/SLOT`, written whole, flushed to the disk and never
  changed; then its record, then the copy. So a record never names a slot that is not there, and a
  crash can only leave a slot that no record names: `check_vault` counts those, they say nothing;
- **bound to the log**: SLOT is the SHA-256 of the file, and the signed record of the document
  names it. Each redaction's record has the SHA-256 of its own entry, so that of a slot that was
  edited or exchanged the entry is named;
- **each entry alone**: every entry is an age file of its own, which any age program opens;
- **sizes of entries tell little**: what is encrypted is filled with spaces up to a power of two,
  512 bytes at least, which holds any name, number or address. Only longer stretches (a whole base64
  block) show within what power of two they are. What the size of the source tells, see below;
- **no plaintext on the disk**: entries are encrypted in memory, the source piece by piece, so that
  one of any size takes little memory.

A slot is the line `redactor vault 2`, then for each entry four bytes with its length (the highest
first) and an age file, then four zero bytes, then one more age file to the end: the source itself.
The first entry is about the document, the others are its redactions in the order of their records.
What an entry holds is a JSON object.

    document  document (its id), name (the path in the source), path (in full), sha256 and bytes of
              the source, encoding, entries (how many follow), omitted (the parts that were left
              out) and layouts (format and settings by which each part was read)
    redaction id, entity, text, path (of the part that it is in), edits (text, start, end and
              replacement of each)

A part is named by the numbers of the members that lead to it in the source (see
`redactor.formats.tree`), which those of the log, in the copy, are not where a part was left out.

So the source is restored by opening it, which `sha256` proves; and a copy in which some redactions
are undone is made as the copy was, from the source with the other edits. Both hold for every
format, and for parts that were not examined, which are in the source as well.

The last age file shows the size of the source to the byte, and so, beside the copy, how many bytes
were removed from it in all: where there is one redaction, the length of what it removed.

Format 1 (`redactor vault 1`) had no source: its entries hold `raw`, the bytes that were removed,
and `target`, their span in the copy. It is read, and no longer written.

What the vault does not promise. age tells nobody who sealed: that the log names a slot is what
vouches for it. And who has an identity and the file can open it with any age program and leave no
record: keep identities and the vault with different people, or at least in different places.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from redactor.audit.age import ByteSink, Identity, seal, seal_stream
from redactor.audit.folder import VAULT, open_to_read
from redactor.errors import InputError, OutputError, SourceChanged
from redactor.files import Draft, sha256
from redactor.model import Edit

# The first line of a slot: of the present format, and of the former one, which is still read.
MAGIC = b"redactor vault 2\n"
MAGIC_1 = b"redactor vault 1\n"
LEAST = 1 << 9  # bytes to which an entry is padded, so that its length says little of its value
LENGTH_BYTES = 4  # bytes of the length before each entry, which is below 4 GiB

# The first line of a slot of any format, for the message about an unknown one.
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
    blanked: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SealedRedaction:
    """What is sealed about a redaction: its text, and its edits. Neither is in the `repr`."""

    id: str
    entity: str
    text: str = field(repr=False)
    path: tuple[int, ...] = ()
    edits: tuple[Edit, ...] = field(default=(), repr=False)
    raw: bytes = field(default=b"", repr=False)  # of format 1, as `target`
    target: Span = field(default=(0, 0), repr=False)


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

    def seal(
        self, about: SealedDocument, source: BinaryIO, redactions: Iterable[SealedRedaction]
    ) -> Sealed:
        """Write a slot, flushed to the disk, and return what the log keeps.

        Raises OutputError, and SourceChanged for a source of another digest than `about` says.
        """
        entries: list[str] = []
        with Draft(self.folder / "slot") as draft:
            slot = _Digesting(draft)
            slot.write(MAGIC)
            slot.write(self._entry(_document_fields(about)))
            for one in redactions:
                entry = self._entry(_redaction_fields(one))
                entries.append(hashlib.sha256(entry[LENGTH_BYTES:]).hexdigest())
                slot.write(entry)
            slot.write(bytes(LENGTH_BYTES))
            if seal_stream(source, slot, self.recipients) != about.sha256:
                raise SourceChanged("the document changed while it was read")
            draft.target = self.folder / slot.digest.hexdigest()
            draft.publish()
        return Sealed(slot.digest.hexdigest(), tuple(entries))

    def _entry(self, members: dict[str, object]) -> bytes:
        entry = seal(padded(members), self.recipients)
        return len(entry).to_bytes(LENGTH_BYTES, "big") + entry

    def discard(self, sealed: Sealed) -> None:
        """Take a slot away whose record could not be written."""
        with suppress(OSError):  # what no record names says nothing
            (self.folder / sealed.slot).unlink()


class _Digesting:
    """A draft, and the digest of what was written to it."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._draft.write(data)
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the draft is flushed when it is published."""


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
        "path": one.path,
        "edits": [(edit.segment, edit.start, edit.end, edit.replacement) for edit in one.edits],
    }


# Reading


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as its record names it, in the folder of a log."""

    audit: Path
    name: str

    def entries(self) -> Iterator[bytes]:
        """Yield the age files of its entries. Raises VaultDamaged, VaultTooNew."""
        with _open(self.audit, self.name) as file:
            yield from self._entries(file)

    def _entries(self, file: BinaryIO) -> Iterator[bytes]:
        magic = file.readline(len(MAGIC) + 8)
        if magic not in {MAGIC, MAGIC_1}:
            _refuse_newer(magic)
            raise VaultDamaged(f"slot {self.name} of the vault is damaged")
        while length := file.read(LENGTH_BYTES):
            size = int.from_bytes(length, "big")
            if not size and magic == MAGIC:
                return
            entry = file.read(size)
            if len(length) < LENGTH_BYTES or len(entry) < size:
                break
            yield entry
        else:
            if magic == MAGIC_1:
                return
        raise VaultDamaged(f"slot {self.name} of the vault was cut")

    def holds_source(self) -> bool:
        """Tell whether the source itself was sealed; in format 1 it was not."""
        with _open(self.audit, self.name) as file:
            return file.readline(len(MAGIC)) == MAGIC

    def source(self, identity: Identity, sink: ByteSink) -> None:
        """Write the sealed source. Raises VaultDamaged, IdentityInvalid."""
        with _open(self.audit, self.name) as file:
            for _ in self._entries(file):
                pass
            try:
                identity.open_stream(file, sink)
            except ValueError:
                raise self._unreadable() from None

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
        try:
            return _document(members), key
        except (KeyError, TypeError, ValueError):
            raise self._unreadable() from None

    def redaction(self, digest: str, identity: Identity) -> tuple[SealedRedaction, str]:
        """Open the entry of one redaction, whose record has that digest; and say by which key."""
        for entry in self.entries():
            if hashlib.sha256(entry).hexdigest() == digest:
                return self._redaction(entry, identity)
        raise VaultDamaged(f"slot {self.name} of the vault has no such entry as was signed")

    def redactions(self, identity: Identity) -> Iterator[SealedRedaction]:
        """Open every redaction's entry; `require_whole` says whether they are as signed."""
        for entry in islice(self.entries(), 1, None):
            yield self._redaction(entry, identity)[0]

    def _redaction(self, entry: bytes, identity: Identity) -> tuple[SealedRedaction, str]:
        members, key = self._opened(entry, identity)
        try:
            one = _redaction(members)
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


def _document(members: dict[str, Any]) -> SealedDocument:
    """Return what a JSON object says of a document; layouts are lacking in format 1."""
    known = {name: members[name] for name in _DOCUMENT if name in members}
    known["omitted"] = tuple(map(tuple, known.get("omitted", ())))
    known["blanked"] = tuple(map(tuple, known.get("blanked", ())))
    known["layouts"] = tuple(
        (tuple(path), str(name), tuple((str(key), str(value)) for key, value in settings))
        for path, name, settings in known.get("layouts", ())
    )
    return SealedDocument(**known)


def _redaction(members: dict[str, Any]) -> SealedRedaction:
    """Return what a JSON object says of a redaction, of either format."""
    about = members["id"], members["entity"], members["text"]
    if "raw" in members:
        raw = base64.b64decode(members["raw"], validate=True)
        return SealedRedaction(*about, raw=raw, target=_span(members["target"]))
    edits = tuple(Edit(int(n), int(a), int(b), str(text)) for n, a, b, text in members["edits"])
    return SealedRedaction(*about, path=tuple(map(int, members["path"])), edits=edits)


def _span(value: object) -> Span:
    match value:
        case [int(start), int(end)]:
            return start, end
    raise ValueError("no span")


def _refuse_newer(magic: bytes) -> None:
    if (match := _MAGIC_OF_ANY.fullmatch(magic)) and int(match[1]) > 2:
        raise VaultTooNew("the vault has a format of a newer version")


def _open(audit: Path, name: str) -> BinaryIO:
    try:
        return open_to_read(audit / VAULT, name)
    except OutputError:
        raise VaultDamaged(f"slot {name} of the vault is missing") from None
