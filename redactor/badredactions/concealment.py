"""Which glyphs of a painted page nobody sees: a page in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import dist

from redactor.badredactions.boxes import cropped, has_boxes
from redactor.badredactions.finding import Area, Category, Finding
from redactor.badredactions.geometry import (
    Colour,
    Cover,
    Glyph,
    Grid,
    Ground,
    PaintedPage,
    Source,
    bounds,
    contains,
    is_apart,
    size_of,
    text_of,
)
from redactor.badredactions.recognised import FOREIGN, GAP, LETTERS, painted_out

__all__ = ["Seen", "look"]

_COVERED = 7
"""Of the nine points of a glyph: one whose edge looks out from a box is still concealed by it."""

_SAME = 0.05
"""How far two colours differ in one channel at most that no eye tells apart."""

_SCAN = 0.8
"""The part of a page that is covered by the pictures of a scan; text under it was recognised."""

_CATEGORIES = {
    Source.FILL: Category.UNDER_BOX,
    Source.PICTURE: Category.UNDER_PICTURE,
    Source.ANNOTATION: Category.UNDER_ANNOTATION,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as the eye has it: findings, the text that is visible, and whether it has boxes."""

    findings: list[Finding]
    visible: str = field(repr=False)
    has_boxes: bool


@dataclass(slots=True)
class _Group:
    category: Category
    glyphs: list[Glyph] = field(default_factory=list, repr=False)


def look(page: PaintedPage) -> Seen:
    """Return what a page conceals, and what it shows."""
    grid = Grid(page.crop, page.covers)
    is_scan = _is_scan(page)
    verdicts = [(glyph, *_concealed(glyph, page, grid, is_scan=is_scan)) for glyph in page.glyphs]
    verdicts = list(_rendered(verdicts, page, grid, is_scan=is_scan))
    shown = {_place(glyph) for glyph, category, _ in verdicts if category is None and glyph.drawn}
    visible = text_of(glyph for glyph, category, _ in verdicts if category is None)
    groups = _groups(verdicts, shown)
    findings = [one for group in groups if (one := _finding(group, page.number)) is not None]
    findings += _redact_findings(page)
    findings += cropped(page)
    return Seen(findings, visible, has_boxes(page))


def _is_scan(page: PaintedPage) -> bool:
    pictures = [one for one in page.covers if one.source is Source.PICTURE]
    return sum(map(size_of, (one.area for one in pictures))) > _SCAN * size_of(page.crop)


def _place(glyph: Glyph) -> tuple[str, int, int]:
    x, y = glyph.centre
    return glyph.text, round(x / 2), round(y / 2)


_Verdict = tuple[Glyph, Category | None, int]
"""A glyph, how it is concealed, and the number of what covers it."""

_SIGNED = 2.0  # points

_TINY = 0.8  # points: no eye reads letters as small


def _rendered(
    verdicts: Sequence[_Verdict], page: PaintedPage, grid: Grid, *, is_scan: bool
) -> Iterator[_Verdict]:
    """Yield verdicts, with those on words of which the rendered page shows no letter."""
    if page.ground is None:
        yield from verdicts
        return
    words = list(_runs(verdicts))
    open_words = [[one for one, category, _ in word if category is None] for word in words]
    out = painted_out(open_words, page, grid, is_scan=is_scan)
    for number, word in enumerate(words):
        unseen = len(word) >= LETTERS and all(
            _is_unseen(one, page, grid, is_scan=is_scan)
            for one, category, _ in word
            if not category
        )
        new = Category.OVERPAINTED if number in out else Category.UNSEEN
        for glyph, category, order in word:
            is_new = category is None and (unseen or number in out)
            yield glyph, new if is_new else category, order


def _runs(verdicts: Sequence[_Verdict]) -> Iterator[list[_Verdict]]:
    """Yield verdicts by words; what is no letter or digit, alone."""
    word: list[_Verdict] = []
    for one in verdicts:
        glyph = one[0]
        joins = glyph.text.isalnum() and word and not _is_behind_gap(word[-1][0], glyph)
        if word and not joins:
            yield word
            word = []
        word.append(one)
        if not glyph.text.isalnum():
            yield word
            word = []
    if word:
        yield word


