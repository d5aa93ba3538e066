"""The report of a run that did not end, in a browser: red, and before anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redactor.audit.endings import Unfinished
from redactor.report.page import report

UNFINISHED = Unfinished(1_835, 3_000)


@pytest.fixture
def page(made, tmp_path, look):
    whole = [one for one in made.summary.documents if one.has_copy]
    summary = replace(made.summary, documents=tuple(whole), unfinished=UNFINISHED)
    path = tmp_path / "report.html"
    path.write_text(report(replace(made, summary=summary)), "utf-8")
    return look(path).page


def test_the_first_tiles_are_red_and_say_how_many(page):
    tiles = page.locator(".tiles li")
    assert "NOT finished" in tiles.nth(0).inner_text()
    assert "1,165" in tiles.nth(1).inner_text()
    colours = [
        tiles.nth(at).evaluate("tile => getComputedStyle(tile).borderTopColor") for at in (0, 1, 2)
    ]
    assert colours[0] == colours[1] != colours[2]


def test_it_says_so_above_all_else_and_what_to_do(page):
    said = page.locator("#unfinished")
    assert said.inner_text().startswith("THE RUN DID NOT END: 1,165 of 3,000 documents were never")
    assert "again with --resume" in said.inner_text()
    at = [page.locator(one).first.bounding_box()["y"] for one in ("#unfinished", ".lede", ".tiles")]
    assert at == sorted(at)


def test_it_nowhere_says_that_all_was_examined(page):
    text = page.locator("body").inner_text()
    assert "verything was examined" not in text
    assert "Every document and every part of it was examined." not in text
    assert page.locator(".tiles .good", has_text="Not examined").count() == 0
