"""The records for the log and the vault of a document, made once its copy was verified."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, repeat
from typing import Any, BinaryIO

from redactor import __version__
from redactor.analysis.word_runs import head
from redactor.audit import (
    DocumentRecord,
    PartRecord,
    Record,
    RedactionRecord,
    Scope,
    Verification,
    document_id,
    fingerprint,
    residue,
    shown_score,
    source_mac,
    with_details,
)
from redactor.audit.vault import Sealed, SealedDocument, SealedRedaction
from redactor.decisions import place_of
from redactor.formats.base import Layout
from redactor.formats.tree import part
from redactor.keys import Key
from redactor.model import FREE_FORM, Decision, Job, Kind, Location, ReviewDecision, Status, amount
from redactor.operators.checks import says_the_same
from redactor.pipeline.context import RunContext
from redactor.pipeline.examination import Found, Kept, Redaction
from redactor.pipeline.units import Place

CHECKS = ("bytes outside the edits", "texts read again", "removed values", "rules")


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """Digests of source and copy, the copy's size, and the removed texts that occur in it."""

    source_sha256: str
    sha256: str
    bytes: int
    left: frozenset[str]


def records(
    job: Job, settings: RunContext, found: Found, copy: CopyRecord, sealed: Sealed | None
) -> Iterator[Record]:
    """Yield the records of a document: of it, of its parts, of what was redacted and kept."""
    document = document_id(settings.key, job.name)
    yield replace(
        _document(document, settings, found, copy, sealed),
        copy_id=document_id(settings.key, job.shown) if job.shown else None,
    )
    for node in found.nodes[1:]:
        encoding, rest = _settings(node.layout)
        yield PartRecord(document, part(node.copied), node.layout.format, encoding, rest)
    redactions = _redactions(document, settings, found, copy, sealed)
    yield from with_details(settings.key, document, redactions)


def _redactions(
    document: str, settings: RunContext, found: Found, copy: CopyRecord, sealed: Sealed | None
) -> Iterator[RedactionRecord]:
    slots = iter(sealed.entries) if sealed else repeat(None)
    numbers = count(settings.first)
    for one, slot in zip(found.redactions(), slots, strict=False):
        record = _redaction(f"{document}:{next(numbers)}", document, settings.key, one, copy)
        yield replace(record, vault=slot)
    for kept in found.keeps():
        yield _keep(f"{document}:{next(numbers)}", document, settings.key, kept)


def _document(
    document: str, settings: RunContext, found: Found, copy: CopyRecord, sealed: Sealed | None
) -> DocumentRecord:
    layout = found.nodes[0].layout
    encoding, rest = _settings(layout)
    redacted = Status.REDACTED if found.totals.redacted else Status.CLEAN
    places = {one.path: one.copied for one in found.nodes} if found.dropped else {}
    media = tuple((part(one.copied), one.kind) for one in found.media if not one.read)
    read = tuple((part(one.copied), one.read) for one in found.media if one.read)
    return DocumentRecord(
        document=document,
        status=Status.PARTIAL if found.unexamined else redacted,
        format=layout.format,
        encoding=encoding,
        layout=rest,
        source_mac=source_mac(settings.key, copy.source_sha256),
        output_sha256=copy.sha256,
        output_bytes=copy.bytes,
        parts_examined=found.totals.parts,
        not_examined=tuple((part(one.path), one.reason) for one in found.unexamined),
        media_kept=media if media and not found.blanked else None,
        media_omitted=media if found.blanked else None,
        pixels_read=read or None,
        converted=found.converted or None,
        dropped=tuple((part(places[path]), kind) for path, kind in found.dropped) or None,
        archives=found.archives or None,
        verified=Verification(CHECKS, "passed", "two readers"),
        counts=tuple(sorted(found.totals.counts.items())),
        vault=sealed.slot if sealed else None,
    )


def _settings(layout: Layout) -> tuple[str | None, tuple[tuple[str, str], ...] | None]:
    """Return the encoding of a layout, and its other settings, where it has any."""
    rest = tuple((name, value) for name, value in layout.settings if name != "encoding")
    return layout.setting("encoding") or None, rest or None


