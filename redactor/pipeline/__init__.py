"""One document, start to finish.

    open      the source, and note its size and time of change
    examine   unit by unit, with everything inside it: findings and decisions
    write     the copy into a private draft: edits put into the bytes of the source
    verify    the draft, read back by two readers
    seal      the source and the removed values, if there is a vault: encrypted, flushed to the disk
    audit     append the records, flushed to the disk
    publish   `os.replace` the draft over the target

Verification comes before the audit, and the audit before publication: a leak is never visible
under a target's name, and a record may lack its copy but no copy lacks its record. A failure
becomes an `Outcome` and a record; the draft is deleted.
"""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.window_reader import Elsewhere
from redactor.analysis.word_runs import head
from redactor.audit import DocumentRecord, document_id, source_mac
from redactor.audit.vault import Sealed
from redactor.decisions import DecisionApplier
from redactor.errors import (
    InputError,
    InternalError,
    OutputError,
    PartNotExamined,
    RedactorError,
    SourceChanged,
    worst,
)
from redactor.files import Draft, copy_mode, delete_copy, make_parents, open_source, sha256
from redactor.formats import Sink, mistyped
from redactor.formats.libreoffice import converted, described
from redactor.formats.media import media_counts, read_counts
from redactor.formats.rewriting import Edits, LeftOut, TreeWriter
from redactor.formats.tree import Node, Reading, composed_paths, part, root
from redactor.keys import Key
from redactor.model import Job, Outcome, Status
from redactor.pipeline.beside import Layouts, archives_beside
from redactor.pipeline.census import census_of
from redactor.pipeline.context import RunContext
from redactor.pipeline.copy_check import CopyCheck
from redactor.pipeline.examination import Examiner, Found
from redactor.pipeline.media import blanked, check_media
from redactor.pipeline.proposing import proposed
from redactor.pipeline.records import CopyRecord, records, sealed_entries

__all__ = [
    "DraftStore",
    "MemoryDraft",
    "RunContext",
    "failure",
    "prepare",
    "record_failure",
    "redact",
    "source_digest",
    "unforeseen",
    "worsened",
    "write",
]

_PACKAGE = Path(__file__).parent.parent


def prepare(settings: RunContext) -> Analyzer:
    """Return the analyzer of a run. Raises ConfigError for settings that cannot be obeyed."""
    analyzer = Analyzer(settings.policy, settings.rules, settings.register)
    settings.rulings.check(analyzer.detectors.entities, settings.policy.exemptions)
    return analyzer


def redact(
    job: Job,
    settings: RunContext,
    *,
    fatal: tuple[type[Exception], ...] = (),
    elsewhere: Elsewhere | None = None,
) -> Outcome:
    """Redact one document; never raises for what is wrong with the document itself.

    With `census`, the people whom it names are noted, and it leaves no trace.
    `fatal` errors are raised: those after which the process should not go on.
    What is found in it may be known `elsewhere`.
    """
    source = SourceDigest()
    try:
        if job.census:
            return Outcome(job.name, Status.CLEAN, census=census_of(job, settings, elsewhere))
        return _redact(job, settings, source, elsewhere)
    except fatal:
        raise
    except RedactorError as error:
        return record_failure(job, settings, error, source.sha256)
    except Exception as error:  # noqa: BLE001  # one document must not cost the batch
        return record_failure(job, settings, unforeseen(error), source.sha256)


@dataclass(slots=True)
class SourceDigest:
    """The digest of a document's source, once it was read."""

    sha256: str = ""


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


def source_digest(job: Job, limit: int) -> str:
    """Return the SHA-256 of a source of up to `limit` bytes; an empty text if it cannot be read."""
    try:
        with open_source(job.source, limit, job.at) as file:
            return sha256(file)
    except RedactorError:
        return ""


def _redact(
    job: Job, settings: RunContext, read: SourceDigest, elsewhere: Elsewhere | None
) -> Outcome:
    analyzer = Analyzer(settings.policy, settings.rules, settings.register, elsewhere)
    target, out = (_beside(job.target), None) if job.rehearse else (job.target, job.out)
    if out is None:
        make_parents(target)
    with Draft(target, below=out) as draft, Found() as found:
        mode = _recorded(job, settings, analyzer, draft, found, read)
        if job.rehearse:
            return Outcome(job.name, _status(found))
        draft.publish(mode)
    return _outcome(job, found)


