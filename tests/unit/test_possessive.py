"""Possessive quantifiers match what they should, on every Python that is supported."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from redactor import possessive

# A pattern, a text, and the span that it matches: cases of CPython's own issues 106052 and 100061.
SPANS = [
    ("(?:ab?c)++", "aca", (0, 2)),
    ("(?:ab?c)*+", "aca", (0, 2)),
    ("(?:ab?c)?+", "a", (0, 0)),
    ("(?:ab?c){1,3}+", "aca", (0, 2)),
    ("(?:(?!C).)++", "ABC", (0, 2)),
    ("[a-z]++;", "abc;", (0, 4)),
]


@pytest.mark.parametrize(("pattern", "text", "span"), SPANS)
def test_what_a_possessive_quantifier_matches(pattern, text, span):
    found = re.match(pattern, text)
    assert found is not None
    assert found.span() == span


def test_this_python_is_not_faulty_once_the_package_is_imported():
    assert not possessive.is_faulty()


@pytest.mark.process
def test_mended_patterns_match_the_same_where_nothing_is_faulty():
    """In a process of its own: what is mended stays so."""
    program = (
        "from redactor import possessive; import re; possessive.mend(); "
        f"print([re.match(p, t).span() for p, t, _ in {SPANS!r}], re.match('a++ab', 'aab'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"{[span for *_, span in SPANS]} None"
