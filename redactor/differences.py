"""Passages that are in two documents of a run and were redacted differently, by their places.

What is hidden in one copy is then shown by the other. A table of keyed digests is all that is held
of the texts: 22 bytes a passage, and at most `MOST`. Of more, those with the lowest digests are
held, in every document the same: then some differences are not seen.

NumPy, a tenth of a second to import, is imported with the second document: one by itself differs
from none.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from redactor.files import create_output
from redactor.model import Passages

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Difference", "DifferenceTable", "Place", "write_differences"]

MOST = 8_000_000
"""Passages that are compared: 176 MB."""

NEAR = 3
"""Lines between two differences of the same two documents that are one."""

LISTED = 10_000
"""Differences in a list; nobody reads more."""

_ROW = [("digest", "u8"), ("state", "u4"), ("line", "u4"), ("part", "u4"), ("document", "u4")]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a copy: the number of a part among all parts, and the line, 0 if unknown."""

    file: str
    part: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Two places with the same passage of the sources, and different copies of it."""

    one: Place
    other: Place


class DifferenceTable:
    """Takes in the passages of documents, in any order."""

    def __init__(self, most: int = MOST) -> None:
        """Begin with none."""
        self._most, self._limit = most, 2**64 - 1
        self._first: tuple[str, Passages] | None = None
        self._rows: list[np.ndarray] = []
        self._count = 0
        self._files: list[str] = []
        self._parts: dict[str, int] = {}
        self._names: list[str] = []

    def add(self, file: str, passages: Passages) -> None:
        """Take in a document, by the name of its copy."""
        if not len(passages):
            return
        if not self._files and self._first is None:
            self._first = file, passages
            return
        if self._first is not None:
            first, self._first = self._first, None
            self._add(*first)
        self._add(file, passages)

    def _add(self, file: str, passages: Passages) -> None:
        import numpy as np

        parts = [self._parts.setdefault(one, len(self._parts)) for one in passages.parts]
        rows = np.empty(len(passages), _ROW)
        rows["digest"] = np.asarray(passages.digests)
        rows["state"], rows["line"] = np.asarray(passages.states), np.asarray(passages.lines)
        rows["part"] = np.asarray(parts)[np.asarray(passages.numbers)]
        rows["document"] = len(self._files)
        self._files.append(file)
        self._rows.append(rows[rows["digest"] <= np.uint64(self._limit)])
        self._count += len(self._rows[-1])
        while self._count > self._most:
            self._limit //= 2
            lowest = np.uint64(self._limit)
            self._rows = [np.concatenate([one[one["digest"] <= lowest] for one in self._rows])]
            self._count = len(self._rows[0])

    def __len__(self) -> int:
        """Return how many passages it holds."""
        return len(self._first[1]) if self._first else self._count

    def differences(self) -> list[Difference]:
        """Return the places with differences, sorted; neighbouring lines are one place."""
        self._names = list(self._parts)
        pairs: dict[tuple[str, str, str, str], list[tuple[int, int]]] = defaultdict(list)
        for one, other in self._pairs():
            pairs[one.file, one.part, other.file, other.part].append((one.line, other.line))
        found = [
            Difference(Place(file, part, line), Place(other, other_part, other_line))
            for (file, part, other, other_part), lines in pairs.items()
            for line, other_line in _apart(sorted(set(lines)))
        ]
        return sorted(found)

    def _pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield each place that differs from most others of its passage, with one of those."""
        for group in self._groups():
            places: dict[int, dict[str, Place]] = defaultdict(dict)
            for row in group:
                place = self._place(row)
                places[int(row["state"])].setdefault(place.file, place)
            usual = max(places, key=lambda state: (len(places[state]), _first(places[state])))
            model = min(places[usual].values())
            for state, by_file in places.items():
                for file, place in by_file.items():
                    if state != usual and file not in places[usual]:
                        yield min(model, place), max(model, place)

    def _groups(self) -> Iterator[np.ndarray]:
        """Yield the rows of each passage that has several states."""
        if not self._rows:
            return
        import numpy as np

        rows = np.sort(np.concatenate(self._rows), order=["digest", "document", "line"])
        starts = np.flatnonzero(np.r_[True, rows["digest"][1:] != rows["digest"][:-1]])
        low = np.minimum.reduceat(rows["state"], starts)
        differ = np.flatnonzero(low != np.maximum.reduceat(rows["state"], starts))
        ends = np.r_[starts[1:], len(rows)]
        yield from (rows[starts[at] : ends[at]] for at in differ)

    def _place(self, row: np.void) -> Place:
        file, part = self._files[row["document"]], self._names[row["part"]]
        return Place(file, part, int(row["line"]))


def _first(places: dict[str, Place]) -> tuple[int, ...]:
    """Return a key that is the greatest for the name that comes first."""
    return tuple(-ord(char) for char in min(places))


def _apart(lines: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield pairs of lines without those that are near the pair before them."""
    before: tuple[int, int] | None = None
    for one in lines:
        near = before and all(abs(a - b) <= NEAR for a, b in zip(before, one, strict=True))
        if not near:
            yield one
        before = one


def write_differences(found: list[Difference], audit: Path) -> Path:
    """Write a list of differences into an audit folder, one a line, and return its path."""
    lines = (json.dumps(asdict(one), separators=(",", ":")) for one in found[:LISTED])
    taken = (audit / f"differences-{number}.jsonl" for number in count(1))
    path = next(path for path in taken if not path.exists())
    create_output(path, "".join(f"{line}\n" for line in lines).encode())
    return path