def _recorded(  # noqa: PLR0913, PLR0917  # a document, how it is examined, where its copy goes
    job: Job,
    settings: RunContext,
    analyzer: Analyzer,
    draft: Draft,
    found: Found,
    read: SourceDigest,
) -> int:
    """Write a copy, verified, sealed and recorded, or only verified; return the mode for it.

    The source must have stayed as it was, before and after it was read, before anything is
    recorded of it: the digest is that of the bytes that the copy was made of. The same copy is not
    recorded twice in a run that goes on after it was killed.
    """
    with ExitStack() as slot:
        with open_source(job.source, settings.policy.limits.file_bytes, job.at) as source:
            read.sha256 = digest = sha256(source)
            document = slot.enter_context(_converted(job, source, found))
            archives = slot.enter_context(archives_beside(job, settings))
            document, layouts = slot.enter_context(archives.addressed(document))
            check = _copy(job, settings, analyzer, document, layouts, draft, found)
            archives.fill(document, draft, found)
            mode = copy_mode(os.fstat(source.fileno()).st_mode)
            if job.rehearse:
                return mode
            with draft.read_back() as file:
                copy = CopyRecord(digest, sha256(file), file.tell(), frozenset(check.left))
            known = copy.sha256 == job.recorded
            found.unmarked = proposed(job, settings, found, source)
            sealed = (
                None if known else slot.enter_context(_sealed(job, settings, found, copy, source))
            )
            if sha256(source) != digest:
                raise SourceChanged("the document changed while it was read")
        if not known:
            settings.log.append(records(job, settings, found, copy, sealed))
    return mode


@contextmanager
def _converted(job: Job, source: BinaryIO, found: Found) -> Iterator[BinaryIO]:
    """Open a source as it is read: an old document of Office as LibreOffice converts it."""
    if not job.convert:
        yield source
        return
    with converted(source, job.convert) as document:
        found.converted = f"{job.convert[:-1]} to {job.convert} by {described()}"
        yield document


def _outcome(job: Job, found: Found) -> Outcome:
    counts = tuple(sorted(found.totals.counts.items()))
    outcome = Outcome(
        job.name,
        _status(found),
        counts,
        review=found.totals.review,
        unsure=found.totals.unsure,
        media=media_counts(found.media),
        read=read_counts(found.media),
        converted=found.converted,
        dropped=tuple(sorted(Counter(kind for _, kind in found.dropped).items())),
        unmarked=found.unmarked[0],
        no_marks=found.unmarked[1],
        passages=found.passages.taken(),
        mistyped=mistyped(one.layout for one in found.nodes),
    )
    if not found.unexamined:
        return outcome
    error = PartNotExamined(f"{_parts_of(found)} not examined; the copy is without")
    return replace(outcome, code=int(error.exit_code), error=str(error), hint=error.hint)


def _parts_of(found: Found) -> str:
    """Return how many parts were not examined, where the first is, and why."""
    first = found.unexamined[0]
    at = f"member {part(first.path)}: {first.error or first.reason}"
    more = len(found.unexamined) - 1
    return f"{at}{f', and {more} more' if more else ''};"


def _status(found: Found) -> Status:
    if found.unexamined:
        return Status.PARTIAL
    return Status.REDACTED if found.totals.redacted else Status.CLEAN


def _copy(  # noqa: PLR0913, PLR0917  # a document, how it is examined, and where its copy goes
    job: Job,
    settings: RunContext,
    analyzer: Analyzer,
    source: BinaryIO,
    layouts: Layouts,
    draft: DraftStore,
    found: Found,
) -> CopyCheck:
    document = document_id(settings.key, job.name)
    rulings = settings.rulings
    rows = rulings.rows(document)
    notes = rulings.notes if job.rehearse else ()
    applier = DecisionApplier(rows, settings.key, document, rulings.ids, notes)
    name = job.source.with_suffix(f".{job.convert}").name if job.convert else job.source.name
    return write(
        source,
        name,
        analyzer,
        settings.key,
        draft,
        found,
        lambda: replace(settings.reading(), layouts=layouts),
        applier=applier,
    )


class DraftStore(Sink, Protocol):
    """Where a draft is written: a private file, or memory."""

    def read_back(self) -> BinaryIO:
        """Open what was written so far."""


