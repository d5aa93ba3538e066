"""The audit log: one record a line, every line a leaf of a Merkle tree with a signed head.

What it promises:

- **whole or not at all**: the records of one append are consecutive, in order, and so is a head
  that counts them, on the disk before `append` returns. Should it fail, the log is as it was;
- **any number of processes** append to one log, one at a time, in one run or in several;
- **a crash loses nothing**: records are written to the disk first, then the head. Lines after the
  last head are the remains of an interrupted append, or an addition by another hand. The next
  append seals them as they are, byte for byte, records that in a `recovery` record, and continues;
  `read` never takes such lines for records;
- **nobody without the key** can change, add, move or drop a record unnoticed, and the public key
  alone suffices to see that: `check.check` walks the whole log.

What it does not promise. The holder of the key can write any log. An *older head, put back with the
shorter log it belongs to*, shows a log that was true once: only a head kept elsewhere reveals that
(`Pin`).

An append costs what it adds: opening and appending look at the log's end alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from redactor.audit.folder import (
    FRONTIER,
    HEADS,
    LEAVES,
    LOG,
    LONGEST_LINE,
    PUBLIC,
    Files,
    Lengths,
    LogDamaged,
    LogTooNew,
    held,
    last_line,
    lines,
    read_all,
    require_private,
    save_frontier,
    write_all,
)
from redactor.audit.heads import (
    FORMAT,
    LONGEST_HEAD,
    TORN,
    Head,
    PublicKey,
    decode_head,
    decode_heads,
    format_of,
    now,
    sign_head,
    torn_lines,
)
from redactor.audit.leaves import leaves_of
from redactor.audit.merkle import HASH_BYTES, Frontier, in_pieces, leaf_hash
from redactor.audit.reading import recorded_after
from redactor.audit.records import Json, Record, RecoveryRecord, RunStart, to_fields
from redactor.errors import KeyFileError, OutputError
from redactor.files import create_private, flush_folder
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
        if (folder / LOG).exists() or any(_holds(folder / name) for name in (LEAVES, HEADS)):
            raise OutputError(f"there is an audit log in {folder} already")
        log = cls(folder, key)
        with ExitStack() as undo:
            for name, data in (
                (PUBLIC, PublicKey.of(key).pem),
                (HEADS, b""),
                (LEAVES, b""),
                (LOG, b""),
            ):
                (folder / name).unlink(missing_ok=True)  # of a creation that was interrupted
                create_private(folder / name, data)
                undo.callback((folder / name).unlink)
            with held(folder) as files:
                log._seal(files, None, Frontier())
            undo.pop_all()
        flush_folder(folder)
        return log

    @classmethod
    def open(cls, folder: Path, key: Key) -> AuditLog:
        """Return the log in a folder, the remains of an interrupted append sealed.

        Raises KeyFileError if it was written under another key, LogTooNew for a later format, and
        OutputError if there is none or its end is not sound.
        """
        log = cls(folder, key)
        with held(folder) as files:
            log._sound(files)
        return log

    def append(self, records: Iterable[Record | bytes]) -> Head:
        """Write the records to the disk: all of them or, raising OutputError, none.

        Returns the head that counts them. The log is locked while `records` are drawn, so they may
        be many, but must not read it. Bytes are records that are `encoded` already.
        """
        with held(self.folder) as files, ExitStack() as undo:
            before = self._sound(files)
            tree = self._frontier(files, before)
            undo.callback(files.cut_back, files.lengths)
            run = _write(files, tree, records)
            head = self._seal(files, before, tree, run)
            undo.pop_all()
            return head

    def length(self) -> int:
        """Return the length of the records in bytes; 0 where there is no log yet."""
        with suppress(OSError):
            return (self.folder / LOG).stat().st_size
        return 0

    def recorded_after(self, length: int, document: str) -> dict[str, Json] | None:
        """Return the last record of a document after so many bytes, as the module's function."""
        return recorded_after(self.folder, length, document)

    def _seal(
        self, files: Files, before: Head | None, tree: Frontier, run: str = "", torn: int = 0
    ) -> Head:
        """Write the head that counts all there is in a log whose records are on the disk."""
        run = run or (before.run if before else "")
        head = sign_head(self.key, before, tree, length=files.lengths.log, run=run, torn=torn)
        write_all(files.heads, head.encode() + b"\n")
        os.fsync(files.heads.fileno())
        save_frontier(self.folder, b"".join(tree.peaks))
        return head

    def _sound(self, files: Files) -> Head:
        """Return the last head, once it is ours and nothing stands after what it counts."""
        end, torn = _end_of_heads(files)
        if end == 0:
            return self._begun(files)
        head = self._head(last_line(files.heads, end))
        there = Lengths(head.length, head.size * HASH_BYTES, end)
        if files.lengths.log < there.log:
            raise LogDamaged(f"the audit log in {self.folder} was cut after it was written")
        if not _leaves_fit(files, head):
            self._rebuild(files, head)
        return head if files.lengths == there else self._recover(files, head, there, torn)

    def _begun(self, files: Files) -> Head:
        """Sign the first head of a log whose creation was interrupted."""
        if files.lengths.log or files.lengths.leaves:
            raise LogDamaged(f"the audit log in {self.folder} has records, but no head")
        files.heads.truncate(0)
        return self._seal(files, None, Frontier())

    def _head(self, line: bytes) -> Head:
        head = decode_head(line[:-1])
        if head is None:
            if format_of(line) > FORMAT:
                raise LogTooNew(f"the audit log in {self.folder} has a format of a newer version")
            raise LogDamaged(f"the last head of the audit log in {self.folder} is not sound")
        if head.key != PublicKey.of(self.key).id:
            raise KeyFileError(f"the audit log in {self.folder} was written under another key")
        if not head.is_signed(PublicKey.of(self.key)):
            raise LogDamaged(f"the last head of the audit log in {self.folder} is forged")
        return head

    def _frontier(self, files: Files, head: Head) -> Frontier:
        """Return what must be known of the tree to add to it, once it leads to the signed root."""
        saved = read_all(self.folder, FRONTIER, 64 * HASH_BYTES)
        tree = Frontier(head.size, in_pieces(saved))
        if len(saved) == head.size.bit_count() * HASH_BYTES and tree.root().hex() == head.root:
            return tree
        tree = Frontier.of(in_pieces(read_all(self.folder, LEAVES, head.size * HASH_BYTES)))
        return tree if tree.root().hex() == head.root else self._rebuild(files, head)

    def _rebuild(self, files: Files, head: Head) -> Frontier:
        """Write the leaves again from the records, if those lead to the signed root.

        Leaves are not flushed to the disk one append at a time, so a loss of power may cost some.
        """
        heads = decode_heads(read_all(self.folder, HEADS, files.lengths.heads))
        leaves = leaves_of(self.folder, head.length, torn_lines(heads)).leaves
        tree = Frontier.of(in_pieces(leaves))
        if tree.size != head.size or tree.root().hex() != head.root:
            raise LogDamaged(f"the records of the audit log in {self.folder} are not as signed")
        files.leaves.truncate(0)
        write_all(files.leaves, leaves)
        return tree

    def _recover(self, files: Files, head: Head, there: Lengths, torn_head: bytes) -> Head:
        """Seal what an interrupted append left behind, as it is, and say so in a record.

        Nothing is undone should this fail in turn: what it wrote is then part of the remains.
        """
        tree = self._frontier(files, head)
        remains, complete = _seal_remains(files, tree, there)
        lines = tree.size - head.size
        record = RecoveryRecord(
            recovered=now(),
            bytes=remains,
            lines=lines,
            torn=not complete,
            head=torn_head.hex() or None,
        )
        _write(files, tree, [record])
        files.heads.truncate(there.heads)
        return self._seal(files, head, tree, torn=lines)


