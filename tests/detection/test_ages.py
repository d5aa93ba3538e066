"""Ages of people, and what is as old but no person: `cases/ages/ages.jsonl`, one case a line.

They are tried with a policy that removes ages and nothing else, for `default` keeps them and
`strict` takes away so much besides that what it leaves says little.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from redactor import Key, redact_text
from redactor.config.policy import load_policy
from redactor.model import Action

KEY = Key(bytes(32))  # a random one may well make a token with the age in it
FILE = Path(__file__).parents[1] / "cases/ages/ages.jsonl"
CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def test_there_are_cases_of_both_kinds():
    assert len([case for case in CASES if case["must"]]) >= 45
    assert len([case for case in CASES if not case["must"]]) >= 20


@pytest.fixture(scope="module")
def only_ages():
    strict = load_policy("strict")
    kept = {
        entity: replace(entity_policy, action=Action.LABEL if entity == "AGE" else Action.KEEP)
        for entity, entity_policy in strict.entity_policies.items()
    }
    stays = replace(strict.unlisted, action=Action.KEEP)
    return replace(strict, entity_policies=kept, unlisted=stays)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_ages(case, only_ages):
    copy = redact_text(case["text"], policy=only_ages, key=KEY)
    assert not [value for value in case["must"] if value in copy], copy
    assert not [value for value in case["keep"] if value not in copy], copy


@pytest.mark.parametrize("policy", ["default", "strict"])
def test_ages_stay_by_default_and_go_in_strict(policy):
    copy = redact_text("The patient, aged 43, is well.", policy=policy, key=KEY)
    assert ("43" in copy) == (policy == "default")
