"""How the documents of a run are shared out: into tasks, and tasks into micro-batches. Pure.

A task is what one process does before its results are accepted, so it is what is lost with it. A
micro-batch is what the driver waits for at once, so it is what a killed driver loses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from redactor.model import Job

Numbered: TypeAlias = tuple[int, Job]
"""A document with its number in the plan of the run."""

Task: TypeAlias = tuple[Numbered, ...]

MOST_DOCUMENTS = 64  # of a task; a second of work where each is a line or two
MOST_BYTES = 256 << 10  # of a task's sources, unless one document alone has more; ten seconds
ROUNDS = 4  # tasks for each slot of the cluster in a micro-batch: slow and quick ones even out
AT_ONCE = 1 << 16  # documents in a micro-batch: their records are in the driver's memory, 200 MB


def micro_batches(jobs: Sequence[Job], slots: int) -> Iterator[list[Task]]:
    """Yield tasks, as many at once as keep a cluster of so many slots busy, in order."""
    wanted = max(1, ROUNDS * slots)
    most = max(1, min(MOST_DOCUMENTS, AT_ONCE // wanted, -(-len(jobs) // wanted)))
    every = tasks(list(enumerate(jobs)), most)
    while batch := list(islice(every, wanted)):
        yield batch


def tasks(numbered: Sequence[Numbered], most: int = MOST_DOCUMENTS) -> Iterator[Task]:
    """Yield the documents in order, in groups that are neither many nor large."""
    group: list[Numbered] = []
    size = 0
    for number, job in numbered:
        if group and (len(group) >= most or size + job.size > MOST_BYTES):
            yield tuple(group)
            group, size = [], 0
        group.append((number, job))
        size += job.size
    if group:
        yield tuple(group)


def halves(some: Sequence[Task]) -> tuple[list[Task], list[Task]]:
    """Return the documents of some tasks in two parts, to find the one that fails them."""
    numbered = [one for task in some for one in task]
    middle = len(numbered) // 2
    return list(tasks(numbered[:middle])), list(tasks(numbered[middle:]))
