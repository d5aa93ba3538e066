"""What is left to do in an OUT that earlier runs wrote to: each document is done, or why it is not.

A document is done if the last record of it was made with the settings of now, its source has the
recorded digest, and so has its copy. Of all others nothing is believed: they are redacted anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os.path import lexists
from pathlib import Path
from sys import maxsize

import redactor.errors
from redactor.audit import RunStart, document_id, source_mac
from redactor.earlier import Earlier, Recorded
from redactor.errors import OutputError, PartNotExamined, RedactorError
from redactor.files import open_source, sha256, walk
from redactor.keys import Key
from redactor.model import Job, Outcome, Policy, Status
from redactor.pipeline import source_digest
from redactor.pipeline.beside import archives_digest
from redactor.run_records import differences
from redactor.source_files import Jobs, SourceFile, SourceFiles

DRAFT = re.compile(r"\.redactor-[0-9a-f]{16}\.draft")
"""The name of a draft that a killed run left where no nameless files can be made: see `files`."""


EXCLUDED = "Excluded"
"""The reason in the record of a file that the user's own list excludes."""

_FAILED = "not examined before"
_LOST = "without the recorded copy"
_KNOWN = frozenset({_FAILED, _LOST})
"""Reasons for which a job may end as its record in the same run says already."""


class SourcesGone(OutputError):
    """A document that the run which is to go on has done, and that is no longer there."""

    hint = "Nothing was changed. Name the same SRC, or use --update, which withdraws such copies."


