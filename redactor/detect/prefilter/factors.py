"""The required factors of a pattern: out of the table, or derived from its parse tree."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import regex

from redactor.detect.prefilter.factor import RequiredFactors
from redactor.detect.prefilter.table import tabled, write_table

__all__ = ["KNOWN_PYTHONS", "required_factors", "tabulate"]

KNOWN_PYTHONS = frozenset({(3, 11), (3, 12), (3, 13)})
"""Versions whose parser was tested: it gives the factors that the others give."""


@lru_cache(maxsize=2_000)
def required_factors(pattern: str, flags: int) -> RequiredFactors:
    r"""Return what every match of a pattern of the `regex` module holds.

    `room (\d\d)` -> the literal "room 00" at offset 0. A pattern that cannot be read has no sets
    of factors and an unbounded width, so that it is tried everywhere.
    """
    return tabled(pattern, flags) or _derived(pattern, flags)


def _derived(pattern: str, flags: int) -> RequiredFactors:
    if sys.version_info[:2] not in KNOWN_PYTHONS:
        return RequiredFactors()
    # Not at the top: on another Python its imports may fail.
    from redactor.detect.prefilter.derivation import derived_factors

    return derived_factors(pattern, flags)


def tabulate(patterns: Iterable[regex.Pattern[str]], path: Path) -> None:
    """Write the table of some patterns. Where nothing can be derived it has no rows."""
    known = sys.version_info[:2] in KNOWN_PYTHONS
    write_table(path, ((one, _derived(one.pattern, one.flags)) for one in patterns if known))
    required_factors.cache_clear()
