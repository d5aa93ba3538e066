"""Words searched for alone only where the name model mostly takes them for a name."""

from __future__ import annotations

import pytest

from redactor.detect.coreference.likelihood import Likelihood
from redactor.detect.coreference.occurrences import OccurrenceFinder
from redactor.detect.coreference.resolver import EntityResolver
from redactor.detect.coreference.search_terms import person_terms
from redactor.model import Finding
from redactor.text import view

TEXT = "Marlin Storey wrote. The Marlin kernel: a Marlin build, the Marlin list. Storey agreed."
PEOPLE = EntityResolver(["Marlin Storey"])
FINDER = OccurrenceFinder(person_terms(PEOPLE), PEOPLE)


def read(*scores):
    """Return the model's findings: `scores` are those of the places of Marlin, in order."""
    starts = [at for at in range(len(TEXT)) if TEXT.startswith("Marlin", at)]
    places = zip(starts, scores, strict=True)
    found = [Finding(0, at, at + 6, "PERSON", score, "model:x") for at, score in places]
    last = TEXT.rindex("Storey")
    return Likelihood.of([*found, Finding(0, last, last + 6, "PERSON", 0.9, "model:x")])


def texts(finder):
    return {TEXT[o.finding.start : o.finding.end] for o in finder.find(view(TEXT))}


CASES = {
    "a product": ((0.9, 0.0, 0.0, 0.05), {"marlin"}),
    "a name": ((0.9, 0.6, 0.2, 0.3), set()),
    "a name that the model sees once of three": ((0.9, 0.0, 0.0, 0.2), set()),
}


@pytest.mark.parametrize(("scores", "unlikely"), CASES.values(), ids=CASES)
def test_a_word_is_judged_by_all_its_places(scores, unlikely):
    assert read(*scores).unlikely_words(FINDER.find(view(TEXT))) == unlikely


def test_without_a_word_it_is_found_in_longer_names_alone():
    assert texts(FINDER) == {"Marlin Storey", "Marlin", "Storey"}
    assert texts(FINDER.without(frozenset({"marlin"}))) == {"Marlin Storey", "Storey"}


def test_the_probability_at_a_span_is_the_highest_of_all_that_overlap_it():
    findings = [
        Finding(0, 0, 40, "PERSON", 0.2, "model:x"),
        Finding(0, 5, 8, "PERSON", 0.7, "model:x"),
        Finding(0, 30, 35, "PERSON", 0.4, "model:x"),
    ]
    likelihood = Likelihood.of(findings)
    assert [likelihood.at(*span) for span in ((6, 7), (8, 30), (34, 50), (40, 50))] == [
        0.7,
        0.2,
        0.4,
        0.0,
    ]
