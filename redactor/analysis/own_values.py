"""Addresses and accounts of people whose own data is kept in all of a collection.

They are theirs where they spell the name (`ilse.brandt@example.org`), or stand directly beside it:
`Ilse Brandt (@nightowl77)`, `Ilse Brandt <ib77@example.org>`. "Ilse Brandt wrote to ..." is no tie:
what is kept here is kept everywhere, so it must not be another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redactor.detect.coreference.name_parser import Name, names_in
from redactor.detect.coreference.nicknames import short_forms
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.coreference.search_terms import Mention, value_of
from redactor.model import Finding
from redactor.text import normalize

__all__ = ["own_values"]

ACCOUNTS = frozenset({"EMAIL_ADDRESS", "HANDLE", "USERNAME", "PROFILE_URL"})

_CLOSEST = 24  # characters between a name and what is theirs
# Signs and words between a name and an account of it: ` (`, ` <`, ", e-mail: ".
_BETWEEN = re.compile(
    r"[\s,;\"']*[(<\[]?(?:(?:e-?mail|mail|twitter|handle|account|nick|user(?:name)?)\b)?[\s:]*",
    re.IGNORECASE,
)
# Signs between an account and the name behind it: "@nightowl77 (Ilse Brandt)".
_BEFORE = re.compile(r"[>\s]*[(<\[\"']+\s*")


def own_values(
    mentions: Sequence[Mention], text: str, kept: EntityResolver
) -> Iterator[tuple[str, str]]:
    """Yield entity and canonical value of each account of a person who is `kept`."""
    spelled = {one for name in kept.names for one in _spellings(name)}
    people = [one.finding for one in mentions if _is_full(one, kept)]
    for one in mentions:
        finding = one.finding
        if finding.entity in ACCOUNTS and not one.reading:
            near = any(_is_beside(finding, person, text) for person in people)
            if near or _letters(one.text) in spelled:
                yield finding.entity, value_of(finding.entity, one.text)


def _is_full(mention: Mention, kept: EntityResolver) -> bool:
    """Tell whether a mention is the full name of a person who is kept."""
    if mention.finding.entity != "PERSON" or mention.reading:
        return False
    names = names_in(mention.with_titles)
    return len(names) == 1 and names[0].full and kept.of(names[0]).kept


def _is_beside(value: Finding, person: Finding, text: str) -> bool:
    """Tell whether nothing but signs, or a label, is between a name and an account."""
    if person.end <= value.start <= person.end + _CLOSEST:
        return _BETWEEN.fullmatch(text, person.end, value.start) is not None
    if value.end <= person.start <= value.end + _CLOSEST:
        return _BEFORE.fullmatch(text, value.end, person.start) is not None
    return False


def _spellings(name: Name) -> Iterator[str]:
    """Yield the account names that spell a name: `ilsebrandt`, `brandtilse`."""
    surname = "".join(name.last)
    forms = short_forms(name.first[0]) if len(name.first) == 1 else frozenset()
    for given in {"".join(name.first), *forms}:
        yield from (given + surname, surname + given)


def _letters(account: str) -> str:
    """Return the letters of an account name: `"Ilse.Brandt61@example.org" -> "ilsebrandt"`."""
    name = account.rstrip("/").rsplit("/", maxsplit=1)[-1].strip("@~").split("@", maxsplit=1)[0]
    return "".join(filter(str.isalpha, normalize(name)))
