"""The time that the patterns of one detector may take together on one text."""

from __future__ import annotations

from time import monotonic

__all__ = ["TimeBudget"]


class TimeBudget:
    """A deadline `seconds` from now, shared by all patterns that are tried on a text."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, always more than 0. Raises TimeoutError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left
