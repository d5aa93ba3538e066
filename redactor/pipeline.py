"""One document, start to finish.

    open      the source, and hold it to its size and time of change
    examine   two readings: what is found, and every other place where it stands
    splice    into a private draft
    verify    the draft, read back by two readers; if more comes to light, splice anew
    seal      what was removed, if there is a vault: encrypted, flushed to the disk
    audit     append the records, flushed to the disk
    publish   `os.replace` the draft over the target

Verification comes before the audit, and the audit before publication: a leak is never visible
under a target's name, and a record may lack its copy but no copy lacks its record. Whatever fails
becomes an `Outcome` that says so, and a record; the draft is gone.
"""

from __future__ import annotations

import os
import traceback
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from redactor import __version__
from redactor.analysis.analyzer import Analysis, Analyzer
from redactor.audit import (
    AuditLog,
    DocumentRecord,
    Record,
    RedactionRecord,
    Scope,
    Verification,
    document_id,
    fingerprint,
    residue,
    shown_score,
    source_mac,
)
from redactor.audit.vault import Sealed, SealedDocument, Vault
from redactor.decisions import DecisionApplier, ReviewDecisions, check_notes, place_of
from redactor.errors import InputError, InternalError, LeakError, RedactorError
from redactor.files import Draft, make_parents, open_source, sha256
from redactor.formats import Format, LineEnds, Placed, Sink, format_for, shifted
from redactor.keys import Key
from redactor.model import (
    Decision,
    Edit,
    Finding,
    Job,
    Outcome,
    Policy,
    ReviewDecision,
    Status,
    amount,
)
from redactor.replace import replacements
from redactor.sealing import removed_bytes, to_seal
from redactor.verify import check_bytes, head, leaks, remaining

_PACKAGE = Path(__file__).parent
_DRAFTS = 4  # how often a copy may be made anew because a replacement brought more to light


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run applies to every document. Picklable: workers get it once."""

    policy: Policy
    key: Key
    log: AuditLog
    rules: tuple[Path, ...] = ()
    encoding: str | None = None
    rulings: ReviewDecisions = field(default_factory=ReviewDecisions)
    first: int = 1  # the number of a document's first record in this run
    vault: Vault | None = None


@dataclass(frozen=True, slots=True)
class VerifiedDraft:
    """A verified draft: what was decided and where it landed.

    `raw` are the bytes that each edit replaced, where they are to be sealed.
    """

    form: Format
    encoding: str
    found: Analysis
    placed: tuple[Placed, ...]
    source_sha256: str
    left: frozenset[str]
    lines: LineEnds
    raw: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def status(self) -> Status:
        """Tell whether anything was removed."""
        return Status.REDACTED if self.found.removals else Status.CLEAN


def prepare(settings: RunContext) -> Analyzer:
    """Return the examiner of a run. Raises ConfigError for settings that cannot be obeyed."""
    analyzer = Analyzer(settings.policy, settings.rules)
    settings.rulings.check(analyzer.detectors.entities, settings.policy.exemptions)
    return analyzer


def redact(job: Job, settings: RunContext) -> Outcome:
    """Redact one document; never raises for what is wrong with the document itself."""
    try:
        return _redact(job, settings)
    except RedactorError as error:
        return record_failure(job, settings, error)
    except Exception as error:  # noqa: BLE001  # one document must not cost the batch
        return record_failure(job, settings, unforeseen(error))


def unforeseen(error: Exception) -> RedactorError:
    """Return an error that names the kind and origin of another: its text may quote a document.

    What the machine refused (memory, a disk that fails) is the document's misfortune; anything
    else is a bug.
    """
    kind = InputError if isinstance(error, MemoryError | OSError) else InternalError
    name = type(error).__name__
    return kind(f"could not be examined (an unexpected {name} at {_origin(error)})")


def _origin(error: BaseException) -> str:
    """Return file and line of our code that an error passed through last."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    return f"{Path(ours[-1].filename).relative_to(_PACKAGE)}:{ours[-1].lineno}"


