"""The time that the patterns of one detector may take together on one text.

It is processor time: how busy the machine is decides nothing about a document.
"""

from __future__ import annotations

from time import monotonic, thread_time

__all__ = ["TimeBudget"]

# Seconds by the clock for which a reading of the processor time holds, and so the most that a
# deadline is missed by. Each reading is a call of the system: they took a twelfth of a redaction.
_HOLDS = 0.01


class TimeBudget:
    """A deadline `seconds` of work from when it is first asked.

    It is shared by all patterns that are tried on a text.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds
        self._end: float | None = None
        self._asked_again = 0.0

    def left(self) -> float:
        """Return the seconds left, always more than 0. Raises TimeoutError when there are none."""
        now = monotonic()
        if now >= self._asked_again:
            self._left = self._read()
            self._asked_again = now + _HOLDS
        if self._left <= 0:
            raise TimeoutError
        return self._left

    def _read(self) -> float:
        """Return the seconds left, by the time that this thread has worked."""
        worked = thread_time()
        if self._end is None:
            self._end = worked + self.seconds
        return self._end - worked
