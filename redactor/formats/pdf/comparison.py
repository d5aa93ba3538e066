"""The proof that a copy is its source in all but its texts: kept glyphs are where they were."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO

from redactor.errors import OutputError
from redactor.formats.pdf.content import Glyph
from redactor.formats.pdf.document import content_streams
from redactor.formats.pdf.opening import opened
from redactor.model import Seeing

__all__ = ["compare"]

_NEAR = 0.02
"""How far the place of a glyph may differ, in units of the page: a fiftieth of a point."""


def compare(source: BinaryIO, copy: BinaryIO, seeing: Seeing) -> None:
    """Raise OutputError unless the glyphs of a copy are those of its source, in their places."""
    with opened(source, seeing) as before, opened(copy, seeing) as after:
        if len(before.pdf.pages) != len(after.pdf.pages):
            raise OutputError("the draft has another number of pages")
        pairs = zip_longest(content_streams(before), content_streams(after))
        for first, second in pairs:
            if first is None or second is None:
                raise OutputError("the draft has other content streams")
            _compare(first, second)


def _compare(before: list[Glyph], after: list[Glyph]) -> None:
    """Raise OutputError unless each glyph of the copy is one of the source, in the same order."""
    rest = iter(before)
    for glyph in after:
        if glyph.label is None and not _found(glyph, rest):
            raise OutputError("a letter of the draft is not where it was")


def _found(glyph: Glyph, rest: Iterator[Glyph]) -> bool:
    return any(
        one.raw == glyph.raw
        and abs(one.origin.x - glyph.origin.x) < _NEAR
        and abs(one.origin.y - glyph.origin.y) < _NEAR
        for one in rest
    )
