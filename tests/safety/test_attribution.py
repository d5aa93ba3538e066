"""A damaged record is laid to the right document, or to none.

The attack: delete the last record of a document from the log. It was said to be one of the next
document, whose record had moved up into its place, and the wrong people were asked.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rfc8785

from redactor.audit import AuditLog, Damage, DocumentRecord, PublicKey, RedactionRecord, check
from redactor.audit.details import with_details
from redactor.keys import Key
from redactor.model import Action, Status

KEY = Key(bytes(range(32)))
PUBLIC = PublicKey.of(KEY)
A, B, C, X, Y, Z = ("a" * 24, "b" * 24, "c" * 24, "1" * 24, "2" * 24, "3" * 24)


def document(name, status=Status.REDACTED):
    return DocumentRecord(name, status, "text", parts_examined=1)


def redactions(name, count):
    for number in range(1, count + 1):
        yield RedactionRecord(
            id=f"{name}:{number}",
            document=name,
            part="text",
            start=number,
            end=number + 4,
            entity="PERSON",
            source="model:names_fast",
            source_version="1.0",
            score=0.9,
            action=Action.LABEL,
            amount="5-9",
            fingerprint="ab" * 16,
            placeholder="[PERSON]",
        )


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three that were left out, in one append, and three documents, each in its own."""
    log = AuditLog.create(tmp_path / "audit", KEY)
    log.append([document(name, Status.FAILED) for name in (X, Y, Z)])
    for name, count in ((A, 3), (B, 3)):
        log.append([document(name), *with_details(KEY, name, redactions(name, count))])
    log.append([document(C, Status.CLEAN)])
    return log.folder


# records: 0 to 2 X Y Z; 3 A, 4 details, 5 to 7 redactions; 8 B, 9 details, 10 to 12; 13 C
GONE = {
    "the last redaction of a document": ((7,), A),
    "its first record": ((8,), B),
    "its details": ((9,), B),
    "one in the middle": ((11,), B),
    "the last of the last but one": ((12,), B),
    "two at the end": ((6, 7), A),
    "two at the beginning": ((8, 9), B),
    "the last of one and the first of the next": ((7, 8), A),
    "a whole document": ((8, 9, 10, 11, 12), None),
    "one that was left out": ((1,), None),
    "the first that was left out": ((0,), None),
    "the last that was left out": ((2,), None),
    "the only record of a document": ((13,), None),
}


@pytest.mark.parametrize("name", GONE)
def test_what_is_gone_is_laid_to_its_document(folder, name):
    gone, wanted = GONE[name]
    log = folder / "audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(line for at, line in enumerate(lines) if at not in gone))
    report = check(folder, PUBLIC)
    assert report.damage in {Damage.DROPPED, Damage.TRUNCATED}
    assert (report.at, report.document) == (gone[0], wanted)


EDITED = {
    "the first of a document": (8, B),
    "its details": (9, B),
    "its last": (12, B),
    "one that was left out": (1, Y),
    "the only one of a document": (13, C),
}


@pytest.mark.parametrize("name", EDITED)
def test_what_was_edited_is_laid_to_its_document(folder, name):
    at, wanted = EDITED[name]
    assert changed(folder, at, "extra", 1).document == wanted


@pytest.mark.parametrize("at", [8, 9, 10, 12])
def test_not_even_to_the_one_that_an_edit_put_into_it(folder, at):
    assert changed(folder, at, "document", A).document == B


def changed(folder, at, name, value):
    log = folder / "audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    lines[at] = rfc8785.dumps(json.loads(lines[at]) | {name: value}) + b"\n"
    log.write_bytes(b"".join(lines))
    report = check(folder, PUBLIC)
    assert (report.damage, report.at) == (Damage.EDITED, at)
    return report
