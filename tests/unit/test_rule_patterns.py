"""A pattern in verbose mode is read as the `regex` module reads it."""

from __future__ import annotations

import pytest
import regex

from redactor.config.patterns import PatternError, plain_pattern

# What is written, and what is left of it.
VERBOSE = {
    "blanks": ("(?x) a\tb\n c ", "abc"),
    "blanks that are no ASCII": ("(?x)a\xa0b\u2028c\x0bd", "abcd"),
    "a comment": ("(?x)a  # to the end of the line\n  b", "ab"),
    "a comment with brackets": ("(?x)a  # [(\n  b", "ab"),
    "a comment ends with the line and not before": ("(?x)a # x\rb\nc", "ac"),
    "a comment that ends the pattern": ("(?x)a # to the end", "a"),
    "a comment in a group": ("(?x)a(?#b # c)d # e", "ad"),
    "escaped blank": (r"(?x)a\ b", r"a\ b"),
    "escaped line end": ("(?x)a\\\nb", "a\\\nb"),
    "escaped #": (r"(?x)a\#b # c", r"a\#b"),
    "escaped backslash before a blank": (r"(?x)a\\ b", r"a\\b"),
    "blank in a class": ("(?x)a [ ] b", "a[ ]b"),
    "# in a class": ("(?x)[#] a [^ #\t] # c", "[#]a[^ #\t]"),
    "a class that holds ]": ("(?x)[]#] b [^]# ] c", "[]#]b[^]# ]c"),
    "a class that holds an escaped ]": (r"(?x)[\] #] b", r"[\] #]b"),
    "a class that holds [": ("(?x)[[a] b", "[[a]b"),
    "a named class inside a class": ("(?x)[[:alpha:] #] b", "[[:alpha:] #]b"),
    "an escaped [ is no class": (r"(?x)\[ # ] c" + "\n b", r"\[b"),
    "character by its name": (r"(?x)\N{DIGIT ONE} a", r"\N{DIGIT ONE}a"),
    "property": (r"(?x)\p{Lu} \p{L}", r"\p{Lu}\p{L}"),
    "quantifier after a blank": ("(?x)(?: a ) {2} b +", "(?:a){2}b+"),
    "blanks in a quantifier": ("(?x)a{2 , 3}", "a{2,3}"),
    "named groups": ("(?x) (?P<one> a) (?P=one)", "(?P<one>a)(?P=one)"),
    "groups that are called": ("(?x)(?(DEFINE) (?P<q>a) ) (?&q)", "(?(DEFINE)(?P<q>a))(?&q)"),
    "another flag beside": ("(?ix) a b", "(?i)ab"),
    "a part with a flag of its own": ("(?x) (?-i: A ) b", "(?-i:A)b"),
}
AS_IT_IS = ["a b # c", "a(?x: b)", "[(?x)] a", r"\(?x) a", ""]


TEXT = "abcd ad aa a b a\nb a#b a\\b [b #a\t ]b]c [b 1a Éa abab aaabbb Ab ac #ab ]bxc"


def found(pattern: str) -> list[tuple[object, ...]]:
    """Return what a pattern finds in a text with something for each of them."""
    made = regex.compile(pattern, regex.VERSION0)
    return [(one.span(), one.groupdict()) for one in made.finditer(TEXT)]


@pytest.mark.parametrize(("written", "plain"), VERBOSE.values(), ids=VERBOSE)
def test_blanks_and_comments_go_and_nothing_else(written: str, plain: str) -> None:
    assert plain_pattern(written) == plain
    assert found(written) == found(plain) != []


@pytest.mark.parametrize("pattern", AS_IT_IS)
def test_a_pattern_that_is_not_in_verbose_mode_stays_as_it_is(pattern: str) -> None:
    assert plain_pattern(pattern) == pattern


@pytest.mark.parametrize("pattern", ["(?x)a(?-x: b)", "(?x)a(?x:b)", "(?x)a(?i-x:b)", "(?x)a(?x)b"])
def test_verbose_mode_is_for_the_whole_pattern(pattern: str) -> None:
    with pytest.raises(PatternError):
        plain_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(?x)a [(?-x:] b", r"(?x)a \(?x: b", "(?x)a # (?-x:b)"])
def test_what_only_looks_like_a_change_of_mode_is_none(pattern: str) -> None:
    assert plain_pattern(pattern).startswith("a")
    assert " " not in plain_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(?x)[a b", "(?x)a \\", "(?x)(?# a", "(?x)((a"])
def test_a_pattern_that_is_broken_stays_broken(pattern: str) -> None:
    with pytest.raises(regex.error):
        regex.compile(plain_pattern(pattern))
