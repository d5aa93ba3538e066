"""Patterns that are compiled when they are first tried.

Compiling the shipped ones takes a second, and a short text has candidates for few of them. The
prefilter needs the source and flags of a pattern only, and reads its factors from a table.
"""

from __future__ import annotations

from typing import Any, cast

import regex

__all__ = ["lazy_pattern"]

# Flags within a pattern, as `(?x)`, change the flags of the compiled one: it is compiled at once.
_GLOBAL_FLAGS = regex.compile(r"\(\?[a-zA-Z0-9]+\)")


def lazy_pattern(source: str, flags: int) -> regex.Pattern[str]:
    """Return a pattern that is compiled when it is first used.

    The source must be known to be valid: an error would be raised at that time only.
    """
    if _GLOBAL_FLAGS.search(source):
        return regex.compile(source, flags)
    return cast("regex.Pattern[str]", _Lazy(source, flags))


class _Lazy:
    """A proxy for a compiled pattern, which compiles it for all but `pattern` and `flags`."""

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
        """Return the source alone: bound methods of a pattern cannot be pickled."""
        return _Lazy, (self.pattern, self._given)


# Attributes that are copied to the proxy: later look-ups bypass `__getattr__`.
_METHODS = ("finditer", "match", "search", "groupindex")
