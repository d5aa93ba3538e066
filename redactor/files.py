"""Files, the careful way: private and atomic output, digests, and paths that stay in their tree.

The laws:

- a copy appears under its name whole or not at all: it is written to a draft of mode 0600 in the
  same folder, flushed to the disk, and moved over by `os.replace`;
- where the system offers nameless files (Linux), the draft has no name until it is published, so
  that not even `kill -9` leaves one behind; elsewhere a stale draft is a hidden file, mode 0600;
- a source is opened for reading only, and one that changes while it is read is an error;
- no link of a source folder is followed out of that folder, and none at all that was put there
  after the folder was listed (`redactor.folders`).
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from redactor.errors import (
    InputError,
    LimitExceeded,
    OutputError,
    SourceChanged,
    UnsupportedFormat,
    UsageError,
)
from redactor.folders import held_folder, is_link, open_folder, open_listed, open_unfollowed
from redactor.model import SourcePath

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
CHUNK = 1 << 20

SPOOLED = 8 << 20
"""Bytes that a spool keeps in memory; more of them go to a nameless file."""


class Draft:
    """A private file that becomes `target` when `publish` is called, and vanishes otherwise.

    Use it as a context manager. Every failure to write is an OutputError that names the target.
    """

    def __init__(self, target: Path, *, below: Path | None = None) -> None:
        """Take the target, and the folder below which no link leads to it and folders are made."""
        self.target = target
        self._below = below
        self._hidden = f".redactor-{secrets.token_hex(8)}.draft"
        self._nameless = False
        self._folder: int
        self._file: BinaryIO

    def __enter__(self) -> Self:
        """Open the draft, nameless where the system can."""
        with _writing(self.target):
            with suppress(FileNotFoundError):  # no folders are made for what has too long a path
                os.lstat(self.target)
            self._folder = _parent(self.target, self._below, make=True)
            try:
                self._file = os.fdopen(self._open(), "w+b")
            except OSError:
                os.close(self._folder)
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the draft; without a `publish` before, nothing of it is left."""
        with suppress(OSError):  # what could not be flushed was reported by `write` or `publish`
            self._file.close()
        with suppress(OSError):
            os.unlink(self._hidden, dir_fd=self._folder)
        os.close(self._folder)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC
        if hasattr(os, "O_TMPFILE"):
            with suppress(OSError):  # a file system without nameless files
                descriptor = os.open(".", flags | os.O_TMPFILE, PRIVATE, dir_fd=self._folder)
                self._nameless = True
                return descriptor
        return os.open(self._hidden, flags | os.O_CREAT | os.O_EXCL, PRIVATE, dir_fd=self._folder)

    def write(self, data: bytes) -> None:
        """Append to the draft."""
        with _writing(self.target):
            self._file.write(data)

    def clear(self) -> None:
        """Throw away what was written so far."""
        with _writing(self.target):
            self._file.seek(0)
            self._file.truncate()

    def read_back(self) -> BinaryIO:
        """Open what was written so far for an independent reading."""
        with _writing(self.target):
            self._file.flush()
            flags = os.O_RDONLY | os.O_CLOEXEC
            if self._nameless:
                return os.fdopen(os.open(self._path, flags), "rb")
            flags |= os.O_NOFOLLOW
            return os.fdopen(os.open(self._hidden, flags, dir_fd=self._folder), "rb")

    @property
    def _path(self) -> str:
        return f"/proc/self/fd/{self._file.fileno()}"

    def publish(self, mode: int = PRIVATE, *, new: bool = False) -> None:
        """Flush to the disk and put the draft under the target's name, with that mode.

        A `new` one takes no other file's place: OutputError if there is one.
        """
        with _writing(self.target):
            self._file.flush()
            os.fchmod(self._file.fileno(), mode)
            os.fsync(self._file.fileno())
            if self._nameless:
                # It can be linked but not moved, so it is hidden for a moment, complete. Without a
                # `src_dir_fd` Python would link the symbolic link in /proc itself.
                self._link(self._path, self._hidden, src_dir_fd=self._file.fileno())
            if new:
                self._link(self._hidden, self.target.name, src_dir_fd=self._folder)
            else:
                os.replace(
                    self._hidden,
                    self.target.name,
                    src_dir_fd=self._folder,
                    dst_dir_fd=self._folder,
                )
            _flush_names(self._folder)

    def _link(self, source: str, name: str, *, src_dir_fd: int) -> None:
        os.link(source, name, src_dir_fd=src_dir_fd, dst_dir_fd=self._folder)


