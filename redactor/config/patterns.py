"""The syntax of patterns in rules, translated for the `regex` module.

A pattern may be in verbose mode, and may refer to fragments: `{month_name}`. Both are resolved when
a rule is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["NAME", "REFERENCE", "PatternError", "plain_pattern", "tokens"]

# The name of a fragment.
NAME: Final = r"[a-z][a-z0-9_]+"
# Two characters at least: {e}, {i}, {d} and {s} are how `regex` writes fuzzy matching. Its other
# uses of braces begin with a digit or a comma, or hold a sign that no name has.
REFERENCE: Final = re.compile(rf"\{{({NAME})\}}")

# In each of these a blank, a # and a brace are literal.
_OPAQUE = r"""
    \\[NpP]\{[^}]*\}                          # a character or a property by its name
  | \\.                                       # one that is escaped
  | \[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]   # a class: a ] that stands first is one of it
"""
_COMMENT = r"\(\?\#[^)]*\)"  # in any mode

# One part of a pattern: see `tokens`.
_TOKEN = re.compile(
    rf"""
    [^\\\[(){{|]+                      # nothing special
  | {_OPAQUE}
  | {_COMMENT}
  | \(\?[a-zA-Z0-9]*(?:-[a-z]+)?[:)]   # a group with flags, or flags alone
  | \(\?(?:P?<\w+>|<?[=!]|[>|])        # any other group that is not plain
  | \{{{NAME}\}}                       # a reference to a fragment
  | .
    """,
    re.VERBOSE | re.DOTALL,
)
# The group is the part of a pattern in verbose mode that is kept; blanks and comments are not.
_KEPT = re.compile(
    rf"""
    ((?:[^\\\[\s\#(]+ | {_OPAQUE} | \((?!{_COMMENT[2:]}) | [\\\[])+)
  | \s+ | \#[^\n]* | {_COMMENT}
    """,
    re.VERBOSE | re.DOTALL,
)
# Verbose mode for the whole pattern: "(?x)" or "(?ix)" at its beginning.
_LEADING = re.compile(r"\(\?([a-zA-Z0-9]*x[a-zA-Z0-9]*)\)")
# A change of verbose mode further on: "(?x:", "(?-x)".
_CHANGES = re.compile(
    r"\(\?(?:[a-zA-Z0-9]*x[a-zA-Z0-9]*(?:-[a-z]+)?|[a-zA-Z0-9]*-[a-z]*x[a-z]*)[:)]"
)


class PatternError(Exception):
    """A pattern that cannot be parsed. The message quotes nothing."""


def tokens(pattern: str) -> Iterator[str]:
    """Yield the parts of a pattern: classes, escapes, openings of groups, runs of the rest."""
    return (found[0] for found in _TOKEN.finditer(pattern))


def plain_pattern(text: str) -> str:
    r"""Return a pattern with verbose mode removed; any other pattern unchanged.

    A pattern is in verbose mode if `(?x)` is the first thing in it:

    >>> plain_pattern("(?x) [A-Z]{2}  # the country\n  [ ] \\d{6}")
    '[A-Z]{2}[ ]\\d{6}'

    Raises PatternError if `x` is turned on or off elsewhere.
    """
    leading = _LEADING.match(text)
    if leading is None:
        return text
    rest = "".join(_KEPT.findall(text, leading.end()))
    if _CHANGES.search(rest) and any(map(_CHANGES.fullmatch, tokens(rest))):
        raise PatternError("verbose mode is turned on or off in its midst")
    flags = leading[1].replace("x", "")
    return f"(?{flags}){rest}" if flags else rest
