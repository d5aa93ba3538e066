"""Colours of a content stream as red, green and blue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pikepdf

from redactor.badredactions.geometry import Colour

__all__ = ["BLACK", "colour_of", "device_colour", "initial_colour"]

BLACK: Colour = (0.0, 0.0, 0.0)

_NAMES = {"/DeviceGray": 1, "/G": 1, "/CalGray": 1, "/DeviceRGB": 3, "/RGB": 3, "/CalRGB": 3}
_NAMES |= {"/DeviceCMYK": 4, "/CMYK": 4}


def device_colour(values: Sequence[float]) -> Colour | None:
    """Return the colour of one, three or four components; None for any other number."""
    match [min(max(one, 0.0), 1.0) for one in values]:
        case [grey]:
            return grey, grey, grey
        case [red, green, blue]:
            return red, green, blue
        case [cyan, magenta, yellow, black]:
            light = 1 - black
            return (1 - cyan) * light, (1 - magenta) * light, (1 - yellow) * light
    return None


def initial_colour(space: Any) -> Colour | None:
    """Return the colour that a colour space begins with, None if it is not known."""
    return BLACK if _components(space) else None


def colour_of(space: Any, values: Sequence[float]) -> Colour | None:
    """Return the colour of components in a colour space, None if it is not known.

    A separation is known if it is black or all inks: 1 is all of the ink.
    """
    if _components(space) == len(values):
        return device_colour(values)
    is_list = isinstance(space, pikepdf.Array) and len(space) > 1
    if is_list and space[0] == "/Separation" and space[1] in ("/Black", "/All"):
        return device_colour([1 - values[0]])
    return None


def _components(space: Any) -> int:
    """Return the number of components of a device-like space, 0 for another."""
    if isinstance(space, pikepdf.Array) and len(space):
        if space[0] == "/ICCBased":
            return int(space[1].get("/N", 0))
        space = space[0]
    return _NAMES.get(str(space), 0)
