"""The beginning of a pattern, as far as it is known, with a bound on what a match of it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

__all__ = ["EMPTY", "FLAGS", "MAX_WAYS", "UNKNOWN", "PatternPrefix", "alternation"]

FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.VERSION0
"""The flags to compile `PatternPrefix.source` with."""

# A longer prefix rules out no more and takes longer to compile; a choice of them may be longer.
_MAX_LENGTH = 1_500
_MAX_ALTERNATION = 6_000
MAX_WAYS = 100_000  # some milliseconds for one attempt, at the very worst


@dataclass(frozen=True, slots=True)
class PatternPrefix:
    r"""The source of a prefix in pieces, each with the number of ways it can match at most.

    Of `ab{0,2}(?:c|d)x*` that is `ab{0,2}(?:c|d)` in 1 * 3 * 2 ways: backtracking through it costs
    no more attempts, so it is tried without a timer. A prefix that is `complete` is all of its
    part, so that what follows the part can be appended.
    """

    pieces: tuple[tuple[str, int], ...] = ()
    complete: bool = True
    length: int = 0
    ways: int = 1

    @classmethod
    def of(cls, source: str, ways: int = 1, *, complete: bool = True) -> PatternPrefix:
        """Return a prefix of one piece; an unknown one, if that is too long or costs too much."""
        if not source:
            return cls(complete=complete)
        if len(source) > _MAX_LENGTH or ways > MAX_WAYS:
            return cls(complete=False)
        return cls(((source, ways),), complete, len(source), ways)

    @property
    def source(self) -> str:
        """Return the prefix as a pattern."""
        return "".join(source for source, _ in self.pieces)

    def __add__(self, after: PatternPrefix) -> PatternPrefix:
        """Return this prefix with as many pieces of another behind it as the limits allow."""
        if not self.complete or after is EMPTY:
            return self
        if not self.pieces:
            return after  # within the limits, as it is
        length, ways, taken = self.length, self.ways, list(self.pieces)
        for source, more in after.pieces:
            if length + len(source) > _MAX_LENGTH or ways * more > MAX_WAYS:
                return PatternPrefix(tuple(taken), False, length, ways)  # noqa: FBT003
            taken.append((source, more))
            length, ways = length + len(source), ways * more
        return PatternPrefix(tuple(taken), after.complete, length, ways)


# Of an empty part, and of a part that cannot be written as a prefix.
EMPTY = PatternPrefix()
UNKNOWN = PatternPrefix(complete=False)


def alternation(prefixes: Sequence[PatternPrefix]) -> PatternPrefix:
    """Return a choice of prefixes. It is complete only if all of them are one and the same."""
    distinct = dict.fromkeys(prefixes)
    if len(distinct) == 1:
        return prefixes[0]
    length, ways = sum(one.length for one in distinct), sum(one.ways for one in distinct)
    if not all(one.pieces for one in distinct) or length > _MAX_ALTERNATION or ways > MAX_WAYS:
        return UNKNOWN
    source = f"(?:{'|'.join(dict.fromkeys(one.source for one in distinct))})"
    return PatternPrefix(((source, ways),), False, len(source), ways)  # noqa: FBT003
