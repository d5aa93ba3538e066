"""What every format promises.

A format says which text stands where, and puts edits back into the bytes it came from. It knows
nothing of personal data. Two laws hold for each of them, tested for every row of the table:

1. splicing with no edits gives back the same bytes;
2. reading a spliced copy gives the same segments with exactly the edits applied.

What cannot be examined raises an InputError; it is never passed through in silence.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from redactor.model import Edit, Segment


class Sink(Protocol):
    """Where a spliced copy goes."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an edit landed: character offsets of its replacement in the output, and its line.

    `source` and `target` are the byte spans that the edit replaced and put in their place,
    `removed` is the text that stood there.
    """

    edit: Edit
    start: int
    end: int
    line: int
    source: tuple[int, int]
    target: tuple[int, int]
    removed: str = field(repr=False)


def shifted(placed: Sequence[Placed], segment: int, position: int) -> int:
    """Return where a position of a source, outside the edits, stands in the output."""
    before = bisect_right(
        placed, (segment, position), key=lambda one: (one.edit.segment, one.edit.end)
    )
    last = placed[before - 1] if before else None
    moved = last is not None and last.edit.segment == segment
    return position + last.end - last.edit.end if last is not None and moved else position


class LineEnds:
    """Where the lines of a document end, so that a position tells its line."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        """Look for the ends of lines in the windows of a document."""
        found = {
            (segment.index, segment.offset + match.start())
            for segment in segments
            for match in re.finditer("\n", segment.text)
        }
        self.places = sorted(found)

    def line(self, segment: int, position: int) -> int:
        """Return the number of the line, from 1, that a position stands on."""
        return bisect_left(self.places, (segment, position)) + 1


class Format(ABC):
    """One way to read and rewrite documents. Instances hold settings, never a document."""

    name: str

    def settle(self, source: BinaryIO) -> Format:
        """Return this format with everything made out that a copy must have in common.

        A copy is read as its source was: what its own bytes would suggest may be something else.
        """
        del source
        return self

    @abstractmethod
    def describe(self, source: BinaryIO) -> str:
        """Return what was made out about this document, for the log (a text's encoding)."""

    @abstractmethod
    def read(self, source: BinaryIO) -> Iterator[Segment]:
        """Yield the segments of a document, from its start. Raises InputError."""

    @abstractmethod
    def read_again(self, source: BinaryIO) -> Iterator[Segment]:
        """Yield the segments as another reader than ours sees them, to verify a copy by."""

    @abstractmethod
    def splice(self, source: BinaryIO, edits: Sequence[Edit], sink: Sink) -> Iterator[Placed]:
        """Write the document with the edits applied, and yield where each of them landed.

        `edits` are sorted by segment and start, and do not overlap.
        """
