"""What the driver does with the results of a task: checks them, records them, publishes the copies.

The order is that of a document on one machine: what was sealed, then the record, flushed to the
disk, then the copy under its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from sys import maxsize

from redactor.audit import DocumentRecord, document_id
from redactor.audit.folder import VAULT
from redactor.audit.staged import record_of
from redactor.errors import OutputError, RedactorError, WorkerDied
from redactor.files import delete_copy, open_source, publish_draft, sha256
from redactor.model import Job, Outcome, Status
from redactor.pipeline import RunContext, record_failure, source_digest
from redactor.runners.spark.executor import Result


@dataclass(frozen=True, slots=True)
class _Checked:
    """A result that may be recorded: the draft has the recorded digest."""

    job: Job
    outcome: Outcome
    records: tuple[bytes, ...] = ()
    draft: Path | None = None
    slots: tuple[Path, ...] = ()


def accept(done: Sequence[tuple[Job, Result | None]], settings: RunContext) -> Iterator[Outcome]:
    """Record the results of a task, then publish its copies; yield the outcomes."""
    return _Acceptance(settings).accept(done)


class _Acceptance:
    def __init__(self, settings: RunContext) -> None:
        self._settings = settings

    def accept(self, done: Sequence[tuple[Job, Result | None]]) -> Iterator[Outcome]:
        """Record the results of a task, then publish its copies; yield the outcomes."""
        checked = [self._checked(job, result) for job, result in done]
        try:
            self._seal(checked)
            if lines := [line for one in checked for line in one.records]:
                self._settings.log.append(lines)
        except RedactorError as error:
            for one in checked:
                self._unseal(one)
                yield record_failure(one.job, self._settings, error)
            return
        for one in checked:
            yield self._published(one)

    def _checked(self, job: Job, result: Result | None) -> _Checked:
        """Return a result once records and draft are those of the document."""
        if result is None or result.outcome is None:
            error = WorkerDied("its executor died on this document, whenever it was tried")
            digest = source_digest(job, self._settings.policy.limits.file_bytes)
            return _Checked(job, record_failure(job, self._settings, error, digest))
        try:
            return self._examined(job, result, result.outcome)
        except RedactorError as error:
            return _Checked(job, record_failure(job, self._settings, error))

    def _examined(self, job: Job, result: Result, outcome: Outcome) -> _Checked:
        if job.rehearse:
            return _Checked(job, outcome)
        records = [record_of(line) for line in result.records]
        document = document_id(self._settings.key, job.name)
        if any(one["document"] != document for one in records):
            raise OutputError("what its task recorded is about another document")
        if result.draft is None:
            if outcome.status is not Status.FAILED:
                raise OutputError("the draft is not where its task wrote it")
            delete_copy(job.target, below=job.out)  # of an earlier run: before that is recorded
            return _Checked(job, outcome, result.records)
        copies = [one for one in records if one["type"] == DocumentRecord.type]
        digest = copies[-1].get("output_sha256") if copies else job.recorded
        with open_source(result.draft, maxsize) as draft:
            if sha256(draft) != digest:
                raise OutputError("the draft is not the one that its task recorded")
        slots = [result.draft.parent / str(one["vault"]) for one in copies if "vault" in one]
        return _Checked(job, outcome, result.records, result.draft, tuple(slots))

    def _seal(self, checked: Sequence[_Checked]) -> None:
        """Move what was sealed into the vault, before a record names it. Raises OutputError."""
        try:
            for slot in (slot for one in checked for slot in one.slots):
                os.replace(slot, self._vault / slot.name)
        except OSError as error:
            raise OutputError(f"cannot write the vault: {error.strerror}") from None

    def _unseal(self, one: _Checked) -> None:
        for slot in one.slots:
            with suppress(OSError):  # what no record names says nothing
                (self._vault / slot.name).unlink()

    @property
    def _vault(self) -> Path:
        return self._settings.log.folder / VAULT

    def _published(self, one: _Checked) -> Outcome:
        if one.draft is None:
            return one.outcome
        try:
            publish_draft(one.draft, one.job.target, below=one.job.out)
        except RedactorError as error:
            return record_failure(one.job, self._settings, error)
        return one.outcome
