"""The two recognisers, each over one kind of our detectors.

They match on the normalised view of a text and return positions in the text that was given. A
result contains no text: its explanation names the rule or the model. A detector that runs out of
time raises, as in `redactor` itself, since an empty result would be read as "nothing found".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

from redactor.analysis.detectors import RuleDetectors, load_names, load_rule_detectors
from redactor.detect.ner.detector import NameDetector
from redactor.model import Finding, Limits, NameModel
from redactor.text import view

__all__ = ["NameRecognizer", "RulesRecognizer", "registry_conf_path"]

_LANGUAGE = "en"

# Those of the policy `default`: below them stand weak signs that count only together with others.
_THRESHOLDS = {"default": 0.4, "PERSON": 0.25}


def registry_conf_path() -> Path:
    """Return the path of a configuration with both, for `RecognizerRegistryProvider`."""
    return Path(__file__).with_name("recognizers.yaml")


class _Recognizer(EntityRecognizer):
    """The common part: settings, results from findings, and pickling."""

    name: str
    _loaded: Any = None

    def _set_up(
        self,
        name: str | None,
        supported_entities: Iterable[str] | None,
        supported_language: str,
        score_thresholds: Mapping[str, float] | None,
    ) -> None:
        """Load the detector and initialise the base class. Raises ConfigError, ValueError."""
        if supported_language != _LANGUAGE:
            raise ValueError(f"{type(self).__name__} reads {_LANGUAGE}, not {supported_language}")
        self.load()
        known = self._known()
        entities = sorted(known) if supported_entities is None else list(supported_entities)
        if unknown := sorted(set(entities) - known):
            raise ValueError(f"{type(self).__name__} does not find {', '.join(unknown)}")
        thresholds = _THRESHOLDS if score_thresholds is None else score_thresholds
        super().__init__(
            supported_entities=entities,
            name=name or type(self).__name__,
            supported_language=supported_language,
            version=_version(),
            score_thresholds=dict(thresholds),
        )

    def _known(self) -> frozenset[str]:
        raise NotImplementedError

    def _find(self, text: str) -> list[Finding]:
        raise NotImplementedError

    def analyze(
        self,
        text: str,
        entities: list[str] | None = None,
        nlp_artifacts: object = None,
    ) -> list[RecognizerResult]:
        """Return the results for some entities, or for all that are supported.

        `nlp_artifacts` are not used. Raises DetectionIncomplete.
        """
        del nlp_artifacts
        if not text:
            return []
        wanted = set(self.supported_entities).intersection(entities or self.supported_entities)
        return [self._result(one) for one in self._find(text) if one.entity in wanted]

    def _result(self, found: Finding) -> RecognizerResult:
        kind, _, name = found.source.partition(":")
        words = f"Detected by `{self.name}`, {kind} `{name}`"
        why = AnalysisExplanation(self.name, found.score, name, textual_explanation=words)
        who = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return RecognizerResult(found.entity, found.start, found.end, found.score, why, who)

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings without the detector: the other process loads its own."""
        return {key: value for key, value in vars(self).items() if key not in {"_loaded", "_lock"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.load()


class RulesRecognizer(_Recognizer):
    """All our rules as one recogniser, with the prefilter that makes them fast.

    >>> from redactor.presidio import RulesRecognizer
    >>> [found] = RulesRecognizer().analyze("Write to teo@example.org.")  # doctest: +SKIP
    >>> found.entity_type, found.analysis_explanation.pattern_name  # doctest: +SKIP
    ('EMAIL_ADDRESS', 'email/plain')

    Look-alikes are dropped and addresses extended to whole blocks, as in `redactor scan`. `folders`
    are folders of more rules; `countries` ("us", "uk") leaves out rules of other countries.
    `seconds` is the time limit of all rules on one text.
    """

    def __init__(  # noqa: PLR0913  # Presidio's settings, and ours
        self,
        supported_entities: Iterable[str] | None = None,
        name: str | None = None,
        supported_language: str = _LANGUAGE,
        score_thresholds: Mapping[str, float] | None = None,
        *,
        folders: Iterable[Path | str] = (),
        countries: Iterable[str] | None = None,
        seconds: float = Limits().rule_seconds,
    ) -> None:
        self._folders = tuple(Path(folder) for folder in folders)
        self._countries = None if countries is None else frozenset(countries)
        self._seconds = seconds
        self._set_up(name, supported_entities, supported_language, score_thresholds)

    def load(self) -> None:
        """Load and prove the rules, once. Raises RuleError."""
        if self._loaded is None:
            self._loaded = load_rule_detectors(self._folders, self._seconds, self._countries)

    def _known(self) -> frozenset[str]:
        detectors: RuleDetectors = self._loaded
        return detectors.rules.entities

    def _find(self, text: str) -> list[Finding]:
        detectors: RuleDetectors = self._loaded
        return detectors.by_rules(view(text))


class NameRecognizer(_Recognizer):
    """Our name model as a recogniser: people, organisations, places.

    Scores are probabilities. `model` is one of ours (`accurate`, `fast`), or any other value of
    `redactor --model`. Threads may share it; they take turns.
    """

    def __init__(
        self,
        supported_entities: Iterable[str] | None = None,
        name: str | None = None,
        supported_language: str = _LANGUAGE,
        score_thresholds: Mapping[str, float] | None = None,
        *,
        model: str = "accurate",
    ) -> None:
        self._model = NameModel.named(model)
        self._set_up(name, supported_entities, supported_language, score_thresholds)

    def load(self) -> None:
        """Load the model, once. Raises ModelError."""
        if self._loaded is None:
            self._loaded, self._lock = load_names(self._model), _MODEL_LOCK

    def _known(self) -> frozenset[str]:
        detector: NameDetector = self._loaded
        return detector.entities

    def _find(self, text: str) -> list[Finding]:
        detector: NameDetector = self._loaded
        with self._lock:
            return detector.find(view(text))


_MODEL_LOCK = Lock()
"""One for all: recognisers of the same model share it."""


def _version() -> str:
    from redactor import __version__

    return __version__