def _redaction(
    number: str, document: str, key: Key, one: Redaction, copy: CopyRecord
) -> RedactionRecord:
    removal = one.removal
    words = head(removal.words)
    everywhere = words not in copy.left
    return replace(
        _record(number, document, key, removal.decision, one.place, removal.identity),
        placeholder=None if _tells(one) else one.replacement,
        scope=Scope.EVERYWHERE if everywhere else Scope.MENTION,
        residue=residue(key, words) if everywhere and words else None,
        place=place_of(key, document, removal.decision, one.place.at, removal.words),
    )


def _tells(one: Redaction) -> bool:
    """Tell whether a replacement equals the removed text, as a year may: it is not logged."""
    free = one.removal.decision.action in FREE_FORM
    return free and says_the_same(one.replacement, one.removal.text)


def _keep(number: str, document: str, key: Key, kept: Kept) -> RedactionRecord:
    """Return the record of a retention. Its text is in the copy: the fingerprint is of none."""
    decision, words = kept.retention.decision, kept.retention.words
    return replace(
        _record(number, document, key, decision, kept.place, ""),
        scope=Scope.MENTION,
        place=place_of(key, document, decision, kept.place.at, words),
    )


def _record(  # noqa: PLR0913, PLR0917  # what a decision, its place and its document say
    number: str, document: str, key: Key, decision: Decision, place: Place, value: str
) -> RedactionRecord:
    finding, exemption = decision.finding, decision.exemption
    return RedactionRecord(
        id=number,
        document=document,
        part=place.part,
        where=_where(place.location),
        start=place.copy[0],
        end=place.copy[1],
        line=place.line or None,
        entity=finding.entity,
        source=finding.source,
        source_version=__version__,
        score=shown_score(finding.source, finding.score),
        action=decision.action,
        amount=amount(decision.end - decision.start),
        fingerprint=fingerprint(key, finding.entity, value),
        code=exemption.code or None,
        basis=exemption.basis or None,
        reason=exemption.reason or None,
        restrict_until=exemption.restrict_until.isoformat() if exemption.restrict_until else None,
        because=decision.because,
        review=decision.review or None,
        **_reviewed(decision.review_decision),
    )


def _where(location: Location) -> str | None:
    """Return what sort of place it is, where that is not running text, without its line."""
    shown = str(replace(location, line=0))
    return None if shown == Kind.BODY.value else shown


def _reviewed(reviewed: ReviewDecision | None) -> dict[str, Any]:
    """Return the fields of a record for a reviewer's decision."""
    if reviewed is None:
        return {}
    return {
        "decision": reviewed.decision,
        "reviewer": reviewed.reviewer,
        "note": reviewed.note or None,
        "supersedes": reviewed.supersedes or None,
        "earlier": reviewed.earlier or None,
    }


def sealed_entries(
    job: Job, settings: RunContext, found: Found, copy: CopyRecord, source: BinaryIO
) -> tuple[SealedDocument, BinaryIO, Iterator[SealedRedaction]]:
    """Return what is sealed of a document: what it is, its bytes, and its redactions."""
    document = document_id(settings.key, job.name)
    about = SealedDocument(
        document=document,
        name=job.name,
        path=str(job.source.absolute()),
        sha256=copy.source_sha256,
        bytes=source.seek(0, 2),
        encoding=found.nodes[0].layout.setting("encoding"),
        entries=found.totals.redacted,
        omitted=tuple(one.path for one in found.unexamined),
        blanked=tuple(sorted(found.blanked)),
        layouts=tuple((one.path, one.layout.format, one.layout.settings) for one in found.nodes),
    )
    source.seek(0)
    return about, source, _sealed_redactions(document, settings.first, found)


def _sealed_redactions(document: str, first: int, found: Found) -> Iterator[SealedRedaction]:
    for number, one in enumerate(found.redactions(), first):
        yield SealedRedaction(
            id=f"{document}:{number}",
            entity=one.removal.decision.finding.entity,
            text=one.removal.text,
            path=one.path,
            edits=one.edits,
        )
