"""Other systems, each as a function from a text to (start, end, type), to measure beside ours.

Presidio comes with the package; `pip install datafog scrubadub` brings the others, by preference
into an environment of their own. Each is as it comes, names apart. Of Presidio's types, those are
left out that our default policy keeps: web addresses and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import spacy

from redactor.detect.presidio.reference import StockPresidio

Find = Callable[[str], Iterable[tuple[int, int, str]]]
KEPT = {"URL", "DATE_TIME"}
SECONDS = 60.0  # Presidio's own time limit for a pattern


def presidio(model: str = "") -> Find:
    """Return stock Presidio: its default recognisers, a tokenizer for context or a spaCy model."""
    stock = StockPresidio(spacy.load(model) if model else spacy.blank("en"), SECONDS)
    return lambda text: [
        (one.start, one.end, one.entity) for one in stock.find(text) if one.entity not in KEPT
    ]


def datafog() -> Find:
    """Return DataFog's regular expressions."""
    from datafog.processing.text_processing.regex_annotator import RegexAnnotator

    annotator = RegexAnnotator()
    return lambda text: [
        (one.start, one.end, one.label) for one in annotator.annotate_with_spans(text)[1].spans
    ]


def scrubadub() -> Find:
    """Return scrubadub with its default detectors."""
    from scrubadub import Scrubber

    scrubber = Scrubber()
    return lambda text: [(one.beg, one.end, one.type) for one in scrubber.iter_filth(text)]


PEERS: dict[str, Callable[[], Find]] = {
    "presidio": presidio,
    "datafog": datafog,
    "scrubadub": scrubadub,
}