def _is_unseen(glyph: Glyph, page: PaintedPage, grid: Grid, *, is_scan: bool) -> bool:
    """Tell whether a glyph is not seen on the rendered page.

    Recognised text is not drawn or lies under the picture of a scan, whose letters it may miss: of
    that, only what is on black. Libraries sign their pages with an invisible line of a point.
    """
    if page.ground is None or glyph.text >= FOREIGN or (not glyph.drawn and glyph.size < _SIGNED):
        return False
    if glyph.drawn and glyph.height < _TINY:
        return True
    found = page.ground(glyph.body)
    pictures = any(one.source is Source.PICTURE for one in grid.at(glyph.centre))
    if pictures and (is_scan or not glyph.drawn):
        return found is Ground.DARK
    return found is not Ground.SEEN


def _concealed(
    glyph: Glyph, page: PaintedPage, grid: Grid, *, is_scan: bool
) -> tuple[Category | None, int]:
    """Return how a glyph is concealed, and the number of what covers it."""
    if glyph.hidden_layer:
        return Category.HIDDEN_LAYER, -1
    if not contains(page.crop, glyph.centre):
        return Category.OUTSIDE_CROP, -1
    if cover := _covering(glyph, grid, is_scan=is_scan):
        return _CATEGORIES[cover.source], cover.order
    if glyph.drawn and glyph.colour is not None:
        background = _background(glyph, grid)
        if background is not None and _same(glyph.colour, background):
            return Category.SAME_COLOUR, -1
    return None, -1


def _covering(glyph: Glyph, grid: Grid, *, is_scan: bool) -> Cover | None:
    """Return the last of the covers that conceal a glyph."""
    covered = 0
    last: Cover | None = None
    for point in glyph.points:
        found: Cover | None = None
        for cover in grid.at(point):
            if cover.order > glyph.order and _conceals(cover, is_scan=is_scan):
                found = cover
        if found is not None:
            covered += 1
            last = found if last is None or found.order > last.order else last
    return last if covered >= _COVERED else None


def _conceals(cover: Cover, *, is_scan: bool) -> bool:
    if cover.rough or not cover.opaque:
        return False
    return not (is_scan and cover.source is Source.PICTURE)


def _background(glyph: Glyph, grid: Grid) -> Colour | None:
    """Return the colour under a glyph, None if it is not known."""
    under: Colour | None = (1.0, 1.0, 1.0)
    for cover in grid.at(glyph.centre):
        if cover.order > glyph.order:
            break
        under = None if cover.rough or not cover.opaque else cover.colour
    return under


def _same(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= _SAME


def _groups(verdicts: Sequence[_Verdict], shown: set[tuple[str, int, int]]) -> Iterator[_Group]:
    """Yield concealed glyphs: those under one box together, others as far as they run on."""
    boxes: dict[int, _Group] = {}
    runs: list[_Group] = []
    run: _Group | None = None
    for glyph, category, order in verdicts:
        if category is None:
            run = None if glyph.text.strip() else run
        elif order >= 0:
            if _place(glyph) not in shown:  # else it is drawn once more, on top
                boxes.setdefault(order, _Group(category)).glyphs.append(glyph)
        else:
            if run is None or run.category is not category or is_apart(run.glyphs[-1], glyph):
                run = _Group(category)
                runs.append(run)
            run.glyphs.append(glyph)
    yield from boxes.values()
    yield from runs


def _is_behind_gap(one: Glyph, other: Glyph) -> bool:
    return is_apart(one, other) or dist(one.end, other.start) > GAP * other.size


def _finding(group: _Group, number: int) -> Finding | None:
    text = text_of(group.glyphs)
    if not any(char.isalnum() or char == "\N{REPLACEMENT CHARACTER}" for char in text):
        return None
    area = bounds([point for glyph in group.glyphs for point in glyph.points])
    count = sum(1 for char in text if not char.isspace())
    return Finding(group.category, count, number, area, text=text)


def _redact_findings(page: PaintedPage) -> Iterator[Finding]:
    for area in page.redact_areas:
        text = text_of(one for one in page.glyphs if contains(area, one.centre))
        picture = any(
            one.source is Source.PICTURE and _meets(one.area, area) for one in page.covers
        )
        count = sum(1 for char in text if not char.isspace())
        if count or picture:
            yield Finding(Category.REDACT_ANNOTATION, count, page.number, area, text=text)


def _meets(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
