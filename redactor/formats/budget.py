"""What a whole tree of documents may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redactor.model import Limits


class TreeBudget:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    @contextmanager
    def deeper(self) -> Iterator[None]:
        yield

    def member(self) -> None: ...

    def unpacked(self, size: int, packed: int) -> None: ...


def unlimited() -> TreeBudget:
    """Return a budget for what is our own: copies that were examined when they were made."""
    return TreeBudget(Limits())
