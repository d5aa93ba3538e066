"""What the shipped patterns need, worked out once: a table that comes with the package.

To read off a pattern what its matches hold takes seconds for all of them, in every process. So the
answers are kept in `anchors.jsonl`, a line a pattern, in the order of their keys. A key is the
SHA-256 of pattern and flags: one that was changed is not found, and is worked out anew. The tests
hold every line to what `needs` works out; `python tests/rules/write_anchors.py` writes the table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from redactor.detect.prefilter.pattern_info import FAR, Anchors, Factor
from redactor.detect.prefilter.unparse import Text

__all__ = ["TABLE", "RequiredFactors", "key_of", "line_of", "shipped"]

TABLE = Path(__file__).with_name("anchors.jsonl")
_KEY = 32  # hexadecimal digits
_NAMES = tuple(one.name for one in fields(Factor))


@dataclass(frozen=True, slots=True)
class RequiredFactors:
    """Sets of anchors: of each, every match holds one; none says nothing. And how far it may look.

    The set that is the least work is the first. If it needs `digits`, every match holds one; if a
    `line`, every match begins where one does.
    """

    sets: tuple[Anchors, ...] = ()
    reach: int = FAR
    digits: bool = False
    line: bool = False


def key_of(pattern: str, flags: int) -> str:
    """Return what a pattern is found by."""
    return sha256(f"{flags}:{pattern}".encode()).hexdigest()[:_KEY]


def shipped(pattern: str, flags: int) -> RequiredFactors | None:
    """Return what a shipped pattern needs, or None for any other."""
    line = _lines().get(key_of(pattern, flags))
    return None if line is None else _read(line)


@cache
def _lines() -> dict[str, str]:
    """Return the table, its lines as they are: few processes ask for all of them."""
    try:
        text = TABLE.read_text("utf-8")
    except FileNotFoundError:
        return {}
    return {line[:_KEY]: line[_KEY:] for line in text.splitlines()}


def line_of(key: str, required_factors: RequiredFactors) -> str:
    """Return the line of a pattern."""
    texts: dict[Text, int] = {}
    sets = [[_fields(one, texts) for one in anchors] for anchors in required_factors.sets]
    says = {
        "reach": required_factors.reach,
        "digits": required_factors.digits,
        "line": required_factors.line,
        "sets": sets,
        "texts": [[one.pieces, one.whole, one.length, one.ways] for one in texts],
    }
    return f"{key} {json.dumps(says, ensure_ascii=True, separators=(',', ':'))}"


def _fields(anchor: Factor, texts: dict[Text, int]) -> list[object]:
    """Return the fields of an anchor in order, the last as a number in the list of texts."""
    values = [getattr(anchor, name) for name in _NAMES]
    return [*values[:-1], texts.setdefault(anchor.after, len(texts))]


def _read(line: str) -> RequiredFactors:
    said = json.loads(line)
    texts = [
        Text(tuple((source, ways) for source, ways in pieces), whole, length, ways)
        for pieces, whole, length, ways in said["texts"]
    ]
    sets = tuple(tuple(_anchor(row, texts) for row in rows) for rows in said["sets"])
    return RequiredFactors(sets, said["reach"], said["digits"], said["line"])


def _anchor(row: list[Any], texts: list[Text]) -> Factor:
    named = dict(zip(_NAMES, row, strict=True))
    exactly = tuple((at, sign) for at, sign in named["exactly"])
    return Factor(**{**named, "exactly": exactly, "after": texts[named["after"]]})
