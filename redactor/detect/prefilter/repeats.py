r"""What a pattern repeats, and a text that leads to it, read from its parse tree.

Of `(?s)BEGIN.*?END` that is "x", behind "BEGIN": by it a text can be made that is slow to search.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from redactor.detect.prefilter.dialect import UnreadableError
from redactor.detect.prefilter.factors import KNOWN_PYTHONS

if sys.version_info[:2] in KNOWN_PYTHONS:  # on another its imports may fail
    from redactor.detect.prefilter.parse_tree import op, parsed

__all__ = ["Repetition", "repetitions"]

_COPIES = 40  # of what must be repeated before; more say nothing new

# What may stand for a class of characters: the first that is in it.
_MEMBERS = "a0 -xA.@é\n"


@dataclass(frozen=True, slots=True)
class Repetition:
    """A part of a pattern that is repeated: `unit` is a text that it matches.

    `before` is one that what stands before it matches, `most` is how often it may be repeated, and
    `behind` tells that it is in a look behind.
    """

    before: str = field(repr=False)
    unit: str = field(repr=False)
    most: int
    behind: bool


def repetitions(pattern: str, flags: int) -> Iterator[Repetition]:
    """Yield the repetitions of a pattern, outer ones first; none of one that cannot be read."""
    if sys.version_info[:2] not in KNOWN_PYTHONS:
        return
    try:
        tree = list(parsed(pattern, flags))
    except (UnreadableError, ValueError, re.error, RecursionError, OverflowError):
        return
    yield from _repetitions(tree, "", behind=False)


def _inner(kind: Any, value: Any) -> Sequence[Any]:
    """Return the sequences of nodes inside a node."""
    if kind is op.BRANCH:
        return tuple(value[1])
    if _repeats(kind):
        return (value[2],)
    if kind is op.SUBPATTERN:
        return (value[3],)
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return (value[1],)
    return (value,) if kind is op.ATOMIC_GROUP else ()


def _repetitions(nodes: Iterable[Any], before: str, *, behind: bool) -> Iterator[Repetition]:
    for kind, value in nodes:
        if _repeats(kind):
            yield Repetition(before, _text(value[2]), int(value[1]), behind)
        looks_behind = behind or (kind in (op.ASSERT, op.ASSERT_NOT) and value[0] < 0)
        for inner in _inner(kind, value):
            yield from _repetitions(inner, before, behind=looks_behind)
        before += _one(kind, value)


def _repeats(kind: Any) -> bool:
    return kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


def _text(nodes: Iterable[Any]) -> str:
    """Return a text that some nodes match; of alternatives the first."""
    return "".join(_one(kind, value) for kind, value in nodes)


def _one(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(int(value))
    if kind is op.ANY:
        return "x"
    if kind in (op.IN, op.NOT_LITERAL):
        items = value if kind is op.IN else [(op.NEGATE, None), (op.LITERAL, value)]
        return _member(items)
    if _repeats(kind):
        return _text(value[2]) * min(max(int(value[0]), 1), _COPIES)
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return ""
    return next(map(_text, _inner(kind, value)), "")


def _member(items: Sequence[Any]) -> str:
    """Return a character of a class."""
    negated = bool(items[0][0] is op.NEGATE)
    own = [
        chr(value[0] if kind is op.RANGE else value)
        for kind, value in items
        if kind in (op.LITERAL, op.RANGE)
    ]
    tried = (
        char for char in (*_MEMBERS, *own) if any(map(partial(_is_of, char), items)) != negated
    )
    return next(tried, "")


def _is_of(char: str, item: tuple[Any, Any]) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return bool(ord(char) == value)
    if kind is op.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return kind is op.CATEGORY and _is_in_category(char, value)


def _is_in_category(char: str, category: Any) -> bool:
    known = {
        op.CATEGORY_DIGIT: char.isdigit(),
        op.CATEGORY_SPACE: char.isspace(),
        op.CATEGORY_WORD: char.isalnum() or char == "_",
        op.CATEGORY_NOT_DIGIT: not char.isdigit(),
        op.CATEGORY_NOT_SPACE: not char.isspace(),
        op.CATEGORY_NOT_WORD: not (char.isalnum() or char == "_"),
    }
    return known[category]
