"""The time that the patterns of one detector may take together on one text.

It is processor time: how busy the machine is decides nothing about a document.
"""

from __future__ import annotations

from time import thread_time

__all__ = ["TimeBudget"]


class TimeBudget:
    """A deadline `seconds` of work from now, shared by all patterns that are tried on a text."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = thread_time() + seconds

    def left(self) -> float:
        """Return the seconds left, always more than 0. Raises TimeoutError when there are none."""
        left = self._end - thread_time()
        if left <= 0:
            raise TimeoutError
        return left
