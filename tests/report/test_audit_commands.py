"""`redactor audit show`, `report` and `export` as their users meet them."""

from __future__ import annotations

import json
import re
import stat
from importlib.resources import files as package_files

import pytest

WORDS = (b"Teodor", b"teodor.vance", b"7946 0321", b"ilse")


def test_show_is_a_table_of_places(cli, finished):
    done = cli("audit", "show", finished.out, "--source", finished.source)
    head, *rows = done.out.splitlines()
    assert done.code == 0
    assert head.split()[:4] == ["file", "part", "line", "span"]
    assert any(row.startswith("letter.txt") and "PERSON" in row for row in rows)
    assert "not examined: scan.mp4 (document): No format of ours" in done.err
    assert not [word for word in WORDS if word in done.raw_out + done.raw_err]


def test_show_filters_and_prints_lines_of_json(cli, finished):
    done = cli("audit", "show", finished.audit, "--json", "--type", "PERSON", "--file", "letter")
    rows = [json.loads(line) for line in done.raw_out.splitlines()]
    assert len(rows) >= 2
    assert {(row["entity"], row["file"]) for row in rows} == {("PERSON", "letter.txt")}
    assert all(re.fullmatch(r"\[PERSON_\w{8}\]", row["placeholder"]) for row in rows)


def test_without_the_key_files_go_by_their_ids(cli, own):
    (own.audit / "key").unlink()
    done = cli("audit", "show", own.audit, "--json")
    assert done.code == 0
    assert "no key was at hand" in done.err
    assert not [row for row in done.raw_out.splitlines() if "file" in json.loads(row)]


def test_the_report_is_private_and_lies_with_the_log(cli, own):
    done = cli("audit", "report", own.out)
    path = own.audit / "report.html"
    assert done.code == 0, done.raw_err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [word for word in WORDS if word in path.read_bytes() + done.raw_out]
    assert cli("verify", own.out).code == 0


@pytest.mark.parametrize("command", [["report"], ["export", "--format", "csv"]])
def test_nothing_is_written_among_the_copies(cli, own, command):
    done = cli("audit", *command, own.audit, "--out", own.out / "x.html")
    assert done.code == 2
    assert "published" in done.err
    assert not (own.out / "x.html").exists()


def test_a_damaged_log_is_reported_as_one(cli, own):
    log = own.audit / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"PERSON"', b'"US_SSN"', 1))
    done = cli("audit", "report", own.audit)
    page = (own.audit / "report.html").read_text("utf-8")
    assert done.code == 5
    assert "NOT intact" in done.err
    assert "The log is NOT intact" in page
    assert "the record is not as it was written" in page
    assert "Rely on nothing below" in page


@pytest.mark.parametrize("cut", ["first", "all", "torn"])
def test_a_log_that_lost_records_is_still_told_of(cli, own, tmp_path, cut):
    log = own.audit / "audit.jsonl"
    first, rest = log.read_bytes().split(b"\n", 1)
    log.write_bytes({"first": rest, "all": b"", "torn": first + b"\n" + rest[:100]}[cut])
    assert cli("audit", "report", own.audit).code == 5
    assert "The log is NOT intact" in (own.audit / "report.html").read_text("utf-8")
    for form in ("csv", "vaughn", "premis", "sarif"):
        assert cli("audit", "export", own.audit, "--format", form).code == 5
    bag = cli("audit", "export", own.audit, "--format", "bagit", "--out", tmp_path / "bag")
    assert bag.code == 5
    assert not (tmp_path / "bag").exists()


def test_a_wrong_key_is_an_error(cli, own, tmp_path):
    (tmp_path / "other.key").write_text("ab" * 32)
    done = cli("audit", "report", own.audit, "--key-file", tmp_path / "other.key")
    assert done.code == 3
    assert not (own.audit / "report.html").exists()


def test_no_log_is_an_error(cli, tmp_path):
    assert cli("audit", "show", tmp_path / "nothing.audit").code == 5


@pytest.mark.parametrize("form", ["csv", "vaughn", "premis", "sarif"])
def test_an_export_is_printed_or_written_the_same(cli, own, tmp_path, form):
    printed = cli("audit", "export", own.audit, "--format", form)
    written = cli("audit", "export", own.audit, "--format", form, "--out", tmp_path / "x")
    assert (printed.code, written.code) == (0, 0)
    assert (tmp_path / "x").read_bytes() == printed.raw_out != b""
    assert not [word for word in WORDS if word in printed.raw_out]


def test_a_bag_needs_a_folder(cli, own, tmp_path):
    assert cli("audit", "export", own.audit, "--format", "bagit").code == 2
    done = cli("audit", "export", own.audit, "--format", "bagit", "--out", tmp_path / "bag")
    assert done.code == 0, done.raw_err
    assert (tmp_path / "bag/bagit.txt").is_file()


def test_a_report_of_the_same_log_is_the_same(cli, own):
    cli("audit", "report", own.audit)
    first = (own.audit / "report.html").read_bytes()
    cli("audit", "report", own.audit)
    assert (own.audit / "report.html").read_bytes() == first


def test_the_templates_are_there():
    names = {path.name for path in (package_files("redactor.report") / "templates").iterdir()}
    assert names == {"report.html", "index.html", "page.css", "report.js"}
