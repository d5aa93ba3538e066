"""Presidio recognisers of the user's own, built and validated.

They are instances of Presidio's classes, configured as its registry does it, so scores, deny lists
and checks are Presidio's. Patterns are compiled verbatim (`searches` rewrites some, which is safe
only for those that Presidio ships). Each pattern is timed on hostile texts before it is used. The
files carry no examples to build such texts from, so they are derived from the pattern: see
`samples`, and the required factors of the prefilter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import Any

import presidio_analyzer.predefined_recognizers as shipped
import regex
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from redactor.detect.prefilter import required_factors
from redactor.detect.presidio.adapters import (
    PatternAdapter,
    RecognizerAdapter,
    adapter_for,
)
from redactor.detect.presidio.registry import LANGUAGE, without_exceptions
from redactor.detect.presidio.samples import sample
from redactor.detect.presidio.searches import CandidateSearch
from redactor.detect.rules.derived import derived_attacks, never_quick
from redactor.detect.rules.redos import attacks, expanded_size, is_superlinear
from redactor.errors import DetectionIncomplete, RuleError
from redactor.model import Recognizer, ScoredPattern

__all__ = ["WrittenRecognizer", "written_recognizers"]

_CHECK_SECONDS = 1.0  # no honest pattern takes a hundredth of it on some thousand characters
_LARGEST = 100_000  # maximum `expanded_size` of a pattern

# Digits and a letter: most patterns match a part of it, and none of the files say anything better.
_ANY = "00 x"


@dataclass(frozen=True, slots=True)
class WrittenRecognizer:
    """A recogniser of the user's and its adapter."""

    written: Recognizer
    adapter: RecognizerAdapter


def written_recognizers(written: Iterable[Recognizer]) -> tuple[WrittenRecognizer, ...]:
    """Return the recognisers that are used, with their adapters.

    Raises RuleError for a repeated name, a class that is unknown or needs a model, and a pattern
    that does not compile or takes superlinear time.
    """
    used = [one for one in written if not one.unused]
    places: dict[str, str] = {}
    for one in used:
        if other := places.get(one.name):
            raise RuleError(f"{one.place}: name: another recogniser has it: {other}")
        places[one.name] = one.place
    return tuple(WrittenRecognizer(one, _adapter(one)) for one in used)


def _adapter(one: Recognizer) -> RecognizerAdapter:
    if one.predefined:
        return adapter_for(_predefined(one))
    if isinstance(getattr(shipped, one.name, None), type):
        raise RuleError(f"{one.place}: name: a recogniser of Presidio's has it")
    for pattern in one.patterns:
        _check_pattern(pattern, one.flags)
    recognizer = PatternRecognizer(
        supported_entity=one.entity,
        name=one.name,
        supported_language=LANGUAGE,
        patterns=[Pattern(p.name, p.regex, p.score) for p in one.patterns],
        deny_list=list(one.deny_list),
        context=list(one.context),
        deny_list_score=one.deny_list_score,
        global_regex_flags=one.flags,
        country_code=one.country,
    )
    recognizer.score_thresholds = dict(one.thresholds)
    return _WrittenPatterns(recognizer)


class _WrittenPatterns(PatternAdapter):
    """Runs patterns verbatim. A score of 0 finds nothing, as in Presidio."""

    @cached_property
    def _searches(self) -> list[tuple[Pattern, CandidateSearch | regex.Pattern[str]]]:
        flags = self.recognizer.global_regex_flags
        every = self.recognizer.patterns
        return [(one, regex.compile(one.regex, flags)) for one in every if one.score > 0]


def _predefined(one: Recognizer) -> EntityRecognizer:
    """Return an instance of a class of Presidio's, with the settings of the file."""
    kind = getattr(shipped, one.predefined, None)
    if not isinstance(kind, type) or not issubclass(kind, EntityRecognizer):
        raise RuleError(f"{one.place}: name: Presidio has no recogniser of that class")
    if not issubclass(kind, (PatternRecognizer, PhoneRecognizer)):
        raise RuleError(
            f"{one.place}: name: it needs a model or a service; names are found by the model of "
            "the policy"
        )
    made = kind(**_arguments(kind, one))
    if isinstance(made, PatternRecognizer):
        vars(made)["validate_result"] = without_exceptions(made.validate_result)
    if one.country is not None and one.country != made.country_code():
        raise RuleError(f"{one.place}: country_code: the class is of another country, or of none")
    made.score_thresholds = dict(one.thresholds)
    return made


def _arguments(kind: type[EntityRecognizer], one: Recognizer) -> dict[str, Any]:
    """Return the keyword arguments for a class. Raises RuleError for one it does not accept."""
    given: dict[str, Any] = {"supported_language": LANGUAGE}
    given |= {"context": list(one.context)} if one.context else {}
    given |= {"name": one.name} if one.name != one.predefined else {}
    taken = signature(kind.__init__).parameters
    if one.entity:
        single = "supported_entity" in taken
        given |= (
            {"supported_entity": one.entity} if single else {"supported_entities": [one.entity]}
        )
    if missing := sorted(given.keys() - taken.keys()):
        raise RuleError(f"{one.place}: {', '.join(missing)}: the class has no such setting")
    return given


def _check_pattern(pattern: ScoredPattern, flags: int) -> None:
    """Raise RuleError for a pattern that does not compile or takes superlinear time."""
    compiled = _compiled(pattern, flags)

    def run(text: str) -> object:
        try:
            return list(compiled.finditer(text, timeout=_CHECK_SECONDS))
        except (TimeoutError, MemoryError):
            raise DetectionIncomplete("a pattern ran out of time in its proof") from None

    if reason := never_quick(compiled.pattern, compiled.flags):
        what = f"takes time out of all proportion on any text: {reason}"
        raise RuleError(f"{pattern.place}: regex: {what}")
    tried = [*attacks(_examples(compiled)), *derived_attacks(compiled.pattern, compiled.flags)]
    if is_superlinear(run, tried):
        raise RuleError(
            f"{pattern.place}: regex: takes time out of all proportion on a hostile text; give its "
            "repetitions a bound, as in {1,40}, and let it begin in few places, as after \\b"
        )


def _compiled(pattern: ScoredPattern, flags: int) -> regex.Pattern[str]:
    try:
        if expanded_size(pattern.regex) > _LARGEST:
            raise RuleError(f"{pattern.place}: regex: too large, its repetitions written out")
        regex.compile(pattern.regex)  # as Presidio does first
        return regex.compile(pattern.regex, flags)
    except regex.error as error:  # its text would quote the pattern
        at: int | None = vars(error).get("pos")
        where = "" if at is None else f" (it fails at character {at + 1})"
        raise RuleError(f"{pattern.place}: regex: no valid expression{where}") from None
    except (ValueError, RecursionError, OverflowError):
        what = "no valid expression, or not with these global_regex_flags"
        raise RuleError(f"{pattern.place}: regex: {what}") from None


def _examples(pattern: regex.Pattern[str]) -> list[str]:
    """Return texts that a pattern may match, and literals that every match contains."""
    known = required_factors(pattern.pattern, pattern.flags)
    each = [text for factors in known.sets for text in _literals(factors)]
    return list(dict.fromkeys(filter(None, [sample(pattern.pattern), *each, _ANY])))


def _literals(factors: Iterable[Any]) -> Iterator[str]:
    for factor in factors:
        signs = list(factor.literal or "0" * factor.digits or "a" * factor.run_length)
        for at, sign in factor.exact_chars:
            signs[at] = sign
        yield "".join(signs)
