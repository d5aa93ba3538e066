"""What stands in the place of a value, and what it tells of it: nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.keys import Key
from redactor.model import Action, Decision, Finding
from redactor.replace import MASK, placeholders, replacements, token

KEY = Key(bytes(range(32)))
OTHER = Key(bytes(range(1, 33)))
REMOVING = [action for action in Action if action is not Action.KEEP]

few = settings(max_examples=100, deadline=None)


def decision(action, entity="PERSON", start=0, end=5):
    finding = Finding(0, start, end, entity, 0.9, "rule:test")
    return Decision(finding, start, end, action, ("rule:test",))


def one(action, value, key=KEY, **more):
    return replacements([decision(action, **more)], [value], key)[0]


# -- pseudonyms ------------------------------------------------------------------------------


@few
@given(st.text())
def test_a_token_is_the_entity_and_eight_digits_of_base_32_that_nobody_mixes_up(value):
    assert re.fullmatch(r"\[PERSON_[0-9A-HJKMNP-TV-Z]{8}\]", token(KEY, "PERSON", value))


def test_a_token_stays_what_it_is_from_release_to_release():
    assert token(KEY, "PERSON", "teodor vance") == token(Key(KEY.secret), "PERSON", "teodor vance")
    assert {len(token(KEY, "PERSON", str(number))) for number in range(50)} == {17}


@few
@given(st.text(), st.text())
def test_two_values_share_a_token_only_when_they_are_equal(value, other):
    assert (token(KEY, "PERSON", value) == token(KEY, "PERSON", other)) is (value == other)


def test_a_token_is_bound_to_the_key():
    assert token(KEY, "PERSON", "teodor vance") != token(OTHER, "PERSON", "teodor vance")


def test_a_token_is_bound_to_the_entity():
    digits = {token(KEY, entity, "vance")[-9:] for entity in ("PERSON", "HANDLE", "USERNAME")}
    assert len(digits) == 3


def test_tokens_use_all_their_digits():
    spread = "".join(token(KEY, "PERSON", str(number))[-9:-1] for number in range(500))
    assert set(spread) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


# -- the other actions -----------------------------------------------------------------------


def test_a_label_is_the_entity_alone():
    assert one(Action.LABEL, "teodor vance") == "[PERSON]"


def test_a_mask_names_not_even_the_entity():
    assert one(Action.MASK, "a") == one(Action.MASK, "b" * 99, entity="US_SSN") == MASK


def test_what_is_kept_has_no_replacement():
    with pytest.raises(ValueError, match="kept"):
        one(Action.KEEP, "teodor vance")


def test_each_decision_needs_its_value():
    with pytest.raises(ValueError, match="zip"):
        replacements([decision(Action.LABEL)], [], KEY)


NUMBERS = [
    pytest.param(
        [("PERSON", "a"), ("PERSON", "b"), ("PERSON", "a")],
        [],
        ["[PERSON_1]", "[PERSON_2]", "[PERSON_1]"],
        id="by first appearance",
    ),
    pytest.param(
        [("PERSON", "a"), ("HANDLE", "a"), ("PERSON", "b")],
        [],
        ["[PERSON_1]", "[HANDLE_1]", "[PERSON_2]"],
        id="each entity counts for itself",
    ),
    pytest.param(
        [("PERSON", "a"), ("PERSON", "b")],
        ["PERSON_1", "PERSON_3", "HANDLE_2"],
        ["[PERSON_2]", "[PERSON_4]"],
        id="taken ones are skipped",
    ),
    pytest.param(
        [("PERSON", "a"), ("HANDLE", "a")],
        ["PERSON_1", "PERSON_2"],
        ["[PERSON_3]", "[HANDLE_1]"],
        id="taken by one entity only",
    ),
    pytest.param(
        [("PERSON", "a")], ["PERSON", "PERSON_7FQ2M9XA"], ["[PERSON_1]"], id="no number was taken"
    ),
]


@pytest.mark.parametrize(("rows", "taken", "expected"), NUMBERS)
def test_numbers_go_by_the_order_in_the_document(rows, taken, expected):
    decisions = [decision(Action.NUMBER, entity) for entity, _ in rows]
    assert replacements(decisions, [value for _, value in rows], KEY, taken=taken) == expected


def test_numbers_begin_anew_in_each_document():
    assert one(Action.NUMBER, "a") == one(Action.NUMBER, "b") == "[PERSON_1]"


# -- laws ------------------------------------------------------------------------------------


@few
@given(st.sampled_from(REMOVING), st.text(), st.text(), st.integers(1, 10**6))
def test_a_replacement_tells_nothing_of_the_length_of_the_value(action, value, other, width):
    plain = one(action, value)
    assert len(plain) == len(one(action, other)) == len(one(action, value, end=width))


@few
@given(
    st.lists(
        st.tuples(st.sampled_from(REMOVING), st.sampled_from("abc"), st.sampled_from("PQ")),
        max_size=12,
    )
)
def test_equal_values_get_equal_replacements_and_numbers_and_tokens_are_told_apart(rows):
    decisions = [decision(action, entity) for action, _, entity in rows]
    texts = replacements(decisions, [value for _, value, _ in rows], KEY)
    named = dict(zip(rows, texts, strict=True))
    assert [named[row] for row in rows] == texts
    telling = {r: t for r, t in named.items() if r[0] in (Action.PSEUDONYM, Action.NUMBER)}
    assert len(set(telling.values())) == len(telling)


# -- placeholders ----------------------------------------------------------------------------

PLACEHOLDERS = [
    pytest.param("to [PERSON_7FQ2M9XA].", ["PERSON_7FQ2M9XA"], id="a pseudonym"),
    pytest.param("to [PERSON_12].", ["PERSON_12"], id="a number"),
    pytest.param("to [PERSON].", ["PERSON"], id="a label"),
    pytest.param("to <PERSON>.", ["PERSON"], id="Presidio's own"),
    pytest.param("[PERSON_1][PERSON_2]", ["PERSON_1", "PERSON_2"], id="side by side"),
    pytest.param("[[PERSON_1]]", ["PERSON_1"], id="between brackets"),
    pytest.param("[US_SSN_00000001]", ["US_SSN_00000001"], id="the longer entity"),
    pytest.param("[US]", ["US"], id="the shorter entity"),
    pytest.param("[MARSH] <MARSH>", [], id="a name between brackets"),
    pytest.param("[MARSH_7FQ2M9XA]", [], id="an entity that nobody knows"),
    pytest.param("[PERSON_7FQ2M9XI]", [], id="a letter that tokens lack"),
    pytest.param("[PERSON_7FQ2M9X]", [], id="a token too short"),
    pytest.param("[PERSON_]", [], id="no number"),
    pytest.param("[PERSON_1234567]", [], id="a telephone number"),
    pytest.param("[person_1]", [], id="small letters"),
    pytest.param("PERSON_1", [], id="no brackets"),
    pytest.param("[ PERSON ]", [], id="spaces"),
    pytest.param("[PERSONAL]", [], id="a longer word"),
]


@pytest.mark.parametrize(("text", "expected"), PLACEHOLDERS)
def test_placeholders_of_known_entities_are_seen(text, expected):
    found = [match["name"] for match in placeholders(text, ["US", "PERSON", "US_SSN"])]
    assert found == expected


@few
@given(st.sampled_from([Action.PSEUDONYM, Action.LABEL, Action.NUMBER]), st.text())
def test_every_replacement_is_seen_as_a_placeholder(action, value):
    text = one(action, value)
    assert [match.group() for match in placeholders(f"a{text}b", ["PERSON"])] == [text]
