"""The log in the forms of other trades: CSV, Vaughn index, PREMIS, BagIt, SARIF."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import bagit
import pytest

from redactor.errors import OutputError, UsageError
from redactor.report.bag import write_bag
from redactor.report.evidence import gather
from redactor.report.index import vaughn
from redactor.report.premis import REDACTION, SPACE, premis
from redactor.report.rows import PUBLIC_COLUMNS, as_csv
from redactor.report.sarif import exported
from redactor.report.select import Selection

# What PREMIS 3.0 lets follow what, of the elements that are written here: the schema itself is in
# no package, so the test holds the output to its sequences.
ORDER = {
    "premis": ("object", "event", "agent"),
    "object": (
        "objectIdentifier",
        "objectCharacteristics",
        "originalName",
        "linkingEventIdentifier",
    ),
    "objectIdentifier": ("objectIdentifierType", "objectIdentifierValue"),
    "objectCharacteristics": ("compositionLevel", "fixity", "size", "format"),
    "fixity": ("messageDigestAlgorithm", "messageDigest"),
    "format": ("formatDesignation",),
    "formatDesignation": ("formatName",),
    "linkingEventIdentifier": ("linkingEventIdentifierType", "linkingEventIdentifierValue"),
    "event": (
        "eventIdentifier",
        "eventType",
        "eventDateTime",
        "eventDetailInformation",
        "eventOutcomeInformation",
        "linkingAgentIdentifier",
        "linkingObjectIdentifier",
    ),
    "eventIdentifier": ("eventIdentifierType", "eventIdentifierValue"),
    "eventDetailInformation": ("eventDetail",),
    "eventOutcomeInformation": ("eventOutcome", "eventOutcomeDetail"),
    "eventOutcomeDetail": ("eventOutcomeDetailNote",),
    "linkingAgentIdentifier": (
        "linkingAgentIdentifierType",
        "linkingAgentIdentifierValue",
        "linkingAgentRole",
    ),
    "linkingObjectIdentifier": (
        "linkingObjectIdentifierType",
        "linkingObjectIdentifierValue",
        "linkingObjectRole",
    ),
    "agent": ("agentIdentifier", "agentName", "agentType", "agentVersion"),
    "agentIdentifier": ("agentIdentifierType", "agentIdentifierValue"),
}
NAMES = {"p": SPACE}


def tag(element):
    return element.tag.removeprefix(f"{{{SPACE}}}")


def found(root, path):
    return [element.text for element in root.findall(path, NAMES)]


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


class TestCsv:
    def test_one_row_a_place(self, made):
        head, *rows = csv.reader(io.StringIO(as_csv(made, Selection())))
        assert tuple(head) == PUBLIC_COLUMNS
        assert len(rows) == 2
        row = dict(zip(head, rows[1], strict=True))
        assert row["code"] == "(b)(6)"
        assert (row["start"], row["end"], row["line"]) == ("40", "57", "3")

    def test_a_name_is_no_formula(self, made):
        rows = list(csv.DictReader(io.StringIO(as_csv(made, Selection()))))
        assert {row["file"] for row in rows} == {"'=letter.txt"}


class TestVaughn:
    def test_each_entry_says_what_where_how_much_under_what_and_why(self, made):
        page = vaughn(made)
        for said in ("line 3, characters 40–57", "not shown", "(b)(6)", "Personal privacy"):
            assert said in page
        assert "10-19 characters" not in page
        assert "5 U.S.C. 552(b)(6)" in page
        assert "2 passages were withheld.\nAll that could be segregated" in page

    def test_an_amount_that_the_copy_shows_is_given(self, made):
        shown = [
            replace(one, placeholder="[PERSON_7FQ2M9XA 20-49 characters]")
            for one in made.summary.redactions
        ]
        page = vaughn(replace(made, summary=replace(made.summary, redactions=tuple(shown))))
        assert page.count("<td>20-49 characters</td>") == 2

    def test_what_is_not_given_is_asked_for(self, made):
        assert vaughn(made).count("<em>to be supplied</em>") == 2 + 1  # and the footer says so

    def test_what_was_not_examined_is_withheld_in_full(self, made):
        page = vaughn(made)
        before = page.index("Withheld in full")
        assert before < page.index("d2</th>") < page.index("=letter.txt")

    def test_no_claim_without_proof(self, made):
        documents = tuple(replace(one, verified="") for one in made.summary.documents)
        page = vaughn(replace(made, summary=replace(made.summary, documents=documents)))
        assert "All that could be segregated" not in page
        assert "no proof" in page

    def test_it_runs_no_script(self, made):
        tags = []

        class Tags(HTMLParser):
            def handle_starttag(self, tag, attributes):
                tags.append(tag)

        Tags().feed(vaughn(made))
        assert "table" in tags
        assert "script" not in tags
        assert "script-src" not in vaughn(made)


class TestPremis:
    @pytest.fixture
    def root(self, made):
        return ET.fromstring(premis(made))

    def test_its_elements_stand_in_the_order_of_the_schema(self, root):
        for element in root.iter():
            children = [tag(child) for child in element]
            allowed = ORDER.get(tag(element), ())
            assert set(children) <= set(allowed), tag(element)
            assert children == sorted(children, key=allowed.index), tag(element)
            assert bool(children) != bool((element.text or "").strip()), tag(element)

    def test_a_redaction_is_an_event_of_the_vocabulary(self, root):
        kinds = root.findall("p:event/p:eventType", NAMES)
        assert {(kind.text, kind.get("valueURI")) for kind in kinds} == {("redaction", REDACTION)}
        details = found(root, "p:event/p:eventDetailInformation/p:eventDetail")
        assert len(details) == 2
        assert "code: (b)(6); basis: 5 U.S.C. 552(b)(6)" in details[1]
        assert set(found(root, "p:event/p:eventDateTime")) == {"2031-05-04T09:00:07+00:00"}

    def test_what_was_not_examined_failed(self, root):
        outcomes = found(root, "p:event/p:eventOutcomeInformation/p:eventOutcome")
        assert outcomes == ["success", "fail"]

    def test_every_link_leads_somewhere(self, root):
        for linked, there in (
            ("p:event/p:linkingObjectIdentifier/p:linkingObjectIdentifierValue", "object"),
            ("p:event/p:linkingAgentIdentifier/p:linkingAgentIdentifierValue", "agent"),
            ("p:object/p:linkingEventIdentifier/p:linkingEventIdentifierValue", "event"),
        ):
            ids = found(root, f"p:{there}/p:{there}Identifier/p:{there}IdentifierValue")
            assert found(root, linked)
            assert set(found(root, linked)) <= set(ids)
            assert len(ids) == len(set(ids))

    def test_a_name_that_xml_cannot_hold(self, made):
        odd = replace(made, names={"d1": "a\x00b\x1b\udce9\ufffe<&.txt"})
        assert found(ET.fromstring(premis(odd)), "p:object/p:originalName") == ["a�b���<&.txt"]


class TestBag:
    def test_it_is_valid_and_has_the_copies_and_their_events(self, own, tmp_path):
        assert write_bag(gather(own.audit), tmp_path / "bag") == 2
        bag = bagit.Bag(str(tmp_path / "bag"))
        assert bag.validate()
        assert bag.info["Redaction-Events"] == "redaction/premis.xml"
        assert "redaction/premis.xml" in bag.tagfile_entries()
        assert (tmp_path / "bag/data/letter.txt").read_bytes() == (
            own.out / "letter.txt"
        ).read_bytes()
        ET.parse(tmp_path / "bag" / bag.info["Redaction-Events"])

    def test_an_event_changed_later_shows(self, own, tmp_path):
        write_bag(gather(own.audit), tmp_path / "bag")
        with (tmp_path / "bag/redaction/premis.xml").open("a") as file:
            file.write(" ")
        with pytest.raises(bagit.BagValidationError):
            bagit.Bag(str(tmp_path / "bag")).validate()

    def test_the_same_log_gives_the_same_bag(self, own, tmp_path):
        for name in ("one", "two"):
            write_bag(gather(own.audit), tmp_path / name)
        assert contents(tmp_path / "one") == contents(tmp_path / "two")

    @pytest.mark.parametrize("change", ["changed", "missing", "more"])
    def test_copies_that_are_not_as_recorded_go_in_no_bag(self, own, tmp_path, change):
        letter = own.out / "letter.txt"
        if change == "missing":
            letter.unlink()
        else:
            (letter if change == "changed" else own.out / "more.txt").write_text("Mr Vance")
        with pytest.raises(OutputError):
            write_bag(gather(own.audit), tmp_path / "bag")
        assert not (tmp_path / "bag").exists()
        assert not list(tmp_path.glob(".redactor-*"))

    def test_without_the_copies_there_is_nothing_to_bag(self, made, tmp_path):
        with pytest.raises(UsageError):
            write_bag(made, tmp_path / "bag")


class TestSarif:
    def test_places_and_types(self, made):
        log = json.loads(exported(made))
        (run,) = log["runs"]
        assert log["version"] == "2.1.0"
        assert run["columnKind"] == "unicodeCodePoints"
        first, second = run["results"]
        assert first["locations"][0]["physicalLocation"]["region"] == {
            "startLine": 2,
            "charOffset": 10,
            "charLength": 17,
        }
        assert (first["level"], second["level"]) == ("note", "note")
        rules = run["tool"]["driver"]["rules"]
        assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [
            one["ruleId"] for one in run["results"]
        ]
        assert "snippet" not in json.dumps(log)

    def test_what_was_not_examined_is_no_success(self, made):
        (run,) = json.loads(exported(made))["runs"]
        (invocation,) = run["invocations"]
        assert invocation["executionSuccessful"] is False
        assert len(invocation["toolExecutionNotifications"]) == 1

    def test_scan(self, cli, finished):
        done = cli("scan", finished.source, "--sarif")
        (run,) = json.loads(done.raw_out)["runs"]
        assert done.code == 4
        assert len(run["results"]) > 3
        assert run["invocations"][0]["executionSuccessful"] is False
        places = {
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for one in run["results"]
        }
        assert "letter.txt" in places
        for word in (b"Teodor", b"teodor.vance", b"7946 0321", b"ilse"):
            assert word not in done.raw_out
