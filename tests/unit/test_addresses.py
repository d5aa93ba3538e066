"""Addresses grow from a core to the whole block, and no further."""

from __future__ import annotations

import pytest
from hostile import BLOCKS
from hypothesis import given
from hypothesis import strategies as st
from steps import growth

from redactor.detect.addresses.blocks import ENTITY, whole_blocks
from redactor.model import Finding
from redactor.text import view

CORE = "14 Cooper Lane"
WHOLE = {
    "to the postcode": "14 Cooper Lane, Ashby, OH 43215",
    "over lines": "14 Cooper Lane\nSuite 4\nAshby, OH 43215-1234\nUSA",
    "over a unit before it": "Flat 2, 14 Cooper Lane, Ashby AB1 2CD",
    "over a house before it": "Rose Cottage, 14 Cooper Lane, Ashby AB1 2CD",
    "over towns": "14 Cooper Lane, Little Ashby, Ashby, Kent, AB1 2CD, England",
    "to a continental town": "14 Cooper Lane, 10115 Berlin",
    "over a break of HTML": "14 Cooper Lane<br>Ashby, OH 43215",
    "to a town alone": "14 Cooper Lane, Ashby",
}
ALONE = {
    "a sentence": "14 Cooper Lane is empty.",
    "a name": "14 Cooper Lane, Mr Vance said",
    "another paragraph": "14 Cooper Lane\n\nAshby, OH 43215",
    "a date": "14 Cooper Lane, May 2031",
}


def _grown(text: str, core: str = CORE, score: float = 0.6) -> Finding:
    start = text.index(core)
    found = Finding(0, start, start + len(core), ENTITY, score, "rule:x")
    (grown,) = whole_blocks(view(text), [found])
    return grown


@pytest.mark.parametrize("name", WHOLE)
def test_a_core_grows_to_the_whole_block(name: str) -> None:
    text = f"It went to {WHOLE[name]}."
    grown = _grown(text)
    assert text[grown.start : grown.end] == WHOLE[name]


@pytest.mark.parametrize("name", ALONE)
def test_a_core_takes_in_nothing_else(name: str) -> None:
    grown = _grown(ALONE[name])
    assert (grown.start, grown.end, grown.score) == (0, len(CORE), 0.6)
    assert grown.source == "rule:x"


def test_a_weak_core_is_believed_with_a_postcode_and_says_why() -> None:
    grown = _grown("14 Cooper Lane, Flat 3, Ashby AB1 2CD", score=0.04)
    assert grown.score == pytest.approx(0.69)
    assert grown.source == "rule:x + unit + code"
    assert _grown("14 Cooper Lane, Ashby, and", score=0.04).score == pytest.approx(0.04)


def test_positions_are_those_of_the_source_plus_the_offset() -> None:
    text = "at 14 Co\u00adoper Lane, Ash\u00adby,&nbsp;OH 43215 now"
    start, end = text.index("14"), text.index(", Ash")
    found = Finding(3, start + 100, end + 100, ENTITY, 0.6, "rule:x")
    (grown,) = whole_blocks(view(text), [found], 100)
    assert text[grown.start - 100 : grown.end - 100] == text[start : text.index(" now")]
    assert grown.segment == 3


def test_findings_of_other_kinds_pass_as_they_are() -> None:
    found = Finding(0, 0, 2, "PERSON", 0.6, "rule:x")
    assert list(whole_blocks(view("14 Cooper Lane"), [found])) == [found]


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_block_covers_its_core(before: str, after: str) -> None:
    text = f"{before}{CORE}{after}"
    seen = view(text)
    start = len(before)
    (grown,) = whole_blocks(seen, [Finding(0, start, start + len(CORE), ENTITY, 0.6, "rule:x")])
    assert grown.start <= start
    assert grown.end >= start + len(CORE)


@pytest.mark.parametrize("filler", BLOCKS)
def test_growth_is_no_more_work_in_a_long_text_than_in_a_short_one(filler: str) -> None:
    assert growth(lambda size: _grown(filler * size + CORE + ", " + filler * size), 2_000) < 1.1
