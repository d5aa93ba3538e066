"""Patterns that are compiled late are the same patterns."""

from __future__ import annotations

import pickle

import pytest
import regex

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.lazy_pattern import lazy_pattern
from redactor.detect.rules import PATTERN_FLAGS


def test_what_is_known_of_a_shipped_pattern_before_it_is_compiled_is_true():
    for rule in parse_rules(bundled_rules()):
        lazy, compiled = (
            make(rule.pattern, PATTERN_FLAGS) for make in (lazy_pattern, regex.compile)
        )
        assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags), rule.id


def test_it_finds_what_the_pattern_finds_and_knows_its_groups():
    lazy = lazy_pattern(r"room (?P<value>\d+)", PATTERN_FLAGS)
    assert [match["value"] for match in lazy.finditer("Room 12, room 7")] == ["12", "7"]
    assert lazy.groupindex == {"value": 1}
    assert lazy.match("room 3") is not None
    assert lazy.search("no room") is None


@pytest.mark.parametrize("tried", [False, True])
def test_it_can_be_sent_to_another_process(tried):
    lazy = lazy_pattern("a+", PATTERN_FLAGS)
    if tried:
        assert lazy.search("a")
    sent = pickle.loads(pickle.dumps(lazy))
    assert (sent.pattern, sent.flags) == (lazy.pattern, lazy.flags)
    assert sent.search("baa").span() == (1, 3)


def test_flags_of_a_whole_pattern_are_known_at_once():
    pattern = r"(?s)a.b"
    assert lazy_pattern(pattern, PATTERN_FLAGS).flags == regex.compile(pattern, PATTERN_FLAGS).flags


def test_what_no_pattern_has_is_an_error():
    with pytest.raises(AttributeError):
        _ = lazy_pattern("a", PATTERN_FLAGS).colour
