"""Exports of chats (S58): who wrote goes under each of their names, the same in all files."""

from __future__ import annotations

import json

import pytest

from redactor import Key, Redactor

PHONE = r"""12/03/2026, 10:14 - ~ Teo joined using this group's invite link
12/03/2026, 10:15 - +1 212-555-0142: Hello all, Teodor Vance here
12/03/2026, 10:16 - Teodor Vance: my other number is +1 212-555-0143
12/03/2026, 10:17 - ~ Teo changed their phone number to a new number.
12/03/2026, 10:18 - Ilse Brandt: thanks, see you at the harbour
"""
WORKPLACE = {
    "users": [{"id": "U02ABC9XK", "name": "teo", "real_name": "Teodor Vance"}],
    "messages": [
        {"user": "U02ABC9XK", "text": "Hello <@U02ABC9XL>, the tide is low"},
        {"user": "U02ABC9XL", "text": "thanks <@U02ABC9XK>, @teo will do it"},
    ],
}
GROUP = {
    "messages": [
        {"type": "service", "actor": "Teo", "actor_id": "user5512345678", "inviter": "Ilse Brandt"},
        {"from": "Teodor Vance", "from_id": "user5512345678", "text": ["Hi ", {"text": "@teo"}]},
    ]
}
WHO = ("Teo", "Vance", "teo", "Ilse", "Brandt", "555-0142", "555-0143", "U02ABC", "5512345678")


@pytest.fixture(scope="module")
def copies() -> tuple[str, dict, dict]:
    redactor = Redactor(key=Key(bytes(32)))
    workplace, group = (
        json.loads(redactor.redact(json.dumps(one)).text) for one in (WORKPLACE, GROUP)
    )
    return redactor.redact(PHONE).text, workplace, group


def test_nobody_is_left_under_any_of_their_names(copies):
    whole = "".join(map(str, copies))
    assert [one for one in WHO if one in whole] == []


def test_what_was_said_and_when_stays(copies):
    lines = copies[0].splitlines()
    assert [line[:17] for line in lines] == [line[:17] for line in PHONE.splitlines()]
    assert lines[0].endswith(" joined using this group's invite link")
    assert lines[-1].endswith(": thanks, see you at the harbour")
    assert copies[1]["messages"][0]["text"].endswith(", the tide is low")


def test_one_account_has_one_pseudonym(copies):
    _, workplace, group = copies
    number = workplace["users"][0]["id"]
    assert workplace["messages"][0]["user"] == number
    assert f"<{number}>" in workplace["messages"][1]["text"]
    assert workplace["users"][0]["name"] in workplace["messages"][1]["text"]
    service, message = group["messages"]
    assert service["actor_id"] == message["from_id"]
    assert message["text"][1]["text"] == workplace["users"][0]["name"]


def test_one_person_has_one_pseudonym_in_every_export(copies):
    phone, workplace, group = copies
    person = workplace["users"][0]["real_name"]
    assert f" - ~ {person} joined" in phone
    assert f" - {person}: my other number" in phone
    assert group["messages"][1]["from"] == person
