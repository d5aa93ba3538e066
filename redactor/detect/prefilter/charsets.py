"""What is known of one char_info of a pattern: a literal, or a class such as `[a-z]`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from redactor.detect.prefilter.char_runs import NO_RUN, ONE_CHAR
from redactor.detect.prefilter.dialect import DIGIT, property_of
from redactor.detect.prefilter.parse_tree import op
from redactor.detect.prefilter.pattern_info import DigitCluster, PatternInfo

__all__ = ["char_info", "has_all_digits", "has_all_lower", "has_one_fold", "single_chars"]

_MAX_CHARS = 16  # a class of more characters is no choice of literals
_MAX_RANGE = 100  # a range of more characters is not gone through
# Categories that contain every digit; and the characters by which a class is seen to match no
# blank, every lower case letter, or none.
_DIGIT_CATEGORIES = {(op.CATEGORY, op.CATEGORY_WORD), (op.CATEGORY, op.CATEGORY_DIGIT)}
_BLANKS = (" ", "\n")
_LOWER = "abcdefghijklmnopqrstuvwxyz"

# Letters of Latin, Greek and Cyrillic whose case is the same in every version of Unicode, so that
# Python and `regex`, which bring their own, agree; and those that have more than one form.
_CASED = (("\u0000", "\u017f"), ("\u0386", "\u03ce"), ("\u0400", "\u0481"))
_AMBIGUOUS = {*"\u00b5\u00df\u0131\u017f\u0390\u03b0\u03c2", "i\u0307"}
# What else `regex` takes for these letters when it ignores case.
_VARIANTS = {"i": "\u0130\u0131", "s": "\u017f", "k": "\u212a"}

_Items = Sequence[tuple[Any, Any]]


def single_chars(kind: Any, value: Any, *, cased: bool) -> list[str]:
    r"""Return the few characters that a node matches, or none if they are many or uncertain.

    `[ab]` -> ["a", "b"], `\d` -> [DIGIT]. Without `cased` they are in lower case.
    """
    return _single_chars(tuple(_items(kind, value)), kind is op.IN, cased)


@lru_cache(maxsize=5_000)
def _single_chars(items: tuple[tuple[Any, Any], ...], is_class: bool, cased: bool) -> list[str]:
    if is_class and all(_within(item, "0", "9") for item in items):
        return [DIGIT]
    if not all(item[0] is op.LITERAL for item in items):
        return []
    plain = [chr(item[1]) for item in items]
    forms = list(dict.fromkeys(one if cased else one.lower() for one in plain))
    return forms if all(map(has_one_fold, plain)) and len(forms) <= _MAX_CHARS else []


def has_one_fold(char: str) -> bool:
    """Tell whether everything that matches a character, case ignored, is folded to the same."""
    if not (char.islower() or char.isupper()) and char.lower() == char.upper():
        return not property_of(char)
    known = any(first <= char <= last for first, last in _CASED)
    return known and char.lower() not in _AMBIGUOUS


def has_all_lower(items: _Items) -> bool:
    """Tell whether a class is sure to match every lower-case letter."""
    some = items[0][0] is op.NEGATE
    return all(_matches(items, letter, properties=some) for letter in _LOWER)


def has_all_digits(items: _Items) -> bool:
    """Tell whether a class is sure to match every digit."""
    return any(item in _DIGIT_CATEGORIES for item in items) and items[0][0] is not op.NEGATE


def char_info(kind: Any, value: Any, *, cased: bool) -> PatternInfo:
    """Return what is known of a node that matches one character."""
    return _char_info(tuple(_items(kind, value)), kind in {op.IN, op.LITERAL}, cased)


@lru_cache(maxsize=2_000)
def _char_info(items: tuple[tuple[Any, Any], ...], listed: bool, cased: bool) -> PatternInfo:
    plain = listed and items[0][0] is not op.NEGATE
    nonblank = listed and not any(_matches(items, one, properties=False) for one in _BLANKS)
    digit = plain and all(_within(item, "0", "9") for item in items)
    letter = plain and all(_within(one, "A", "Z") or _within(one, "a", "z") for one in items)
    return PatternInfo(
        min_width=1,
        max_width=1,
        nonblank=ONE_CHAR if nonblank else NO_RUN,
        word_chars=ONE_CHAR if plain and all(map(_is_word_item, items)) else NO_RUN,
        ends_in_letter=letter,
        never_starts_lower=listed and not any(_may_match(items, one, cased) for one in _LOWER),
        digits=DigitCluster(1, 0, 0, 0, 0) if digit else None,
    )


def _items(kind: Any, value: Any) -> _Items:
    return value if kind is op.IN else [(kind, value)]


def _is_word_item(item: tuple[Any, Any]) -> bool:
    r"""Tell whether all that an item of a class matches is `\w`."""
    kind, value = item
    if kind is op.CATEGORY:
        return value in {op.CATEGORY_WORD, op.CATEGORY_DIGIT}
    if kind not in {op.RANGE, op.LITERAL}:
        return False
    first, last = value if kind is op.RANGE else (value, value)
    chars = map(chr, range(first, last + 1))
    return last - first < _MAX_RANGE and all(_is_word_char(one) for one in chars)


def _is_word_char(one: str) -> bool:
    return one in {"_", DIGIT} or one.isalpha() or one.isdecimal()


def _within(item: tuple[Any, Any], low: str, high: str) -> bool:
    """Tell whether all that an item of a class matches is between two characters."""
    kind, value = item
    if kind is op.CATEGORY:
        return low == "0" and value is op.CATEGORY_DIGIT
    if kind is op.LITERAL and value == ord(DIGIT):
        return low == "0"
    first, last = value if kind is op.RANGE else (value, value)
    return kind in {op.RANGE, op.LITERAL} and ord(low) <= first and last <= ord(high)


def _may_match(items: _Items, letter: str, cased: bool) -> bool:
    """Tell whether a class may match a lower-case letter."""
    forms = (letter,) if cased else (letter, letter.upper(), *_VARIANTS.get(letter, ""))
    some = items[0][0] is not op.NEGATE
    return any(_matches(items, one, properties=some) for one in forms)


def _matches(items: _Items, one: str, *, properties: bool) -> bool:
    """Tell whether a class matches a blank or a letter; `properties`: all of those do."""
    negated = items[0][0] is op.NEGATE
    return negated is not any(_item_matches(item, one, properties) for item in items)


def _item_matches(item: tuple[Any, Any], one: str, properties: bool) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return properties if property_of(chr(value)) else bool(value == ord(one))
    if kind is op.RANGE:
        return bool(value[0] <= ord(one) <= value[1])
    if kind is op.CATEGORY and one in _BLANKS:
        return value in {op.CATEGORY_SPACE, op.CATEGORY_NOT_WORD, op.CATEGORY_NOT_DIGIT}
    return kind is op.CATEGORY and value in {
        op.CATEGORY_WORD,
        op.CATEGORY_NOT_SPACE,
        op.CATEGORY_NOT_DIGIT,
    }
