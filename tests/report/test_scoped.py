"""Codes, restrictions and who was kept, as a reviewer sees them in report and tables (S55)."""

from __future__ import annotations

import json
import re

import pytest

MINUTES = """\
Exampleton Town Council, minutes of 4 May 2001

Mayor Ada Quill opened the bridge and thanked Ilse Marsh. At home she has 020 7946 0321.

Ada Quill (aged 9) won the spelling prize.

Ada Quill swam for the county in 1975.
"""
LETTER = "Dear Kofi,\n\nin 2001 Ada Quill the baker wrote from press.desk@example.org.\n"
LATE = "Minutes of 4 May 2011: Mayor Ada Quill was remembered.\n"
FAMILY = "Minutes of 4 May 2001: Mayor Ada Quill spoke. Tom Quill fell in. Quill was wet.\n"
POLICY = """\
name: released
about: A test.
codes: uk-foia
placeholder: [code, amount]
remove:
  PERSON: {threshold: 0.25}
  EMAIL_ADDRESS: {restrict_until: 2030-12-31}
keep: [ORGANIZATION, LOCATION, DATE_TIME, AGE]
"""
WHY = "it is uncertain whether this is the person on the allow list"


@pytest.fixture(scope="module")
def base(cli, tmp_path_factory):
    base = tmp_path_factory.mktemp("scoped")
    (base / "src").mkdir()
    texts = {"minutes": MINUTES, "letter": LETTER, "late": LATE, "family": FAMILY}
    for name, text in texts.items():
        (base / f"src/{name}.txt").write_text(text)
    (base / "keep.csv").write_text("name,role,period\nAda Quill,Mayor,1998-2006\n")
    (base / "released.yaml").write_text(POLICY)
    done = cli(
        *("redact", base / "src", "--out", base / "out", "--workers", "1"),
        *("--policy", base / "released.yaml", "--allow-list", base / "keep.csv"),
        *("--as-of", "2031-01-01"),
    )
    assert done.code == 0, done.err
    assert "review: of what was kept, 1 in doubt" in done.out
    return base


def copy(base, name):
    return (base / f"out/{name}.txt").read_text()


def shown(cli, base, *options):
    done = cli("audit", "show", base / "out.audit", "--json", *options)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_the_mayor_stays_in_office_and_her_home_number_goes(base):
    text = copy(base, "minutes")
    assert "Mayor Ada Quill opened the bridge" in text
    assert "0321" not in text
    assert "Marsh" not in text


@pytest.mark.parametrize("name", ["letter", "late"])
def test_a_namesake_elsewhere_and_another_period_go_and_are_marked(cli, base, name):
    assert "Quill" not in copy(base, name)
    people = [row for row in shown(cli, base, "--file", name) if row["entity"] == "PERSON"]
    assert [row["review"] for row in people if "review" in row] == ["keep"]


def test_a_surname_that_a_private_person_shares_goes_and_is_marked(cli, base):
    told, fell, wet = re.split(r"\. (?=\[PERSON_)", copy(base, "family"))
    assert told == "Minutes of 4 May 2001: Mayor Ada Quill spoke"
    assert fell.endswith("] fell in")
    assert wet.endswith("] was wet.\n")
    marked = [row for row in shown(cli, base, "--file", "family") if "review" in row]
    assert [row["review"] for row in marked] == ["keep; link"]


def test_what_could_not_be_told_is_named_in_the_table_with_a_reason(cli, base):
    done = cli("audit", "show", base / "out.audit", "--review", "--file", "minutes")
    lines = [line for line in done.out.splitlines() if WHY in line]
    assert len(lines) == 2  # one that went, one that stays
    assert sum(" keep " in line for line in lines) == 1


@pytest.fixture(scope="module")
def report(cli, base):
    done = cli("audit", "report", base / "out.audit", "--out", base / "report.html")
    assert done.code == 0, done.err
    return base / "report.html"


@pytest.fixture
def page(report, look):
    return look(report).page


def rows(page):
    return page.locator("#redactions-list tbody tr")


def test_the_report_says_first_that_something_kept_is_to_be_looked_at(page):
    tile = page.locator(".tiles li").filter(has_text="Kept, to be looked at")
    assert tile.locator("strong").inner_text() == "1"
    page.get_by_role("button", name="Show what was kept and is to be looked at").click()
    page.wait_for_timeout(200)
    [row] = rows(page).all_inner_texts()
    assert f"Look at it: {WHY}" in row
    assert "Ada Quill" in row
    assert "in 1975" in row
    assert "found and kept" in row


def test_the_report_shows_what_went_in_doubt(page):
    page.get_by_label("only what is to be looked at").check()
    page.wait_for_timeout(200)
    texts = rows(page).all_inner_texts()
    assert sum(WHY in text for text in texts) == 4
    assert all("s.40(2)" in text for text in texts)
    assert all("Freedom of Information Act 2000, section 40(2)" in text for text in texts)


def test_the_report_says_why_a_restriction_was_lifted_and_by_which_day(page):
    assert "2031-01-01" in page.locator("section[aria-labelledby=run]").inner_text()
    page.locator("[data-filter=done]").select_option("0")
    page.locator("[data-filter=entity]").select_option("EMAIL_ADDRESS")
    page.wait_for_timeout(200)
    [row] = rows(page).all_inner_texts()
    assert "The restriction ended on 2030-12-31." in row
    assert "press.desk@example.org" in row
    assert "none" not in row


def test_every_removed_place_has_its_code_in_the_chart_and_the_copy(page):
    chart = page.locator("section[aria-labelledby=by-code] tbody tr").all_inner_texts()
    assert len(chart) == 1
    assert chart[0].startswith("s.40(2)")
    marks = rows(page).locator("mark").all_inner_texts()
    assert marks
    assert all(re.fullmatch(r"\[\w+ s\.40\(2\) [0-9+-]+ characters\]", mark) for mark in marks)
