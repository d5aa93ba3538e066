r"""A rule of the user's that takes hours: no pattern may load that is slow on some text.

The attack: patterns that are quick on their own examples and on texts that grow out of these, with
a nested repetition behind a literal (`Zx9(?:a+)+b`), a look behind of any length (`(?<=a.*b)c`), a
lazy repetition that crosses lines between two literals (`(?s)BEGIN.*?END`), or matching with errors
(`(?:...){e<=6}`). All four loaded, and took half a minute and more for 200 kB.
"""

from __future__ import annotations

import pytest

from redactor.detect.rules.derived import never_quick
from redactor.detect.rules.detector import check_redos, validate
from redactor.errors import RuleError
from redactor.model import Rule

SLOW = {
    "nested repetition behind a literal": (r"Zx9(?:a+)+b", "Zx9aab"),
    "nested repetition in a second alternative": (r"Zx8q|Zx9(?:[a-c]+)*d", "[[Zx8q]]"),
    "nested repetition of a group with a tail": (r"Zx9(?:\w+\d*)+;", "Zx9a1;"),
    "lazy and across lines, between literals": (r"(?s)BEGIN.*?END", "BEGIN x END"),
    "greedy and across lines, between literals": (r"START[\s\S]+STOP", "START x STOP"),
    "any signs between literals of a line": (r"from .* until ", "from May until "),
    "two repetitions that compete": (r"Kx:\s*[\w ]*\w*;", "Kx: ab;"),
}
NEVER = {
    "a look behind of any length": (r"(?<=a.*b)c", "a b[[c]]"),
    "a negative look behind of any length": (r"(?<!no\s*)Zx\d", "[[Zx1]]"),
    "a look behind of many characters": (r"(?<=a.{0,5000})Zx\d", "a[[Zx1]]"),
    "six errors": (r"(?:Quentin Sample){e<=6}", "Quentin Sample"),
    "errors of two kinds": (r"(?:Quentin Sample){i<=1,d<=1}", "Quentin Sample"),
    "errors at a cost": (r"(?:Quentin Sample){2i+1d<4}", "Quentin Sample"),
}
STEADY = {
    "a bounded repetition between literals": (r"BEGIN [^\n]{0,40}? END", "BEGIN x END"),
    "a look behind of some characters": (r"(?<=ref:\s{0,4})Zx\d", "ref: [[Zx1]]"),
    "what a group matched, behind": (r"(?P<a>Z\d)-x(?<=(?P=a)-x)", "Z1-x"),
    "the same by number": (r"(Z\d)-x(?<=\1-x)", "Z1-x"),
    "possessive repetitions": (r"Zx9(?:a++)++b", "Zx9aab"),
    "words in a row, bounded": (r"\bZx9(?: \w{1,20}){1,5}", "Zx9 a b"),
    "braces that are no errors": (r"Zx\d{3}\{id\}\p{Lu}", "Zx123{id}A"),
}


def made(pattern: str, example: str) -> Rule:
    example = example if "[[" in example else f"[[{example}]]"
    return Rule("made/up", "BADGE", "About.", pattern, 0.5, finds=(example,), ignores=("nothing",))


@pytest.mark.parametrize(("pattern", "example"), SLOW.values(), ids=SLOW)
def test_a_pattern_that_some_text_makes_slow_does_not_load(pattern: str, example: str) -> None:
    with pytest.raises(RuleError, match="`pattern` takes time out of all proportion"):
        check_redos(made(pattern, example))


@pytest.mark.parametrize(("pattern", "example"), NEVER.values(), ids=NEVER)
def test_a_pattern_that_every_text_makes_slow_does_not_load(pattern: str, example: str) -> None:
    with pytest.raises(RuleError, match=r"`pattern` takes time out of all proportion on any"):
        check_redos(made(pattern, example))


@pytest.mark.parametrize(("pattern", "example"), STEADY.values(), ids=STEADY)
def test_a_pattern_that_is_quick_loads(pattern: str, example: str) -> None:
    rule = made(pattern, example)
    validate(rule)
    check_redos(rule)


@pytest.mark.parametrize("pattern", [r"[{e<=1}]", r"\p{Ll}{2}", r"a{1,3}", r"\{e\}", r"x{id}"])
def test_what_only_looks_like_errors_is_none(pattern: str) -> None:
    assert never_quick(pattern, 0) == ""
