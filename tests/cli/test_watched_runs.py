"""A run that is watched: what it says is true, names nothing, and changes nothing."""

from __future__ import annotations

import json

import pytest

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.keys import Key

NAME = "Ilse Quandt, 1970.txt"


@pytest.fixture
def src(tmp_path):
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / NAME).write_text("Write to ilse@example.org or otto@example.org.\n")
    (folder / "b.txt").write_text("Nothing here.\n")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    (folder / "left.bak").write_text("Nothing here.\n")
    (folder / ".redactorignore").write_text("*.bak\n")
    (tmp_path / "mails.yaml").write_text(
        "name: mails\nabout: For tests.\nremove:\n  EMAIL_ADDRESS:\n"
    )
    return folder


@pytest.fixture
def redact(cli, src, tmp_path, key_file):
    def run(out: str, *more: str):
        given = ("--policy", tmp_path / "mails.yaml", "--key-file", key_file, "--workers", "1")
        return cli("redact", src, "--out", tmp_path / out, *given, *more)

    return run


def events(run) -> list[dict]:
    return [json.loads(line) for line in run.error_lines if line.startswith("{")]


def test_the_events_of_a_run(redact):
    run = redact("out", "--progress", "json")
    made = [{k: v for k, v in one.items() if k != "seconds"} for one in events(run)]
    start, *documents, end = [one for one in made if one["event"] != "warning"]
    assert (start["documents"], start["bytes"], start["workers"]) == (4, 76, 1)
    assert sorted((one["number"], one["bytes"], one["outcome"]) for one in documents) == [
        (1, 47, "redacted"),
        (2, 14, "clean"),
        (3, 15, "failed"),
        (4, 0, "excluded"),
    ]
    assert {one["exit_code"] for one in documents} == {ExitCode.DONE, ExitCode.INPUT}
    assert end["exit_code"] == run.code == ExitCode.INPUT
    assert end["found"] == {"EMAIL_ADDRESS": 2}
    assert "Ilse" not in json.dumps(made)
    assert run.err.count("broken.zip") == 1, "what was not examined is named all the same"


def test_the_events_of_a_scan(cli, src, tmp_path):
    given = ("--policy", tmp_path / "mails.yaml", "--progress", "json", "--fail-on-find")
    run = cli("scan", src, *given)
    start, *documents, end = [one for one in events(run) if one["event"] != "warning"]
    assert start["documents"] == 3
    assert [(one["number"], one["outcome"]) for one in documents] == [
        (1, "found"),
        (2, "clean"),
        (3, "failed"),
    ]
    assert end["exit_code"] == run.code == ExitCode.LEAK
    assert documents[0]["found"] == {"EMAIL_ADDRESS": 2}


def test_who_watches_changes_nothing(redact, tmp_path, key_file, files):
    redact("alone")
    redact("watched", "--progress", "json")
    assert files(tmp_path / "alone") == files(tmp_path / "watched")
    logs = [[*read(tmp_path / f"{one}.audit", Key.load(key_file))] for one in ("alone", "watched")]
    assert [[r["type"], r.get("document")] for r in logs[0]] == [
        [r["type"], r.get("document")] for r in logs[1]
    ]


@pytest.mark.parametrize("option", ["--quiet", "--progress=none", "--no-progress"])
def test_who_wants_none_gets_none(redact, option):
    run = redact("out", option)
    assert run.code == ExitCode.INPUT
    assert events(run) == []
    assert [line.split(":")[0] for line in run.error_lines] == ["not examined"]
    assert (run.out == "") == (option == "--quiet")


def test_a_quiet_scan_says_what_failed_and_nothing_else(cli, src, tmp_path):
    run = cli("scan", src, "--policy", tmp_path / "mails.yaml", "--quiet", "--fail-on-find")
    assert (run.code, run.out) == (ExitCode.LEAK, "")
    assert [line.split(":")[0] for line in run.error_lines] == ["not examined"]
    assert cli("scan", src, "--quiet", "--json").code == ExitCode.USAGE


def test_the_events_of_workers_are_those_of_each_document_once(forked_cli, src, tmp_path):
    for number in range(5):
        (src / f"more {number}.txt").write_text("Nothing here.\n")
    given = ("--policy", tmp_path / "mails.yaml", "--workers", "2", "--progress", "json")
    run = forked_cli("redact", src, "--out", tmp_path / "out", *given)
    start, *documents, end = [one for one in events(run) if one["event"] != "warning"]
    assert (start["workers"], start["documents"]) == (2, 9)
    assert sorted(one["number"] for one in documents) == list(range(1, 10))
    assert end["outcomes"] == {"clean": 6, "excluded": 1, "failed": 1, "redacted": 1}
