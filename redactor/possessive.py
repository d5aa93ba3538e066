"""Possessive quantifiers that match what they should, on Python before 3.11.5.

There `(?:ab?c)*+` took what `(?:ab?c)*` does not match (CPython's issues 106052 and 100061), and
Debian 12 has such a Python. Lexers and checks would read documents wrongly by it. What 3.11.5 does
is done here: a possessive repetition is compiled as a greedy one in an atomic group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import wraps
from typing import Any

_TRIED = "(?:ab?c)*+"


def is_faulty() -> bool:
    """Tell whether this Python has the fault."""
    found = re.match(_TRIED, "aca")
    return found is None or found.span() != (0, 2)


def mend() -> None:
    """Let patterns that are compiled from now on match as they should; once is enough."""
    from re import _compiler, _constants  # type: ignore[attr-defined]  # no part of its interface

    compiled = _compiler._compile  # noqa: SLF001  # there is no other place

    @wraps(compiled)
    def _compile(code: list[int], pattern: Iterable[tuple[Any, Any]], flags: int) -> None:
        compiled(code, [_atomic(op, value) for op, value in pattern], flags)

    def _atomic(op: Any, value: Any) -> tuple[Any, Any]:
        if op is not _constants.POSSESSIVE_REPEAT:
            return op, value
        return _constants.ATOMIC_GROUP, [(_constants.MAX_REPEAT, value)]

    _compiler._compile = _compile  # noqa: SLF001
    re.purge()
