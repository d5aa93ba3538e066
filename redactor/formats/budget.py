"""The resources of a document and of all that is unpacked from it, summed over the whole tree.

A decompression bomb is a small file that unpacks to too many bytes or members, or endlessly. Each
limit stops one kind: bytes (and their ratio, which stops it earlier), members, depth, and time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic

from redactor.errors import LimitExceeded
from redactor.model import DEEPEST, Limits

UNSUSPICIOUS = 32 << 20
"""Unpacked bytes up to which the ratio is not limited: a small file of one repeated line may have
any, and does no harm. The ratios of larger files by DEFLATE at level 6 were: 35 at most for 196
files of 8 MB and more on a Debian system (pages, programs, libraries); 41 for generated logs,
tables and XML of one line with a changing number; 343 for rows that are all equal; 1,029 for
zeros."""


class TreeBudget:
    """Counts the resources that a tree uses, and raises LimitExceeded, which names the limit.

    One budget serves one walk over one tree; a second walk needs a new one.
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = monotonic) -> None:
        """Start at zero; the time starts now."""
        self._limits, self._clock = limits, clock
        self._end = clock() + limits.tree_seconds
        self._members = self._unpacked = self._packed = self._depth = 0

    def member(self) -> None:
        """Count one more member."""
        self._members += 1
        if self._members > self._limits.members:
            raise _exceeded("members", f"more than {self._limits.members} members")
        self.check_time()

    def unpacked(self, size: int, packed: int) -> None:
        """Count `size` bytes that were decompressed from `packed` ones, as they are read."""
        self._unpacked += size
        self._packed += packed
        if self._unpacked > self._limits.tree_bytes:
            raise _exceeded("tree_bytes", f"more than {self._limits.tree_bytes} bytes unpacked")
        if self._unpacked > max(UNSUSPICIOUS, self._limits.ratio * self._packed):
            raise _exceeded("ratio", f"unpacks to more than {self._limits.ratio} times its size")
        self.check_time()

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one more level of depth while the context is open."""
        if self._depth >= self._limits.depth:
            raise _exceeded("depth", f"more than {self._limits.depth} containers in each other")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def check_time(self) -> None:
        """Raise LimitExceeded if the time is over."""
        if self._clock() > self._end:
            raise _exceeded("tree_seconds", f"took more than {self._limits.tree_seconds:g} seconds")


def _exceeded(limit: str, what: str) -> LimitExceeded:
    return LimitExceeded(f"a container and what is in it: {what} (limit `{limit}`)")


def unlimited() -> TreeBudget:
    """Return a budget without limits, for copies: their sources were within the limits."""
    most = sys.maxsize
    limits = Limits(tree_bytes=most, members=most, depth=DEEPEST, ratio=most, tree_seconds=inf)
    return TreeBudget(limits)
