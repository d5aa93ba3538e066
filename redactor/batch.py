"""A folder, or several: which documents there are, who works on them, and how it ended.

Every document of every source is accounted for: redacted, failed by name and reason, or excluded
(`redactor.sources`). The copies do not depend on the number of workers, nor on who did what.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from redactor.audit.manifest import MANIFEST, write_manifest
from redactor.audit.reading import sealed_lines
from redactor.audit.run_lock import run_lock
from redactor.beginning import KEY_FILE, begin, clear_staging, go_on
from redactor.differences import DifferenceTable
from redactor.ending import end, ended, list_differing, result_of, shown
from redactor.errors import UsageError, worst
from redactor.files import check_apart
from redactor.intended import SettingsChanged, intended, team_size
from redactor.notices import sealed_notice
from redactor.opening import Opened, opened
from redactor.planning import said_of
from redactor.progress import Numbered, Warned, Watch, unwatched
from redactor.proposals.writing import FOLDER, Proposals
from redactor.requests import BatchRequest, BatchResult, audit_folder
from redactor.run_records import run_resume
from redactor.run_settings import run_notices
from redactor.runners.local import Team
from redactor.used_output import OutputExists
from redactor.working import MakeTeam, clear_away, rehearse, work

__all__ = [
    "KEY_FILE",
    "BatchRequest",
    "BatchResult",
    "OutputExists",
    "SettingsChanged",
    "audit_folder",
    "redact_batch",
]


def redact_batch(
    request: BatchRequest, *, watch: Watch = unwatched, team: MakeTeam | None = None
) -> BatchResult:
    """Redact everything in the sources. Raises UsageError, ConfigError or OutputError at the start.

    With decisions, the OUT that they are about is redacted anew, and its log is continued; the
    same holds for a run that is resumed, or an OUT that is updated.

    `watch` is called with what happens, as it happens (`redactor.progress`). `team` makes who does
    the work, from the run's settings and the number of workers: processes here, if unset.
    """
    if request.resume and request.update:
        raise UsageError("--update goes on with what was broken off as well: leave --resume out")
    audit = audit_folder(request.out)
    check_apart(request.sources, (request.out, audit))
    with run_lock(audit):
        clear_staging(audit)
        return _redact_batch(request, audit, watch, team or Team)


def _redact_batch(request: BatchRequest, audit: Path, watch: Watch, team: MakeTeam) -> BatchResult:
    found = opened(request, audit, Team, watch)
    if found.ended and not (audit / MANIFEST).exists():  # it was killed before it was written
        write_manifest(audit)
    result = ended(found) if found.ended else _run(found, watch, team)
    said = (*result.said, *(found.people.said if found.people else ()))
    return replace(result, outcomes=shown(result.outcomes, found.entries), said=said)


def _run(found: Opened, watch: Watch, make_team: MakeTeam) -> BatchResult:
    request, audit, key, earlier = found.request, found.audit, found.key, found.earlier
    notices = run_notices(request, key, found.begun)
    for notice in notices:
        watch(Warned(notice))
    sealed = sealed_lines(audit) if found.begun else 0
    settings, start, plan = intended(found)
    if request.propose:
        run = earlier.start.run if earlier and request.resume else start.run
        settings = replace(settings, proposals=Proposals(audit / FOLDER, run))
    if plan.is_empty and request.update:
        return result_of(plan, (), audit, said=tuple(said_of(plan)))
    size = team_size(request, plan)
    record = replace(start, workers=size, planned=plan.planned)
    needed = plan.jobs or not earlier
    with make_team(settings, size) if needed else nullcontext() as team:
        # Nothing is created before the detectors could be loaded.
        rehearse(plan.jobs, settings, team, whole=found.begun is None)
        if found.begun is None:
            begin(request.out, settings, record, key_file=request.key_file)
        elif request.resume and earlier:
            record = replace(record, run=earlier.start.run)
            go_on(request.out, settings, run_resume(record))
        else:
            go_on(request.out, settings, record)
        if earlier and found.goes_on:
            clear_away(plan, settings, earlier)
        table = DifferenceTable()
        numbers = Numbered(watch, size, found.entries.numbers())
        outcomes = work(plan, settings, team, numbers, table)
        problems = end(record.run, settings, plan, outcomes)
    differing = list_differing(table, audit, problems, before=len(plan.done) + len(plan.kept))
    for notice in sealed_notice(sealed_lines(audit) - sealed):
        notices.append(notice)
        watch(Warned(notice))
    made = None if found.begun or request.key_file else audit / KEY_FILE
    said = (*said_of(plan), *differing) if found.goes_on else differing
    result = result_of(plan, outcomes, audit, said=said)
    code = worst((result.exit_code, *(one.exit_code for one in problems)))
    return replace(
        result, key_made=made, problems=tuple(problems), notices=tuple(notices), exit_code=code
    )
