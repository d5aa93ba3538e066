"""Labels in boxes, as pixels of two colours: what a placeholder says, as large as fits.

Each letter is a picture of its own, so that a label is read again exactly, which OCR does badly.
Letters below twelve pixels are not drawn, since people do not read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.Image import Transpose

__all__ = ["LETTERS", "drawn", "label", "letter", "sizes"]

LETTERS = "".join(map(chr, range(32, 127)))
"""What labels may have: ASCII, of which the font that Pillow brings has all letters."""

_SHARE = 0.62  # of the height of a box that the font size is
_LEAST, _MOST = 12, 40
"""Sizes of letters in pixels: larger ones have strokes so thick that they are no label any more."""

_EDGE = 2  # pixels of a box that stay black around its label: it is known by them

Bits = NDArray[np.bool_]


def label(text: str, size: tuple[int, int]) -> Image.Image | None:
    """Return a picture of one bit, as large as a box, with the ink of a label; None if none fits.

    In a box that is higher than wide it is written upwards.
    """
    width, height = size
    if height > width:
        turned = label(text, (height, width))
        return turned and turned.transpose(Transpose.ROTATE_90)
    for one in _shorter(text):
        for font in sizes(height):
            if sum(letter(sign, font).shape[1] for sign in one) <= width - 2 * _EDGE:
                return Image.fromarray(drawn(one, size, font))
    return None


def _shorter(text: str) -> Iterator[str]:
    """Yield what a label says, then without the type: `[PERSON_7FQ2 (b)(6)]`, `[(b)(6)]`."""
    if text.strip() and all(sign in LETTERS for sign in text):
        yield text
        if text.startswith("[") and " " in text:
            yield "[" + text.split(" ", 1)[1]


def sizes(height: int) -> Iterator[int]:
    """Yield the font sizes that fit a box of a height, the largest first."""
    for size in range(min(_MOST, int(height * _SHARE)), _LEAST - 1, -1):
        if letter("[", size).shape[0] <= height - 2 * _EDGE:
            yield size


def drawn(text: str, size: tuple[int, int], font: int) -> Bits:
    """Return the ink of a label amid a box."""
    width, height = size
    found = np.zeros((height, width), dtype=bool)
    line = np.hstack([letter(one, font) for one in text])
    tall, wide = line.shape
    top, left = (height - tall) // 2, (width - wide) // 2
    found[top : top + tall, left : left + wide] = line
    return found


@lru_cache(maxsize=4096)
def letter(sign: str, size: int) -> Bits:
    """Return the ink of a letter: as high as any, and as wide as it is with the gap behind it."""
    font = _font(size)
    _, top, _, bottom = font.getbbox("[", anchor="ls")
    image = Image.new("1", (round(font.getlength(sign)), int(bottom - top)), 0)
    ImageDraw.Draw(image).text((0, -top), sign, font=font, fill=1, anchor="ls")
    found: Bits = np.asarray(image, dtype=bool)
    return found


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101  # for the types
    return font
