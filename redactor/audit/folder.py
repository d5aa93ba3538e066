"""The files of an audit folder, and how they are opened: privately, and never through a link.

`audit.jsonl` has the records, `head.json` says how many, `audit.lock` is held by who appends. The
folder has mode 0700 and each file 0600.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from redactor.audit.chain import LONGEST_HEAD, LONGEST_LINE
from redactor.errors import OutputError
from redactor.files import PRIVATE, PRIVATE_FOLDER

LOG = "audit.jsonl"
HEAD = "head.json"
LOCK = "audit.lock"
LOCK_SECONDS = 300.0  # an append takes milliseconds: this long means a process that stands still
POLL_SECONDS = 0.01
OTHERS = 0o077  # the mode bits of everybody but the owner


class LogDamaged(OutputError):
    """A log that is not as it was written: cut, torn, edited, or without its head."""

    hint = "Keep it as evidence, and run again with a new audit folder."


def require_private(folder: Path) -> None:
    """Make the folder, or refuse one that others may enter."""
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
    except OSError as error:
        raise OutputError(f"cannot create the folder {folder}: {error.strerror}") from None
    if os.name == "posix" and mode & OTHERS:
        raise OutputError(f"{folder} is open to others: an audit folder has mode 0700")


def require_log(folder: Path) -> None:
    """Raise OutputError if the folder has no log."""
    if not (folder / LOG).is_file():
        raise OutputError(f"there is no audit log in {folder}")


def lock(folder: Path) -> FileLock:
    """Return the lock that whoever appends must hold; it ends with the process at the latest."""
    return FileLock(folder / LOCK, LOCK_SECONDS, PRIVATE, poll_interval=POLL_SECONDS)


def open_to_append(folder: Path) -> BinaryIO:
    """Open the log without a buffer, so that what is written is what the file has."""
    return os.fdopen(_descriptor(folder, os.O_RDWR | os.O_APPEND), "r+b", buffering=0)


def open_to_read(folder: Path) -> BinaryIO:
    """Open the log; OutputError if it cannot be read."""
    try:
        return os.fdopen(_descriptor(folder, os.O_RDONLY), "rb")
    except OSError as error:
        raise OutputError(f"cannot read the log in {folder}: {error.strerror}") from None


def _descriptor(folder: Path, flags: int) -> int:
    return os.open(folder / LOG, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))


def head_bytes(folder: Path) -> bytes:
    """Return the head as it stands, or nothing where there is none."""
    try:
        with (folder / HEAD).open("rb") as file:
            return file.read(LONGEST_HEAD)
    except OSError:
        return b""


def at_rest(folder: Path) -> tuple[bytes, int]:
    """Return the head's bytes and the log's length at a moment when nobody appends."""
    require_log(folder)
    with ExitStack() as locks:
        # An archived log may lie where no lock can be made; nobody appends there either.
        with suppress(OSError, NotImplementedError):
            locks.enter_context(lock(folder))
        return head_bytes(folder), (folder / LOG).stat().st_size


def lines(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield the lines of the first `length` bytes; one longer than any of ours comes in pieces."""
    while length > 0 and (data := file.readline(min(length, LONGEST_LINE))):
        length -= len(data)
        yield data


def last_line(file: BinaryIO) -> bytes:
    """Return the last line, or as much of its end as a line of ours can have."""
    length, window = size(file), 1 << 12
    while True:
        file.seek(max(0, length - window))
        tail = file.read(window)
        cut = tail.rfind(b"\n", 0, -1)
        if cut >= 0 or window >= min(length, LONGEST_LINE):
            return tail[cut + 1 :]
        window *= 4


def size(file: BinaryIO) -> int:
    """Return the length of an open file."""
    return os.fstat(file.fileno()).st_size
