"""Words of the text layer of a scan that its picture does not show: they were painted over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import dist
from statistics import median

from redactor.badredactions.geometry import (
    Glyph,
    Grid,
    Ground,
    PaintedPage,
    Point,
    Source,
    is_apart,
)

__all__ = ["FOREIGN", "GAP", "LETTERS", "painted_out"]

FOREIGN = "\u0250"
"""The first character that is not Latin: a font that is not in the file may be missing here too."""

GAP = 0.25
"""Of the font size: what begins behind more is another word, be there a blank or not."""

LETTERS = 3
"""A word of fewer letters may be a sign whose ink is elsewhere in its place: a dot, a dash."""

_ALIGNED = 0.6
"""Of recognised words as many show ink, and of the gaps between as many none, if all lie right."""

_ENOUGH = 5  # such words: fewer do not tell whether they lie where the scan has them


def painted_out(
    words: Sequence[Sequence[Glyph]], page: PaintedPage, grid: Grid, *, is_scan: bool
) -> frozenset[int]:
    """Return the recognised words at whose place the picture has one colour and nothing else.

    None where the text layer does not lie upon the words of the scan, as older programs leave it.
    """
    assert page.ground is not None  # noqa: S101  # for the types
    seen: list[Sequence[Glyph]] = []
    even: set[int] = set()
    for number, glyphs in enumerate(words):
        if len(glyphs) < LETTERS or not _is_recognised(glyphs, grid, is_scan=is_scan):
            continue
        if page.ground([point for one in glyphs for point in one.body]) is Ground.SEEN:
            seen.append(glyphs)
        elif glyphs[0].text < FOREIGN:
            even.add(number)
    is_seen = len(seen) >= _ENOUGH and len(seen) >= _ALIGNED * (len(seen) + len(even))
    return frozenset(even) if even and is_seen and _lie_right(seen, page) else frozenset()


def _lie_right(words: Sequence[Sequence[Glyph]], page: PaintedPage) -> bool:
    """Tell whether words lie where the scan has them: there is less ink between them."""
    assert page.contrast is not None  # noqa: S101  # for the types
    inks = [page.contrast([point for one in word for point in one.body]) for word in words]
    gaps = [page.contrast(gap) < median(inks) / 2 for gap in _gaps(words)]
    return sum(gaps) >= _ALIGNED * max(len(gaps), 1)


def _gaps(words: Sequence[Sequence[Glyph]]) -> Iterator[list[Point]]:
    """Yield the middles of the gaps between words that follow each other on a line."""
    for one, other in pairwise(words):
        last, first = one[-1], other[0]
        width = dist(last.end, first.start)
        if is_apart(last, first) or not GAP / 2 * last.size < width < 2 * last.size:
            continue
        up = last.points[-1][0] - last.points[-3][0], last.points[-1][1] - last.points[-3][1]
        feet = [_between(last.end, first.start, part) for part in (0.3, 0.7)]
        yield [*feet, *((x + up[0], y + up[1]) for x, y in feet)]


def _between(one: Point, other: Point, part: float) -> Point:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part


def _is_recognised(glyphs: Sequence[Glyph], grid: Grid, *, is_scan: bool) -> bool:
    """Tell whether glyphs are a word of a text layer, behind a picture or not drawn on it."""
    return all(
        (is_scan or not one.drawn)
        and any(cover.source is Source.PICTURE for cover in grid.at(one.centre))
        for one in glyphs
    )
