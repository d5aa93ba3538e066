"""Records hold positions and codes: tables of what they say, and of what they must never say."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from redactor.audit.layouts import layout_of
from redactor.audit.records import (
    DocumentRecord,
    Record,
    RedactionRecord,
    RunEnd,
    RunStart,
    Scope,
    Verification,
    detail_fields,
    document_id,
    fingerprint,
    residue,
    shown_score,
    source_mac,
    to_fields,
)
from redactor.formats import Layout
from redactor.keys import Key
from redactor.model import Action, Status, amount

KEY = Key(bytes(range(32)))
OTHER_KEY = Key(bytes(32))
PLANTED = "Jane Q. Planted 219-09-9999"
PATH = "letters/Jane Planted.txt"

START = RunStart(
    run="r1",
    started="2026-01-02T03:04:05Z",
    tool="0.1.0",
    policy="foia",
    policy_digest="aa",
    rules_digest="bb",
    model="names",
    model_version="1.0",
    model_digest="cc",
    versions=(("python", "3.11.7"), ("spacy", "3.8")),
    key_id=KEY.id,
    workers=2,
    command=("redact", "--workers=2"),
)
DOCUMENT = DocumentRecord(
    document=document_id(KEY, PATH),
    status=Status.REDACTED,
    format="text",
    source_mac=source_mac(KEY, hashlib.sha256(PLANTED.encode()).hexdigest()),
    parts_examined=3,
    encoding="utf-8",
    output_sha256="dd",
    output_bytes=120,
    not_examined=(("attachment 2", "encrypted"), ("attachment 2", "too-deep")),
    verified=Verification(("bytes", "rules"), "passed", "text"),
    counts=(("PERSON", 2), ("US_SSN", 1)),
)
REDACTION = RedactionRecord(
    id=f"{DOCUMENT.document}:3",
    document=DOCUMENT.document,
    part="text",
    start=10,
    end=27,
    entity="PERSON",
    source="model:names_fast",
    source_version="1.0",
    score=0.876543,
    action=Action.PSEUDONYM,
    amount=amount(len(PLANTED)),
    fingerprint=fingerprint(KEY, "PERSON", PLANTED),
    line=2,
    placeholder="[PERSON_7FQ2M9XA]",
    residue=residue(KEY, PLANTED),
    because=("model:names_fast", "rule:salutation"),
)
END = RunEnd("r1", "2026-01-02T03:05:00Z", (("clean", 1), ("redacted", 1)), 3, 0)
RECORDS: dict[str, Record] = {
    "run-start": START,
    "document": DOCUMENT,
    "redaction": REDACTION,
    "run-end": END,
}

BANDS = {1: "1-4", 4: "1-4", 5: "5-9", 9: "5-9", 10: "10-19", 19: "10-19", 20: "20-49"}
BANDS |= {49: "20-49", 50: "50+", 10**9: "50+"}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_names_its_type_and_leaves_out_what_it_does_not_know(name: str) -> None:
    written = to_fields(RECORDS[name])
    assert written["type"] == name
    assert None not in written.values()


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_canonical_json_and_travels(name: str) -> None:
    record = RECORDS[name]
    assert pickle.loads(pickle.dumps(record)) == record
    assert rfc8785.dumps(to_fields(pickle.loads(pickle.dumps(record)))) == rfc8785.dumps(
        to_fields(record)
    )


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_cannot_be_changed(name: str) -> None:
    record = RECORDS[name]
    for field in fields(record):
        with pytest.raises(FrozenInstanceError):
            setattr(record, field.name, None)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("piece", [*PLANTED.split(), "letters", KEY.secret.hex()])
def test_no_record_and_no_repr_holds_planted_text(name: str, piece: str) -> None:
    record = RECORDS[name]
    assert piece not in rfc8785.dumps(to_fields(record)).decode() + repr(record)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "blake2b"])
def test_no_record_holds_a_plain_digest_of_text_or_path(name: str, digest: str) -> None:
    written = rfc8785.dumps(to_fields(RECORDS[name])).decode()
    for text in (PLANTED, PLANTED.casefold(), PATH):
        assert hashlib.new(digest, text.encode()).hexdigest()[:16] not in written


def test_redaction_fields() -> None:
    written = to_fields(REDACTION)
    assert written["action"] == "pseudonym"
    assert written["decision"] == "auto"
    assert "code" not in written
    sealed = detail_fields(REDACTION)
    assert sealed["score"] == 0.88
    assert sealed["amount"] == "20-49"
    assert sealed["scope"] == "everywhere"
    assert sealed["because"] == ["model:names_fast", "rule:salutation"]
    assert not sealed.keys() & written.keys()
    assert detail_fields(replace(REDACTION, scope=Scope.MENTION))["scope"] == "mention"


def test_document_fields() -> None:
    written = to_fields(DOCUMENT)
    assert written["status"] == "redacted"
    assert written["counts"] == {"PERSON": 2, "US_SSN": 1}
    # A list, for one part may be left out for two reasons.
    assert written["not_examined"] == [["attachment 2", "encrypted"], ["attachment 2", "too-deep"]]
    assert written["verified"] == {
        "checks": ["bytes", "rules"],
        "result": "passed",
        "reader": "text",
    }


def test_run_fields() -> None:
    assert to_fields(START)["versions"] == {"python": "3.11.7", "spacy": "3.8"}
    assert to_fields(END)["documents"] == {"clean": 1, "redacted": 1}


def test_a_part_named_in_no_encoding_can_still_be_recorded() -> None:
    written = to_fields(replace(REDACTION, part="member \udcff"))
    assert written["part"] == r"member \udcff"
    assert rfc8785.dumps(written)


@pytest.mark.parametrize("length", BANDS)
def test_an_amount_is_a_band(length: int) -> None:
    assert amount(length) == BANDS[length]


@given(st.integers(1, 200), st.integers(1, 200))
def test_more_is_never_in_a_lower_band(one: int, other: int) -> None:
    order = list(dict.fromkeys(BANDS.values()))
    low, high = sorted((one, other))
    assert order.index(amount(low)) <= order.index(amount(high))


def test_nothing_removed_has_no_amount() -> None:
    with pytest.raises(ValueError, match="nothing"):
        amount(0)


def test_a_kept_value_has_no_placeholder() -> None:
    with pytest.raises(ValueError, match="placeholder") as caught:
        replace(REDACTION, action=Action.KEEP, placeholder=PLANTED)
    assert PLANTED not in str(caught.value)
    assert "placeholder" not in to_fields(
        replace(REDACTION, action=Action.KEEP, placeholder=None),
    )


def test_an_exact_length_is_no_amount() -> None:
    with pytest.raises(ValueError, match="bands"):
        replace(REDACTION, amount="17")


@pytest.mark.parametrize(
    ("source", "score", "shown"),
    [
        ("model:accurate", 0.251, 0.3),
        ("model:accurate", 0.249, 0.2),
        ("model:accurate", 0.9961, 1.0),
        ("link:given", 0.44, 0.4),
        ("rule:phone/us", 0.85, 0.85),
        ("EmailRecognizer", 0.75, 0.75),
    ],
)
def test_the_score_of_a_model_is_shown_in_tenths(source: str, score: float, shown: float) -> None:
    assert shown_score(source, score) == shown


def test_keyed_values_depend_on_all_they_are_made_of() -> None:
    values = {
        fingerprint(KEY, "PERSON", "jane"),
        fingerprint(KEY, "PERSON", "john"),
        fingerprint(KEY, "ORG", "jane"),
        fingerprint(OTHER_KEY, "PERSON", "jane"),
        document_id(KEY, "jane"),
        document_id(OTHER_KEY, "jane"),
        source_mac(KEY, "jane"),
        source_mac(OTHER_KEY, "jane"),
        residue(KEY, "jane"),
        residue(OTHER_KEY, "jane"),
    }
    assert len({value[:16] for value in values}) == 10


def test_keyed_values_are_the_same_in_every_run() -> None:
    assert fingerprint(KEY, "PERSON", "jane") == fingerprint(Key(KEY.secret), "PERSON", "jane")
    assert len(bytes.fromhex(fingerprint(KEY, "PERSON", "jane"))) == 16


@pytest.mark.parametrize("record", [{}, {"part": "2/x"}, {"part": 7, "layout": [1]}])
def test_the_layout_of_a_record_that_is_not_whole_is_read_as_far_as_it_goes(record):
    path, layout = layout_of(record)
    assert set(path) <= {7}
    assert layout == Layout("")
