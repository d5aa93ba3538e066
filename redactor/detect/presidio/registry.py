"""Which of Presidio's recognisers read a text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import presidio_analyzer
import yaml
from presidio_analyzer import Pattern, PatternRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

LANGUAGE = "en"

# Recognisers whose work the rules do better: they tell an address from a version or a section.
_REPLACED = {"IpRecognizer"}

# Recognisers that need a language model of their own, and so a download.
_NEED_A_MODEL = {"HuggingFaceNerRecognizer", "BasicLangExtractRecognizer"}

# Patterns left out. This one of the Indian tax number takes any word of ten letters, if only four
# digits stand somewhere after it, and alone took 43 % of the time of all recognisers.
_NOISE = {"PAN (Low)"}

# What these take is digits without more, of which one in ten has the right check digit by chance.
# Presidio is sure of those; here they also need a word beside them that says what they are.
_BARE = {
    *("ABA_ROUTING_NUMBER", "AU_ABN", "AU_ACN", "AU_MEDICARE", "AU_TFN", "IN_AADHAAR", "NG_NIN"),
    *("UK_NHS", "US_NPI", "ZA_INCOME_TAX_NUMBER", "ZA_TRAFFIC_REGISTER_NUMBER", "ZA_VAT_NUMBER"),
}
_UNSURE = 0.3  # below the threshold of any policy we ship, and above it with such a word

# Words beside a number of these that Presidio does not know.
_CONTEXT = {
    "UK_NHS": ["patient", "referred", "referral"],
    "AU_TFN": ["tax"],
    "IN_AADHAAR": ["aadhar", "adhaar", "adhar", "uidai"],
    "ABA_ROUTING_NUMBER": ["aba", "routing", "transit"],
}


def registry(countries: frozenset[str] | None = None) -> Any:
    """Return Presidio's registry of the recognisers that read English, all switched on, and tamed.

    Those of one country only if it is one of `countries`; None are all.
    """
    made = as_they_come(countries)
    for recognizer in made.recognizers:
        if isinstance(recognizer, PatternRecognizer):
            _tame(recognizer)
    return made


def as_they_come(countries: frozenset[str] | None = None) -> Any:
    """Return the same recognisers with Presidio's patterns, words and checks, to compare with."""
    configuration = {
        "supported_languages": [LANGUAGE],
        "global_regex_flags": _shipped()["global_regex_flags"],
        "recognizers": [
            row | {"enabled": True}
            for row in _english()
            if countries is None or row.get("country_code", "") in {"", *countries}
        ],
    }
    provider = RecognizerRegistryProvider(registry_configuration=configuration)
    return provider.create_recognizer_registry()


def _tame(recognizer: PatternRecognizer) -> None:
    """Take away patterns that are noise, certainty that rests on one check digit, and failures."""
    own = vars(recognizer)
    own["validate_result"] = unfailing(recognizer.validate_result)
    patterns: list[Pattern] = own["patterns"]
    own["patterns"] = [p for p in patterns if p.name not in _NOISE]
    [entity, *_] = recognizer.supported_entities
    own["context"] = [*(own["context"] or ()), *_CONTEXT.get(entity, ())]
    if entity in _BARE:
        validate = recognizer.validate_result
        own["validate_result"] = lambda text: None if validate(text) else False
        own["patterns"] = [Pattern(p.name, p.regex, min(p.score, _UNSURE)) for p in patterns]


def unfailing(check: Callable[[str], bool | None]) -> Callable[[str], bool | None]:
    """Return a check that does not say anything of what makes the check fail.

    One of Singapore's business numbers raises on digits that are not ASCII, and Presidio's engine
    then on the whole text.
    """

    def unfailing(text: str) -> bool | None:
        try:
            return check(text)
        except (ValueError, LookupError, TypeError, ArithmeticError):
            return None

    return unfailing


def known_countries() -> frozenset[str]:
    """Return the countries that have recognisers of their own, as Presidio names them."""
    return frozenset(row["country_code"] for row in _english() if "country_code" in row)


@cache
def known_entities() -> frozenset[str]:
    """Return what the recognisers of all countries together can find."""
    return frozenset(registry().get_supported_entities([LANGUAGE]))


@cache
def _shipped() -> Any:
    """Return the table of recognisers that Presidio ships."""
    folder = Path(presidio_analyzer.__file__).parent
    return yaml.safe_load((folder / "conf" / "default_recognizers.yaml").read_text("utf-8"))


def _english() -> list[dict[str, Any]]:
    return [row for row in _shipped()["recognizers"] if _fits(row)]


def _fits(row: dict[str, Any]) -> bool:
    languages = [
        entry if isinstance(entry, str) else entry["language"]
        for entry in row.get("supported_languages", [LANGUAGE])
    ]
    return LANGUAGE in languages and row["name"] not in _NEED_A_MODEL | _REPLACED
