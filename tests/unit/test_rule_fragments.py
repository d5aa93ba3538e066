"""Fragments: named once for a folder of rules or for one rule, and put into patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from redactor.config.rules import parse_rule, parse_rules
from redactor.detect.rules.detector import validate
from redactor.errors import RuleError

RULE = """\
entity: BADGE
about: A made-up rule.
pattern: '{pattern}'
score: 0.5
finds: ['[[B-1]]']
ignores: ['no badge']
"""


def tree(root: Path, **files: str) -> Path:
    """Write files under a folder; `__` stands for a slash, and a pattern alone for a rule."""
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        rule = text if "\n" in text else RULE.replace("{pattern}", text)
        path.write_text(rule, "utf-8")
    return root


def define(**fragments: str) -> str:
    return "define:\n" + "".join(f"  {name}: '{text}'\n" for name, text in fragments.items())


def own(pattern: str, **fragments: str) -> str:
    return RULE.replace("{pattern}", pattern) + define(**fragments)


def pattern_of(root: Path) -> str:
    [rule] = parse_rules(root)
    return rule.pattern


# A fragment `part`, the pattern that names it, and what becomes of it.
IN_PLACE = {
    "as it is": ("abc", "x{part}y", "xabcy"),
    "alternatives beside something": ("a|b", "x{part}", "x(?:a|b)"),
    "alternatives before something": ("a|b", "{part}x", "(?:a|b)x"),
    "alternatives alone": ("a|b", "{part}", "a|b"),
    "alternatives that fill a group": ("a|b", "(?:{part})x", "(?:a|b)x"),
    "alternatives that fill the value": ("a|b", "(?P<value>{part})x", "(?P<value>a|b)x"),
    "alternatives that fill a part with a flag": ("a|b", "x(?-i:{part})", "x(?-i:a|b)"),
    "alternatives that fill what must not follow": ("a|b", "x(?!{part})", "x(?!a|b)"),
    "alternatives among others": ("a|b", "x|{part}|y", "x|a|b|y"),
    "alternatives at the end of one": ("a|b", "(?:x{part}|y)", "(?:x(?:a|b)|y)"),
    "alternatives after an escaped bar": ("a|b", r"x\|{part}", r"x\|(?:a|b)"),
    "alternatives after a class with a bar": ("a|b", "[|]{part}|y", "[|](?:a|b)|y"),
    "alternatives in groups of their own": ("(?:a|b)(?:c|d)", "x{part}y", "x(?:a|b)(?:c|d)y"),
    "a bar in a class is none": ("[a|b]c", "x{part}", "x[a|b]c"),
    "repeated": ("ab", "{part}?", "(?:ab)?"),
    "repeated so many times": ("ab", "{part}{2,3}", "(?:ab){2,3}"),
    "repeated at most so many times": ("ab", "{part}{,3}", "(?:ab){,3}"),
    "a repetition repeated": ("a+", "{part}?", "(?:a+)?"),
    "a character repeated": ("a", "{part}+", "a+"),
    "an escape repeated": (r"\p{Lu}", "{part}+", r"\p{Lu}+"),
    "a class repeated": ("[ab]", "{part}+", "[ab]+"),
    "a group repeated": ("(?:a|b)", "{part}+", "(?:a|b)+"),
    "two groups repeated": ("(?:a)(?:b)", "{part}+", "(?:(?:a)(?:b))+"),
    "beside another reference": ("a|b", "{part}{part}", "(?:a|b)(?:a|b)"),
    "in verbose mode, in a pattern that is not": ("(?x) a  b # c", "x {part}", "x ab"),
    "in a pattern in verbose mode": ("a b", "(?x) x {part} # {none}", "xa b"),
}
# Braces that name nothing.
BRACES = [r"x\{part}", r"\p{Lu}", "x{2}", "x{2,3}", "x{,3}", "(?:ab){e<=1}", "(?:ab){e}", "[{}]x"]

CANNOT = {
    "captures": ("(a)", "captures"),
    "captures with a name": ("(?P<value>a)", "captures"),
    "captures with a name, written shorter": ("(?<one>a)", "captures"),
    "calls a group": ("a(?&one)", "calls"),
    "sets a flag": ("(?i)a", "sets a flag"),
    "refers to a group": (r"(?:a)\1", "by its number"),
    "does not close a group": ("(?:a", "does not close"),
    "closes a group too many": ("a)(?:b", "does not close"),
    "does not close a class": ("a[b", "not complete"),
    "ends in a backslash": ("a\\", "not complete"),
    "begins with a repetition": ("+a", "begins with a repetition"),
    "is only a comment": ("(?x) # a", "is empty"),
    "changes the mode": ("(?x)(?-x:a)", "verbose mode"),
    "names what is not there": ("{other}", "there is no fragment other"),
    "names itself": ("a{part}", "in a circle: part"),
}


@pytest.mark.parametrize(("fragment", "pattern", "expected"), IN_PLACE.values(), ids=IN_PLACE)
def test_a_fragment_stands_in_a_pattern_as_one_thing(
    tmp_path: Path, fragment: str, pattern: str, expected: str
) -> None:
    assert pattern_of(tree(tmp_path, made=own(pattern, part=fragment))) == expected


@pytest.mark.parametrize("pattern", BRACES)
def test_other_braces_name_nothing(tmp_path: Path, pattern: str) -> None:
    assert pattern_of(tree(tmp_path, made=pattern)) == pattern


def test_a_folder_shares_its_fragments_with_the_rules_in_it_and_below(tmp_path: Path) -> None:
    tree(tmp_path, _define=define(top="a|b"), one="{top}", deep__er__two="x{top}")
    assert [rule.pattern for rule in parse_rules(tmp_path)] == ["x(?:a|b)", "a|b"]
    assert parse_rule(tmp_path / "deep/er/two.yaml", tmp_path).pattern == "x(?:a|b)"


def test_fragments_name_others_of_their_file_and_of_folders_above_in_any_order(
    tmp_path: Path,
) -> None:
    shared = define(second="{first}{2}", first="a|b")
    tree(tmp_path, _define=shared, deep___define=define(third="{second}|c"), deep__one="x{third}")
    assert pattern_of(tmp_path) == "x(?:(?:a|b){2}|c)"


def test_folders_beside_each_other_know_nothing_of_each_other(tmp_path: Path) -> None:
    tree(tmp_path, a___define=define(part="a"), b___define=define(part="b"), a__one="{part}x")
    assert [r.pattern for r in parse_rules(tree(tmp_path, b__one="{part}x"))] == ["ax", "bx"]
    (tmp_path / "b/_define.yaml").unlink()
    with pytest.raises(RuleError, match=r"b/one.yaml, line 3: there is no fragment part"):
        parse_rules(tmp_path)


def test_a_rule_with_fragments_is_proved_as_it_is_matched(tmp_path: Path) -> None:
    validate(parse_rules(tree(tmp_path, made=own("B-{digits}", digits=r"\d|x")))[0])


@pytest.mark.parametrize(("fragment", "what"), CANNOT.values(), ids=CANNOT)
def test_what_cannot_be_a_fragment_is_an_error_at_its_line(
    tmp_path: Path, fragment: str, what: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rules(tree(tmp_path, _define=define(fine="a", part=fragment), one="{part}{fine}"))
    assert str(caught.value).startswith(f"{tmp_path / '_define.yaml'}, line 3: ")
    assert what in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


WRONG = {
    "no such fragment": ({"made": "a{part}"}, "made.yaml, line 3: there is no fragment part"),
    "a circle": (
        {"_define": define(one="a{two}", two="b{one}"), "made": "{one}"},
        "_define.yaml, line 2: fragments that name each other in a circle: one, two",
    ),
    "unused, of a folder": (
        {"_define": define(one="a", two="{one}"), "made": "b"},
        "_define.yaml, line 2: the fragment one is used nowhere",
    ),
    "unused, of a folder without rules": (
        {"_define": define(one="a"), "made": "{one}b", "deep___define": define(two="{one}")},
        "deep/_define.yaml, line 2: the fragment two is used nowhere",
    ),
    "unused, of a rule": (
        {"made": own("a", part="b")},
        "made.yaml, line 8: the fragment part is used nowhere",
    ),
    "twice on the way down": (
        {"_define": define(part="a"), "deep__made": own("{part}", part="b")},
        "deep/made.yaml, line 8: the fragment part is there already: ",
    ),
    "in a class": (
        {"made": own("[{part}]{part}", part="a")},
        "made.yaml, line 3: a fragment is named in a class",
    ),
    "a name in capitals": ({"made": own("a", Part="a")}, "made.yaml, line 8: define.?"),
    "a name of one letter": ({"made": own("a", e="a")}, "made.yaml, line 8: define.e"),
    "no pattern": ({"_define": define(part=""), "made": "a"}, "_define.yaml, line 2: define.part"),
    "nothing defined": ({"_define": "define: {}\n", "made": "a"}, "_define.yaml, line 1: define"),
    "another key": (
        {"_define": define(part="a") + "score: 1\n", "made": "a"},
        "_define.yaml, line 3: score",
    ),
}


@pytest.mark.parametrize(("files", "message"), WRONG.values(), ids=WRONG)
def test_the_message_names_file_and_line(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rules(tree(tmp_path, **files))
    assert f"{tmp_path}/{message}" in str(caught.value)


def test_a_folder_with_fragments_alone_holds_no_rules(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="holds no rules"):
        parse_rules(tree(tmp_path, _define=define(part="a")))
