"""The passages of a document, by which the same ones in other documents are known."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of a document, row by row.

    Of each its keyed digest, a sum of what was removed from it (0: nothing), its line in the copy
    (0 where there are none), and the number of its part among `parts`.
    """

    digests: array[int] = field(default_factory=lambda: array("Q"), repr=False)
    states: array[int] = field(default_factory=lambda: array("I"), repr=False)
    lines: array[int] = field(default_factory=lambda: array("I"), repr=False)
    numbers: array[int] = field(default_factory=lambda: array("I"), repr=False)
    parts: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.digests)
