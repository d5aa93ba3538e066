"""Exit codes of leaks, of faults of our own, and of interrupts: nothing of a text is said."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from command_line import SECONDS, wait_until, workers_of
from invoked import invoke

from redactor.audit import read
from redactor.errors import ExitCode

ADDRESS = "teodor.vance@example.org"
LETTER = f"Dear Mr Teodor Vance,\nwrite to {ADDRESS}.\nThe tide was low.\n"
CALM = "The tide was low.\n"
ALONE = ("--workers", "1")


@pytest.fixture
def place(tmp_path):
    """A folder with a source: a letter, and a text in which there is nothing to find."""
    (tmp_path / "src/inner").mkdir(parents=True)
    (tmp_path / "src/letter.txt").write_text(LETTER)
    (tmp_path / "src/inner/calm.txt").write_text(CALM)
    return tmp_path


def test_a_copy_that_would_leak_is_not_published(forked_cli, tmp_path):
    """A replacement that is the value itself, as a bug might make it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(
        "import redactor.operators.tokens\n"
        f"redactor.operators.tokens.token = lambda key, entity, value: {ADDRESS!r}\n"
    )
    (tmp_path / "src").mkdir()
    (tmp_path / "src/letter.txt").write_text(LETTER)
    (tmp_path / "src/calm.txt").write_text(CALM)
    (tmp_path / "src/odd.docx").write_text(CALM)
    run = forked_cli(
        *("redact", tmp_path / "src", "--out", tmp_path / "out", *ALONE),
        env=_with_site(tmp_path),
    )
    assert run.code == ExitCode.LEAK, run.err
    assert run.error_lines[0].startswith("not examined: letter.txt: a removed value is still in")
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["calm.txt"]


# name: the text, more options, the exit code
SCANS = {
    "found": (LETTER, (), ExitCode.DONE),
    "found, which fails": (LETTER, ("--fail-on-find",), ExitCode.LEAK),
    "nothing found": (CALM, ("--fail-on-find",), ExitCode.DONE),
    "found, as JSON": (LETTER, ("--fail-on-find", "--json"), ExitCode.LEAK),
}


@pytest.mark.parametrize("name", SCANS)
def test_scan(name):
    text, options, code = SCANS[name]
    result = invoke("scan", "-", *options, stdin=text)
    assert (result.exit_code, result.stderr) == (code, "")
    assert ("EMAIL_ADDRESS" in result.stdout) == (text == LETTER)
    assert ADDRESS not in result.stdout


def test_scan_names_what_it_could_not_examine(place):
    (place / "src/odd.docx").write_text(CALM)
    (place / "src/letter.txt").unlink()
    result = invoke("scan", place / "src", "--fail-on-find")
    assert result.exit_code == ExitCode.INPUT
    assert result.stderr.startswith("not examined: odd.docx: ")


# --- 1: a bug -------------------------------------------------------------------------------


@pytest.mark.parametrize("debug", [(), ("--debug",)], ids=["plain", "debug"])
def test_an_unexpected_error_shows_no_text(monkeypatch, place, debug):
    def stumble(*_: object, **__: object) -> None:
        raise ValueError(LETTER) from KeyError(LETTER)

    monkeypatch.setattr("redactor.scanning.scan_sources", stumble)
    result = invoke("scan", place / "src", *debug)
    assert (result.exit_code, result.stdout) == (ExitCode.BUG, "")
    *trace, last = result.stderr.splitlines()
    assert last.startswith("redactor: an unexpected ValueError. ")
    assert bool(trace) == bool(debug)
    assert "teodor" not in result.stderr.lower()


BROKEN_FOR_LETTERS = """
import redactor.detect.ner.detector as names

find = names.NameDetector.find

def stumble(self, view, segment=0, offset=0):
    if "teodor" in view.text.lower():
        raise ValueError(view.text)
    return find(self, view, segment, offset)

names.NameDetector.find = stumble
"""


