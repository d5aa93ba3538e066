"""The report as a reviewer meets it: opened from the disk, in a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from report_cases import LETTER

SCRIPT_NAME = "<script>alert(1)<\N{DIVISION SLASH}script>.txt"


@pytest.fixture(scope="module")
def report(cli, finished, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    done = cli("audit", "report", finished.audit, "--out", path, "--source", finished.source)
    assert done.code == 0, done.err
    return path


@pytest.fixture
def page(report, look):
    return look(report).page


def rows(page):
    return page.locator("#redactions-list tbody tr")


def count(page):
    return page.locator("#redactions-list .count")


def only(page, name, value):
    field = page.locator(f"#redactions-list [data-filter={name}]")
    field.select_option(value) if field.evaluate("e => e.tagName") == "SELECT" else field.fill(
        value
    )
    page.wait_for_timeout(200)


class TestTheFiveQuestions:
    """A reviewer who never saw the tool has nothing but this page."""

    def test_what_was_removed_from_a_file(self, page):
        page.get_by_label("File", exact=True).fill("letter.txt")
        page.wait_for_timeout(200)
        shown = rows(page).all_inner_texts()
        types = {
            text
            for row in shown
            for text in ("PERSON", "EMAIL ADDRESS", "PHONE NUMBER")
            if text in row
        }
        assert types == {"PERSON", "EMAIL ADDRESS", "PHONE NUMBER"}
        assert all("letter.txt" in row for row in shown)
        assert re.match(rf"{len(shown)} of \d+ places", count(page).inner_text())
        marks = rows(page).locator("mark").all_inner_texts()
        assert marks
        assert all(re.fullmatch(r"\[[A-Z_]+_[0-9A-Z]{8}\]", mark) for mark in marks)
        assert any("wrote to us from" in row for row in shown)
        assert any("line 3" in row for row in shown)

    def test_why(self, page):
        only(page, "entity", "EMAIL_ADDRESS")
        row = rows(page).first
        rule = page.locator("section[aria-labelledby=by-rule] tbody tr").filter(
            has_text=row.locator("code").inner_text()
        )
        about = rule.locator(".about").inner_text()
        assert len(about.split()) > 3
        assert " ".join(about.split()[:4]) in row.inner_text()
        assert "decided by the policy" in row.inner_text()

    def test_under_which_code(self, page):
        heads = page.locator("#redactions-list thead").get_by_role("columnheader").all_inner_texts()
        at = next(n for n, head in enumerate(heads) if head.startswith("Code"))
        assert rows(page).first.locator("th, td").nth(at).inner_text() == "none"
        assert (
            "gives no exemption code"
            in page.get_by_role("region")
            .filter(has_text="Totals")
            .or_(page.locator("section[aria-labelledby=totals]"))
            .first.inner_text()
        )

    def test_what_was_not_examined(self, page):
        first = page.locator("main section").first
        assert first.get_by_role("heading").inner_text() == "Not examined"
        assert "scan.mp4" in first.inner_text()
        assert "No format of ours reads this kind of file" in first.inner_text()
        assert "notes.bak" not in page.locator("#unexamined-table").inner_text()

    def test_is_the_log_intact(self, page):
        assert "The log is intact" in page.locator("#log-state").inner_text()
        assert re.search(r"^\d+:[0-9a-f]{64}:[0-9a-f]{32}$", page.locator("code.head").inner_text())


def test_a_code_and_a_basis_are_shown_where_a_policy_gives_them(made_page, look):
    page = look(made_page).page
    row = rows(page).first.inner_text()
    assert "(b)(6)" in row
    assert "5 U.S.C. 552(b)(6)" in row
    assert "until 2061-01-01" in row
    only(page, "code", "(b)(6)")
    assert count(page).inner_text().startswith("1 of 3 places")


def test_nothing_is_asked_for_but_the_file_itself(report, look):
    seen = look(report)
    seen.page.get_by_role("button", name="Next page").first.is_visible()
    only(seen.page, "search", "letter")
    assert seen.requests == [report.resolve().as_uri()]
    assert seen.complaints == []


def test_a_file_name_stays_text(report, look):
    seen = look(report)
    page = seen.page
    only(page, "file", "alert(1)")
    assert SCRIPT_NAME in rows(page).first.inner_text()
    assert seen.complaints == []
    assert page.locator("script").count() == 2


def test_the_page_forbids_itself_everything_else(page):
    page.evaluate(
        "() => { const script = document.createElement('script');"
        "script.textContent = 'window.bad = 1'; document.body.append(script); }"
    )
    assert page.evaluate("window.bad") is None
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_a_column_sorts_both_ways(page):
    head = page.locator("#redactions-list").get_by_role("columnheader", name="Score")
    head.get_by_role("button").click()
    scores = [float(text) for text in rows(page).locator("td.n").all_inner_texts()]
    assert scores == sorted(scores)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    again = [float(text) for text in rows(page).locator("td.n").all_inner_texts()]
    assert again == sorted(scores, reverse=True)


def test_a_bar_shows_its_redactions(page):
    page.get_by_role("button", name="EMAIL_ADDRESS").click()
    page.wait_for_timeout(200)
    assert {row.inner_text() for row in rows(page).locator("td:nth-child(3)").all()} == {
        "EMAIL ADDRESS\n20-49 characters"
    }
    assert page.evaluate("document.activeElement.id") == "redactions"


def test_it_is_usable_by_keyboard_and_tells_what_it_is(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to every redaction"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#redactions"
    for landmark in ("banner", "navigation", "main", "contentinfo", "search"):
        assert page.get_by_role(landmark).count() == 1
    unlabelled = page.evaluate(
        "[...document.querySelectorAll('input, select')].filter(e => !e.labels.length).length"
    )
    assert unlabelled == 0
    assert page.evaluate("[...document.querySelectorAll('th')].every(e => e.scope)")
    assert page.evaluate(
        "[...document.querySelectorAll('[aria-labelledby]')]"
        ".every(e => document.getElementById(e.getAttribute('aria-labelledby')))"
    )
    assert page.locator("#redactions-list .count[aria-live=polite]").count() == 1


def test_no_attribute_holds_script_or_style(report):
    bad = []

    class Attributes(HTMLParser):
        def handle_starttag(self, tag, attributes):
            bad.extend(name for name, _ in attributes if name.startswith("on") or name == "style")

    Attributes().feed(report.read_text("utf-8"))
    assert bad == []


CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).slice(0, 3).map((v) => {
    v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (e) => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)|transparent/.test(c)) return c; }
    return 'rgb(255, 255, 255)'; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const hidden = ['SCRIPT', 'OPTION', 'DATALIST', 'NOSCRIPT'].includes(e.tagName);
    if (!own || hidden || !e.checkVisibility() || e.disabled) continue;
    const style = getComputedStyle(e), a = light(style.color), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const small = parseFloat(style.fontSize) < 12;
    if (ratio < 4.5 || small) bad.push([e.tagName, e.className, ratio, style.fontSize]);
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1360])
def test_text_is_large_and_dark_enough_and_fits(report, look, scheme, width):
    page = look(report, color_scheme=scheme, viewport={"width": width, "height": 900}).page
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    exemption = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (exemption == "rgb(20, 23, 26)") == (scheme == "dark")


def test_on_paper_all_filtered_rows_are_there(large_page, look):
    page = look(large_page).page
    only(page, "file", "file-3.txt")
    only(page, "score", "0.97")
    wanted = int(count(page).inner_text().split()[0].replace(",", ""))
    assert 50 < wanted < 5000
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert rows(page).count() == wanted
    page.emulate_media(media="print")
    assert not page.locator("#redactions-list form").is_visible()
    assert page.evaluate(CONTRAST) == []
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert rows(page).count() == 50


def test_nothing_of_the_source_is_in_the_report(report):
    text = report.read_text("utf-8")
    for word in ("Teodor", "Vance", "teodor.vance", "7946 0321", "ilse"):
        assert word in LETTER or word == "ilse"
        assert word not in text
