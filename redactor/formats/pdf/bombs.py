"""The size of what a PDF unpacks to, counted before anything else unpacks it.

qpdf unpacks a stream at once. Streams are found in the bytes of the file, so that those
that hold objects are counted too, and those that nothing leads to.
"""

from __future__ import annotations

import re
import zlib

from redactor.errors import LimitExceeded
from redactor.formats.base import Budget

__all__ = ["count_streams"]

_STREAM = re.compile(rb"stream\r?\n(?=[\x08\x18\x28\x38\x48\x58\x68\x78])")
"""The beginning of a stream, and the first byte of what zlib packs."""

_TWICE = re.compile(rb"/Fl(?:ateDecode)?\s*/Fl")

_BEFORE = 1 << 10  # bytes in which the dictionary of a stream is looked for
_PIECE = 1 << 20


def count_streams(data: bytes, budget: Budget) -> None:
    """Count the bytes that each packed stream has. Raises LimitExceeded.

    Pictures are not counted, since they are not unpacked: a blank page has any ratio.
    """
    end = 0
    for found in _STREAM.finditer(data):
        start = found.end()
        if start < end:
            continue
        about = data[max(end, start - _BEFORE) : start]
        about = about[about.rfind(b" obj") + 1 :]
        if _TWICE.search(about):
            raise LimitExceeded("a stream is packed twice")
        if b"/Image" not in about:
            budget.member()
            end = _count(data, start, budget)


def _count(data: bytes, start: int, budget: Budget) -> int:
    """Count one stream; return where it ends, as far as it can be unpacked."""
    unpacker = zlib.decompressobj()
    at = start
    while not unpacker.eof and at < len(data):
        piece = data[at : at + _PIECE]
        at += len(piece)
        packed = len(piece)
        while piece and not unpacker.eof:  # zlib holds on to what follows the end
            try:
                unpacked = unpacker.decompress(piece, _PIECE)
            except zlib.error:
                return start
            piece = unpacker.unconsumed_tail
            budget.unpacked(len(unpacked), packed)
            packed = 0
    return at - len(unpacker.unused_data)
