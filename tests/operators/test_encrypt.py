"""Encryption: the same in every run, undone by the key alone, and by no other."""

from __future__ import annotations

import pytest
from cases import KEY, OTHER, one
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.model import Action, Slot
from redactor.operators import placeholders, render
from redactor.operators.encrypt import InvalidToken, token_in
from redactor.operators.engine import deanonymize

few = settings(max_examples=100, deadline=None)


def encrypted(text, entity="PERSON", key=KEY):
    return one(Action.ENCRYPT, entity, text, key=key)


def opened(token, key=KEY):
    entity, data = token_in(token)
    return deanonymize(data, entity, {"key": key})


@few
@given(st.text(alphabet=st.characters(), max_size=99))
def test_any_text_comes_back(text):
    assert opened(encrypted(text)) == text


@pytest.mark.parametrize("slot", Slot)
@pytest.mark.parametrize("text", ["", "Teodor Vance", "ü" * 99])
def test_a_text_comes_back_from_wherever_it_stands(text, slot):
    assert opened(render(encrypted(text), slot)) == text


@few
@given(st.text(max_size=99))
def test_a_token_is_a_placeholder_of_its_entity(text):
    token = encrypted(text)
    assert [match.group() for match in placeholders(f"a{token}b", ["PERSON"])] == [token]


def test_equal_texts_have_equal_tokens_of_one_entity_and_key_alone():
    assert encrypted("Teodor Vance") == encrypted("Teodor Vance")
    tokens = [
        encrypted("Teodor Vance"),
        encrypted("Teodor Vanca"),
        encrypted("Teodor Vance", "USERNAME").replace("USERNAME", "PERSON"),
        encrypted("Teodor Vance", key=OTHER),
    ]
    assert len(set(tokens)) == 4


def test_a_token_does_not_open_with_another_key_entity_or_sign():
    token = encrypted("Teodor Vance")
    changed = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for wrong, key in (
        (token, OTHER),
        (token.replace("PERSON", "USERNAME"), KEY),
        (changed, KEY),
    ):
        with pytest.raises(InvalidToken):
            opened(wrong, key)


def test_most_values_have_tokens_of_one_length():
    assert len({len(encrypted("x" * width)) for width in range(32)}) == 1
    assert len(encrypted("x" * 32)) > len(encrypted("x" * 31))
