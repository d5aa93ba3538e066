"""Law: where a pattern is tried only where it can match, it finds what it finds everywhere."""

from __future__ import annotations

import warnings

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.prefilter import Prefilter, required_factors
from redactor.detect.prefilter.charsets import has_one_fold
from redactor.detect.prefilter.factor import UNBOUNDED
from redactor.detect.prefilter.text_index import folded
from redactor.detect.presidio.registry import registry
from redactor.detect.rules import PATTERN_FLAGS as FLAGS
from redactor.detect.time_budget import TimeBudget

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


def found(prefilter: Prefilter[str], text: str) -> list[tuple[int, int]]:
    """Return what the one pattern of a prefilter finds, if it is a candidate at all."""
    scan = prefilter.scan(text, TimeBudget(60))
    return [match.span() for key in scan.candidates() for match in scan.matches(key)]


@settings(max_examples=500, deadline=None)
@given(
    PATTERNS,
    st.lists(TEXTS, min_size=3, max_size=3),
    st.sampled_from([FLAGS, regex.MULTILINE]),
    st.booleans(),
)
def test_a_pattern_finds_what_it_finds_everywhere(pattern, texts, flags, trusted):
    compiled = _compiled(pattern, flags)
    if compiled is None:
        return
    prefilter = Prefilter({"it": compiled}, trusted={"it"} if trusted else ())
    for text in texts:
        try:
            everywhere = [match.span() for match in compiled.finditer(text)]
            assert found(prefilter, text) == everywhere
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
        assert found(Prefilter({"it": compiled}), text) == [
            m.span() for m in compiled.finditer(text)
        ]


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [pytest.param(rule.pattern, FLAGS, id=rule.id) for rule in RULES] + PRESIDIO,
)
def test_every_pattern_in_use_can_be_read(pattern, flags):
    assert required_factors(pattern, flags).sets


def test_many_patterns_on_one_text_find_what_each_finds_alone():
    patterns = {rule.id: regex.compile(rule.pattern, FLAGS) for rule in RULES}
    scan = Prefilter(patterns).scan(PLAIN, TimeBudget(60))
    together = {key: [m.span() for m in scan.matches(key)] for key in scan.candidates()}
    for key, pattern in patterns.items():
        assert together.get(key, []) == [m.span() for m in pattern.finditer(PLAIN)], key
    assert len(together) > 150


def test_few_patterns_are_candidates_on_a_short_text():
    prefilter = Prefilter({rule.id: regex.compile(rule.pattern, FLAGS) for rule in RULES})
    scan = prefilter.scan("The council met on the bridge.", TimeBudget(60))
    assert len(list(scan.candidates())) < len(RULES) / 2


def test_a_pattern_that_requires_a_keyword_is_tried_near_it_alone():
    number = {"it": regex.compile(r"\d{4}", FLAGS)}
    prefilter = Prefilter(number, requires={"it": ["badge"]})
    text = "1111" + " " * 700 + "Badge 2222" + " " * 700 + "3333"
    assert [text[low:high] for low, high in found(prefilter, text)] == ["2222"]


def test_time_that_is_over_raises_for_every_pattern():
    late = TimeBudget(0.0)
    for pattern in (r"a\d", "a*b"):
        scan = Prefilter({"it": regex.compile(pattern, FLAGS)}).scan("aaa a1 b", late)
        with pytest.raises(TimeoutError):
            list(scan.matches("it"))


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
def test_what_cannot_be_read_has_no_factors(pattern):
    assert required_factors(pattern, FLAGS).sets == ()


def test_unknown_flags_are_not_read():
    assert required_factors("ab1", FLAGS | regex.FULLCASE).max_width == UNBOUNDED


# -- the folded text -----------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_folding_moves_nothing(text):
    assert len(folded(text)) == len(text)


def test_whatever_matches_a_letter_folds_to_it():
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    letters = [chr(code) for code in range(0x21, 0x530) if has_one_fold(chr(code))]
    for letter in letters:
        same = regex.findall(regex.escape(letter), every, FLAGS)
        fold = "0" if letter.isdecimal() else letter.lower()
        assert {folded(one) for one in same} == {fold}, letter
    assert len(letters) > 400
