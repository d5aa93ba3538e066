"""What a task does, in a process of an executor: it redacts its documents as the local runner does.

The process starts one supervised worker of `redactor.runners.local` and keeps it for all tasks that
it gets. So the detectors are loaded once, and limits of time and memory, the second attempt and
the reason of a document that is given up are those of the local runner. Whatever is written lands
in a folder of this process alone, below the staging folder: no attempt of a task, late or repeated,
touches the files of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from uuid import uuid4

from redactor.audit import RunStart, document_id
from redactor.audit.staged import StagedRecords
from redactor.decisions.loading import LoadedDecisions
from redactor.errors import ConfigError, OutputError, RedactorError
from redactor.files import PRIVATE_FOLDER
from redactor.model import Job, Outcome, SourcePath
from redactor.pipeline import RunContext, unforeseen
from redactor.process import keep_memory_private
from redactor.run_records import differences, run_start
from redactor.runners.local import Team
from redactor.runners.spark.tasks import Task


class OtherMachine(ConfigError):
    """A machine whose results would be others than those of the driver."""

    hint = "Install the same versions everywhere; of each pair, the first is the driver's."


@dataclass(frozen=True, slots=True)
class Shared:
    """What every task of a run is given: its settings, and the folder for what it makes.

    `start` has the versions and digests of the driver.
    """

    context: RunContext
    start: RunStart
    staging: Path


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of the document of that number, its records, and its draft if there is one.

    Or it is the error for which the task could not go on.
    """

    number: int = -1
    outcome: Outcome | None = None
    records: tuple[bytes, ...] = ()
    draft: Path | None = None
    error: RedactorError | None = None


def results(task: Task, shared: Shared) -> Iterator[Result]:
    """Yield the results of a task's documents. Raises nothing: an error's text may quote."""
    whole = False
    try:
        yield from _team_of(shared).work(task)
        whole = True
    except RedactorError as error:
        yield Result(error=error)
    except Exception as error:  # noqa: BLE001  # what Spark would print
        yield Result(error=unforeseen(error))
    finally:
        if not whole:
            _dismiss()


class _StagedTeam:
    """A local worker whose copies and records land in a folder of this process."""

    def __init__(self, shared: Shared) -> None:
        keep_memory_private()
        self.run = shared.start.run
        self.folder = _own_folder(shared.staging)
        self.records = StagedRecords(self.folder)
        _require_same(shared)
        vault = shared.context.vault
        self.context = replace(
            shared.context,
            log=self.records,
            vault=replace(vault, folder=self.folder) if vault else None,
        )
        self._numbers = count()
        self.team = Team(self.context, 1)
        self.team.__enter__()

    def work(self, task: Task) -> Iterator[Result]:
        numbers = {job.name: number for number, job in task}
        staged = {job.name: self._staged(job) for _, job in task}
        for outcome in self.team.run(staged.values()):
            job = staged[outcome.name]
            yield Result(
                numbers[outcome.name],
                outcome,
                self.records.take(document_id(self.context.key, job.name)),
                job.target if job.target.exists() else None,
            )

    def _staged(self, job: Job) -> Job:
        target = self.folder / f"{next(self._numbers)}.draft"
        at = local_place(job.at) if job.at else None
        return replace(job, target=target, out=self.folder, at=at)


_teams: list[_StagedTeam] = []
"""The one that this process has, if it has one."""


def _team_of(shared: Shared) -> _StagedTeam:
    if _teams and _teams[0].run != shared.start.run:
        _dismiss()
    if not _teams:
        _teams.append(_StagedTeam(shared))
    return _teams[0]


def _dismiss() -> None:
    while _teams:
        _teams.pop().team.__exit__(None, None, None)


def _own_folder(staging: Path) -> Path:
    folder = staging / uuid4().hex
    try:
        folder.mkdir(PRIVATE_FOLDER)
    except OSError as error:
        reason = f"cannot use the staging folder on an executor: {error.strerror}"
        failed = OutputError(reason)
        failed.hint = "SRC and OUT must be on a disk that all machines share, with one user's id."
        raise failed from None
    return folder


def _require_same(shared: Shared) -> None:
    here = run_start(shared.context, LoadedDecisions(), (), update=False)
    if found := differences(shared.start, here, shared.context.policy):
        raise OtherMachine(f"an executor is not as the driver: {'; '.join(found)}")


def local_place(at: SourcePath) -> SourcePath:
    """Return the place of a source as this machine sees it.

    The number of a shared disk (`st_dev`) is each machine's own, that of a folder on it is not.
    """
    with suppress(OSError):  # then it cannot be opened either, which is reported by name
        status = at.folder.stat()
        if status.st_ino == at.inode:
            return replace(at, device=status.st_dev)
    return at
