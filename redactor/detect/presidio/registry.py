"""The selection of Presidio's recognisers, and the adjustments to them."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import presidio_analyzer
import yaml
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

LANGUAGE = "en"

# Recognisers that rules replace: those distinguish an IP address from a version or a section.
_REPLACED_BY_RULES = {"IpRecognizer"}

# Recognisers that need a language model of their own, and so a download.
_NEED_A_MODEL = {"HuggingFaceNerRecognizer", "BasicLangExtractRecognizer"}

# Patterns that are not run. This one of the Indian tax number matches any word of ten letters that
# has four digits somewhere behind it, and took 43 % of the time of all recognisers.
_EXCLUDED_PATTERNS = {"PAN (Low)"}

# Entities whose patterns match plain digits, one in ten of which have a valid check digit by
# chance. Presidio scores those 1.0; here they need a context word as well.
_DIGITS_ONLY = {
    *("ABA_ROUTING_NUMBER", "AU_ABN", "AU_ACN", "AU_MEDICARE", "AU_TFN", "IN_AADHAAR", "NG_NIN"),
    *("UK_NHS", "US_NPI", "ZA_INCOME_TAX_NUMBER", "ZA_TRAFFIC_REGISTER_NUMBER", "ZA_VAT_NUMBER"),
}
# Their score without one: below the threshold of every shipped policy; a word lifts it above.
_UNAIDED_SCORE = 0.3

# Entities of a few letters and digits with a check digit: as frequent in serial numbers.
_SHORT_CODES = {"MEDICAL_LICENSE"}

# Entities of one country whose shape is seldom anything else. All others of a country are as
# frequent in digests, times and versions: they need a context word, unless the policy names the
# country.
_UNMISTAKABLE = {"UK_NINO", "US_ITIN", "US_MBI", "US_SSN"}

# Context words of Presidio's recognisers that occur beside anything: "case number", "the license".
_WITHOUT_CONTEXT = {
    "PHONE_NUMBER": {"number"},
    "US_DRIVER_LICENSE": {"identification", "permit", "license", "driver"},
}

# Context words that Presidio's recognisers lack.
_CONTEXT = {
    "UK_NHS": ["patient", "referred", "referral"],
    "AU_TFN": ["tax"],
    "IN_AADHAAR": ["aadhar", "adhaar", "adhar", "uidai"],
    "ABA_ROUTING_NUMBER": ["aba", "routing", "transit"],
}


def registry(countries: frozenset[str] | None = None) -> Any:
    """Return Presidio's registry with all English recognisers, adjusted.

    A recogniser of one country is included if it is among `countries`; None stands for all.
    """
    foreign = _of_a_country() if countries is None else frozenset()
    made = RecognizerRegistry(
        [copy(one) for one in _every() if countries is None or _is_of(one, countries)],
        global_regex_flags=_shipped()["global_regex_flags"],
        supported_languages=[LANGUAGE],
    )
    for recognizer in made.recognizers:
        _adjust_context(recognizer)
        if isinstance(recognizer, PatternRecognizer):
            _adjust(recognizer)
            if _is_ambiguous(recognizer, foreign):
                _ask_for_context(recognizer)
    return made


def unpatched_registry(countries: frozenset[str] | None = None) -> Any:
    """Return the registry with the same recognisers, not adjusted, for comparisons."""
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


@cache
def _every() -> tuple[EntityRecognizer, ...]:
    """Return the recognisers of all countries, not adjusted: Presidio takes 60 ms to make them."""
    return tuple(unpatched_registry().recognizers)


def _is_of(recognizer: EntityRecognizer, countries: frozenset[str]) -> bool:
    """Tell whether a recogniser is of no country, or of one of these."""
    name: str = vars(recognizer)["name"]
    rows = (row for row in _english() if row["name"] == name)
    return any(row.get("country_code", "") in {"", *countries} for row in rows)


def _adjust(recognizer: PatternRecognizer) -> None:
    """Remove excluded patterns, and the exceptions of checks."""
    own = vars(recognizer)
    own["validate_result"] = without_exceptions(recognizer.validate_result)
    patterns: list[Pattern] = own["patterns"]
    own["patterns"] = [p for p in patterns if p.name not in _EXCLUDED_PATTERNS]


def _is_ambiguous(recognizer: Any, foreign: frozenset[str]) -> bool:
    """Tell whether what a recogniser finds is as often something else."""
    [entity, *_] = recognizer.supported_entities
    if entity in _DIGITS_ONLY | _SHORT_CODES:
        return True
    return recognizer.name in foreign and entity not in _UNMISTAKABLE


def _ask_for_context(recognizer: Any) -> None:
    """Lower the scores of a recogniser so far that only a context word makes up for it."""
    own = vars(recognizer)
    validate, patterns = recognizer.validate_result, recognizer.patterns
    own["validate_result"] = lambda text: None if validate(text) is not False else False
    own["patterns"] = [Pattern(p.name, p.regex, min(p.score, _UNAIDED_SCORE)) for p in patterns]


def _adjust_context(recognizer: EntityRecognizer) -> None:
    """Add the context words that a recogniser lacks, and take those that say too little."""
    [entity, *_] = recognizer.supported_entities
    without = _WITHOUT_CONTEXT.get(entity, set())
    context = [word for word in recognizer.context or () if word not in without]
    vars(recognizer)["context"] = [*context, *_CONTEXT.get(entity, ())]


def without_exceptions(check: Callable[[str], bool | None]) -> Callable[[str], bool | None]:
    """Return a check that returns None, undecided, where the given one raises.

    That of Singapore's business numbers raises on digits that are not ASCII, and Presidio's engine
    then fails on the whole text.
    """

    def without_exceptions(text: str) -> bool | None:
        try:
            return check(text)
        except (ValueError, LookupError, TypeError, ArithmeticError):
            return None

    return without_exceptions


def known_countries() -> frozenset[str]:
    """Return the codes of countries with recognisers of their own, as in Presidio (`uk`)."""
    return frozenset(row["country_code"] for row in _english() if "country_code" in row)


@cache
def known_entities() -> frozenset[str]:
    """Return the entities of the recognisers of all countries."""
    return frozenset(entity for one in _every() for entity in one.supported_entities)


@cache
def _of_a_country() -> frozenset[str]:
    """Return the names of the recognisers of one country."""
    return frozenset(row["name"] for row in _english() if "country_code" in row)


@cache
def _shipped() -> Any:
    """Return Presidio's default configuration of recognisers."""
    folder = Path(presidio_analyzer.__file__).parent
    return yaml.safe_load((folder / "conf" / "default_recognizers.yaml").read_text("utf-8"))


def _english() -> list[dict[str, Any]]:
    return [row for row in _shipped()["recognizers"] if _is_usable(row)]


def _is_usable(row: dict[str, Any]) -> bool:
    languages = [
        entry if isinstance(entry, str) else entry["language"]
        for entry in row.get("supported_languages", [LANGUAGE])
    ]
    return LANGUAGE in languages and row["name"] not in _NEED_A_MODEL | _REPLACED_BY_RULES
