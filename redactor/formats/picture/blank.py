"""Boxes that grow into blank space, so that their sizes tell little of what they cover.

A box becomes one of few heights, and as wide as one of few steps of that height, as far as nothing
is in its way; where neighbours are close it reaches from one to the other, and tells no more
than where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from redactor.formats.ocr import Box, Labelled

__all__ = ["grown"]

_CONTRAST = 48
"""How far a pixel is from paper that is ink: the noise of JPEG and of scans is less."""

_RING = 3  # pixels around a box whose colours are counted with its own
_HEIGHTS = 3
"""Of heights in an octave: each is 1.26 times the one before, which letters below the line are."""

_WIDTHS = (17, 34, 51)
"""Of boxes, in heights. Names are 2 to 16 heights long, by their letters and the font; so all have
the first. Smaller steps part them: those of a fixed pitch where few names of the others end."""

_LINE, _DEEPEST = 1.7, 1.33
"""Of the height of capitals that a box is high, and that letters with a tail are: so neither its
height nor its place tells whether letters reach below the line."""

_GAP = 6  # of a height that is left between a box and what is beside it
_UPRIGHT = 2.0  # as much higher as wide a box is of words that are written upwards

Colours = NDArray[np.int16]
Pixels = NDArray[np.bool_]


def grown(image: Image.Image, boxes: Sequence[Labelled]) -> list[Labelled]:
    """Return the boxes of a picture that is upright, each as large as blank space lets it be."""
    colours = np.asarray(_opaque(image), dtype=np.int16)
    taken = np.zeros(colours.shape[:2], dtype=bool)
    for one in boxes:
        taken[_slices(one.box)] = True
    found = []
    for one in boxes:
        box = _within(one.box, image.size)
        if box.area:
            sideways = (box.bottom - box.top) > _UPRIGHT * (box.right - box.left)
            box = _sideways(colours, taken, box) if sideways else _grown(colours, taken, box)
            taken[_slices(box)] = True
        found.append(Labelled(box, one.text))
    return found


def _opaque(image: Image.Image) -> Image.Image:
    """Return a picture in red, green, blue and opacity."""
    return image.convert("RGB" if image.mode == "CMYK" else "RGBA")


def _within(box: Box, size: tuple[int, int]) -> Box:
    return box.common(Box(0, 0, *size))


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(max(0, box.top), max(0, box.bottom)), slice(max(0, box.left), max(0, box.right))


def _sideways(colours: Colours, taken: Pixels, box: Box) -> Box:
    """Grow a box of words that are written upwards, as if the picture were turned."""
    turned = Box(box.top, box.left, box.bottom, box.right)
    found = _grown(colours.transpose(1, 0, 2), taken.transpose(), turned)
    return Box(found.top, found.left, found.bottom, found.right)


def _grown(colours: Colours, taken: Pixels, box: Box) -> Box:
    near = 2 * (box.bottom - box.top)  # more than any height that it may come to have
    reach = _WIDTHS[-1] * near
    around = Box(box.left - reach, box.top - near, box.right + reach, box.bottom + near)
    around = _within(around, (taken.shape[1], taken.shape[0]))
    by = around.left, around.top
    own = Box(box.left - by[0], box.top - by[1], box.right - by[0], box.bottom - by[1])
    ink = _ink(colours, around, box)
    first, capitals = _capitals(ink[_slices(own)])
    height = _height(max(own.bottom - own.top, round(_LINE * capitals)))
    top = own.top + first - round(height - _DEEPEST * capitals) // 2
    ink |= taken[_slices(around)]
    wide = _wider(ink, own, height, by[0])
    high = _higher(ink, wide, top, height)
    return Box(high.left + by[0], high.top + by[1], high.right + by[0], high.bottom + by[1])


def _capitals(ink: Pixels) -> tuple[int, int]:
    """Return the first row of letters, and their height down to the line that they stand on.

    There, in the lower half, the ink of a row is much less than that of the row above.
    """
    rows = ink.sum(axis=1)
    some = np.flatnonzero(rows)
    if not len(some):
        return 0, 0
    lower = int(some[0] + some[-1]) // 2
    drops = rows[lower:] - np.append(rows[lower + 1 :], 0)
    return int(some[0]), int(np.argmax(drops)) + lower + 1 - int(some[0])


def _height(given: int) -> int:
    """Return the first height on the ladder that a box fits in."""
    return round(2 ** (ceil(log2(max(given, 2)) * _HEIGHTS) / _HEIGHTS))


def _ink(colours: Colours, around: Box, box: Box) -> Pixels:
    """Return which pixels in and around a box are no paper."""
    part = colours[_slices(around)]
    ring = Box(box.left - _RING, box.top - _RING, box.right + _RING, box.bottom + _RING)
    paper = _usual(colours[_slices(ring)].reshape(-1, colours.shape[2]))
    far = np.abs(part - paper).max(axis=2) > _CONTRAST
    return _without_specks(far)


def _usual(pixels: Colours) -> Colours:
    """Return the colour of the middle brightness, which is that of paper: most pixels have it."""
    order = np.argsort(pixels.sum(axis=1, dtype=np.int64))
    found: Colours = pixels[order[len(order) // 2]]
    return found


def _without_specks(far: Pixels) -> Pixels:
    """Return ink without single pixels that touch no other: the grain of a scan."""
    image = Image.fromarray(far.astype(np.uint8) * 9)
    counts = image.filter(ImageFilter.Kernel((3, 3), [1] * 9, scale=9))
    return far & (np.asarray(counts) > 1)


def _wider(ink: Pixels, box: Box, height: int, offset: int) -> Box:
    """Return a box as wide as a step, from a place of a grid on, as far as columns are blank."""
    columns = _any(ink[max(0, box.top) : box.bottom], 0)
    gap = max(2, height // _GAP)
    wanted = (box.left + offset) // height * height - offset
    left = max(wanted, _last(columns[: box.left]) + 1 + gap, 0)
    left = min(left, box.left)
    wanted = left + next((n * height for n in _WIDTHS if n * height >= box.right - left), 0)
    free = _first(columns[box.right :]) + box.right
    right = max(box.right, min(wanted, free - gap if free < len(columns) else free))
    return Box(left, box.top, right, box.bottom)


def _higher(ink: Pixels, box: Box, top: int, height: int) -> Box:
    """Return a box of a height, from a row on, as far as rows are blank."""
    rows = _any(ink[:, box.left : box.right], 1)
    above = box.top - 2 - _last(rows[: box.top]) - 1
    below = _first(rows[box.bottom :]) - 2
    up = max(0, min(box.top - top, above))
    down = max(0, min(top + height - box.bottom, below))
    return Box(box.left, box.top - up, box.right, box.bottom + down)


def _any(marks: Pixels, axis: int) -> Pixels:
    found: Pixels = np.asarray(marks.any(axis=axis))
    return found


def _last(marks: Pixels) -> int:
    """Return the last place that is marked; -1 if none is."""
    found = np.flatnonzero(marks)
    return int(found[-1]) if len(found) else -1


def _first(marks: Pixels) -> int:
    """Return the first place that is marked; behind the last if none is."""
    found = np.flatnonzero(marks)
    return int(found[0]) if len(found) else len(marks)
