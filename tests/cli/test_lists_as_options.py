"""Deny lists and allow lists on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.keys import Key

LETTER = (
    "On 3 May the project \u201cNIGHT\u200bJAR\u201d met. Bråthen's and the Vances' share fell.\n"
    "Write to press@example.org, not to press@example.org.uk or ilse@example.net.\n"
)
REMOVE = "term,type\nProject Nightjar\nBrathen,PERSON\nVance,\n"
KEEP = "name,type\npress@example.org,EMAIL_ADDRESS\n"
ALONE = ("--workers", "1")


@pytest.fixture(scope="module")
def place(cli, tmp_path_factory, key_file):
    """A folder with a document, and a run of both lists over it."""
    base = tmp_path_factory.mktemp("lists")
    (base / "src").mkdir()
    (base / "src/letter.txt").write_text(LETTER)
    (base / "remove.csv").write_text(REMOVE)
    (base / "keep.csv").write_text(KEEP)
    run = cli(
        *("redact", base / "src", "--out", base / "out", "--key-file", key_file, *ALONE),
        *("--deny-list", base / "remove.csv", "--allow-list", base / "keep.csv"),
    )
    assert (run.code, run.err) == (0, ""), run.err
    return base


def test_denied_terms_go_and_allowed_values_stay(place):
    copy = (place / "out/letter.txt").read_text()
    assert not [gone for gone in ("NIGHT", "Bråthen", "Vance", "ilse", ".uk") if gone in copy]
    assert "project" not in copy
    assert "Write to press@example.org, not to [EMAIL_ADDRESS_" in copy


def test_the_copy_verifies(cli, place, key_file):
    run = cli("verify", place / "out", "--key-file", key_file)
    assert (run.code, run.err) == (0, "")


def test_the_log_says_that_a_list_did_it_and_holds_no_term(place, key_file):
    records = list(read(place / "out.audit", Key.load(key_file)))
    log = json.dumps(records)
    sources = {record.get("source") for record in records}
    assert {"list:remove", "list:keep"} <= sources
    assert not [
        t for t in ("nightjar", "brathen", "bråthen", "vance", "press@") if t in log.lower()
    ]


def test_the_digest_in_the_log_cannot_be_tried_out_without_the_key(cli, place, other_key_file):
    """A digest of the policy alone would tell who guesses the terms that he is right."""
    run = cli(
        *("redact", place / "src", "--out", place / "again", "--key-file", other_key_file, *ALONE),
        *("--deny-list", place / "remove.csv", "--allow-list", place / "keep.csv"),
    )
    assert run.code == 0, run.err
    logs = [(place / f"{name}.audit/audit.jsonl").read_text() for name in ("out", "again")]
    digests = {json.loads(log.splitlines()[0])["policy_digest"] for log in logs}
    assert len(digests) == 2


def test_a_scan_takes_both_lists(cli, place):
    lists = ("--deny-list", place / "remove.csv", "--allow-list", place / "keep.csv")
    run = cli("scan", place / "src", *lists, "--json")
    rows = [(row["entity"], row["source"]) for row in json.loads(run.out)["findings"]]
    assert rows.count(("DENY_LIST", "list:remove")) == 2
    assert ("PERSON", "list:remove") in rows


def test_the_former_names_of_the_options_mean_the_same(cli, place):
    lists = ("--remove", place / "remove.csv", f"--keep={place / 'keep.csv'}")
    run = cli("scan", place / "src", *lists, "--json")
    present = ("--deny-list", place / "remove.csv", "--allow-list", place / "keep.csv")
    assert run.out == cli("scan", place / "src", *present, "--json").out
    assert run.err == ""


@pytest.mark.parametrize("name", ["redact", "scan", "rules explain"])
def test_help_shows_the_present_names_alone(cli, name):
    shown = cli(*name.split(), "--help").out
    assert "--allow-list FILE" in shown
    assert "--deny-list FILE" in shown
    assert not re.search(r"--(keep|remove)(?![\w-])", shown)  # --keep-person is another one


@pytest.mark.parametrize("other", ["--deny-list", "--remove"])
def test_a_list_given_twice_is_refused(cli, place, other):
    lists = ("--deny-list", place / "remove.csv", other, place / "remove.csv")
    run = cli("redact", "-", *lists, stdin=LETTER.encode())
    assert (run.code, run.out) == (ExitCode.USAGE, "")
    assert "--deny-list is given twice" in run.err


def test_standard_input_takes_a_list(cli, place):
    run = cli("redact", "-", "--deny-list", place / "remove.csv", stdin=LETTER.encode())
    assert run.code == 0, run.err
    assert "NIGHT" not in run.out


def test_a_policy_may_name_the_list(cli, place):
    policy = "name: mine\nabout: A test.\nunlisted: keep\nremove: {IP_ADDRESS: }\n"
    (place / "mine.yaml").write_text(policy + "deny_list: remove.csv\n")
    run = cli("redact", "-", "--policy", place / "mine.yaml", stdin=LETTER.encode())
    assert run.code == 0, run.err
    assert "NIGHT" not in run.out
    assert "ilse@example.net" in run.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"term,type\nVance,PERSON\nVANCE,HANDLE\n", "line 3"),
        (b"term\nV\n", "line 2"),
        (b"term\n\xff\n", "line 2 is not UTF-8"),
        (b"", "line 1"),
        (b"term\npress@example.org\n", "allow list"),
    ],
)
def test_a_list_that_cannot_be_used_starts_nothing(cli, place, tmp_path: Path, text, words):
    (tmp_path / "odd.csv").write_bytes(text)
    run = cli(
        *("redact", place / "src", "--out", tmp_path / "out", "--allow-list", place / "keep.csv"),
        *("--deny-list", tmp_path / "odd.csv"),
    )
    assert (run.code, run.out) == (ExitCode.CONFIG, "")
    assert words in run.err
    assert "vance" not in run.err.lower()
    assert len(run.error_lines) == 1
    assert not (tmp_path / "out").exists()
