"""What a document and all that comes out of it may ask for, added up over the whole tree.

A bomb is small and unpacks to much, to many, or for ever. Each of the limits stops one kind: bytes
(and their ratio, which stops it earlier), members, depth, and time whatever it is spent on.
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
"""Unpacked bytes up to which no ratio is looked at: a small file of one repeated line has any, and
does no harm. Of larger ones, packed by DEFLATE at level 6, 196 files of 8 MB and more on a Debian
system had 35 at most (pages, programs, libraries), generated logs, tables and XML of one line with
a number that changes 41, rows that are all equal 343, and zeros 1,029."""


class TreeBudget:
    """Counts what a tree of documents asks for, and raises LimitExceeded, which names the limit.

    One budget serves one walk over one tree; a second walk needs a new one.
    """

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = monotonic) -> None:
        """Begin to count, and the time with it."""
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
        """Count bytes that came out of a container, of so many packed ones (as they come)."""
        self._unpacked += size
        self._packed += packed
        if self._unpacked > self._limits.tree_bytes:
            raise _exceeded("tree_bytes", f"more than {self._limits.tree_bytes} bytes unpacked")
        if self._unpacked > max(UNSUSPICIOUS, self._limits.ratio * self._packed):
            raise _exceeded("ratio", f"unpacks to more than {self._limits.ratio} times its size")
        self.check_time()

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one more level for as long as it is open."""
        if self._depth >= self._limits.depth:
            raise _exceeded("depth", f"more than {self._limits.depth} containers in each other")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def check_time(self) -> None:
        """Raise LimitExceeded once the time is over."""
        if self._clock() > self._end:
            raise _exceeded("tree_seconds", f"took more than {self._limits.tree_seconds:g} seconds")


def _exceeded(limit: str, what: str) -> LimitExceeded:
    return LimitExceeded(f"a container and what is in it: {what} (limit `{limit}`)")


def unlimited() -> TreeBudget:
    """Return a budget for what is our own: copies that were examined when they were made."""
    most = sys.maxsize
    limits = Limits(tree_bytes=most, members=most, depth=DEEPEST, ratio=most, tree_seconds=inf)
    return TreeBudget(limits)
