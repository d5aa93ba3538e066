"""The filter of given names holds those of many languages, and few other words."""

from __future__ import annotations

import pytest

from redactor.detect.checks.given_names import bloom_filter, listed_given_name


@pytest.mark.parametrize(
    "name", ["Silje Brekke", "Zdeněk Halík", "Väinö Harjunpää", "Ελένη Καραγιάννη", "Ilse+Brandt"]
)
def test_a_name_of_the_list_with_a_surname_is_one(name):
    assert listed_given_name(name)


@pytest.mark.parametrize("text", ["", "Red Lamp", "San Luis", "Minister Brekke", "Harbour Street"])
def test_other_words_are_none(text):
    assert not listed_given_name(text)


def test_the_same_names_make_the_same_filter_in_any_order():
    assert bloom_filter(["ada", "odo"]) == bloom_filter(["odo", "ada", "ada"])
