"""Lone words that are searched for, and those that a document mostly reads as no name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from redactor.analysis.detection import DetectionPass
from redactor.analysis.unit import Unit
from redactor.detect.coreference.likelihood import ELSEWHERE, LIKELY, Likelihood
from redactor.detect.coreference.occurrences import Occurrence
from redactor.model import TextWindow
from redactor.text import View, normalized_tokens

__all__ = ["unlikely_words", "words_of"]


def unlikely_words(
    first: DetectionPass,
    found: Iterable[tuple[TextWindow, View, Sequence[Occurrence]]],
    unit: Unit,
    *,
    scored: bool,
) -> frozenset[str]:
    """Return the words that are no names in most places of a unit, as all detectors read it.

    A model that is not `scored` says nothing of the places where it found nobody.
    """
    own = [one for segment, _, some in found for one in some if segment.starts_in(one.finding)]
    here, spread = _partition(own, lambda one: one.spread)
    others = [] if unit.is_names else spread  # the model is made for running text
    if not scored:
        return frozenset(one.word for one in others if one.word)
    read = Likelihood.of(first.read)
    return read.unlikely_words(here, LIKELY) | read.unlikely_words(others, ELSEWHERE)


def _partition(
    found: Iterable[Occurrence], holds: Callable[[Occurrence], bool]
) -> tuple[list[Occurrence], list[Occurrence]]:
    """Return the occurrences of which something does not hold, and those of which it does."""
    halves: tuple[list[Occurrence], list[Occurrence]] = ([], [])
    for one in found:
        halves[holds(one)].append(one)
    return halves


def words_of(names: Iterable[str]) -> frozenset[str]:
    """Return the normalised words of names."""
    return frozenset(form for name in names for _, _, form in normalized_tokens(name))
