"""Placeholders of an earlier run: no detector reads into or across one."""

from __future__ import annotations

import re

import pytest

from redactor import Key, redact_text
from redactor.analysis.walls import Walls

KEY = Key(bytes(range(32)))
SETTLED = {
    "a list named after somebody": "Send [PERSON_EKV72B4D]-dev mailing list mail to the list.",
    "two parties": "dissenting); [PERSON_6SVFC70T] v. [PERSON_6J6D56VQ], 377 U. S. 18, 92",
    "an account and its server": "write to [HANDLE_6SVFC70T].bsky.social or [HANDLE_6J6D56VQ]",
    "words of another language": "Az.: [CASE_NUMBER_6SVFC70T], bitte angeben. [PERSON_6J6D56VQ]",
    "a title": "— Cllr [PERSON_6SVFC70T] ([HANDLE_6J6D56VQ]) May 4, 2031",
    "labels": "From: [PERSON] <[EMAIL_ADDRESS]>\nTo: [PERSON]\n",
    "two mailboxes beside what rubs out": "EMAIL_ADDRESS_6SVFC70T@redacted.invalid\x7f"
    "EMAIL_ADDRESS_6J6D56VQ@redacted.invalid",
    "numbers": "[PERSON_1] v. [PERSON_2], at [STREET_ADDRESS_1]",
}


@pytest.mark.parametrize("name", SETTLED)
def test_a_copy_comes_out_as_it_went_in(name):
    assert redact_text(SETTLED[name], key=KEY) == SETTLED[name]


def test_a_name_beside_a_placeholder_is_found():
    copy = redact_text("[PERSON_6SVFC70T] Brandt and Ilse Vance came.", key=KEY)
    assert copy.startswith("[PERSON_6SVFC70T] ")
    assert "Vance" not in copy
    assert "Brandt" not in copy


@pytest.mark.parametrize("width", range(3, 40))
def test_a_stand_in_is_as_wide_as_its_placeholder(width):
    for entity in ("PERSON", "EMAIL_ADDRESS", "STREET_ADDRESS", "HANDLE", "US_SSN"):
        text = f"a [{entity}_{'7' * width}] b"
        walls = Walls.of(text, re.finditer(r"\[\w+\]", text))
        assert len(walls.text) == len(text)
        assert walls.text[:2] + walls.text[-2:] == "a  b"


def test_a_span_is_held_whose_letters_are_parts_of_two_placeholders():
    text = "[A_1]\x7f[B_2] and teo"
    walls = Walls.of(text, re.finditer(r"\[\w+\]", text))
    assert walls.hold(13, 19, 10)
    assert not walls.hold(11, 14, 10), "one alone: what is encoded in it may be a name"
    assert not walls.hold(13, len(text) + 10, 10), "a name beside them"
    assert not walls.hold(22, 28, 10)
