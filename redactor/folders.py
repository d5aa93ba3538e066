"""Folders held by descriptor, so that nothing below them is reached by way of a link.

A path is looked up name by name, and whoever may write to a folder on the way can exchange a name
for a link between one look and the next. So a file is opened from the folder that was listed or
made, each name on the way by itself and none of them followed (`O_NOFOLLOW`).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from redactor.errors import InputError, UnsupportedPlatform
from redactor.model import SourcePath

# What is asked of the system: modes that keep others out, files opened without waiting and not
# handed to other programs, folders flushed to the disk. Windows has none of that.
if not all(hasattr(os, name) for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "fchmod")):
    raise UnsupportedPlatform("redactor needs a POSIX system, and this is none")

# Linux opens a folder that may be entered but not listed with O_PATH; elsewhere it must be listed.
_ENTERED = os.O_DIRECTORY | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW


@contextmanager
def held_folder(folder: Path, names: Sequence[str] = (), *, make: bool = False) -> Iterator[int]:
    """Yield the descriptor of a folder below another, reached through no link.

    With `make`, what is missing below `folder` is made. Raises OSError.
    """
    descriptor = open_folder(folder, names, make=make)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_folder(folder: Path, names: Sequence[str] = (), *, make: bool = False) -> int:
    """Return the descriptor of a folder, as `held_folder` does, for the caller to close."""
    return _below(os.open(folder, _ENTERED), names, make=make)


def _below(descriptor: int, names: Sequence[str], *, make: bool = False) -> int:
    """Return the descriptor of a folder below an open one, which is closed."""
    for name in names:
        above = descriptor
        try:
            descriptor = _entered(name, above, make=make)
        finally:
            os.close(above)
    return descriptor


def _entered(name: str, above: int, *, make: bool) -> int:
    if name == "..":  # leads out, though it is no link
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=above)
    return os.open(name, _ENTERED | os.O_NOFOLLOW, dir_fd=above)


def open_listed(path: SourcePath) -> int:
    """Return the descriptor of a source file, from the very folder that was listed.

    Raises InputError where that folder is another by now, and OSError.
    """
    folder = os.open(path.folder, _ENTERED)
    status = os.fstat(folder)
    if (status.st_dev, status.st_ino) != (path.device, path.inode):
        os.close(folder)
        raise InputError("the source folder is another than the one that was listed")
    folder = _below(folder, path.names[:-1])
    try:
        return os.open(path.names[-1], _READ, dir_fd=folder)
    finally:
        os.close(folder)


def open_unfollowed(path: Path) -> int:
    """Return the descriptor of a file to read; a link is not followed. Raises OSError."""
    return os.open(path, _READ)


def is_link(error: OSError) -> bool:
    """Tell whether a file was not opened since a link stands where it, or a folder, should."""
    return error.errno in {errno.ELOOP, errno.EMLINK}


def read_regular(path: Path, limit: int, *, follow: bool = True) -> bytes:
    """Return the bytes of a regular file, as `read_buffer` does."""
    return bytes(read_buffer(path, limit, follow=follow))


def read_buffer(path: Path, limit: int, *, follow: bool = True) -> bytearray:
    """Return the bytes of a regular file. Raises OSError, also for more than `limit` bytes.

    A pipe or a device would be read for ever, or until there is no memory left.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = bytearray()
        while len(data) <= limit and (piece := file.read(limit + 1 - len(data))):
            data += piece
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"more than {limit} bytes")
    return data
