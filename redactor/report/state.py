"""Whether a log is intact, in words. The one place of the reports that checks a log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from redactor.audit import Damage, LogDamaged, check, read
from redactor.audit.folder import head_bytes
from redactor.keys import Key
from redactor.report.summary import Fields


class Verdict(Enum):
    """What a check of the log came to."""

    INTACT = "intact"
    DAMAGED = "damaged"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class LogState:
    """What a check came to, in a sentence, and the head that should be pinned elsewhere."""

    verdict: Verdict
    sentence: str
    records: int = 0
    head: str = ""


_WORDS = {
    Damage.EDITED: "was changed after it was written",
    Damage.DROPPED: "is missing, and a later one stands in its place",
    Damage.REORDERED: "stands in another place than it was written",
    Damage.TRUNCATED: "is missing, and so is all after it",
    Damage.TORN: "is cut in the middle",
}


def state_of(folder: Path, key: Key | None) -> LogState:
    """Return the state of the log in a folder; without a key it cannot be checked.

    Raises KeyFileError if the log was written under another key, OutputError if there is none.
    """
    head = _head(folder)
    if key is None:
        sentence = "The log was not checked: no key was at hand. Give it with --key-file."
        return LogState(Verdict.UNCHECKED, sentence, head=head)
    report = check(folder, key)
    if report.damage is None:
        sentence = f"The log is intact: all {report.records} records are as they were written."
        return LogState(Verdict.INTACT, sentence, report.records, head)
    where = "its head is missing, forged, or that of another log"
    if report.at is not None:
        where = f"record {report.at} (counted from 0) {_WORDS[report.damage]}"
    return LogState(Verdict.DAMAGED, f"The log is NOT intact: {where}.", report.records, head)


def _head(folder: Path) -> str:
    """Return the head in one line, to be kept where who can change the log cannot change it."""
    try:
        head = json.loads(head_bytes(folder))
        return f"{head['count']} {head['mac']}"
    except (ValueError, KeyError, TypeError):
        return ""


def records_of(folder: Path, state: LogState) -> Iterator[Fields]:
    """Yield the records; of a damaged log as many as can be read. Raises OutputError."""
    try:
        yield from read(folder)
    except LogDamaged:
        if state.verdict is not Verdict.DAMAGED:
            raise
