"""The leaf hashes of a log's lines, as `leaves.bin` should hold them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from redactor.audit.folder import LONGEST_LINE, lines, open_to_read
from redactor.audit.heads import TORN
from redactor.audit.merkle import HASH_BYTES, in_pieces, leaf_hash


@dataclass(frozen=True, slots=True)
class Leaves:
    """The hashes of the lines that have an end, joined, and the length of what has none."""

    leaves: bytes
    rest: int

    @property
    def size(self) -> int:
        """Return how many there are."""
        return len(self.leaves) // HASH_BYTES

    def hashes(self) -> list[bytes]:
        """Return them one by one."""
        return list(in_pieces(self.leaves))


def leaves_of(folder: Path, length: int, torn: frozenset[int]) -> Leaves:
    """Return the leaves of the first `length` bytes of a log; `torn` lines are sealed as such."""
    leaves, rest = bytearray(), 0
    with open_to_read(folder) as file:
        for number, line in enumerate(lines(file, length)):
            if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
                rest = len(line)
                break
            entry = line.removesuffix(b"\n")
            leaves += leaf_hash(TORN + entry if number in torn else entry)
    return Leaves(bytes(leaves), rest)
