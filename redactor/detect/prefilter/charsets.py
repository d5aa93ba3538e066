"""Single characters of a pattern, and sets of them, as the standard library's parser gives them."""

from __future__ import annotations

import re._constants as op  # type: ignore[import-not-found]
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from redactor.detect.prefilter.char_runs import NONE, ONE
from redactor.detect.prefilter.dialect import DIGIT, property_of
from redactor.detect.prefilter.pattern_info import Digits, PatternInfo

__all__ = ["all_digits", "all_small", "character", "letters"]

_FEW = 16  # a set of more characters is no choice of literals
_WIDEST = 100  # a range of more characters is not looked into
_HOLDING_DIGITS = {(op.CATEGORY, op.CATEGORY_WORD), (op.CATEGORY, op.CATEGORY_DIGIT)}
_BLANKS = (" ", "\n")
_SMALL = "abcdefghijklmnopqrstuvwxyz"
# Letters of Latin, Greek and Cyrillic whose case every version of Unicode knows, and exceptions.
_LETTERS = (("\u0000", "\u017f"), ("\u0386", "\u03ce"), ("\u0400", "\u0481"))
_UNSURE = {*"\u00b5\u00df\u0131\u017f\u0390\u03b0\u03c2", "i\u0307"}
_SAME = {"i": "\u0130\u0131", "s": "\u017f", "k": "\u212a"}  # if case does not count


def letters(kind: Any, value: Any, *, cased: bool) -> list[str]:
    """Return the few characters that a node matches, if that is sure."""
    return _letters(tuple(_items(kind, value)), kind is op.IN, cased)


@lru_cache(maxsize=5_000)
def _letters(items: tuple[tuple[Any, Any], ...], listed: bool, cased: bool) -> list[str]:
    if listed and all(_within(item, "0", "9") for item in items):
        return [DIGIT]
    if not all(item[0] is op.LITERAL for item in items):
        return []
    plain = [chr(item[1]) for item in items]
    forms = list(dict.fromkeys(one if cased else one.lower() for one in plain))
    return forms if all(map(_sure, plain)) and len(forms) <= _FEW else []


def _sure(letter: str) -> bool:
    """Tell whether all that matches a character if case does not count has one folded form."""
    if not (letter.islower() or letter.isupper()) and letter.lower() == letter.upper():
        return not property_of(letter)
    known = any(first <= letter <= last for first, last in _LETTERS)
    return known and letter.lower() not in _UNSURE


def all_small(items: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether a set surely holds every small letter."""
    some = items[0][0] is op.NEGATE
    return all(_holds(items, letter, some=some) for letter in _SMALL)


def all_digits(items: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether a set surely holds every digit."""
    return any(item in _HOLDING_DIGITS for item in items) and items[0][0] is not op.NEGATE


def character(kind: Any, value: Any, *, cased: bool) -> PatternInfo:
    """Return what is known of a node that matches one character."""
    return _character(tuple(_items(kind, value)), kind in {op.IN, op.LITERAL}, cased)


@lru_cache(maxsize=2_000)
def _character(items: tuple[tuple[Any, Any], ...], listed: bool, cased: bool) -> PatternInfo:
    plain = listed and items[0][0] is not op.NEGATE
    solid = listed and not any(_holds(items, blank, some=False) for blank in _BLANKS)
    digit = plain and all(_within(item, "0", "9") for item in items)
    return PatternInfo(
        least=1,
        most=1,
        solid=ONE if solid else NONE,
        wordy=ONE if plain and all(map(_of_words, items)) else NONE,
        letter=plain and all(_within(one, "A", "Z") or _within(one, "a", "z") for one in items),
        clear=listed and not any(_may_be(items, letter, cased) for letter in _SMALL),
        digits=Digits(1, 0, 0, 0, 0) if digit else None,
    )


def _items(kind: Any, value: Any) -> Sequence[tuple[Any, Any]]:
    return value if kind is op.IN else [(kind, value)]


def _of_words(item: tuple[Any, Any]) -> bool:
    """Tell whether all that an item of a set matches are characters of words."""
    kind, value = item
    if kind is op.CATEGORY:
        return value in {op.CATEGORY_WORD, op.CATEGORY_DIGIT}
    if kind not in {op.RANGE, op.LITERAL}:
        return False
    first, last = value if kind is op.RANGE else (value, value)
    every = map(chr, range(first, last + 1))
    return last - first < _WIDEST and all(_of_word(one) for one in every)


def _of_word(one: str) -> bool:
    return one in {"_", DIGIT} or one.isalpha() or one.isdecimal()


def _within(item: tuple[Any, Any], low: str, high: str) -> bool:
    kind, value = item
    if kind is op.CATEGORY:
        return low == "0" and value is op.CATEGORY_DIGIT
    if kind is op.LITERAL and value == ord(DIGIT):
        return low == "0"
    first, last = value if kind is op.RANGE else (value, value)
    return kind in {op.RANGE, op.LITERAL} and ord(low) <= first and last <= ord(high)


def _may_be(items: Sequence[tuple[Any, Any]], letter: str, cased: bool) -> bool:
    """Tell whether a set may match a small letter."""
    forms = (letter,) if cased else (letter, letter.upper(), *_SAME.get(letter, ""))
    some = items[0][0] is not op.NEGATE
    return any(_holds(items, one, some=some) for one in forms)


def _holds(items: Sequence[tuple[Any, Any]], one: str, *, some: bool) -> bool:
    """Tell whether a set holds a blank or a letter; `some` says whether properties have it."""
    negated = items[0][0] is op.NEGATE
    return negated is not any(_has(item, one, some) for item in items)


def _has(item: tuple[Any, Any], one: str, some: bool) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return some if property_of(chr(value)) else bool(value == ord(one))
    if kind is op.RANGE:
        return bool(value[0] <= ord(one) <= value[1])
    if kind is op.CATEGORY and one in _BLANKS:
        return value in {op.CATEGORY_SPACE, op.CATEGORY_NOT_WORD, op.CATEGORY_NOT_DIGIT}
    return kind is op.CATEGORY and value in {
        op.CATEGORY_WORD,
        op.CATEGORY_NOT_SPACE,
        op.CATEGORY_NOT_DIGIT,
    }
