"""A folder, or several: which documents there are, who works on them, and how it ended.

Every document of every source is accounted for: redacted, failed by name and reason, or excluded
by the user's own list (`.redactorignore` in a source folder: patterns of names, one a line, `#`
begins a comment). The copies do not depend on the number of workers, nor on who did what.
"""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
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
from redactor.audit.folder import LOG, VAULT
from redactor.audit.vault import Vault
from redactor.config.decisions import load_decisions
from redactor.config.listing import joined_problems
from redactor.config.rules import bundled_rules
from redactor.decisions.loading import LoadedDecisions, PreviousLog, given
from redactor.detect.ner.models import describe_model
from redactor.errors import (
    DecisionsError,
    ExitCode,
    InputError,
    RedactorError,
    UsageError,
    worst,
)
from redactor.files import (
    PRIVATE_FOLDER,
    check_apart,
    check_empty,
    leaves_tree,
    make_folder,
    tree_digest,
    walk,
)
from redactor.formats import check_encoding
from redactor.keys import Key
from redactor.model import Job, Outcome, Policy, Status
from redactor.pipeline import RunContext, failure
from redactor.runners.local import Team

IGNORE_FILE = ".redactorignore"
KEY_FILE = "key"


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
    """How a run ended: every document's outcome by name, and where the audit and the key are."""

    outcomes: tuple[Outcome, ...]
    audit: Path
    key_made: Path | None
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source: its job, or why it is none."""

    job: Job
    problem: RedactorError | None = None
    excluded: bool = False


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
    entries = discover(request)
    audit = audit_folder(request.out)
    check_apart(request.sources, (request.out, audit))
    again = bool(request.decisions) and (audit / LOG).is_file()
    for folder in () if again else (request.out, audit):
        check_empty(folder)
    key = _key(request, audit if again else None)
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
        run = _begin(request, settings, _run_start(request, settings, size, decided), again=again)
        outcomes = _work(entries, settings, team, progress)
        code = worst(outcome.code for outcome in outcomes)
        settings.log.append([_run_end(run, outcomes, code)])
    key_made = None if again or request.key_file else audit / KEY_FILE
    return BatchResult(outcomes, audit, key_made, code)


def _key(request: BatchRequest, again: Path | None) -> Key:
    """Return the key of a run: the one that is named, that of a continued log, or a new one."""
    if request.key_file is not None:
        return Key.load(request.key_file)
    if again is not None:
        return Key.load(again / KEY_FILE)
    if request.decisions:
        raise UsageError("decisions hold under the key they were drawn under: name its --key-file")
    return Key.new()


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
    return given(files, key, names, PreviousLog.read(again) if again is not None else None)


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
    audit, key = settings.log.folder, settings.key
    if not again:  # the log's folder first: without it nothing could say how far a run came
        make_folder(audit, mode=PRIVATE_FOLDER)
        make_folder(request.out)
    if settings.vault:
        make_folder(settings.vault.folder, mode=PRIVATE_FOLDER)
    if again:
        AuditLog.open(audit, key).append([start])
        return start.run
    if request.key_file is None:
        key.save(audit / KEY_FILE)
    AuditLog.create(audit, key).append([start])
    return start.run


def discover(request: BatchRequest) -> list[SourceFile]:
    """List every file of the sources. Raises UsageError for sources that make no sense."""
    if request.encoding is not None:
        check_encoding(request.encoding)
    for source in request.sources:
        if not source.exists():
            raise UsageError(f"{source} does not exist")
    several_sources = len(request.sources) > 1
    entries = [
        entry for source in request.sources for entry in _entries(source, request, several_sources)
    ]
    names = Counter(entry.job.name for entry in entries)
    if twice := [name for name, count in names.items() if count > 1]:
        raise UsageError(f"several sources have a file {twice[0]}")
    return entries


def _entries(source: Path, request: BatchRequest, several_sources: bool) -> Iterator[SourceFile]:
    if not source.is_dir():
        yield SourceFile(Job(source, request.out / source.name, source.name))
        return
    patterns = _patterns(source / IGNORE_FILE)
    for path in walk(source):
        inner = path.relative_to(source)
        shown = Path(source.resolve().name, inner) if several_sources else inner
        job = Job(path, request.out / shown, shown.as_posix())
        if inner.as_posix() == IGNORE_FILE:
            continue
        yield SourceFile(job, _problem(path, source), any(_matches(inner, p) for p in patterns))


def _matches(inner: Path, pattern: str) -> bool:
    """Tell whether a pattern means a file: its name, its path, or (`drafts/`) a folder above it."""
    if pattern.endswith("/"):
        return any(_matches(parent, pattern[:-1]) for parent in inner.parents[:-1])
    return fnmatch(inner.as_posix(), pattern) or fnmatch(inner.name, pattern)


def _patterns(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"cannot read {path}") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _problem(path: Path, source: Path) -> RedactorError | None:
    if path.is_dir():
        return InputError("a folder that could not be read, or a link to one; not followed")
    if leaves_tree(path, source):
        return InputError("a link that leaves the source folder; not followed")
    return None


def _work(
    entries: Sequence[SourceFile],
    settings: RunContext,
    team: Team,
    progress: Callable[[int, int], None],
) -> tuple[Outcome, ...]:
    left_out = [entry for entry in entries if entry.excluded or entry.problem]
    for entry in left_out:  # the copy of an earlier run
        entry.job.target.unlink(missing_ok=True)
    settings.log.append([_left_out(entry, settings.key) for entry in left_out])
    outcomes = [
        Outcome(entry.job.name, Status.EXCLUDED)
        if entry.excluded or entry.problem is None
        else failure(entry.job.name, entry.problem)
        for entry in left_out
    ]
    jobs = [entry.job for entry in entries if not (entry.excluded or entry.problem)]
    progress(len(outcomes), len(entries))
    for outcome in team.run(jobs):
        outcomes.append(outcome)
        progress(len(outcomes), len(entries))
    return tuple(sorted(outcomes, key=lambda outcome: outcome.name))


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
    request: BatchRequest, settings: RunContext, workers: int, decided: LoadedDecisions
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
