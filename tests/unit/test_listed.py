"""Terms of a list: where they are found, in which disguises, and at what cost."""

from __future__ import annotations

import pickle
import random
from itertools import product

import pytest
from hostile import repeated
from hypothesis import given
from hypothesis import strategies as st
from steps import growth, steps

from redactor.decide import ALLOWED, DENIED, decide
from redactor.detect.lists.phrases import ListedTerms
from redactor.model import Action, EntityPolicy, Finding, Policy
from redactor.text import view


def found(terms, text):
    terms = [terms] if isinstance(terms, str) else terms
    listed = ListedTerms([(term, "DENY_LIST") for term in terms], DENIED)
    return [text[one.start : one.end] for one in listed.find(view(text))]


SAME = {
    "as it is": ("Nightjar", "the Nightjar file", "Nightjar"),
    "capitals": ("Nightjar", "NIGHTJAR", "NIGHTJAR"),
    "small letters": ("NightJar", "a nightjar", "nightjar"),
    "an accent in the list": ("Bråthen", "met brathen", "brathen"),
    "an accent in the text": ("Brathen", "met BRÅTHEN", "BRÅTHEN"),
    "an accent of its own": ("Muller", "Herr Mu\u0308ller", "Mu\u0308ller"),
    "a stroke in the text": ("Sorensen", "met Sørensen", "Sørensen"),
    "a stroke in the list": ("Łukasz", "met LUKASZ", "LUKASZ"),
    "sharp s": ("Weiss", "Frau Weiß", "Weiß"),
    "possessive": ("Vance", "VANCE's house", "VANCE"),
    "possessive, another sign": ("Vance", "Vance\u2019s house", "Vance"),
    "possessive of many": ("Vance", "the Vances' house", "Vance"),
    "possessive without s": ("Vance Holdings", "Vance Holdings' house", "Vance Holdings"),
    "possessive in the list": ("Vance's", "met Vance", "Vance"),
    "zero width": ("Nightjar", "Night\u200bjar", "Night\u200bjar"),
    "soft hyphen": ("Nightjar", "Night\u00adjar", "Night\u00adjar"),
    "full width": ("Vance", "ＶＡＮＣＥ", "ＶＡＮＣＥ"),
    "look-alikes": ("Vance", "V\u0430nce", "V\u0430nce"),
    "entity": ("Vance", "V&#97;nce", "V&#97;nce"),
    "broken over a line": ("Nightjar", "the Night-\njar", "Night-\njar"),
    "two words, two blanks": ("Project Nightjar", "PROJECT  NIGHTJAR", "PROJECT  NIGHTJAR"),
    "two words, no-break space": ("Project Nightjar", "Project\xa0Nightjar", "Project\xa0Nightjar"),
    "two words, a line end": ("Project Nightjar", "Project\nNightjar", "Project\nNightjar"),
    "two words, a dash": ("Project Nightjar", "project-nightjar", "project-nightjar"),
    "initial with a stop": ("J Vance", "J. Vance", "J. Vance"),
    "apostrophe inside": ("O'Brien", "O’BRIEN", "O’BRIEN"),
    "a sign between": ("AT&T", "of at&amp;t", "at&amp;t"),
    "signs behind": ("C++", "in c++.", "c++"),
    "a sign before": ("@nightjar", "to @Nightjar", "@Nightjar"),
    "digits": ("Case 4711", "case no.4711, case-4711", "case-4711"),
    "another script": ("Ковальчук", "пані КОВАЛЬЧУК", "КОВАЛЬЧУК"),
    "unspaced": ("張偉", "我見過張偉。", "張偉"),
}


@pytest.mark.parametrize(("term", "text", "said"), SAME.values(), ids=SAME)
def test_a_term_is_found_however_it_is_written(term, text, said):
    assert found(term, text) == [said]


OTHER = {
    "part of a word": ("Vance", "advance Vancelot"),
    "plural that owns nothing": ("Vance", "two Vances"),
    "another order": ("Project Nightjar", "Nightjar Project"),
    "a word between": ("Project Nightjar", "Project the Nightjar"),
    "a paragraph between": ("Project Nightjar", "a Project\n\nNightjar"),
    "far apart": ("Project Nightjar", "Project" + " " * 30 + "Nightjar"),
    "without its sign": ("AT&T", "look at t"),
    "without its last signs": ("C++", "vitamin C"),
    "without its first sign": ("@nightjar", "a nightjar"),
    "another sign": ("AT&T", "at@t"),
    "cut off": ("Project Nightjar", "the Project"),
}


