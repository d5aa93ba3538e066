"""Presidio as it comes, to compare with."""

from __future__ import annotations

from typing import Any

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language

from redactor.detect.presidio.patches import (
    Silence,
    limit_patterns,
    pin_suffix_list,
    source,
)
from redactor.detect.presidio.registry import LANGUAGE
from redactor.model import Finding


class StockPresidio:
    """Presidio as it comes, only to compare with: its default recognisers and its way with context.

    Names are those of a spaCy pipeline at hand. Its logger is kept quiet, its list of public
    suffixes is the one that tldextract carries, and a pattern that times out raises, as above.
    """

    def __init__(self, nlp: Language, seconds: float) -> None:
        """Build the engine on a loaded pipeline; `seconds` limits one pattern on one text."""
        pin_suffix_list()
        self._silence = Silence.install()
        limit_patterns(seconds)
        engine = SpacyNlpEngine()
        loaded: Any = {LANGUAGE: nlp}
        engine.nlp = loaded
        self._engine = AnalyzerEngine(nlp_engine=engine, supported_languages=[LANGUAGE])

    def find(self, text: str) -> list[Finding]:
        """Return what the recognisers find. Raises DetectionIncomplete."""
        self._silence.timed_out = False
        results = self._engine.analyze(text, LANGUAGE)
        self._silence.raise_timeout()
        return [
            Finding(0, one.start, one.end, one.entity_type, float(one.score), source(one))
            for one in results
        ]