@pytest.fixture(scope="module")
def bug_in_one(tmp_path_factory):
    """A folder with a document that meets a bug, one of no known format, and one that is sound."""
    base = tmp_path_factory.mktemp("bug")
    (base / "site").mkdir()
    (base / "site/sitecustomize.py").write_text(BROKEN_FOR_LETTERS)
    (base / "src").mkdir()
    (base / "src/letter.txt").write_text(LETTER)
    (base / "src/calm.txt").write_text(CALM)
    (base / "src/odd.docx").write_text(CALM)
    return base


def test_a_bug_in_one_document_costs_no_other_and_is_hidden_by_none(forked_cli, bug_in_one):
    out = bug_in_one / "out"
    run = forked_cli(
        *("redact", bug_in_one / "src", "--out", out, *ALONE),
        env=_with_site(bug_in_one),
    )
    assert run.code == ExitCode.BUG, run.err
    letter, odd = run.error_lines
    assert letter.startswith("not examined: letter.txt: could not be examined (an unexpected Value")
    assert letter.endswith("This is a bug: please report it, without the document.")
    assert odd.startswith("not examined: odd.docx: ")
    assert "eodor" not in run.err
    assert [path.name for path in out.rglob("*")] == ["calm.txt"]
    *_, end = read(Path(f"{out}.audit"))
    assert (end["type"], end["exit_code"]) == ("run-end", ExitCode.BUG)


def test_a_scan_goes_on_after_a_bug_in_one_document(forked_cli, bug_in_one):
    run = forked_cli("scan", bug_in_one / "src", "--json", env=_with_site(bug_in_one))
    assert run.code == ExitCode.BUG, run.err
    missing = json.loads(run.out)["not_examined"]
    assert {one["file"]: one["code"] for one in missing} == {
        "letter.txt": ExitCode.BUG,
        "odd.docx": ExitCode.INPUT,
    }
    assert "eodor" not in run.err + run.out


def _with_site(base: Path) -> dict[str, str]:
    """Return a change of environment under which processes load `base`/site first."""
    paths = (str(base / "site"), os.environ.get("PYTHONPATH", ""))
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


# --- 129, 130, 143: stopped by a signal -----------------------------------------------------

# when a signal comes: which, what it means, and how it is called
STOPS = {
    "at the first copy": (signal.SIGINT, ExitCode.INTERRUPTED, "interrupted"),
    "while workers start": (signal.SIGINT, ExitCode.INTERRUPTED, "interrupted"),
    "terminated at the first copy": (signal.SIGTERM, ExitCode.TERMINATED, "terminated"),
    "a terminal that is closed": (signal.SIGHUP, ExitCode.HANGUP, "the terminal was closed"),
}


def test_a_command_that_keeps_nothing_is_run_again(monkeypatch, place):
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("redactor.scanning.scan_sources", stopped)
    result = invoke("scan", place / "src")
    assert result.exit_code == ExitCode.INTERRUPTED
    assert result.stderr.endswith("Run it again\n")


@pytest.mark.parametrize("moment", STOPS)
def test_an_interrupt(process_cli, forked_cli, tmp_path, files, moment):
    """Ctrl-C goes to every process of the group."""
    sent, code, word = STOPS[moment]
    cli = process_cli if moment == "while workers start" else forked_cli
    source, out = tmp_path / "src", tmp_path / "out"
    source.mkdir()
    for number in range(40):
        (source / f"{number:02}.txt").write_text(LETTER + CALM * 30)
    process = cli.start("redact", source, "--out", out)
    if moment != "while workers start":
        wait_until(lambda: out.is_dir() and any(out.iterdir()))
    else:
        wait_until(lambda: workers_of(process.pid))
        time.sleep(0.4)
    os.killpg(process.pid, sent)
    said, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, said) == (code, b"")
    assert re.fullmatch(rf"redactor: {word}[^\n]*--resume\n", err.decode()), err.decode()
    copies = files(out)
    assert len(copies) < 40
    assert all(data.endswith(CALM.encode()) and b"teodor" not in data for data in copies.values())
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]
