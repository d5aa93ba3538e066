"""Records of a log read into dataclasses: whole, older, newer and damaged ones."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
import rfc8785

from redactor.audit import (
    DetailsRecord,
    DocumentRecord,
    PartRecord,
    Record,
    RecoveryRecord,
    RedactionRecord,
    RestoreRecord,
    RevealRecord,
    RunEnd,
    RunResume,
    RunStart,
    Scope,
    Verification,
    from_fields,
    read,
    to_fields,
)
from redactor.audit.records import detail_fields
from redactor.model import Action, Status
from redactor.report.page import _FACTS
from redactor.report.summary import Redaction

LOG = Path(__file__).parents[1] / "cases/audit"
KINDS = {kind.type: kind for kind in get_args(Record)}
VERIFIED = Verification(("bytes", "rules"), "passed", "text")
EARLIER = (("action", "mask"), ("entity", "PERSON"))
SPOT = ("d:1", "d", "2/1", 3, 9, "PERSON", "model:m", "1", 0.25, Action.KEEP, "5-9", "ff")
START = RunStart(
    *("r", "t", "0.1", "p", "aa", "bb", "m", "1", "cc", (("python", "3.11"),), "k", 2, ("redact",)),
    as_of="2031-05-04",
    decisions=("dd",),
    round=1,
    sealed_to=("age1x", "age1y"),
    planned=3,
    people="pp",
)
# name: a record with every field of its kind filled, and ones of those that may be left out
RECORDS: dict[str, Record] = {
    "run-start": START,
    "run-resume": RunResume("r", "t", 2, ("redact", "--resume"), 3),
    "document": DocumentRecord(
        *("d", Status.REDACTED, "text", 1, "mm", "utf-8", (("delimiter", ";"),), "oo", 7),
        not_examined=(("2/1", "Encrypted"),),
        verified=VERIFIED,
        counts=(("PERSON", 2), ("US_SSN", 1)),
        vault="vv",
    ),
    "document, bare": DocumentRecord("d", Status.FAILED, "unknown", 0),
    "part": PartRecord("d", "2/1", "html", "utf-8", (("version", "5"),)),
    "redaction": RedactionRecord(
        *SPOT,
        *("cell", 3, None, "S40", "GDPR 4(1)", "Third party", "2061-12-31", ("rule:a", "rule:b")),
        *("restored", Scope.MENTION, "rr", ("near",), "ab", "as asked", "d:0", EARLIER, "pp", "vv"),
    ),
    "details": DetailsRecord("d", 1, "AAAA"),
    "redaction, bare": RedactionRecord(*SPOT),
    "run-end": RunEnd("r", "t", (("clean", 1), ("redacted", 2)), 3, 6),
    "reveal": RevealRecord("d:1", "d", "vv", "t", "ab", "age1x", "Appeal 17"),
    "restore": RestoreRecord("d", "vv", "cc", "rr", "t", "ab", "age1x", "Appeal 17", ("d:1",)),
    "recovery": RecoveryRecord("t", 12, 1, torn=True, head="7b"),
}


def test_every_kind_is_tried():
    assert {type(record) for record in RECORDS.values()} == set(KINDS.values())


@pytest.mark.parametrize("name", RECORDS)
def test_what_was_written_is_read(name):
    record = RECORDS[name]
    written = json.loads(rfc8785.dumps(to_fields(record)))
    if isinstance(record, RedactionRecord):
        written |= json.loads(rfc8785.dumps(detail_fields(record)))
    assert from_fields(type(record), written) == record
    assert from_fields(type(record), written | {"later": {"a": [1]}}) == record


def test_a_committed_log_is_read_and_written_the_same():
    """Of format 2, from before records had all the fields that they have now."""
    records = list(read(LOG))
    assert {str(record["type"]) for record in records} >= {"run-start", "redaction", "recovery"}
    for record in records:
        made = from_fields(KINDS[record["type"]], record)
        written = to_fields(made)
        if isinstance(made, RedactionRecord):
            written |= detail_fields(made)
        assert written.items() >= record.items()


# what stands in the field `line`, `score`, `because`, `earlier`, `start`: what is read
DAMAGED = {
    "missing": (None, (None, None, (), (), 0)),
    "a text": ("x", (None, None, (), (), 0)),
    "an object": ({"a": 1}, (None, None, (), (("a", "1"),), 0)),
    "a list": (["a", 1], (None, None, ("a", "1"), (), 0)),
    "a whole number": (4, (4, 4.0, (), (), 4)),
    "a broken number": (0.5, (None, 0.5, (), (), 0)),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_missing_or_of_another_type_is_empty(name):
    value, expected = DAMAGED[name]
    names = ("line", "score", "because", "earlier", "start")
    row = from_fields(Redaction, dict.fromkeys(names, value) | {"run": 2, "id": "d:1"})
    assert tuple(getattr(row, one) for one in names) == expected
    assert (row.run, row.id, row.code) == (2, "d:1", "")


def test_a_default_stands_for_what_an_older_record_lacks():
    bare = {"id": "d:1", "action": "mask", "amount": "5-9", "scope": None}
    record = from_fields(RedactionRecord, bare)
    assert (record.decision, record.scope, record.place) == ("auto", Scope.EVERYWHERE, None)


@pytest.mark.parametrize("action", [None, "secret", ["secret"], 7])
def test_what_an_enumeration_does_not_have_is_refused_without_a_quote(action):
    with pytest.raises(
        ValueError, match=r"a record (lacks its action|has no such Action)"
    ) as caught:
        from_fields(RedactionRecord, {"action": action, "amount": "5-9"})
    assert "secret" not in str(caught.value)


def test_the_rows_of_a_report_have_fields_of_records_under_their_names():
    """A field that a report shows is added to the record, and to the row; nowhere else."""
    recorded = {one.name for one in fields(RedactionRecord)}
    assert {one.name for one in fields(Redaction)} - recorded == {"run"}
    assert recorded - {one.name for one in fields(Redaction)} == {
        "source_version",
        "residue",
        "vault",
    }


def test_the_facts_of_a_run_in_a_report_are_fields_of_its_start():
    assert {name for name, _ in _FACTS} <= {one.name for one in fields(RunStart)}
