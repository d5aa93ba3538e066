"""The files of a run, each in some dozen bytes: there may be millions of them.

What files of one folder share is held once, and of each the name, the size and little more. A
`SourceFile` with its paths is made of it whenever it is asked for.
"""

from __future__ import annotations

import marshal
import pickle
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, overload

from redactor.errors import RedactorError
from redactor.model import Job, SourcePath

__all__ = ["Jobs", "NameIndex", "SourceFile", "SourceFiles"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source: its job, or why it is none."""

    job: Job
    problem: RedactorError | None = None
    excluded: bool = False

    @property
    def is_document(self) -> bool:
        """Tell whether it is to be redacted."""
        return not (self.excluded or self.problem)


@dataclass(frozen=True, slots=True)
class _Root:
    """What files below one folder share: how their paths and names begin, and where it is."""

    source: str
    top: str
    at: SourcePath
    out: Path


class Row(NamedTuple):
    """What most passes over all files ask for: `shown` is the name of the copy."""

    name: str
    shown: str
    size: int
    is_document: bool


_Packed = tuple[int, str, int, bool, str, str, str | None]
"""The number of the root, the path below it, size, excluded, and of the job: shown, convert,
recorded."""


class SourceFiles(Sequence[SourceFile]):
    """Files in the order in which they were added."""

    def __init__(self, entries: Iterable[SourceFile] = ()) -> None:
        """Take in files."""
        self._data = bytearray()
        self._ends = array("Q")
        self.others: list[int] = []  # those of which more is to be said
        self._roots: list[_Root] = []
        self._numbers: dict[_Root, int] = {}
        for one in entries:
            self.append(one)

    def append(self, entry: SourceFile) -> None:
        """Take in one more file."""
        packed = self._packed(entry)
        self._data += marshal.dumps(packed or pickle.dumps(entry), 2)
        if packed is None:
            self.others.append(len(self))
        self._ends.append(len(self._data))

    def _packed(self, entry: SourceFile) -> _Packed | None:
        """Return a file as numbers and texts; None for the few that have more to them."""
        job = entry.job
        if entry.problem or job.archives or job.at is None or job.out is None:
            return None
        inner, source = "/".join(job.at.names), str(job.source)
        cut = len(source) - len(inner), len(job.name) - len(inner)
        base = replace(job.at, names=())
        root = _Root(source[: cut[0]], job.name[: cut[1]], base, job.out)
        number = self._numbers.get(root, len(self._roots))
        about = job.size, entry.excluded, job.shown, job.convert, job.recorded
        packed = number, inner, *about
        if not inner or _job(root, packed) != job:
            return None
        if number == len(self._roots):
            self._numbers[root] = number
            self._roots.append(root)
        return packed

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self._ends)

    @overload
    def __getitem__(self, at: int) -> SourceFile: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[SourceFile]: ...
    def __getitem__(self, at: int | slice) -> SourceFile | Sequence[SourceFile]:
        """Return a file, or some."""
        if isinstance(at, slice):
            return [self[number] for number in range(*at.indices(len(self)))]
        held = self._held(at)
        if isinstance(held, bytes):
            entry: SourceFile = pickle.loads(held)  # noqa: S301  # our own
            return entry
        return SourceFile(_job(self._roots[held[0]], held), None, held[3])

    def _held(self, at: int) -> bytes | _Packed:
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        at %= len(self)
        start = self._ends[at - 1] if at else 0
        held: bytes | _Packed = marshal.loads(self._data[start : self._ends[at]])  # noqa: S302
        return held

    def row(self, at: int) -> Row:
        """Return the row of a file."""
        held = self._held(at)
        if isinstance(held, bytes):
            entry = self[at]
            job = entry.job
            return Row(job.name, job.shown_name, job.size, entry.is_document)
        name = self._roots[held[0]].top + held[1]
        return Row(name, held[4] or name, held[2], not held[3])

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all files."""
        return map(self.row, range(len(self)))

    def numbers(self) -> NameIndex:
        """Return the numbers of files by their names, from 1."""
        return NameIndex(len(self), lambda at: self.row(at).name, first=1)


def _job(root: _Root, packed: _Packed) -> Job:
    """Return the job of a file of which so much is held."""
    _, inner, size, _, shown, convert, recorded = packed
    name = root.top + inner
    return Job(
        Path(root.source + inner),
        Path(root.out, shown or name),
        name,
        at=replace(root.at, names=tuple(inner.split("/"))),
        out=root.out,
        recorded=recorded,
        shown=shown,
        size=size,
        convert=convert,
    )


class Jobs(Sequence[Job]):
    """The jobs of some files, the largest first: none is begun when all others are done."""

    def __init__(self, files: SourceFiles | None = None) -> None:
        """Take the jobs of those files that are documents."""
        self._files = files or SourceFiles()
        rows = enumerate(self._files.rows())
        # One number for size and place: a pair takes three times as much while they are sorted.
        order = sorted((-one.size << 32) + at for at, one in rows if one.is_document)
        self._order = array("L", (one & 0xFFFF_FFFF for one in order))

    def __len__(self) -> int:
        """Return how many jobs there are."""
        return len(self._order)

    @overload
    def __getitem__(self, at: int) -> Job: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Job]: ...
    def __getitem__(self, at: int | slice) -> Job | Sequence[Job]:
        """Return a job, or some."""
        if isinstance(at, slice):
            return [self._files[number].job for number in self._order[at]]
        return self._files[self._order[at]].job

    @property
    def indexes(self) -> list[Job]:
        """Return the indexes of web archives."""
        others = (self._files[at] for at in self._files.others)
        return [one.job for one in others if one.is_document and one.job.archives]

    @property
    def sizes(self) -> Iterator[int]:
        """Yield the sizes of the documents."""
        return (self._files.row(number).size for number in self._order)

    def numbers(self) -> NameIndex:
        """Return the places of jobs by their names, from 0."""
        return NameIndex(len(self), lambda at: self._files.row(self._order[at]).name)


class NameIndex(Mapping[str, int]):
    """Numbers of files by name, in sixteen bytes for each: of names it holds hashes alone."""

    def __init__(self, count: int, name: Callable[[int], str], *, first: int = 0) -> None:
        """Take so many names, which are different, counted from `first`."""
        self._name, self._first = name, first
        hashes = array("q", (hash(name(at)) for at in range(count)))
        self._places = array("L", sorted(range(count), key=hashes.__getitem__))
        self._hashes = array("q", (hashes[at] for at in self._places))

    def __getitem__(self, name: str) -> int:
        """Return the number of a name."""
        sought = hash(name)
        at = bisect_left(self._hashes, sought)
        while at < len(self) and self._hashes[at] == sought:
            if self._name(self._places[at]) == name:
                return self._places[at] + self._first
            at += 1
        raise KeyError

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._hashes)

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return map(self._name, range(len(self)))
