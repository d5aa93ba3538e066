"""Presidio's recognisers of patterns, at work on a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import regex
from presidio_analyzer import EntityRecognizer, RecognizerResult

from redactor.detect.observation import Observation
from redactor.detect.prefilter import Prefilter
from redactor.detect.presidio.adapters import CandidateWindows, RecognizerAdapter, adapter_for
from redactor.detect.presidio.context import Surroundings, Words
from redactor.detect.presidio.patches import (
    Silence,
    in_one_piece,
    limit_patterns,
    pin_suffix_list,
    source,
)
from redactor.detect.presidio.registry import LANGUAGE, registry
from redactor.detect.time_budget import TimeBudget
from redactor.errors import DetectionIncomplete
from redactor.model import Finding
from redactor.text import View

__all__ = ["PresidioDetector"]


class PresidioDetector:
    """Presidio's generic and English recognisers; scores as Presidio gives them."""

    def __init__(
        self,
        seconds: float,
        countries: frozenset[str] | None = None,
        *,
        own: Iterable[RecognizerAdapter] | None = None,
    ) -> None:
        """Load the recognisers; `seconds` is the time limit of all of them together on one text.

        Of those of one country only those of `countries` are asked; None are all. `own` are
        adapters to run instead of those that Presidio ships.
        """
        pin_suffix_list()
        self._silence = Silence.install()
        limit_patterns(seconds)
        self._seconds = seconds
        self._askers = tuple(_stock(countries) if own is None else own)
        # Presidio's patterns are known: none backtracks out of proportion within a few characters.
        self._trusted = own is None
        self._asked: dict[frozenset[str] | None, _Asked] = {}
        self.entities = frozenset(entity for one in self._askers for entity in one.entities)
        self.sources = frozenset(f"presidio:{one.recognizer.name}" for one in self._askers)

    def find(
        self,
        view: View,
        segment: int = 0,
        offset: int = 0,
        entities: Collection[str] | None = None,
    ) -> list[Finding]:
        """Return what the recognisers find, in source positions plus `offset`.

        Only recognisers of `entities` are asked, or all of them. Raises DetectionIncomplete when
        they ran out of time.
        """
        found = []
        for result in self._results(view.text, entities):
            start, end = view.span(result.start, result.end)
            score = round(float(result.score), 4)
            entity, who = result.entity_type, source(result)
            found.append(Finding(segment, start + offset, end + offset, entity, score, who))
        return found

    def tell(self, view: View) -> Iterator[Observation]:
        """Yield what recognisers found and why, as far as they tell, and what their checks refused.

        Raises DetectionIncomplete.
        """
        for result in self._results(view.text):
            score = round(float(result.score), 4)
            span = view.span(result.start, result.end)
            yield Observation(
                Finding(0, *span, result.entity_type, score, source(result)), _why(result)
            )
        for one in self._askers:
            for start, end, why in one.refused(view.text):
                [entity] = one.entities
                who = f"presidio:{one.recognizer.name}"
                yield Observation(
                    Finding(0, *view.span(start, end), entity, 0.0, who), why, refused=True
                )

    def _results(
        self, text: str, entities: Collection[str] | None = None
    ) -> list[RecognizerResult]:
        """Return all results, with what the words before them are worth."""
        self._silence.timed_out = False
        asked = self._those_for(None if entities is None else frozenset(entities))
        windows = CandidateWindows(text, asked.prefilter, TimeBudget(self._seconds))
        around = Surroundings(text, _words())
        results: list[RecognizerResult] = []
        for one in asked.askers:
            results += _weighed(one, windows, around)
        self._silence.raise_timeout()
        distinct = EntityRecognizer.remove_duplicates(results)
        return [result for result in distinct if in_one_piece(text, result)]

    def _those_for(self, entities: frozenset[str] | None) -> _Asked:
        """Return who is asked for some entities; only their patterns are ever compiled."""
        if entities not in self._asked:
            every = self._askers
            some = [one for one in every if entities is None or one.entities & entities]
            patterns = {pattern: pattern for one in some for pattern in one.patterns}
            prefilter = Prefilter(patterns, trusted=self._trusted)
            self._asked[entities] = _Asked(tuple(some), prefilter)
        return self._asked[entities]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Some recognisers, and the prefilter of their patterns."""

    askers: tuple[RecognizerAdapter, ...]
    prefilter: Prefilter[regex.Pattern[str]]


def _stock(countries: frozenset[str] | None) -> Iterator[RecognizerAdapter]:
    return map(adapter_for, registry(countries).recognizers)


@cache
def _words() -> Words:
    """Return what cuts texts into words: one for all detectors."""
    return Words(LANGUAGE)


def _weighed(
    one: RecognizerAdapter, windows: CandidateWindows, around: Surroundings
) -> list[RecognizerResult]:
    try:
        results = one.results(windows)
        for result in results if one.recognizer.context else ():
            windows.budget.left()
            around.weigh(result, one.recognizer.context)
    except (TimeoutError, MemoryError):
        message = f"Presidio's {one.recognizer.name} ran out of time ({windows.budget.seconds:g} s)"
        raise DetectionIncomplete(message) from None
    thresholds = one.recognizer.score_thresholds
    return [result for result in results if result.score >= _least(thresholds, result)]


def _least(thresholds: Mapping[str, float], result: RecognizerResult) -> float:
    """Return the score below which a recogniser itself says that a result is none."""
    return thresholds.get(result.entity_type, thresholds.get("default", 0.0))


def _why(result: RecognizerResult) -> tuple[str, ...]:
    """Return what a result says of itself; it quotes patterns' names and context words."""
    told = result.analysis_explanation
    why = [f"pattern {told.pattern_name}" if told.pattern_name else "no pattern, but code"]
    why[0] += f" fits, which is worth {told.original_score:.2f}"
    if told.validation_result is not None:
        why.append("its check agrees: 1.00")
    if told.score_context_improvement:
        why.append(f"context word {told.supportive_context_word}: {result.score:.2f}")
    return tuple(why)
