"""Sealed runs for the tests of the vault, made without detectors: documents, edits, log, copies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyrage

from redactor.audit import (
    AuditLog,
    DocumentRecord,
    Record,
    RedactionRecord,
    RunEnd,
    RunStart,
    document_id,
    fingerprint,
    residue,
    source_mac,
)
from redactor.audit.age import Identity
from redactor.audit.vault import FOLDER, SealedDocument, SealedRedaction, Vault
from redactor.formats import Placed, Text
from redactor.keys import Key
from redactor.model import Action, Edit, Status, amount
from redactor.text import normalize

KEY = Key(bytes(range(32)))
SECRET = pyrage.x25519.Identity.generate()
PUBLIC = str(SECRET.to_public())
OTHER_SECRET = pyrage.x25519.Identity.generate()

IDENTITY = Identity((PUBLIC,), (SECRET,))
OTHER_IDENTITY = Identity((str(OTHER_SECRET.to_public()),), (OTHER_SECRET,))

Spans = Sequence[tuple[int, int]]


@dataclass
class SealedRun:
    """A source, its copies, its log and its vault."""

    base: Path
    sources: dict[str, bytes] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.base / "out"

    @property
    def audit(self) -> Path:
        return self.base / "out.audit"

    @property
    def log(self) -> AuditLog:
        return AuditLog(self.audit, KEY)

    @property
    def slots(self) -> list[Path]:
        return sorted((self.audit / FOLDER).iterdir())

    def copy(self, name: str) -> bytes:
        return (self.out / name).read_bytes()

    def id(self, name: str, number: int | None = None) -> str:
        document = document_id(KEY, name)
        return document if number is None else f"{document}:{number}"


def sealed_run(
    base: Path,
    documents: Mapping[str, tuple[bytes, Spans]],
    *,
    to: Sequence[str] = (PUBLIC,),
    form: Text | None = None,
) -> SealedRun:
    """Redact the spans of characters of each document, seal what was removed, and record it."""
    run = SealedRun(base, {name: data for name, (data, _) in documents.items()})
    (run.audit / FOLDER).mkdir(mode=0o700, parents=True)
    run.audit.chmod(0o700)
    log = AuditLog.create(run.audit, KEY)
    KEY.save(run.audit / "key")
    log.append([RunStart("r1", "t", "0", "p", "", "", "m", "0", "", (), KEY.id, 1, ())])
    for name, (data, spans) in documents.items():
        log.append(_redacted(run, name, data, spans, to=to, form=form or Text()))
    log.append([RunEnd("r1", "t", (("redacted", len(documents)),), 0, 0)])
    return run


def _redacted(
    run: SealedRun, name: str, data: bytes, spans: Spans, *, to: Sequence[str], form: Text
) -> list[Record]:
    source, copy = io.BytesIO(data), io.BytesIO()
    settled = form.settle(source)
    edits = [Edit(0, start, end, f"[PERSON_{n}]") for n, (start, end) in enumerate(spans, 1)]
    placed = list(settled.splice(source, edits, copy))
    (run.out / name).parent.mkdir(parents=True, exist_ok=True)
    (run.out / name).write_bytes(copy.getvalue())
    document, sha256 = document_id(KEY, name), hashlib.sha256(data).hexdigest()
    codec = settled.describe(source)
    about = SealedDocument(document, name, f"/src/{name}", sha256, len(data), codec, len(placed))
    sealed = Vault(run.audit / FOLDER, tuple(to)).seal(
        about,
        [
            SealedRedaction(
                f"{document}:{n}", "PERSON", p.removed, _raw(data, p), p.source, p.target
            )
            for n, p in enumerate(placed, 1)
        ],
    )
    record = DocumentRecord(
        document,
        Status.REDACTED,
        "text",
        1,
        source_mac=source_mac(KEY, sha256),
        encoding=codec,
        output_sha256=hashlib.sha256(copy.getvalue()).hexdigest(),
        output_bytes=len(copy.getvalue()),
        vault=sealed.slot,
    )
    numbered = zip(placed, sealed.entries, strict=True)
    return [record, *(_record(document, n, p, v) for n, (p, v) in enumerate(numbered, 1))]


def _raw(data: bytes, placed: Placed) -> bytes:
    return data[placed.source[0] : placed.source[1]]


def _record(document: str, number: int, placed: Placed, vault: str) -> RedactionRecord:
    words = normalize(placed.removed)
    return RedactionRecord(
        id=f"{document}:{number}",
        document=document,
        part="text",
        start=placed.start,
        end=placed.end,
        entity="PERSON",
        source="model:names_fast",
        source_version="1.0",
        score=0.9,
        action=Action.NUMBER,
        amount=amount(len(placed.removed)),
        fingerprint=fingerprint(KEY, "PERSON", words),
        placeholder=placed.edit.replacement,
        residue=residue(KEY, words) if words else None,
        vault=vault,
    )
