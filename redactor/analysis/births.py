"""Years of birth that a document gives beside names, which distinguish two people of one name.

Of `Ilse Brandt (born 1961)` and `Ilse Brandt, DOB 12/05/1961`: 1961. A year alone in brackets is
none: it may be that of a book.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from redactor.detect.coreference.name_parser import Name, names_in
from redactor.detect.coreference.other_people import Births
from redactor.detect.coreference.search_terms import Mention

__all__ = ["births"]

_NEAR = 80  # characters between the end of a name and a date of birth
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
# What says, directly behind a name, that a year is that of a birth: ", born in 1961", " (b. 1961".
_BORN = re.compile(
    r"[\s,;]*[(\[]?\s*(?:born|b\.|geb\.|geboren|né|née|nacid[oa]|nat[oa]|\*)[^\S\n]*"
    r"(?:(?:in|im|en|on|am|nel|el)[^\S\n]+)?((?:1[89]|20)\d\d)(?!\d)",
    re.IGNORECASE,
)


def births(mentions: list[Mention], text: str) -> Births:
    """Return the years of birth beside full names in a text."""
    found: dict[Name, set[int]] = defaultdict(set)
    for name, year in _told(mentions, text):
        found[name].add(year)
    return {name: frozenset(years) for name, years in found.items()}


def _told(mentions: list[Mention], text: str) -> Iterator[tuple[Name, int]]:
    people = [one for one in mentions if one.finding.entity == "PERSON" and not one.reading]
    people.sort(key=lambda one: (one.finding.end, one.finding.start))
    ends = [one.finding.end for one in people]
    for one in people:
        if born := _BORN.match(text, one.finding.end):
            yield from ((name, int(born[1])) for name in _full(one))
    for date in mentions:
        if date.finding.entity == "DATE_OF_BIRTH" and (year := _YEAR.search(date.text)):
            at = bisect_right(ends, date.finding.start) - 1
            if at >= 0 and date.finding.start - ends[at] <= _NEAR:
                yield from ((name, int(year[0])) for name in _full(people[at]))


def _full(mention: Mention) -> Iterator[Name]:
    names = names_in(mention.with_titles)
    yield from (name for name in names if name.full) if len(names) == 1 else ()
