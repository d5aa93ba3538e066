"""A log of 100,000 redactions can be opened, filtered and sorted (how quickly: `timed_page.py`)."""

from __future__ import annotations

import re

import pytest

CHANGE = """([name, value]) => new Promise((done) => {
  const list = document.querySelector('#redactions-list');
  new MutationObserver((_, seen) => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(done));
  }).observe(list.querySelector('tbody'), { childList: true });
  if (name === 'sort') { list.querySelectorAll('thead button')[value].click(); return; }
  const field = list.querySelector(`[data-filter=${name}]`);
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
})"""
"""From an input to the next frame after the rows changed."""


def said(page, text):
    """Wait until the count begins so."""
    sync_api = pytest.importorskip("playwright.sync_api")
    count = page.locator("#redactions-list .count")
    sync_api.expect(count).to_have_text(re.compile(f"^{re.escape(text)}"))


def test_it_opens_filters_and_sorts(large_page, look):
    page = look(large_page).page
    said(page, "100,000 of 100,000 places, rows 1 to 50")
    for column in range(8):
        page.evaluate(CHANGE, ["sort", column])
    said(page, "100,000 of 100,000 places, rows 1 to 50")
    page.evaluate(CHANGE, ["search", "year 4321 we met"])
    said(page, "40 of 100,000 places")  # the words stand in a row and before the next


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("file", "file-7.txt", 5000),
        ("entity", "US_SSN", 33340),
        ("rule", "link:name", 33340),
        ("score", "0.9", 10000),
        ("below", "0.1", 10000),
        ("search", "[PERSON_00001234]", 20),
        ("search", "no such words", 0),
        ("done", "0", 0),
    ],
)
def test_each_filter_finds_what_it_says(large_page, look, name, value, found):
    page = look(large_page).page
    field = page.locator(f"#redactions-list [data-filter={name}]")
    field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(
        value
    )
    said(page, f"{found:,} of 100,000 places")
    assert page.locator("#redactions-list tbody tr").count() == min(found, 50)


def test_the_next_page_has_the_next_rows(large_page, look):
    page = look(large_page).page
    seen = page.locator("#redactions-list tbody tr").first.inner_text()
    page.locator("#redactions-list").get_by_role("button", name="Next page").click()
    assert "rows 51 to 100" in page.locator("#redactions-list .count").inner_text()
    assert page.locator("#redactions-list tbody tr").first.inner_text() != seen
