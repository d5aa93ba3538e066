"""Walking a log from its first line: to read it, or to say where it was first tampered with.

A line that is genuine (sealed under the key) but stands in the wrong place is DROPPED or
REORDERED, by whether the one it displaced comes later; one that is not genuine is EDITED, whatever
was done to it. Damage to a record is reported before damage to the head, which names no record.
The walk holds one line at a time, and no line of any length makes it hold more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from redactor.audit.canonical import Json
from redactor.audit.chain import LONGEST_LINE, START, Head, Line, decode_head, decode_line
from redactor.audit.folder import LogDamaged, at_rest, lines, open_to_read
from redactor.audit.records import RunStart
from redactor.errors import KeyFileError
from redactor.keys import Key


class Damage(Enum):
    """What is wrong with a log, told by its first bad record."""

    EDITED = "edited"  # not what was written: no record of ours, or not under this key
    DROPPED = "dropped"  # gone, and a later record stands in its place
    REORDERED = "reordered"  # in another place: swapped, repeated, or from another log
    TRUNCATED = "truncated"  # gone, like all after it: the head counts more records
    TORN = "torn"  # the last line has no end
    HEAD = "head"  # the records are sound, but the head is missing, forged, or not theirs


@dataclass(frozen=True, slots=True)
class LogReport:
    """What `check` found: so many sound `records`, then, if any, `damage` to record `at`.

    `after_head` of the sound records are not yet counted by the head, which is no damage: a crash
    came between the two writes. `at` is None for damage to the head itself.
    """

    records: int
    after_head: int = 0
    damage: Damage | None = None
    at: int | None = None


def read(folder: Path) -> Iterator[dict[str, Json]]:
    """Yield the records of a log, oldest first, as `to_fields` made them.

    Proves nothing: it needs no key, so it cannot know who wrote them. `check` first. Raises
    LogDamaged at a line that is no record, OutputError if there is no log.
    """
    _, length = at_rest(folder)
    with open_to_read(folder) as file:
        for data in lines(file, length):
            line = decode_line(data)
            if line is None:
                raise LogDamaged(f"the audit log in {folder} has a line that is no record")
            yield dict(line.record)


def check(folder: Path, key: Key) -> LogReport:
    """Walk the whole log and report the first damage, if there is any.

    Raises KeyFileError if the log was written under another key, OutputError if there is none.
    """
    head_bytes, length = at_rest(folder)
    head = decode_head(head_bytes, key)
    if head is None:
        refuse_wrong_key(folder, key)
    with open_to_read(folder) as file:
        rest = lines(file, length)
        report = _walk(rest, key, head)
        if report.damage is Damage.DROPPED and _occurs(report.at, rest):
            return replace(report, damage=Damage.REORDERED)
    return report


def refuse_wrong_key(folder: Path, key: Key) -> None:
    """Raise KeyFileError if the first record names another key and is not genuine under this one.

    To be asked only where the head does not prove the key right: else the record was edited.
    """
    with open_to_read(folder) as file:
        line = decode_line(file.readline(LONGEST_LINE))
    if line is None or line.is_genuine(key) or line.record.get("type") != RunStart.type:
        return
    if line.record.get("key_id") != key.id:
        raise KeyFileError(f"the audit log in {folder} was written under another key")


def _walk(rest: Iterator[bytes], key: Key, head: Head | None) -> LogReport:
    end, sealed = START, head == START
    for data in rest:
        line = decode_line(data)
        damage = _damage(data, line, end, key)
        if line is None or damage is not None:
            return LogReport(end.count, _beyond(end, head), damage, end.count)
        end = line.end
        sealed = sealed or head == end
    if head is not None and head.count > end.count:
        return LogReport(end.count, 0, Damage.TRUNCATED, end.count)
    return LogReport(end.count, _beyond(end, head), None if sealed else Damage.HEAD)


def _damage(data: bytes, line: Line | None, end: Head, key: Key) -> Damage | None:
    """Return what is wrong with the bytes that stand after `end`."""
    if not data.endswith(b"\n"):  # the end of the file, or a line longer than any of ours
        return Damage.TORN if len(data) < LONGEST_LINE else Damage.EDITED
    if line is None or not line.is_genuine(key):
        return Damage.EDITED
    if line.n > end.count:
        return Damage.DROPPED
    return None if (line.n, line.prev) == (end.count, end.mac) else Damage.REORDERED


def _beyond(end: Head, head: Head | None) -> int:
    return max(0, end.count - head.count) if head else 0


def _occurs(n: int | None, rest: Iterator[bytes]) -> bool:
    decoded = (decode_line(data) for data in rest)
    return any(line is not None and line.n == n for line in decoded)