def _redact(job: Job, settings: RunContext) -> Outcome:
    analyzer = Analyzer(settings.policy, settings.rules)
    target = _beside(job.target) if job.rehearse else job.target
    make_parents(target)
    with Draft(target) as draft:
        with open_source(job.source, settings.policy.limits.file_bytes) as source:
            copy = _copy(job, settings, analyzer, source, draft)
            status = os.fstat(source.fileno())
        if job.rehearse:
            return Outcome(job.name, copy.status)
        with draft.read_back() as file:
            digest, size = sha256(file), file.tell()
        with _sealed(job, settings, copy, status.st_size) as sealed:
            settings.log.append(_records(job, settings, copy, sealed, digest, size))
        draft.publish(status.st_mode & 0o777)
    removals = copy.found.removals
    review = sum(bool(decision.review) for decision in removals)
    unsure = sum("keep" in decision.review for decision in copy.found.keeps)
    return Outcome(job.name, copy.status, _counts(removals), review=review, unsure=unsure)


def _copy(
    job: Job, settings: RunContext, analyzer: Analyzer, source: BinaryIO, draft: Draft
) -> VerifiedDraft:
    digest = sha256(source)
    source.seek(0)
    form = format_for(job.source, source, settings.encoding).settle(source)
    encoding = form.describe(source)
    document = document_id(settings.key, job.name)
    rulings = settings.rulings
    applier = DecisionApplier(rulings.rows(document), settings.key, document, rulings.ids)
    found, placed = write(form, source, analyzer, settings.key, draft, job.name, applier)
    if job.rehearse:
        check_notes(rulings.notes, found)
    with draft.read_back() as written:
        left = remaining(form, written, found.words)
        lines = LineEnds(form.read(written) if found.keeps else ())
    raw = removed_bytes(source, placed) if settings.vault else ()
    return VerifiedDraft(form, encoding, found, placed, digest, left, lines, raw)


@contextmanager
def _sealed(
    job: Job, settings: RunContext, copy: VerifiedDraft, size: int
) -> Iterator[Sealed | None]:
    """Seal what was removed, if there is a vault; take it back if its record is not written."""
    if settings.vault is None:
        yield None
        return
    about = SealedDocument(
        document=document_id(settings.key, job.name),
        name=job.name,
        path=str(job.source.absolute()),
        sha256=copy.source_sha256,
        bytes=size,
        encoding=copy.encoding,
        entries=len(copy.placed),
    )
    entries = to_seal(about, copy.found.removals, copy.placed, copy.raw, first=settings.first)
    sealed = settings.vault.seal(about, entries)
    try:
        yield sealed
    except RedactorError:
        settings.vault.discard(sealed)
        raise


class DraftStore(Sink, Protocol):
    """Where a draft is written, perhaps more than once: a private file, or memory."""

    def clear(self) -> None:
        """Begin anew."""

    def read_back(self) -> BinaryIO:
        """Open what was written so far."""


def write(  # noqa: PLR0913, PLR0917  # what a copy is made of, and the name of the file where there is one
    form: Format,
    source: BinaryIO,
    analyzer: Analyzer,
    key: Key,
    draft: DraftStore,
    name: str = "",
    applier: DecisionApplier | None = None,
) -> tuple[Analysis, tuple[Placed, ...]]:
    """Write a redacted copy that was verified. Raises LeakError for one that does not settle."""
    applier = applier or DecisionApplier((), key, "")
    reading = analyzer.read(form.read(source), name)
    more: list[Finding] = []
    for _ in range(_DRAFTS):
        found = applier.examine(analyzer, reading, lambda: form.read(source), more)
        draft.clear()
        placed = splice(form, source, found, key, draft)
        with draft.read_back() as written:
            check_bytes(source, written, placed)
            left = leaks(form, written, found, analyzer, placed)
        if not left:
            return found, placed
        more += [_in_source(placed, finding) for finding in left]
    raise LeakError("a removed value is still in the draft")


def _in_source(placed: Sequence[Placed], finding: Finding) -> Finding:
    """Return a finding in the draft, outside the replacements, as one in the source."""
    edits = [one for one in placed if one.edit.segment == finding.segment]
    before = bisect_right(edits, finding.start, key=lambda one: one.end)
    shift = edits[before - 1].edit.end - edits[before - 1].end if before else 0
    return replace(finding, start=finding.start + shift, end=finding.end + shift)


def splice(
    form: Format, source: BinaryIO, found: Analysis, key: Key, sink: Sink
) -> tuple[Placed, ...]:
    """Write a document with everything replaced that was decided, and return what landed where."""
    texts = replacements(found.removals, found.values, key, taken=found.taken)
    edits = [
        Edit(decision.finding.segment, decision.start, decision.end, text)
        for decision, text in zip(found.removals, texts, strict=True)
    ]
    return tuple(form.splice(source, edits, sink))


def _counts(removals: Sequence[Decision]) -> tuple[tuple[str, int], ...]:
    counts = Counter(decision.finding.entity for decision in removals)
    return tuple(sorted(counts.items()))


