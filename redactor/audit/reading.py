"""Reading a log's records, oldest first. Proves nothing: `check.check` does."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

from redactor.audit.details import Details, DetailsLocked, completed, details_of, kept_records
from redactor.audit.folder import (
    HEADS,
    LEAVES,
    LOG,
    VAULT,
    LogDamaged,
    LogTooNew,
    NothingRecorded,
    at_rest,
    last_line,
    lines,
    open_to_read,
    read_all,
    size,
)
from redactor.audit.heads import (
    LONGEST_HEAD,
    Head,
    decode_head,
    decode_heads,
    format_of,
    torn_lines,
)
from redactor.audit.records import (
    RECORDS_FORMAT,
    DetailsRecord,
    DocumentRecord,
    Json,
    RedactionRecord,
)
from redactor.errors import OutputError
from redactor.keys import Key


def read(folder: Path, key: Key | None = None) -> Iterator[dict[str, Json]]:
    """Yield the records of a log, oldest first, as `to_fields` made them.

    With the key, redaction records have their sealed fields, and those that are in the details
    alone follow the others of their document; there are no details records then.

    Needs no key, so it cannot know who wrote them: `check` first. What an interrupted append left
    is not yielded, nor what no head counts (unless no head can be read). Raises LogDamaged at a
    line that is no record, or details that the key does not open, LogTooNew for a later format,
    OutputError if there is no log.
    """
    return _read(folder) if key is None else _opened(folder, key)


def _opened(folder: Path, key: Key) -> Iterator[dict[str, Json]]:
    details, document = Details(), None
    for record in _read(folder):
        if record["type"] == RedactionRecord.type:
            yield completed(record, details)
            continue
        yield from kept_records(document, details)
        details, document = Details(), record.get("document")
        if record["type"] != DetailsRecord.type:
            yield record
            continue
        try:
            details = details_of(key, record)
        except DetailsLocked:
            raise LogDamaged(f"the audit log in {folder} has details of another key") from None
    yield from kept_records(document, details)


def _read(folder: Path) -> Iterator[dict[str, Json]]:
    return (_record(line, folder) for _, line in _lines(folder))


def numbered(folder: Path, kinds: Collection[str]) -> Iterator[tuple[int, dict[str, Json]]]:
    """Yield the records of some kinds with the numbers of their lines, oldest first, from 0.

    Others are not even parsed: a log is mostly redactions. Raises as `read` does, of those.
    """
    signs = tuple(f'"type":"{kind}"'.encode() for kind in kinds)  # in canonical JSON, unescaped
    for number, line in _lines(folder):
        if any(sign in line for sign in signs):
            record = _record(line, folder)
            if record["type"] in kinds:
                yield number, record


def _lines(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that heads count, with their numbers, without what is sealed as torn."""
    lengths = at_rest(folder)
    torn, last = _torn_and_last(folder)
    end = last.size if last else None
    with open_to_read(folder) as file:
        for number, line in zip(count(), lines(file, lengths.log), strict=False):
            if number == end:
                return
            if number not in torn:
                yield number, line


def recorded_after(folder: Path, length: int, document: str) -> dict[str, Json] | None:
    """Return the last record of a document among those that were appended to `length` bytes.

    What an interrupted append left is none. Raises as `read` does.
    """
    heads = heads_of(folder)
    before = max((one for one in heads if one.length <= length), key=_size, default=None)
    torn, found = torn_lines(heads), None
    if before is None or before.size == heads[-1].size:
        return None
    with open_to_read(folder) as file:
        file.seek(before.length)
        added = lines(file, heads[-1].length - before.length)
        for number, line in enumerate(added, before.size):
            record = {} if number in torn else _record(line, folder)
            if record.get("type") == DocumentRecord.type and record.get("document") == document:
                found = record
    return found


def _size(head: Head) -> int:
    return head.size


def require_begun(folder: Path) -> None:
    """Raise OutputError if there is no such folder, NothingRecorded if it has no trace of a record.

    The files of a log are created one by one, so after a crash any of them may be missing or empty.
    Where one tells of a record (a line, a leaf, a head that counts one, a sealed slot), `check`
    says what is wrong.
    """
    if not folder.is_dir():
        raise OutputError(f"there is no audit log in {folder}")
    if not (_traces_of_records(folder) or _slots(folder / VAULT)):
        raise NothingRecorded(
            f"{folder} holds no record: the run was broken off before it recorded anything"
        )


def _traces_of_records(folder: Path) -> bool:
    if read_all(folder, LOG, 1) or read_all(folder, LEAVES, 1):
        return True
    written = read_all(folder, HEADS, 2 * LONGEST_HEAD)
    heads = decode_heads(written)
    return written.count(b"\n") != len(heads) or any(head.size for head in heads)


def _slots(vault: Path) -> bool:
    return vault.is_dir() and any(vault.iterdir())


def each_head(folder: Path) -> Iterator[Head]:
    """Yield the heads that can be read, oldest first; whether they are signed is not asked.

    There is one for each document: a log of a million is read in little memory.
    """
    length = at_rest(folder).heads
    if not (folder / HEADS).is_symlink() and not (folder / HEADS).exists():
        return
    with open_to_read(folder, HEADS) as file:
        for line in lines(file, length):
            if line.endswith(b"\n") and (head := decode_head(line.removesuffix(b"\n"))):
                yield head


def heads_of(folder: Path) -> list[Head]:
    """Return the heads that can be read, oldest first, as `each_head` yields them."""
    return list(each_head(folder))


def _torn_and_last(folder: Path) -> tuple[frozenset[int], Head | None]:
    """Return the numbers of the lines that are sealed as torn, and the last head."""
    last: list[Head] = []

    def passing() -> Iterator[Head]:
        for head in each_head(folder):
            last[:] = [head]
            yield head

    torn = torn_lines(passing())
    return torn, last[0] if last else None


def last_head(folder: Path) -> Head | None:
    """Return the last head that can be read, if there is one; whether it is signed is not asked."""
    with suppress(OutputError), open_to_read(folder, HEADS) as file:
        return decode_head(last_line(file, size(file)).removesuffix(b"\n"))
    return None


def sealed_lines(folder: Path) -> int:
    """Return how many lines of a log are sealed as the remains of interrupted appends."""
    return sum(head.torn for head in each_head(folder))


def _record(line: bytes, folder: Path) -> dict[str, Json]:
    record = parse(line)
    if record is None or not isinstance(record.get("type"), str):
        raise LogDamaged(f"the audit log in {folder} has a line that is no record")
    if record["type"] == "run-start" and format_of(line) > RECORDS_FORMAT:
        raise LogTooNew(f"the audit log in {folder} has a format of a newer version")
    return record


def parse(line: bytes) -> dict[str, Json] | None:
    """Return the JSON object of a line, or None. Malformed bytes are never quoted."""
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
