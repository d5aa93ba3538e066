"""What holds of any document: one value, one pseudonym; the copy of a copy is the copy.

Tried on every seed and every twentieth case of `cases/*.jsonl`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from redactor import Key
from redactor.analysis.unit import text_unit
from redactor.operators import token
from redactor.text import normalize

KEY = Key(bytes(32))
ROOT = Path(__file__).parents[2]
EVERY = 20
SEEDS = {
    path.name: path.read_bytes().decode("utf-8", "replace")
    for path in sorted((ROOT / "seeds").glob("*.[tm]*"))
}
CASES = {
    row["id"]: row["text"]
    for path in sorted((ROOT / "tests/cases").glob("*.jsonl"))
    for number, row in enumerate(map(json.loads, path.read_text("utf-8").splitlines()))
    if number % EVERY == 0
}
# People of one surname whom titles tell apart: the words are one, the people two.
TOLD_APART = {
    "email-thread.txt": {"brannigan"},
    "interview.txt": {"villasenor"},
    "memo-payroll.md": {"adeyinka"},
}


@pytest.fixture(scope="module")
def analyses(analyzer):
    return {name: analyzer.analyze(text_unit(text)) for name, text in (SEEDS | CASES).items()}


def test_no_value_has_two_pseudonyms(analyses):
    twice = defaultdict(set)
    for name, analysis in analyses.items():
        known = defaultdict(set)
        for one in analysis.removals:
            words = normalize(one.text)
            known[words].add((one.decision.finding.entity, one.value))
        twice[name] |= {"".join(words.split()) for words, of in known.items() if len(of) > 1}
    assert {name: words for name, words in twice.items() if words} == TOLD_APART


def _copy(text, removals):
    parts, done = [], 0
    for one in removals:
        parts += (text[done : one.decision.start], _pseudonym(one))
        done = one.decision.end
    return "".join((*parts, text[done:]))


def _pseudonym(one):
    return token(KEY, one.decision.finding.entity, one.value)


def test_a_second_run_removes_nothing(analyses, analyzer):
    again = {}
    for name, text in (SEEDS | CASES).items():
        copy = _copy(text, analyses[name].removals)
        again[name] = [one.text for one in analyzer.analyze(text_unit(copy)).removals]
    assert {name for name, words in again.items() if words} == set(), again
