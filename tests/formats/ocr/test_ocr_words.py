"""The words of tesseract's table: put together to texts, and found again by their characters."""

from __future__ import annotations

import pytest

from redactor.formats.ocr import Box, Labelled, boxes_of, merged, paragraphs
from redactor.formats.ocr.words import Word, alike, words_of
from redactor.model import Edit, check_languages

TABLE = """level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t600\t200\t-1\t
5\t1\t1\t1\t1\t1\t10\t10\t60\t24\t96.1\tDear
5\t1\t1\t1\t1\t2\t80\t10\t90\t24\t91\tTeo-
5\t1\t1\t1\t2\t1\t10\t50\t90\t24\t88\tdor
5\t1\t1\t1\t2\t2\t110\t50\t90\t24\t88\tVance
5\t1\t1\t2\t1\t1\t10\t90\t90\t24\t40\t
5\t1\t2\t1\t1\t1\t10\t120\t90\t24\t93\tIlse"""


def test_words_are_put_together_to_lines_and_paragraphs():
    assert [one.text for one in paragraphs(words_of(TABLE))] == ["Dear Teodor Vance", "Ilse"]


def test_the_boxes_of_an_edit_are_those_of_the_words_it_touches_line_by_line():
    [first, _] = paragraphs(words_of(TABLE))
    assert list(boxes_of(first, [Edit(0, 5, 17, "[A]")])) == [
        Labelled(Box(77, 7, 173, 37), "[A]"),
        Labelled(Box(7, 47, 203, 77), ""),
    ]
    assert [one.box for one in boxes_of(first, [Edit(0, 13, 14, "")])] == [Box(107, 47, 203, 77)]


def test_what_another_reading_sees_elsewhere_is_a_paragraph_of_its_own():
    first = words_of(TABLE)
    more = [
        Word("Deer", 50.0, (1, 1), 1, Box(12, 12, 70, 34)),
        Word("stamp", 90.0, (1, 1), 1, Box(400, 150, 480, 180)),
    ]
    texts = [one.text for one in paragraphs(merged(first, more))]
    assert texts == ["Dear Teodor Vance", "Ilse", "stamp"]


def test_a_word_that_was_read_badly_is_known():
    words = words_of(TABLE)
    assert [one.text for one in alike(words, "Vanoe")] == ["Vance"]
    assert alike(words, "Halvorsen") == []


@pytest.mark.parametrize("said", ["eng", "eng+deu", "script/Latin", "chi_sim"])
def test_languages_are_named_as_tesseract_does(said):
    assert check_languages(said) == said


@pytest.mark.parametrize("said", ["", "eng;ls", "--psm", "eng +deu", "../eng", "e"])
def test_nothing_else_is_taken_for_a_language(said):
    with pytest.raises(ValueError, match="languages"):
        check_languages(said)
