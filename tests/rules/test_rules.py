"""Every shipped rule keeps its own examples, and a rule file that is wrong does not load."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.detectors import load_rules
from redactor.config.policy import load_policy
from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.presidio.registry import known_countries
from redactor.detect.rules.detector import RuleDetector, check_redos, validate
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
    "larger than it looks": GOOD.replace("Q\\w+", "(?:(?:Q{1000}){1000}){1000}"),
    "value outside of the match": GOOD.replace("(?P<value>Q\\w+ S\\w+)", "(?=(?P<value>Q.{13}))"),
}

# Where the fault stands. In GOOD the pattern is on line 3, `finds` on 5, `ignores` on 6.
LINES = {
    "unknown key": 7,
    "unknown key inside near": 7,
    "missing key": 1,
    "repeated key": 1,
    "example as a mapping": 6,
    "score out of range": 4,
    "entity in small letters": 1,
    "no YAML": 2,
    "no regular expression": 3,
    "matches the empty text": 3,
    "misses its find": 5,
    "finds more than is marked": 5,
    "find without a mark": 5,
    "touches its ignore": 6,
    "mark in an ignore": 6,
    "no finds": 5,
    "no ignores": 6,
    "unknown check": 7,
    "check that says no": 5,
    "requires what no find has": 7,
    "near that changes nothing": 7,
    "near that no find needs": 7,
    "value outside of the match": 5,
    "larger than it looks": 3,
}

# A pattern, and what it finds.
SLOW = {
    "repetition in a repetition": (r"(?:a+)+b", "[[aaab]]"),
    "words in a repetition": (r"(?:\w+\s?)+:", "[[this that:]]"),
    "alternatives that overlap": (r"(?:\w|\d)+!", "[[abc!]]"),
    "a run tried from every place": (r"\d+x", "[[12x]]"),
    "a possessive run tried from every place": (r"\w++@", "[[jo@]]"),
    "a field up to a sign": (r"<.*?>", "[[<a>]]"),
    "blanks and blanks": (r"by\s*\s*\s*,", "[[by ,]]"),
    "the address of the textbooks": (r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b", "[[jo@example.org]]"),
    "the same again": (r"(?P<quote>.+)x(?P=quote)", "[[abxab]]"),
    "only after its label": (r"case: (?P<value>(?:[a-z]+-?)+)!", "case: [[ab-cd]]!"),
    "bounded, but in many ways": (r"(?:\w{1,40}_?){1,40}!", "[[ab_cd!]]"),
    "from the end of the line": (r"(?<=\bid .*)\d", "id [[7]]"),
}
STEADY = {
    "literals and digits": (r"\bB-(?P<value>\d{6})\b", "B-[[123456]]"),
    "a run from its beginning": (r"(?<!\w)\w++@", "[[jo@]]"),
    "bounded runs": (r"\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}\b", "[[jo@example.org]]"),
    "long bounded runs": (r"(?:\w{1,300} ){1,10}:", "[[a b :]]"),
    "an unbounded value after its label": (r"case no\.? ?(?P<value>\d+)", "case no. [[55512]]"),
    "capitals": (r"(?-i:\b[A-Z]{2,3})-?\d+\b", "[[AB-123]]"),
    "a line": (r"^from: (?P<value>.+)$", "from: [[Quentin Sample]]"),
    "words": (r"\b(?:mr|mrs|ms)\.? (?-i:[A-Z])\w+", "[[Mr Sample]]"),
}


def written(folder: Path, text: str, name: str = "made/up.yaml") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_shipped_rule_keeps_its_word(rule: Rule) -> None:
    validate(rule)
    assert len(rule.finds) >= 2
    assert len(rule.ignores) >= 2


def test_a_shipped_rule_for_the_numbers_of_one_country_says_so() -> None:
    told = {rule.id: rule.entity.partition("_")[0].lower() for rule in SHIPPED}
    known = known_countries().union(*(rule.countries for rule in SHIPPED))
    bound = {rule: {country} for rule, country in told.items() if country in known}
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
    validate(rule)


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


@pytest.mark.parametrize("name", LINES)
def test_the_message_names_file_and_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(RuleError) as caught:
        RuleDetector(parse_rules(written(tmp_path, (MALFORMED | BROKEN)[name])))
    place = f"{tmp_path / 'made/up.yaml'}"
    line = LINES[name]
    assert str(caught.value).startswith(place)
    assert f"line {line}" in str(caught.value)
    assert len(str(caught.value)) > len(f"{place}, line {line}: ")


def test_the_line_of_one_example_among_many(tmp_path: Path) -> None:
    text = GOOD.replace(
        "['by nobody']", "\n- by no one\n- |-\n  by\n  Quentin\n- by Quentin Sample"
    )
    with pytest.raises(RuleError, match=r"line 11: `ignores` number 3 is to be left alone"):
        RuleDetector(parse_rules(written(tmp_path, text)))


def made(pattern: str, example: str) -> Rule:
    return Rule("made/up", "BADGE", "About.", pattern, 0.5, finds=(example,), ignores=("nothing",))


@pytest.mark.parametrize(("pattern", "example"), SLOW.values(), ids=SLOW)
def test_a_pattern_that_is_slow_on_some_text_does_not_load(pattern: str, example: str) -> None:
    rule = made(pattern, example)
    validate(rule)
    with pytest.raises(RuleError, match="`pattern` takes time out of all proportion"):
        check_redos(rule)


@pytest.mark.parametrize(("pattern", "example"), STEADY.values(), ids=STEADY)
def test_a_pattern_that_is_not_slow_loads(pattern: str, example: str) -> None:
    rule = made(pattern, example)
    validate(rule)
    check_redos(rule)


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.id)
def test_shipped_rule_is_quick_on_every_text_that_is_tried(rule: Rule) -> None:
    check_redos(rule)


def test_a_slow_rule_of_the_users_is_refused_and_its_place_is_told(tmp_path: Path) -> None:
    text = GOOD.replace("by (?P<value>Q\\w+ S\\w+)", "by (?P<value>(?:\\w+ ?)+)(?<=e)$")
    written(tmp_path, text)
    policy = load_policy("default")
    with pytest.raises(RuleError, match=r"up\.yaml, line 3: `pattern` takes time"):
        Analyzer(policy, (tmp_path,))


def test_the_message_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"colour: Extra inputs"):
        parse_rules(written(tmp_path, MALFORMED["unknown key"]))


def test_id_twice_is_an_error(tmp_path: Path) -> None:
    rules = parse_rules(written(tmp_path, GOOD))
    with pytest.raises(RuleError, match="two rules have the id made"):
        RuleDetector(rules * 2)


def test_an_id_of_another_folder_is_an_error_that_names_both_files(tmp_path: Path) -> None:
    one, other = written(tmp_path / "one", GOOD), written(tmp_path / "other", GOOD)
    with pytest.raises(RuleError) as caught:
        load_rules((one, other))
    assert str(one / "made/up.yaml") in str(caught.value)
    assert str(other / "made/up.yaml") in str(caught.value)


def test_the_id_of_a_shipped_rule_is_taken(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="two rules have the id email/plain"):
        load_rules((written(tmp_path, GOOD, "email/plain.yaml"),))


@pytest.mark.parametrize("way", ["folder twice", "folder in the folder", "link"])
def test_a_file_that_is_read_twice_is_an_error(tmp_path: Path, way: str) -> None:
    written(tmp_path, GOOD)
    if way == "link":
        (tmp_path / "same.yaml").symlink_to("made/up.yaml")
    folders = {"folder twice": (tmp_path, tmp_path), "link": (tmp_path,)}
    with pytest.raises(RuleError, match="is read twice"):
        load_rules(folders.get(way, (tmp_path, tmp_path / "made")))


def test_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("No rule.")
    with pytest.raises(RuleError, match="holds no rules"):
        parse_rules(tmp_path)


def test_a_folder_that_is_none_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"nowhere does not exist"):
        parse_rules(tmp_path / "nowhere")
    written(tmp_path, GOOD, "one.yaml")
    with pytest.raises(RuleError, match=r"one\.yaml is no folder"):
        parse_rules(tmp_path / "one.yaml")


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    written(tmp_path / "elsewhere", GOOD)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/theirs").symlink_to(tmp_path / "elsewhere")
    assert [rule.id for rule in parse_rules(tmp_path / "rules")] == ["theirs/made/up"]
    (tmp_path / "elsewhere/back").symlink_to(tmp_path / "rules")
    with pytest.raises(RuleError, match="leads back"):
        parse_rules(tmp_path / "rules")


@pytest.mark.parametrize("what", ["dead link", "link to itself", "pipe", "too large"])
def test_a_rule_file_that_cannot_be_read_is_named(tmp_path: Path, what: str) -> None:
    written(tmp_path, GOOD, "good.yaml")
    odd = tmp_path / "odd.yaml"
    match what:
        case "dead link":
            odd.symlink_to("gone.yaml")
        case "link to itself":
            odd.symlink_to("odd.yaml")
        case "pipe":
            os.mkfifo(odd)
        case _:
            odd.write_text(GOOD + "#" * (17 << 20))
    with pytest.raises(RuleError, match=r"odd\.yaml"):
        parse_rules(tmp_path)


def test_what_is_hidden_is_passed_over(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, "no rule", ".made.yaml")
    written(tmp_path, "no rule", ".git/made.yaml")
    assert [rule.id for rule in parse_rules(tmp_path)] == ["made/up"]


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
