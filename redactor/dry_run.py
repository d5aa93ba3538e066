"""What a run would do, without writing anything: what is read, what cannot be, how long it takes.

Every document is read to its end, so that what a run could not read is named here as well. Nothing
is detected in them but in a sample, from which the time is estimated: documents in an order that
their names alone decide are redacted in memory for some seconds.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import Unit
from redactor.audit.run_lock import require_free
from redactor.ending import ended
from redactor.errors import ExitCode, PartNotExamined, RedactorError, UsageError, worst
from redactor.files import check_apart, open_source
from redactor.formats.tree import part, root
from redactor.intended import intended, team_size
from redactor.model import Job, Outcome, Status
from redactor.opening import Opened, opened
from redactor.pipeline import MemoryDraft, RunContext, failure, prepare, unforeseen, write
from redactor.pipeline.examination import Found
from redactor.pipeline.media import check_media
from redactor.pipeline.units import Positions, TreeUnits
from redactor.planning import Plan, said_of
from redactor.progress import EACH, Done, Numbered, Started, Watch, unwatched
from redactor.requests import BatchRequest, audit_folder
from redactor.runners.local import Team

_SECONDS = 5.0  # that the sample takes, and what it has in hand then
_LONGEST = 100_000  # characters of a document of the sample: a worker's work for some seconds


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read: its format, and how many bytes and characters it has."""

    job: Job
    format: str
    characters: int

    @property
    def work(self) -> int:
        """Return what it costs, in characters."""
        return self.characters + EACH


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a run takes, and what that rests on: documents of a sample, and their cost."""

    seconds: float
    documents: int
    characters: int
    measured: float
    workers: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do.

    `failed` are documents that it could not examine, as far as that shows without detection, with
    those of the sample. `kept` and `done` count documents that earlier runs did, and `said` are
    sentences about those.
    """

    formats: tuple[tuple[str, int, int], ...]
    failed: tuple[Outcome, ...]
    excluded: int
    withdrawn: int
    documents: int
    bytes: int
    said: tuple[str, ...]
    estimate: Estimate | None
    exit_code: ExitCode


def dry_run(
    request: BatchRequest, *, watch: Watch = unwatched, clock: Callable[[], float] = time.monotonic
) -> Preview:
    """Return what a run of this request would do; nothing is written.

    Raises whatever keeps the run from beginning: UsageError, ConfigError, OutputError.
    """
    if request.resume and request.update:
        raise UsageError("--update goes on with what was broken off as well: leave --resume out")
    audit = audit_folder(request.out)
    check_apart(request.sources, (request.out, audit))
    require_free(audit)
    begun = clock()
    found = opened(request, audit, Team, watch, dry=True)
    if found.ended:
        result = ended(found)
        before = tuple(one for one in result.outcomes if one.code)
        return Preview((), before, 0, 0, 0, 0, result.said, None, result.exit_code)
    settings, _, plan = intended(found)
    analyzer = prepare(settings)
    until = clock() - begun  # what any run takes before its first document
    read, failed = _read_all(found, plan, settings, watch)
    estimate, more = _estimated(read, settings, analyzer, clock)
    if estimate:
        workers = team_size(found.request, plan)
        estimate = replace(estimate, seconds=until + estimate.seconds / workers, workers=workers)
    return _preview(found, plan, read, (*failed, *more), estimate)


def _preview(
    found: Opened,
    plan: Plan,
    read: Sequence[Read],
    failed: Iterable[Outcome],
    estimate: Estimate | None,
) -> Preview:
    shown = {row.name: row.shown for row in found.entries.rows() if row.name != row.shown}
    failures = [replace(one, name=shown.get(one.name, one.name)) for one in failed]
    left_out = sum(1 for one in plan.left_out if one.excluded)
    codes = [one.code for one in (*failures, *plan.done, *plan.kept)]
    return Preview(
        formats=tuple(_by_format(read)),
        failed=tuple(sorted(failures, key=lambda one: one.name)),
        excluded=left_out,
        withdrawn=len(plan.withdrawn),
        documents=len(plan.jobs) + len(plan.left_out) - left_out,
        bytes=sum(plan.jobs.sizes),
        said=tuple(said_of(plan)) if found.goes_on else (),
        estimate=estimate,
        exit_code=worst(codes),
    )


