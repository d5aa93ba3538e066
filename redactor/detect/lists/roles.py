"""The words near a name: whether a role is the person's own, and whether a value is private.

"Deputy Mayor", "former mayor" and "mayor-elect" are other roles than mayor. The mayor's wife, a
clerk to the mayor and a candidate for mayor are other people. A home number is private.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["described", "held", "private"]

# What follows a name to tell a namesake apart: ", a baker", " (an engineer", ", Jr", " the elder".
_DESCRIBED = re.compile(
    r"\s?[,(]\s?an?\s+\w|,?\s+\(?(?:j[nu]?r|junior|s[en]?r|senior|I{2,3}|the (?:younger|elder))\b",
    re.IGNORECASE,
)
# Words that mark an address or number beside them as private.
_PRIVATE = frozenset("home private privately personal cell mobile residence residential".split())
_PRIVATE_BEFORE, _PRIVATE_AFTER = 4, 2  # words: "home number is", "0142 (home)"

# Words that make another role of the one behind them: "deputy mayor", "former mayor".
_OTHER_ROLE = frozenset(
    "acting assistant associate deputy emeritus ex former formerly interim joint outgoing past "
    "previous pro retired sometime sub then under vice would-be".split()
)
# People who are defined by the holder of a role: "the mayor's wife", "an aide to the mayor".
_RELATED = frozenset(
    "adviser advisor aide assistant aunt boyfriend brother bodyguard candidate carer challenger "
    "chauffeur child children clerk cook cousin critic daughter deputy driver family father friend "
    "gardener girlfriend grandchild granddaughter grandfather grandmother grandson guest heir "
    "housekeeper husband kin mother namesake neighbor neighbour nephew niece nominee nurse officer "
    "opponent pa parent parents partner predecessor relation relative rival secretary servant "
    "sibling sister son spokesman spokesperson spokeswoman spouse stepdaughter stepson successor "
    "tutor twin uncle widow widower wife".split()
)
_LINKING = frozenset("of to for".split())
_ARTICLES = frozenset("the our their his her a an this that".split())
_LOOKED_AT = 4  # words before and after a role


def held(words: Sequence[str], start: int, end: int) -> bool:
    """Tell whether the role `words[start:end]` is held by the person it is said of.

    Not "deputy mayor", "mayor-elect" or "the mayor's wife".
    """
    before = words[max(start - _LOOKED_AT, 0) : start]
    after = words[end : end + _LOOKED_AT]
    if before and before[-1] in _OTHER_ROLE:
        return False
    if after[:1] == ["elect"] or (after[:1] == ["s"] and not _RELATED.isdisjoint(after[1:])):
        return False
    return not _of_somebody(before)


def _of_somebody(before: Sequence[str]) -> bool:
    """Tell whether words attach another person to a role: "the wife of the" before "mayor"."""
    if before and before[-1] in _ARTICLES:
        before = before[:-1]
    return len(before) > 1 and before[-1] in _LINKING and before[-2] in _RELATED


def private(words: Sequence[str], start: int, end: int) -> bool:
    """Tell whether words mark the value `words[start:end]` as private: "home number is"."""
    around = [*words[max(start - _PRIVATE_BEFORE, 0) : start], *words[end : end + _PRIVATE_AFTER]]
    return not _PRIVATE.isdisjoint(around)


def described(before: Sequence[str], after: str) -> bool:
    """Tell whether the words beside a name describe a namesake: "his son", ", a baker", ", Jr"."""
    related = before and before[-1] in _RELATED
    return bool(related) or _DESCRIBED.match(after) is not None
