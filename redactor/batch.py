"""A folder, or several: which documents there are, who works on them, and how it ended.

Every document of every source is accounted for: redacted, failed by name and reason, or excluded
(`redactor.sources`). The copies do not depend on the number of workers, nor on who did what.
"""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

from redactor import __version__
from redactor.audit import (
    AuditLog,
    DocumentRecord,
    LogDamaged,
    PublicKey,
    RunEnd,
    RunStart,
    check,
    document_id,
    from_fields,
    read,
)
from redactor.audit.age import recipients
from redactor.audit.folder import FRONTIER, LOCK, LOG, LOG_FILES, VAULT
from redactor.audit.reading import last_head, sealed_lines
from redactor.audit.run_lock import RUN_LOCK, run_lock
from redactor.audit.vault import Vault
from redactor.config.decisions import load_decisions
from redactor.config.listing import joined_problems
from redactor.config.rules import bundled_rules
from redactor.decisions.loading import LoadedDecisions, PreviousLog, given
from redactor.detect.ner.models import describe_model
from redactor.errors import (
    DecisionsError,
    ExitCode,
    OutputError,
    RedactorError,
    UsageError,
    worst,
)
from redactor.files import (
    PRIVATE_FOLDER,
    check_apart,
    check_empty,
    delete_copy,
    make_folder,
    tree_digest,
)
from redactor.formats import check_encoding
from redactor.keys import Key
from redactor.model import Outcome, Policy, Status
from redactor.notices import clock_notices, key_notices, policy_notices, sealed_notice
from redactor.pipeline import RunContext, failure, record_failure, worsened
from redactor.runners.local import Team
from redactor.sources import SourceFile, listed

KEY_FILE = "key"
BEFORE_RECORDS = frozenset({*LOG_FILES, KEY_FILE})
"""What a run writes into the audit folder before its first record."""


class OutputRemains(OutputError):
    """What is left of a run that was killed as it began."""

    hint = "Nothing was recorded under its key: delete the folder, and run again."


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What is asked of a run. `workers` of None means one for each core.

    `seal_to` are public keys, or files of them, that the vault is encrypted to; there is none
    without.
    """

    sources: tuple[Path, ...]
    out: Path
    policy: Policy
    rules: tuple[Path, ...] = ()
    key_file: Path | None = None
    encoding: str | None = None
    workers: int | None = None
    command: tuple[str, ...] = ()
    decisions: tuple[Path, ...] = ()
    seal_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How a run ended: every document's outcome by name, and where the audit and the key are.

    `problems` are errors that concern the run as a whole, `notices` sentences about what is odd
    though nothing failed: a key that others may read, a clock that is wrong.
    """

    outcomes: tuple[Outcome, ...]
    audit: Path
    key_made: Path | None
    exit_code: ExitCode
    problems: tuple[RedactorError, ...] = ()
    notices: tuple[str, ...] = ()


def audit_folder(out: Path) -> Path:
    """Return the audit folder of an output, which is never published."""
    named = out if out.name not in ("", "..") else out.resolve()
    if not named.name:
        raise UsageError(f"{out} cannot be an output folder")
    return named.with_name(f"{named.name}.audit")


def redact_batch(
    request: BatchRequest, *, progress: Callable[[int, int], None] = lambda *_: None
) -> BatchResult:
    """Redact everything in the sources. Raises UsageError, ConfigError or OutputError at the start.

    With decisions, the OUT that they are about is redacted anew, and its log is continued.

    `progress` is called with how many documents are done, of how many.
    """
    audit = audit_folder(request.out)
    check_apart(request.sources, (request.out, audit))
    with run_lock(audit):
        return _redact_batch(request, audit, progress)


def _redact_batch(
    request: BatchRequest, audit: Path, progress: Callable[[int, int], None]
) -> BatchResult:
    entries = discover(request)
    again = bool(request.decisions) and (audit / LOG).is_file()
    if not again:
        check_empty(request.out)
        _check_unused(audit)
    key = _key(request, audit if again else None)
    notices = _notices(request, key, audit if again else None)
    sealed = sealed_lines(audit) if again else 0
    decided = _decided(request, entries, key, audit if again else None)
    log = AuditLog(audit, key)
    settings = RunContext(
        request.policy,
        key,
        log,
        request.rules,
        request.encoding,
        decided.rulings,
        decided.first,
        _vault(request, audit, again=again),
    )
    size = min(request.workers or _cores(), max(1, len(entries)))
    with Team(settings, size) as team:  # nothing is created before the detectors could be loaded
        _rehearse(entries, settings, team, whole=not again)
        start = _run_start(request, settings, size, decided, planned=len(entries))
        run = _begin(request, settings, start, again=again)
        outcomes = _work(entries, settings, team, progress)
        code = worst(outcome.code for outcome in outcomes)
        problems: list[RedactorError] = []
        try:
            settings.log.append([_run_end(run, outcomes, code)])
        except RedactorError as error:  # what was done is said all the same
            problems.append(error)
            code = worst((code, error.exit_code))
        notices += sealed_notice(sealed_lines(audit) - sealed)
    key_made = None if again or request.key_file else audit / KEY_FILE
    return BatchResult(outcomes, audit, key_made, code, tuple(problems), tuple(notices))


