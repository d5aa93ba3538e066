"""What a run finds when it begins: its documents, its key, the people in them, and earlier runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from redactor.audit import AuditLog
from redactor.beginning import OutputRemains, check_unused, is_begun
from redactor.collection import Collection, census_jobs, collected
from redactor.detect.coreference.register import Register
from redactor.earlier import Earlier, earlier_runs
from redactor.errors import UsageError
from redactor.files import check_empty
from redactor.formats import check_encoding
from redactor.formats.libreoffice import check_libreoffice
from redactor.formats.ocr import check_ocr
from redactor.indexes import with_archives
from redactor.keys import Key
from redactor.model import Outcome
from redactor.naming import named, with_new_suffixes
from redactor.pipeline import RunContext
from redactor.progress import Gathered, Watch
from redactor.requests import BatchRequest
from redactor.run_settings import on_day_of, run_key
from redactor.source_files import SourceFiles
from redactor.sources import listed
from redactor.used_output import existing
from redactor.working import MakeTeam


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run finds when it begins: its documents, its key, and what earlier runs did.

    `begun` is the audit folder, if a run recorded something there; `people` are those of all
    documents, where the policy links them.
    """

    request: BatchRequest
    audit: Path
    entries: SourceFiles
    key: Key
    earlier: Earlier | None
    begun: Path | None
    people: Collection | None = None

    @property
    def register(self) -> Register | None:
        """Return the people of all documents, where the policy links them."""
        return self.people.register if self.people else None

    @property
    def ended(self) -> bool:
        """Tell whether a run shall go on that ended."""
        return bool(self.request.resume and self.earlier and self.earlier.ended)

    @property
    def goes_on(self) -> bool:
        """Tell whether what earlier runs did is left alone."""
        return bool(self.earlier and (self.request.resume or self.request.update))


def opened(
    request: BatchRequest, audit: Path, team: MakeTeam, watch: Watch, *, dry: bool = False
) -> Opened:
    """Return what a run finds. Raises UsageError, ConfigError, and OutputError for a used OUT.

    The `team` reads documents for their people. What a run left that was killed before its first
    record is cleared away, unless this is `dry`.
    """
    entries = discover(request)
    begun = is_begun(audit)
    if not begun:
        _require_unused(request, audit, dry=dry)
    elif not (request.decisions or request.resume or request.update):
        raise existing(request, entries, audit)
    key = run_key(request, audit if begun else None)
    earlier = earlier_runs(audit, key) if begun else None
    if earlier is None and begun:
        check_empty(request.out)
    if request.resume and earlier:
        request = on_day_of(earlier.start, request)
    people = None
    if request.policy.link != "document":
        log = AuditLog(audit, key)
        settings = RunContext(request.policy, key, log, request.rules, request.encoding)
        size = request.workers or cores()
        people = _collection(settings, entries, size, team, watch)
    register = people.register if people else None
    entries = named(entries, request.policy, request.rules, key, register)
    if request.policy.convert:
        entries = with_new_suffixes(entries)
    entries = with_archives(entries)
    return Opened(request, audit, entries, key, earlier, audit if begun else None, people)


def _require_unused(request: BatchRequest, audit: Path, *, dry: bool) -> None:
    """Raise OutputError unless a run can begin in an OUT that has no log."""
    clear = request.resume or request.update
    if dry and not audit.is_dir():
        check_empty(request.out)
        return
    try:
        check_unused(request.out, audit, clear=clear and not dry)
    except OutputRemains:
        if not (dry and clear):
            raise


def _collection(
    settings: RunContext, entries: SourceFiles, size: int, make_team: MakeTeam, watch: Watch
) -> Collection:
    """Return the people of all documents. Raises UsageError."""
    count, jobs = census_jobs(entries)
    with make_team(settings, min(size, max(1, count))) as team:
        outcomes = _said(team.run(jobs), count, watch)
        return collected(outcomes, settings.key, settings.policy.subjects)


def _said(outcomes: Iterable[Outcome], of: int, watch: Watch) -> Iterator[Outcome]:
    """Yield outcomes, and say how many there were."""
    for number, outcome in enumerate(outcomes, 1):
        watch(Gathered(number, of))
        yield outcome


def discover(request: BatchRequest, *, as_given: bool = False) -> SourceFiles:
    """List every file of the sources, as `listed` does. Raises UsageError."""
    if request.encoding is not None:
        check_encoding(request.encoding)
    if request.policy.seeing.ocr:
        check_ocr(request.policy.seeing.ocr)
    if request.policy.convert:
        check_libreoffice()
        if request.seal_to:
            raise UsageError("what is converted cannot be sealed yet: leave --seal-to or --convert")
    return listed(request.sources, request.out, as_given=as_given)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
