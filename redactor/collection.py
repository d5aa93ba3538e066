"""The people of a collection, by a first pass over its documents, before any copy is written.

A document that cannot be examined tells nothing here; the second pass names it, with the reason.
The people, and what is said of them, do not depend on the number of workers nor on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from redactor.detect.coreference.register import Register, RegisterBuilder
from redactor.keys import Key
from redactor.model import AllowedPerson, Job, Outcome
from redactor.source_files import Jobs, SourceFiles
from redactor.subjects import checked

__all__ = ["Collection", "census_jobs", "collected"]


def census_jobs(entries: SourceFiles) -> tuple[int, Iterator[Job]]:
    """Return the jobs of the first pass, the largest first, as in the second, and their number."""
    jobs = Jobs(entries)
    return len(jobs), (replace(job, census=True) for job in jobs)


@dataclass(frozen=True, slots=True)
class Collection:
    """The people of a collection, and what is said of the first pass."""

    register: Register
    said: tuple[str, ...]


def collected(
    outcomes: Iterable[Outcome], key: Key, subjects: Sequence[AllowedPerson]
) -> Collection:
    """Return the people whom documents name.

    Raises UsageError where one of the `subjects`, who are kept, can be several people.
    """
    start = monotonic()
    builder, documents, failed = RegisterBuilder(), 0, 0
    for one in outcomes:
        builder.add(one.census)
        documents += 1
        failed += bool(one.code)
    notes = tuple(checked(subjects, builder))
    register = builder.made(key)
    seconds = monotonic() - start
    said = (
        f"linked: {register.count:,} people, from {documents - failed:,} documents in "
        f"{seconds:.1f} seconds before the first copy"
    )
    return Collection(register, (said, *notes))
