"""Allow lists on the command line: who is kept in which document, and that the copies verify."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redactor.errors import ExitCode

COUNCIL = (
    "Exampleton Town Council, minutes of 3 May 2014\n\n"
    "Mayor Anna Vance opened the meeting. Ms Vance thanked Ilse Marsh for her report.\n"
    "Residents write to anna.vance@example.org, or see @annavance; tel. 555-0142.\n"
)
PLUMBER = (
    "Dear Kofi,\n\nin 2014 Anna Vance mended our boiler, and Vance was cheap.\n"
    "You reach her at vance.repairs@example.org.\n"
)
LISTS = {
    "figures.csv": "name,role,period\nAnna Vance,Mayor;Mayor of Exampleton,2010-2018\n",
    "figures.yaml": "- name: Vance, Anna\n  role: [mayor]\n  period: 2014\n",
    "handle.csv": "name,role,scope\nAnna Vance,Mayor,PERSON;HANDLE\n",
}


@pytest.fixture(scope="module")
def place(cli, tmp_path_factory, key_file):
    """A folder with two documents, and a run of each allow list over them."""
    base = tmp_path_factory.mktemp("figures")
    (base / "src").mkdir()
    (base / "src/council.txt").write_text(COUNCIL)
    (base / "src/invoice.txt").write_text(PLUMBER)
    for name, text in LISTS.items():
        (base / name).write_text(text)
        run = cli(
            *("redact", base / "src", "--out", base / f"{name}.out", "--allow-list", base / name),
            *("--key-file", key_file, "--workers", "1"),
        )
        assert run.code == 0, run.err
    return base


def copies(place: Path, name: str) -> tuple[str, str]:
    out = place / f"{name}.out"
    return (out / "council.txt").read_text(), (out / "invoice.txt").read_text()


@pytest.mark.parametrize("name", LISTS)
def test_a_public_figure_stays_where_they_act_as_one(place, name):
    council, plumber = copies(place, name)
    assert "Mayor Anna Vance opened" in council
    assert "Ms Vance thanked" in council
    assert not [gone for gone in ("Marsh", "@example.org", "555-0142") if gone in council]
    assert ("@annavance" in council) is (name == "handle.csv")
    assert "vance" not in plumber.casefold()


@pytest.mark.parametrize("name", LISTS)
def test_the_copies_verify(cli, place, key_file, name):
    run = cli("verify", place / f"{name}.out", "--key-file", key_file)
    assert (run.code, run.err) == (0, "")


def test_the_log_tells_lists_apart_and_names_nobody(place):
    logs = [(place / f"{name}.out.audit/audit.jsonl").read_text() for name in LISTS]
    digests = {json.loads(log.splitlines()[0])["policy_digest"] for log in logs}
    assert len(digests) == len(LISTS)
    assert "vance" not in "".join(logs).casefold()
    assert "mayor" not in "".join(logs).casefold()


def test_a_scan_takes_a_keep_list(cli, place):
    run = cli("scan", place / "src", "--allow-list", place / "figures.csv", "--json")
    assert run.code == 0, run.err
    rows = json.loads(run.out)["findings"]
    people = {True: [], False: []}
    for row in rows:
        if row["entity"] == "PERSON":
            people["council" in row["file"]].append("keep" in row["review"])
    assert people[True] == [False]  # Ilse Marsh
    assert people[False].count(True) == 2  # a namesake, for a person to see


WRONG = {
    "odd.csv": ("name,office\nZebedee,x\n", "line 1"),
    "years.yaml": ("- Ilse Marsh\n- {name: Zebedee, period: soon}\n", "line 2"),
    "scope.csv": ("name,scope\nZebedee,PERSON;HANDEL\n", "HANDEL"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_keep_list_that_is_wrong_stops_the_run(cli, tmp_path, name):
    text, place = WRONG[name]
    (tmp_path / name).write_text(text)
    (tmp_path / "letter.txt").write_text(PLUMBER)
    run = cli("redact", "letter.txt", "--out", "out", "--allow-list", name, cwd=tmp_path)
    assert run.code == ExitCode.CONFIG
    assert place in run.err
    assert "Zebedee" not in run.err + run.out
    assert not (tmp_path / "out").exists()
