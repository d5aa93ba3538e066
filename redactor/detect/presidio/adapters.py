"""Adapters that run Presidio's recognisers only where they can find something.

Validation, scores and results are Presidio's; an adapter replaces the search for the patterns. Each
type of recogniser has its adapter; one of an unknown type is run on the whole text.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import Any

import regex
from presidio_analyzer import (
    AnalysisExplanation,
    EntityRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
)
from presidio_analyzer.predefined_recognizers import IbanRecognizer, PhoneRecognizer

from redactor.detect.prefilter import Prefilter
from redactor.detect.presidio.phones import Cluster, clusters
from redactor.detect.presidio.searches import CandidateSearch, search_for
from redactor.detect.time_budget import TimeBudget

__all__ = ["CandidateWindows", "PatternAdapter", "RecognizerAdapter", "adapter_for"]

# Time limit of one pattern on a text that is explained to a person.
_EXPLAIN_SECONDS = 10.0


def adapter_for(recognizer: EntityRecognizer) -> RecognizerAdapter:
    """Return the adapter of a recogniser."""
    if isinstance(recognizer, IbanRecognizer):
        return _Iban(recognizer)
    if isinstance(recognizer, PhoneRecognizer):
        return _Phones(recognizer)
    if type(recognizer).analyze is PatternRecognizer.analyze:
        return PatternAdapter(recognizer)
    return RecognizerAdapter(recognizer)


class CandidateWindows:
    """A text with its candidates: positions at which patterns and phone numbers may match.

    Without a prefilter patterns may match anywhere.
    """

    def __init__(
        self, text: str, prefilter: Prefilter[regex.Pattern[str]] | None, budget: TimeBudget
    ) -> None:
        self.text = text
        self.budget = budget
        self._scan = prefilter.scan(text, budget) if prefilter else None

    def matches(self, search: CandidateSearch | regex.Pattern[str]) -> Iterator[regex.Match[str]]:
        """Yield the matches of a prefiltered pattern, or of a pattern with its own search."""
        if isinstance(search, CandidateSearch):
            return search.matches(self.text, self.budget)
        if self._scan is None:
            return search.finditer(self.text, timeout=self.budget.left())
        return self._scan.matches(search)

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Return the groups of digits that may be phone numbers."""
        return list(clusters(self.text))


class RecognizerAdapter:
    """Runs one recogniser on the whole text."""

    def __init__(self, recognizer: Any) -> None:
        self.recognizer = recognizer
        self.entities = frozenset(recognizer.supported_entities)

    @property
    def patterns(self) -> list[regex.Pattern[str]]:
        """Return the patterns to prefilter."""
        return []

    def results(self, windows: CandidateWindows) -> list[RecognizerResult]:
        """Return the results of the recogniser in a text. Raises TimeoutError."""
        windows.budget.left()
        found = self.recognizer.analyze(text=windows.text, entities=list(self.entities))
        return list(found or ())

    def refused(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Yield start, end and explanation of each match that the recogniser's check refuses."""
        del text
        yield from ()


class PatternAdapter(RecognizerAdapter):
    """Runs the patterns of a `PatternRecognizer`, which are compiled on first use."""

    @cached_property
    def _searches(self) -> list[tuple[Pattern, CandidateSearch | regex.Pattern[str]]]:
        flags = self.recognizer.global_regex_flags
        return [(one, search_for(one.regex, flags)) for one in self.recognizer.patterns]

    @property
    def patterns(self) -> list[regex.Pattern[str]]:
        """Return the patterns without a search of their own."""
        searches = (search for _, search in self._searches)
        return [one for one in searches if not isinstance(one, CandidateSearch)]

    def results(self, windows: CandidateWindows) -> list[RecognizerResult]:
        """Return the results of matches that are not refused. Raises TimeoutError."""
        found: list[RecognizerResult] = []
        for pattern, search in self._searches:
            for match in windows.matches(search):
                found += self._validated(pattern, match)
        return EntityRecognizer.remove_duplicates(found) if found else found

    def _validated(self, pattern: Pattern, match: regex.Match[str]) -> Iterator[RecognizerResult]:
        """Yield the result of a match, unless the recogniser invalidates it."""
        if value := match.group():
            valid = self.recognizer.validate_result(value)
            if valid is not False and not self.recognizer.invalidate_result(value):
                yield self._result(pattern, match.start(), match.end(), valid)

    def _result(
        self, pattern: Pattern, start: int, end: int, valid: bool | None
    ) -> RecognizerResult:
        score = pattern.score if valid is None else EntityRecognizer.MAX_SCORE
        recognizer = self.recognizer
        why = AnalysisExplanation(recognizer.name, pattern.score, pattern.name, pattern.regex)
        vars(why)["validation_result"] = valid
        who = {
            RecognizerResult.RECOGNIZER_NAME_KEY: recognizer.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id,
        }
        return RecognizerResult(recognizer.supported_entities[0], start, end, score, why, who)

    def refused(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Yield start, end and explanation of each match that the recogniser refuses."""
        flags = self.recognizer.global_regex_flags
        for pattern in self.recognizer.patterns:
            for match in regex.finditer(pattern.regex, text, flags, timeout=_EXPLAIN_SECONDS):
                if match.group() and not any(self._validated(pattern, match)):
                    yield *match.span(), (f"pattern {pattern.name} fits", "its check refuses")


class _Iban(PatternAdapter):
    """The adapter of the IBAN recogniser.

    As in Presidio, a match that is invalid is tried again without its last groups of characters.
    """

    def _validated(self, pattern: Pattern, match: regex.Match[str]) -> Iterator[RecognizerResult]:
        start = match.start()
        for number in range(len(match.groups()), 0, -1):
            end = match.end(number) if match.end(number) > 0 else match.end()
            valid = self.recognizer.validate_result(match.string[start:end])
            if valid is not False:
                yield self._result(pattern, start, end, valid)
                return


class _Phones(RecognizerAdapter):
    """The adapter of a phone recogniser, which is run by region on groups of digits only."""

    def __init__(self, recognizer: Any) -> None:
        super().__init__(recognizer)
        self._by_region = [(one, copy(recognizer)) for one in recognizer.supported_regions]
        for region, one in self._by_region:
            one.supported_regions = (region,)

    def results(self, windows: CandidateWindows) -> list[RecognizerResult]:
        found: list[RecognizerResult] = []
        for cluster in windows.clusters:
            for region, one in self._by_region:
                if cluster.may_hold(region):
                    windows.budget.left()
                    found += _results_in(one, windows.text, cluster)
        return EntityRecognizer.remove_duplicates(found) if found else found


def _results_in(recognizer: Any, text: str, cluster: Cluster) -> Iterator[RecognizerResult]:
    """Yield the results of a recogniser in the window of a cluster."""
    low, high = cluster.window(len(text))
    for one in recognizer.analyze(text=text[low:high], entities=recognizer.supported_entities):
        one.start += low
        one.end += low
        if one.end > cluster.first:
            yield one
