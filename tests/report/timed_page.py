"""How quickly a report of 100,000 redactions is made, opened, searched and sorted.

Run by hand, on a machine that does nothing else, and no part of the suite:

    pytest -n 0 -s tests/report/timed_page.py

Bounds are several times what two idle cores need.
"""

from __future__ import annotations

import time

from test_large import CHANGE, said

from redactor.report.page import report

TIMED = f"""async (asked) => {{
  const before = performance.now();
  await ({CHANGE})(asked);
  return performance.now() - before;
}}"""


def test_the_page_is_made_in_seconds(large):
    before = time.process_time()
    page = report(large)
    took = time.process_time() - before
    print(f"made in {took:.1f} s, {len(page) / 1e6:.1f} MB")  # noqa: T201
    assert took < 30


def test_it_opens_filters_and_sorts_quickly(large_page, look):
    before = time.perf_counter()
    page = look(large_page).page
    said(page, "100,000 of 100,000 places, rows 1 to 50")
    opened = time.perf_counter() - before
    worst = max(page.evaluate(TIMED, ["sort", column]) for column in range(8))
    filtered = page.evaluate(TIMED, ["search", "year 4321 we met"])
    print(f"opened in {opened:.2f} s, searched in {filtered:.0f} ms, sorted in {worst:.0f} ms")  # noqa: T201
    assert opened < 15
    assert filtered < 3000
    assert worst < 3000
