"""Searches by a sign that each match must have find what the whole search finds, in any text.

The whole searches are written out here: a pattern tried at every place, a text read line by line.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from redactor.detect.deobfuscation import rewrites
from redactor.operators import placeholders
from redactor.operators.placeholders import _bare, _shape
from redactor.text import normalized_tokens
from redactor.text.views import _NEAR
from redactor.text.words import _WORD, _form

ENTITIES = ("PERSON", "EMAIL_ADDRESS", "ADDRESS", "X_SCANNERS", "X")  # parts of one another
CODES = ("(b)(6)", "X")
TOKENS = "_7FQ2M9XA", "_XXXXXXXX", "_SCANNERS", "_" + "0a" * 32, "-" + "A" * 77, "_12", ":"
SIGNS = [*"[]<>X_- ", "XXXXXXXX", "XXX", " 10-19 characters", *ENTITIES, *CODES, *TOKENS]
LINES = [
    *("\n", "\n   ", "\n" + " " * 12, "\n" + " " * 13, " " * 40, " ", "\t", "\u2028", "\r\n"),
    *("anna@mail", ".example.org", "anna.van", "ce@example.org", "@", "_", "."),
    *("https://example.org", "www.", ".com/", "/", "a/b", "&", "people"),
    *("call 555 01", "99", "(", "GB12 ", "ABCD", "1234", "A", "é", "中", "\u0301"),
]

# What may stand before a line end inside an address, a link or a number, and behind one.
BEFORE = [
    *("to anna@mail", "anna.van", "https://example.org/a/", "www.example.org", "@anna_b_", "x"),
    *("call 555 01", "IBAN GB12 ABCD", "https://example.org/" + "a" * 200 + "/"),
]
BREAK = ["\n", "\n\t", "\n" + " " * 12, "\n" + " " * 13, "\n\n"]
BEHIND = [
    *("server.example.org ", "ce@example.org ", "b ", "people/anna ", "99", "(0)", "ABCD ", "X"),
    *("w" * 64 + "@example.org ", "w" * 40 + "/a ", "/a"),
]

many = settings(max_examples=300, deadline=None)


def texts(parts):
    return st.lists(st.sampled_from(parts), max_size=30).map("".join)


def _every(text):
    """Yield what the whole pattern finds, and right behind each what has no brackets."""
    whole, bare = _shape(frozenset(ENTITIES), frozenset(CODES)), _bare(frozenset(ENTITIES))
    at = 0
    while found := (at and bare.match(text, at)) or whole.search(text, at):
        yield found
        at = found.end()


@many
@given(texts(SIGNS))
def test_placeholders_are_those_that_the_whole_pattern_finds(text):
    every = _every(text)
    found = placeholders(text, ENTITIES, CODES)
    assert [(m.span(), m["name"]) for m in found] == [(m.span(), m["name"]) for m in every]


def _line_by_line(text):
    start = 0
    for line in text.split("\n"):
        for word in _WORD.finditer(line):
            yield start + word.start(), start + word.end(), _form(word.group())
        start += len(line) + 1


@many
@given(st.one_of(texts(LINES), st.text()))
def test_words_are_those_of_each_line_by_itself(text):
    assert list(normalized_tokens(text)) == list(_line_by_line(text))


broken = st.tuples(*map(st.sampled_from, (BEFORE, BREAK, BEHIND))).map("".join)


def _at_every_line_end(text, *pairs):
    for goes_on, before in pairs:
        for found in goes_on.finditer(text):
            end = found.start()
            line = max(end - rewrites._LONG_LINE, text.rfind("\n", 0, end) + 1)
            if before.search(text, line, end):
                yield found.span()


@pytest.mark.parametrize(
    ("rewrite", "pairs"),
    [
        pytest.param(
            rewrites.next_line,
            [
                (rewrites._HOST_GOES_ON, rewrites._HOST),
                (rewrites._ADDRESS_GOES_ON, rewrites._LOCAL_PART),
                (rewrites._LINK_GOES_ON, rewrites._LINK),
                (rewrites._PATH_GOES_ON, rewrites._PATH),
            ],
            id="inside addresses and links",
        ),
        pytest.param(
            rewrites.next_digits,
            [
                (rewrites._NUMBER_GOES_ON, rewrites._LABELLED_NUMBER),
                (rewrites._NUMBER_GOES_ON, rewrites._IBAN_BEGUN),
            ],
            id="inside numbers",
        ),
    ],
)
@many
@example(text="anna.van\n" + " " * 12 + "w" * 64 + "@example.org")  # as far behind as may be
@given(text=st.one_of(st.lists(broken, max_size=4).map("".join), texts(LINES)))
def test_line_ends_are_those_that_are_found_at_every_line_end(rewrite, pairs, text):
    found = [(start, end) for start, end, _ in rewrite(text)]
    assert found == sorted(set(_at_every_line_end(text, *pairs)))


@many
@given(
    st.lists(st.sampled_from([" a", "  b", " 1", *". \n", " " * 60, "\u00a0", "word"]), max_size=40)
)
def test_letter_spaced_words_of_a_page_of_blanks_are_those_of_the_seeds(parts):
    text = "".join(parts)
    crowded = text + "\n" + "x" * len(text)  # less than half of it is blank: the seed is tried
    found, every = (map(re.Match.span, rewrites.spaced_runs(one)) for one in (text, crowded))
    assert list(found) == list(every)


def test_the_view_may_differ_at_every_character_but_plain_ones_of_ascii():
    plain = {"\t", *map(chr, range(32, 127))} - set("-@&%\\")
    quick = re.compile(_NEAR.pattern[: _NEAR.pattern.index("]", _NEAR.pattern.index("~")) + 1])
    everything = map(chr, range(0x110000))
    assert {char for char in everything if not quick.fullmatch(char)} == plain
