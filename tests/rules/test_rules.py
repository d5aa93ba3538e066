"""Every shipped rule keeps its own examples, and a rule file that is wrong does not load."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.presidio.registry import known_countries
from redactor.detect.rules import RuleDetector, prove
from redactor.errors import RuleError
from redactor.model import Rule
from redactor.text import view

SHIPPED = parse_rules(bundled_rules())
SAMPLE = "Quentin Sample"

GOOD = """\
entity: PERSON
about: A made-up rule.
pattern: 'by (?P<value>Q\\w+ S\\w+)'
score: 0.5
finds: ['by [[Quentin Sample]]']
ignores: ['by nobody']
"""

MALFORMED = {
    "unknown key": GOOD + "colour: Quentin Sample\n",
    "unknown key inside near": GOOD
    + "near: {words: [Quentin Sample], within: 3, score: 0.9, x: 1}\n",
    "missing key": GOOD.replace("score: 0.5\n", ""),
    "repeated key": GOOD + "score: 0.7\n",
    "example as a mapping": GOOD.replace("['by nobody']", "[by: Quentin Sample]"),
    "example as the key": GOOD + "Quentin Sample: yes\n",
    "score out of range": GOOD.replace("0.5", "7"),
    "score as text": GOOD.replace("0.5", "Quentin Sample"),
    "entity in small letters": GOOD.replace("PERSON", "Quentin Sample"),
    "no mapping": "[Quentin Sample]\n",
    "no YAML": "about: 'Quentin Sample\n",
    "a tag": "!!python/object/apply:os.getcwd ['Quentin Sample']\n",
    "no text": "\x00Quentin Sample",
}

BROKEN = {
    "no regular expression": GOOD.replace("Q\\w+", "Q(("),
    "matches the empty text": GOOD.replace("by (?P<value>Q\\w+ S\\w+)", "(?P<value>(?:by)?)"),
    "misses its find": GOOD.replace("by [[", "from [["),
    "finds more than is marked": GOOD.replace("by [[Quentin Sample]]", "by [[Quentin]] Sample"),
    "find without a mark": GOOD.replace("[[Quentin Sample]]", "Quentin Sample"),
    "touches its ignore": GOOD.replace("by nobody", "by Quentin Sample"),
    "mark in an ignore": GOOD.replace("by nobody", "[[Quentin Sample]]"),
    "no finds": GOOD.replace("['by [[Quentin Sample]]']", "[]"),
    "no ignores": GOOD.replace("['by nobody']", "[]"),
    "unknown check": GOOD + "check: Quentin Sample\n",
    "check that says no": GOOD + "check: luhn\n",
    "requires what no find has": GOOD + "requires: [quentin, someone]\n",
    "requires a capital": GOOD + "requires: [Quentin]\n",
    "near that changes nothing": GOOD + "near: {words: [by], within: 9, score: 0.5}\n",
    "near that no find needs": GOOD + "near: {words: [sample name], within: 9, score: 0.9}\n",
}


def written(folder: Path, text: str, name: str = "made/up.yaml") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_shipped_rule_keeps_its_word(rule: Rule) -> None:
    prove(rule)
    assert len(rule.finds) >= 2
    assert len(rule.ignores) >= 2


def test_a_shipped_rule_for_the_numbers_of_one_country_says_so() -> None:
    told = {rule.id: rule.entity.partition("_")[0].lower() for rule in SHIPPED}
    bound = {rule: {country} for rule, country in told.items() if country in known_countries()}
    assert bound
    assert bound == {rule.id: rule.countries for rule in SHIPPED if rule.countries}


def test_rules_are_sorted_and_named_by_their_path(tmp_path: Path) -> None:
    written(tmp_path, GOOD, "b.yaml")
    written(tmp_path, GOOD, "a/z.yaml")
    assert [rule.id for rule in parse_rules(tmp_path)] == ["a/z", "b"]


def test_every_key_reaches_the_rule(tmp_path: Path) -> None:
    keys = "requires: ['by ']\ncheck: person_name\nnear: {words: [by], within: 9, score: 0.9}\n"
    keys += "countries: [US, gb]\n"
    [rule] = parse_rules(written(tmp_path, GOOD + keys))
    assert (rule.entity, rule.score, rule.requires) == ("PERSON", 0.5, ("by ",))
    assert rule.check == "person_name"
    assert rule.countries == {"us", "uk"}
    assert rule.near is not None
    assert rule.near.words == ("by",)
    prove(rule)


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_file_is_an_error_that_quotes_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rules(written(tmp_path, text))
    assert "made/up.yaml" in str(caught.value)
    assert not {"Quentin", "Sample"} & set(str(caught.value).split())
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_rule_that_breaks_its_word_does_not_load(tmp_path: Path, text: str) -> None:
    rules = parse_rules(written(tmp_path, text))
    with pytest.raises(RuleError) as caught:
        RuleDetector(rules)
    assert "made/up" in str(caught.value)
    assert "Quentin" not in str(caught.value)
    assert "Sample" not in str(caught.value)


def test_the_message_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"colour: Extra inputs"):
        parse_rules(written(tmp_path, MALFORMED["unknown key"]))


def test_id_twice_is_an_error(tmp_path: Path) -> None:
    rules = parse_rules(written(tmp_path, GOOD))
    with pytest.raises(RuleError, match="two rules have this id"):
        RuleDetector(rules * 2)


def test_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="holds no rules"):
        parse_rules(tmp_path)


def test_other_suffix_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"ends in \.yaml"):
        parse_rules(written(tmp_path, GOOD, "up.yml"))


def test_requires_loses_nothing_that_the_pattern_would_find() -> None:
    """`requires` saves time and must not change an answer, each example standing far apart."""
    examples = [text for rule in SHIPPED for text in (*rule.finds, *rule.ignores)]
    text = view(("\n\n" + "x " * 300).join(examples))
    quick = RuleDetector(SHIPPED, seconds=60).find(text)
    slow = RuleDetector([replace(rule, requires=()) for rule in SHIPPED], seconds=60).find(text)
    assert Counter(one.source for one in slow) == Counter(one.source for one in quick)
    assert quick == slow
