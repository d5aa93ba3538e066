"""Shapes of Word in front of text: which of them nobody sees through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from redactor.badredactions.word.looks import (
    BLACK_OF_THEME,
    WHITE_OF_THEME,
    is_dark,
    is_light,
)

__all__ = ["VML_SHAPES", "Shape", "shape_of"]

# A shape of VML that is drawn at a place of its own, and its filling.
_FLOATING = re.compile(r"position:\s*absolute")
_BEHIND = re.compile(r"z-index:\s*-")
_BLACK = re.compile(r"black|#0{3}|#0{6}|windowText", re.IGNORECASE)
_WHITE = re.compile(r"white|#f{3}|#f{6}|window", re.IGNORECASE)
_NO = frozenset({"f", "false", "0"})
VML_SHAPES = frozenset({"rect", "shape", "roundrect", "oval"})


@dataclass(slots=True)
class Shape:
    """A shape at a place of its own: a cover, if it is black, or white without a line around it.

    A white one with a line is a frame of a drawing. `line` is None where the shape does not say,
    and its style does.
    """

    floats: bool
    is_black: bool = False
    is_white: bool = False
    has_text: bool = False
    line: bool | None = None
    line_of_style: bool = False

    @property
    def covers(self) -> bool:
        """Tell whether nothing can be read where it is."""
        lined = self.line_of_style if self.line is None else self.line
        return (
            self.floats and not self.has_text and (self.is_black or (self.is_white and not lined))
        )

    def take(self, within: Sequence[str], name: str, values: dict[str, str]) -> None:
        """Take the start of an element in it; `within` are the names of those that hold it."""
        if name in ("txbxContent", "blip"):
            self.has_text = True
        elif name.startswith("wrap") and name not in ("wrapNone", "wrap"):
            self.floats = False
        elif name == "lnRef":
            self.line_of_style = values.get("idx") != "0"
        elif within[-2:] == ["spPr", "ln"]:
            self.line = name != "noFill" and self.line is not False
        elif within[-3:] == ["spPr", "ln", "solidFill"]:
            self.line = not _is_white(name, values)
        elif within[-2:] == ["spPr", "solidFill"]:
            black = name == "schemeClr" and values.get("val") in BLACK_OF_THEME
            self.is_black = black or is_dark(values.get("val", ""))
            self.is_white = _is_white(name, values)


def _is_white(name: str, values: dict[str, str]) -> bool:
    value = values.get("val", "")
    return (name == "schemeClr" and value in WHITE_OF_THEME) or is_light(value)


def shape_of(name: str, values: dict[str, str]) -> Shape | None:
    """Return the shape that an element begins, if it begins one."""
    if name == "anchor":
        return Shape(floats=values.get("behindDoc") in ("0", "false"))
    if name not in VML_SHAPES:
        return None
    style = values.get("style", "")
    floats = bool(_FLOATING.search(style)) and not _BEHIND.search(style)
    colour = values.get("fillcolor", "").partition(" ")[0]
    stroked = values.get("stroked", "t") not in _NO
    black, white = (bool(one.fullmatch(colour)) for one in (_BLACK, _WHITE))
    return Shape(floats, black, white, line=stroked)
