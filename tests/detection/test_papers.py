"""Papers of many kinds: family trees, manifests, minutes, wills, statements, tables of a database.

Those of `cases/languages/papers.jsonl` are invented, each with what must go (`must`) and the words
that must stay (`keep`).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redactor import Key, redact_text

_FILE = Path(__file__).parents[1] / "cases/languages/papers.jsonl"
PAPERS = {row["paper"]: row for row in map(json.loads, _FILE.read_text("utf-8").splitlines())}


@pytest.mark.parametrize("paper", PAPERS)
def test_values_go_and_what_stands_beside_them_stays(paper):
    row = PAPERS[paper]
    copy = redact_text(row["text"], key=Key(bytes(32)))
    assert [value for value in row["must"] if value in copy] == []
    assert [words for words in row["keep"] if words not in copy] == []
