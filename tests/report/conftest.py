"""A finished run to report on, records made by hand, and a browser to look with."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from report_cases import (
    LETTER,
    Finished,
    document,
    redaction,
    run_end,
    run_start,
)

from redactor.report.evidence import Evidence
from redactor.report.page import report
from redactor.report.state import LogState, Verdict
from redactor.report.summary import summarise

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def finished(cli, tmp_path_factory) -> Finished:
    """Two letters, a file that nothing can examine, and one left out on purpose."""
    base = tmp_path_factory.mktemp("finished")
    source, out = base / "letters", base / "redacted"
    source.mkdir()
    (source / "letter.txt").write_text(LETTER, "utf-8")
    (source / "<script>alert(1)</script>.txt".replace("/", "\N{DIVISION SLASH}")).write_text(
        "Write to ilse.brandt@example.net.\n", "utf-8"
    )
    (source / "scan.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    (source / "notes.bak").write_text("left out\n")
    (source / ".redactorignore").write_text("*.bak\n.redactorignore\n")
    done = cli("redact", source, "--out", out, "--workers", "1")
    assert done.code == 4, done.err
    return Finished(source, out)


@pytest.fixture
def own(finished, tmp_path) -> Finished:
    """The same run, in a folder of its own that a test may change."""
    shutil.copytree(finished.source, tmp_path / "letters")
    shutil.copytree(finished.out, tmp_path / "redacted")
    shutil.copytree(finished.audit, tmp_path / "redacted.audit")
    return Finished(tmp_path / "letters", tmp_path / "redacted")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless Chromium that is installed; where there is none, CI fails and others skip."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI must install a Chromium: see .ci/run")
    if found is None:
        pytest.skip("THE REPORT WAS NOT LOOKED AT: no Chromium here (apt-get install chromium)")
    if not os.environ.get("CI"):
        pytest.importorskip("playwright", reason="THE REPORT WAS NOT LOOKED AT: no playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Seen:
    """A page, and what it asked for and complained of."""

    page: Any
    requests: list[str]
    complaints: list[str]


@pytest.fixture
def look(chromium) -> Iterator[Any]:
    """Return a function that opens a file in a fresh browser context."""
    contexts = []

    def opened(path: Path, **settings: Any) -> Seen:
        contexts.append(chromium.new_context(**settings))
        page = contexts[-1].new_page()
        seen = Seen(page, [], [])
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.goto(path.resolve().as_uri())
        return seen

    yield opened
    for context in contexts:
        context.close()


INTACT = LogState(Verdict.INTACT, "The log is intact: all 5 records are as they were written.")


@pytest.fixture(scope="session")
def made() -> Evidence:
    """A log of two redactions, one with a code, and a document that failed."""
    coded = {
        "id": "d1:2",
        "code": "(b)(6)",
        "basis": "5 U.S.C. 552(b)(6)",
        "reason": "Personal privacy",
        "restrict_until": "2061-01-01",
        "review": ["score"],
        "start": 40,
        "end": 57,
        "line": 3,
    }
    records = [
        run_start(),
        document(),
        redaction(),
        redaction(**coded),
        redaction(id="d1:3", action="keep", placeholder=None, start=70, end=80),
        document(
            document="d2",
            status="failed",
            not_examined=[["document", "UnsupportedFormat"]],
            output_sha256=None,
            output_bytes=None,
            verified=None,
        ),
        {"type": "reveal", "id": "d1:1"},
        run_end(),
    ]
    return Evidence(Path("redacted.audit"), None, INTACT, summarise(records), {"d1": "=letter.txt"})


@pytest.fixture(scope="session")
def made_page(made, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("made") / "report.html"
    coded = [one for one in made.summary.redactions if one.code]
    others = [one for one in made.summary.redactions if not one.code]
    summary = replace(made.summary, redactions=(*coded, *others))
    path.write_text(report(replace(made, summary=summary)), "utf-8")
    return path


LARGE_FILES, LARGE_PLACES = 20, 5_000


@pytest.fixture(scope="session")
def large(tmp_path_factory) -> Evidence:
    """A log of 100,000 redactions in 20 copies that are really there."""
    base = tmp_path_factory.mktemp("large")
    copies = base / "out"
    copies.mkdir()
    records = [run_start()]
    names = {}
    for number in range(LARGE_FILES):
        name, places, lines, length = f"file-{number}.txt", [], [], 0
        for place in range(LARGE_PLACES):
            token = f"[PERSON_{place:08d}]"
            lines.append(f"In the year {place} we met {token} at the gate of number {number}.\n")
            start = length + lines[-1].index(token)
            length += len(lines[-1])
            places.append((start, start + len(token), token))
        written = "".join(lines).encode()
        (copies / name).write_bytes(written)
        names[f"d{number}"] = name
        digest = hashlib.sha256(written).hexdigest()
        records.append(document(document=f"d{number}", output_sha256=digest))
        for at, (start, end, token) in enumerate(places, 1):
            records.append(
                redaction(
                    id=f"d{number}:{at}",
                    document=f"d{number}",
                    start=start,
                    end=end,
                    line=at,
                    placeholder=token,
                    entity=("PERSON", "EMAIL_ADDRESS", "US_SSN")[at % 3],
                    source=("rule:email/plain", "model:names_accurate", "link:name")[at % 3],
                    score=(at % 100) / 100,
                )
            )
    records.append(run_end())
    return Evidence(base / "out.audit", copies, INTACT, summarise(records), names)


@pytest.fixture(scope="session")
def large_page(large, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(report(large), "utf-8")
    return path