def _parent(target: Path, below: Path | None, *, make: bool = False) -> int:
    """Return the descriptor of a file's folder, for the caller to close. Raises OSError."""
    if below is None:
        return open_folder(target.parent)
    return open_folder(below, target.relative_to(below).parts[:-1], make=make)


def publish_draft(draft: Path, target: Path, *, below: Path | None = None) -> None:
    """Move a finished draft from another folder over a target; across disks it is copied first.

    Folders are made as for a `Draft`. Raises OutputError.
    """
    with _writing(target):
        folder = _parent(target, below, make=True)
        try:
            os.replace(draft, target.name, dst_dir_fd=folder)
            _flush_names(folder)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy_over(draft, target, below)
        finally:
            os.close(folder)


def _copy_over(draft: Path, target: Path, below: Path | None) -> None:
    with draft.open("rb") as file, Draft(target, below=below) as copy:
        while data := file.read(CHUNK):
            copy.write(data)
        copy.publish(stat.S_IMODE(os.fstat(file.fileno()).st_mode))


def delete_copy(target: Path, *, below: Path | None = None) -> None:
    """Delete a file, if there is one. Raises OutputError if it is still there.

    No link on the way from `below` is followed; a folder in its place is no copy, and stays.
    """
    with _writing(target, "delete"), suppress(FileNotFoundError, NotADirectoryError):
        folder = _parent(target, below)
        try:
            if not stat.S_ISDIR(os.lstat(target.name, dir_fd=folder).st_mode):
                os.unlink(target.name, dir_fd=folder)
        except OSError as error:
            if error.errno != errno.ENAMETOOLONG:
                raise
        finally:
            os.close(folder)


class Spool:
    """Private storage that leaves nothing behind: memory, and a nameless file for what is larger.

    Use it as a context manager. It holds text of documents: members on their way into a container,
    findings on their way into the log.
    """

    def __init__(self) -> None:
        self._memory: io.BytesIO | None = io.BytesIO()
        self._file: IO[bytes] | None = None
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what was stored."""
        if self._file is not None:
            self._file.close()
        self._memory = self._file = None

    def write(self, data: bytes) -> None:
        """Append bytes. Raises OutputError where the disk is full."""
        self.size += len(data)
        if self._memory is not None and self.size <= SPOOLED:
            self._memory.write(data)
            return
        with _spooling():
            if self._file is None:
                self._file = TemporaryFile()  # noqa: SIM115  # closed by __exit__
                self._file.write(self._memory.getbuffer() if self._memory else b"")
                self._memory = None
            self._file.write(data)

    def cut(self, size: int) -> None:
        """Throw away what was written after so many bytes."""
        self.size = size
        with _spooling():
            for file in filter(None, (self._memory, self._file)):
                file.seek(size)
                file.truncate()

    def read_back(self) -> BinaryIO:
        """Open what was written so far, to be read beside further writing."""
        if self._file is None:
            return io.BytesIO(self._memory.getvalue() if self._memory else b"")
        with _spooling():
            self._file.flush()
        return io.BufferedReader(_Stored(self._file.fileno()), 1 << 16)


class _Stored(io.RawIOBase):
    """A file read by its descriptor, at a position of its own."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor, self._at = descriptor, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = (0, self._at, os.fstat(self._descriptor).st_size)[whence]
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@contextmanager
def _spooling() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write a temporary file: {error.strerror}") from None


@contextmanager
def _writing(target: Path, verb: str = "write") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot {verb} {target}: {error.strerror}") from None


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    with held_folder(folder) as descriptor:
        _flush_names(descriptor)


