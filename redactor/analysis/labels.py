"""People who are none: words that a rule needs to know the value behind them by.

Of "Mitarbeiter-Nr. 4471" and "CUIL: 20-17254359-7" the name model takes the first word for a
person. Without it the rule does not find the number: then it is a label. A name is none: "Marsh
212-555-0198" is a telephone number without it as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from redactor.detect.coreference.name_parser import words_of
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.rules.detector import RuleDetector
from redactor.model import Finding
from redactor.text import view

__all__ = ["without_labels"]

_NEAR = 24  # characters between a label and its value: " (optional) no.: "
_BEFORE = 60  # characters before a label in which the rest of it may be

_SHAPE = str.maketrans(
    {char: "X" if char.isupper() else "x" for char in map(chr, range(0x250)) if char.isalpha()}
)


def without_labels(
    people: Iterable[Mention], found: Iterable[Finding], text: str, rules: RuleDetector
) -> list[Mention]:
    """Return mentions without lone words of the name model that are labels of values.

    `found` are the findings of all detectors in the text.
    """
    values = sorted((one for one in found if _is_of_rule(one)), key=lambda one: one.start)
    starts = [one.start for one in values]
    return [
        one
        for one in people
        if not (_may_be_label(one) and _is_label(one.finding, values, starts, text, rules))
    ]


def _is_of_rule(finding: Finding) -> bool:
    return finding.source.startswith("rule:") and finding.entity != "PERSON"


def _may_be_label(mention: Mention) -> bool:
    finding = mention.finding
    alone = finding.entity == "PERSON" and finding.source.startswith("model:")
    return alone and not mention.reading and len(words_of(mention.text)) == 1


def _is_label(
    word: Finding, values: Sequence[Finding], starts: Sequence[int], text: str, rules: RuleDetector
) -> bool:
    """Tell whether a value near behind a word is not found with other letters in its place."""
    first = bisect_left(starts, word.end)
    near = [one for one in values[first : first + 4] if one.start - word.end <= _NEAR]
    return any(
        _is_found(one, word, text, rules) and not _is_found(one, word, text, rules, masked=True)
        for one in near
    )


def _is_found(
    value: Finding, word: Finding, text: str, rules: RuleDetector, *, masked: bool = False
) -> bool:
    """Tell whether the rule of a value finds it in the text around a word, or its `masked` form.

    That has an x for each letter of the word.
    """
    low, high = max(0, word.start - _BEFORE), value.end + _BEFORE
    said = text[word.start : word.end]
    written = said.translate(_SHAPE) if masked else said
    stretch = view(text[low : word.start] + written + text[word.end : high])
    return any(
        one.source == value.source and one.start == value.start
        for one in rules.find(stretch, value.segment, low, {value.entity})
    )
