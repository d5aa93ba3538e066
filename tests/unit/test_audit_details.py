"""Details of redactions: encrypted, of a length that tells nothing, and read back whole."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from audit_cases import KEY, OTHER_KEY, PUBLIC, redaction

from redactor.audit import (
    AuditLog,
    LogDamaged,
    RedactionRecord,
    check,
    read,
    to_fields,
    with_details,
)
from redactor.audit.details import MOST
from redactor.audit.records import SEALED, DetailsRecord, detail_fields
from redactor.model import Action, amount
from redactor.report.evidence import gather
from redactor.report.rows import PUBLIC_COLUMNS, as_csv
from redactor.report.select import Selection

CASES = Path(__file__).parents[1] / "cases"


def kept(number: int) -> RedactionRecord:
    return replace(redaction(number), action=Action.KEEP, placeholder=None, review=("near",))


def details(*records: RedactionRecord) -> DetailsRecord:
    [found] = [one for one in with_details(KEY, "d1", records) if isinstance(one, DetailsRecord)]
    return found


LONG = replace(
    redaction(1),
    source="presidio:UsSsnRecognizer",
    because=("link:full name", "list:remove", "model:names_accurate", "rule:names/salutation"),
    amount=amount(60),
    score=0.3,
    residue="0f" * 8,
    review=("keep", "link", "score"),
)
LENGTHS = {
    "another score": replace(redaction(1), score=1.0),
    "everything": LONG,
    "something kept beside it": (redaction(1), kept(2)),
}


@pytest.mark.parametrize("name", LENGTHS)
def test_the_length_of_details_tells_nothing_of_them(name):
    records = LENGTHS[name]
    records = records if isinstance(records, tuple) else (records,)
    assert len(details(*records).data) == len(details(redaction(1)).data)


def test_the_same_details_have_the_same_bytes_and_others_have_not():
    assert details(redaction(1)) == details(redaction(1))
    assert details(redaction(1)).data[:40] != details(LONG).data[:40]


@pytest.mark.parametrize("count", [0, 1, MOST, MOST + 1, 3 * MOST])
def test_all_comes_back_whatever_the_number(tmp_path, count):
    records = [*(redaction(n) for n in range(count)), *(kept(count + n) for n in range(count + 1))]
    log = AuditLog.create(tmp_path / "audit", KEY)
    log.append(with_details(KEY, "d1", records))
    wanted = [{**to_fields(one), **detail_fields(one)} for one in records]
    found = list(read(log.folder, KEY))
    assert sorted(map(rfc8785.dumps, found)) == sorted(map(rfc8785.dumps, wanted))
    assert not [one for one in read(log.folder) if set(one) & set(SEALED)]


def test_another_key_opens_none(tmp_path):
    log = AuditLog.create(tmp_path / "audit", KEY)
    log.append(with_details(KEY, "d1", [redaction(1)]))
    with pytest.raises(LogDamaged):
        list(read(log.folder, OTHER_KEY))


def test_a_log_is_hardly_larger_than_with_the_details_in_the_clear():
    records = [replace(LONG, id=f"d1:{n}", residue=f"{n:016x}") for n in range(1, 31)]
    clear = sum(len(rfc8785.dumps({**to_fields(r), **detail_fields(r)})) for r in records)
    written = sum(len(rfc8785.dumps(to_fields(r))) for r in with_details(KEY, "d1", records))
    assert written < 1.2 * clear


# Logs that are kept


@pytest.fixture(params=["audit", "audit_3"])
def folder(request, tmp_path) -> Path:
    (tmp_path / "log.audit").mkdir(mode=0o700)
    for name in ("audit.jsonl", "leaves.bin", "heads.jsonl", "audit.pub"):
        shutil.copy(CASES / request.param / name, tmp_path / "log.audit" / name)
    (tmp_path / "key").write_text(KEY.secret.hex())
    return tmp_path / "log.audit"


def test_logs_of_every_format_are_verified_and_shown_with_all_details(folder):
    assert check(folder, PUBLIC).damage is None
    evidence = gather(folder, folder.parent / "key")
    assert evidence.summary.redactions
    assert all(one.source and one.amount and one.score for one in evidence.summary.redactions)


def test_no_export_of_any_format_has_the_details(folder):
    written = as_csv(gather(folder, folder.parent / "key"), Selection())
    assert not set(PUBLIC_COLUMNS) & {"score", "rule", "because", "scope", "review"}
    assert "model:" not in written
    assert "10-19" not in written


@pytest.mark.parametrize("folder", ["audit_3"], indirect=True)
def test_what_was_encrypted_once_is_read_today(folder):
    wanted = [redaction(1), replace(LONG, id="d1:2"), kept(3)]
    found = [one for one in read(folder, KEY) if one["type"] == "redaction"]
    assert found == [
        json.loads(rfc8785.dumps({**to_fields(one), **detail_fields(one)})) for one in wanted
    ]
