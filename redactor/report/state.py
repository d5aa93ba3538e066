"""Whether a log is intact, in words. The one place of the reports that checks a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from redactor.audit import LogDamaged, PublicKey, check, read
from redactor.audit.folder import PUBLIC
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


_BACKWARDS = " Its times run backwards: the clock of the machine was wrong, or was set."


def state_of(folder: Path, key: Key | None) -> LogState:
    """Return the state of the log in a folder, checked with the key or the public key beside it.

    Raises KeyFileError if the log was written under another key, OutputError if there is none.
    """
    if key is None and not (folder / PUBLIC).is_file():
        sentence = "The log was not checked: no key was at hand. Give it with --key-file."
        return LogState(Verdict.UNCHECKED, sentence)
    report = check(folder, PublicKey.of(key) if key else PublicKey.load(folder / PUBLIC))
    head = str(report.head.pin) if report.head else ""
    odd = _BACKWARDS if report.backwards else ""
    if report.damage is not None:
        place = "" if report.at is None else f" at record {report.at} (counted from 0)"
        sentence = f"The log is NOT intact: {report.damage.value}{place}: {report.damage.sentence}."
        return LogState(Verdict.DAMAGED, sentence, report.records, head)
    if key is None:
        sentence = (
            "The log holds together under the public key that lies beside it, which proves nothing "
            f"about who wrote it: no key was at hand. Give it with --key-file.{odd}"
        )
        return LogState(Verdict.UNCHECKED, sentence, report.records, head)
    sentence = f"The log is intact: all {report.records} records are as they were written.{odd}"
    return LogState(Verdict.INTACT, sentence, report.records, head)


def records_of(folder: Path, state: LogState, key: Key | None) -> Iterator[Fields]:
    """Yield the records; of a damaged log as many as can be read. Raises OutputError."""
    try:
        yield from read(folder, key)
    except LogDamaged:
        if state.verdict is not Verdict.DAMAGED:
            raise
