"""Lone words of the name model that are labels of the values behind them."""

from __future__ import annotations

import pytest

from redactor.analysis.unit import text_unit

LABELS = [
    ("Emp. ID: 448812", "Emp"),
    ("Mitarbeiter-Nr. 4471", "Mitarbeiter"),
    ("CUIL: 20-17254359-7", "CUIL"),
    ("geboortedatum: 3 mei 1970", "geboortedatum"),
    ("Zadzwoń 212-555-0198", "Zadzwoń"),
    ("Rego: ABC123", "Rego"),
]
NAMES = [
    ("Marsh 212-555-0198", "Marsh"),
    ("Marsh: 212-555-0198", "Marsh"),
    ("Call Marsh on 212-555-0198", "Marsh"),
    ("Passport of Marsh: X1234567", "Marsh"),
    ("Marsh, DOB 3 May 1970", "Marsh"),
    ("Marsh born 3 May 1970", "Marsh"),
    ("Marsh ID: 448812", "Marsh"),
    ("Ilse: CUIL 20-17254359-7", "Ilse"),
]


def found(analyzer, text):
    """Return the removed words of a text, people and others."""
    places = [one.decision for one in analyzer.analyze(text_unit(text)).removals]
    people = {text[one.start : one.end] for one in places if one.finding.entity == "PERSON"}
    return people, {text[one.start : one.end] for one in places} - people


@pytest.mark.parametrize(("text", "label"), LABELS)
def test_a_label_without_which_a_value_is_not_found_is_no_person(analyzer, text, label):
    people, values = found(analyzer, text)
    assert label not in people
    assert values


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_before_a_value_is_a_person(analyzer, text, name):
    people, values = found(analyzer, text)
    assert name in people
    assert values
