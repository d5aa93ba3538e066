"""What is searched for in a document after detection: people, and other removed values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from redactor.analysis.accounts import ACCOUNTS, is_organisations
from redactor.analysis.detection import DetectionPass
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.coreference.search_terms import (
    Mention,
    SearchTerm,
    address_terms,
    file_terms,
    person_terms,
    value_terms,
)
from redactor.model import COLUMN

__all__ = ["found_terms"]

# Entities whose values may spell a name: "anna.vance@example.org".
_SPELLING_NAMES = {"EMAIL_ADDRESS", "HANDLE", "PROFILE_URL", "USERNAME"}


def found_terms(
    mentions: Iterable[Mention], people: EntityResolver, first: DetectionPass, text: str
) -> Iterator[SearchTerm]:
    """Yield the search terms of people, of other removed values, and of the file's name.

    An account that the text calls an organisation's is not searched for in prose.
    """
    yield from person_terms(people)
    yield from file_terms(first.name, people)
    for mention in mentions:
        if mention.finding.source.startswith(COLUMN):  # a cell says "yes", and so do others
            continue
        if mention.finding.entity in ACCOUNTS and is_organisations(mention.text, text):
            continue
        if mention.finding.entity != "PERSON":
            yield from value_terms(mention)
        if mention.finding.entity in _SPELLING_NAMES:
            found = address_terms(mention.text, people)
            yield from (one for one in found if not first.is_rejected(one.forms))
