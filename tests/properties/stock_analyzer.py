"""Presidio's own engine on the whole text, to compare ours with."""

from __future__ import annotations

from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

from redactor.detect.presidio.context import ENHANCER, singular
from redactor.detect.presidio.patches import (
    Silence,
    in_one_piece,
    limit_patterns,
    pin_suffix_list,
    source,
)
from redactor.detect.presidio.plausibility import is_plausible
from redactor.detect.presidio.registry import LANGUAGE, registry
from redactor.model import Finding
from redactor.text import mask_symbol_runs


class StockAnalyzer:
    """Presidio's own `AnalyzerEngine` on the whole text, with the recognisers that we ask.

    Words are cut by a tokenizer, and context counts in whole words. What `PresidioDetector` finds
    must be what this finds; it takes much longer.
    """

    def __init__(self, seconds: float, recognizers: Any = None, *, plausible: bool = True) -> None:
        """Build the engine on a registry, ours unless given; `seconds` limits one pattern.

        `plausible` leaves out what its shape or its surroundings speak against, as ours does.
        """
        pin_suffix_list()
        self._silence = Silence.install()
        limit_patterns(seconds)
        self._plausible = plausible
        self._engine = AnalyzerEngine(
            registry=registry() if recognizers is None else recognizers,
            nlp_engine=_Tokenizer(),
            context_aware_enhancer=ENHANCER,
        )

    def find(self, text: str) -> list[Finding]:
        """Return what the recognisers find, cut back as ours are. Raises DetectionIncomplete."""
        self._silence.timed_out = False
        results = self._engine.analyze(text, LANGUAGE)
        self._silence.raise_timeout()
        return [
            Finding(0, one.start, one.end, one.entity_type, round(float(one.score), 4), source(one))
            for one in results
            if in_one_piece(text, one) and (not self._plausible or is_plausible(text, one))
        ]


class _Tokenizer(SpacyNlpEngine):
    """An NLP engine that only cuts into words, and knows their singular."""

    def __init__(self) -> None:
        super().__init__()
        tokenizer: Any = {LANGUAGE: spacy.blank(LANGUAGE)}
        self.nlp = tokenizer

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Cut a text into words; runs of signs count as space, since they cost the square."""
        return super().process_text(mask_symbol_runs(text), language)

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
        return NlpArtifacts(
            entities=[],
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[singular(token.lower_) for token in doc],
            nlp_engine=self,
            language=language,
        )
