"""The size of what a PDF unpacks to is counted in bounded work."""

from __future__ import annotations

import zlib

from redactor.formats.pdf.bombs import count_streams


class Tally:
    """A budget that allows fifty pieces."""

    def __init__(self) -> None:
        self.size = self.pieces = 0

    def member(self) -> None:
        pass

    def unpacked(self, size: int, packed: int) -> None:
        del packed
        self.size += size
        self.pieces += 1
        assert self.pieces < 50, "counted without end"


def test_what_follows_a_stream_of_several_pieces_is_not_counted_again_and_again():
    size = 2 << 20
    tally = Tally()
    count_streams(b"<<>>stream\n" + zlib.compress(bytes(size)) + b"\nendstream " * 500, tally)
    assert tally.size == size
