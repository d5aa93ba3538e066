"""Was this value removed, and where? Asked with the key: nobody else can ask.

What counts as the same value, for every type of entity that the log has:

- any writing in other letter case, accents, signs, spaces or disguise (full-width digits,
  zero-width characters, entities: the normalised view);
- of telephones, cards, IBANs and the numbers of states whose digits mean the same however they are
  grouped, any grouping; of e-mail addresses, the words for "at" and "dot";
- of people, the name in either order, without title, and every place that the linker gave the
  same pseudonym: "Vance" too, in a document where that is Teodor Vance.

Nothing else: "+44 20 7946 0018" and "020 7946 0018" are two values. And what was removed as a part
of something longer (an address inside a link, or inside base64) is not found by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from redactor.audit import fingerprint
from redactor.detect.coreference.name_parser import Name, names_in
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.coreference.search_terms import value_of
from redactor.detect.ner.detector import tidied
from redactor.errors import UsageError
from redactor.keys import Key
from redactor.operators import token
from redactor.report.summary import Redaction, Summary
from redactor.text import normalize, view


class Match(Enum):
    """Why a place answers a question."""

    VALUE = "the value"
    PSEUDONYM = "the same pseudonym"


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a value was removed, and how that is known."""

    redaction: Redaction
    match: Match


def places_of(value: str, summary: Summary, key: Key) -> list[Place]:
    """Return the redactions of a value, in the order of the log.

    Raises UsageError for a value without a letter or digit. The value is not stored.
    """
    text = view(value).text
    if not normalize(text):
        raise UsageError("a value to look up has letters or digits")
    prints: dict[str, set[str]] = {}
    tokens: set[str] = set()
    for entity in {one.entity for one in summary.removals}:
        prints[entity] = {fingerprint(key, entity, form) for form in _forms(entity, text)}
        tokens |= {token(key, entity, form) for form in _linked(entity, text)}
    return list(_places(summary, prints, tokens))


def _places(summary: Summary, prints: dict[str, set[str]], tokens: set[str]) -> Iterator[Place]:
    for one in summary.removals:
        if one.fingerprint in prints[one.entity]:
            yield Place(one, Match.VALUE)
        elif one.placeholder in tokens:
            yield Place(one, Match.PSEUDONYM)


def _forms(entity: str, text: str) -> Iterator[str]:
    """Yield what the fingerprint of a value may be over."""
    if entity != "PERSON":
        yield value_of(entity, text)
        return
    start, end = tidied(text, 0, len(text))
    yield normalize(text)
    yield normalize(text[start:end])
    for name in _whole(text):
        yield from map(" ".join, (name.first + name.last, name.last + name.first))
        yield " ".join(name.first + name.middle + name.last)
        yield " ".join(name.last + name.first + name.middle)


def _linked(entity: str, text: str) -> Iterator[str]:
    """Yield what the pseudonym of a value may be over."""
    yield EntityResolver([text]).value(text) if entity == "PERSON" else value_of(entity, text)


def _whole(text: str) -> list[Name]:
    """Return the one name that a text is: of two people, neither answers for both."""
    names = names_in(text)
    return names if len(names) == 1 else []
