"""Required factors: the table of them, and what is done where none can be derived."""

from __future__ import annotations

import re._constants as op
import re._parser as parser
import sys

import pytest
import regex

from redactor.config.rules import bundled_rules, parse_rules
from redactor.detect.prefilter import Prefilter, factors, parse_tree, required_factors, table
from redactor.detect.prefilter.derivation import derived_factors
from redactor.detect.prefilter.factor import RequiredFactors
from redactor.detect.rules import PATTERN_FLAGS
from redactor.detect.rules.detector import RuleDetector
from redactor.detect.time_budget import TimeBudget
from redactor.text import view

ROOM = regex.compile(r"\broom (\d\d)\b", PATTERN_FLAGS)
TEXT = "Room 12 is not room 3, and ROOM 45 is not the bathroom 67.\nroom 89"
ROOMS = ["Room 12", "ROOM 45", "room 89"]


@pytest.fixture(autouse=True)
def _forgotten():
    """Nothing that a test derives or reads is remembered by another."""
    required_factors.cache_clear()
    yield
    required_factors.cache_clear()
    table._rows.cache_clear()


def found() -> list[str]:
    scan = Prefilter({"room": ROOM}).scan(TEXT, TimeBudget(10))
    return [match.group() for key in scan.candidates() for match in scan.matches(key)]


def test_a_pattern_requires_its_literals():
    (alternatives, *_) = required_factors(ROOM.pattern, ROOM.flags).sets
    assert {factor.literal for factor in alternatives} == {"room 00"}
    assert found() == ROOMS


# -- the table ------------------------------------------------------------------------------------


@pytest.fixture
def tabled(tmp_path, monkeypatch):
    """A table of the room's pattern, in a file of the test's own."""
    path = tmp_path / "factors.jsonl"
    monkeypatch.setattr(table, "TABLE", path)
    factors.tabulate([ROOM], path)
    return path


def test_the_table_says_what_would_be_derived(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "TABLE", tmp_path / "factors.jsonl")
    rules = parse_rules(bundled_rules())[::20]
    patterns = [regex.compile(rule.pattern, PATTERN_FLAGS) for rule in rules]
    factors.tabulate(patterns, table.TABLE)
    assert table.is_complete(patterns)
    for one in patterns:
        read = table.tabled(one.pattern, one.flags)
        assert read == derived_factors(one.pattern, one.flags)
        assert read.sets


def test_a_pattern_of_the_table_is_not_derived(tabled, monkeypatch):
    monkeypatch.setattr(factors, "_derived", None)
    assert required_factors(ROOM.pattern, ROOM.flags).sets
    assert found() == ROOMS


def test_another_pattern_or_other_flags_are_derived(tabled):
    assert table.tabled(ROOM.pattern + "x", ROOM.flags) is None
    assert table.tabled(ROOM.pattern, regex.MULTILINE) is None


def test_the_table_is_the_same_whenever_it_is_written(tabled, tmp_path):
    factors.tabulate([ROOM, ROOM], tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == tabled.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"again", "factors.jsonl"}


SPOILED = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "one letter changed": lambda path: path.write_bytes(
        path.read_bytes().replace(b"room", b"boom")
    ),
    "of other code": lambda path: path.write_bytes(b"0" * 64 + path.read_bytes()[64:]),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_table_is_not_used(tabled, name):
    before = tabled.read_bytes()
    SPOILED[name](tabled)
    assert not tabled.exists() or tabled.read_bytes() != before
    table._rows.cache_clear()
    assert table.tabled(ROOM.pattern, ROOM.flags) is None
    assert found() == ROOMS


# -- where nothing can be derived -----------------------------------------------------------------


def _another_python(monkeypatch):
    # Not `sys.version_info`: other libraries go by it as well.
    monkeypatch.setattr(factors, "KNOWN_PYTHONS", frozenset({(3, 99)}))


def _another_node(monkeypatch):
    """Make the parser give, for every literal, a node that no parser known here gives."""
    parse = parser.parse

    def parsed(source, flags):
        tree = parse(source, flags)
        tree.data.append((op._NamedIntConstant(99, "NEW_NODE"), None))
        return tree

    monkeypatch.setattr(parse_tree.parser, "parse", parsed)


def _another_category(monkeypatch):
    monkeypatch.setattr(parse_tree, "_CATEGORIES", {op.CATEGORY_SPACE})


UNKNOWN = {
    "an untested Python": _another_python,
    "a new node": _another_node,
    "a new category of characters": _another_category,
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_without_a_known_parser_nothing_is_required_and_all_is_found(monkeypatch, name):
    UNKNOWN[name](monkeypatch)
    assert required_factors(ROOM.pattern, ROOM.flags) == RequiredFactors()
    assert found() == ROOMS


@pytest.mark.parametrize("name", UNKNOWN)
def test_without_a_known_parser_the_rules_find_the_same(monkeypatch, tmp_path, name):
    rules = parse_rules(bundled_rules())[::10]
    examples = (text for rule in rules for text in (*rule.finds, *rule.ignores))
    text = view("\n".join(examples).replace("[[", "").replace("]]", ""))
    expected = RuleDetector(rules).find(text)
    required_factors.cache_clear()
    UNKNOWN[name](monkeypatch)
    monkeypatch.setattr(table, "TABLE", tmp_path / "none")
    table._rows.cache_clear()
    assert RuleDetector(rules).find(text) == expected
    assert len(expected) > 20


def test_an_untested_python_makes_an_empty_table(monkeypatch, tmp_path):
    monkeypatch.setattr(table, "TABLE", tmp_path / "factors.jsonl")
    _another_python(monkeypatch)
    factors.tabulate([ROOM], table.TABLE)
    assert table.tabled(ROOM.pattern, ROOM.flags) is None
    assert len(table.TABLE.read_bytes().splitlines()) == 1


def test_this_python_is_known():
    assert sys.version_info[:2] in factors.KNOWN_PYTHONS
