"""The table of what the shipped patterns need says what would be worked out today."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import regex

from redactor.analysis.detectors import load_rules
from redactor.detect.prefilter.factors import required_factors, worked_out
from redactor.detect.prefilter.table import key_of, shipped

SHIPPED = load_rules(())
FLAGS = regex.MULTILINE | regex.IGNORECASE | regex.VERSION0


def test_the_table_is_what_is_worked_out():
    script = Path(__file__).with_name("write_anchors.py")
    done = run([sys.executable, script, "--check"], check=False)
    assert done.returncode == 0, "run `python tests/rules/write_anchors.py`"


def test_what_is_shipped_is_read_and_not_worked_out():
    compiled = regex.compile(SHIPPED[0].pattern, FLAGS)
    assert shipped(compiled.pattern, compiled.flags) == worked_out(compiled.pattern, compiled.flags)


def test_another_pattern_is_worked_out():
    pattern = r"a very new label: \d{4}"
    assert shipped(pattern, FLAGS) is None
    assert required_factors(pattern, FLAGS) == worked_out(pattern, FLAGS)
    assert key_of(pattern, FLAGS) != key_of(pattern, 0)
