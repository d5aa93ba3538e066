"""What looks like personal data and is none: `cases/keep/*.txt`, one case a line.

Under the default policy each comes back as it was, byte for byte. What the name model takes for
names as yet stands in a file of its own, `names.txt`, and there only names may go; other cases
that fail are named here with the reason. Whoever mends one takes it out: a pass is then a
failure. `cases/beside_lookalikes.txt` is the other side: what a look-alike must not take along.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from redactor import Key, redact_text, scan

KEY = Key(bytes(32))
LINE_END = "⏎"
NOT_YET: dict[str, str] = {}  # case: why it fails

CASES = {
    line.replace(LINE_END, "\n"): f"{path.stem}:{number}"
    for path in sorted((Path(__file__).parents[1] / "cases/keep").glob("*.txt"))
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
    if line and number > 1
}
_BESIDE = Path(__file__).parents[1] / "cases/beside_lookalikes.txt"
BESIDE = _BESIDE.read_text("utf-8").splitlines()[1:]
NAMES = [text for text, place in CASES.items() if place.startswith("names:")]


@cache
def copy_of(text: str) -> str:
    return redact_text(text, key=KEY)


def _parameter(text: str) -> object:
    reason = "a false alarm of the name model" if text in NAMES else NOT_YET.get(text)
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)] if reason else []
    return pytest.param(text, id=CASES[text], marks=marks)


def test_the_corpus_is_as_large_as_it_says():
    assert len(CASES) >= 700
    assert set(CASES) >= set(NOT_YET)


@pytest.mark.parametrize("text", [_parameter(text) for text in CASES])
def test_keep(text):
    assert copy_of(text) == text


@pytest.mark.parametrize("text", [pytest.param(text, id=CASES[text]) for text in NAMES])
def test_only_names_go(text):
    assert {finding.entity for finding in scan(text)} == {"PERSON"}
    beside = re.split(r"\[PERSON_\w+\]", copy_of(text))
    assert re.fullmatch("(?s:.+)".join(map(re.escape, beside)), text), copy_of(text)


@pytest.mark.parametrize("marked", BESIDE)
def test_what_stands_beside_a_look_alike_goes(marked):
    text = re.sub(r"\[\[(.+?)\]\]", r"\1", marked)
    found = {at for finding in scan(text) for at in range(finding.start, finding.end)}
    for number, mark in enumerate(re.finditer(r"\[\[(.+?)\]\]", marked)):
        start = mark.start() - 4 * number
        assert set(range(start, start + len(mark[1]))) <= found, mark[1]