@pytest.mark.parametrize(("term", "text"), OTHER.values(), ids=OTHER)
def test_what_is_not_the_term_is_left_alone(term, text):
    assert found(term, text) == []


def test_every_place_and_every_term_is_found_with_its_entity_and_offset():
    listed = ListedTerms([("Vance", "PERSON"), ("Vance Holdings", "ORGANIZATION")], DENIED)
    text = view("Vance of Vance Holdings")
    assert listed.find(text, 3, 100) == [
        Finding(3, 100, 105, "PERSON", 1.0, DENIED),
        Finding(3, 109, 114, "PERSON", 1.0, DENIED),
        Finding(3, 109, 123, "ORGANIZATION", 1.0, DENIED),
    ]
    assert listed.entities == {"PERSON", "ORGANIZATION"}


def test_it_can_be_sent_to_a_worker_and_shows_no_term():
    listed = ListedTerms([("Vance Holdings", "X")], DENIED)
    assert pickle.loads(pickle.dumps(listed)).find(view("a vance holdings"))
    assert "vance" not in repr(vars(listed)["_index"].values())


@given(st.text(max_size=60), st.sampled_from(["Vance", "AT&T", "Bråthen Lia", "C++", "4711"]))
def test_a_term_between_blanks_is_found_in_any_text(around, term):
    before = around.replace("-", " ")  # a hyphen and a line end would join a word to the term
    text = f"{before}\n . {term} . \n{around}"
    place = len(before) + 4
    listed = ListedTerms([(term, "X")], DENIED)
    assert (place, place + len(term)) in {(f.start, f.end) for f in listed.find(view(text))}


def test_a_hundred_thousand_terms_cost_no_more_than_one():
    parts = [a + b for a, b in product("bdfgklmnprst", "aeiou")]
    names = [
        f"{''.join(one).title()} {parts[n % 60]}x" for n, one in enumerate(product(parts, repeat=3))
    ]
    names = names[:100_000]
    words_of_text = random.Random(3).choices(
        ["the", "house", "of", names[7].split()[0], "may"], k=5_000
    )
    text = view(" ".join(words_of_text))
    many = ListedTerms([(name, "X") for name in names], DENIED)
    one = ListedTerms([(names[7], "X")], DENIED)
    assert len(names) == 100_000
    assert steps(many.find, text) < 1.1 * steps(one.find, text)


@pytest.mark.parametrize("unit", ["a ", "ab", "a'", "&", "a\n"])
def test_twice_the_hostile_text_is_twice_the_work(unit):
    listed = ListedTerms([("a " * 40, "X"), ("a", "Y"), ("ab ab", "Z")], DENIED)
    assert growth(lambda size: listed.find(view(repeated(unit, size))), 4_000) < 2.1


# -- who has the last word -------------------------------------------------------------------

REMOVE, KEEP = EntityPolicy(Action.LABEL, 0.4), EntityPolicy(Action.KEEP, 0.0)
POLICY = Policy("p", "", {"EMAIL_ADDRESS": REMOVE, "PERSON": REMOVE, "ORGANIZATION": KEEP}, REMOVE)


def told(findings, kept=()):
    made = decide(
        [Finding(0, *one) for one in findings], POLICY, kept=[Finding(0, *k) for k in kept]
    )
    return [(one.start, one.end, one.action) for one in made if one.action is not Action.KEEP]


def test_what_a_list_denies_goes_though_its_kind_stays():
    assert told([(0, 5, "ORGANIZATION", 1.0, DENIED)]) == [(0, 5, Action.LABEL)]
    assert told([(0, 5, "ORGANIZATION", 1.0, "model:x")]) == []


def test_what_a_list_denies_goes_from_the_name_of_somebody_who_stays():
    kept = [(0, 12, "PERSON", 0.9, "model:x"), (0, 12, "EMAIL_ADDRESS", 1.0, ALLOWED)]
    assert told([(7, 12, "PERSON", 1.0, DENIED)], kept) == [(7, 12, Action.LABEL)]


def test_what_a_list_allows_stays_with_all_that_is_inside_and_nothing_that_is_not():
    kept = [(10, 20, "EMAIL_ADDRESS", 1.0, ALLOWED)]
    inside = [(10, 20, "EMAIL_ADDRESS", 0.9, "rule:x"), (12, 15, "PERSON", 0.9, "model:x")]
    assert told(inside, kept) == []
    for low, high in [(9, 20), (10, 21), (0, 40), (0, 11), (19, 30)]:
        around = (low, high, "EMAIL_ADDRESS", 0.9, "rule:x")
        assert told([around, *inside], kept) == [(low, high, Action.LABEL)]
