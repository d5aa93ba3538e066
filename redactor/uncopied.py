"""Documents without a copy: those that are left out, and those whose source is gone.

What an earlier run made of them is deleted before that is recorded: no copy lacks its record.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from redactor.audit import DocumentRecord, document_id
from redactor.errors import RedactorError
from redactor.files import delete_copy
from redactor.model import Outcome, Status
from redactor.pipeline import RunContext, failure, worsened
from redactor.planning import EXCLUDED, Withdrawn, left_out_reason
from redactor.source_files import SourceFile


def leave_out(entries: Sequence[SourceFile], settings: RunContext) -> list[Outcome]:
    """Record what gets no copy, and delete what an earlier run made of it; return the outcomes."""
    outcomes = []
    for entry in entries:
        outcome = Outcome(entry.job.name, Status.EXCLUDED)
        if entry.problem is not None and not entry.excluded:
            outcome = failure(entry.job.name, entry.problem)
        outcomes.append(_deleted(outcome, entry.job.target, entry.job.out))
    records = [
        _without_copy(document_id(settings.key, one.job.name), left_out_reason(one))
        for one in entries
        if left_out_reason(one) != one.job.recorded
    ]
    return _recorded(records, outcomes, settings)


def withdraw(documents: Sequence[Withdrawn], settings: RunContext) -> list[Outcome]:
    """Delete copies whose source is gone, then record that; return the outcomes."""
    outcomes = []
    for one in documents:
        outcome = Outcome(one.name, Status.WITHDRAWN)
        outcomes.append(_deleted(outcome, one.copy, one.out) if one.copy else outcome)
    records = [
        DocumentRecord(one.document, Status.WITHDRAWN, format="unknown", parts_examined=0)
        for one in documents
    ]
    return _recorded(records, outcomes, settings)


def _deleted(outcome: Outcome, copy: Path, out: Path | None) -> Outcome:
    try:
        delete_copy(copy, below=out)
    except RedactorError as error:
        return worsened(outcome, error)
    return outcome


def _recorded(
    records: Sequence[DocumentRecord], outcomes: list[Outcome], settings: RunContext
) -> list[Outcome]:
    try:
        settings.log.append(records)
    except RedactorError as error:
        return [worsened(outcome, error) for outcome in outcomes]
    return outcomes


def _without_copy(document: str, reason: str) -> DocumentRecord:
    return DocumentRecord(
        document=document,
        status=Status.EXCLUDED if reason == EXCLUDED else Status.FAILED,
        format="unknown",
        parts_examined=0,
        not_examined=(("document", reason),),
    )
