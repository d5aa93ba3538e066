"""Microsoft Presidio's recognisers, through its own registry: the only module that imports it.

What it takes to stand on Presidio, with the version the facts were seen in (2.2.366):

- a pattern that times out is skipped with a warning in the log; here it raises;
- its loggers quote the text they could not validate; here nothing of theirs is ever emitted;
- its e-mail recogniser fetches the public suffix list; here it has the list that tldextract
  carries, and no network;
- context words are matched as parts of words ("lic" in "duplicate"); here as whole words, plural
  or not. Of a spaCy pipeline it needs only tokens for that, so it gets only a tokenizer: names
  are found beside it, in `detect.names`;
- its search for context walks the tokens from the first, for every result; here it sees a few
  thousand characters at a time, with a margin on both sides.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import presidio_analyzer
import spacy
import tldextract
import yaml
from presidio_analyzer import (
    AnalyzerEngine,
    Pattern,
    PatternRecognizer,
    RecognizerResult,
    pattern_recognizer,
)
from presidio_analyzer.chunkers.base_chunker import BaseTextChunker, TextChunk
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers.generic import email_recognizer, iban_recognizer
from presidio_analyzer.predefined_recognizers.ner import (
    GLiNERRecognizer,
    HuggingFaceNerRecognizer,
)
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider
from spacy.language import Language

from redactor.errors import DetectionIncomplete, ModelError
from redactor.model import Finding
from redactor.text import View, calm

WINDOW = 4_000
MARGIN = 300

# Recognisers that need a language model of their own, and so a download.
_NEED_A_MODEL = {"HuggingFaceNerRecognizer", "BasicLangExtractRecognizer"}
_LANGUAGE = "en"

# Patterns left out. This one of the Indian tax number takes any word of ten letters, if only four
# digits stand somewhere after it, and alone took 43 % of the time of all recognisers.
_NOISE = {"PAN (Low)"}


class PresidioDetector:
    """Presidio's generic and English recognisers, all of them; scores as Presidio gives them."""

    def __init__(self, seconds: float) -> None:
        """Build the engine; `seconds` is the time limit of one pattern on one window."""
        _pin_suffix_list()
        self._silence = _Silence.install()
        _limit_patterns(seconds)
        engine = _Tokenizer()
        registry = _registry()
        self._engine = AnalyzerEngine(
            registry=registry,
            nlp_engine=engine,
            context_aware_enhancer=LemmaContextAwareEnhancer(context_matching_mode="whole_word"),
        )
        self.entities = frozenset(self._engine.get_supported_entities(_LANGUAGE))

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
            entity, source = result.entity_type, _source(result)
            found.append(Finding(segment, start + offset, end + offset, entity, score, source))
        return found

    def _results(self, text: str, entities: list[str] | None) -> Iterator[RecognizerResult]:
        for start, end in _windows(text):
            left = max(0, start - MARGIN)
            results = self._engine.analyze(text[left : end + MARGIN], _LANGUAGE, entities)
            self._silence.raise_timeout()
            for result in results:
                result.start += left
                result.end += left
                if start <= result.start < end:
                    yield result


class StockPresidio:
    """Presidio as it comes, only to compare with: its default recognisers and its way with context.

    Names are those of a spaCy pipeline at hand. Its logger is kept quiet, its list of public
    suffixes is the one that tldextract carries, and a pattern that times out raises, as above.
    """

    def __init__(self, nlp: Language, seconds: float) -> None:
        """Build the engine on a loaded pipeline; `seconds` limits one pattern on one text."""
        _pin_suffix_list()
        self._silence = _Silence.install()
        _limit_patterns(seconds)
        engine = SpacyNlpEngine()
        loaded: Any = {_LANGUAGE: nlp}
        engine.nlp = loaded
        self._engine = AnalyzerEngine(nlp_engine=engine, supported_languages=[_LANGUAGE])

    def find(self, text: str) -> list[Finding]:
        """Return what the recognisers find. Raises DetectionIncomplete."""
        self._silence.timed_out = False
        results = self._engine.analyze(text, _LANGUAGE)
        self._silence.raise_timeout()
        return [
            Finding(0, one.start, one.end, one.entity_type, float(one.score), _source(one))
            for one in results
        ]


def token_classifier(folder: Path) -> Any:
    """Return Presidio's recogniser over a Hugging Face token classifier. Raises ModelError.

    It gives the model's own labels, whatever their score. What makes it fail it logs, and goes on
    as if there were nothing to find; who calls it must watch its `ner_pipeline`.
    """
    _need("huggingface", "transformers", "torch")
    return _offline(
        lambda: HuggingFaceNerRecognizer(
            model_name=str(folder),
            label_mapping={},
            label_prefixes=["B-", "I-", "E-", "S-", "U-", "L-"],
            threshold=0.0,
            text_chunker=_Whole(),
            device="cpu",
        ),
        folder,
    )


