"""What is asked of a run, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from redactor.audit.folder import LOG
from redactor.errors import ExitCode, RedactorError, UsageError
from redactor.model import Outcome, Policy

_SUFFIX = ".audit"
"""The log of OUT is in OUT.audit."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What is asked of a run. `workers` of None means one for each core.

    `seal_to` are public keys, or files of them, that the vault is encrypted to; there is none
    without. To `resume` goes on with a run that was broken off, to `update` does what is new or
    changed since an earlier one; either is an ordinary run where there was none. `as_of` is the
    day that was asked for, if one was. To `propose` writes marked copies beside the log.
    """

    sources: tuple[Path, ...]
    out: Path
    policy: Policy
    rules: tuple[Path, ...] = ()
    key_file: Path | None = None
    encoding: str | None = None
    workers: int | None = None
    command: tuple[str, ...] = ()
    decisions: tuple[Path, ...] = ()
    seal_to: tuple[str, ...] = ()
    resume: bool = False
    update: bool = False
    as_of: date | None = None
    propose: bool = False


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How a run ended: every document's outcome by name, and where the audit and the key are.

    `kept` are the outcomes of documents that earlier runs did, and `said` sentences about those.

    `problems` are errors that concern the run as a whole, `notices` sentences about what is odd
    though nothing failed: a key that others may read, a clock that is wrong.
    """

    outcomes: tuple[Outcome, ...]
    audit: Path
    key_made: Path | None
    exit_code: ExitCode
    problems: tuple[RedactorError, ...] = ()
    notices: tuple[str, ...] = ()
    kept: tuple[Outcome, ...] = ()
    said: tuple[str, ...] = ()


def audit_folder(out: Path) -> Path:
    """Return the audit folder of an output, which is never published."""
    named = out if out.name not in ("", "..") else out.resolve()
    if not named.name:
        raise UsageError(f"{out} cannot be an output folder")
    return named.with_name(f"{named.name}{_SUFFIX}")


def locate(path: Path) -> tuple[Path, Path | None]:
    """Return the folder of the log and that of the copies, if it is there, for either of them."""
    audit = path if (path / LOG).is_file() or path.name.endswith(_SUFFIX) else audit_folder(path)
    copies = audit.resolve().with_name(audit.resolve().name.removesuffix(_SUFFIX))
    there = copies.name != audit.resolve().name and copies.is_dir()
    return audit, copies if there else None
