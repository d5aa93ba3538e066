"""What is painted on a page, in the order of painting: glyphs, and what covers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from math import dist

from redactor.badredactions.finding import Area

__all__ = [
    "Colour",
    "Cover",
    "Glyph",
    "Grid",
    "Ground",
    "PaintedPage",
    "Picture",
    "Point",
    "Source",
    "bounds",
    "contains",
    "inside",
    "intersection",
    "is_apart",
    "size_of",
    "text_of",
]

Point = tuple[float, float]
Colour = tuple[float, float, float]
"""Red, green, blue, each from 0 to 1."""


_BODY = 0.43
"""The height of the points of a glyph, in parts of the font size."""


class Ground(Enum):
    """What is seen at a place: something, or one colour and nothing else."""

    SEEN = auto()
    DARK = auto()
    FLAT = auto()


class Source(Enum):
    """What painted a cover."""

    FILL = auto()
    PICTURE = auto()
    ANNOTATION = auto()


@dataclass(frozen=True, slots=True)
class Cover:
    """A painted area: a polygon, opaque or not; a colour of None is not known.

    A `rough` one has only its bounds: it covers nothing for certain, but whatever is on it has an
    unknown background.
    """

    order: int
    polygon: tuple[Point, ...]
    area: Area
    colour: Colour | None
    source: Source = Source.FILL
    opaque: bool = True
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph with nine points of its body; `drawn` is false for the invisible mode of text.

    `start` and `end` are on the base line.
    """

    order: int
    text: str = field(repr=False)
    start: Point
    end: Point
    points: tuple[Point, ...]
    size: float
    colour: Colour | None
    drawn: bool = True
    hidden_layer: bool = False

    @property
    def body(self) -> tuple[Point, ...]:
        """Return the points of a small letter: its foot, its middle, its top."""
        return (self.start, self.end, *self.points)

    @property
    def height(self) -> float:
        """Return the font size on the page."""
        return dist(self.points[0], self.points[2]) / _BODY

    @property
    def centre(self) -> Point:
        """Return the point in the middle."""
        return self.points[len(self.points) // 2]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is drawn: all of it, and what a clip leaves of it; None if that is nothing."""

    area: Area
    visible: Area | None


@dataclass(frozen=True, slots=True)
class PaintedPage:
    """A page: its visible area, its glyphs, and what is painted beside them.

    `said` is what it says instead of what it shows; `ground` tells what is seen at some points of
    the page where it was rendered, `contrast` how far its pixels differ there.
    """

    number: int
    crop: Area
    glyphs: Sequence[Glyph] = field(repr=False)
    covers: Sequence[Cover] = field(repr=False)
    redact_areas: Sequence[Area] = ()
    said: Sequence[str] = field(default=(), repr=False)
    pictures: Sequence[Picture] = ()
    ground: Callable[[Sequence[Point]], Ground] | None = field(default=None, repr=False)
    contrast: Callable[[Sequence[Point]], int] | None = field(default=None, repr=False)


def bounds(points: Sequence[Point]) -> Area:
    """Return the smallest area that holds some points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def intersection(one: Area, other: Area) -> Area | None:
    """Return what two areas have in common."""
    left, low = max(one[0], other[0]), max(one[1], other[1])
    right, high = min(one[2], other[2]), min(one[3], other[3])
    return (left, low, right, high) if left < right and low < high else None


def size_of(area: Area) -> float:
    """Return the size of an area."""
    return (area[2] - area[0]) * (area[3] - area[1])


def is_apart(one: Glyph, other: Glyph) -> bool:
    """Tell whether two glyphs are on lines apart from each other."""
    return abs(one.centre[1] - other.centre[1]) > 2 * max(one.size, other.size)


def contains(area: Area, point: Point) -> bool:
    """Tell whether a point is in an area."""
    return area[0] <= point[0] <= area[2] and area[1] <= point[1] <= area[3]


def inside(cover: Cover, point: Point) -> bool:
    """Tell whether a point is in what a cover paints (even-odd rule)."""
    if not contains(cover.area, point):
        return False
    if cover.rough or not cover.polygon:
        return True
    x, y = point
    odd = False
    before = cover.polygon[-1]
    for now in cover.polygon:
        if (now[1] > y) != (before[1] > y):
            crossing = now[0] + (y - now[1]) * (before[0] - now[0]) / (before[1] - now[1])
            odd ^= x < crossing
        before = now
    return odd


_GAP = 0.15
"""Of the font size: what is wider is a blank, be there one or not."""


def text_of(glyphs: Iterable[Glyph]) -> str:
    """Return the text of glyphs, with blanks where they are apart."""
    pieces: list[str] = []
    before: Glyph | None = None
    for one in glyphs:
        if before is not None and dist(before.end, one.start) > _GAP * one.size:
            pieces.append(" ")
        pieces.append(one.text)
        before = one
    return "".join(pieces)


_CELL = 36.0
"""Half an inch: some lines of text."""

_CELLS = 64  # in one direction: pages larger than that share their last cells


class Grid:
    """Finds the covers at a point."""

    def __init__(self, page: Area, covers: Sequence[Cover]) -> None:
        """Sort covers into the cells of a page."""
        self._left, self._low = page[0], page[1]
        self._cells: dict[tuple[int, int], list[Cover]] = {}
        for cover in covers:
            left, low = self._cell((cover.area[0], cover.area[1]))
            right, high = self._cell((cover.area[2], cover.area[3]))
            for column in range(left, right + 1):
                for row in range(low, high + 1):
                    self._cells.setdefault((column, row), []).append(cover)

    def _cell(self, point: Point) -> tuple[int, int]:
        column = (point[0] - self._left) / _CELL
        row = (point[1] - self._low) / _CELL
        return int(min(max(column, 0), _CELLS)), int(min(max(row, 0), _CELLS))

    def at(self, point: Point) -> Iterator[Cover]:
        """Yield the covers at a point, in the order of painting."""
        for cover in self._cells.get(self._cell(point), ()):
            if inside(cover, point):
                yield cover
