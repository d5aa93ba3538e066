"""Restores originals byte for byte, or copies in which some redactions are undone.

A copy must be the one that was recorded, and the slot the one that was signed. The output is in a
folder of its own, never over a copy; a whole document is checked against the digest of its source
before it appears. Each has its record in the log first.

With an identity, originals come out of the vault. Without one, values that are encrypted in the
copies are decrypted by the collection key alone, and all else is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from sys import maxsize
from typing import BinaryIO

from redactor.audit import AuditLog, RestoreRecord, document_id, read, source_mac
from redactor.audit.age import Identity, IdentityInvalid
from redactor.audit.heads import now
from redactor.audit.layouts import layout_of
from redactor.audit.records import Json
from redactor.audit.vault import Slot, VaultDamaged
from redactor.errors import ExitCode, InputError, OutputError, RedactorError, UsageError, worst
from redactor.files import (
    PRIVATE_FOLDER,
    Draft,
    check_apart,
    check_empty,
    make_folder,
    open_source,
    sha256,
    walk,
)
from redactor.formats import Layout
from redactor.formats.rewriting import Edits
from redactor.formats.tree import Path as TreePath
from redactor.keys import Key
from redactor.model import Action
from redactor.unseal.decrypt import EncryptedValue, decrypted, encrypted_value
from redactor.unseal.justification import Justification, require_sound
from redactor.unseal.rewriting import rewrite
from redactor.unseal.sealed import open_slot


@dataclass(frozen=True, slots=True)
class Problem:
    """A document that was not put back: its name, and why."""

    name: str
    error: RedactorError


@dataclass(frozen=True, slots=True)
class Restoration:
    """What was put back, by name, and what was not."""

    restored: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Return the worst that happened."""
        return worst(problem.error.exit_code for problem in self.problems)


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """A request: which copies, into which folder, by which keys, by whom and why.

    `only` holds ids of redactions or of documents; all documents if it is empty. Without an
    `identity`, encrypted values are restored instead of sealed ones.
    """

    out: Path
    audit: Path
    to: Path
    identity: Identity | None
    key: Key
    justification: Justification
    only: tuple[str, ...] = ()


@dataclass(slots=True)
class _Recorded:
    """The last record of a document, and which of its redactions are requested, if not all.

    `name` is that of its copy; empty where the copy is gone. `copy` is the id of that name.
    `encrypted` are the encrypted values
    that are requested, `layouts` those of the copy.
    """

    document: str
    digest: str = ""
    slot: str = ""
    only: set[str] = field(default_factory=set)
    name: str = ""
    copy: str = ""
    layouts: dict[TreePath, Layout] = field(default_factory=dict, repr=False)
    encrypted: list[EncryptedValue] = field(default_factory=list)


def restore(order: RestoreRequest) -> Restoration:
    """Put documents back, or some redactions of them, into a new folder.

    Raises UsageError for ids that the log does not have, for a folder inside OUT, and for words of
    the purpose that tell what was removed; KeyFileError, LogDamaged, LogTooNew; IdentityInvalid if
    the identity opens nothing. What is wrong with one document is a `Problem`.
    """
    check_apart((order.out, order.audit), (order.to,))
    check_empty(order.to)
    require_sound(order.audit, order.key)
    order.justification.require_silent_of(order.audit, order.key)
    restored: list[str] = []
    problems: list[Problem] = []
    for one in _wanted(order):
        try:
            _restore(order, one)
        except RedactorError as error:
            problems.append(Problem(one.name or one.document, error))
        else:
            restored.append(one.name)
    if not restored and any(isinstance(one.error, IdentityInvalid) for one in problems):
        raise IdentityInvalid("the identity opens nothing here: it was sealed to other keys")
    return Restoration(tuple(restored), tuple(problems))


def _wanted(order: RestoreRequest) -> Iterator[_Recorded]:
    """Yield every document that is asked for, in the order of the copies, then those without one.

    A copy that no record knows is one too, if all are asked for.
    """
    wanted = {one.copy: one for one in _recorded(order).values()}
    for path in walk(order.out):
        name = path.relative_to(order.out).as_posix()
        document = document_id(order.key, name)
        if document in wanted:
            yield replace(wanted.pop(document), name=name)
        elif not order.only:
            yield _Recorded(document, name=name)
    yield from wanted.values()


