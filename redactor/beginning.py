"""How a run begins: an OUT and an OUT.audit that nobody used, or those of the run that goes on.

A run that cannot begin leaves nothing. What is left of one that was killed before its first record
was signed has no copy and no record: it is cleared away when the run is to go on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from redactor.audit import AuditLog, PublicKey, RunResume, RunStart, check
from redactor.audit.folder import (
    FRONTIER,
    HEADS,
    LEAVES,
    LOCK,
    LOG,
    LOG_FILES,
    STAGING,
    VAULT,
    LogDamaged,
)
from redactor.audit.manifest import delete_manifest
from redactor.audit.reading import last_head
from redactor.audit.run_lock import RUN_LOCK
from redactor.errors import OutputError
from redactor.files import PRIVATE_FOLDER, check_empty, make_folder
from redactor.pipeline import RunContext

KEY_FILE = "key"
BEFORE_RECORDS = frozenset({*LOG_FILES, KEY_FILE, VAULT})
"""What a run writes into the audit folder before its first record."""


class OutputRemains(OutputError):
    """What is left of a run that was killed as it began."""

    hint = "Nothing was recorded: run again with --resume, which clears it away."


def check_unused(out: Path, audit: Path, *, clear: bool) -> None:
    """Raise OutputError unless an OUT and its audit folder are empty, but for the lock of this run.

    What a run left that was broken off before its first record is cleared away, or named as that.
    """
    check_empty(out)
    names = {path.name for path in audit.iterdir()} - {RUN_LOCK}
    if names and not (names <= BEFORE_RECORDS and _nothing_recorded(audit)):
        raise OutputError(f"{audit} exists and is not empty; choose another --out")
    if names and not clear:
        raise OutputRemains(
            f"{audit} holds what is left of a run that was broken off before its first record"
        )
    for name in names:
        _clear(audit / name)


def is_begun(audit: Path) -> bool:
    """Tell whether an audit folder has a log of a run that recorded something."""
    return (audit / LOG).is_file() and not _nothing_recorded(audit)


def _nothing_recorded(audit: Path) -> bool:
    """Tell whether no head counts a record, and nothing is sealed."""
    head = last_head(audit)
    if head is None:  # then only what no creation of a log writes tells of a record
        recorded = any(map(_holds, (audit / LOG, audit / LEAVES))) or _is_line(audit / HEADS)
    else:
        recorded = head.size > 0
    return not recorded and not any((audit / VAULT).glob("*"))


def _holds(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _is_line(path: Path) -> bool:
    """Tell whether a file holds a whole line, or more: a kill may have torn the first head."""
    return path.is_file() and b"\n" in path.read_bytes()


def _clear(path: Path) -> None:
    try:
        path.rmdir() if path.is_dir() else path.unlink()
    except OSError as error:
        raise OutputError(f"cannot delete {path}: {error.strerror}") from None


def begin(out: Path, settings: RunContext, start: RunStart, *, key_file: Path | None) -> None:
    """Create what a run writes to, and record its start."""
    log, key = settings.log, settings.key
    with ExitStack() as undo:  # a run that cannot begin leaves nothing that keeps others from it
        make_folder(log.folder, mode=PRIVATE_FOLDER)  # first: nothing else says how far a run came
        for folder, mode in _folders(out, settings):
            make_folder(folder, mode=mode)
            undo.callback(_removed, folder.rmdir)
        if key_file is None:
            key.save(log.folder / KEY_FILE)
            undo.callback(_removed, (log.folder / KEY_FILE).unlink)
        for name in (LOCK, FRONTIER):
            undo.callback(_removed, (log.folder / name).unlink)
        AuditLog.create(log.folder, key)
        for name in LOG_FILES:
            undo.callback(_removed, (log.folder / name).unlink)
        log.append([start])
        undo.pop_all()


def go_on(out: Path, settings: RunContext, record: RunStart | RunResume) -> None:
    """Record in a log of earlier runs that another begins, or that the last one goes on.

    What an interrupted append left is sealed. Raises LogDamaged for a log that is not as signed.
    """
    log = AuditLog.open(settings.log.folder, settings.key)
    report = check(log.folder, PublicKey.of(settings.key))
    if report.damage is not None:
        raise LogDamaged(report.sentence)
    for folder, mode in _folders(out, settings):
        make_folder(folder, mode=mode)
    delete_manifest(log.folder)
    log.append([record])


def clear_vault(settings: RunContext, named: set[str]) -> None:
    """Delete what was sealed of documents that were not recorded any more before a run was killed.

    `named` are the slots that records name.
    """
    if settings.vault is None:
        return
    for path in settings.vault.folder.iterdir():
        if path.name not in named:
            _clear(path)


def clear_staging(audit: Path) -> None:
    """Delete what tasks of a run made that was killed before it accepted their results."""
    try:
        if (audit / STAGING).exists():
            shutil.rmtree(audit / STAGING)
    except OSError as error:
        raise OutputError(f"cannot delete {audit / STAGING}: {error.strerror}") from None


def _folders(out: Path, settings: RunContext) -> Iterator[tuple[Path, int]]:
    """Yield the folders of a run, and their modes, but for that of the log."""
    yield out, 0o777
    if settings.vault:
        yield settings.vault.folder, PRIVATE_FOLDER


def _removed(remove: Callable[[], None]) -> None:
    with suppress(OSError):
        remove()