def encoded(record: Record) -> bytes:
    """Return a record as its line in the log, without the line feed."""
    return rfc8785.dumps(to_fields(record))


def _holds(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _write(files: Files, tree: Frontier, records: Iterable[Record | bytes]) -> str:
    """Add a line and a leaf for each record, on the disk; return the run that began, if any did."""
    run, text, leaves = "", bytearray(), bytearray()
    for record in records:
        line = record if isinstance(record, bytes) else encoded(record)
        if len(line) >= LONGEST_LINE:
            raise OutputError("a record is too long for the audit log")
        leaf = leaf_hash(line)
        tree.add(leaf)
        text += line + b"\n"
        leaves += leaf
        if isinstance(record, RunStart):
            run = record.run
        if len(text) >= BATCH:
            _flush(files, text, leaves)
    _flush(files, text, leaves)
    os.fsync(files.log.fileno())
    return run


def _flush(files: Files, text: bytearray, leaves: bytearray) -> None:
    write_all(files.log, bytes(text))
    write_all(files.leaves, bytes(leaves))
    text.clear()
    leaves.clear()


def _end_of_heads(files: Files) -> tuple[int, bytes]:
    """Return where the last complete line of the heads ends, and what stands after it."""
    length = files.lengths.heads
    tail = last_line(files.heads, length)
    if tail.endswith(b"\n") or not tail:
        return length, b""
    if len(tail) >= LONGEST_HEAD:
        raise LogDamaged("the heads of the audit log end with what is no head")
    return length - len(tail), tail


def _leaves_fit(files: Files, head: Head) -> bool:
    """Tell whether the last leaf that a head counts is that of the last record."""
    if head.size == 0:
        return True
    line = last_line(files.log, head.length)
    files.leaves.seek((head.size - 1) * HASH_BYTES)
    return line.endswith(b"\n") and leaf_hash(line[:-1]) == files.leaves.read(HASH_BYTES)


def _seal_remains(files: Files, tree: Frontier, there: Lengths) -> tuple[int, bool]:
    """Add a leaf for each line that no head counts; return their bytes, and if they had an end."""
    remains = files.lengths.log - there.log
    files.leaves.truncate(there.leaves)
    line = b"\n"
    with os.fdopen(os.dup(files.log.fileno()), "rb") as log:
        log.seek(there.log)
        for line in lines(log, remains):
            if len(line) >= LONGEST_LINE:
                raise LogDamaged("after the last head stands what no append of ours left")
            leaf = leaf_hash(TORN + line.removesuffix(b"\n"))
            tree.add(leaf)
            write_all(files.leaves, leaf)
    if not line.endswith(b"\n"):
        write_all(files.log, b"\n")
    return remains, line.endswith(b"\n")
