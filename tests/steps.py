"""How much work a call does, counted and not timed: the same on any machine, at any load.

Counted are the lines of Python that run and the functions of C that are called: tries of a
pattern, say. What one call of C does inside is not seen: that is what `tests/benchmarks/timed.py`
is for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def steps(function: Callable[..., object], *arguments: Any) -> int:
    """Return how many lines run and how many functions of C are called until a call returns."""
    counted = 0

    def traced(_frame: FrameType, event: str, _: object) -> Any:
        nonlocal counted
        counted += event == "line"
        return traced

    def profiled(_frame: FrameType, event: str, _: object) -> None:
        nonlocal counted
        counted += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(traced)
    sys.setprofile(profiled)
    try:
        function(*arguments)
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return counted


def growth(function: Callable[[int], object], size: int, doublings: int = 1) -> float:
    """Return how many times the steps grow when a call is asked for twice the size.

    Over several doublings it is the mean of each: what is read in blocks grows in leaps.

    It is called with another size before, since what a first call makes ready for all would count;
    with no size twice, since what is remembered of a text would not.
    """
    function(size // 2)
    whole = steps(function, 2**doublings * size) / steps(function, size)
    return float(whole ** (1 / doublings))
