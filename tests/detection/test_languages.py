"""Letters in twelve languages: names go, greetings, closing formulas, roles and places stay.

The letters of `cases/languages/letters.jsonl` are invented, each with the names that must go
(`must`) and the words that must stay (`keep`). `LOST` says what the name model, made for English,
takes for names yet; whoever mends some of it takes it out.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from redactor import Key, redact_text

KEY = Key(bytes(32))
_FILE = Path(__file__).parents[1] / "cases/languages/letters.jsonl"
LETTERS = {row["language"]: row for row in map(json.loads, _FILE.read_text("utf-8").splitlines())}
LOST: dict[str, list[str]] = {
    "nl": ["Hoofd verkoop"],
    "sv": ["Kundtjänst"],
    "da": ["Kundeservice"],
    "nb": ["Kundeservice"],
    "fi": ["Ystävällisin terveisin"],
}


@cache
def copy_of(text: str) -> str:
    return redact_text(text, key=KEY)


@pytest.mark.parametrize("language", LETTERS)
def test_names_go(language):
    letter = LETTERS[language]
    assert [name for name in letter["must"] if name in copy_of(letter["text"])] == []


@pytest.mark.parametrize("language", LETTERS)
def test_formulas_roles_and_places_stay(language):
    letter = LETTERS[language]
    lost = [words for words in letter["keep"] if words not in copy_of(letter["text"])]
    assert set(lost) <= set(LOST.get(language, []))


def test_who_is_called_by_a_title_goes_everywhere_in_any_language():
    text = (
        "Herr Quellmann kam um neun. Quellmann ging um zehn. Danach sprach Quellmann mit dem Amt, "
        "und das Amt schrieb Quellmann."
    )
    assert "Quellmann" not in copy_of(text)


def test_nouns_of_german_are_no_people():
    text = "2 Sardellen, Lorbeerblatt und Kapern in die Brühe geben und mit Klopsen servieren.\n"
    assert redact_text(text, key=KEY) == text
