"""The files of an audit folder, and how they are opened: privately, and never through a link.

`audit.jsonl` has the records, `leaves.bin` their hashes, `heads.jsonl` the signed heads,
`audit.pub` the public key; `audit.lock` is held by who appends, and `frontier.bin` saves who
appends a walk over all leaves (it is believed only where it leads to the signed root). The folder
has mode 0700 and each file 0600.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from redactor.errors import InputError, OutputError
from redactor.files import PRIVATE, PRIVATE_FOLDER

# The names of the files, which are part of the log's format: see the module.
LOG = "audit.jsonl"
LEAVES = "leaves.bin"
HEADS = "heads.jsonl"
PUBLIC = "audit.pub"
FRONTIER = "frontier.bin"
VAULT = "vault"
STAGING = "staging"  # copies and records that tasks on other machines made, until they are accepted
LOCK = "audit.lock"
LOG_FILES = (LOG, LEAVES, HEADS, PUBLIC, FRONTIER, LOCK)
LONGEST_LINE = 1 << 20  # bytes, line end included; a record that needs more is refused
LOCK_SECONDS = 300.0  # an append takes milliseconds: this long means a process that stands still
POLL_SECONDS = 0.01  # between two attempts to lock: an append takes milliseconds
OTHERS = 0o077  # the mode bits of everybody but the owner


class LogDamaged(OutputError):
    """A log that is not as it was written: cut, edited, or without its heads."""

    hint = "Keep it as evidence (`redactor audit verify` says more), and use a new audit folder."


class NothingRecorded(OutputError):
    """A log without a record: its run was broken off before the first one."""

    hint = (
        "If the output folder holds copies all the same, the log was taken away: keep both as "
        "evidence. If not, delete both folders and run again."
    )


class LogTooNew(InputError):
    """A log in a format that this version does not know."""

    hint = "Read it with the version of redactor that wrote it, or a newer one."


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the three files of a log are, in bytes."""

    log: int
    leaves: int
    heads: int


@dataclass(frozen=True, slots=True)
class Files:
    """A log's three files, opened for appending, without buffers: what is written is there."""

    log: BinaryIO
    leaves: BinaryIO
    heads: BinaryIO

    @property
    def lengths(self) -> Lengths:
        """Return how long the files are now."""
        return Lengths(size(self.log), size(self.leaves), size(self.heads))

    def cut_back(self, to: Lengths) -> None:
        """Make the files as short as they were, the heads first: no head outlives its records."""
        for file, length in ((self.heads, to.heads), (self.leaves, to.leaves), (self.log, to.log)):
            file.truncate(length)
            os.fsync(file.fileno())


def require_private(folder: Path) -> None:
    """Make the folder, or refuse one that others may enter."""
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        mode = folder.stat().st_mode
    except OSError as error:
        raise OutputError(f"cannot create the folder {folder}: {error.strerror}") from None
    if mode & OTHERS:
        raise OutputError(f"{folder} is open to others: an audit folder has mode 0700")


def require_log(folder: Path) -> None:
    """Raise OutputError if the folder has no log."""
    if not (folder / LOG).is_file():
        raise OutputError(f"there is no audit log in {folder}")


def lock(folder: Path) -> FileLock:
    """Return the lock that whoever appends must hold; it ends with the process at the latest."""
    return FileLock(folder / LOCK, LOCK_SECONDS, PRIVATE, poll_interval=POLL_SECONDS)


@contextmanager
def held(folder: Path) -> Iterator[Files]:
    """Yield the files of a log, opened for appending, while no other process has them."""
    require_log(folder)
    try:
        with lock(folder), ExitStack() as opened:
            yield Files(
                *(opened.enter_context(_appending(folder, n)) for n in (LOG, LEAVES, HEADS))
            )
    except Timeout:
        raise OutputError(f"the audit log in {folder} is locked by another process") from None
    except NotImplementedError:
        raise OutputError(f"{folder} is on a disk without file locks") from None
    except OSError as error:
        raise OutputError(f"cannot write the log in {folder}: {error.strerror}") from None


def _appending(folder: Path, name: str) -> BinaryIO:
    try:
        descriptor = _descriptor(folder / name, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:
        raise LogDamaged(f"the audit log in {folder} has no {name}") from None
    return os.fdopen(descriptor, "r+b", buffering=0)


def open_to_read(folder: Path, name: str = LOG) -> BinaryIO:
    """Open a file of the log; OutputError if it cannot be read."""
    try:
        return os.fdopen(_descriptor(folder / name, os.O_RDONLY), "rb")
    except OSError as error:
        raise OutputError(f"cannot read {name} in {folder}: {error.strerror}") from None


def _descriptor(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def read_all(folder: Path, name: str, length: int) -> bytes:
    """Return the first bytes of a file of the log; nothing where there is no such file."""
    if not (folder / name).is_symlink() and not (folder / name).exists():
        return b""
    with open_to_read(folder, name) as file:
        return file.read(length)


def save_frontier(folder: Path, data: bytes) -> None:
    """Write `frontier.bin`; where that fails, the next append walks over the leaves."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with suppress(OSError), os.fdopen(os.open(folder / FRONTIER, flags, PRIVATE), "wb") as file:
        file.write(data)


def at_rest(folder: Path) -> Lengths:
    """Return the lengths of a log's files at a moment when nobody appends."""
    require_log(folder)
    with ExitStack() as locks:
        # An archived log may lie where no lock can be made; nobody appends there either.
        with suppress(OSError, NotImplementedError):
            locks.enter_context(lock(folder))
        return Lengths(*(_length(folder / name) for name in (LOG, LEAVES, HEADS)))


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def lines(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield the lines of the first `length` bytes; one longer than any of ours comes in pieces."""
    while length > 0 and (data := file.readline(min(length, LONGEST_LINE))):
        length -= len(data)
        yield data


def last_line(file: BinaryIO, end: int) -> bytes:
    """Return the line that ends at a position, or as much of it as a line of ours can have."""
    window = 1 << 12
    while True:
        start = max(0, end - window)
        file.seek(start)
        tail = _read(file, end - start)
        cut = tail.rfind(b"\n", 0, -1)
        if cut >= 0 or window >= min(end, LONGEST_LINE):
            return tail[cut + 1 :]
        window *= 4


def _read(file: BinaryIO, length: int) -> bytes:
    """Read from an unbuffered file, which may give less than it is asked for."""
    pieces: list[bytes] = []
    while length > 0 and (piece := file.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write to an unbuffered file, which may take less than it is given."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def size(file: BinaryIO) -> int:
    """Return the length of an open file."""
    return os.fstat(file.fileno()).st_size
