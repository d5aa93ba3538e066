"""Law: what is found is what Presidio's own engine finds on the whole text, finding by finding.

Where we mean to differ, the docstring of `redactor.detect.presidio` says so; the last tests show
each of these differences, and that it is no wider than told.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from dense import dense, digits, values
from hypothesis import example, given, settings
from hypothesis import strategies as st
from presidio_analyzer import PatternRecognizer
from stock_analyzer import StockAnalyzer

from redactor.detect.prefilter import Prefilter
from redactor.detect.presidio.adapters import CandidateWindows, adapter_for
from redactor.detect.presidio.context import ENHANCER, Surroundings, Words
from redactor.detect.presidio.detector import PresidioDetector
from redactor.detect.presidio.registry import (
    _CONTEXT,
    _DIGITS_ONLY,
    _UNAIDED_SCORE,
    _WITHOUT_CONTEXT,
    LANGUAGE,
    _is_ambiguous,
    _of_a_country,
    registry,
    unpatched_registry,
)
from redactor.detect.time_budget import TimeBudget
from redactor.text import view

SECONDS = 60.0
ASKERS = {one.name: adapter_for(one) for one in registry().recognizers}


@pytest.fixture(scope="module", params=[0, 10**9], ids=["prefiltered", "not prefiltered"])
def ours(request):
    return PresidioDetector(SECONDS, unfiltered=request.param)


@pytest.fixture(scope="module")
def stock():
    return StockAnalyzer(SECONDS)


def differences(ours, stock, text):
    """Return what one of both finds alone, as places in the source."""
    seen = view(text)
    mine = Counter((f.start, f.end, f.entity, f.score, f.source) for f in ours.find(seen))
    theirs = Counter(
        (*seen.span(f.start, f.end), f.entity, f.score, f.source) for f in stock.find(seen.text)
    )
    return {"more": sorted(mine - theirs), "less": sorted(theirs - mine)}


NONE = {"more": [], "less": []}


@pytest.mark.parametrize("seed", range(15))
def test_findings_are_those_of_presidio_s_own_engine(ours, stock, seed):
    text = dense(random.Random(seed), 2_000)[:2_000]
    assert differences(ours, stock, text) == NONE


def test_so_they_are_in_a_long_text(ours, stock):
    assert differences(ours, stock, dense(random.Random("long"), 20_000)) == NONE


# -- part by part --------------------------------------------------------------------------------


def results(found):
    return sorted((one.start, one.end, float(one.score)) for one in found)


def asked(one, text):
    """Return what a recogniser finds where we ask it, and in the whole text."""
    prefilter = Prefilter({pattern: pattern for pattern in one.patterns}, trusted=one.patterns)
    found = one.results(CandidateWindows(text, prefilter, TimeBudget(SECONDS)))
    return results(found), results(one.recognizer.analyze(text, list(one.entities), None))


@pytest.mark.parametrize("name", sorted(ASKERS))
def test_each_recogniser_finds_what_it_finds_in_the_whole_text(name):
    found = 0
    for seed in range(6):
        chance = random.Random(f"{name} {seed}")
        parts = [values(name, chance) for _ in range(12)]
        text = "".join(part + chance.choice([" ", "\n", ", ", "", ": ", "-"]) for part in parts)
        here, whole = asked(ASKERS[name], text)
        assert here == whole
        found += len(whole)
    assert found


PHONES = ["PhoneRecognizer", "ZaMobileNumberRecognizer", "ZaTelephoneNumberRecognizer"]


@pytest.mark.parametrize("name", PHONES)
@pytest.mark.parametrize("seed", range(5))
def test_phone_numbers_are_found_whatever_stands_between_digits(name, seed):
    here, whole = asked(ASKERS[name], digits(random.Random(f"digits {seed}"), 600))
    assert here == whole


SIGNS = st.sampled_from(
    [
        *"0123456789" * 2,
        *" -./()x+#,:;\n",
        "ext",
        "  ",
        " x ",
        "\u00a0",
        "\uff0b",
        "\u0663",
        "12",
        "\u2013",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(SIGNS, max_size=40).map("".join))
@example("Tel 030 123456, 0049 30 123456 and 011 44 20 7946 0958 / 0959")
@example("12 ext 2125550123")
@example("2012-01-02 08:00 2125550123:30")
def test_phone_numbers_are_found_in_any_signs(text):
    here, whole = asked(ASKERS["PhoneRecognizer"], text)
    assert here == whole


WORDS = st.sampled_from(
    "number numbers the a be is call us id:5 call:5 us:1 12:30 :) ) ( , . don't e.g. a.m. U.S. "
    "bus http://x x@y.org \U0001f600 \u00e9 Stra\u00dfe \u0130 \u0131 \u017f \u212a \ufb01 -PRON- "
    "-- ------------ :::::::: \u200b \u00ad 1 \u00bd \" ' \u2026".split()
)
BLANKS = st.sampled_from(
    [" ", " ", "  ", "\n", " \n", "\n ", "\t", "\u00a0", "\x1c", "\x85", "\u2003", "", "-"]
)


@pytest.fixture(scope="module")
def engine(stock):
    return stock._engine.nlp_engine


WORD_CUTTER = Words(LANGUAGE)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(WORDS, BLANKS), min_size=1, max_size=30).map(
        lambda x: "".join(map("".join, x))
    )
)
def test_the_words_around_every_place_are_those_that_presidio_counts(engine, text):
    artifacts, around = engine.process_text(text, LANGUAGE), Surroundings(text, WORD_CUTTER)
    for start, sign in enumerate(text):
        if not sign.isspace():
            counted = ENHANCER._extract_surrounding_words(artifacts, "", start)
            assert around.at(start) == set(counted), start


# -- where we differ, and how far -----------------------------------------------------------------


def scores(found, entity):
    return {(f.start, f.end): f.score for f in found if f.entity == entity}


@pytest.fixture(scope="module")
def untamed():
    """Return Presidio's engine with the recognisers as they come."""
    return StockAnalyzer(SECONDS, unpatched_registry())


