"""`RuleDetector`: positions, windows, scores, time."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import cache

import pytest
from hostile import RULES, repeated
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import growth

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.rules.detector import RuleDetector
from redactor.errors import DetectionIncomplete
from redactor.model import Near, Rule
from redactor.text import view

BADGE = Rule(
    id="made/up",
    entity="BADGE",
    about="A made-up badge.",
    pattern=r"badge (?P<value>\d{3})(?: and (?P<value>\d{3}))*",
    score=0.5,
    requires=("badge ",),
    finds=("badge [[123]]",),
    ignores=("badge 12",),
)


@cache  # not when tests are collected: it costs seconds
def shipped() -> RuleDetector:
    return RuleDetector(parse_rules(bundled_rules()), seconds=60)


def found(rule: Rule, text: str) -> list[tuple[str, float]]:
    return [(text[one.start : one.end], one.score) for one in RuleDetector([rule]).find(view(text))]


def test_every_capture_of_the_group_is_found() -> None:
    assert found(BADGE, "badge 123 and 456 and 789") == [("123", 0.5), ("456", 0.5), ("789", 0.5)]


def test_rules_of_other_entities_than_asked_for_are_not_tried() -> None:
    text = view("Call 020 7946 0958 or write to ilse@example.org, 14 Cooper Lane, London SE1 4XY.")
    every = shipped().find(text)
    asked = {"EMAIL_ADDRESS", "STREET_ADDRESS"}
    assert {one.entity for one in every} > asked
    assert shipped().find(text, entities=asked) == [one for one in every if one.entity in asked]


def test_without_the_group_the_whole_match_is_found() -> None:
    whole = replace(BADGE, pattern=r"badge \d{3}", finds=("a [[badge 123]]",))
    assert found(whole, "Badge 123.") == [("Badge 123", 0.5)]


def test_positions_are_those_of_the_source_plus_the_offset() -> None:
    text = "&lt;badge\u200b \uff11\uff12\uff13&gt;"
    [one] = RuleDetector([BADGE]).find(view(text), segment=4, offset=1000)
    assert text[one.start - 1000 : one.end - 1000] == "\uff11\uff12\uff13"
    assert (one.segment, one.entity, one.source) == (4, "BADGE", "rule:made/up")


def test_near_raises_the_score_within_its_reach_only() -> None:
    near = Near(("staff",), 10, 0.9)
    rule = replace(BADGE, near=near, finds=("staff badge [[123]]", "badge [[123]]"))
    assert found(rule, "Staff badge 123") == [("123", 0.9)]
    assert found(rule, "Flagstaff badge 123") == [("123", 0.5)]
    assert found(rule, "staff" + " " * 20 + "badge 123") == [("123", 0.5)]


def test_check_decides() -> None:
    rule = replace(BADGE, check="luhn", finds=("badge [[125]]",), ignores=("badge 123",))
    assert found(rule, "badge 123, badge 125") == [("125", 0.5)]


@pytest.mark.parametrize("pattern", [r"(?:badge|card) (?P<value>\d{3})", r"\X{4} (?P<value>\d{3})"])
def test_text_without_the_required_literal_is_not_tried(pattern: str) -> None:
    either = replace(BADGE, pattern=pattern)
    assert found(either, "the card 123") == []
    free = replace(either, requires=(), finds=("card [[123]]",))
    assert found(free, "the card 123") == [("123", 0.5)]


@pytest.mark.parametrize("gap", [0, 200, 256, 300, 512, 600, 700, 5000])
def test_windows_lose_nothing(gap: int) -> None:
    text = ("x " * gap + "badge 123 ") * 3
    assert found(BADGE, text) == [("123", 0.5)] * 3


def test_a_match_longer_than_a_window_is_whole() -> None:
    rule = replace(BADGE, pattern=r"badge (?P<value>\d{3,90000})")
    digits = "7" * 20_000
    assert found(rule, f"x badge {digits} x") == [(digits, 0.5)]


@pytest.mark.parametrize("length", [100, 127, 128, 129, 250, 300])
def test_a_long_word_is_not_cut_by_a_window(length: int) -> None:
    address = "a" * length + "@example.org"
    text = f"{'x ' * 1000}{address} {'x ' * 1000}"
    found_in = {text[one.start : one.end] for one in shipped().find(view(text))}
    assert address in found_in


def test_letters_that_double_in_small_do_not_shift_windows() -> None:
    text = "\u0130" * 5000 + " badge 123 " + "x" * 5000
    assert found(BADGE, text) == [("123", 0.5)]


def test_a_pattern_out_of_time_raises_and_names_only_the_rule() -> None:
    slow = replace(BADGE, pattern=r"badge (?P<value>\d{3})|(?:a+)+$", requires=())
    detector = RuleDetector([slow], seconds=0.05)
    with pytest.raises(DetectionIncomplete) as caught:
        detector.find(view("a" * 5000 + "!"))
    assert "made/up" in str(caught.value)
    assert "aaa" not in str(caught.value)


def test_a_detector_can_be_sent_to_a_worker() -> None:
    copy = pickle.loads(pickle.dumps(RuleDetector([BADGE])))
    assert copy.find(view("badge 123")) == RuleDetector([BADGE]).find(view("badge 123"))


@pytest.mark.parametrize("unit", RULES.values(), ids=RULES)
def test_twice_the_hostile_text_is_twice_the_work(unit: str) -> None:
    assert growth(lambda size: shipped().find(view(repeated(unit, size))), 4_000) < 2.1


def test_twice_the_letters_before_an_at_sign_are_twice_the_work() -> None:
    text = "x " + "a" * 100_000 + "@example.org"
    assert growth(lambda size: shipped().find(view(text[-size:])), 20_000) < 2.1


def test_all_rules_of_a_text_share_the_time() -> None:
    rules = [replace(BADGE, id=f"made/{number}") for number in range(20)]
    detector = RuleDetector(rules, seconds=0.02)
    with pytest.raises(DetectionIncomplete):
        detector.find(view("badge 123 " * 40_000))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aT.@-_ :/\n1Q(%4&#;0)\u0430\u200b", max_size=80))
def test_findings_lie_in_the_text(text: str) -> None:
    findings = shipped().find(view(text))
    assert all(0 <= one.start < one.end <= len(text) for one in findings)
    assert findings == sorted(
        findings, key=lambda one: (one.start, one.end, one.entity, one.source)
    )


@pytest.mark.parametrize("before", ["", "x " * 400, "Some words. " * 1000])
def test_place_in_a_long_text_changes_nothing(before: str) -> None:
    text = "Write to teodor.vance [at] example [dot] org or @teo_vance, call 555-0142."
    alone = {(one.start, one.end, one.source) for one in shipped().find(view(text))}
    moved = shipped().find(view(before + text), offset=-len(before))
    assert alone <= {(one.start, one.end, one.source) for one in moved}
