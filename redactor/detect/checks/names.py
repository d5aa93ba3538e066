"""What can be a person's name, and what cannot."""

from __future__ import annotations

import re

from redactor.detect.checks.words import (
    NO_SURNAMES,
    NUMBER_LABELS,
    OFFICES,
    ORGANISATION_WORDS,
    PARTICLES,
    PLACE_FIRST,
    PLACE_WORDS,
    PLAIN_WORDS,
    TITLE_CASE_WORDS,
    is_common,
)
from redactor.text import normalize

# A word of a name: "Vance", "O'Brien", "Anne-Marie", "T.".
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_'.-]*(?:['.-]{1,2}[^\W\d_]+)*\.?")


def not_organisation(text: str) -> bool:
    """Tell whether a display name is *not* plainly that of an organisation."""
    words = text.split()
    if not words:
        return False
    plain = [word.strip(".,;:!?()'\"").casefold() for word in words]
    possessive = any(word.endswith(("'s", "s'")) for word in plain[:-1])
    listed = any(word in ORGANISATION_WORDS for word in plain)
    return not (listed or possessive or plain[0] == "the" or "&" in plain)


def person_name(text: str) -> bool:
    """Tell whether a text is shaped like a person's name, and is no organisation and no office.

    In addresses a plus sign stands for a blank.
    """
    text = text.replace("+", " ")
    return person_name_shape(text) and not_organisation(text) and not _office(text)


def _office(text: str) -> bool:
    """Tell whether a text names an office: "Senior Advocate", "Public Prosecutor"."""
    words = text.casefold().split()
    return bool(words) and words[-1] in OFFICES and all(map(is_common, words))


def person_name_shape(text: str) -> bool:
    """Tell whether a text is one to six words that could each be part of a name."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 6:
        return False
    if words[0].casefold().strip(".") in TITLE_CASE_WORDS:
        return False
    named = [word for word in words if word.casefold() not in PARTICLES]
    return bool(named) and all(_NAME_WORD.fullmatch(word) for word in words if word != "&")


def surname_with_title(text: str) -> bool:
    """Tell whether what follows a title is a name: not an office, a dish or a holiday."""
    first = text.split(maxsplit=1)[0].casefold() if text.split() else ""
    return first not in NO_SURNAMES and person_name_shape(text)


def uncommon_name(text: str) -> bool:
    """Tell whether the word before a comma can be a surname: no plain word, place or office."""
    words = text.split(",", 1)[0].casefold().split()
    first = words[-1] if words else ""
    return bool(first) and not (
        first in PLAIN_WORDS
        or first in TITLE_CASE_WORDS
        or first in PLACE_WORDS
        or first in NO_SURNAMES
        or is_common(first)
    )


def plain_place(text: str) -> bool:
    """Tell whether several words begin or end as only places do: "Loch Ewe", "Priory Meadow"."""
    words = text.casefold().split()
    return len(words) > 1 and (words[-1] in PLACE_WORDS or words[0] in PLACE_FIRST)


def number_label(text: str) -> bool:
    """Tell whether a text has a word that labels a number, and so is no name: "Kundennummer"."""
    words = normalize(text).split()
    compound = any(word == "nr" or word.endswith(("nummer", "ausweis")) for word in words)
    return compound or text.strip() in NUMBER_LABELS or not NUMBER_LABELS.isdisjoint(words)
