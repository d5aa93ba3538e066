"""Presidio's recognisers of patterns, at work on a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import regex
import spacy
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

from redactor.detect.presidio.registry import LANGUAGE, registry
from redactor.detect.presidio.taming import (
    Silence,
    in_one_piece,
    limit_patterns,
    pin_suffix_list,
    source,
)
from redactor.detect.told import Told
from redactor.model import Finding
from redactor.text import View, calm

WINDOW = 4_000
MARGIN = 300
_SECONDS_TO_TELL = 10.0


class PresidioDetector:
    """Presidio's generic and English recognisers; scores as Presidio gives them."""

    def __init__(self, seconds: float, countries: frozenset[str] | None = None) -> None:
        """Build the engine; `seconds` is the time limit of one pattern on one window.

        Of the recognisers of one country only those of `countries` are asked; None are all.
        """
        pin_suffix_list()
        self._silence = Silence.install()
        limit_patterns(seconds)
        engine = _Tokenizer()
        self._engine = AnalyzerEngine(
            registry=registry(countries),
            nlp_engine=engine,
            context_aware_enhancer=LemmaContextAwareEnhancer(context_matching_mode="whole_word"),
        )
        self.entities = frozenset(self._engine.get_supported_entities(LANGUAGE))

    def find(
        self,
        view: View,
        segment: int = 0,
        offset: int = 0,
        entities: list[str] | None = None,
    ) -> list[Finding]:
        """Return what the recognisers find, in source positions plus `offset`.

        Only recognisers of `entities` are asked, or all of them. Raises DetectionIncomplete when a
        pattern ran out of time.
        """
        found = []
        self._silence.timed_out = False
        for result in self._results(view.text, entities):
            start, end = view.span(result.start, result.end)
            score = round(float(result.score), 4)
            entity, who = result.entity_type, source(result)
            found.append(Finding(segment, start + offset, end + offset, entity, score, who))
        return found

    def tell(self, view: View) -> Iterator[Told]:
        """Yield what recognisers found and why, as far as they tell, and what their checks refused.

        Raises DetectionIncomplete.
        """
        self._silence.timed_out = False
        for result in self._results(view.text, None, reasons=True):
            score = round(float(result.score), 4)
            span = view.span(result.start, result.end)
            yield Told(Finding(0, *span, result.entity_type, score, source(result)), _why(result))
        for recognizer in self._engine.registry.recognizers:
            if isinstance(recognizer, PatternRecognizer):
                yield from _refused(recognizer, view)

    def _results(
        self, text: str, entities: list[str] | None, *, reasons: bool = False
    ) -> Iterator[RecognizerResult]:
        for start, end in _windows(text):
            left = max(0, start - MARGIN)
            results = self._engine.analyze(
                text[left : end + MARGIN], LANGUAGE, entities, return_decision_process=reasons
            )
            self._silence.raise_timeout()
            for result in results:
                result.start += left
                result.end += left
                if start <= result.start < end and in_one_piece(text, result):
                    yield result


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


def _refused(recognizer: Any, view: View) -> Iterator[Told]:
    """Yield what a recogniser's patterns fit, and its own check refuses."""
    text, flags = view.text, recognizer.global_regex_flags
    for pattern in recognizer.patterns:
        for match in regex.finditer(pattern.regex, text, flags=flags, timeout=_SECONDS_TO_TELL):
            value = match.group()
            if value and (
                recognizer.validate_result(value) is False or recognizer.invalidate_result(value)
            ):
                who, entity = f"presidio:{recognizer.name}", recognizer.supported_entities[0]
                finding = Finding(0, *view.span(*match.span()), entity, 0.0, who)
                why = (f"pattern {pattern.name} fits", "its check refuses")
                yield Told(finding, why, refused=True)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Cut a text at line ends or spaces into stretches of `WINDOW` characters or fewer."""
    start = 0
    while len(text) - start > WINDOW:
        stop = start + WINDOW
        cut = max(text.rfind("\n", start + WINDOW // 2, stop), text.rfind(" ", stop - MARGIN, stop))
        end = cut + 1 if cut > 0 else stop
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


class _Tokenizer(SpacyNlpEngine):
    """An NLP engine that only cuts into words, and knows their singular."""

    def __init__(self) -> None:
        super().__init__()
        tokenizer: Any = {LANGUAGE: spacy.blank(LANGUAGE)}
        self.nlp = tokenizer

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Cut a text into words; runs of signs count as space, since they cost the square."""
        return super().process_text(calm(text), language)

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
        return NlpArtifacts(
            entities=[],
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[_singular(token.lower_) for token in doc],
            nlp_engine=self,
            language=language,
        )


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us"))
    return word[:-1] if plural else word