def test_only_ambiguous_numbers_score_otherwise_than_untamed(ours, untamed):
    foreign, changed = _of_a_country(), set()
    known = [one for one in registry().recognizers if isinstance(one, PatternRecognizer)]
    ambiguous = {one.supported_entities[0] for one in known if _is_ambiguous(one, foreign)}
    for seed in range(8):
        text = view(dense(random.Random(f"untamed {seed}"), 2_000)).text
        found, wild = ours.find(view(text)), untamed.find(text)
        mine = {(f.start, f.end, f.entity, f.score) for f in found}
        theirs = {(f.start, f.end, f.entity, f.score) for f in wild}
        changed |= {entity for _, _, entity, _ in mine ^ theirs}
    assert changed <= ambiguous | set(_CONTEXT) | set(_WITHOUT_CONTEXT) | {"IN_PAN", "SG_UEN"}


@pytest.mark.parametrize("entity", sorted(_DIGITS_ONLY))
def test_numbers_of_bare_digits_need_a_word_where_presidio_is_sure(ours, untamed, entity):
    name = next(name for name, one in ASKERS.items() if one.entities == {entity})
    chance, compared = random.Random(entity), 0
    for _ in range(60):
        text = f"x {values(name, chance)} y"
        sure, mine = scores(untamed.find(text), entity), scores(ours.find(view(text)), entity)
        assert sure.keys() == mine.keys()
        assert all(score <= _UNAIDED_SCORE for score in mine.values())
        compared += sum(score == 1 for score in sure.values())
    assert compared


def test_a_tax_number_of_ten_letters_is_presidio_s_alone(ours):
    text = "The conference of 2003"
    untamed = StockAnalyzer(SECONDS, unpatched_registry(), plausible=False)
    assert scores(untamed.find(text), "IN_PAN")
    assert not scores(ours.find(view(text)), "IN_PAN")


def test_a_phone_number_is_found_in_a_page_of_digits(ours):
    text = "12 " * 5_000 + "/ +44 20 7946 0958 / " + "12 " * 5_000
    number = text.index("+44")
    found = scores(ours.find(view(text)), "PHONE_NUMBER")
    assert (number, number + len("+44 20 7946 0958")) in found


def test_in_a_very_long_word_what_stands_just_before_counts(ours):
    text = "a" * 1_500 + "..tfn..123456782"
    [(place, score)] = scores(ours.find(view(text)), "AU_TFN").items()
    assert text[slice(*place)] == "123456782"
    assert score > _UNAIDED_SCORE