def _by_format(read: Iterable[Read]) -> list[tuple[str, int, int]]:
    """Return each format with the number of its documents and their bytes, by its name."""
    documents: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for one in read:
        documents[one.format] += 1
        size[one.format] += one.job.size
    return [(name, count, size[name]) for name, count in sorted(documents.items())]


def _read_all(
    found: Opened, plan: Plan, settings: RunContext, watch: Watch
) -> tuple[list[Read], list[Outcome]]:
    """Read every document that is to be redacted; return them, and what could not be read."""
    numbers = Numbered(watch, 1, found.entries.numbers())
    watch(Started(len(plan.jobs), sum(plan.jobs.sizes), workers=1))
    read: list[Read] = []
    failed = [
        failure(one.job.name, one.problem)
        for one in plan.left_out
        if one.problem and not one.excluded
    ]
    for job in plan.jobs:
        numbers.begun(1, job)
        before = len(failed)
        failed += _failures(job, settings, read)
        last = failed[-1] if len(failed) > before else None
        if last:
            numbers.done(last, job.size)
        else:
            watch(Done(numbers.of_names[job.name], job.size, "read"))
    return read, failed


def _failures(job: Job, settings: RunContext, read: list[Read]) -> Iterator[Outcome]:
    """Read a document into `read`; yield what of it could not be, as a run would say it."""
    try:
        yield from _read(job, settings, read)
    except RedactorError as error:
        yield failure(job.name, error)
    except Exception as error:  # noqa: BLE001  # one document must not cost the others
        yield failure(job.name, unforeseen(error))


class _Reader(TreeUnits):
    """Reads a tree to its end, and counts its characters."""

    characters = 0

    def unit(self, unit: Unit, name: str, positions: Positions) -> None:  # noqa: ARG002  # counts
        """Count the characters of a unit."""
        self.characters += len(unit.text)

    def names(self, unit: Unit, positions: Positions) -> None:  # noqa: ARG002  # as above
        """Count the characters of names and comments."""
        self.characters += len(unit.text)


def _read(job: Job, settings: RunContext, read: list[Read]) -> Iterator[Outcome]:
    reading, policy = settings.reading(), settings.policy
    with open_source(job.source, policy.limits.file_bytes, job.at) as file:
        node = root(file, job.source.name, reading)
        reader = _Reader(reading)
        reader.examine(node, job.source.name)
    if reader.unexamined:
        first = reader.unexamined[0]
        at = f"member {part(first.path)}: {first.error or first.reason}"
        outcome = failure(job.name, PartNotExamined(at))
        if policy.parts == "refuse":
            yield outcome
            return
        yield replace(outcome, status=Status.PARTIAL)
    check_media(reader.media, policy)
    read.append(Read(job, node.format.name, reader.characters))


def _estimated(
    read: Sequence[Read], settings: RunContext, analyzer: Analyzer, clock: Callable[[], float]
) -> tuple[Estimate | None, list[Outcome]]:
    """Return what one worker takes for all documents, and what of the sample cannot be redacted."""
    begun, sample, failed = clock(), 0, list[Outcome]()
    work = characters = 0
    for one in _sample(read):
        failed += _redacted(one.job, settings, analyzer)
        sample, work, characters = sample + 1, work + one.work, characters + one.characters
        if clock() - begun >= _SECONDS:
            break
    if not sample:
        return None, failed
    measured = clock() - begun
    seconds = measured * sum(one.work for one in read) / work
    return Estimate(seconds, sample, characters, measured, workers=1), failed


def _sample(read: Sequence[Read]) -> list[Read]:
    """Return the documents in the order in which they are tried: by a digest of their names.

    Those that take long are none of it, unless there are no others: then the smallest is.
    """
    short = [one for one in read if one.characters <= _LONGEST]
    if not short:
        return sorted(read, key=lambda one: (one.characters, one.job.name))[:1]
    return sorted(short, key=lambda one: sha256(os.fsencode(one.job.name)).digest())


def _redacted(job: Job, settings: RunContext, analyzer: Analyzer) -> Iterator[Outcome]:
    """Redact a document in memory; yield why it would get no copy, if so."""
    try:
        limit, name = settings.policy.limits.file_bytes, job.source.name
        with open_source(job.source, limit, job.at) as file, Found() as found:
            write(file, name, analyzer, settings.key, MemoryDraft(), found, settings.reading)
    except RedactorError as error:
        yield failure(job.name, error)
    except Exception as error:  # noqa: BLE001  # as in a run
        yield failure(job.name, unforeseen(error))
