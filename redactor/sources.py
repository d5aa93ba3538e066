"""Which documents some sources hold: each file by name, with where its copy belongs.

Every file is accounted for: a document to redact, one that cannot be read and why, or one that the
user's own list excludes (`.redactorignore` in a source folder: patterns of names, one a line, `#`
begins a comment).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from stat import S_ISREG

from redactor.errors import InputError, UsageError
from redactor.files import leaves_tree, walk
from redactor.folders import read_regular
from redactor.model import Job, SourcePath
from redactor.source_files import SourceFile, SourceFiles

IGNORE_FILE = ".redactorignore"
_LONGEST_LIST = 1 << 20
"""Bytes of an ignore file: some ten thousand patterns."""


def listed(sources: Sequence[Path], out: Path, *, as_given: bool = False) -> SourceFiles:
    """List every file of the sources. Raises UsageError for sources that make no sense.

    Of several sources, files are named after the last step of their source's path, or, where they
    are named `as_given`, after all of it: `letters/a.txt` and `notes/a.txt` can both be looked at,
    though they cannot both be copied to `OUT/a.txt`.
    """
    for source in sources:
        if not _exists(source):
            raise UsageError(f"{source} does not exist")
    several = len(sources) > 1
    tops = [_top(one, several=several, as_given=as_given) for one in sources]
    entries = SourceFiles(
        entry for one, top in zip(sources, tops, strict=True) for entry in _entries(one, out, top)
    )
    if _may_meet(tops):
        names = Counter(row.name for row in entries.rows())
        if twice := [name for name, count in names.items() if count > 1]:
            raise UsageError(f"several sources have a file {twice[0]}")
    return entries


def _may_meet(tops: Sequence[Path]) -> bool:
    """Tell whether files of two sources may have one name: where one begins as another does."""
    ordered = sorted(tops)
    return any(later.is_relative_to(one) for one, later in pairwise(ordered))


def _exists(source: Path) -> bool:
    try:
        return source.exists()
    except OSError as error:
        raise UsageError(f"{source} cannot be reached: {error.strerror}") from None


def _top(source: Path, *, several: bool, as_given: bool) -> Path:
    """Return what stands before the names of a source's files; of a file, it is the name itself."""
    if several and as_given:
        return source
    if source.is_dir():
        return Path(source.resolve().name) if several else Path()
    return Path(source.name)


def _entries(source: Path, out: Path, top: Path) -> Iterator[SourceFile]:
    if not source.is_dir():
        named = source.resolve()  # whoever names a link means what it leads to
        job = Job(source, out / top, top.as_posix(), out=out)
        yield _located(job, named, named.parent)
        return
    patterns = _patterns(source / IGNORE_FILE)
    base = _base(source)
    for path in walk(source):
        inner = path.relative_to(source)
        if inner.as_posix() == IGNORE_FILE:
            continue
        shown = top / inner
        job = Job(path, out / shown, shown.as_posix(), out=out)
        excluded = any(_matches(inner, one) for one in patterns)
        yield _plain(job, base, inner, excluded=excluded) or _located(
            job, path, source, excluded=excluded
        )


def _base(folder: Path) -> SourcePath | None:
    """Return the place of a folder that is listed, its links resolved; None if it is gone."""
    try:
        base = folder.resolve(strict=True)
        status = base.stat()
    except (OSError, RuntimeError):
        return None
    return SourcePath(base, status.st_dev, status.st_ino, ())


def _plain(job: Job, base: SourcePath | None, inner: Path, *, excluded: bool) -> SourceFile | None:
    """Return a regular file that was listed below a folder with its place; None for all else.

    `walk` follows no link, so that its place is known without a look at each name on the way. All
    files of a folder share what is said of it: there may be millions.
    """
    try:
        status = job.source.lstat()
    except OSError:
        return None
    if base is None or not S_ISREG(status.st_mode):
        return None
    at = replace(base, names=inner.parts)
    return SourceFile(replace(job, at=at, size=status.st_size), None, excluded)


def _located(job: Job, path: Path, folder: Path, *, excluded: bool = False) -> SourceFile:
    """Return a job with the place at which its source is opened, or why there is none."""
    try:
        at = source_path(path, folder)
        size = path.stat().st_size
    except InputError as error:
        return SourceFile(job, error, excluded)
    except OSError:  # it vanished, which is said when it cannot be opened
        size = 0
    return SourceFile(replace(job, at=at, size=size), None, excluded)


def source_path(path: Path, folder: Path) -> SourcePath:
    """Return where a path below a folder leads, its links resolved.

    Raises InputError for a folder, and for what leaves the folder or cannot be reached.
    """
    try:
        if path.is_dir():
            raise InputError("a folder that could not be read, or a link to one; not followed")
        path.lstat()
        base = folder.resolve(strict=True)
        status = base.stat()
        found = path.resolve()
    except (OSError, RuntimeError) as error:  # of a link to itself
        reason = getattr(error, "strerror", None) or "a link to itself"
        raise InputError(f"cannot be reached: {reason}") from None
    if leaves_tree(path, folder):
        raise InputError("a link that leaves the source folder; not followed")
    return SourcePath(base, status.st_dev, status.st_ino, found.relative_to(base).parts)


def _matches(inner: Path, pattern: str) -> bool:
    """Tell whether a pattern means a file: its name, its path, or (`drafts/`) a folder above it."""
    if pattern.endswith("/"):
        return any(_matches(parent, pattern[:-1]) for parent in inner.parents[:-1])
    return fnmatch(inner.as_posix(), pattern) or fnmatch(inner.name, pattern)


def _patterns(path: Path) -> list[str]:
    """Return the patterns of an ignore file, if there is one: a regular file, and no link."""
    try:
        lines = read_regular(path, _LONGEST_LIST, follow=False).decode("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"cannot read {path}: {reason}") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
