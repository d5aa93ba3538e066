"""Nodes of a parse tree as the source of a pattern that matches exactly what they match.

A node without such a source ends the prefix: what precedes it is then all that is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import regex

from redactor.detect.prefilter.dialect import property_of
from redactor.detect.prefilter.parse_tree import op
from redactor.detect.prefilter.prefix import MAX_WAYS, UNKNOWN, PatternPrefix

__all__ = ["unparse"]

# The source of each opcode in the syntax of `regex`. What is missing here ends a prefix.
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_POSITIONS = {
    op.AT_BEGINNING: "^",
    op.AT_END: "$",
    op.AT_BOUNDARY: r"\b",
    op.AT_NON_BOUNDARY: r"\B",
}
_GREED = {op.MAX_REPEAT: "", op.MIN_REPEAT: "?", op.POSSESSIVE_REPEAT: "+"}
_ASSERTIONS = {
    (op.ASSERT, 1): "?=",
    (op.ASSERT, -1): "?<=",
    (op.ASSERT_NOT, 1): "?!",
    (op.ASSERT_NOT, -1): "?<!",
}


def unparse(nodes: Iterable[tuple[Any, Any]], *, cased: bool) -> PatternPrefix:
    """Return nodes in sequence as a prefix to compile with `prefix.FLAGS`.

    These ignore case: where it counts (`cased`), characters are written as `(?-i:...)`.
    """
    prefix = PatternPrefix()
    for kind, value in nodes:
        prefix += _node(kind, value, cased)
        if not prefix.complete:
            break
    return prefix


def _node(kind: Any, value: Any, cased: bool) -> PatternPrefix:
    if kind in {op.LITERAL, op.NOT_LITERAL, op.IN}:
        return _char(kind, value, cased)
    if kind is op.AT and value in _POSITIONS:
        return PatternPrefix.of(_POSITIONS[value])
    if kind in _GREED:
        return _repeated(kind, value, cased)
    return _group(kind, value, cased)


def _group(kind: Any, value: Any, cased: bool) -> PatternPrefix:
    if kind is op.SUBPATTERN and not (value[1] | value[2]) & ~regex.IGNORECASE:
        within = (cased or bool(value[2])) and not value[1]
        return _grouped("?:", unparse(value[3], cased=within))
    if kind is op.ATOMIC_GROUP:
        return _closed("?>", unparse(value, cased=cased))
    if kind is op.BRANCH:
        return _choice([unparse(branch, cased=cased) for branch in value[1]])
    if kind in {op.ASSERT, op.ASSERT_NOT}:
        return _closed(_ASSERTIONS[kind, value[0]], unparse(value[1], cased=cased))
    return UNKNOWN


def _choice(branches: list[PatternPrefix]) -> PatternPrefix:
    if not all(branch.pieces or branch.complete for branch in branches):
        return UNKNOWN
    complete = all(branch.complete for branch in branches)
    source = "|".join(branch.source for branch in branches)
    ways = sum(branch.ways for branch in branches)
    return _grouped("?:", PatternPrefix.of(source, ways, complete=complete))


def _grouped(opening: str, inner: PatternPrefix) -> PatternPrefix:
    if not inner.pieces:
        return inner
    return PatternPrefix.of(f"({opening}{inner.source})", inner.ways, complete=inner.complete)


def _closed(opening: str, inner: PatternPrefix) -> PatternPrefix:
    """Return a group whose beginning alone would not match the same: all of it, or nothing."""
    return PatternPrefix.of(f"({opening}{inner.source})", inner.ways) if inner.complete else UNKNOWN


def _repeated(kind: Any, value: Any, cased: bool) -> PatternPrefix:
    low, high, nodes = value
    inner = _grouped("?:", unparse(nodes, cased=cased))
    if not inner.complete:
        return inner if low else UNKNOWN
    if not inner.pieces:
        return inner
    if high is op.MAXREPEAT:
        return UNKNOWN  # matched in no bounded number of ways
    ways = (high - low + 1) * inner.ways ** min(high, MAX_WAYS.bit_length())
    return PatternPrefix.of(f"{inner.source}{{{low},{high}}}{_GREED[kind]}", ways)


def _char(kind: Any, value: Any, cased: bool) -> PatternPrefix:
    items = tuple(value) if kind is op.IN else ((op.LITERAL, value),)
    return _char_class(kind, items, cased)


@lru_cache(maxsize=5_000)
def _char_class(kind: Any, items: tuple[tuple[Any, Any], ...], cased: bool) -> PatternPrefix:
    categories = {value for item, value in items if item is op.CATEGORY}
    if categories >= {op.CATEGORY_WORD, op.CATEGORY_NOT_WORD}:
        return UNKNOWN  # `[\w\W]` may stand for a reference: see `dialect`
    listed = "".join(map(_item, items))
    if kind is op.LITERAL and listed.isalnum():
        source = listed
    else:
        source = f"[^{listed}]" if kind is op.NOT_LITERAL else f"[{listed}]"
    return PatternPrefix.of(f"(?-i:{source})" if cased else source)


def _item(item: tuple[Any, Any]) -> str:
    kind, value = item
    if kind is op.NEGATE:
        return "^"
    if kind is op.CATEGORY:
        return _CATEGORIES[value]
    if kind is op.RANGE:
        return f"{_escaped(value[0])}-{_escaped(value[1])}"
    return property_of(chr(value)) or _escaped(value)


def _escaped(code: int) -> str:
    one = chr(code)
    if one.isalnum() or one == "\n":
        return one
    return f"\\{one}" if one.isascii() and one.isprintable() else f"\\U{code:08x}"
