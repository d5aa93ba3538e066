"""The detector that runs Presidio's recognisers on a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

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
from redactor.detect.presidio.plausibility import is_plausible
from redactor.detect.presidio.registry import LANGUAGE, registry
from redactor.detect.time_budget import TimeBudget
from redactor.errors import DetectionIncomplete
from redactor.model import Finding
from redactor.text import View

__all__ = ["PresidioDetector"]

_FEW_CHARACTERS = 30_000
"""Characters that are read before what the patterns require is derived: that takes as long as
trying all patterns everywhere in about so many."""

_SHORT = 2_000
"""Characters of a text that may be read so: twice the text can take some patterns four times as
long."""


class PresidioDetector:
    """Runs Presidio's generic and English recognisers. Scores are Presidio's."""

    def __init__(
        self,
        seconds: float,
        countries: frozenset[str] | None = None,
        *,
        own: Iterable[RecognizerAdapter] | None = None,
        unfiltered: int = _FEW_CHARACTERS,
    ) -> None:
        """Load the recognisers. `seconds` is their common time limit on one text.

        A recogniser of one country is run only if it is among `countries`; None stands for all
        countries. `own` are adapters to run instead of those that Presidio ships. The first
        `unfiltered` characters of short texts are read without a prefilter, which finds the same.
        """
        pin_suffix_list()
        self._silence = Silence.install()
        limit_patterns(seconds)
        self._seconds, self._unfiltered = seconds, unfiltered
        self._adapters = tuple(_stock(countries) if own is None else own)
        # Presidio's patterns are known not to backtrack exponentially in a few characters.
        self._trusted = own is None
        self._selections: dict[frozenset[str] | None, _Selection] = {}
        self.entities = frozenset(entity for one in self._adapters for entity in one.entities)
        self.sources = frozenset(f"presidio:{one.recognizer.name}" for one in self._adapters)

    def find(
        self,
        view: View,
        segment: int = 0,
        offset: int = 0,
        entities: Collection[str] | None = None,
    ) -> list[Finding]:
        """Return the findings of the recognisers, in positions of the source plus `offset`.

        Only recognisers of `entities` are run, or all if it is None. Raises DetectionIncomplete if
        the time is over.
        """
        found = []
        for result in self._results(view.text, entities):
            start, end = view.span(result.start, result.end)
            score = round(float(result.score), 4)
            entity, who = result.entity_type, source(result)
            found.append(Finding(segment, start + offset, end + offset, entity, score, who))
        return found

    def observations(self, view: View) -> Iterator[Observation]:
        """Yield all results with their explanations, and the matches that checks refused.

        Raises DetectionIncomplete.
        """
        for result in self._results(view.text):
            score = round(float(result.score), 4)
            span = view.span(result.start, result.end)
            yield Observation(
                Finding(0, *span, result.entity_type, score, source(result)), _why(result)
            )
        for one in self._adapters:
            for start, end, why in one.refused(view.text):
                [entity] = one.entities
                who = f"presidio:{one.recognizer.name}"
                yield Observation(
                    Finding(0, *view.span(start, end), entity, 0.0, who), why, refused=True
                )

    def _results(
        self, text: str, entities: Collection[str] | None = None
    ) -> list[RecognizerResult]:
        """Return all results, their scores raised by context words."""
        self._silence.timed_out = False
        selection = self._selection(None if entities is None else frozenset(entities))
        prefilter = selection.prefilter_for(text)
        windows = CandidateWindows(text, prefilter, TimeBudget(self._seconds))
        around = Surroundings(text, _words())
        results: list[RecognizerResult] = []
        for one in selection.adapters:
            results += _with_context(one, windows, around)
        self._silence.raise_timeout()
        distinct = EntityRecognizer.remove_duplicates(results)
        return [
            one for one in distinct if in_one_piece(text, one) and self._is_plausible(text, one)
        ]

    def _is_plausible(self, text: str, result: RecognizerResult) -> bool:
        """Tell whether a result is plausible; those of the user's own recognisers all are."""
        return not self._trusted or is_plausible(text, result)

    def _selection(self, entities: frozenset[str] | None) -> _Selection:
        """Return the recognisers of some entities; no patterns of others are compiled."""
        if entities not in self._selections:
            every = self._adapters
            some = [one for one in every if entities is None or one.entities & entities]
            self._selections[entities] = _Selection(tuple(some), self._trusted, self._unfiltered)
        return self._selections[entities]


@dataclass
class _Selection:
    """Some recognisers, and how many characters they search before they have a prefilter."""

    adapters: tuple[RecognizerAdapter, ...]
    trusted: bool
    unfiltered: int

    def prefilter_for(self, text: str) -> Prefilter[regex.Pattern[str]] | None:
        """Return the prefilter of their patterns, or None while they have read little."""
        if len(text) <= min(_SHORT, self.unfiltered):
            self.unfiltered -= len(text)
            return None
        self.unfiltered = -1  # it is there now
        return self._prefilter

    @cached_property
    def _prefilter(self) -> Prefilter[regex.Pattern[str]]:
        patterns = {pattern: pattern for one in self.adapters for pattern in one.patterns}
        return Prefilter(patterns, trusted=patterns if self.trusted else ())


def _stock(countries: frozenset[str] | None) -> Iterator[RecognizerAdapter]:
    return map(adapter_for, registry(countries).recognizers)


@cache
def _words() -> Words:
    """Return the tokenizer for context words, one for all detectors."""
    return Words(LANGUAGE)


def _with_context(
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
    return [result for result in results if result.score >= _threshold(thresholds, result)]


def _threshold(thresholds: Mapping[str, float], result: RecognizerResult) -> float:
    """Return the minimum score that a recogniser sets for the entity of a result."""
    return thresholds.get(result.entity_type, thresholds.get("default", 0.0))


def _why(result: RecognizerResult) -> tuple[str, ...]:
    """Return the explanation of a result, which quotes the pattern's name and context words."""
    explanation = result.analysis_explanation
    why = [
        f"pattern {explanation.pattern_name}"
        if explanation.pattern_name
        else "no pattern, but code"
    ]
    why[0] += f" fits, which is worth {explanation.original_score:.2f}"
    if explanation.validation_result is not None:
        why.append("its check agrees: 1.00")
    if explanation.score_context_improvement:
        why.append(f"context word {explanation.supportive_context_word}: {result.score:.2f}")
    return tuple(why)