class UnknownFiles(OutputError):
    """Files in OUT that no record is about and no document of the sources is written to."""

    hint = "Nothing was changed. Move them out of OUT, whoever put them there."


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A document that is no longer among the sources: its id, and its copy, if there is one."""

    document: str
    out: Path
    copy: Path | None

    @property
    def name(self) -> str:
        """Return the name of the copy, or the id of the document if it has none."""
        return self.copy.relative_to(self.out).as_posix() if self.copy else self.document


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does. `reasons` count the jobs by why they are to be done.

    `done` are the documents that the last run finished before it was broken off, and `kept` those
    of earlier runs. `changes` name the settings that are not those of the last run.
    """

    jobs: Jobs = field(default_factory=Jobs)
    left_out: tuple[SourceFile, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    done: tuple[Outcome, ...] = ()
    kept: tuple[Outcome, ...] = ()
    remains: tuple[Path, ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def planned(self) -> int:
        """Return how many documents the run accounts for by a record."""
        return len(self.jobs) + len(self.left_out) + len(self.withdrawn) + len(self.done)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left to do."""
        return not (self.jobs or self.left_out or self.withdrawn)

    @property
    def sentence(self) -> str:
        """Return what is to be done, in words: `redact 2 new and 1 changed documents, keep 7`."""
        named = ", ".join(f"{n:,} {reason}" for reason, n in self.reasons) or "no document"
        said = [f"redact {named}"]
        if self.left_out:
            said.append(f"leave out {len(self.left_out):,}")
        if self.withdrawn:
            said.append(f"withdraw {len(self.withdrawn):,} whose source is gone")
        said.append(f"keep {len(self.done) + len(self.kept):,} as they are")
        return ", ".join(said)


def whole(entries: SourceFiles) -> Plan:
    """Return the plan of a run on an OUT that does not exist yet: everything."""
    others = (at for at, row in enumerate(entries.rows()) if not row.is_document)
    return Plan(Jobs(entries), tuple(entries[at] for at in others))


def rest(  # noqa: PLR0913  # keyword-only: what the log says, and what holds now
    entries: SourceFiles,
    earlier: Earlier,
    *,
    start: RunStart,
    key: Key,
    policy: Policy,
    out: Path,
    resume: bool,
) -> Plan:
    """Return what is left to do, as the last run when it is resumed, or else as a new one.

    Raises UnknownFiles.
    """
    same = [not differences(one, start, policy) for one in earlier.starts]
    names = {document_id(key, row.name): at for at, row in enumerate(entries.rows())}
    known = {document_id(key, entries.row(at).shown): name for name, at in names.items()}
    known |= {one.copy_id or name: name for name, one in earlier.documents.items()}
    copies, remains, unknown = _copies(out, key, known)
    for document, path in copies.items():  # under a name that the copy has no more
        moved = document in names and path != entries[names[document]].job.target
        remains += [path] if moved else []
    if unknown:
        raise UnknownFiles(f"{len(unknown)} files in {out} are in no record, {unknown[0]} for one")
    sorter = _Sorter(earlier, same, key, policy.limits.file_bytes, resume=resume)
    last = []
    for document, at in names.items():
        entry = entries[at]
        if entry.job.archives:
            last.append((document, entry))
        else:
            sorter.sort(document, entry)
    for document, entry in last:
        sorter.sort(document, entry)
    for document, one in earlier.documents.items():
        if document not in names:
            sorter.sort_gone(Withdrawn(document, out, copies.get(document)), one)
    return Plan(
        jobs=Jobs(sorter.jobs),
        left_out=tuple(sorter.left_out),
        withdrawn=tuple(sorter.withdrawn),
        done=tuple(sorter.done),
        kept=tuple(sorter.kept),
        remains=tuple(remains),
        reasons=tuple(sorted(sorter.reasons.items())),
        changes=tuple(differences(earlier.start, start, policy)),
    )


def _copies(
    out: Path, key: Key, known: Mapping[str, str]
) -> tuple[dict[str, Path], list[Path], list[str]]:
    """Return the copies in OUT by document, drafts that a killed run left, and unknown files.

    `known` are documents by the ids of the names of their copies.
    """
    copies: dict[str, Path] = {}
    drafts: list[Path] = []
    unknown: list[str] = []
    for path in walk(out) if out.is_dir() else ():
        name = path.relative_to(out).as_posix()
        document = document_id(key, name)
        if document in known:
            copies[known[document]] = path
        elif DRAFT.fullmatch(path.name):
            drafts.append(path)
        else:
            unknown.append(name)
    return copies, drafts, unknown


class _Sorter:
    """Sorts documents by what is left to do with them."""

    def __init__(
        self, earlier: Earlier, same: Sequence[bool], key: Key, limit: int, *, resume: bool
    ) -> None:
        self._earlier, self._same, self._key = earlier, same, key
        self._limit, self._resume = limit, resume
        self.jobs = SourceFiles()
        self.left_out: list[SourceFile] = []
        self.withdrawn: list[Withdrawn] = []
        self.done: list[Outcome] = []
        self.kept: list[Outcome] = []
        self.reasons: Counter[str] = Counter()

    def sort(self, document: str, entry: SourceFile) -> None:
        """Sort a document of the sources."""
        recorded = self._earlier.documents.get(document)
        if entry.excluded or entry.problem:
            self._leave_out(entry, recorded)
            return
        reason = self._reason(entry.job, recorded)
        if recorded and not reason:
            self._carry(entry.job.name, recorded)
            return
        self.reasons[reason] += 1
        known = recorded.mark if recorded and reason in _KNOWN and self._ours(recorded) else None
        self.jobs.append(SourceFile(replace(entry.job, recorded=known)))

    def _leave_out(self, entry: SourceFile, recorded: Recorded | None) -> None:
        known = recorded and self._believed(recorded) and recorded.mark == left_out_reason(entry)
        if recorded and known and not lexists(entry.job.target):
            self._carry(entry.job.name, recorded)
            return
        mark = recorded.mark if recorded and known and self._ours(recorded) else None
        self.left_out.append(replace(entry, job=replace(entry.job, recorded=mark)))

    def sort_gone(self, gone: Withdrawn, recorded: Recorded) -> None:
        """Sort a document that is no longer among the sources."""
        if recorded.status is Status.WITHDRAWN and gone.copy is None:
            self._carry(gone.document, recorded)
        elif not self._resume or self._earlier.start.update:
            self.withdrawn.append(gone)
        elif self._ours(recorded):
            raise SourcesGone(
                f"of the run that was broken off, {gone.name} is no longer among the sources"
            )

    def _ours(self, recorded: Recorded) -> bool:
        """Tell whether a document was recorded by the run that goes on."""
        return self._resume and recorded.run == self._earlier.number

    def _believed(self, recorded: Recorded) -> bool:
        """Tell whether a record of these settings counts for the run at hand.

        A run that is no update does every document, whatever there was before.
        """
        update = not self._resume or bool(self._earlier.start.update)
        return self._same[recorded.run] and (update or self._ours(recorded))

    def _reason(self, job: Job, recorded: Recorded | None) -> str:
        """Return why a document is to be redacted; an empty text if it is done."""
        if recorded is None or recorded.status in {Status.EXCLUDED, Status.WITHDRAWN}:
            return "not done yet" if self._resume else "new"
        if not self._believed(recorded):
            return "not done yet" if self._resume else "under other settings before"
        if recorded.status is Status.FAILED and not (self._ours(recorded) and recorded.source):
            return _FAILED
        if _source_mac(job, self._limit, self._key) != recorded.source:
            return "changed"
        if recorded.status is Status.FAILED:
            return _FAILED if lexists(job.target) else ""
        return self._reason_of_copy(job, recorded)

    def _reason_of_copy(self, job: Job, recorded: Recorded) -> str:
        """Return why the copy of a source that did not change is to be made anew, if it is."""
        if job.archives and self._archives(job) != recorded.archives:
            return "with other archives beside"
        return "" if _digest(job.target) == recorded.copy else _LOST

    def _archives(self, job: Job) -> str | None:
        """Return the digest of the copies that an index needs; None if one is to be made."""
        jobs = {row.name for row in self.jobs.rows()}
        if any(one.name in jobs for one in job.archives):
            return None
        documents = (document_id(self._key, one.name) for one in job.archives)
        known = (self._earlier.documents.get(one) for one in documents)
        return archives_digest(one.copy if one else "" for one in known)

    def _carry(self, name: str, recorded: Recorded) -> None:
        ours = self._ours(recorded)
        (self.done if ours else self.kept).append(outcome_of(name, recorded))


def _source_mac(job: Job, limit: int, key: Key) -> str:
    """Return the keyed digest of a source; an empty text for one that cannot be read."""
    digest = source_digest(job, limit)
    return source_mac(key, digest) if digest else ""


def _digest(copy: Path) -> str | None:
    try:
        with open_source(copy, maxsize) as file:
            return sha256(file)
    except RedactorError:
        return None


def left_out_reason(entry: SourceFile) -> str:
    """Return the code of why a file is no document of a run, as its record has it."""
    return EXCLUDED if entry.excluded else type(entry.problem).__name__


def outcome_of(name: str, recorded: Recorded) -> Outcome:
    """Return the outcome of a document that an earlier run recorded."""
    outcome = Outcome(
        name,
        recorded.status,
        recorded.counts,
        review=recorded.review,
        unsure=recorded.unsure,
        media=recorded.media,
        read=recorded.read,
        converted=recorded.converted,
    )
    if recorded.status is Status.PARTIAL:
        named = f"{len(recorded.reasons)} parts not examined; the copy is without"
        return _failed(outcome, PartNotExamined(named))
    if recorded.status is Status.FAILED:
        reason = next(iter(recorded.reasons), "")
        return _failed(outcome, _error(reason))
    return outcome


def _error(reason: str) -> RedactorError:
    """Return the error that a reason in a record names."""
    kind = getattr(redactor.errors, reason, redactor.errors.InputError)
    known = isinstance(kind, type) and issubclass(kind, RedactorError)
    return (kind if known else redactor.errors.InputError)(
        f"not examined in an earlier part of the run ({reason})"
    )


def _failed(outcome: Outcome, error: RedactorError) -> Outcome:
    return replace(outcome, code=int(error.exit_code), error=str(error), hint=error.hint)


def said_of(plan: Plan) -> Iterator[str]:
    """Yield what a run says of its plan: what is new, and which settings changed."""
    if plan.changes:
        yield f"not as in the last run: {'; '.join(plan.changes)}"
    yield f"to do: {plan.sentence}"
