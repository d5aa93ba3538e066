"""Boxes of ISO/IEC 14496-12: where each is, the numbers in it, and boxes that are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.errors import DamagedDocument

__all__ = ["HEAD", "Box", "Numbers", "Span", "boxes", "written"]

Span = tuple[int, int]

HEAD = 8  # bytes of a box before its content, if its size has 32 bits


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its type, where it begins, and where its content is."""

    kind: bytes
    begin: int
    start: int
    end: int


@dataclass(slots=True)
class Numbers:
    """Reads the fields of a box, one behind the other."""

    data: bytes = field(repr=False)
    at: int
    end: int

    def raw(self, size: int) -> bytes:
        """Return so many bytes. Raises DamagedDocument."""
        if self.at + size > self.end:
            raise DamagedDocument("the HEIF picture is cut off, or a size in it is wrong")
        self.at += size
        return self.data[self.at - size : self.at]

    def take(self, size: int) -> int:
        """Return a number of so many bytes. Raises DamagedDocument."""
        return int.from_bytes(self.raw(size), "big")

    def version(self) -> tuple[int, int]:
        """Return the version and the flags of a full box."""
        both = self.take(4)
        return both >> 24, both & 0xFFFFFF


def boxes(data: bytes, at: int, end: int, *, of_file: bool = False) -> Iterator[Box]:
    """Yield the boxes in a stretch, which they fill. Raises DamagedDocument.

    Only the last box of a file may have the size 0, and reach to its end.
    """
    while at < end:
        head = Numbers(data, at, end)
        size, kind = head.take(4), head.raw(4)
        if size == 1:
            size = head.take(8)
        elif not size and of_file:
            size = end - at
        if not head.at <= at + size <= end:
            raise DamagedDocument("the HEIF picture is cut off, or a size in it is wrong")
        yield Box(kind, at, head.at, at + size)
        at += size


def written(kind: bytes, content: bytes) -> bytes:
    """Return a box with a content."""
    return (HEAD + len(content)).to_bytes(4, "big") + kind + content