def gliner(folder: Path, labels: Iterable[str], threshold: float) -> Any:
    """Return Presidio's recogniser over a GLiNER model that looks for labels. Raises ModelError."""
    _need("gliner", "gliner")
    return _offline(
        lambda: GLiNERRecognizer(
            model_name=str(folder),
            entity_mapping={label: label for label in labels},
            threshold=threshold,
            text_chunker=_Whole(),
            map_location="cpu",
            local_files_only=True,
        ),
        folder,
    )


def _need(extra: str, *packages: str) -> None:
    """Raise ModelError, with what installs them, unless all packages are there."""
    if missing := [name for name in packages if find_spec(name) is None]:
        raise ModelError(
            f"this kind of model needs {' and '.join(missing)}: pip install 'redactor[{extra}]'"
        )


def _offline(make: Callable[[], Any], folder: Path) -> Any:
    """Make a recogniser from what is in a folder alone; the network is out of bounds."""
    _Silence.install()
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    if (hub := sys.modules.get("huggingface_hub.constants")) is not None:  # read it on import
        vars(hub)["HF_HUB_OFFLINE"] = True
    if (talk := sys.modules.get("transformers.utils.logging")) is not None:
        talk.set_verbosity(logging.CRITICAL)
        talk.disable_progress_bar()
    try:
        return make()
    except Exception as error:  # noqa: BLE001  # whatever a damaged file makes its reader raise
        raise ModelError(
            f"the model {folder.name} is damaged, incomplete, or asks for files that are not in "
            f"its folder ({type(error).__name__})"
        ) from None


class _Whole(BaseTextChunker):
    """Cuts nothing: `taggers` has done so, by what the model can take in."""

    def chunk(self, text: str) -> list[TextChunk]:
        """Return the text as one chunk."""
        return [TextChunk(text, 0, len(text))]


def _limit_patterns(seconds: float) -> None:
    """Set Presidio's time limit, which it reads once, from the environment, on import."""
    for module in (pattern_recognizer, iban_recognizer):
        vars(module)["REGEX_TIMEOUT_SECONDS"] = seconds


def _source(result: RecognizerResult) -> str:
    return f"presidio:{_recognizer(result)}"


def _recognizer(result: RecognizerResult) -> str:
    metadata: dict[str, str] = result.recognition_metadata
    return metadata[RecognizerResult.RECOGNIZER_NAME_KEY]


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
        tokenizer: Any = {_LANGUAGE: spacy.blank(_LANGUAGE)}
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


@cache
def _pin_suffix_list() -> None:
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    vars(email_recognizer)["tldextract"] = SimpleNamespace(extract=extract)


def _registry() -> Any:
    configuration = {
        "supported_languages": [_LANGUAGE],
        "global_regex_flags": _shipped()["global_regex_flags"],
        "recognizers": [row | {"enabled": True} for row in _shipped()["recognizers"] if _fits(row)],
    }
    provider = RecognizerRegistryProvider(registry_configuration=configuration)
    registry = provider.create_recognizer_registry()
    for recognizer in registry.recognizers:
        if isinstance(recognizer, PatternRecognizer):
            patterns: list[Pattern] = vars(recognizer)["patterns"]
            vars(recognizer)["patterns"] = [p for p in patterns if p.name not in _NOISE]
    return registry


@cache
def _shipped() -> Any:
    """Return the table of recognisers that Presidio ships."""
    folder = Path(presidio_analyzer.__file__).parent
    return yaml.safe_load((folder / "conf" / "default_recognizers.yaml").read_text("utf-8"))


def _fits(row: dict[str, Any]) -> bool:
    languages = [
        entry if isinstance(entry, str) else entry["language"]
        for entry in row.get("supported_languages", [_LANGUAGE])
    ]
    return _LANGUAGE in languages and row["name"] not in _NEED_A_MODEL


class _Silence(logging.Filter):
    """Keeps Presidio's logger quiet, since it quotes documents, and remembers time-outs."""

    timed_out = False

    @classmethod
    @cache
    def install(cls) -> _Silence:
        """Put the one filter there is on Presidio's logger."""
        silence = cls()
        logging.getLogger("presidio-analyzer").addFilter(silence)
        return silence

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the record; a time-out is remembered."""
        self.timed_out = self.timed_out or "timed out" in str(record.msg)
        return False

    def raise_timeout(self) -> None:
        """Raise DetectionIncomplete if a pattern gave up since the last call."""
        if self.timed_out:
            self.timed_out = False
            raise DetectionIncomplete("a Presidio pattern ran out of time")
