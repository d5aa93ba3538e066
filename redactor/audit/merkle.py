"""The Merkle tree of RFC 9162 over SHA-256: roots, and proofs that are short. Pure.

A leaf is hashed with a zero byte before it and a node with a one before its two halves, so that
none can be taken for the other. A tree of `n` leaves splits at the largest power of two below `n`.

`Frontier` is what must be known of a tree to add to it: the roots of its complete subtrees, one
for each bit of its size. Proofs are made from all leaf hashes and checked from a few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

HASH_BYTES = 32  # of SHA-256
# The root of a tree without leaves (RFC 9162, 2.1.1).
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry as a leaf."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node from those of its halves."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Frontier:
    """A growing tree: its size, and the roots of its complete subtrees, largest first."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier of the tree over some leaf hashes."""
        frontier = cls()
        for leaf in leaves:
            frontier.add(leaf)
        return frontier

    def add(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        rest = self.size
        while rest & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            rest >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over some leaf hashes."""
    return Frontier.of(leaves).root()


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that a leaf is in the tree (RFC 9162, 2.1.3.1). O(n) hashes."""
    if not 0 <= index < len(leaves):
        raise IndexError("no such leaf")
    path: list[bytes] = []
    start, end = 0, len(leaves)
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root_of(leaves, middle, end))
            end = middle
        else:
            path.append(_root_of(leaves, start, middle))
            start = middle
    return path[::-1]


def consistency(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """Return the proof that the tree grew from its first `first` leaves (2.1.4.1). O(n) hashes."""
    if not 0 <= first <= len(leaves):
        raise IndexError("no such size")
    if first in (0, len(leaves)):
        return []
    path: list[bytes] = []
    start, end, whole = 0, len(leaves), True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_root_of(leaves, middle, end))
            end = middle
        else:
            path.append(_root_of(leaves, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_root_of(leaves, start, end))
    return path[::-1]


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a proof leads to, or None if it has no such form (2.1.3.2)."""
    if not 0 <= index < size:
        return None
    number, last, result = index, size - 1, leaf
    for node in path:
        if last == 0:
            return None
        if number & 1 or number == last:
            result = node_hash(node, result)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            result = node_hash(result, node)
        number, last = number >> 1, last >> 1
    return result if last == 0 else None


def is_consistent(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Tell whether the tree of `second` leaves begins with that of `first` (2.1.4.2)."""
    if first in (0, second):
        same = first_root == (EMPTY_ROOT if first == 0 else second_root)
        return same and first <= second and not path
    if not 0 < first < second or not path:
        return False
    roots = _roots_of_consistency(first, second, first_root, path)
    return roots == (first_root, second_root)


def _roots_of_consistency(
    first: int, second: int, first_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """Return the old and the new root that a proof leads to, or None if it has no such form."""
    nodes = iter(path if first & (first - 1) else (first_root, *path))
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = next(nodes)
    for node in nodes:
        if last == 0:
            return None
        if number & 1 or number == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, node)
        number, last = number >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)


def _root_of(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    return root(leaves[at] for at in range(start, end))


def in_pieces(data: bytes) -> Iterator[bytes]:
    """Yield the hashes that stand one after another in some bytes; a part of one is left out."""
    pieces = (data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))
    return islice(pieces, len(data) // HASH_BYTES)
