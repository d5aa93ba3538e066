"""What the name model reads in the places of a document, by the words that stand there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.search_terms import Mention

__all__ = ["SURE", "Readings"]

SURE = 0.6  # a model that reads a place or an organisation with this probability is believed


class Readings:
    """What the name model reads in the places of a document, by the words that stand there."""

    def __init__(self, people: Iterable[Mention], others: Iterable[Mention]) -> None:
        """Take the people, and the places and organisations, that the model has found."""
        self._people = _by_words(people)
        self._others = _by_words(others)

    def against(self, forms: Sequence[str]) -> float:
        """Return the highest probability with which some words are read as no person."""
        return max(self._others.get(tuple(forms), ()), default=0.0)

    def as_person(self, forms: Sequence[str]) -> float:
        """Return the highest probability with which some words are read as a person."""
        return max(self._people.get(tuple(forms), ()), default=0.0)


def _by_words(mentions: Iterable[Mention]) -> Mapping[tuple[str, ...], list[float]]:
    """Return the scores of the model's findings by their words."""
    found: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for one in mentions:
        if one.finding.source.startswith("model:"):
            found[words_of(one.text)].append(one.finding.score)
    return found
