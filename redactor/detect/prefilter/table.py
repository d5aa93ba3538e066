"""Required factors of the shipped patterns, worked out when the package was built.

Deriving them takes ten seconds for all rules, which every process would spend anew. So the build
hook writes them to a file beside this module; the tests do so in a checkout. The file is no part
of the repository and is never trusted blindly: it is read only if it is whole, and was written by
the very code that reads it. Without it, or for a pattern it lacks, the factors are derived: the
findings are the same.

First line: SHA-256 of the code, a space, SHA-256 of the lines that follow. Each of these: the key
of a pattern, a space, its factors in JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import regex

from redactor.detect.prefilter.factor import Factor, FactorSet, RequiredFactors
from redactor.detect.prefilter.prefix import PatternPrefix

__all__ = ["TABLE", "is_complete", "tabled", "write_table"]

# Beside this module, so that the wheel carries it.
TABLE = Path(__file__).with_name("factors.jsonl")
_KEY_LENGTH = 32  # hexadecimal digits of a SHA-256: no two patterns share them
# A row of the table holds the fields of a factor in their order, without their names.
_FIELDS = tuple(field.name for field in fields(Factor))
_EXACT_CHARS = _FIELDS.index("exact_chars")


def tabled(pattern: str, flags: int) -> RequiredFactors | None:
    """Return the factors of a pattern that the table has, or None."""
    row = _rows().get(_key(pattern, flags))
    return None if row is None else _parsed(row)


def is_complete(patterns: Iterable[regex.Pattern[str]] = ()) -> bool:
    """Tell whether there is a table, and it has all of some patterns."""
    return bool(_rows()) and all(_key(one.pattern, one.flags) in _rows() for one in patterns)


def write_table(path: Path, factors: Iterable[tuple[regex.Pattern[str], RequiredFactors]]) -> None:
    """Write the table of some patterns and their factors: whole, or not at all."""
    rows = {_key(one.pattern, one.flags): _row(known) for one, known in factors}
    body = "".join(f"{key} {rows[key]}\n" for key in sorted(rows)).encode()
    with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        file.write(f"{_code_digest()} {sha256(body).hexdigest()}\n".encode() + body)
    Path(file.name).chmod(0o644)
    os.replace(file.name, path)
    _rows.cache_clear()


def _key(pattern: str, flags: int) -> str:
    return sha256(f"{flags}:{pattern}".encode()).hexdigest()[:_KEY_LENGTH]


@cache
def _rows() -> dict[str, str]:
    """Return the rows of the table as they are: few processes ask for all of them."""
    try:
        head, _, body = TABLE.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if head.decode("ascii", "replace") != f"{_code_digest()} {sha256(body).hexdigest()}":
        return {}
    lines = body.decode().splitlines()
    return {line[:_KEY_LENGTH]: line[_KEY_LENGTH:] for line in lines}


@cache
def _code_digest() -> str:
    """Return the digest of the modules of this package: what they derive may change with them."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _row(known: RequiredFactors) -> str:
    """Return factors in JSON: lists of fields in order, each suffix once."""
    suffixes: dict[PatternPrefix, int] = {}
    sets = [[_values(one, suffixes) for one in factors] for factors in known.sets]
    row = {
        "max_width": known.max_width,
        "digits": known.digits,
        "at_line_start": known.at_line_start,
        "sets": sets,
        "suffixes": [[one.pieces, one.complete, one.length, one.ways] for one in suffixes],
    }
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"))


def _values(factor: Factor, suffixes: dict[PatternPrefix, int]) -> list[object]:
    """Return the fields of a factor in order, the suffix as its number."""
    values = [getattr(factor, name) for name in _FIELDS[:-1]]
    return [*values, suffixes.setdefault(factor.suffix, len(suffixes))]


def _parsed(row: str) -> RequiredFactors:
    said = json.loads(row)
    suffixes = [
        PatternPrefix(tuple((source, ways) for source, ways in pieces), complete, length, ways)
        for pieces, complete, length, ways in said["suffixes"]
    ]
    sets: Iterator[FactorSet] = (
        tuple(_factor(values, suffixes) for values in factors) for factors in said["sets"]
    )
    return RequiredFactors(tuple(sets), said["max_width"], said["digits"], said["at_line_start"])


def _factor(values: list[Any], suffixes: list[PatternPrefix]) -> Factor:
    values[_EXACT_CHARS] = tuple((at, char) for at, char in values[_EXACT_CHARS])
    values[-1] = suffixes[values[-1]]
    return Factor(*values)
