"""How people are written: nicknames, initials, families, titles, file names; laws of linking."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import text_unit
from redactor.config.policy import load_policy
from redactor.detect.coreference.name_parser import names_in, parse_name, with_titles
from redactor.detect.coreference.nicknames import is_given, long_forms, short_forms
from redactor.detect.coreference.occurrences import OccurrenceFinder
from redactor.detect.coreference.resolver import EntityResolver, Resolution
from redactor.detect.coreference.search_terms import file_terms, person_terms
from redactor.errors import PolicyError
from redactor.text import view

few = settings(max_examples=100, deadline=None)


def found(text, mentions, file=""):
    people = EntityResolver(mentions)
    terms = [*person_terms(people), *file_terms(file, people)]
    spans = {
        (one.finding.start, one.finding.end)
        for one in OccurrenceFinder(terms, people).find(view(text))
        if one.phrase is None
    }
    outer = [
        (a, b) for a, b in spans if not any((c, d) != (a, b) and c <= a < b <= d for c, d in spans)
    ]
    return [text[a:b] for a, b in sorted(outer)]


PARSED = [
    pytest.param("T.J. Vance", "t", "j", "vance", id="initials without a space"),
    pytest.param("TJ Vance", "t", "j", "vance", id="initials without stops"),
    pytest.param("VANCE Teodor", "teodor", "", "vance", id="surname in capitals first"),
    pytest.param("DE LA CRUZ Ana", "ana", "", "de la cruz", id="with particles"),
    pytest.param("Ana García López", "ana", "garcia", "lopez", id="two surnames"),
    pytest.param("Ada Marsh (née Keogh)", "ada", "keogh", "marsh", id="name at birth"),
    pytest.param("T e o d o r  V a n c e", "teodor", "", "vance", id="letter-spaced"),
    pytest.param("Dr.Vance", "", "", "vance", id="title without a space"),
    pytest.param("John Major", "john", "", "major", id="a surname that is a title"),
    pytest.param("Vance-san", "", "", "vance", id="honorific"),
    pytest.param("김 민준", "김", "", "민준", id="a surname of one syllable"),
]


@pytest.mark.parametrize(("text", "first", "middle", "last"), PARSED)
def test_parts_of_a_name(text, first, middle, last):
    name = parse_name(text)
    assert (name.first, name.middle, name.last) == tuple(
        tuple(part.split()) for part in (first, middle, last)
    )


def test_two_people_in_one_mention_are_two():
    assert [name.value for name in names_in("Kevin and Ada Marsh")] == ["kevin marsh", "ada marsh"]
    assert [name.value for name in names_in("Mr and Mrs Marsh")] == ["marsh"]


BESIDE = [
    pytest.param("by Prof. Dr. ", "Ada Marsh", ", QC, spoke", "Prof. Dr. Ada Marsh, QC", id="both"),
    pytest.param("met ", "Ada Marsh", " (née Keogh) on", "Ada Marsh (née Keogh)", id="at birth"),
    pytest.param("", "Teodor Vance", " (TV) and", "Teodor Vance (TV)", id="initials"),
    pytest.param("a nice ", "Vance", " (see below)", "Vance", id="nothing"),
    pytest.param("Mr.\n", "Vance", "", "Vance", id="on another line"),
]


@pytest.mark.parametrize(("before", "mention", "after", "expected"), BESIDE)
def test_what_stands_beside_a_name(before, mention, after, expected):
    assert with_titles(before, mention, after) == expected


MARSHES = ["Kevin Marsh", "Ada Marsh"]
WHOSE = [
    pytest.param(["William Keogh"], "Bill", "william keogh", True, id="nickname"),
    pytest.param(["William Keogh"], "Bill Keogh", "william keogh", True, id="and surname"),
    pytest.param(["William Keogh", "Bill Lund"], "Bill", "bill lund", True, id="plain goes first"),
    pytest.param(
        ["Alexander Lund", "Alexandra Keogh"], "Alex", "alex", False, id="nickname of two"
    ),
    pytest.param(["Paul Lund", "Paula Lund"], "Paul Lund", "paul lund", True, id="no nickname"),
    pytest.param(MARSHES, "Marsh", "marsh", False, id="surname of two"),
    pytest.param(["Mr Kevin Marsh", "Mrs Ada Marsh"], "Mr Marsh", "kevin marsh", True, id="Mr"),
    pytest.param(["Mr Marsh", "Mrs Marsh"], "Mrs Marsh", "marsh f", True, id="a couple"),
    pytest.param(["Mr Marsh", "Mrs Marsh"], "Marsh", "marsh", False, id="one of a couple"),
    pytest.param(["Teodor Vance"], "T. V.", "teodor vance", True, id="initials"),
    pytest.param(["Teodor Vance"], "TV", "teodor vance", True, id="initials without stops"),
    pytest.param(["Teodor Vance"], "Teodor V.", "teodor vance", True, id="initial of the surname"),
    pytest.param(["T. Vance"], "T. V.", "t vance", True, id="initials of initials"),
    pytest.param(["Kovács Anna"], "Anna Kovács", "anna kovacs", True, id="turned round"),
    pytest.param(
        ["Thomas James", "James Thomas"], "Thomas James", "thomas james", True, id="two, not turned"
    ),
    pytest.param(["Ada Marsh-Keogh"], "Ada Marsh", "ada marsh keogh", True, id="half a surname"),
    pytest.param(
        ["Ada Louise Marsh", "Ada Ruth Marsh"], "Ada Marsh", "ada marsh", False, id="either of two"
    ),
    pytest.param(
        ["Ada Louise Marsh", "Ada Ruth Marsh"], "A. R. Marsh", "ada ruth marsh", True, id="the one"
    ),
    pytest.param(
        ["Lund Sr.", "Edd Lund Jr.", "Edd Lund Sr."], "Edd Lund", "edd lund", False, id="of"
    ),
]


@pytest.mark.parametrize(("mentions", "mention", "value", "clear"), WHOSE)
def test_whose_it_is_and_whether_that_is_clear(mentions, mention, value, clear):
    assert EntityResolver([*mentions, mention]).resolve(mention) == Resolution(value, clear)


PLACES = [
    pytest.param("Liz sat. lizard", ["Liz"], id="nickname"),
    pytest.param("Liz Marsh", ["Liz Marsh"], id="nickname and surname"),
    pytest.param("the Marshes, marshes", ["Marshes"], id="family"),
    pytest.param("E. M. and E.M. of em. EM", ["E. M.", "E.M."], id="initials with stops"),
    pytest.param("EM: yes.\nIn EM: no", ["EM"], id="who speaks"),
    pytest.param("/people/e-marsh", ["e-marsh"], id="initial in an address"),
    pytest.param("/people/elizabeth-marsh.html", ["elizabeth-marsh"], id="slug"),
    pytest.param("lizmarsh wrote", ["lizmarsh"], id="nickname glued"),
    pytest.param("Marsh land is wet. Marsh said so", ["Marsh"], id="a word begins a sentence"),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_where_a_person_stands(text, expected):
    assert found(text, ["Elizabeth Marsh"]) == expected


def test_initials_that_the_text_explains_are_looked_for():
    mentions = ["Elizabeth Marsh (EM)"]
    assert found("So EM agreed; em did not.", mentions) == ["EM"]
    assert found("Of the US, U.S. and UK", ["Ulf Stenmark", "Una Keogh"]) == []


FILES = [
    pytest.param("vance-teodor-1961.txt", "Teodor came. teodor", ["Teodor"], id="beside a name"),
    pytest.param("a/TeodorVance.txt", "Teodor came", ["Teodor"], id="glued"),
    pytest.param("harbour-report.txt", "Harbour Report by Teodor", [], id="nobody's"),
    pytest.param("lund-teodor.txt", "Teodor Lund", [], id="nobody whom the text knows"),
]


@pytest.mark.parametrize(("file", "text", "expected"), FILES)
def test_a_file_name_says_whom_to_look_for_if_the_text_knows_one_word(file, text, expected):
    assert found(text, ["Vance"], file) == expected


def test_nicknames_are_many_folded_and_no_name_is_short_for_itself():
    assert short_forms("william") >= {"bill", "will", "liam"}
    assert long_forms("teo") >= {"teodor"}
    assert is_given("zoska") or is_given("zsoka")
    assert not is_given("vance")
    assert not short_forms("bill")


# -- decisions -------------------------------------------------------------------------------


def removed(analyzer, text):
    found = [one.decision for one in analyzer.analyze(text_unit(text)).removals]
    return [(text[one.start : one.end], one.review) for one in found]


def test_what_cannot_be_told_is_marked_for_review(analyzer):
    text = "Kevin Marsh met Ada Marsh on the pier. Later Marsh left alone, said Kevin Marsh.\n"
    marks = dict(removed(analyzer, text))
    assert "link" in marks["Marsh"]
    assert "link" not in marks["Kevin Marsh"]


def test_titles_go_where_the_policy_says_so(analyzer):
    other = Analyzer(replace(analyzer.policy, titles="remove"))
    text = "We saw Dr. Teodor Vance, Jr. on Monday. Mr Vance left early with Prof. Ilse Brandt.\n"
    kept = [stretch for stretch, _ in removed(analyzer, text)]
    gone = [stretch for stretch, _ in removed(other, text)]
    assert "Vance" in kept
    assert not any(re.match(r"Dr|Mr|Prof", stretch) for stretch in kept)
    assert {"Dr. Teodor Vance, Jr", "Mr Vance", "Prof. Ilse Brandt"} <= {
        stretch.rstrip(".") for stretch in gone
    }


def test_titles_of_people_who_stay_cannot_be_removed(tmp_path):
    path = tmp_path / "policy.yaml"
    policy = "name: mine\nabout: A test.\nremove: {EMAIL_ADDRESS: null}\n"
    path.write_text(policy + "titles: remove\n")
    assert load_policy(str(path)).titles == "remove"
    path.write_text(policy + "keep: [PERSON]\ntitles: remove\n")
    with pytest.raises(PolicyError):
        load_policy(str(path))


# -- laws ------------------------------------------------------------------------------------

GIVEN = st.sampled_from("Teodor Ilse Kofi Ines Bola Maren Zora Padraig William Bill Ada".split())
SURNAME = st.sampled_from("Vance Marsh Keogh Adeyemi Brandt Oduya Lund".split())
FULL = st.builds("{} {}".format, GIVEN, SURNAME)
MENTION = st.one_of(
    FULL, SURNAME, GIVEN, st.builds("{}. {}".format, st.sampled_from("TIKB"), SURNAME)
)


@few
@given(st.lists(MENTION, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter(mentions, random):
    mixed = random.sample(mentions, len(mentions))
    one, other = EntityResolver(mentions), EntityResolver(mixed)
    assert [one.resolve(m) for m in mentions] == [other.resolve(m) for m in mentions]


@few
@given(st.lists(MENTION, max_size=8), st.lists(st.sampled_from(["Xu Quill", "R. Zed"]), max_size=2))
def test_people_of_other_names_change_nothing(mentions, others):
    assert [EntityResolver(mentions).resolve(m) for m in mentions] == [
        EntityResolver([*mentions, *others]).resolve(m) for m in mentions
    ]


@few
@given(st.lists(FULL, min_size=2, max_size=8, unique=True))
def test_different_given_names_never_share_a_value(names):
    people = EntityResolver(names)
    values = [people.value(name) for name in names if not name.startswith(("Bill", "William"))]
    assert len(values) == len(set(values))


@few
@given(st.lists(FULL, min_size=1, max_size=4), st.lists(st.one_of(MENTION, st.text(max_size=8))))
def test_what_is_swept_begins_and_ends_with_a_word(names, words):
    text = " ".join(words)
    assume(view(text).text == text)
    people = EntityResolver(names)
    for one in OccurrenceFinder(person_terms(people), people).find(view(text)):
        start, end = one.finding.start, one.finding.end
        stretch = text[max(0, start - 1) : end + 1]
        inner = text[start:end].rstrip(".")
        assert re.search(rf"(?<![^\W_]){re.escape(inner)}(?![^\W_])", stretch)
