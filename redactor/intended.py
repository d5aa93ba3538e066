"""What a run does: its settings, the start that records them, and the plan."""

from __future__ import annotations

from redactor.audit import RunStart
from redactor.earlier import Earlier
from redactor.errors import ConfigError, DecisionsError
from redactor.opening import Opened, cores
from redactor.pipeline import RunContext
from redactor.pipeline.sharing import LARGE
from redactor.planning import Plan, rest, whole
from redactor.requests import BatchRequest
from redactor.run_records import differences, run_start
from redactor.run_settings import given_decisions, run_context
from redactor.source_files import SourceFiles


class SettingsChanged(ConfigError):
    """A run that shall go on with other settings than those it began with."""

    hint = (
        "Nothing was changed. Give what the run began with, or use --update: it redacts anew "
        "whatever was done under other settings."
    )


def intended(found: Opened) -> tuple[RunContext, RunStart, Plan]:
    """Return what a run does: its settings, the start that records them, and the plan.

    Raises ConfigError for what cannot be obeyed, SettingsChanged, and as `rest` does.
    """
    request, earlier = found.request, found.earlier
    decided = given_decisions(request, found.entries, found.key, earlier, found.begun)
    settings = run_context(request, found.audit, found.key, decided, earlier, found.register)
    start = run_start(settings, decided, request.command, update=request.update and bool(earlier))
    return settings, start, _plan(request, found.entries, settings, start, earlier)


def _plan(
    request: BatchRequest,
    entries: SourceFiles,
    settings: RunContext,
    start: RunStart,
    earlier: Earlier | None,
) -> Plan:
    """Return what is to be done. Raises SettingsChanged, DecisionsError, and as `rest` does."""
    if earlier is None or not (request.resume or request.update):
        return whole(entries)
    if earlier.start.decisions and not request.decisions:
        raise DecisionsError("the last run applied decisions of reviewers: name them again")
    if request.resume and (changes := differences(earlier.start, start, settings.policy)):
        raise SettingsChanged(f"this is not as in the run that did not end: {'; '.join(changes)}")
    return rest(
        entries,
        earlier,
        start=start,
        key=settings.key,
        policy=settings.policy,
        out=request.out,
        resume=request.resume,
    )


def team_size(request: BatchRequest, plan: Plan) -> int:
    """Return how many workers a run has: one a document, and for parts of large ones."""
    parts = sum(1 + size // LARGE for size in plan.jobs.sizes)
    return min(request.workers or cores(), max(1, parts))
