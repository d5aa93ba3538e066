"""Patterns that are compiled when they are first tried.

Compiling the shipped ones takes a second, and a short text has candidates for few of them: the
prefilter asks a pattern for its source and its flags alone, and knows the rest from its table.
"""

from __future__ import annotations

from typing import Any, cast

import regex

__all__ = ["lazy_pattern"]

# Flags for a whole pattern, as in `(?x)`: what they make of its flags is known when it is compiled.
_GLOBAL_FLAGS = regex.compile(r"\(\?[a-zA-Z0-9]+\)")


def lazy_pattern(source: str, flags: int) -> regex.Pattern[str]:
    """Return a pattern of that source, to be compiled when it is first tried.

    Its source must be known to be valid: an error would come as late.
    """
    if _GLOBAL_FLAGS.search(source):
        return regex.compile(source, flags)
    return cast("regex.Pattern[str]", _Lazy(source, flags))


class _Lazy:
    """Stands for a compiled pattern: `pattern` and `flags` are known, all else is the pattern's."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self.flags = regex.compile("", flags).flags
        self._given = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # of copying and pickling, while nothing is known yet
            raise AttributeError(name)
        compiled = regex.compile(self.pattern, self._given)
        vars(self).update({one: getattr(compiled, one) for one in _METHODS})
        return getattr(compiled, name)

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out what was compiled: bound methods of a pattern cannot be sent anywhere."""
        return _Lazy, (self.pattern, self._given)


_METHODS = ("finditer", "match", "search", "groupindex")
