"""One run at a time writes to an OUT and its audit folder; another one is refused at once.

The lock is the system's own (`flock`) on `run.lock` in the audit folder, so it ends with the
process that holds it, however that ended: a file that a killed run left behind locks nothing. Its
one line tells who holds it. It is taken before anything else is looked at, and nothing of it is
left after a run.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from redactor.errors import OutputError
from redactor.files import PRIVATE, PRIVATE_FOLDER

RUN_LOCK = "run.lock"
_HOLDER = re.compile(rb"process (\d{1,20}) since ([0-9T:+-]{1,40})\n")
_LONGEST = 100  # bytes of the line
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_ATTEMPTS = 3  # to take the lock: `holder` may have it for the blink of an eye
_PAUSE = 0.02  # seconds between them
_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


class RunInProgress(OutputError):
    """Another run writes to the same output."""

    hint = "Nothing was changed. Wait until it has ended, or choose another --out."


class ForeignFolder(OutputError):
    """An audit folder of another owner, who could read the key and exchange the log."""

    hint = "Choose another --out, or have the folder given to the user who runs this (`chown`)."


@contextmanager
def run_lock(audit: Path) -> Iterator[None]:
    """Hold an audit folder for one run; it is made if need be, and removed if nothing is in it.

    Raises RunInProgress, ForeignFolder, and OutputError where the folder cannot be used.
    """
    made: list[Path] = []
    try:
        try:
            made = _missing(audit)
            descriptor = _acquired(audit)
        except OSError as error:
            raise OutputError(f"cannot use the folder {audit}: {_why(error)}") from None
        try:
            yield
        finally:
            with suppress(OSError):
                (audit / RUN_LOCK).unlink()
            os.close(descriptor)
    finally:
        with suppress(OSError):  # what is not empty stays, and so does what is above it
            for folder in made:
                folder.rmdir()


def holder(audit: Path) -> str | None:
    """Return which run holds an audit folder now: `"process 12, since 2031-05-04T..."`, or None.

    Nothing is written: the lock is asked for, and given back at once.
    """
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(audit / RUN_LOCK, flags)
    except OSError:  # there is none
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _signed(descriptor) or "unknown"
    except OSError:  # a disk without locks, on which no run begins
        return None
    finally:
        os.close(descriptor)
    return None


def require_free(audit: Path) -> None:
    """Raise RunInProgress if a run holds an audit folder."""
    if (who := holder(audit)) is not None:
        raise RunInProgress(f"another run ({who}) writes to {audit}")


def _signed(descriptor: int) -> str:
    """Return who holds a lock, as its file says; an empty text where it does not."""
    said = _HOLDER.fullmatch(os.pread(descriptor, _LONGEST, 0))
    return f"process {int(said[1])}, since {said[2].decode()}" if said else ""


def _missing(folder: Path) -> list[Path]:
    """Return which folders do not exist yet, of one and those above it, the innermost first."""
    return [one for one in (folder, *folder.parents) if not os.path.lexists(one)]


def _acquired(audit: Path) -> int:
    """Return the descriptor of the lock file, locked."""
    while True:  # the file may be gone again with the run that had it
        audit.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if audit.stat().st_uid != os.geteuid():
            raise ForeignFolder(f"{audit} belongs to another user")
        try:
            descriptor = os.open(audit / RUN_LOCK, _FLAGS, PRIVATE)
        except FileNotFoundError:
            continue
        try:
            _lock(descriptor, audit)
            if _stands(descriptor, audit / RUN_LOCK):
                _sign(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, audit: Path) -> None:
    try:
        _taken(descriptor)
    except BlockingIOError:
        who = f" ({said})" if (said := _signed(descriptor)) else ""
        raise RunInProgress(f"another run{who} writes to {audit}") from None
    except OSError:
        (audit / RUN_LOCK).unlink()
        raise


def _taken(descriptor: int) -> None:
    """Lock a file. Raises BlockingIOError where it stays locked."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_PAUSE)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _stands(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    """Write who holds the lock; it holds without that as well."""
    line = f"process {os.getpid()} since {datetime.now(UTC).isoformat(timespec='seconds')}\n"
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, line.encode(), 0)


def _why(error: OSError) -> str:
    return (
        "it is on a disk without file locks"
        if error.errno in _WITHOUT_LOCKS
        else (error.strerror or "unknown")
    )
