"""What people decided is shown everywhere, and with it what had been decided before."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from report_cases import document, redaction, run_end, run_start

from redactor.report.evidence import Evidence
from redactor.report.index import vaughn
from redactor.report.page import report
from redactor.report.premis import premis
from redactor.report.rows import as_csv, as_json, selected
from redactor.report.select import Selection
from redactor.report.state import LogState, Verdict
from redactor.report.summary import summarise

EARLIER = {"action": "pseudonym", "entity": "PERSON", "code": "(b)(6)", "decision": "auto"}


@pytest.fixture(scope="module")
def decided() -> Evidence:
    """Two runs of one document: in the second, a place was restored and another's code changed."""
    records = [
        run_start(),
        document(),
        redaction(code="(b)(6)", review=["score"]),
        redaction(id="d1:2", start=40, end=57, line=3, code="(b)(6)"),
        document(document="d9"),
        redaction(id="d9:1", document="d9", entity="US_SSN"),
        run_end(),
        run_start(run="77" * 16, round=1, decisions=["ab" * 8]),
        document(),
        redaction(
            id="d1:3",
            code="(b)(7)(C)",
            decision="changed",
            reviewer="R. Okafor",
            note="named by an informant",
            supersedes="d1:1",
            earlier=EARLIER,
        ),
        redaction(
            id="d1:4",
            start=40,
            end=52,
            action="keep",
            placeholder=None,
            decision="restored",
            reviewer="R. Okafor",
            supersedes="d1:2",
            earlier=EARLIER,
        ),
        run_end(run="77" * 16),
    ]
    state = LogState(Verdict.INTACT, "The log is intact: all 12 records are as they were written.")
    names = {"d1": "letter.txt", "d9": "other.txt"}
    return Evidence(Path("redacted.audit"), None, state, summarise(records), names)


def test_the_last_run_of_each_document_stands(decided):
    assert [one.id for one in decided.summary.standing] == ["d9:1", "d1:3", "d1:4"]
    assert [one.id for one in decided.summary.removals] == ["d9:1", "d1:3"]
    assert dict(decided.summary.by("code")) == {"": 1, "(b)(7)(C)": 1}


def test_a_document_that_failed_and_then_did_not_is_examined():
    failed = document(status="failed", not_examined=[["document", "WorkerDied"]])
    summary = summarise([run_start(), failed, run_end(), run_start(), document(), run_end()])
    assert summary.unexamined == ()


def test_rows_tell_who_why_and_what_was_before(decided):
    [changed, restored] = [
        json.loads(as_json(one, decided))
        for one in selected(decided, Selection())
        if one.decision != "auto"
    ]
    assert (changed["decision"], changed["reviewer"], changed["supersedes"]) == (
        "changed",
        "R. Okafor",
        "d1:1",
    )
    assert changed["note"] == "named by an informant"
    assert changed["earlier"] == ("action: pseudonym; entity: PERSON; code: (b)(6); decision: auto")
    assert restored["action"] == "keep"


def test_an_earlier_run_is_shown_if_it_is_named(decided):
    rows = selected(decided, Selection(run="4f2a"))
    assert [one.id for one in rows] == ["d1:1", "d1:2", "d9:1"]


def test_exports_follow(decided):
    rows = list(csv.DictReader(io.StringIO(as_csv(decided, Selection()))))
    assert [row["id"] for row in rows] == ["d9:1", "d1:3", "d1:4"]
    index = vaughn(decided)
    assert index.count("(b)(7)(C)") == 1
    assert "(b)(6)" not in index
    events = premis(decided).decode()
    assert events.count("reviewer: R. Okafor") == 1
    assert "earlier: action pseudonym, entity PERSON, code (b)(6), decision auto" in events
    assert events.count("code: (b)(6)") == 2  # the events of the first run stay as they were


def test_the_page_shows_it(decided, look, tmp_path):
    (tmp_path / "report.html").write_text(report(decided), "utf-8")
    page = look(tmp_path / "report.html").page
    rows = page.locator("#redactions-list tbody tr")
    changed = rows.filter(has_text="(b)(7)(C)").inner_text()
    assert "changed by R. Okafor" in changed
    assert "Note: named by an informant" in changed
    assert "Before: replaced by a pseudonym, PERSON, (b)(6), by the policy, no. 1" in changed
    assert page.locator("section[aria-labelledby=totals]").inner_text().count("reviewer") == 1
    assert "3 records of earlier runs" not in page.content()
    assert "2 records of earlier runs no longer stand" in page.content()
    page.locator("#redactions-list [data-filter=done]").select_option("")
    page.locator("#redactions-list [data-filter=search]").fill("okafor")
    page.wait_for_timeout(200)
    assert rows.count() == 2
    assert "restored by R. Okafor" in rows.filter(has_text="found and kept").inner_text()


def test_a_log_of_one_run_says_nothing_of_earlier_ones(made):
    page = report(replace(made, copies=None))
    assert "no longer stand" not in page
    assert "decided upon by a reviewer" not in page
