"""Files of recognisers for Presidio: what is taken, and what is wrong with those that are not."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from redactor.config.policy import load_policy
from redactor.config.recognizers import own_recognizers, parse_recognizers
from redactor.config.rules import parse_rules, recognizer_files, rule_files
from redactor.detect.presidio.samples import sample
from redactor.detect.presidio.written import written_recognizers
from redactor.errors import PolicyError, RuleError

TERMS = "name: {name}\nsupported_entity: BADGE\ndeny_list: [dunlin]\n"
GOOD = "recognizers:\n- name: a\n  supported_entity: BADGE\n  deny_list: [dunlin]\n"
SECRET = "Quillmoth"


def one(*lines: str) -> str:
    """Return a file of one recogniser; what is wrong begins in its third line."""
    return "\n".join(("recognizers:", "- name: Quillmoth", *(f"  {line}" for line in lines), ""))


def pattern(expression: str, more: str = "") -> str:
    return one(
        "supported_entity: BADGE",
        f"patterns: [{{name: p, score: 0.5, regex: '{expression}'}}]",
        *filter(None, [more]),
    )


# what a file says, and the error: the line and what is wrong
BAD = {
    "an unknown key": (
        one("supported_entity: A", "deny_list: [b]", "denylist: [c]"),
        5,
        "denylist",
    ),
    "an unknown key of a pattern": (
        one("supported_entity: A", "patterns:", "- {name: p, regex: a, score: 1, flags: 2}"),
        5,
        "patterns.0.flags: Extra inputs",
    ),
    "an unknown key of the file": (f"{GOOD}lang: en\n", 5, "lang: Extra inputs"),
    "an unknown key of a language": (
        one(
            "supported_entity: A", "deny_list: [b]", "supported_languages: [{language: en, c: [d]}]"
        ),
        5,
        "supported_languages.0.c: Extra inputs",
    ),
    "no name": (
        "recognizers:\n- supported_entity: A\n  deny_list: [b]\n",
        2,
        "name: Field required",
    ),
    "no entity": (one("deny_list: [b]"), 2, "supported_entity: Field required"),
    "no pattern's score": (
        one("supported_entity: A", "patterns:", "- {name: p, regex: a}"),
        5,
        "patterns.0.score: Field required",
    ),
    "no pattern's name": (
        one("supported_entity: A", "patterns:", "- {regex: a, score: 1}"),
        5,
        "patterns.0.name: Field required",
    ),
    "nothing to find": (
        one("supported_entity: A", "type: custom"),
        2,
        "neither `patterns` nor `deny_list`",
    ),
    "no pattern in the list": (
        one("supported_entity: A", "patterns: []"),
        2,
        "neither `patterns` nor `deny_list`",
    ),
    "an empty term": (one("supported_entity: A", "deny_list: ['']"), 4, "deny_list.0"),
    "a score above one": (
        one("supported_entity: A", "deny_list: [b]", "deny_list_score: 1.5"),
        5,
        "deny_list_score: Input should be less than or equal to 1",
    ),
    "a score that is a text": (
        one("supported_entity: A", "patterns:", "- {name: p, regex: a, score: high}"),
        5,
        "patterns.0.score: Input should be a valid number",
    ),
    "an entity that no placeholder can show": (
        one("supported_entity: 'Zip code'", "deny_list: [b]"),
        3,
        "supported_entity: String should match",
    ),
    "an entity of the rules": (
        one("supported_entity: LOOKALIKE", "deny_list: [b]"),
        2,
        "LOOKALIKE is for rules",
    ),
    "two entities": (
        one("supported_entities: [A, B]", "deny_list: [b]"),
        3,
        "supported_entities: List should have at most 1 item",
    ),
    "an entity twice": (
        one("supported_entity: A", "supported_entities: [A]", "deny_list: [b]"),
        4,
        "both `supported_entity` and `supported_entities`",
    ),
    "languages twice": (
        one(
            "supported_entity: A",
            "deny_list: [b]",
            "supported_language: en",
            "supported_languages: [en]",
        ),
        6,
        "both `supported_language` and `supported_languages`",
    ),
    "a language that is none": (
        one("supported_entity: A", "deny_list: [b]", "supported_language: English"),
        5,
        "supported_language: String should match",
    ),
    "context of nobody knows which language": (
        one(
            "supported_entity: A", "deny_list: [b]", "supported_languages: [en, es]", "context: [c]"
        ),
        6,
        "with several languages it belongs to one",
    ),
    "a kind that there is not": (
        one("supported_entity: A", "deny_list: [b]", "type: own"),
        5,
        "type: is neither custom nor predefined",
    ),
    "patterns of Presidio's own": (
        one("type: predefined", "patterns:", "- {name: p, regex: a, score: 1}"),
        4,
        "patterns: Extra inputs",
    ),
    "a key twice": (f"{GOOD}  name: b\n", 2, "not of the plain kind"),
    "no YAML": ("recognizers: [\n", 2, "is not YAML"),
    "no recogniser": ("recognizers: [4]\n", 1, "is no recogniser"),
    "no list": ("recognizers: {name: a}\n", 1, "there is no list of recognisers"),
    "an empty list": ("recognizers: []\n", 1, "there is no list of recognisers"),
    "nothing": ("", None, "holds no recognisers"),
    "a text": ("Quillmoth\n", None, "holds no recognisers"),
    "a rule of ours": ("entity: A\nabout: b\npattern: c\nscore: 1\n", None, "name the folder"),
    "no English": (
        one("supported_entity: A", "deny_list: [b]", "supported_language: de"),
        None,
        "no recogniser in it is used: for de, not for en",
    ),
    "a file for another language": (
        f"{GOOD}supported_languages: [de]\n",
        None,
        "no recogniser in it is used: for de, not for en",
    ),
    "all switched off": (
        one("supported_entity: A", "deny_list: [b]", "enabled: false"),
        None,
        "no recogniser in it is used: switched off",
    ),
    "a country left out": (
        one("supported_entity: A", "deny_list: [b]", "country_code: us")
        + "supported_countries: [uk]\n",
        None,
        "no recogniser in it is used: of a country that the file leaves out",
    ),
    "a class that there is not": (one(), 2, "Presidio has no recogniser of that class"),
    "a class that needs a model": (
        one("class_name: SpacyRecognizer"),
        2,
        "it needs a model or a service",
    ),
    "a class that asks a service": (
        one("class_name: AzureAILanguageRecognizer"),
        2,
        "it needs a model or a service",
    ),
    "a class of another country": (
        one("class_name: UsSsnRecognizer", "country_code: uk"),
        2,
        "country_code: the class is of another country",
    ),
    "the name of one of Presidio's": (
        "recognizers:\n- name: IbanRecognizer\n  supported_entity: A\n  deny_list: [b]\n",
        2,
        "a recogniser of Presidio's has it",
    ),
    "a name twice": (
        f"{GOOD}- name: a\n  supported_entity: B\n  deny_list: [c]\n",
        5,
        "name: another recogniser has it",
    ),
    "no expression": (pattern("(Quillmoth"), 4, "regex: no valid expression (it fails at"),
    "an expression for other flags": (
        "global_regex_flags: 160\n" + pattern("a"),
        5,
        "regex: no valid expression, or not with these",
    ),
    "flags that print": (
        "global_regex_flags: 512\n" + pattern("a"),
        1,
        "global_regex_flags: has flags that are not taken",
    ),
    "a slow expression": (pattern(r"(\w+\s?)+:"), 4, "out of all proportion"),
    "a slow expression behind a word": (pattern(r"ref:(\d+)+x"), 4, "out of all proportion"),
    "an expression that takes the square": (pattern(r"\w+@\w+"), 4, "out of all proportion"),
    "an expression too large": (pattern("(?:a{1000}){1000}"), 4, "regex: too large"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_an_error_with_its_line_that_quotes_nothing(tmp_path, name):
    text, line, words = BAD[name]
    path = tmp_path / "given.yaml"
    path.write_text(text)
    with pytest.raises(RuleError) as caught:
        written_recognizers(own_recognizers([path]))
    said = str(caught.value)
    assert said.startswith(f"{path}")
    assert words in said
    if line is not None:
        assert re.search(rf"\bline {line}\b", said), said
    assert SECRET not in said
    assert caught.value.__cause__ is None
    assert "(Quill" not in repr(caught.value)


TAKEN = {
    "a registry": GOOD,
    "a list": "- name: a\n  supported_entity: BADGE\n  deny_list: [dunlin]\n",
    "one": TERMS.format(name="a"),
    "a request": '{"ad_hoc_recognizers": [{"name": "a", "supported_entity": "BADGE", '
    '"deny_list": ["dunlin"]}]}',
    "JSON with tabs": '[\n\t{"name": "a",\n\t"supported_entities": ["BADGE"],\n\t'
    '"deny_list": ["dunlin"]}]',
}


@pytest.mark.parametrize("name", TAKEN)
def test_every_form_that_presidio_takes_says_the_same(tmp_path, name):
    path = tmp_path / "given.json"
    path.write_text(TAKEN[name])
    [found] = parse_recognizers(path)
    assert (found.name, found.entity, found.deny_list, found.flags) == (
        "a",
        "BADGE",
        ("dunlin",),
        26,
    )
    assert found.unused == ""
    assert pickle.loads(pickle.dumps(found)) == found
    assert "dunlin" not in repr(found)


def test_what_is_for_other_languages_is_kept_and_told(tmp_path):
    path = tmp_path / "given.yaml"
    path.write_text(
        f"{GOOD}- name: b\n  supported_entity: B\n  deny_list: [c]\n  supported_language: de\n"
    )
    used, unused = parse_recognizers(path)
    assert (used.unused, unused.unused) == ("", "for de, not for en")
    assert unused.place == f"{path}, line 5"


def test_of_what_is_switched_off_nothing_else_is_read(tmp_path):
    path = tmp_path / "given.yaml"
    path.write_text(f"{GOOD}- {{name: b, enabled: false, config_path: nowhere.yaml}}\n")
    assert [one.unused for one in parse_recognizers(path)] == ["", "switched off"]


def test_in_a_folder_they_stand_beside_rules(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/presidio.yml").write_text(GOOD)
    rule = "entity: X\nabout: a\npattern: abc\nscore: 1\nfinds: ['[[abc]]']\nignores: [d]\n"
    (tmp_path / "abc.yaml").write_text(rule)
    (tmp_path / "one.json").write_text("no recogniser: only files ending in .yaml are read")
    assert [rule.id for rule in parse_rules(tmp_path)] == ["abc"]
    assert [path.name for path in rule_files(tmp_path)] == ["abc.yaml"]
    assert [path.name for path in recognizer_files(tmp_path)] == ["presidio.yml"]
    assert [one.name for one in own_recognizers([tmp_path])] == ["a"]


def test_a_path_that_is_not_there_is_an_error_that_names_it(tmp_path):
    with pytest.raises(RuleError, match=r"nowhere\.yaml does not exist"):
        own_recognizers([tmp_path / "nowhere.yaml"])


SAMPLES = {
    r"(\b\d{5}(?:\-\d{4})?\b)": "00000-0000",
    r"ref:\s?(\d{3}|none)x": "ref: 000x",
    r"(?i)(?<!\w)[A-Z]{2}[ ]?(?P<n>[0-9]{3,})(?!\d)$": "AA 000",
    r"[^x]+.a|b": "0xa",
    "": "",
}


@pytest.mark.parametrize("pattern", SAMPLES)
def test_a_pattern_without_examples_is_tried_on_a_text_that_it_matches(pattern):
    assert sample(pattern) == SAMPLES[pattern]
    assert re.search(pattern, SAMPLES[pattern])


# -- in a policy ----------------------------------------------------------------------------------

POLICY = "name: mine\nabout: A test.\nremove: {BADGE: }\n"


def policy(tmp_path: Path, more: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(POLICY + more)
    return path


def test_a_policy_names_a_file_beside_it_or_holds_them_itself(tmp_path):
    (tmp_path / "given.yaml").write_text(GOOD)
    beside = load_policy(str(policy(tmp_path, "recognizers: given.yaml\n")))
    inside = load_policy(str(policy(tmp_path, GOOD)))
    assert [one.name for one in beside.recognizers] == ["a"]
    assert beside.recognizers == inside.recognizers
    assert inside.recognizers[0].place == f"{tmp_path / 'mine.yaml'}, line 5"


def test_the_digest_of_a_policy_covers_them_wherever_they_stand(tmp_path):
    (tmp_path / "given.yaml").write_text(GOOD)
    without = load_policy(str(policy(tmp_path, ""))).digest
    beside = load_policy(str(policy(tmp_path, "recognizers: given.yaml\n"))).digest
    inside = load_policy(str(policy(tmp_path, GOOD))).digest
    (tmp_path / "given.yaml").write_text(GOOD.replace("dunlin", "gull"))
    changed = load_policy(str(policy(tmp_path, "recognizers: given.yaml\n"))).digest
    assert beside == inside
    assert len({without, beside, changed}) == 3


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ("recognizers: nowhere.yaml\n", RuleError, "nowhere.yaml does not exist"),
        ("recognizers: [{name: a, deny_list: [b]}]\n", RuleError, "line 4: supported_entity"),
        ("recognizers: 4\n", PolicyError, "recognizers"),
    ],
)
def test_a_policy_with_bad_ones_is_an_error(tmp_path, more, error, words):
    with pytest.raises(error, match=words):
        load_policy(str(policy(tmp_path, more)))
