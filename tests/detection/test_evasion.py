"""What real texts look like: `cases/*.jsonl`, one case a line.

Of each case's text `must` may not survive and `keep` must. No case may leak. Those that lose more
than they should as yet are named here; whoever mends one takes it off the list, for a pass is then
a failure.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from redactor import Key, redact_text

NOT_YET = dict.fromkeys(  # cases that lose some of their `keep` as yet
    "A167 A169 A540".split(),
    "more goes than has to: what stands beside it, or a word that only looks like it",
)
PUBLIC_FIGURES = {"N12"}  # the case's `keep` is a person on the allow list
KEY = Key(bytes(32))

ROWS = [
    json.loads(line)
    for path in sorted((Path(__file__).parents[1] / "cases").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
CASES = {row["id"]: row for row in ROWS}


@cache
def copy_of(name: str) -> str:
    """Return the copy of a case's text."""
    case = CASES[name]
    return redact_text(case["text"], key=KEY, allow=case["keep"] if name in PUBLIC_FIGURES else ())


def _kept(name: str) -> object:
    """Return a case of `test_keep`. Only a lost word is expected, no error."""
    reason = NOT_YET.get(name)
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)] if reason else []
    return pytest.param(name, marks=marks)


def test_every_case_is_asked_something_and_the_lists_name_cases():
    assert len(ROWS) == len(CASES) >= 50
    assert [name for name, case in CASES.items() if not case["must"] + case["keep"]] == []
    assert [name for name in NOT_YET.keys() | PUBLIC_FIGURES if not CASES[name]["keep"]] == []


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["must"]])
def test_must(name):
    copy = copy_of(name)
    assert not [value for value in CASES[name]["must"] if value in copy], copy


@pytest.mark.parametrize("name", [_kept(name) for name, case in CASES.items() if case["keep"]])
def test_keep(name):
    copy = copy_of(name)
    assert not [value for value in CASES[name]["keep"] if value not in copy], copy
