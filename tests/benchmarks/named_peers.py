"""Other systems that find people, each as a function from a text to (start, end, type).

Each is as it comes, but for what it would fetch: DataFog and scrubadub_spacy are given a spaCy
pipeline in place of en_core_web_lg and en_core_web_trf. DataFog's GLiNER needs torch, philter-lite
the data of NLTK's tagger, which no package carries; pii-codex is Presidio with spaCy. vicary keeps
whom it takes for a public figure, of which news and Wikipedia are full. Versions and commands:
`pip install datafog==4.9.0 scrubadub==2.0.1 vicary==0.2.18`, and without what it depends on (torch
among it) `pip install --no-deps scrubadub-spacy==2.0.0`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import spacy
from peers import Find, presidio

KEPT = {"DATE", "URL", "url"}  # what our default policy keeps, by the names of these systems
PERSON = {"PERSON", "NAME", "name"}  # what they call a person


def said(start: int, end: int, kind: str) -> Iterator[tuple[int, int, str]]:
    """Yield a finding in our words, if it is one that we would take."""
    if kind not in KEPT:
        yield start, end, "PERSON" if kind in PERSON else kind


def datafog(model: str) -> Find:
    """Return DataFog with its spaCy engine: people, places, organisations, and its patterns."""
    from datafog import engine
    from datafog.processing.text_processing.spacy_pii_annotator import SpacyPIIAnnotator

    annotator = SpacyPIIAnnotator(nlp=spacy.load(model), model_name=model)
    engine._get_spacy_annotator = lambda: annotator
    return lambda text: [
        found
        for one in engine.scan(text, engine="spacy").entities
        if one.start >= 0  # words that it does not find again in the text
        for found in said(one.start, one.end, one.type)
    ]


def scrubbed(detector: Any) -> Find:
    """Return scrubadub with its default detectors and one more."""
    from scrubadub import Scrubber

    scrubber = Scrubber()
    scrubber.add_detector(detector)

    def find(text: str) -> Iterator[tuple[int, int, str]]:
        for one in scrubber.iter_filth(text):
            kinds = {each.type for each in getattr(one, "filths", [one])}  # what it has merged
            yield from said(one.beg, one.end, "name" if "name" in kinds else one.type)

    return find


def scrubadub_tagger() -> Find:
    """Return scrubadub with its own detector of names, which takes all proper nouns.

    It has TextBlob split sentences first, for which NLTK would fetch data: lines do, and the
    tagger, which needs none, splits them further.
    """
    import nltk.tokenize
    from scrubadub.detectors.text_blob import TextBlobNameDetector

    nltk.tokenize.sent_tokenize = lambda text, *_: text.splitlines()
    return scrubbed(TextBlobNameDetector())


def scrubadub_spacy(model: str) -> Find:
    """Return scrubadub with spaCy and the words that stand before and after names."""
    for name in ("spacy_transformers", "spacy_transformers.pipeline_component"):
        sys.modules.setdefault(name, ModuleType(name))  # imported, and used for trf models alone
    from scrubadub_spacy.detectors import SpacyNameDetector

    SpacyNameDetector.check_spacy_model = staticmethod(bool)  # a folder is no installed package
    return scrubbed(SpacyNameDetector(model=model))


def vicary() -> Find:
    """Return vicary, which looks names up in lists and keeps those of public figures."""
    from vicary import build_redactor_if_enabled

    redactor = build_redactor_if_enabled("local")

    def find(text: str) -> Iterator[tuple[int, int, str]]:
        result = redactor.redact_inbound(text)
        if result.intervened and not result.spans():
            raise ValueError("vicary does not say where it removed something")
        for one in result.spans():
            kind = result.text[one.new_start : one.new_end].strip("{}_0123456789")
            yield from said(one.orig_start, one.orig_end, kind)

    return find


def installed(models: list[str]) -> Iterator[tuple[str, Find]]:
    """Yield the systems that can be imported, by their names; say which cannot."""
    for name, build in _systems(models):
        try:
            yield name, build()
        except ImportError as error:
            print(f"left out: {name} ({error.name} is not installed)", file=sys.stderr)


def _systems(models: list[str]) -> Iterator[tuple[str, Callable[[], Find]]]:
    """Yield all systems: Presidio with each pipeline, others with the first."""
    for model in models:
        yield f"Presidio, {Path(model).name}", partial(presidio, model)
    for model in models[:1]:
        yield f"DataFog, {Path(model).name}", partial(datafog, model)
        yield f"scrubadub, {Path(model).name}", partial(scrubadub_spacy, model)
    yield "scrubadub, TextBlob", scrubadub_tagger
    yield "vicary", vicary
