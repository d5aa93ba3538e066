"""Codes, placeholders that show them, and restrictions, on the command line (S56)."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from redactor.audit import read
from redactor.errors import ExitCode
from redactor.keys import Key

LETTER = """\
Dear Ms Ilse Brandt,

Mr Teodor Vance wrote to us on Tuesday; his number is 020 7946 0321, his SSN 219-09-9981.
Teodor Vance signed twice. Write to press.desk@example.org or see @harbour_talk77.
"""
POLICY = """\
name: released
about: Letters, as they are released.
codes: foia
placeholder: [code, amount]
remove:
  PERSON:
  EMAIL_ADDRESS: {code: "(b)(7)(C)", restrict_until: 2030-12-31}
  US_SSN: {action: mask}
  HANDLE: {action: number}
  PHONE_NUMBER: {action: label, placeholder: []}
  STREET_ADDRESS: {reason: The address of a home}
keep: [ORGANIZATION, LOCATION, DATE_TIME]
"""
LAST, AFTER = "2030-12-31", "2031-01-01"
SHOWN = "(b)(7)(C) 20-49 characters"


@pytest.fixture(scope="module")
def place(cli, tmp_path_factory, key_file):
    """A folder with a letter, and its copies of the last day of the restriction and of the next."""
    base = tmp_path_factory.mktemp("codes")
    (base / "src").mkdir()
    (base / "src/letter.txt").write_text(LETTER)
    (base / "src/calm.txt").write_text("The tide was low.\n")
    (base / "released.yaml").write_text(POLICY)
    for day in (LAST, AFTER):
        run = redact(cli, base, key_file, day, base / day)
        assert (run.code, run.err) == (0, "")
    return base


def redact(cli, base, key_file, day, out, *options, source="src"):
    return cli(
        *("redact", base / source, "--out", out, "--policy", base / "released.yaml"),
        *("--key-file", key_file, "--as-of", day, "--workers", "1", *options),
    )


def letter(place: Path, day: str) -> str:
    return (place / day / "letter.txt").read_text()


def records(place: Path, day: str) -> list[dict]:
    return list(read(place / f"{day}.audit", Key(bytes(range(32)))))


def rows(place: Path, day: str, entity: str) -> list[dict]:
    return [r for r in records(place, day) if r["type"] == "redaction" and r["entity"] == entity]


# -- what stands in the copies ---------------------------------------------------------------


def test_every_placeholder_shows_what_its_type_asks_for(place):
    copy = letter(place, LAST)
    assert re.search(r"Mr \[PERSON_\w{8} \(b\)\(6\) 10-19 characters\] wrote", copy)
    assert re.search(r"to \[EMAIL_ADDRESS_\w{8} \(b\)\(7\)\(C\) 20-49 characters\] or", copy)
    assert "SSN [(b)(6) 10-19 characters]." in copy
    assert "number is [PHONE_NUMBER]," in copy
    assert "see [HANDLE_1 (b)(6) 10-19 characters]." in copy


def test_the_same_person_has_the_same_pseudonym_with_the_code_beside(place):
    named = re.findall(r"(PERSON_\w{8}) \(b\)\(6\) 10-19", letter(place, LAST))
    assert len(named) == 3
    assert named[1] == named[2] != named[0]


@pytest.mark.parametrize("policy", ["released.yaml", "default"])
def test_redacting_a_copy_again_changes_nothing(cli, place, tmp_path, key_file, policy):
    chosen = place / policy if policy.endswith("yaml") else policy
    run = cli(
        *("redact", place / LAST, "--out", tmp_path / "again", "--key-file", key_file),
        *("--policy", chosen, "--as-of", LAST, "--workers", "1"),
    )
    assert run.code == 0, run.err
    assert (tmp_path / "again/letter.txt").read_text() == letter(place, LAST)


def test_the_copies_verify(cli, place, key_file):
    for day in (LAST, AFTER):
        run = cli("verify", place / day, "--key-file", key_file)
        assert (run.code, run.err) == (0, "")


# -- restrictions ----------------------------------------------------------------------------


def test_after_the_day_only_what_was_restricted_until_then_is_back(place):
    lifted = re.sub(
        r"\[EMAIL_ADDRESS_\w{8} \(b\)\(7\)\(C\) 20-49 characters\]",
        "press.desk@example.org",
        letter(place, LAST),
    )
    assert letter(place, AFTER) == lifted != letter(place, LAST)


def test_the_log_says_until_when_and_then_that_it_has_ended(place):
    [before], [after] = (rows(place, day, "EMAIL_ADDRESS") for day in (LAST, AFTER))
    assert (before["action"], before["restrict_until"]) == ("pseudonym", LAST)
    assert (before["code"], before["basis"]) == ("(b)(7)(C)", "5 U.S.C. 552(b)(7)(C)")
    assert (after["action"], after["restrict_until"]) == ("keep", LAST)
    assert after["reason"] == f"The restriction ended on {LAST}."
    assert "code" not in after
    assert letter(place, AFTER)[after["start"] : after["end"]] == "press.desk@example.org"


def test_the_day_is_recorded_so_that_the_run_can_be_done_again(cli, place, tmp_path, key_file):
    assert [records(place, day)[0]["as_of"] for day in (LAST, AFTER)] == [LAST, AFTER]
    run = redact(cli, place, key_file, AFTER, tmp_path / "again", "--workers", "2")
    assert run.code == 0, run.err
    for name in ("letter.txt", "calm.txt"):
        assert (tmp_path / "again" / name).read_bytes() == (place / AFTER / name).read_bytes()


def test_without_a_day_it_is_today(cli, place, tmp_path, key_file):
    run = cli(
        *("redact", place / "src", "--out", tmp_path / "out", "--key-file", key_file),
        *("--policy", place / "released.yaml", "--workers", "1"),
    )
    assert run.code == 0, run.err
    start = json.loads((tmp_path / "out.audit/audit.jsonl").read_text().splitlines()[0])
    assert start["as_of"] == start["started"][:10]


def test_a_scan_and_standard_input_take_the_day(cli, place, key_file):
    options = ("--policy", place / "released.yaml", "--as-of")
    for day, restricted in ((LAST, True), (AFTER, False)):
        run = cli("scan", place / "src", *options, day, "--json")
        assert ("EMAIL_ADDRESS" in run.out) is restricted
        run = cli("redact", "-", *options, day, "--key-file", key_file, stdin=LETTER.encode())
        assert run.out == letter(place, day)


def test_a_person_may_be_restricted_until_a_day(cli, place, tmp_path, key_file):
    people = tmp_path / "people.csv"
    people.write_text("name,restrict_until\nTeodor Vance,2028-06-30\n")
    for day, stays in (("2028-06-30", False), ("2028-07-01", True)):
        out = tmp_path / day
        run = redact(cli, place, key_file, day, out, "--allow-list", people)
        assert run.code == 0, run.err
        copy = (out / "letter.txt").read_text()
        assert copy.count("Teodor Vance") == 2 * stays
        assert "Brandt" not in copy
        dated = [r for r in records(tmp_path, day) if r.get("restrict_until") == "2028-06-30"]
        assert [r["action"] for r in dated] == ["keep" if stays else "pseudonym"] * 2
    assert dated[0]["reason"] == "The restriction ended on 2028-06-30."


# -- reports ---------------------------------------------------------------------------------


def test_the_exports_show_code_basis_reason_and_day(cli, place, key_file):
    def export(kind):
        run = cli(
            *("audit", "export", place / f"{LAST}.audit", "--format", kind),
            *("--key-file", key_file),
        )
        assert run.code == 0, run.err
        return run.out

    table = list(csv.DictReader(io.StringIO(export("csv"))))
    [address] = [row for row in table if row["entity"] == "EMAIL_ADDRESS"]
    assert address["code"] == "(b)(7)(C)"
    assert address["restrict_until"] == LAST
    assert all(row["code"] and row["basis"] and row["reason"] for row in table)
    index, premis = export("vaughn"), export("premis")
    assert "5 U.S.C. 552(b)(7)(C)<br>until 2030-12-31" in index
    assert "<em>to be supplied</em></td>" not in index
    assert "code: (b)(6); basis: 5 U.S.C. 552(b)(6); reason: Personnel" in premis
    assert f"restrict until: {LAST}" in premis


def test_show_filters_by_code_and_says_why_something_stays(cli, place, key_file):
    log = ("--key-file", key_file, place / f"{AFTER}.audit")
    run = cli("audit", "show", *log, "--code", "(b)(6)")
    assert "PERSON" in run.out
    assert "EMAIL" not in run.out
    run = cli("audit", "show", *log, "--action", "keep")
    assert f"The restriction ended on {LAST}." in run.out


# -- what is refused -------------------------------------------------------------------------

REFUSED = {
    "an unknown set": (("codes: foia", "codes: foya"), "line 3: codes: neither a shipped set"),
    "a code of no set": (("(b)(7)(C)", "(b)(9)(Z)"), "line 7: code: the set has no such code"),
    "an empty code": (("(b)(7)(C)", " "), "line 7: remove.EMAIL_ADDRESS.code: is empty"),
    "a day of no calendar": (("2030-12-31", "2030-13-31"), "line 7"),
    "a day in words": (("2030-12-31", "soon"), "line 7: remove.EMAIL_ADDRESS.restrict_until"),
    "a type that nothing finds": (
        ("  HANDLE: {", '  HANDEL: {code: "(b)(6)", basis: x, '),
        "line 9: nothing finds HANDEL",
    ),
    "no code to show": (("codes: foia\n", ""), "placeholder"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_policy_that_is_wrong_stops_the_run_with_file_and_line(cli, tmp_path, name):
    (old, new), words = REFUSED[name]
    policy = POLICY.replace(old, new)
    if name == "no code to show":
        policy = policy.replace('code: "(b)(7)(C)", ', "")
    (tmp_path / "wrong.yaml").write_text(policy)
    (tmp_path / "letter.txt").write_text(LETTER)
    run = cli("redact", "letter.txt", "--out", "out", "--policy", "wrong.yaml", cwd=tmp_path)
    assert run.code == ExitCode.CONFIG
    assert "wrong.yaml" in run.err
    assert words in run.err
    assert "Vance" not in run.err
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.audit").exists()
    assert cli("policy", "check", "wrong.yaml", cwd=tmp_path).code == ExitCode.CONFIG


@pytest.mark.parametrize("day", ["soon", "2030-02-30", "2030", ""])
def test_a_day_that_is_none_is_a_usage_error(cli, place, tmp_path, key_file, day):
    run = redact(cli, place, key_file, day, tmp_path / "out")
    assert run.code == ExitCode.USAGE
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("cell", ["soon", "never", "2030-02-30"])
def test_a_keep_list_with_a_day_that_is_none_is_refused_with_its_line(cli, tmp_path, cell):
    (tmp_path / "people.csv").write_text(f"name,restrict_until\nTeodor Vance,{cell}\n")
    run = cli("scan", "-", "--allow-list", "people.csv", stdin=LETTER.encode(), cwd=tmp_path)
    assert run.code == ExitCode.CONFIG
    assert "people.csv, line 2: restrict_until is no day" in run.err
    assert "Vance" not in run.err


# -- the shipped sets ------------------------------------------------------------------------


def test_policies_and_sets_are_listed_and_shown(cli):
    listed = cli("policy", "list").out
    for name in ("default", "strict", "hipaa", "archive", "foia", "gdpr", "uk-foia"):
        assert re.search(rf"^{name} ", listed, re.MULTILINE)
    shown = cli("policy", "show", "codes:foia").out
    assert '"(b)(7)(C)":' in shown
    run = cli("policy", "show", "codes:foya")
    assert run.code == ExitCode.CONFIG
    assert "uk-foia" in run.err


def test_a_check_tells_what_goes_without_a_code_and_what_is_lifted(cli, place, tmp_path):
    run = cli("policy", "check", place / "released.yaml", "--as-of", AFTER)
    assert run.code == 0, run.err
    assert f"no longer restricted on {AFTER}: EMAIL_ADDRESS\n" in run.out
    assert "without a code" not in run.out
    partly = POLICY.replace("codes: foia\n", "").replace("placeholder: [code, amount]\n", "")
    (tmp_path / "partly.yaml").write_text(partly)
    run = cli("policy", "check", "partly.yaml", cwd=tmp_path)
    assert "without a code: HANDLE, PERSON," in run.out
    assert "limits:" not in run.out


def test_a_check_tells_which_limits_are_not_the_usual_ones(cli, tmp_path):
    limits = "limits: {depth: 3, members: 100000, tree_bytes: 17179869184}\n"
    (tmp_path / "large.yaml").write_text(f"name: x\nabout: y\nremove: {{PERSON: }}\n{limits}")
    run = cli("policy", "check", "large.yaml", cwd=tmp_path)
    told = "limits: tree_bytes 17,179,869,184 (usually 4,294,967,296); depth 3 (usually 8)\n"
    assert told in run.out


PATIENT = """\
Patient Ada Quill, 93 years old, of 12 Mill Lane, Springfield, IL 62704, born 3 May 1931.
Seen on 4 May 2024. Fax 212-555-0142, tel. 212-555-0187, ada.quill@example.org.
SSN 219-09-9981. MRN 48392077. Passport number 912803456. VIN 1HGCM82633A004352.
See https://www.example.org/people/ada and 192.0.2.17; MAC 00:1B:44:11:3A:B7.
"""
CLASSES = {
    "PERSON": "A",
    "STREET_ADDRESS": "B",
    "AGE": "C",
    "DATE_OF_BIRTH": "C",
    "DATE_TIME": "C",
    "PHONE_NUMBER": "D",
    "EMAIL_ADDRESS": "F",
    "US_SSN": "G",
    "VIN": "L",
    "MAC_ADDRESS": "M",
    "IP_ADDRESS": "O",
    "ID_NUMBER": "R",
}


def test_safe_harbor_removes_and_numbers_each_under_its_class(cli, tmp_path):
    (tmp_path / "patient.txt").write_text(PATIENT)
    run = cli("redact", "patient.txt", "--out", "out", "--policy", "hipaa", cwd=tmp_path)
    assert run.code == 0, run.err
    copy = (tmp_path / "out/patient.txt").read_text()
    gone = ("Quill", "93", "Mill", "62704", "1931", "2024", "0142", "0187", "9981", "48392077")
    assert [one for one in (*gone, "912803456", "004352", "192.0.2", "3A:B7") if one in copy] == []
    audit = tmp_path / "out.audit"
    found = [r for r in read(audit, Key.load(audit / "key")) if r["type"] == "redaction"]
    codes = {record["entity"]: record["code"][-2] for record in found}
    assert {entity: code for entity, code in codes.items() if entity in CLASSES} == {
        entity: CLASSES[entity] for entity in codes if entity in CLASSES
    }
    assert set(codes.values()) == set("ABCDFGLMNOR")
    assert {record["action"] for record in found} == {"number"}
    assert not re.search(r"_[0-9A-Z]{8}\]", copy)