def _recorded(order: RestoreRequest) -> dict[str, _Recorded]:
    """Return the requested documents, by id. Raises UsageError for unknown ids."""
    documents: dict[str, _Recorded] = {}
    for record in read(order.audit):
        document = str(record.get("document", ""))
        if record["type"] == "document":  # of a later run: what it says holds
            digest, slot = str(record.get("output_sha256", "")), str(record.get("vault", ""))
            named = str(record.get("copy_id", document))
            documents[document] = _Recorded(document, digest, slot, copy=named)
            documents[document].layouts.update([layout_of(record)])
        elif record["type"] == "part" and document in documents:
            documents[document].layouts.update([layout_of(record)])
        elif record["type"] == "redaction" and document in documents:
            _take_in(documents[document], record, order)
    documents = {name: one for name, one in documents.items() if one.digest}
    if not order.only:
        return documents
    ids = {found for one in documents.values() for found in one.only}
    whole = set(order.only) & set(documents)
    if unknown := sorted(set(order.only) - ids - whole):
        raise UsageError(f"the log has no redaction or document {unknown[0]}")
    picked = {one.document: one for one in documents.values() if one.only}
    return picked | {name: replace(documents[name], only=set()) for name in whole}


def _take_in(one: _Recorded, record: Mapping[str, Json], order: RestoreRequest) -> None:
    """Take one of the redactions of a document into account."""
    encrypted = record["action"] == Action.ENCRYPT.value
    reachable = encrypted if order.identity is None else "vault" in record
    named = record.get("id") in order.only
    if named and reachable:
        one.only.add(str(record["id"]))
    if encrypted and (named or not order.only or one.document in order.only):
        one.encrypted.append(encrypted_value(record))


def _restore(order: RestoreRequest, one: _Recorded) -> None:
    if not one.digest:
        raise OutputError("it is in no record")
    if not one.name:
        raise OutputError("its copy is missing")
    with open_source(order.out / one.name, maxsize) as copy:
        if sha256(copy) != one.digest:
            raise OutputError("it is not the copy that was recorded")
        if order.identity is None:
            _decrypt(order, one, copy)
        elif not one.slot:
            raise InputError("nothing was sealed for it: its run had no vault")
        else:
            _put_back(order, one, copy, order.identity)


def _decrypt(order: RestoreRequest, one: _Recorded, copy: BinaryIO) -> None:
    """Write a copy in which the encrypted values that are asked for are put back."""
    if not one.encrypted:
        raise InputError("nothing is encrypted in it; what is sealed takes an --identity")
    found = decrypted(copy, one.layouts, one.encrypted, order.key)
    order.justification.require_silent(found.texts)
    with _restored(order, one) as draft:
        rewrite(copy, one.layouts, Edits(found.edits, found.member_edits), draft)


def _put_back(order: RestoreRequest, one: _Recorded, copy: BinaryIO, identity: Identity) -> None:
    """Write a document, or its copy with some redactions undone, out of the vault."""
    slot, only = Slot(order.audit, one.slot), frozenset(one.only)
    opened = open_slot(slot, identity, order.justification, document=one.document, only=only)
    source = "" if only else opened.about.sha256
    with _restored(order, one, opened_by=opened.opened_by, source=source) as draft:
        opened.write(copy, draft)


@contextmanager
def _restored(
    order: RestoreRequest, one: _Recorded, *, opened_by: str | None = None, source: str = ""
) -> Iterator[Draft]:
    """Hand out a draft in the new folder; what was written there is recorded, then published.

    It must have the digest of the `source`, if that is given. Raises VaultDamaged, OutputError.
    """
    make_folder(order.to, mode=PRIVATE_FOLDER)
    with Draft(order.to / one.name, below=order.to) as draft:
        yield draft
        with draft.read_back() as written:
            digest = sha256(written)
        if source and digest != source:
            raise VaultDamaged("what was sealed does not give back the source")
        AuditLog.open(order.audit, order.key).append([_record(order, one, opened_by, digest)])
        draft.publish()


def _record(
    order: RestoreRequest, one: _Recorded, opened_by: str | None, digest: str
) -> RestoreRecord:
    return RestoreRecord(
        document=one.document,
        vault=one.slot if opened_by else None,
        copy=one.digest,
        result=source_mac(order.key, digest),
        restored=now(),
        who=order.justification.who,
        identity=opened_by,
        reason=order.justification.reason,
        only=tuple(sorted(one.only, key=_number)) or None,
    )


def _number(redaction: str) -> int:
    return int(redaction.rpartition(":")[2])
