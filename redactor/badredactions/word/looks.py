"""How runs of Word look, and which of them nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from redactor.badredactions.finding import Category

__all__ = [
    "BLACK_OF_THEME",
    "PLAIN",
    "WHITE_OF_THEME",
    "Look",
    "category_of",
    "changed",
    "ground_of",
    "is_dark",
    "is_light",
]

_DARK = 0x40  # the brightest channel of black, and of what is nearly black
_LIGHT = 0xF2  # the darkest channel of white
_NEAR = 0x0C  # how far two colours differ in one channel at most that no eye tells apart
_TINY = 2  # half points: Word writes no smaller letters
WHITE_OF_THEME = frozenset({"background1", "light1", "bg1", "lt1"})
BLACK_OF_THEME = frozenset({"tx1", "dk1"})
# Colours of markers (ECMA-376 part 1, 17.18.40), but for black and white.
_MARKERS = {
    "red": "FF0000",
    "yellow": "FFFF00",
    "green": "00FF00",
    "cyan": "00FFFF",
    "blue": "0000FF",
    "magenta": "FF00FF",
    "darkRed": "800000",
    "darkYellow": "808000",
    "darkGreen": "008000",
    "darkCyan": "008080",
    "darkBlue": "000080",
    "darkMagenta": "800080",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks: what is None is not set."""

    vanish: bool | None = None
    colour: str | None = None
    shade: str | None = None
    highlight: str | None = None
    tiny: bool | None = None

    def over(self, under: Look) -> Look:
        """Return this look where it is set, else another."""
        return Look(
            under.vanish if self.vanish is None else self.vanish,
            self.colour or under.colour,
            self.shade or under.shade,
            self.highlight or under.highlight,
            under.tiny if self.tiny is None else self.tiny,
        )


PLAIN = Look()


def changed(look: Look, name: str, values: dict[str, str]) -> Look:
    """Return a look with one property of a run."""
    value = values.get("val", "")
    match name:
        case "vanish":  # what is hidden on the web alone is printed: numbers of pages
            return replace(look, vanish=value not in ("0", "false", "off"))
        case "color":
            return replace(look, colour=_ink(values))
        case "sz":
            return replace(look, tiny=value.isdecimal() and int(value) <= _TINY)
        case "shd":
            return replace(look, shade=ground_of(values))
        case "highlight":
            return replace(look, highlight=value)
    return look


def _ink(values: dict[str, str]) -> str:
    """Return the colour of text; empty if it is a theme's that is not known."""
    if "themeColor" not in values:
        return values.get("val", "")
    is_white = values["themeColor"] in WHITE_OF_THEME and "themeShade" not in values
    return "FFFFFF" if is_white else ""


def ground_of(values: dict[str, str]) -> str:
    """Return the colour of a shading: `auto` if there is none, empty if it is not known."""
    if values.get("val") == "solid":
        return values.get("color", "")
    return values.get("fill", "") if "themeFill" not in values else ""


def category_of(look: Look, ground: str | None, *, known: bool) -> Category | None:
    """Return how a run of this look on this ground is concealed."""
    if look.vanish or look.tiny:
        return Category.HIDDEN_TEXT
    if look.highlight and look.highlight != "none":
        return _on_marker(look, look.highlight)
    shade = look.shade if look.shade not in (None, "auto") else ground
    if shade and shade != "auto" and not is_light(shade):
        return _on_shade(look, shade)
    if is_light(_ink_of(look)) and known and shade != "":
        return Category.WHITE_TEXT
    return None


def _ink_of(look: Look) -> str:
    return "000000" if _is_automatic(look) else look.colour or ""


def _is_automatic(look: Look) -> bool:
    """Tell whether a run has no colour of its own: on a dark ground Word shows it in white."""
    return look.colour in (None, "auto")


def _on_marker(look: Look, marker: str) -> Category | None:
    ink = _ink_of(look)
    if marker == "black":
        return Category.BLACK_HIGHLIGHT if is_dark(ink) else None
    if marker == "white":
        return Category.WHITE_TEXT if is_light(ink) else None
    return Category.SAME_COLOUR if _is_same(ink, _MARKERS.get(marker, "")) else None


def _on_shade(look: Look, shade: str) -> Category | None:
    ink = "" if _is_automatic(look) else _ink_of(look)
    if is_dark(shade):
        return Category.BLACK_SHADING if is_dark(ink) else None
    return Category.SAME_COLOUR if _is_same(ink, shade) else None


def _channels(colour: str) -> Iterator[int]:
    if re.fullmatch(r"[0-9A-Fa-f]{6}", colour):
        yield from bytes.fromhex(colour)


def _is_same(ink: str, ground: str) -> bool:
    pairs = list(zip(_channels(ink), _channels(ground), strict=False))
    return bool(pairs) and all(abs(one - other) <= _NEAR for one, other in pairs)


def is_dark(colour: str) -> bool:
    """Tell whether a colour is black, or nearly so."""
    return max(_channels(colour), default=0xFF) < _DARK


def is_light(colour: str) -> bool:
    """Tell whether a colour is white, or nearly so."""
    return min(_channels(colour), default=0) >= _LIGHT
