"""Who is who in invented documents, measured: `cases/people/*.json`.

Each holds a text and its mentions of people, with a person's id. An id that begins with `?` marks
a mention of which nobody can tell whose it is; it is right when it stays by itself, not clear. The
gold mentions are handed over as findings, so that linking is measured and not the name model.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from clusters import b_cubed, ceaf

from redactor.detect.coreference.name_parser import CONTEXT, with_titles
from redactor.detect.coreference.resolver import EntityResolver

FILES = sorted((Path(__file__).parents[1] / "cases/people").glob("*.json"))
B_CUBED, CEAF, CLEAR = 0.98, 0.96, 0.97


def told(case, mention):
    text, start, end = case["text"], mention["start"], mention["end"]
    return with_titles(
        text[max(0, start - CONTEXT) : start], text[start:end], text[end : end + CONTEXT]
    )


def clusters(keyed):
    found = defaultdict(set)
    for mention, key in keyed:
        found[key].add(mention)
    return [frozenset(one) for one in found.values()]


def linked(case, name):
    mentions = [told(case, mention) for mention in case["mentions"]]
    people = EntityResolver(mentions)
    return [((name, number), people.resolve(text)) for number, text in enumerate(mentions)]


CASES = [
    pytest.param(path.stem, json.loads(path.read_text("utf-8")), id=path.stem) for path in FILES
]


def test_there_are_enough_documents_and_people():
    people = {(c.values[0], m["person"]) for c in CASES for m in c.values[1]["mentions"]}
    assert len(CASES) >= 12
    assert len(people) >= 40


@pytest.mark.parametrize(("name", "case"), CASES)
def test_what_nobody_can_tell_is_not_clear(name, case):
    guessed = [
        case["text"][mention["start"] : mention["end"]]
        for mention, (_, resolution) in zip(case["mentions"], linked(case, name), strict=True)
        if mention["person"].startswith("?") and resolution.clear
    ]
    assert not guessed


def test_few_others_are_left_unclear():
    told_apart = [
        resolution.clear
        for case in CASES
        for mention, (_, resolution) in zip(
            case.values[1]["mentions"], linked(case.values[1], case.values[0]), strict=True
        )
        if not mention["person"].startswith("?")
    ]
    assert sum(told_apart) / len(told_apart) >= CLEAR


def test_mentions_come_together_as_in_the_gold():
    gold, found = [], []
    for case in CASES:
        name, document = case.values
        ids = [((name, n), m["person"]) for n, m in enumerate(document["mentions"])]
        gold += clusters(ids)
        found += clusters(
            (mention, resolution.value) for mention, resolution in linked(document, name)
        )
    assert b_cubed(gold, found).f1 >= B_CUBED
    assert ceaf(gold, found).f1 >= CEAF
