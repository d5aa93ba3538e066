"""A letter and records made by hand, for the tests of reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

LETTER = """Dear Ms Vance,

Mr Teodor Vance wrote to us from teodor.vance@example.org on Tuesday; his number is 020 7946 0321.
We answered Teodor Vance the same day.
"""


@dataclass(frozen=True)
class Finished:
    """A run that ended: its source, its copies and its log."""

    source: Path
    out: Path

    @property
    def audit(self) -> Path:
        return self.out.with_name(f"{self.out.name}.audit")


def run_start(**changes: object) -> dict[str, Any]:
    return {
        "type": "run-start",
        "run": "4f2a" * 8,
        "started": "2031-05-04T09:00:00+00:00",
        "tool": "9.8.7",
        "policy": "default",
        "key_id": "0011223344556677",
        "rules_digest": "of other rules",
    } | changes


def run_end(**changes: object) -> dict[str, Any]:
    return {
        "type": "run-end",
        "run": "4f2a" * 8,
        "finished": "2031-05-04T09:00:07+00:00",
        "documents": {"redacted": 1},
        "redactions": 1,
        "exit_code": 0,
    } | changes


def document(**changes: object) -> dict[str, Any]:
    return {
        "type": "document",
        "document": "d1",
        "status": "redacted",
        "format": "text",
        "encoding": "utf-8",
        "parts_examined": 1,
        "not_examined": [],
        "output_sha256": "ab" * 32,
        "output_bytes": 120,
        "verified": {"checks": ["rules"], "reader": "two readers", "result": "passed"},
    } | changes


def redaction(**changes: object) -> dict[str, Any]:
    return {
        "type": "redaction",
        "id": "d1:1",
        "document": "d1",
        "part": "text",
        "start": 10,
        "end": 27,
        "line": 2,
        "entity": "PERSON",
        "source": "rule:email/plain",
        "source_version": "9.8.7",
        "score": 0.85,
        "action": "pseudonym",
        "amount": "10-19",
        "fingerprint": "cd" * 16,
        "placeholder": "[PERSON_7FQ2M9XA]",
        "because": ["rule:email/plain"],
        "decision": "auto",
        "scope": "everywhere",
    } | changes
