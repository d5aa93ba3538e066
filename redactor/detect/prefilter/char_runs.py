r"""Runs of characters of one kind (no blanks, or `\w`) that a part of a pattern must match."""

from __future__ import annotations

from dataclasses import dataclass

from redactor.detect.prefilter.factor import UNBOUNDED

__all__ = ["EMPTY_RUN", "NO_RUN", "ONE_CHAR", "CharRun", "fewest"]


@dataclass(frozen=True, slots=True)
class CharRun:
    r"""The characters of one kind in a part: at its `head`, at its `tail`, and longest in a row.

    `whole` says that the part matches characters of this kind only. The longest run has at least
    `length` characters and begins `min_offset` to `max_offset` behind the part's start. In
    `\w{3}-\w{5}`, of word characters: head=3, tail=5, length=5, min_offset=max_offset=4.
    """

    whole: bool = True
    head: int = 0
    tail: int = 0
    length: int = 0
    min_offset: int = 0
    max_offset: int = 0

    def before(self, after: CharRun, min_widths: tuple[int, int], max_width: int) -> CharRun:
        """Return the runs of two parts in sequence, given their widths (the most of this one)."""
        tail = self.tail
        joint = (min_widths[0] if self.whole else tail) + after.head
        runs = (  # length, then the smallest `max_offset`, then the largest `min_offset`
            (joint, 0, 0) if self.whole else (joint, tail - max_width, min_widths[0] - tail),
            (self.length, -self.max_offset, self.min_offset),
            (after.length, -after.max_offset - max_width, after.min_offset + min_widths[0]),
        )
        length, max_offset, min_offset = max(runs)
        return CharRun(
            self.whole and after.whole,
            min_widths[0] + after.head if self.whole else self.head,
            min_widths[1] + self.tail if after.whole else after.tail,
            length,
            min_offset,
            min(UNBOUNDED, -max_offset),
        )


EMPTY_RUN = CharRun()
"""The empty part: it has no character of another kind."""

# One character of the kind, and a part that may hold others.
ONE_CHAR = CharRun(whole=True, head=1, tail=1, length=1)
NO_RUN = CharRun(whole=False)


def fewest(branches: list[CharRun]) -> CharRun:
    """Return the runs that every branch of a choice has."""
    return CharRun(
        whole=all(one.whole for one in branches),
        head=min(one.head for one in branches),
        tail=min(one.tail for one in branches),
        length=min(one.length for one in branches),
        min_offset=min(one.min_offset for one in branches),
        max_offset=max(one.max_offset for one in branches),
    )
