"""Characters in a row, none of them of another kind, that a part of a pattern is sure to match."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EVERY", "NONE", "ONE", "CharRun", "fewest"]


@dataclass(frozen=True, slots=True)
class CharRun:
    """What is sure of the characters of one kind in a part of a pattern.

    `whole` says that it matches no others; `head` and `tail` are how many it begins and ends with,
    `length` is the longest row of them, which begins `near` to `far` behind its start.
    """

    whole: bool = True
    head: int = 0
    tail: int = 0
    length: int = 0
    near: int = 0
    far: int = 0

    def before(self, after: CharRun, least: tuple[int, int], most: int, farthest: int) -> CharRun:
        """Return what is sure of two parts in a row: their least widths, the most of this one."""
        tail = self.tail
        joint = (least[0] if self.whole else tail) + after.head
        rows = (
            (joint, 0, 0) if self.whole else (joint, tail - most, least[0] - tail),
            (self.length, -self.far, self.near),
            (after.length, -min(farthest, after.far + most), after.near + least[0]),
        )
        length, far, near = max(rows)
        return CharRun(
            self.whole and after.whole,
            least[0] + after.head if self.whole else self.head,
            least[1] + self.tail if after.whole else after.tail,
            length,
            near,
            min(farthest, -far),
        )


EVERY = CharRun()
"""Nothing at all: no other character is in it."""

ONE = CharRun(whole=True, head=1, tail=1, length=1)
NONE = CharRun(whole=False)


def fewest(ways: list[CharRun]) -> CharRun:
    """Return what is sure of a choice."""
    return CharRun(
        whole=all(one.whole for one in ways),
        head=min(one.head for one in ways),
        tail=min(one.tail for one in ways),
        length=min(one.length for one in ways),
        near=min(one.near for one in ways),
        far=max(one.far for one in ways),
    )
