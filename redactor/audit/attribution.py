"""Which document a damaged record belongs to.

A record that is gone cannot say it, and the one in its place may be of the next document. But the
records of a document are appended at once, and a head counts them: what stands between two heads
belongs together. So a document is named by the neighbours that the same head counts, if they agree;
that of a record that was put in, or moved, by the record itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from redactor.audit.damage import Damage, LogReport
from redactor.audit.folder import lines, open_to_read
from redactor.audit.heads import Head
from redactor.audit.reading import parse
from redactor.audit.records import DocumentRecord, Json
from redactor.model import Status

_Record: TypeAlias = Mapping[str, Json]

# A document id; anything else in a damaged record is not shown.
_DOCUMENT = re.compile("[0-9a-f]{1,64}")

_ALONE = frozenset(  # no other record is about these
    one.value for one in (Status.FAILED, Status.EXCLUDED, Status.WITHDRAWN)
)


def document_of(
    folder: Path, length: int, report: LogReport, heads: Sequence[Head], found: int
) -> str | None:
    """Return the document of the first bad record of a log, or None where that is unknown.

    `found` is the number of lines in the log.
    """
    at = report.at or 0
    before, own, after = _around(folder, length, at)
    start, end = _append(heads, at)
    last = _named(before) if at > start and not _is_alone(before) else None
    if report.damage is Damage.EDITED and report.until is None:
        first = _named(after) if at + 1 < end and not _begins(after) else None
        return _agreed(None if _begins(own) else last, first) or _named(own)
    if report.damage in {Damage.DROPPED, Damage.TRUNCATED} and report.until is None:
        gone = max(1, heads[-1].size - found)
        return _agreed(last, _named(own) if at + gone < end and not _begins(own) else None)
    return _named(own) or _named(before)


def _agreed(last: str | None, first: str | None) -> str | None:
    return (last or first) if None in {last, first} or last == first else None


def _append(heads: Sequence[Head], at: int) -> tuple[int, int]:
    """Return the first record of the append that a record was in, and that of the next append."""
    number = bisect_right(heads, at, key=lambda head: head.size)
    start = heads[number - 1].size if number else 0
    return start, heads[number].size if number < len(heads) else start


def _around(folder: Path, length: int, at: int) -> tuple[_Record, _Record, _Record]:
    """Return the records before a place, at it, and after it; empty ones for what is none."""
    with open_to_read(folder) as file:
        read = [parse(line) or {} for line in islice(lines(file, length), max(0, at - 1), at + 2)]
    three: list[_Record] = [*([] if at else [{}]), *read, {}, {}, {}]
    return three[0], three[1], three[2]


def _begins(record: _Record) -> bool:
    """Tell whether a record is the first of its document."""
    return record.get("type") == DocumentRecord.type


def _is_alone(record: _Record) -> bool:
    """Tell whether a record is the only one of its document."""
    return _begins(record) and record.get("status") in _ALONE


def _named(record: _Record) -> str | None:
    document = record.get("document")
    return document if isinstance(document, str) and _DOCUMENT.fullmatch(document) else None
