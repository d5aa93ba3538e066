"""A word is judged by all its places in a document, and not by the one that misleads the model."""

from __future__ import annotations

import pytest

from redactor.analysis.detection import DetectionPass
from redactor.config.policy import load_policy
from redactor.detect.coreference.search_terms import Mention
from redactor.detect.evidence.places import Means, Places
from redactor.model import Finding

REVIEW = 0.5
SOURCE = "model:names"


def found(text, word, score, entity="PERSON", nth=0):
    """Return what the model reads in the nth place of a word."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(word, start + 1)
    return Finding(0, start, start + len(word), entity, score, SOURCE)


def mention(one, text, titled=""):
    return Mention(one, text[one.start : one.end], titled)


TWICE = "We left Mirrow at noon, and they say that Mirrow is quiet."


def test_means_are_over_all_places_of_the_words():
    people = [found(TWICE, "Mirrow", 0.4)]
    places = Places(TWICE, people, [found(TWICE, "Mirrow", 0.8, "LOCATION", nth=1)])
    assert places.means(("mirrow",)) == Means(2, 0.2, 0.4, follows_given=False)
    assert places.means(("say", "that")) == Means(1, 0.0, 0.0, follows_given=False)
    assert places.means(()) == Means(0, 0.0, 0.0, follows_given=False)


def test_a_word_in_doubt_that_is_no_name_elsewhere_is_rejected():
    one = found(TWICE, "Mirrow", 0.4)
    assert Places(TWICE, [one]).rejects(mention(one, TWICE), REVIEW)


THRICE = "Mirrow\nWe left mirrow at noon, and they say that mirrow is quiet."


@pytest.mark.parametrize(("score", "none"), [(0.8, True), (0.95, False)])
def test_a_word_that_is_no_name_at_most_of_many_places_is_rejected_without_doubt(score, none):
    one = found(THRICE, "Mirrow", score)
    assert Places(THRICE, [one]).rejects(mention(one, THRICE), REVIEW) is none
    assert not Places(TWICE, [one]).rejects(mention(found(TWICE, "Mirrow", score), TWICE), REVIEW)


@pytest.mark.parametrize(
    ("text", "word", "score", "titled"),
    [
        pytest.param("We left Mirrow at noon, and slept.", "Mirrow", 0.4, "", id="one place"),
        pytest.param(TWICE, "Mirrow", 0.6, "", id="no doubt"),
        pytest.param(TWICE, "Mirrow", 0.4, "Mr Mirrow", id="a title"),
        pytest.param("we left Kevin here, and Kevin is late", "Kevin", 0.4, "", id="a given name"),
        pytest.param("Mirrow\nMirrow\nVance\n", "Mirrow", 0.4, "", id="a list, no sentence"),
        pytest.param(
            "we saw Ansel Mirrow there, and they left with Mirrow", "Mirrow", 0.4, "", id="part"
        ),
        pytest.param(
            "they left Mirrow at noon, as the Kevin Mirrow Fund says",
            "Mirrow",
            0.4,
            "",
            id="behind a given name elsewhere",
        ),
    ],
)
def test_a_word_is_not_rejected_with(text, word, score, titled):
    one = found(text, word, score)
    assert not Places(text, [one]).rejects(mention(one, text, titled), REVIEW)


def test_a_word_that_is_likely_at_its_other_places_is_not_rejected():
    one, other = found(TWICE, "Mirrow", 0.4), found(TWICE, "Mirrow", 0.9, nth=1)
    assert not Places(TWICE, [one, other]).rejects(mention(one, TWICE), REVIEW)


def test_only_what_the_model_alone_has_found_is_rejected():
    one = Finding(0, 8, 14, "PERSON", 0.4, "rule:person/titled")
    assert not Places(TWICE, [one]).rejects(mention(one, TWICE), REVIEW)


TOWN = "Alder Green won. The Alder Green team left, and Alder Green rejoiced."


def test_a_name_whose_places_are_read_as_a_town_is_in_doubt():
    one = found(TOWN, "Alder Green", 0.8)
    towns = [found(TOWN, "Alder Green", 0.9, "LOCATION", nth=n) for n in (1, 2)]
    assert Places(TOWN, [one], towns).doubts(mention(one, TOWN))
    assert not Places(TOWN, [one], towns[:1]).doubts(mention(one, TOWN))
    sure = found(TOWN, "Alder Green", 0.95)
    assert not Places(TOWN, [sure], towns).doubts(mention(sure, TOWN))


def test_a_word_with_many_places_is_counted_once():
    text = "they left Mirrow and saw it " * 2000
    one = found(text, "Mirrow", 0.4)
    places = Places(text, [one])
    assert places.means(("mirrow",)) is places.means(("mirrow",))


def test_near_misses_that_the_document_rejects_or_without_a_capital_are_no_questions():
    text = "They saw Mirrow at dawn with PGLAX, and they say that Dunmore is near Dunmore."
    detected = DetectionPass()
    near = [found(text, word, 0.2) for word in ("Mirrow", "dawn", "PGLAX", "Dunmore")]
    detected.near_missed = [mention(one, text) for one in near]
    detected.read = near
    left = detected.weighed(text, load_policy("default")).near_missed
    assert [one.text for one in left] == ["Mirrow"]
