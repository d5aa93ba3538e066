"""Labels in boxes that were drawn here, read letter by letter in the font that draws them.

OCR reads them badly, and a copy would not come out of a second run as it went in. A label is read
only if the same letters, drawn again, are what the box shows: so nothing is skipped that is none.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from redactor.formats.ocr import Box, Labelled
from redactor.formats.picture.labels import LETTERS, drawn, letter, sizes

__all__ = ["own_labels", "painted"]

_DARK = 96  # a pixel of a box, be it in a JPEG
_LEAST = (40, 14)
"""Width and height of the smallest box with a label: three letters of twelve pixels."""

_PROBES = (8, 16, 32)  # to the right of a corner and, by halves, below it
_ALIKE = 0.12
"""The share of its ink by which a label may differ from the one drawn again, in a JPEG."""

Bits = NDArray[np.bool_]


def own_labels(view: Image.Image) -> list[Labelled]:
    """Return the boxes in a picture in shades of grey that have a label of ours, with that."""
    dark: Bits = np.asarray(view) < _DARK
    rated = (
        (box, _text(~dark[box.top : box.bottom, box.left : box.right])) for box in _frames(dark)
    )
    return [Labelled(box, text) for box, text in rated if text]


def painted(view: Image.Image, labels: list[Labelled]) -> Image.Image:
    """Return a picture in which boxes with labels are black all over."""
    if not labels:
        return view
    found = view.copy()
    draw = ImageDraw.Draw(found)
    for one in labels:
        box = one.box
        draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=0)
    return found


def _frames(dark: Bits) -> Iterator[Box]:
    """Yield rectangles whose four sides are dark."""
    wide, high = _LEAST
    if dark.shape[0] < high or dark.shape[1] < wide:
        return
    for top, left in np.argwhere(_corners(dark)).tolist():
        row, column = dark[top, left:], dark[top:, left]
        width, height = _run(row), _run(column)
        if width < wide or height < high:
            continue
        right, bottom = left + width, top + height
        if dark[bottom - 1, left:right].all() and dark[top:bottom, right - 1].all():
            yield Box(left, top, right, bottom)


def _corners(dark: Bits) -> Bits:
    """Return which pixels may be the upper left ones of boxes."""
    padded = np.pad(dark, ((1, max(_PROBES)), (1, max(_PROBES))))
    tall, wide = dark.shape
    found = dark & ~padded[1 : tall + 1, :wide] & ~padded[:tall, 1 : wide + 1]
    for by in _PROBES:
        found &= padded[1 : tall + 1, 1 + by : wide + 1 + by]
        down = min(by // 2, _LEAST[1] - 1)
        found &= padded[1 + down : tall + 1 + down, 1 : wide + 1]
    return found


def _run(line: Bits) -> int:
    """Return how many pixels are dark, from the first on."""
    end = int(np.argmin(line))
    return end if not line[end] else len(line)


def _text(ink: Bits) -> str:
    """Return the label that a box shows; empty if it is none of ours."""
    height, width = ink.shape
    columns = np.flatnonzero(ink.any(axis=0))
    for size in sizes(height) if len(columns) else ():
        text = _spelled(ink, int(columns[0]), size)
        if text and _apart(ink, drawn(text, (width, height), size)) <= _ALIKE:
            return text
    return ""


def _spelled(ink: Bits, left: int, size: int) -> str:
    """Return the letters that some ink is in a font size, from a bracket to a bracket."""
    tall = letter("[", size).shape[0]
    top = (ink.shape[0] - tall) // 2
    line = ink[top : top + tall, left - _bearing(size) :] if left >= _bearing(size) else ink[:0]
    text, at = "", 0
    while not text.endswith("]"):
        share, wide, sign = min(_rated(line[:, at:], "[" if not text else LETTERS, size))
        if share > 2 * _ALIKE:
            return ""
        text, at = text + sign, at - wide
    return text


def _rated(line: Bits, letters: str, size: int) -> Iterator[tuple[float, int, str]]:
    """Yield how far some ink is from each letter, and how wide that is: less for wider ones."""
    for sign in letters:
        cell = letter(sign, size)
        seen = line[:, : cell.shape[1]]
        fits = seen.shape == cell.shape and cell.shape[1] > 0
        yield _apart(seen, cell) if fits else 1.0, -cell.shape[1], sign


def _bearing(size: int) -> int:
    """Return the blank columns before a bracket."""
    return int(np.argmax(letter("[", size).any(axis=0)))


def _apart(seen: Bits, cell: Bits) -> float:
    """Return by which share of its ink a letter differs from what is seen."""
    return float((seen ^ cell).sum()) / max(1, int(cell.sum()))
