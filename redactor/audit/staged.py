"""Records on their way to the log: a task's own, a file for each document, until they are accepted.

Who may append to a log is on one machine. A task on another one writes what it would append into a
folder of its own (mode 0700), as the very lines of the log, and whoever has the log appends them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from redactor.audit.folder import LogDamaged
from redactor.audit.log import encoded
from redactor.audit.reading import parse
from redactor.audit.records import DocumentRecord, Json, Record
from redactor.files import replace_private


@dataclass(frozen=True, slots=True)
class StagedRecords:
    """The records of documents in a folder, whole or not at all. Picklable."""

    folder: Path

    def append(self, records: Iterable[Record | bytes]) -> None:
        """Add the records of one document to those that it has here."""
        lines = [one if isinstance(one, bytes) else encoded(one) for one in records]
        if lines:
            path = self._path(str(record_of(lines[0])["document"]))
            written = path.read_bytes() if path.exists() else b""
            replace_private(path, written + b"".join(line + b"\n" for line in lines))

    def length(self) -> int:
        """Return 0: `recorded_after` looks at all that a document has here."""
        return 0

    def recorded_after(self, _: int, document: str) -> dict[str, Json] | None:
        """Return the last record of a document that says what became of it."""
        records = [record_of(line) for line in self._lines(document)]
        ours = [one for one in records if one["type"] == DocumentRecord.type]
        return ours[-1] if ours else None

    def take(self, document: str) -> tuple[bytes, ...]:
        """Return the lines of a document, which are here no more."""
        lines = self._lines(document)
        with suppress(OSError):  # the whole folder is deleted at the end of the run
            self._path(document).unlink()
        return lines

    def _lines(self, document: str) -> tuple[bytes, ...]:
        path = self._path(document)
        return tuple(path.read_bytes().splitlines()) if path.exists() else ()

    def _path(self, document: str) -> Path:
        return self.folder / f"{document}.jsonl"


def record_of(line: bytes) -> dict[str, Json]:
    """Return the record that a line holds. Raises LogDamaged."""
    record = parse(line)
    if record is None or not {"type", "document"} <= record.keys():
        raise LogDamaged("what a task recorded is no record of a document")
    return record
