"""The filter of given names is the same for the same names, whatever their order."""

from __future__ import annotations

from redactor.detect.checks.given_names import bloom_filter, is_on_list


def test_the_same_names_make_the_same_filter_in_any_order():
    assert bloom_filter(["ada", "odo"]) == bloom_filter(["odo", "ada", "ada"])


def test_names_in_other_scripts_are_on_the_list():
    assert is_on_list("Ελένη")
    assert is_on_list("ИГОРЬ")
    assert not is_on_list("Küche")