def _check_unused(audit: Path) -> None:
    """Raise OutputError unless an audit folder is empty but for the lock of this run.

    What a run left that was broken off before its first record is named as that.
    """
    names = {path.name for path in audit.iterdir()} - {RUN_LOCK}
    log = audit / LOG
    if names and names <= BEFORE_RECORDS and not (log.is_file() and log.stat().st_size):
        raise OutputRemains(
            f"{audit} holds what is left of a run that was broken off before its first record"
        )
    if names:
        raise OutputError(f"{audit} exists and is not empty; choose another --out")


def _key(request: BatchRequest, again: Path | None) -> Key:
    """Return the key of a run: the one that is named, that of a continued log, or a new one."""
    if request.key_file is not None:
        return Key.load(request.key_file)
    if again is not None:
        return Key.load(again / KEY_FILE)
    if request.decisions:
        raise UsageError("decisions hold under the key they were drawn under: name its --key-file")
    return Key.new()


def _notices(request: BatchRequest, key: Key, again: Path | None) -> list[str]:
    """Return what is odd about a run before it begins; `again` is the log that is continued."""
    last = last_head(again) if again else None
    return [
        *key_notices(key, request.key_file),
        *policy_notices(request.policy),
        *clock_notices(datetime.now(UTC), last.time if last else ""),
    ]


def _vault(request: BatchRequest, audit: Path, *, again: bool) -> Vault | None:
    """Return the vault of a run; a continued log seals to the same keys, if none are named."""
    to = recipients(request.seal_to) if request.seal_to else ()
    if again and not to:
        for record in read(audit):
            if record["type"] == "run-start" and (old := from_fields(RunStart, record).sealed_to):
                to = recipients(old)
    return Vault(audit / VAULT, to) if to else None


def _decided(
    request: BatchRequest, entries: Sequence[SourceFile], key: Key, again: Path | None
) -> LoadedDecisions:
    """Return reviewers' decisions, checked against the log that is continued.

    Raises DecisionsError.
    """
    if not request.decisions:
        return LoadedDecisions()
    files = [load_decisions(path) for path in request.decisions]
    if again is not None and (report := check(again, PublicKey.of(key))).damage is not None:
        raise LogDamaged(report.sentence)
    names = [one.job.name for one in entries if not (one.excluded or one.problem)]
    return given(files, key, names, PreviousLog.read(again, key) if again is not None else None)


def _rehearse(
    entries: Sequence[SourceFile], settings: RunContext, team: Team, *, whole: bool
) -> None:
    """Redact what decisions are about, without any trace, so that none fails later.

    The `whole` batch is rehearsed where only the documents can tell what is removed elsewhere.
    Raises DecisionsError.
    """
    rulings = settings.rulings
    jobs = [
        replace(entry.job, rehearse=True)
        for entry in entries
        if not (entry.excluded or entry.problem)
        if rulings.rows(document_id(settings.key, entry.job.name)) or (whole and rulings.notes)
    ]
    failed = [one.error for one in team.run(jobs) if one.code == ExitCode.CONFIG] if jobs else []
    if failed:
        raise DecisionsError(joined_problems(sorted(failed)))


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(request: BatchRequest, settings: RunContext, start: RunStart, *, again: bool) -> str:
    """Create what a run writes to, or go on with it; record its start, and return its id."""
    log, key = settings.log, settings.key
    if settings.vault and again:
        make_folder(settings.vault.folder, mode=PRIVATE_FOLDER)
    if again:
        AuditLog.open(log.folder, key).append([start])
        return start.run
    with ExitStack() as undo:  # a run that cannot begin leaves nothing that keeps others from it
        make_folder(log.folder, mode=PRIVATE_FOLDER)  # first: nothing else says how far a run came
        for folder, mode in _folders(request, settings):
            make_folder(folder, mode=mode)
            undo.callback(_removed, folder.rmdir)
        if request.key_file is None:
            key.save(log.folder / KEY_FILE)
            undo.callback(_removed, (log.folder / KEY_FILE).unlink)
        for name in (LOCK, FRONTIER):
            undo.callback(_removed, (log.folder / name).unlink)
        AuditLog.create(log.folder, key)
        for name in LOG_FILES:
            undo.callback(_removed, (log.folder / name).unlink)
        log.append([start])
        undo.pop_all()
    return start.run