def _beside(target: Path) -> Path:
    """Return a path for a draft that shall not be published, in a folder that is there already."""
    folder = next(parent for parent in target.absolute().parents if parent.is_dir())
    return folder / target.name


def record_failure(job: Job, settings: RunContext, error: RedactorError) -> Outcome:
    """Record a document that got no copy. A log that cannot be written makes it worse.

    A copy that is there goes, be it of an earlier run or of a worker that died after it published:
    what is reported as failed has none.
    """
    if job.rehearse:
        return failure(job.name, error)
    job.target.unlink(missing_ok=True)
    reason = type(error).__name__
    record = DocumentRecord(
        document=document_id(settings.key, job.name),
        status=Status.FAILED,
        format="unknown",
        parts_examined=0,
        not_examined=(("document", reason),),
    )
    try:
        settings.log.append([record])
    except RedactorError as worse:
        error = worse
    return failure(job.name, error)


def failure(name: str, error: RedactorError) -> Outcome:
    """Return the outcome of a document that failed."""
    return Outcome(name, Status.FAILED, (), int(error.exit_code), str(error), error.hint)


def _records(  # noqa: PLR0913, PLR0917  # what a copy, its slot and its draft say
    job: Job,
    settings: RunContext,
    copy: VerifiedDraft,
    sealed: Sealed | None,
    digest: str,
    size: int,
) -> Iterator[Record]:
    document = document_id(settings.key, job.name)
    yield DocumentRecord(
        document=document,
        status=copy.status,
        format=copy.form.name,
        encoding=copy.encoding,
        source_mac=source_mac(settings.key, copy.source_sha256),
        output_sha256=digest,
        output_bytes=size,
        parts_examined=copy.found.parts,
        verified=Verification(
            ("bytes outside the edits", "removed values", "rules"), "passed", "two readers"
        ),
        counts=_counts(copy.found.removals),
        vault=sealed.slot if sealed else None,
    )
    entries = sealed.entries if sealed else (None,) * len(copy.placed)
    redactions = _redactions(document, settings, copy)
    yield from (replace(r, vault=entry) for r, entry in zip(redactions, entries, strict=True))
    yield from _keeps(document, settings, copy)


def _redactions(
    document: str, settings: RunContext, copy: VerifiedDraft
) -> Iterator[RedactionRecord]:
    key, found = settings.key, copy.found
    rows = zip(found.removals, copy.placed, found.words, found.same, strict=True)
    for number, (decision, placed, text, same) in enumerate(rows, settings.first):
        everywhere = head(text) not in copy.left
        record = _record(f"{document}:{number}", document, key, decision, same)
        yield replace(
            record,
            start=placed.start,
            end=placed.end,
            line=placed.line,
            placeholder=placed.edit.replacement,
            scope=Scope.EVERYWHERE if everywhere else Scope.MENTION,
            residue=residue(key, head(text)) if everywhere and text else None,
            place=place_of(key, document, decision, text),
        )


def _keeps(document: str, settings: RunContext, copy: VerifiedDraft) -> Iterator[RedactionRecord]:
    """Yield what stays. Its text stands in the copy, so its fingerprint is that of no text."""
    key, found = settings.key, copy.found
    rows = zip(found.keeps, found.kept_words, strict=True)
    for number, (decision, words) in enumerate(rows, settings.first + len(copy.placed)):
        record = _record(f"{document}:{number}", document, key, decision, "")
        segment = decision.finding.segment
        start, end = (shifted(copy.placed, segment, at) for at in (decision.start, decision.end))
        yield replace(
            record,
            start=start,
            end=end,
            line=copy.lines.line(segment, start),
            scope=Scope.MENTION,
            place=place_of(key, document, decision, words),
        )


def _record(
    number: str, document: str, key: Key, decision: Decision, value: str
) -> RedactionRecord:
    finding, exemption = decision.finding, decision.exemption
    return RedactionRecord(
        id=number,
        document=document,
        part="text",
        start=decision.start,
        end=decision.end,
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
        **_ruled(decision.ruling),
    )


def _ruled(ruling: ReviewDecision | None) -> dict[str, Any]:
    """Return what a record says of a person's decision."""
    if ruling is None:
        return {}
    return {
        "decision": ruling.decision,
        "reviewer": ruling.reviewer,
        "note": ruling.note or None,
        "supersedes": ruling.supersedes or None,
        "earlier": ruling.earlier or None,
    }
