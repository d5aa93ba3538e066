"""Pictures with 16 bits a colour: how they are read, and which of them Pillow writes again so."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
from PIL import Image

__all__ = ["DEEP", "deep_drawn_over", "in_eight_bits", "is_reduced_in_depth"]

DEEP = frozenset({"I;16", "I;16B"})
"""Shades of grey in 16 bits: Pillow reads and writes them without a loss."""

_SIZES = b"\xff\x4f\xff\x51"  # the beginning of a JPEG 2000 codestream
_BITS = 42  # bytes from there to the bits of the first colour, less one


def in_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of 16 bits a pixel in eight, with the brightest as white; others as is."""
    if image.mode not in DEEP:
        return image
    levels = np.asarray(image).astype(np.uint32)
    most = max(1, int(levels.max(initial=0)))
    return Image.fromarray((levels * 255 // most).astype(np.uint8))


def deep_drawn_over(frame: Image.Image, boxes: Image.Image, ink: Image.Image) -> Image.Image:
    """Return a picture in 16 bits with black boxes, and ink as bright as its brightest pixel.

    Pillow changes only one byte of some pixels where it pastes with a mask.
    """
    levels = np.array(frame)
    most = levels.max(initial=0)
    levels[np.asarray(boxes, dtype=bool)] = 0
    levels[np.asarray(ink, dtype=bool)] = most
    return Image.fromarray(levels)


def is_reduced_in_depth(image: Image.Image, file: BinaryIO) -> bool:
    """Tell whether Pillow reads a picture, which is not loaded yet, with fewer bits than it has."""
    if image.mode in DEEP:
        return False
    if image.format != "JPEG2000":
        return ";16" in str(getattr(image, "tile", ""))
    file.seek(0)
    data = file.read()
    at = data.find(_SIZES) + _BITS
    return at < len(data) and (data[at] & 0x7F) >= 8
