"""`redactor audit show`, `report` and `export` as their users meet them."""

from __future__ import annotations

import json
import re
import stat
from importlib.resources import files as package_files

import pytest
from report_cases import redactor

WORDS = (b"Teodor", b"teodor.vance", b"7946 0321", b"ilse")


def test_show_is_a_table_of_places(finished):
    done = redactor("audit", "show", finished.out, "--source", finished.source)
    head, *rows = done.stdout.decode().splitlines()
    assert done.returncode == 0
    assert head.split()[:4] == ["file", "part", "line", "span"]
    assert any(row.startswith("letter.txt") and "PERSON" in row for row in rows)
    assert b"not examined: scan.pdf (document): No format of ours" in done.stderr
    assert not [word for word in WORDS if word in done.stdout + done.stderr]


def test_show_filters_and_prints_lines_of_json(finished):
    done = redactor(
        "audit", "show", finished.audit, "--json", "--type", "PERSON", "--file", "letter"
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) >= 2
    assert {(row["entity"], row["file"]) for row in rows} == {("PERSON", "letter.txt")}
    assert all(re.fullmatch(r"\[PERSON_\w{8}\]", row["placeholder"]) for row in rows)


def test_without_the_key_files_go_by_their_ids(own):
    (own.audit / "key").unlink()
    done = redactor("audit", "show", own.audit, "--json")
    assert done.returncode == 0
    assert b"no key was at hand" in done.stderr
    assert not [row for row in done.stdout.splitlines() if "file" in json.loads(row)]


def test_the_report_is_private_and_lies_with_the_log(own):
    done = redactor("audit", "report", own.out)
    path = own.audit / "report.html"
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [word for word in WORDS if word in path.read_bytes() + done.stdout]
    assert redactor("verify", own.out).returncode == 0


@pytest.mark.parametrize("command", [["report"], ["export", "--format", "csv"]])
def test_nothing_is_written_among_the_copies(own, command):
    done = redactor("audit", *command, own.audit, "--out", own.out / "x.html")
    assert done.returncode == 2
    assert b"published" in done.stderr
    assert not (own.out / "x.html").exists()


def test_a_damaged_log_is_reported_as_one(own):
    log = own.audit / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"PERSON"', b'"US_SSN"', 1))
    done = redactor("audit", "report", own.audit)
    page = (own.audit / "report.html").read_text("utf-8")
    assert done.returncode == 5
    assert b"NOT intact" in done.stderr
    assert "The log is NOT intact" in page
    assert "the record is not as it was written" in page
    assert "Rely on nothing below" in page


@pytest.mark.parametrize("cut", ["first", "all", "torn"])
def test_a_log_that_lost_records_is_still_told_of(own, tmp_path, cut):
    log = own.audit / "audit.jsonl"
    first, rest = log.read_bytes().split(b"\n", 1)
    log.write_bytes({"first": rest, "all": b"", "torn": first + b"\n" + rest[:100]}[cut])
    assert redactor("audit", "report", own.audit).returncode == 5
    assert "The log is NOT intact" in (own.audit / "report.html").read_text("utf-8")
    for form in ("csv", "vaughn", "premis", "sarif"):
        assert redactor("audit", "export", own.audit, "--format", form).returncode == 5
    bag = redactor("audit", "export", own.audit, "--format", "bagit", "--out", tmp_path / "bag")
    assert bag.returncode == 5
    assert not (tmp_path / "bag").exists()


def test_a_wrong_key_is_an_error(own, tmp_path):
    (tmp_path / "other.key").write_text("ab" * 32)
    done = redactor("audit", "report", own.audit, "--key-file", tmp_path / "other.key")
    assert done.returncode == 3
    assert not (own.audit / "report.html").exists()


def test_no_log_is_an_error(tmp_path):
    assert redactor("audit", "show", tmp_path / "nothing.audit").returncode == 5


@pytest.mark.parametrize("form", ["csv", "vaughn", "premis", "sarif"])
def test_an_export_is_printed_or_written_the_same(own, tmp_path, form):
    printed = redactor("audit", "export", own.audit, "--format", form)
    written = redactor("audit", "export", own.audit, "--format", form, "--out", tmp_path / "x")
    assert (printed.returncode, written.returncode) == (0, 0)
    assert (tmp_path / "x").read_bytes() == printed.stdout != b""
    assert not [word for word in WORDS if word in printed.stdout]


def test_a_bag_needs_a_folder(own, tmp_path):
    assert redactor("audit", "export", own.audit, "--format", "bagit").returncode == 2
    done = redactor("audit", "export", own.audit, "--format", "bagit", "--out", tmp_path / "bag")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "bag/bagit.txt").is_file()


def test_a_report_of_the_same_log_is_the_same(own):
    redactor("audit", "report", own.audit)
    first = (own.audit / "report.html").read_bytes()
    redactor("audit", "report", own.audit)
    assert (own.audit / "report.html").read_bytes() == first


def test_the_templates_are_there():
    names = {path.name for path in (package_files("redactor.report") / "templates").iterdir()}
    assert names == {"report.html", "index.html", "page.css", "report.js"}
