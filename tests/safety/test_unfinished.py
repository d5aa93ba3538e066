"""A run that did not end says so everywhere, first, and in the exit code.

The attack: Ctrl-C, kill or loss of power after 1,835 of 3,000 documents, and then somebody hands on
what the reports say: "Everything was examined", an index in which "every document was examined",
SARIF with `executionSuccessful`, a bag, a sample, and a log that verifies with exit code 0. Nothing
said that 1,165 documents were never looked at.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from itertools import islice
from pathlib import Path
from unittest.mock import patch
from xml.etree import ElementTree as ET

import pytest
from command_line import SerialTeam

from redactor.audit import PublicKey, check, read
from redactor.audit.endings import Ending, Unfinished

PLANNED, DONE = 5, 2
SAID = "THE RUN DID NOT END: 3 of 5 documents were never looked at"
NEXT = "Run the same command again with --resume"


class InterruptedTeam(SerialTeam):
    """A team that Ctrl-C reaches after some documents."""

    def run(self, jobs):
        yield from islice(super().run(jobs), DONE)
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def stopped(cli, tmp_path_factory) -> Path:
    base = tmp_path_factory.mktemp("stopped")
    (base / "src").mkdir()
    for number in range(PLANNED):
        text = f"Write to ilse{number}@example.org.\n"
        (base / f"src/{number}.txt").write_text(text, "utf-8")
    with patch("redactor.batch.Team", InterruptedTeam):
        done = cli("redact", base / "src", "--out", base / "out")
    assert done.code == 130
    return base / "out"


@pytest.fixture
def audit(stopped, tmp_path) -> Path:
    shutil.copytree(stopped, tmp_path / "out")
    shutil.copytree(audit_of(stopped), tmp_path / "out.audit")
    return tmp_path / "out.audit"


def audit_of(out: Path) -> Path:
    return out.with_name(f"{out.name}.audit")


def test_the_log_is_as_it_was_signed_all_the_same(audit):
    assert check(audit, PublicKey.load(audit / "audit.pub")).damage is None
    assert len(list((audit.parent / "out").iterdir())) == DONE


COMMANDS = {
    "verify": ("verify", "out"),
    "audit verify": ("audit", "verify", "out.audit"),
    "print head": ("audit", "verify", "out.audit", "--print-head"),
    "show": ("audit", "show", "out.audit"),
    "show as JSON": ("audit", "show", "out.audit", "--json"),
    "lookup": ("audit", "lookup", "nobody@example.org", "out.audit"),
    "report": ("audit", "report", "out.audit"),
    "sample": ("audit", "sample", "out.audit"),
    "sample of removals": ("audit", "sample", "out.audit", "--removed"),
    "review": ("review", "out.audit"),
    "csv": ("audit", "export", "out.audit", "--format", "csv"),
    "vaughn": ("audit", "export", "out.audit", "--format", "vaughn"),
    "premis": ("audit", "export", "out.audit", "--format", "premis"),
    "sarif": ("audit", "export", "out.audit", "--format", "sarif"),
    "bagit": ("audit", "export", "out.audit", "--format", "bagit", "--out", "bag"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_it_first_and_exits_with_5(cli, audit, name):
    done = cli(*COMMANDS[name], cwd=audit.parent)
    assert done.err.startswith(f"redactor: {SAID}")
    assert NEXT in done.err
    assert done.code == 5


def test_nothing_is_made_that_would_pass_for_the_whole(cli, audit):
    for name in ("sample", "bagit"):
        cli(*COMMANDS[name], cwd=audit.parent)
    assert not (audit / "sample.yaml").exists()
    assert not (audit.parent / "bag").exists()


def test_the_index_does_not_say_that_all_was_examined(cli, audit):
    page = cli(*COMMANDS["vaughn"], cwd=audit.parent).out
    assert page.index(SAID) < page.index("<main>")
    assert "3 of 5 documents were never looked at, and are not listed" in page
    assert "every document was examined" not in page
    assert "The redaction ended" not in page


def test_sarif_is_no_success(cli, audit):
    [run] = json.loads(cli(*COMMANDS["sarif"], cwd=audit.parent).out)["runs"]
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    first = invocation["toolExecutionNotifications"][0]
    assert (first["level"], first["message"]["text"].startswith(SAID)) == ("error", True)


def test_the_first_event_of_premis_is_the_failure(cli, audit):
    root = ET.fromstring(cli(*COMMANDS["premis"], cwd=audit.parent).out)
    event = root.find("{*}event")
    assert event.findtext(".//{*}eventOutcome") == "fail"
    assert event.findtext(".//{*}eventOutcomeDetailNote").startswith(SAID)


def test_the_first_row_of_the_csv_says_it(cli, audit):
    row = next(csv.DictReader(io.StringIO(cli(*COMMANDS["csv"], cwd=audit.parent).out)))
    assert (row["action"], row["reason"].startswith(SAID)) == ("unfinished", True)


def test_a_run_that_ended_says_nothing_of_it(cli, tmp_path):
    (tmp_path / "a.txt").write_text("Nothing here.\n")
    assert cli("redact", tmp_path / "a.txt", "--out", tmp_path / "out").code == 0
    assert cli("audit", "verify", tmp_path / "out.audit").code == 0
    [start] = [one for one in read(tmp_path / "out.audit") if one["type"] == "run-start"]
    assert start["planned"] == 1


def test_what_was_left_out_on_purpose_counts_as_looked_at(cli, tmp_path):
    (tmp_path / "src").mkdir()
    for name in ("a.txt", "b.bak"):
        (tmp_path / "src" / name).write_text("Nothing here.\n")
    (tmp_path / "src/.redactorignore").write_text("*.bak\n")
    with patch("redactor.batch.Team", InterruptedTeam):
        assert cli("redact", tmp_path / "src", "--out", tmp_path / "out").code == 130
    assert "all were looked at" in cli("audit", "verify", tmp_path / "out.audit").err


ENDINGS = {
    "interrupted": ([("run-start", 3), ("document", "a")], Unfinished(1, 3)),
    "of an earlier version": ([("run-start", None), ("document", "a")], Unfinished(1, None)),
    "ended": ([("run-start", 1), ("document", "a"), ("run-end", None)], None),
    "ended, then opened": ([("run-start", 0), ("run-end", None), ("reveal", None)], None),
    "a document recorded twice": (
        [("run-start", 2), ("document", "a"), ("document", "a")],
        Unfinished(1, 2),
    ),
    "a second run that did not end": (
        [("run-start", 1), ("document", "a"), ("run-end", None), ("run-start", 2)],
        Unfinished(0, 2),
    ),
    "more after the end": (
        [("run-start", 0), ("run-end", None), ("document", "a")],
        Unfinished(1, 0),
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_what_the_records_say_of_the_end(name):
    records, wanted = ENDINGS[name]
    ending = Ending()
    for kind, said in records:
        ending.add({"type": kind, "planned": said, "document": said})
    assert ending.unfinished == wanted


def test_a_log_of_an_earlier_version_does_not_say_how_many():
    assert "an unknown number of documents were never looked at" in Unfinished(7).sentence
