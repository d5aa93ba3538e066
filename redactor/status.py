"""How far a run is: it goes on, was broken off, or ended. Read from its lock and its log alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from redactor.audit import PublicKey, check, require_begun
from redactor.audit.folder import PUBLIC
from redactor.audit.manifest import LastRun, last_run, manifest_problem
from redactor.audit.run_lock import holder
from redactor.errors import ExitCode, OutputError


class State(Enum):
    """What a run does now, or how it ended."""

    RUNNING = "running"
    BROKEN_OFF = "broken off"
    FINISHED = "finished"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """How far the last run of a log is.

    `process` holds its lock, since when. `run` is None before anything is recorded; where an
    earlier run ended and the next has recorded nothing yet, it is the earlier one. `problem` is
    what is wrong with the log or its manifest, in words.
    """

    audit: Path
    state: State
    process: str = ""
    run: LastRun | None = None
    problem: str = ""

    @property
    def exit_code(self) -> ExitCode:
        """Return 0 for a run that ended and is recorded as it was, else 5."""
        ended = self.state is State.FINISHED and not self.problem
        return ExitCode.DONE if ended else ExitCode.OUTPUT

    @property
    def current(self) -> LastRun | None:
        """Return what the run at hand has recorded, if it has recorded anything."""
        earlier = self.state is State.RUNNING and self.run and self.run.end
        return None if earlier else self.run


def status_of(audit: Path) -> RunStatus:
    """Return how far the last run is that writes, or wrote, to an audit folder.

    Raises OutputError where there is no log, or nothing in it and no run at work.
    """
    process = holder(audit)
    try:
        require_begun(audit)
    except OutputError:
        if process is None:
            raise
        return RunStatus(audit, State.RUNNING, process)
    report = check(audit, PublicKey.load(audit / PUBLIC))
    if report.damage is not None:
        return RunStatus(audit, State.DAMAGED, process or "", problem=report.sentence)
    run = last_run(audit)
    if process is not None:
        return RunStatus(audit, State.RUNNING, process, run)
    state = State.FINISHED if run and run.end else State.BROKEN_OFF
    return RunStatus(audit, state, "", run, manifest_problem(audit) or "")
