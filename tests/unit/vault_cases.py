"""Sealed runs for the tests of the vault, made without detectors: documents, edits, log, copies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyrage

from redactor.analysis.unit import SourceText, UnitEdit, edits_of, unit_of
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
    with_details,
)
from redactor.audit.age import Identity
from redactor.audit.folder import VAULT
from redactor.audit.vault import SealedDocument, SealedRedaction, Vault
from redactor.formats import Hints, Layout, Text
from redactor.formats.rewriting import write_tokens
from redactor.keys import Key
from redactor.model import Action, Status, amount
from redactor.text import normalize
from redactor.unseal import Justification, RestoreRequest

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
        return sorted((self.audit / VAULT).iterdir())

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
    layout: Layout | None = None,
) -> SealedRun:
    """Redact the spans of characters of each document, seal what was removed, and record it."""
    run = SealedRun(base, {name: data for name, (data, _) in documents.items()})
    (run.audit / VAULT).mkdir(mode=0o700, parents=True)
    run.audit.chmod(0o700)
    log = AuditLog.create(run.audit, KEY)
    KEY.save(run.audit / "key")
    log.append([RunStart("r1", "t", "0", "p", "", "", "m", "0", "", (), KEY.id, 1, ())])
    for name, (data, spans) in documents.items():
        log.append(_redacted(run, name, data, spans, to=to, layout=layout))
    log.append([RunEnd("r1", "t", (("redacted", len(documents)),), 0, 0)])
    return run


def _redacted(
    run: SealedRun,
    name: str,
    data: bytes,
    spans: Spans,
    *,
    to: Sequence[str],
    layout: Layout | None,
) -> list[Record]:
    form = Text()
    layout = layout or form.layout(io.BytesIO(data), Hints(name))
    texts = [token.text or "" for token in form.tokens(io.BytesIO(data), layout) if token.text]
    unit = unit_of(SourceText(at, text, joins=True) for at, text in enumerate(texts))
    named = [UnitEdit(start, end, f"[PERSON_{n}]") for n, (start, end) in enumerate(spans, 1)]
    edits = [tuple(edits_of(unit, [one])) for one in named]
    copy = io.BytesIO()
    write_tokens(form.tokens(io.BytesIO(data), layout), [e for one in edits for e in one], copy)
    (run.out / name).parent.mkdir(parents=True, exist_ok=True)
    (run.out / name).write_bytes(copy.getvalue())
    document, sha256 = document_id(KEY, name), hashlib.sha256(data).hexdigest()
    codec, about_it = layout.setting("encoding"), ((), layout.format, layout.settings)
    about = SealedDocument(
        document, name, f"/src/{name}", sha256, len(data), codec, len(named), (), (about_it,)
    )
    removed = [unit.text[one.start : one.end] for one in named]
    sealed = Vault(run.audit / VAULT, tuple(to)).seal(
        about,
        io.BytesIO(data),
        [
            SealedRedaction(f"{document}:{n}", "PERSON", text, (), own)
            for n, (text, own) in enumerate(zip(removed, edits, strict=True), 1)
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
    edited = unit.edited(named)
    rows = zip(named, removed, sealed.entries, strict=True)
    redactions = [
        _record(document, n, edited.target(one.end), one, text, slot)
        for n, (one, text, slot) in enumerate(rows, 1)
    ]
    return [record, *with_details(KEY, document, redactions)]


def _record(  # noqa: PLR0917
    document: str, number: int, end: int, edit: UnitEdit, removed: str, vault: str
) -> RedactionRecord:
    words = normalize(removed)
    return RedactionRecord(
        id=f"{document}:{number}",
        document=document,
        part="text",
        start=end - len(edit.replacement),
        end=end,
        entity="PERSON",
        source="model:names_fast",
        source_version="1.0",
        score=0.9,
        action=Action.NUMBER,
        amount=amount(len(removed)),
        fingerprint=fingerprint(KEY, "PERSON", words),
        placeholder=edit.replacement,
        residue=residue(KEY, words) if words else None,
        vault=vault,
    )


# No word of it is short enough to be drawn as a removed value, which it may not hold.
PURPOSE = Justification("Justine Reader", "Appeal 2031-17")


def order(run: SealedRun, *only: str, **changes: object) -> RestoreRequest:
    """Return a request to restore a run, or only some entries of it."""
    given = {
        "out": run.out,
        "audit": run.audit,
        "to": run.base / "to",
        "identity": IDENTITY,
        "key": KEY,
        "justification": PURPOSE,
        "only": only,
    }
    return RestoreRequest(**given | changes)


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
