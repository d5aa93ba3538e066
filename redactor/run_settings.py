"""The settings of a run, as its request and the log of earlier runs have them.

A run that goes on, or that updates what there is, has the key of the log, and seals to the same
keys unless others are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from redactor.audit import AuditLog, LogDamaged, PublicKey, RunStart, check
from redactor.audit.age import recipients
from redactor.audit.folder import VAULT
from redactor.audit.reading import last_head
from redactor.audit.vault import Vault
from redactor.beginning import KEY_FILE
from redactor.config.decisions import load_decisions
from redactor.config.restrictions import on_day
from redactor.decisions.loading import LoadedDecisions, PreviousLog, given
from redactor.detect.coreference.register import Register
from redactor.earlier import Earlier
from redactor.errors import UsageError
from redactor.keys import Key
from redactor.notices import clock_notices, key_notices, policy_notices
from redactor.pipeline import RunContext
from redactor.requests import BatchRequest
from redactor.source_files import SourceFile


def run_key(request: BatchRequest, again: Path | None) -> Key:
    """Return the key of a run: the one that is named, that of a continued log, or a new one."""
    if request.key_file is not None:
        return Key.load(request.key_file)
    if again is not None:
        return Key.load(again / KEY_FILE)
    if request.decisions:
        raise UsageError("decisions hold under the key they were drawn under: name its --key-file")
    return Key.new()


def run_notices(request: BatchRequest, key: Key, again: Path | None) -> list[str]:
    """Return what is odd about a run before it begins; `again` is the log that is continued."""
    last = last_head(again) if again else None
    return [
        *key_notices(key, request.key_file),
        *policy_notices(request.policy),
        *clock_notices(datetime.now(UTC), last.time if last else ""),
    ]


def vault(request: BatchRequest, audit: Path, earlier: Earlier | None) -> Vault | None:
    """Return the vault of a run; a continued log seals to the same keys, if none are named."""
    to = recipients(request.seal_to) if request.seal_to else ()
    for start in earlier.starts if earlier and not to else ():
        to = recipients(start.sealed_to) if start.sealed_to else to
    return Vault(audit / VAULT, to) if to else None


def given_decisions(
    request: BatchRequest,
    entries: Sequence[SourceFile],
    key: Key,
    earlier: Earlier | None,
    begun: Path | None,
) -> LoadedDecisions:
    """Return reviewers' decisions, checked against the log that is continued.

    Raises DecisionsError.
    """
    if not request.decisions:
        return LoadedDecisions()
    files = [load_decisions(path) for path in request.decisions]
    jobs = [one.job for one in entries if not (one.excluded or one.problem)]
    names, shown = [job.name for job in jobs], {job.shown_name: job.name for job in jobs}
    if begun is None or (request.resume and earlier and earlier.number == 0):
        return given(files, key, names, shown=shown)
    if request.resume and earlier:  # `go_on` checks the log once what was torn off is sealed
        previous = PreviousLog.read(begun, key, until=earlier.start.run)
        return given(files, key, names, previous, shown=shown)
    if (report := check(begun, PublicKey.of(key))).damage is not None:
        raise LogDamaged(report.sentence)
    return given(files, key, names, PreviousLog.read(begun, key), shown=shown)


def on_day_of(start: RunStart, request: BatchRequest) -> BatchRequest:
    """Return a request with the day of the run that goes on, unless another one was named."""
    if request.as_of is not None or start.as_of is None:
        return request
    return replace(request, policy=on_day(request.policy, date.fromisoformat(start.as_of)))


def run_context(  # noqa: PLR0913, PLR0917  # what is asked, and what there is
    request: BatchRequest,
    audit: Path,
    key: Key,
    decided: LoadedDecisions,
    earlier: Earlier | None,
    register: Register | None = None,
) -> RunContext:
    """Return what a run applies to every document."""
    first = decided.first
    if earlier and not request.decisions:
        first = earlier.first(resume=request.resume)
    return RunContext(
        request.policy,
        key,
        AuditLog(audit, key),
        request.rules,
        request.encoding,
        decided.rulings,
        first,
        vault(request, audit, earlier),
        register=register,
    )
