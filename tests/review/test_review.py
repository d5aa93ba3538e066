"""The file that a person decides in: what it holds, how it comes back, and what follows from it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import desk as desk_module
import pytest
import yaml
from desk import added

from redactor.config.decisions import COLUMNS, load_decisions
from redactor.errors import OutputError
from redactor.report.evidence import gather
from redactor.report.select import Selection
from redactor.review.worklist import as_csv, as_yaml, drawn_from, rows

TEXT = """Kevin Marsh met Jane Marsh. Then Marsh left.
=HYPERLINK("x") wrote to jane.marsh@example.org, and the nick ochreplume was seen.
"""
# No detector sees a person in the third place of the surname: linking alone found it.
LINKED = TEXT.replace("Then Marsh left", "Then the Marsh papers came")


@pytest.fixture
def run(cli):
    """Return a function that runs a command, and says what it printed."""

    def said(*arguments: str | Path, code: int = 0) -> str:
        done = cli(*arguments)
        assert done.code == code, done.err
        return done.out + done.err

    return said


def drawn(at, *, review: bool = True):
    evidence = gather(at.audit)
    return drawn_from(evidence), rows(evidence, Selection(review=review)), evidence


class TestTheFile:
    def test_it_lists_what_is_in_doubt_with_the_words_around(self, desk):
        at = desk(a=LINKED)
        _, places, _ = drawn(at)
        assert [place["id"] for place in places] == [r["id"] for r in at.now if "review" in r]
        [lone] = [place for place in places if "another person" in str(place["why"])]
        assert (lone["file"], lone["part"]) == ("a.txt", "text")
        assert (lone["line"], lone["entity"]) == (1, "PERSON")
        assert re.search(r"the ‹\[PERSON_\w{8}\]› papers", str(lone["context"]))
        written = as_yaml(*drawn(at)[:2], "out.audit").decode()
        assert not [word for word in ("Kevin", "Jane", "jane.marsh") if word in written]

    def test_whose_a_surname_is_is_no_question_where_a_detector_saw_a_person(self, desk):
        at = desk(a=TEXT)
        doubts = [one["id"] for one in at.now if "review" in one]
        assert doubts == [one["id"] for one in at.now if one.get("review") == ["link"]]
        assert doubts
        assert drawn(at)[1] == []
        listed = {place["id"]: str(place["why"]) for place in drawn(at, review=False)[1]}
        assert all("another person" in listed[one] for one in doubts)

    def test_a_value_is_asked_about_once_the_most_frequent_first(self, desk):
        often = "Ada Croft met Tom Croft. The Croft papers are here, a box of the Croft papers, "
        often += "and the Croft letters.\n"
        at = desk(a=TEXT, b=often, c=often)
        where, places, _ = drawn(at)
        asked = [str(place["why"]).split(";")[0] for place in places]
        assert asked[0] == "6 places in doubt of 6"
        assert places[0].get("where") == "everywhere"
        assert len({place["check"].split(".")[1] for place in places}) == len(places)
        assert (
            1
            < str(places[0]["context"]).count("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
            <= 3
        )
        path = at.base / "decisions.yaml"
        path.write_bytes(as_yaml(where, places, "out.audit"))
        assert load_decisions(path).rows == ()

    def test_two_words_that_were_kept_are_two_questions(self, desk, tmp_path):
        policy = tmp_path / "high.yaml"
        policy.write_text(
            "name: high\nabout: Only sure names.\naction: pseudonym\n"
            "remove: {PERSON: {threshold: 0.99, review: 0.99}}\n"
        )
        places = drawn(desk(policy=policy, a="Kevin Marsh met Jane Marsh.\n"))[1]
        assert len(places) == 2
        assert all("it was kept" in str(place["why"]) for place in places)
        assert ["‹Kevin Marsh›" in str(place["context"]) for place in places] == [True, False]

    def test_everything_can_be_listed(self, desk):
        at = desk(a=TEXT)
        assert len(drawn(at, review=False)[1]) == len(at.now)

    @pytest.mark.parametrize("form", ["yaml", "csv"])
    def test_what_is_filled_in_comes_back(self, desk, form):
        at = desk(a=TEXT)
        where, places, _ = drawn(at, review=False)
        path = at.base / f"decisions.{form}"
        if form == "yaml":
            path.write_bytes(as_yaml(where, places, "out.audit"))
            content = yaml.safe_load(path.read_text("utf-8"))
            content["reviewer"] = "RO"
            content["rows"][0] |= {"decision": "restore", "where": "document"}
            content["rows"].append(added("ochreplume", type="HANDLE"))
            path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        else:
            path.write_bytes(as_csv(where, places))
            sheet = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
            sheet[0] |= {"decision": "Restore", "where": "document", "reviewer": "RO"}
            sheet[-1] |= added("ochreplume", type="HANDLE", reviewer="RO")
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS, delimiter=";")  # as some spreadsheets do
                writer.writeheader()
                writer.writerows(sheet)
        decided = load_decisions(path)
        assert decided.drawn == where
        assert [(row.decision, row.where) for row in decided.rows] == [
            ("restore", "document"),
            ("add", "document"),
        ]
        at.again(path)
        assert at.copy().startswith("Kevin Marsh met [PERSON_")
        assert "ochreplume" not in at.copy()

    def test_yaml_and_csv_are_one_file_to_the_log(self, desk):
        at = desk(a=TEXT)
        one = at.decisions(added("ochreplume", type="HANDLE", reviewer="RO"))
        other = at.base / "same.csv"
        other.write_text(
            f"drawn,decision,file,text,type,reviewer\n{at.drawn},add,a.txt,ochreplume,HANDLE,RO\n"
        )
        assert load_decisions(one).mac(at.key) == load_decisions(other).mac(at.key)

    def test_a_spreadsheet_computes_nothing(self, desk):
        at = desk(a="=1+1 ochreplume and Kevin Marsh.\n")
        at.again(at.decisions(added("1+1 ochreplume", type="HANDLE")))
        where, places, _ = drawn(at, review=False)
        cells = list(csv.reader(io.StringIO(as_csv(where, places).decode("utf-8-sig"))))
        assert any(cell.startswith("'=‹") for row in cells for cell in row)
        assert not [cell for row in cells for cell in row if cell[:1] in {"=", "+", "-", "@"}]


class TestByAHair:
    """What was left with a score just below its threshold."""

    TEXT = "The mark of Teodor Vance stands; x9 q7.\n"

    @pytest.fixture
    def at(self, desk, tmp_path, monkeypatch):
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules/mark.yaml").write_text(
            "entity: MARK\nabout: A mark.\npattern: '\\bx\\d\\b'\nrequires: [x]\nscore: 0.35\n"
            "finds: ['the [[x9]] here', 'a [[x1]]']\nignores: ['xx', 'y9']\n"
        )
        whole = desk_module.redact_folder

        def with_rules(*arguments, **options):
            return whole(*arguments, rules=[tmp_path / "rules"], **options)

        monkeypatch.setattr(desk_module, "redact_folder", with_rules)
        return desk(a=self.TEXT)

    def test_it_is_in_the_log_and_in_the_file(self, at):
        [near] = [one for one in at.now if one.get("review") == ["near"]]
        assert (near["entity"], near["action"], near["line"]) == ("MARK", "keep", 1)
        assert at.text_of(near) == "x9"
        assert "x9" not in json.dumps(near)
        assert at.copy() == self.TEXT or "x9" in at.copy()
        [place] = [p for p in drawn(at)[1] if p["id"] == near["id"]]
        assert "just below" in str(place["why"])
        assert "‹x9›" in str(place["context"])

    def test_a_person_may_remove_it_or_leave_it(self, at):
        [near] = [one for one in at.now if one.get("review") == ["near"]]
        check = {"id": near["id"], "check": f"{near['place']}.{near['fingerprint']}"}
        at.again(at.decisions(check | {"decision": "add"}))
        assert re.search(r"\[MARK_\w{8}\]", at.copy())
        assert at.problems() == []
        [gone] = [one for one in at.now if one["decision"] == "added"]
        assert gone["supersedes"] == near["id"]

    def test_confirmed_it_stays_and_is_no_longer_in_doubt(self, at):
        [near] = [one for one in at.now if one.get("review") == ["near"]]
        check = {"id": near["id"], "check": f"{near['place']}.{near['fingerprint']}"}
        before = at.copy()
        at.again(at.decisions(check | {"decision": "confirm"}))
        assert at.copy() == before
        assert not [one for one in at.now if one.get("review")]
        assert [one["decision"] for one in at.now if one["entity"] == "MARK"] == ["confirmed"]


POLICY = """name: release
about: For tests.
codes: foia
remove: {PERSON: {threshold: 0.25, review: 0.5}, EMAIL_ADDRESS: }
keep: [ORGANIZATION, LOCATION, DATE_TIME, NRP, URL, PHONE_NUMBER]
"""


def test_what_a_reviewer_decides_shows_in_copy_log_tables_and_exports(run, tmp_path):
    """A false positive restored, a missed name added, a code changed: all of it follows."""
    source, out, policy = tmp_path / "src", tmp_path / "out", tmp_path / "release.yaml"
    source.mkdir()
    policy.write_text(POLICY)
    (source / "minutes.txt").write_text(
        "Kevin Marsh met Jane Marsh at noon.\nWrite to kevin.marsh@example.org.\n"
        "ochreplume spoke; so did Ochreplume's friend.\n",
        "utf-8",
    )
    options = ("--policy", policy, "--workers", "1")
    run("redact", source, "--out", out, *options)
    audit = tmp_path / "out.audit"
    said = run("review", audit, "--all")
    assert "decisions-1.yaml" in said
    path = audit / "decisions-1.yaml"
    assert path.stat().st_mode & 0o777 == 0o600
    before = (audit / "audit.jsonl").read_bytes()
    content = yaml.safe_load(path.read_text("utf-8"))
    content["reviewer"] = "R. Okafor"
    by_type = {row["entity"]: row for row in reversed(content["rows"])}
    by_type["PERSON"] |= {"decision": "restore", "note": "a public officer"}
    by_type["EMAIL_ADDRESS"] |= {"decision": "change", "code": "(b)(7)(C)"}
    content["rows"].append(added("ochreplume", file="minutes.txt", type="PERSON"))
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    run("redact", source, "--out", out, *options, "--decisions", path)

    copy = (out / "minutes.txt").read_text("utf-8")
    assert copy.startswith("Kevin Marsh met [PERSON_")
    assert "ochreplume" not in copy.lower()
    assert (audit / "audit.jsonl").read_bytes().startswith(before)  # the earlier decision stays
    run("verify", out)
    run("audit", "verify", audit, "--public-key", audit / "audit.pub")

    lines = run("audit", "show", audit, "--json").splitlines()
    shown = [row for row in map(json.loads, lines) if row["decision"] != "auto"]
    told = {row["decision"]: row for row in shown}
    assert set(told) == {"restored", "added", "changed"}
    assert {row["reviewer"] for row in shown} == {"R. Okafor"}
    assert told["restored"]["note"] == "a public officer"
    assert told["changed"]["code"] == "(b)(7)(C)"
    assert "code: (b)(6)" in told["changed"]["earlier"]
    assert told["changed"]["supersedes"] == by_type["EMAIL_ADDRESS"]["id"]

    sheet = list(csv.DictReader(io.StringIO(run("audit", "export", audit, "--format", "csv"))))
    assert {row["decision"] for row in sheet} == {"auto", "restored", "added", "changed"}
    index = run("audit", "export", audit, "--format", "vaughn")
    assert index.count("(b)(7)(C)") >= 1
    assert index.count("passages were withheld") == 1
    again = run("review", audit)
    assert "decisions-2.yaml" in again


def test_a_file_is_never_written_over(run, desk):
    at = desk(a=TEXT)
    run("review", at.audit)
    said = run("review", at.audit, code=5)
    assert "decisions-1.yaml" in said


def test_no_file_among_the_copies_and_none_from_a_damaged_log(run, desk):
    at = desk(a=TEXT)
    assert "published" in run("review", at.audit, "--out", at.out / "d.yaml", code=2)
    log = at.audit / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"PERSON"', b'"PERSOM"', 1))
    assert "NOT intact" in run("review", at.audit, code=5)
    assert not list(at.audit.glob("decisions-*"))


def test_a_log_of_before_there_were_places_is_refused(desk):
    at = desk(a=TEXT)
    evidence = gather(at.audit)
    bare = tuple(replace(one, place="") for one in evidence.summary.redactions)
    summary = replace(evidence.summary, redactions=bare)
    with pytest.raises(OutputError, match="no codes of places"):
        rows(replace(evidence, summary=summary), Selection())