def _flush_names(folder: int) -> None:
    descriptor = os.open(".", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_private(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600; OutputError if it exists or cannot be written."""
    with _writing(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise


def create_output(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600, whole or not at all; OutputError if its name is taken."""
    with Draft(path) as draft:
        draft.write(data)
        draft.publish(new=True)


def replace_private(path: Path, data: bytes) -> None:
    """Write or overwrite a file of mode 0600, whole or not at all."""
    with Draft(path) as draft:
        draft.write(data)
        draft.publish()


def copy_mode(source: int) -> int:
    """Return the mode of a copy: that of its source as far as the umask lets, never executable.

    Its owner can always read it.
    """
    mask = os.umask(0o077)  # there is no way to ask for it but to set one
    os.umask(mask)
    return source & 0o666 & ~mask | stat.S_IRUSR


def make_parents(path: Path) -> None:
    """Create the folders above a path."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)


def check_empty(path: Path) -> None:
    """Raise OutputError for what exists and is no empty folder."""
    with _writing(path):
        if path.exists() and any(path.iterdir()):
            raise OutputError(f"{path} exists and is not empty; choose another --out")


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Create a folder and its parents, or accept it if it is there; `mode` holds either way."""
    with _writing(path):
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        if mode == PRIVATE_FOLDER:
            path.chmod(mode)


@contextmanager
def open_source(path: Path, limit: int, at: SourcePath | None = None) -> Iterator[BinaryIO]:
    """Open a regular file for reading and hold it to its size and times of change.

    It is opened `at` the place where it was listed, if that is known. No link is followed. Raises
    InputError (missing, unreadable, a link), UnsupportedFormat (no regular file), LimitExceeded
    by way of `check_size`, and SourceChanged when the file was written to meanwhile.
    """
    try:
        descriptor = open_unfollowed(path) if at is None else open_listed(at)
    except OSError as error:
        reason = "a link; not followed" if is_link(error) else error.strerror
        raise InputError(f"cannot read the document: {reason}") from None
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        os.close(descriptor)
        raise UnsupportedFormat("not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        check_size(before.st_size, limit)
        yield file
        if _mark(before) != _mark(os.fstat(descriptor)):
            raise SourceChanged("the document changed while it was read")


def _mark(status: os.stat_result) -> tuple[int, int, int]:
    """Return what changes with a file.

    Its owner can put back the time of a change of its content, but not that of any change (ctime).
    """
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def check_size(size: int, limit: int) -> None:
    """Raise LimitExceeded for a document of more than `limit` bytes."""
    if size > limit:
        raise LimitExceeded(f"the document has {size} bytes, the limit is {limit}")


def sha256(file: BinaryIO) -> str:
    """Return the SHA-256 of a file from its start, in hexadecimal digits."""
    file.seek(0)
    digest = hashlib.sha256()
    while data := file.read(CHUNK):
        digest.update(data)
    return digest.hexdigest()


def tree_digest(folders: Iterable[Path]) -> str:
    """Return one SHA-256 over the names and contents of all files below some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in filter(Path.is_file, walk(folder)):
            name = path.relative_to(folder).as_posix()
            with path.open("rb") as file:
                digest.update(f"{name}\0{sha256(file)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def check_apart(sources: Iterable[Path], targets: Iterable[Path]) -> None:
    """Raise UsageError for a target inside a source, or a source inside a target."""
    for source, target in product(sources, targets):
        outer, inner = source.resolve(), target.resolve()
        if inner.is_relative_to(outer) or outer.is_relative_to(inner):
            raise UsageError(f"{target} and {source} lie inside each other")


def walk(folder: Path) -> Iterator[Path]:
    """Yield everything below a folder that is not a folder, links unfollowed, in a fixed order.

    A folder that cannot be read is yielded itself.
    """
    entries = [_entries(folder)]  # of each folder on the way: trees are deeper than calls may be
    while entries:
        path, is_folder = next(entries[-1], (None, False))
        if path is None:
            entries.pop()
        elif is_folder:
            entries.append(_entries(path))
        else:
            yield path


def _entries(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Return what is in a folder, sorted, and which of it are folders.

    Where it cannot be read, that is the folder itself. Names alone are sorted: there may be a
    million.
    """
    try:
        with os.scandir(folder) as found:
            names = sorted(os.fsencode(one.name) + _KINDS[_is_folder(one)] for one in found)
    except OSError:
        return iter([(folder, False)])
    return ((folder / os.fsdecode(one[:-2]), one.endswith(_KINDS[True])) for one in names)


_KINDS = {False: b"\0f", True: b"\0d"}
"""What is behind the name of a file or folder while names are sorted: less than any character."""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # in a folder that may be listed but not entered
        return False


def leaves_tree(path: Path, root: Path) -> bool:
    """Tell whether a path, its links resolved, lies outside `root` or leads nowhere."""
    try:
        return not path.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to nothing, or to itself
        return True
