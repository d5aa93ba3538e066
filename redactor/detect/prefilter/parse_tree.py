"""Parse trees of patterns, of those parsers alone whose trees are known here.

The trees are those of `re._parser`, which is nobody's interface: it changes with Python. So only
nodes that are listed here are read; a tree with another one is none at all, and a pattern without
a tree has no required factors and is tried everywhere.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from redactor.detect.prefilter.dialect import UnreadableError, translated

__all__ = ["op", "parsed"]

# The opcodes that are understood. A tree with any other opcode is refused, so that a version of
# Python with new ones loses no findings.
_LEAVES = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.GROUPREF}
_ITEMS = {op.LITERAL, op.RANGE, op.NEGATE, op.CATEGORY}
_CATEGORIES = {
    op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_DIGIT,
    op.CATEGORY_SPACE,
    op.CATEGORY_NOT_SPACE,
    op.CATEGORY_WORD,
    op.CATEGORY_NOT_WORD,
}
_POSITIONS = {
    op.AT_BEGINNING,
    op.AT_BEGINNING_STRING,
    op.AT_BOUNDARY,
    op.AT_NON_BOUNDARY,
    op.AT_END,
    op.AT_END_STRING,
}
# The sequences of nodes within a node, by its kind.
_INNER: dict[Any, Callable[[Any], Iterable[Any]]] = {
    op.BRANCH: lambda value: value[1],
    op.MAX_REPEAT: lambda value: (value[2],),
    op.MIN_REPEAT: lambda value: (value[2],),
    op.POSSESSIVE_REPEAT: lambda value: (value[2],),
    op.SUBPATTERN: lambda value: (value[3],),
    op.ATOMIC_GROUP: lambda value: (value,),
    op.ASSERT: lambda value: (value[1],),
    op.ASSERT_NOT: lambda value: (value[1],),
}


def parsed(pattern: str, flags: int) -> Any:
    """Return the parse tree of a pattern of the `regex` module, put in terms of `re`.

    Raises UnreadableError where a part of it is not known here, and what the parser raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "possible nested set": `regex` has compiled it
        tree = parser.parse(translated(pattern), flags)
    _check(tree)
    return tree


def _check(nodes: Iterable[Any]) -> None:
    """Raise UnreadableError for a node that is not known."""
    for kind, value in nodes:
        if kind in _INNER:
            for inner in _INNER[kind](value):
                _check(inner)
        elif not _is_known_leaf(kind, value):
            raise UnreadableError


def _is_known_leaf(kind: Any, value: Any) -> bool:
    if kind is op.IN:
        return all(map(_is_known_item, value))
    return kind in _LEAVES or (kind is op.AT and value in _POSITIONS)


def _is_known_item(item: tuple[Any, Any]) -> bool:
    kind, value = item
    return kind in _ITEMS and (kind is not op.CATEGORY or value in _CATEGORIES)
