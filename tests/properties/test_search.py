"""Law: where a pattern is tried only where it can match, it finds what it finds everywhere."""

from __future__ import annotations

import warnings

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.prefilter.charsets import _sure
from redactor.detect.prefilter.factors import required_factors
from redactor.detect.prefilter.pattern_info import FAR
from redactor.detect.prefilter.search import Literals, Search, TextIndex, TimeBudget, _folded
from redactor.detect.presidio.registry import registry

FLAGS = regex.MULTILINE | regex.IGNORECASE | regex.VERSION0

# -- patterns put together by chance -------------------------------------------------------------

ATOMS = [
    *"ab1@ .-",
    *[
        r"\d",
        r"\w",
        r"\s",
        "[ab]",
        "[A-Z]",
        "[0-9]",
        "[12]",
        "[a-z1]",
        r"[^\W_]",
        r"[^1]",
        r"\p{Lu}",
    ],
    *[r"[\p{L}\d]", r"\b", "(?<!a)", r"(?<![a-z])", r"(?<=1)", r"(?<=\bab)", r"(?!\d)", "(?=b)"],
    *[r"(?=[a-z]*1)", r"(?<!\w)", r"(?![a-z])", "^", "$", r"(?<=b[ab]?)", "."],
]


def _repeats(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    times = st.sampled_from(["?", "{1,3}", "{2}", "{0,2}", "*", "+", "++", "*?", "{2,5}+"])
    return st.builds(lambda one, many: f"(?:{one}){many}", inner, times)


def _more(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda ways: f"(?:{'|'.join(ways)})"),
        _repeats(inner),
        st.builds("(?-i:{})".format, inner),
        st.builds("(?>{})".format, inner),
        st.builds("(?={})".format, inner),
        st.builds("(?<={})".format, inner),
        st.builds(r"(?P<value>{})(?:-(?P=value))?".format, inner),
    )


PATTERNS = st.recursive(st.sampled_from(ATOMS), _more, max_leaves=12)
TEXTS = st.text(alphabet="abAB12 \n@.-_\u00e9\u017f\u0130\u212a\u0663", max_size=40)


def _compiled(pattern: str, flags: int) -> regex.Pattern[str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return regex.compile(pattern, flags)
    except regex.error:
        return None


def found(search: Search, text: str) -> list[tuple[int, int]]:
    places = TextIndex(text, Literals(search.literals))
    return [match.span() for match in search.matches(places, TimeBudget(60))]


@settings(max_examples=1500, deadline=None)
@given(PATTERNS, st.lists(TEXTS, min_size=3, max_size=3), st.sampled_from([FLAGS, regex.MULTILINE]))
def test_a_pattern_finds_what_it_finds_everywhere(pattern, texts, flags):
    compiled = _compiled(pattern, flags)
    if compiled is None:
        return
    search = Search(compiled)
    for text in texts:
        try:
            everywhere = [match.span() for match in compiled.finditer(text)]
            assert found(search, text) == everywhere
        except MemoryError:  # repetitions of repetitions are too much for the module itself
            return


# -- the patterns in use, on texts made of what their examples are made of -----------------------

RULES = parse_rules(bundled_rules())
PRESIDIO = [
    pytest.param(pattern.regex, recognizer.global_regex_flags, id=f"{recognizer.name}/{number}")
    for recognizer in registry().recognizers
    for number, pattern in enumerate(getattr(recognizer, "patterns", []))
]
EVERYTHING = "\n".join(text for rule in RULES for text in (*rule.finds, *rule.ignores))
PLAIN = EVERYTHING.replace("[[", "").replace("]]", "")


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [pytest.param(rule.pattern, FLAGS, id=rule.id) for rule in RULES] + PRESIDIO,
)
def test_the_patterns_in_use_find_what_they_find_everywhere(pattern, flags):
    compiled = regex.compile(pattern, flags)
    for text in (PLAIN, PLAIN.upper()):
        assert found(Search(compiled), text) == [m.span() for m in compiled.finditer(text)]


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [pytest.param(rule.pattern, FLAGS, id=rule.id) for rule in RULES] + PRESIDIO,
)
def test_every_pattern_in_use_can_be_read(pattern, flags):
    assert required_factors(pattern, flags).sets


# -- what cannot be read is tried everywhere -----------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:a1){e<=1}",
        r"\X1",
        r"\p{Zs}1",
        r"[[:alpha:]]1",
        r"a\K1",
        "(?|(a)|(b))1",
        "(?r)a1",
        "a*",
        r"\L<names>1",
        "(a)?(?(1)b|c)1",
    ],
)
def test_what_cannot_be_read_has_no_anchors(pattern):
    assert required_factors(pattern, FLAGS).sets == ()


def test_unknown_flags_are_not_read():
    assert required_factors("ab1", FLAGS | regex.FULLCASE).reach == FAR


# -- the folded text -----------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_folding_moves_nothing(text):
    assert len(_folded(text)) == len(text)


def test_whatever_matches_a_letter_folds_to_it():
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    letters = [chr(code) for code in range(0x21, 0x530) if _sure(chr(code))]
    for letter in letters:
        same = regex.findall(regex.escape(letter), every, FLAGS)
        folded = "0" if letter.isdecimal() else letter.lower()
        assert {_folded(one) for one in same} == {folded}, letter
    assert len(letters) > 400
