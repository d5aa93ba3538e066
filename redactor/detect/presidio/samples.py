"""A text that a regular expression probably matches, derived from its source.

It seeds the search for slow texts where no example is at hand. Of alternatives the first is used, a
repetition is as short as allowed but at least one, and negative lookarounds are left out. This is a
heuristic: a misread expression yields a weaker seed, never an error.
"""

from __future__ import annotations

import regex

__all__ = ["sample"]

_PIECE = regex.compile(
    r"\\(?P<escape>.)"
    r"|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*+\])"
    r"|(?P<comment>\(\?#[^)]*\)|\(\?[a-zA-Z-]+\))"
    r"|(?P<negative>\(\?<?!)"
    # what begins a group: its kind, a name, or flags with a colon behind them
    r"|(?P<open>\((?:\?(?:P?<\w+>|<?=|[>|:]|[a-zA-Z-]+:))?)"
    r"|(?P<close>\))"
    r"|(?P<times>\{(?P<least>\d{1,3})(?:,\d*)?\}[?+]?)"
    r"|(?P<other>.)",
    regex.DOTALL,
)
_ESCAPES = {"d": "0", "w": "a", "s": " ", "D": "x", "W": "-", "S": "x", "n": "\n", "t": "\t"}
_MOST = 40  # copies; more say nothing new


def sample(pattern: str) -> str:
    r"""Return a text for a pattern: of `ref:\s?(\d{3}|none)x` it is "ref: 000x"."""
    text, last = "", ""
    over: list[bool] = [False]  # of each open group: whether what follows in it is left out
    for piece in _PIECE.finditer(pattern):
        if piece["open"] or piece["negative"]:
            over.append(over[-1] or piece["negative"] is not None)
        elif piece["close"]:
            over = over[:-1] or [False]
        elif piece["other"] == "|":
            over[-1] = True
        elif not over[-1] and piece["times"]:
            text += last * (min(int(piece["least"]), _MOST) - 1)
        elif not over[-1]:
            last = _one(piece)
            text += last
    return text


def _one(piece: regex.Match[str]) -> str:
    """Return a character that a piece stands for, or nothing."""
    if escape := piece["escape"]:
        return _ESCAPES.get(escape, "" if escape.isalnum() else escape)
    if chosen := piece["class"]:
        return _member(chosen)
    other = piece["other"] or ""
    return "x" if other == "." else other.strip("^$*+?")


def _member(chosen: str) -> str:
    """Return a character of a class."""
    inner = chosen[1:-1]
    if inner.startswith("^"):
        return next(sign for sign in "x0 -" if sign not in inner)
    for part, sign in ((r"\d", "0"), ("0-9", "0"), (r"\w", "a"), ("a-z", "a"), ("A-Z", "A")):
        if part in inner:
            return sign
    return inner.lstrip("\\")[:1]
