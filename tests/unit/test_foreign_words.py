"""The small words around a place tell whether it is English."""

from __future__ import annotations

import pytest

from redactor.detect.evidence.languages import is_foreign

FOREIGN = {
    "de": "Die Klopse in Brühe ziehen lassen und mit Kapern servieren.",
    "sv": "Tåget går från Skövde och stannar inte i Hallsberg.",
    "es": "El museo se cerrará por obras hasta el lunes.",
    "ru": "Он не был на даче и не писал.",
}


@pytest.mark.parametrize("language", FOREIGN)
def test_small_words_of_another_language_tell_it(language):
    assert is_foreign(FOREIGN[language], 10, 12)


@pytest.mark.parametrize(
    "text",
    ["The soup of the day was served with bread.", "Rheinhessen", "Gare du Nord, the station"],
)
def test_english_and_lone_words_are_not_foreign(text):
    assert not is_foreign(text, 4, 8)
