"""Logs for the tests of the audit: a small one, its records, and ways to change its files."""

from __future__ import annotations

import json
from pathlib import Path

import rfc8785

from redactor.audit import (
    AuditLog,
    DocumentRecord,
    LogReport,
    PublicKey,
    Record,
    RedactionRecord,
    RunEnd,
    RunStart,
    check,
    fingerprint,
)
from redactor.audit.reading import heads_of
from redactor.keys import Key
from redactor.model import Action, Status, amount

KEY = Key(bytes(range(32)))
OTHER_KEY = Key(bytes(32))
PUBLIC = PublicKey.of(KEY)
OTHER_PUBLIC = PublicKey.of(OTHER_KEY)
PLANTED = "Jane Planted"
COUNT = 14

Lines = list[bytes]


def run_start(key: Key = KEY) -> RunStart:
    names = ("r1", "2026-01-02T03:04:05Z", "0.1", "foia", "aa", "bb", "names", "1.0", "cc")
    return RunStart(*names, (("python", "3.11"),), key.id, 2, ("redact",))


def redaction(number: int, document: str = "d1") -> RedactionRecord:
    return RedactionRecord(
        id=f"{document}:{number}",
        document=document,
        part="text",
        start=number,
        end=number + 17,
        entity="PERSON",
        source="model:names_fast",
        source_version="1.0",
        score=0.9,
        action=Action.PSEUDONYM,
        amount=amount(len(PLANTED)),
        fingerprint=fingerprint(KEY, "PERSON", PLANTED),
        placeholder="[PERSON_7FQ2M9XA]",
    )


def some_records() -> list[Record]:
    end = RunEnd("r1", "2026-01-02T03:05:00Z", (("redacted", 1),), COUNT - 3, 0)
    document = DocumentRecord("d1", Status.REDACTED, "text", parts_examined=1, source_mac="ee")
    return [run_start(), *(redaction(number) for number in range(COUNT - 3)), document, end]


def write_log(folder: Path) -> Path:
    log = AuditLog.create(folder, KEY)
    records = some_records()
    log.append(records[:5])
    log.append(records[5:])
    return log.folder


def log_lines(folder: Path, name: str = "audit.jsonl") -> Lines:
    return (folder / name).read_bytes().splitlines(keepends=True)


def rewrite(folder: Path, lines: Lines, name: str = "audit.jsonl") -> None:
    (folder / name).write_bytes(b"".join(lines))


def edited(line: bytes, *path: str) -> bytes:
    """Return a line with one value changed and all else as canonical as before."""
    value = json.loads(line)
    *outer, last = path
    place = value
    for name in outer:
        place = place[name]
    place[last] = other_than(place[last])
    return rfc8785.dumps(value) + b"\n"


def other_than(value: object) -> object:
    if isinstance(value, str):
        return ("1" if value[:1] == "0" else "0") + value[1:]
    if isinstance(value, int | float):
        return value + 1
    return {"other": 1}


def sound(folder: Path, records: int, **more: int) -> bool:
    """Tell whether a log is whole and has so many records."""
    report = check(folder, PUBLIC)
    return report == LogReport(records, head=heads_of(folder)[-1], **more)
