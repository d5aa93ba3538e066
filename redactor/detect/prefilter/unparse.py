"""A parsed pattern written down again, as far as it says the very same.

What cannot be written so ends the text: what stands before it is then all that is known, and
every match of the pattern begins with a match of it.
"""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex

from redactor.detect.prefilter.dialect import property_of

__all__ = ["EMPTY", "FLAGS", "NOTHING", "Text", "any_of", "written"]

FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.VERSION0
"""The flags for what is written here."""

_LONGEST = 1_500
_WIDEST = 6_000
_MOST_WAYS = 100_000
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_PLACES = {op.AT_BEGINNING: "^", op.AT_END: "$", op.AT_BOUNDARY: r"\b", op.AT_NON_BOUNDARY: r"\B"}
_GREED = {op.MAX_REPEAT: "", op.MIN_REPEAT: "?", op.POSSESSIVE_REPEAT: "+"}
_ASSERTIONS = {
    (op.ASSERT, 1): "?=",
    (op.ASSERT, -1): "?<=",
    (op.ASSERT_NOT, 1): "?!",
    (op.ASSERT_NOT, -1): "?<!",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The beginning of a pattern, in pieces; all of it, if it is `whole`.

    Of each piece, and of all together, is known in how many ways at most it can match at a place,
    which is what looking there may cost.
    """

    pieces: tuple[tuple[str, int], ...] = ()
    whole: bool = True
    length: int = 0
    ways: int = 1

    @classmethod
    def of(cls, source: str, ways: int = 1, *, whole: bool = True) -> Text:
        """Return a text of one piece; nothing that is known, if it is too much."""
        if not source:
            return cls(whole=whole)
        if len(source) > _LONGEST or ways > _MOST_WAYS:
            return cls(whole=False)
        return cls(((source, ways),), whole, len(source), ways)

    @property
    def source(self) -> str:
        """Return the text as a pattern."""
        return "".join(source for source, _ in self.pieces)

    def __add__(self, after: Text) -> Text:
        """Return this text with as much of another one behind it as is not too much."""
        if not self.whole:
            return self
        length, ways, taken = self.length, self.ways, list(self.pieces)
        for source, more in after.pieces:
            if length + len(source) > _LONGEST or ways * more > _MOST_WAYS:
                return Text(tuple(taken), False, length, ways)  # noqa: FBT003
            taken.append((source, more))
            length, ways = length + len(source), ways * more
        return Text(tuple(taken), after.whole, length, ways)


EMPTY = Text()
NOTHING = Text(whole=False)
"""Nothing is known."""


def any_of(texts: Sequence[Text]) -> Text:
    """Return a choice of texts, behind which nothing is known, unless all of them are the same."""
    every = dict.fromkeys(texts)
    if len(every) == 1:
        return texts[0]
    length, ways = sum(one.length for one in every), sum(one.ways for one in every)
    if not all(one.pieces for one in every) or length > _WIDEST or ways > _MOST_WAYS:
        return NOTHING
    source = f"(?:{'|'.join(dict.fromkeys(one.source for one in every))})"
    return Text(((source, ways),), False, len(source), ways)  # noqa: FBT003


def written(nodes: Iterable[tuple[Any, Any]], *, cased: bool) -> Text:
    """Return nodes in a row as a pattern; if `cased`, capitals are told from small letters."""
    text = Text()
    for kind, value in nodes:
        text += _node(kind, value, cased)
        if not text.whole:
            break
    return text


def _node(kind: Any, value: Any, cased: bool) -> Text:
    if kind in {op.LITERAL, op.NOT_LITERAL, op.IN}:
        return _character(kind, value, cased)
    if kind is op.AT and value in _PLACES:
        return Text.of(_PLACES[value])
    if kind in _GREED:
        return _repeated(kind, value, cased)
    return _group(kind, value, cased)


def _group(kind: Any, value: Any, cased: bool) -> Text:
    if kind is op.SUBPATTERN and not (value[1] | value[2]) & ~regex.IGNORECASE:
        within = (cased or bool(value[2])) and not value[1]
        return _grouped("?:", written(value[3], cased=within))
    if kind is op.ATOMIC_GROUP:
        return _closed("?>", written(value, cased=cased))
    if kind is op.BRANCH:
        return _choice([written(way, cased=cased) for way in value[1]])
    if kind in {op.ASSERT, op.ASSERT_NOT}:
        return _closed(_ASSERTIONS[kind, value[0]], written(value[1], cased=cased))
    return NOTHING


def _choice(ways: list[Text]) -> Text:
    if not all(way.pieces or way.whole for way in ways):
        return NOTHING
    whole = all(way.whole for way in ways)
    source = "|".join(way.source for way in ways)
    return _grouped("?:", Text.of(source, sum(way.ways for way in ways), whole=whole))


def _grouped(opening: str, inner: Text) -> Text:
    if not inner.pieces:
        return inner
    return Text.of(f"({opening}{inner.source})", inner.ways, whole=inner.whole)


def _closed(opening: str, inner: Text) -> Text:
    """Return a group that says the same only if all that is in it is known."""
    return Text.of(f"({opening}{inner.source})", inner.ways) if inner.whole else NOTHING


def _repeated(kind: Any, value: Any, cased: bool) -> Text:
    least, most, nodes = value
    inner = _grouped("?:", written(nodes, cased=cased))
    if not inner.whole:
        return inner if least else NOTHING
    if not inner.pieces:
        return inner
    if most is op.MAXREPEAT:
        return NOTHING
    ways = (most - least + 1) * inner.ways ** min(most, _MOST_WAYS.bit_length())
    return Text.of(f"{inner.source}{{{least},{most}}}{_GREED[kind]}", ways)


def _character(kind: Any, value: Any, cased: bool) -> Text:
    items = tuple(value) if kind is op.IN else ((op.LITERAL, value),)
    return _set(kind, items, cased)


@lru_cache(maxsize=5_000)
def _set(kind: Any, items: tuple[tuple[Any, Any], ...], cased: bool) -> Text:
    some = [one for one in items if one[0] is op.CATEGORY]
    if len(some) > 1 and {one for _, one in some} >= {op.CATEGORY_WORD, op.CATEGORY_NOT_WORD}:
        return NOTHING  # it may stand for something else
    listed = "".join(map(_item, items))
    if kind is op.LITERAL and listed.isalnum():
        source = listed
    else:
        source = f"[^{listed}]" if kind is op.NOT_LITERAL else f"[{listed}]"
    return Text.of(f"(?-i:{source})" if cased else source)


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