class MemoryDraft:
    """A draft in memory, of which nothing is left."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = BytesIO()

    def write(self, data: bytes) -> None:
        """Append to the draft."""
        self.data.write(data)

    def read_back(self) -> BinaryIO:
        """Open what was written so far."""
        return BytesIO(self.data.getvalue())


def write(  # noqa: PLR0913, PLR0917  # what a copy is made of
    source: BinaryIO,
    name: str,
    analyzer: Analyzer,
    key: Key,
    draft: DraftStore,
    found: Found,
    reading: Callable[[], Reading],
    *,
    applier: DecisionApplier | None = None,
) -> CopyCheck:
    """Write a redacted copy of a file of that name, verified; `found` takes what was found.

    Raises InputError, and LeakError for a copy that does not settle.
    """
    applier = applier or DecisionApplier((), key, "")
    node = root(source, name, reading())
    Examiner(analyzer, key, reading(), applier, found).examine(node, name)
    applier.require_done()
    if found.unexamined and analyzer.policy.parts == "refuse":
        raise _refused(found)
    check_media(found.media, analyzer.policy)
    check = CopyCheck(head(one.removal.words) for one in found.redactions())
    found.blanked = blanked(found.media, analyzer.policy)
    _write_tree(node, found, reading(), draft, check)
    return check


def _write_tree(
    node: Node, found: Found, reading: Reading, draft: DraftStore, check: CopyCheck
) -> None:
    edits = Edits(found.edits(), found.names)
    composed = composed_paths((one.path, one.layout) for one in found.nodes)
    composed |= {one.path for one in found.media if one.is_coded}
    omitted = frozenset(one.path for one in found.unexamined)
    left_out = LeftOut(omitted, found.blanked, composed)
    writer = TreeWriter(edits, reading, left_out=left_out, check=check, note=check.note)
    writer.write(node, draft, draft.read_back)
    edits.require_done()
    found.dropped = writer.dropped


def _refused(found: Found) -> InputError:
    """Return the error of a document whose parts were not all examined."""
    first = found.unexamined[0].error
    hint = first.hint if first else PartNotExamined.hint
    error = PartNotExamined(f"{_parts_of(found)} `parts: omit` leaves such out")
    error.hint = hint
    return error


@contextmanager
def _sealed(
    job: Job, settings: RunContext, found: Found, copy: CopyRecord, source: BinaryIO
) -> Iterator[Sealed | None]:
    """Seal source and redactions, if there is a vault; take it back if no record is written."""
    if settings.vault is None:
        yield None
        return
    sealed = settings.vault.seal(*sealed_entries(job, settings, found, copy, source))
    try:
        yield sealed
    except RedactorError:
        settings.vault.discard(sealed)
        raise


def _beside(target: Path) -> Path:
    """Return a path for a draft that shall not be published, in a folder that is there already."""
    folder = next(parent for parent in target.absolute().parents if parent.is_dir())
    return folder / target.name


def record_failure(
    job: Job, settings: RunContext, error: RedactorError, sha256: str = ""
) -> Outcome:
    """Record a document that has no copy; the outcome is worse if the log cannot be written.

    `sha256` is the digest of its source, if it could be read. An existing copy is deleted, be it of
    an earlier run or of a worker that died after it published: a document that is reported as
    failed has none. The same failure is not recorded twice in a run that goes on.
    """
    if not job.is_recorded:
        return failure(job.name, error)
    reason = type(error).__name__
    record = DocumentRecord(
        document=document_id(settings.key, job.name),
        status=Status.FAILED,
        format="unknown",
        parts_examined=0,
        source_mac=source_mac(settings.key, sha256) if sha256 else None,
        not_examined=(("document", reason),),
    )
    outcome = failure(job.name, error)
    steps: tuple[Callable[[], object], ...] = (
        lambda: delete_copy(job.target, below=job.out),
        lambda: settings.log.append([record] if reason != job.recorded else []),
    )
    for step in steps:
        try:
            step()
        except RedactorError as worse:
            outcome = worsened(outcome, worse)
        except OSError as worse:
            outcome = worsened(outcome, OutputError(f"no record: {worse.strerror}"))
    return outcome


def worsened(outcome: Outcome, error: RedactorError) -> Outcome:
    """Return the outcome of a document of which not even the failure could be recorded."""
    code = worst((outcome.code, error.exit_code))
    said = "; ".join(filter(None, (outcome.error, str(error))))
    return replace(outcome, code=int(code), error=said, hint=error.hint)


def failure(name: str, error: RedactorError) -> Outcome:
    """Return the outcome of a document that failed."""
    return Outcome(name, Status.FAILED, (), int(error.exit_code), str(error), error.hint)
