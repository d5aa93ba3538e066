"""Invented texts in other languages: every slot is filled, and exactly the names are annotated."""

from __future__ import annotations

import random
import re

import pytest
from test_training import LISTS

from redactor.training.__main__ import main
from redactor.training.languages import COUNTRIES, FOLDER, HELD_OUT, Filler, Language, invent

FILES = sorted(FOLDER.glob("*.txt"))


def language(code: str = "de", *blocks: str) -> Language:
    return Language(code, blocks, ("Ilse", "Ana", "Ivan"), ("Quoyle", "Brandt"), ("Quarrow",))


def filled(block: str, code: str = "de", seed: int = 0):
    made = Filler(language(code), LISTS, random.Random(seed)).fill(block)
    return made.text, [(made.mention(span), span.label) for span in made.spans]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_blocks_with_people_and_blocks_without(path):
    people, others = path.read_text("utf-8").split("\n===\n")
    assert path.stem[:2] in COUNTRIES
    for block in re.split(r"\n\s*\n", people.strip("\n")):
        assert re.search(r"\{[FGSXMW]\d?\}", block), block
    assert not re.search(r"\{[FGSXMW]\d?\}", others)
    assert "{" not in re.sub(r"\{[FGSXMWONE]\d?\}", "", people + others)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_slot_of_a_file_is_filled(path):
    blocks = re.split(r"\n\s*\n|\n===\n", path.read_text("utf-8").strip("\n"))
    spoken = language(path.stem[:2], *blocks)
    made = list(invent([spoken], LISTS, random.Random(1), lambda one: list(one.blocks)))
    assert not re.search(r"[{}]", "".join(one.text for one in made))
    assert all(one.mention(span) for one in made for span in one.spans)


def test_a_share_of_the_blocks_of_a_few_words_is_a_name_or_a_town_alone():
    spoken = language("de", "Guten Tag", "Guten Tag", "Das ist ein langer Satz.", "An {F}")
    for lone in (0.0, 1.0):
        made = invent([spoken], LISTS, random.Random(1), lambda one: list(one.blocks), lone=lone)
        text = "\n".join(one.text for one in made)
        assert text.count("Guten Tag") == (2 if lone == 0.0 else 0)
        assert text.count("Das ist ein langer Satz.") == text.count("An ") == 1


def test_equal_numbers_are_one_person_and_no_number_is_anyone():
    text, names = filled("{F1}, {S1}, {G1}; {S}", seed=3)
    (full, _), (surname, _), (given, _), _ = names
    assert full == f"{given} {surname}"
    assert text.startswith(f"{full}, {surname}, {given}; ")


def test_towns_and_organisations_are_annotated_and_addresses_are_not():
    text, names = filled("{O}, {N}: {E}")
    assert [label for _, label in names] == ["ORG", "LOC"]
    assert text.endswith("@example.org")


def test_an_ending_belongs_to_the_name_and_slavic_ones_follow_consonants():
    for seed in range(20):
        [(name, label)] = filled("viděl {S}ovi knihu", "cs", seed)[1]
        assert label == "PERSON"
        assert re.search(r"[^aeiouy]ovi\Z", name)


def test_each_eighth_block_is_kept_out_of_training():
    spoken = language("de", *map(str, range(20)))
    assert spoken.held_out == ["0", "8", "16"]
    assert len(spoken.training) + len(spoken.held_out) == 20
    assert not set(spoken.training) & set(spoken.held_out)
    assert HELD_OUT == 8


def test_a_teacher_of_no_model_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["accurate", "--corpora", "x", "--out", "y", "--teacher", "z"])
    assert "--teacher needs --start" in capsys.readouterr().err
