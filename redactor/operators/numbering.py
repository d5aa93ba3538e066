"""Numbers for values, in the order of a document."""

from __future__ import annotations

from collections.abc import Iterable


class Numbers:
    """Numbers by entity, in the order of first appearance in a document.

    `taken` are placeholders of the source, whose numbers are not given out again.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._given: dict[tuple[str, str], int] = {}
        self._last: dict[str, int] = {}

    def branch(self, taken: Iterable[str]) -> Numbers:
        """Return a copy that goes on from here, with more numbers taken."""
        branch = Numbers(self._taken.union(taken))
        branch._given, branch._last = dict(self._given), dict(self._last)
        return branch

    def of(self, entity: str, value: str) -> int:
        """Return the number of a value: the one it has, or the next."""
        if (entity, value) not in self._given:
            number = self._last.get(entity, 0) + 1
            while f"{entity}_{number}" in self._taken:
                number += 1
            self._given[entity, value] = self._last[entity] = number
        return self._given[entity, value]
