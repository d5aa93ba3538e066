"""Generalised values: less exact, and never left as they are where they are not understood."""

from __future__ import annotations

import pytest
from cases import one
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.model import Action
from redactor.operators.generalise import RESTRICTED_ZIP3

few = settings(max_examples=100, deadline=None)


def general(entity, text, **parameters):
    return one(Action.GENERALISE, entity, text, **parameters)


VALUES = [
    ("AGE", "45", "40-49"),
    ("AGE", "45 years", "40-49 years"),
    ("AGE", "7-year-old", "0-9-year-old"),
    ("AGE", "aged 45", "aged 40-49"),
    ("AGE", "forty-five", "40-49"),
    ("AGE", "ninety", "90+"),
    ("AGE", "93", "90+"),
    ("AGE", "18 months", "0-9 years"),
    ("AGE", "18 months old", "0-9 years"),
    ("AGE", "6 weeks", "0-9 years"),
    ("AGE", "thirty something", "[AGE]"),
    ("AGE", "Teodor, 45", "[AGE]"),
    ("US_ZIP_CODE", "10583", "105"),
    ("US_ZIP_CODE", "10583-1234", "105"),
    ("US_ZIP_CODE", "03601", "000"),
    ("US_ZIP_CODE", "1058", "[US_ZIP_CODE]"),
    ("UK_POSTCODE", "NW1 6XE", "NW"),
    ("CA_POSTAL_CODE", "K1A 0B1", "K"),
    ("DATE_TIME", "3 May 2014", "2014"),
    ("DATE_TIME", "May 2014", "2014"),
    ("DATE_TIME", "2014", "2014"),
    ("DATE_TIME", "3 May 2014 at 14:30", "2014"),
    ("DATE_TIME", "2019-03-12T14:30:00Z", "2019"),
    ("DATE_TIME", "3 December 2014 to 5 January 2015", "2014-2015"),
    ("DATE_OF_BIRTH", "03/05/1931", "1931"),
    ("DATE_TIME", "3.5.14", "[DATE_TIME]"),
    ("DATE_TIME", "Tuesday", "[DATE_TIME]"),
    ("DATE_TIME", "Teodor 2014", "[DATE_TIME]"),
    ("STREET_ADDRESS", "12 Kelp Lane, Harborough, NY 10583", "NY"),
    ("STREET_ADDRESS", "4 High St, Woking, Surrey GU21 1AA", "Surrey"),
    ("STREET_ADDRESS", "221B Baker Street\nLondon NW1 6XE\nUnited Kingdom", "United Kingdom"),
    ("STREET_ADDRESS", "1 Elm St, Boise, Idaho, USA", "Idaho, USA"),
    ("STREET_ADDRESS", "12 Kelp Lane, Harborough", "[STREET_ADDRESS]"),
    ("STREET_ADDRESS", "12 California Street", "[STREET_ADDRESS]"),
    ("PERSON", "Teodor Vance", "[PERSON]"),
]


@pytest.mark.parametrize(("entity", "text", "expected"), VALUES)
def test_a_value_is_made_less_exact(entity, text, expected):
    assert general(entity, text) == expected


def test_the_width_of_bands_and_the_earliest_year_are_the_policys():
    assert general("AGE", "45", band=5) == "45-49"
    assert general("AGE", "89", band=20) == "80-89"
    assert general("DATE_OF_BIRTH", "3 May 1931", earliest_year=1936) == "before 1936"
    assert general("DATE_OF_BIRTH", "3 May 1936", earliest_year=1936) == "1936"


@few
@given(st.integers(0, 130), st.integers(2, 45))
def test_an_age_lies_in_its_band_and_ninety_is_the_last(age, band):
    text = general("AGE", str(age), band=band)
    if age >= 90:
        assert text == "90+"
    else:
        first, last = map(int, text.split("-"))
        assert first <= age <= last < 90


def test_the_restricted_areas_are_seventeen():
    """45 CFR 164.514(b)(2)(i)(B), by the census of 2000."""
    assert len(RESTRICTED_ZIP3) == 17
    assert {general("US_ZIP_CODE", f"{area}01") for area in RESTRICTED_ZIP3} == {"000"}
