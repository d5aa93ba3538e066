"""What of the graphics state decides what is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pikepdf import Name

from redactor.badredactions.colours import BLACK
from redactor.badredactions.finding import Area
from redactor.badredactions.geometry import Colour
from redactor.formats.pdf.content import Matrix

__all__ = ["State"]


@dataclass(frozen=True, slots=True)
class State:
    """What of the graphics state decides what is seen."""

    matrix: Matrix
    clip: Area | None
    fill: Colour | None = BLACK
    stroke: Colour | None = BLACK
    space: Any = Name.DeviceGray
    stroke_space: Any = Name.DeviceGray
    alpha: float = 1.0
    blend: str = "/Normal"
    masked: bool = False
    width: float = 1.0
    odd_clip: bool = False
    hidden: bool = False
    paints: bool = True