def _folders(request: BatchRequest, settings: RunContext) -> Iterator[tuple[Path, int]]:
    """Yield the folders of a run, and their modes, but for that of the log."""
    yield request.out, 0o777
    if settings.vault:
        yield settings.vault.folder, PRIVATE_FOLDER


def _removed(remove: Callable[[], None]) -> None:
    with suppress(OSError):
        remove()


def discover(request: BatchRequest) -> list[SourceFile]:
    """List every file of the sources. Raises UsageError for sources that make no sense."""
    if request.encoding is not None:
        check_encoding(request.encoding)
    return listed(request.sources, request.out)


def _work(
    entries: Sequence[SourceFile],
    settings: RunContext,
    team: Team,
    progress: Callable[[int, int], None],
) -> tuple[Outcome, ...]:
    left_out = [entry for entry in entries if entry.excluded or entry.problem]
    outcomes = _leave_out(left_out, settings)
    jobs = {e.job.name: e.job for e in entries if not (e.excluded or e.problem)}
    progress(len(outcomes), len(entries))
    try:
        for outcome in team.run(list(jobs.values())):
            outcomes.append(outcome)
            del jobs[outcome.name]
            progress(len(outcomes), len(entries))
    except RedactorError as error:  # there are no workers any more: the rest is named
        outcomes += [record_failure(job, settings, error) for job in jobs.values()]
    return tuple(sorted(outcomes, key=lambda outcome: outcome.name))


def _leave_out(entries: Sequence[SourceFile], settings: RunContext) -> list[Outcome]:
    """Record what gets no copy, and delete what an earlier run made of it; return the outcomes."""
    outcomes = []
    for entry in entries:
        outcome = Outcome(entry.job.name, Status.EXCLUDED)
        if entry.problem is not None and not entry.excluded:
            outcome = failure(entry.job.name, entry.problem)
        try:
            delete_copy(entry.job.target, below=entry.job.out)
        except RedactorError as error:
            outcome = worsened(outcome, error)
        outcomes.append(outcome)
    try:
        settings.log.append([_left_out(entry, settings.key) for entry in entries])
    except RedactorError as error:
        return [worsened(outcome, error) for outcome in outcomes]
    return outcomes


def _left_out(entry: SourceFile, key: Key) -> DocumentRecord:
    reason = "Excluded" if entry.excluded else type(entry.problem).__name__
    return DocumentRecord(
        document=document_id(key, entry.job.name),
        status=Status.EXCLUDED if entry.excluded else Status.FAILED,
        format="unknown",
        parts_examined=0,
        not_examined=(("document", reason),),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _run_start(
    request: BatchRequest,
    settings: RunContext,
    workers: int,
    decided: LoadedDecisions,
    *,
    planned: int,
) -> RunStart:
    model, model_version, model_digest = describe_model(request.policy.model)
    return RunStart(
        run=uuid4().hex,
        started=_now(),
        tool=__version__,
        policy=request.policy.name,
        policy_digest=_policy_digest(request.policy, settings.key),
        rules_digest=tree_digest((bundled_rules(), *request.rules)),
        model=model,
        model_version=model_version,
        model_digest=model_digest,
        versions=(
            ("faker", version("faker")),
            ("presidio-analyzer", version("presidio-analyzer")),
            ("presidio-anonymizer", version("presidio-anonymizer")),
            ("python", platform.python_version()),
            ("spacy", version("spacy")),
        ),
        key_id=settings.key.id,
        workers=workers,
        command=request.command,
        as_of=request.policy.as_of.isoformat() if request.policy.as_of else None,
        decisions=decided.macs or None,
        round=decided.round or None,
        sealed_to=settings.vault.recipients if settings.vault else None,
        planned=planned,
    )


def _policy_digest(policy: Policy, key: Key) -> str:
    """Return the digest of a policy; a keyed one if it lists terms, so that none can be guessed."""
    private = policy.deny_list.terms or any(one.deny_list for one in policy.recognizers)
    return key.mac("audit policy", policy.digest).hex() if private else policy.digest


def _run_end(run_id: str, outcomes: Sequence[Outcome], code: ExitCode) -> RunEnd:
    documents = Counter(outcome.status.value for outcome in outcomes)
    return RunEnd(
        run=run_id,
        finished=_now(),
        documents=tuple(sorted(documents.items())),
        redactions=sum(count for outcome in outcomes for _, count in outcome.counts),
        exit_code=int(code),
    )
