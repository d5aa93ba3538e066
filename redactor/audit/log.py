"""The audit log: one sealed record a line, and a sealed head that counts them.

What it promises:

- **whole or not at all**: the records of one append stand together, in order, on the disk before
  `append` returns. Should it fail, the log is as it was. Only a crash can leave a torn end, and
  that is never dropped in silence: such a log takes no more records;
- **any number of processes** append to one log, one at a time;
- **nobody without the key** can change, add, move or drop a record unnoticed: see `chain`.

What it does not promise. Whoever holds the key can write any log. Records after the head come
from an append that never returned (a crash between the two writes): they are genuine, but cutting
them off does not show. And whoever puts back an *older head with the shorter log it belongs to*
shows a log that was true once: only a head kept elsewhere tells. `head.json` may be published.

Verified end to end is the log by `walk.check`; opening and appending look at its end alone.

This module is the seam behind which a signed Merkle log will stand (RFC 9162): the records,
`AuditLog`, `read` and `check` stay, the chain and the head change.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import Timeout

from redactor.audit.chain import LONGEST_LINE, START, Head, decode_head, decode_line, seal_line
from redactor.audit.folder import (
    HEAD,
    LOG,
    LogDamaged,
    head_bytes,
    last_line,
    lock,
    open_to_append,
    require_log,
    require_private,
    size,
)
from redactor.audit.records import Record, to_fields
from redactor.audit.walk import refuse_wrong_key
from redactor.errors import OutputError
from redactor.files import create_private, replace_private
from redactor.keys import Key

BATCH = 1 << 20  # bytes gathered before they go to the file


@dataclass(frozen=True, slots=True)
class AuditLog:
    """A log to append to. It holds no open file, so it can be handed to any process."""

    folder: Path
    key: Key

    @classmethod
    def create(cls, folder: Path, key: Key) -> AuditLog:
        """Start an empty log; OutputError if the folder has one or is open to others."""
        require_private(folder)
        if (folder / HEAD).exists():
            raise OutputError(f"there is an audit log in {folder} already")
        with ExitStack() as undo:
            create_private(folder / LOG, b"")
            undo.callback((folder / LOG).unlink)
            create_private(folder / HEAD, START.encode(key))
            undo.pop_all()
        return cls(folder, key)

    @classmethod
    def open(cls, folder: Path, key: Key) -> AuditLog:
        """Return the log in a folder.

        Raises KeyFileError if it was written under another key, and OutputError if there is none
        or its end is not sound.
        """
        log = cls(folder, key)
        with _held(folder) as file:
            log._end(file)
        return log

    def append(self, records: Iterable[Record]) -> None:
        """Write the records to the disk: all of them or, raising OutputError, none.

        The log is locked while `records` are drawn, so they may be many, but must not read it.
        """
        with _held(self.folder) as file, ExitStack() as undo:
            end = self._end(file)
            undo.callback(_cut_back, self.folder, file, size(file), head_bytes(self.folder))
            end = self._write(file, end, records)
            replace_private(self.folder / HEAD, end.encode(self.key))
            undo.pop_all()

    def _end(self, file: BinaryIO) -> Head:
        """Return the log's true end, once it is sound and the head does not count past it."""
        head = self._head()
        end = self._last(file)
        if end.count < head.count or (end.count == head.count and end.mac != head.mac):
            raise LogDamaged(f"the audit log in {self.folder} was cut after it was written")
        return end

    def _head(self) -> Head:
        head = decode_head(head_bytes(self.folder), self.key)
        if head is None:
            refuse_wrong_key(self.folder, self.key)
            raise LogDamaged(f"the head of the audit log in {self.folder} is missing or forged")
        return head

    def _last(self, file: BinaryIO) -> Head:
        data = last_line(file)
        if not data:
            return START
        line = decode_line(data)
        if line is None or not line.is_genuine(self.key):
            state = "was edited" if data.endswith(b"\n") else "is torn"
            raise LogDamaged(f"the last record of the audit log in {self.folder} {state}")
        return line.end

    def _write(self, file: BinaryIO, end: Head, records: Iterable[Record]) -> Head:
        """Add a line for each record and return the new end."""
        batch = bytearray()
        for record in records:
            line = seal_line(self.key, end, to_fields(record))
            batch += _bounded(line.encode())
            end = line.end
            if len(batch) >= BATCH:
                _write_all(file, batch)
                batch.clear()
        _write_all(file, batch)
        os.fsync(file.fileno())
        return end


@contextmanager
def _held(folder: Path) -> Iterator[BinaryIO]:
    """Yield the log, opened for appending, while no other process has it."""
    require_log(folder)
    try:
        with lock(folder), open_to_append(folder) as file:
            yield file
    except Timeout:
        raise OutputError(f"the audit log in {folder} is locked by another process") from None
    except NotImplementedError:
        raise OutputError(f"{folder} is on a disk without file locks") from None
    except OSError as error:
        raise OutputError(f"cannot write the log in {folder}: {error.strerror}") from None


def _cut_back(folder: Path, file: BinaryIO, length: int, head: bytes) -> None:
    """Undo a failed append, unless the new head came through: then the records stand."""
    if head_bytes(folder) == head:
        file.truncate(length)
        os.fsync(file.fileno())


def _write_all(file: BinaryIO, data: bytearray) -> None:
    """Write to an unbuffered file, which may take less than it is given."""
    rest = memoryview(bytes(data))
    while rest:
        rest = rest[file.write(rest) :]


def _bounded(data: bytes) -> bytes:
    if len(data) > LONGEST_LINE:
        raise OutputError("a record is too long for the audit log")
    return data
