"""The proof that a picture is its source but for boxes, and that nothing is to be seen in those."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from redactor.errors import OutputError
from redactor.formats.picture.covers import Cover
from redactor.formats.picture.depth import DEEP, in_eight_bits

__all__ = ["NOISE", "check_near", "check_same", "is_covered"]

NOISE = 40
"""How bright a box may be in a JPEG, and how far its other pixels may be from the source's."""

_BLUR = 4  # pixels over which the ringing of JPEG is nil
_BLOCK = 16
"""The pixels of a side that JPEG encodes together; a box changes those around it."""

_WINDOWS, _SHARE = (4, 12), 0.4
"""A pixel of a label has boxes around it: that share of a small or a larger square."""


def is_covered(image: Image.Image, cover: Cover, *, noise: int = NOISE) -> bool:
    """Tell whether boxes and labels are each of one colour; with noise, as drawn in black."""
    fill = ImageChops.subtract(cover.boxes.convert("L"), cover.ink.convert("L"))
    bands = in_eight_bits(image).convert("RGB").split()
    if not noise:
        return all(_spread(band, mask) == 0 for band in bands for mask in (fill, cover.ink))
    within = cover.boxes.convert("L").filter(ImageFilter.MinFilter(3))
    plain = ImageChops.subtract(within, _near(cover.ink))
    return all(_spread(band, plain) <= noise and _is_drawn(band, cover) for band in bands)


def _spread(band: Image.Image, mask: Image.Image) -> int:
    counts = band.histogram(mask.convert("L"))
    levels = [level for level, count in enumerate(counts) if count]
    return levels[-1] - levels[0] if levels else 0


def _is_drawn(band: Image.Image, cover: Cover) -> bool:
    """Tell whether boxes with labels are, but for ringing, white letters on black and no more."""
    if not cover.ink.getbbox():
        return True
    near = ImageChops.multiply(
        _near(cover.ink), cover.boxes.convert("L").filter(ImageFilter.MinFilter(3))
    )
    nothing = Image.new("L", band.size, 0)
    seen, drawn = (
        Image.composite(one, nothing, near).filter(ImageFilter.BoxBlur(_BLUR))
        for one in (band, cover.ink.convert("L"))
    )
    apart = ImageChops.difference(seen, drawn).point(lambda level: 255 if level > NOISE else 0)
    return apart.getbbox() is None


def _near(ink: Image.Image) -> Image.Image:
    """Return the squares with ink and those beside them: JPEG, which encodes these, rings there."""
    near = _blocks(ink.convert("L")).filter(ImageFilter.MaxFilter(3))
    size = near.width * _BLOCK, near.height * _BLOCK
    return near.resize(size, Image.Resampling.NEAREST).crop((0, 0, *ink.size))


def check_same(before: Image.Image, after: Image.Image) -> None:
    """Raise OutputError unless what differs are boxes of one colour, and labels of one in them."""
    first, second = (_numbers(one) for one in (before, after))
    changed = first != second
    colours = np.unique(second[changed])
    if len(colours) > 2:
        raise OutputError("the draft of a picture has other pixels outside the boxes")
    if len(colours) == 2:
        _check_labels(second, changed, colours)


def _numbers(image: Image.Image) -> NDArray[Any]:
    """Return a number for each pixel, that differs where colours do."""
    if image.mode in DEEP:
        return np.asarray(image, dtype=np.uint16)
    wide = image.convert("RGB").convert("RGBA") if image.mode == "CMYK" else image.convert("RGBA")
    return np.ascontiguousarray(np.asarray(wide)).view(np.uint32)[..., 0]


def _check_labels(after: NDArray[Any], changed: NDArray[Any], colours: NDArray[Any]) -> None:
    """Raise OutputError unless the pixels of one of two colours are within boxes of the other."""
    if not any(
        not (changed & (after == ink) & ~_amid(after == fill)).any()
        for fill, ink in (colours, colours[::-1])
    ):
        raise OutputError("the draft of a picture has other pixels outside the boxes")


def _amid(dark: NDArray[Any]) -> NDArray[Any]:
    """Return where enough of the pixels around are those of a box."""
    image = Image.fromarray(dark.astype(np.uint8) * 255)
    shares = [np.asarray(image.filter(ImageFilter.BoxBlur(by))) for by in _WINDOWS]
    found: NDArray[Any] = np.maximum(*shares) >= 255 * _SHARE
    return found


def check_near(before: Image.Image, after: Image.Image) -> None:
    """Raise OutputError unless what differs by more than encoding anew is near a box."""
    first, second = before.convert("RGB"), after.convert("RGB")
    changed = _changed(first, second)
    grey = np.asarray(second.convert("L"))
    marks = (grey < NOISE) | ((grey > 255 - NOISE) & _amid(grey < NOISE))
    boxes = ImageChops.multiply(changed, Image.fromarray(marks.astype(np.uint8) * 255))
    near = _blocks(boxes).filter(ImageFilter.MaxFilter(3))
    if ImageChops.subtract(_blocks(changed), near).getbbox() is not None:
        raise OutputError("the draft of a picture has other pixels outside the boxes")


def _blocks(mask: Image.Image) -> Image.Image:
    return mask.reduce(_BLOCK).point(lambda level: 255 if level else 0)


def _changed(first: Image.Image, second: Image.Image) -> Image.Image:
    """Return a picture that is white where two differ by more than noise."""
    found = Image.new("L", first.size, 0)
    for band in ImageChops.difference(first, second).split():
        found = ImageChops.lighter(found, band)
    return found.point(lambda level: 255 if level > NOISE else 0)
