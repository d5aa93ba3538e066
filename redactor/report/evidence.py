"""All that a report rests on: a log, its state, its copies and what their names are.

The log knows documents by keyed ids alone. With the key, names are tried against them: those of
the copies, and those of the sources if their folder is given (what was not examined has no copy).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from redactor.audit import document_id, require_begun
from redactor.audit.folder import LOG_FILES, VAULT
from redactor.audit.manifest import MANIFEST
from redactor.audit.run_lock import RUN_LOCK
from redactor.beginning import KEY_FILE
from redactor.errors import KeyFileError, UsageError
from redactor.files import walk
from redactor.keys import Key
from redactor.model import Action, EntityPolicy, Policy
from redactor.opening import discover
from redactor.report.names import as_uri, escaped
from redactor.report.state import LogState, records_of, state_of
from redactor.report.summary import Document, Summary, summarise
from redactor.requests import BatchRequest, locate

_TAKEN = frozenset({*LOG_FILES, KEY_FILE, VAULT, RUN_LOCK, MANIFEST})  # names of files of the log

NEEDS_KEY = (
    "scores, rules, lengths, reasons for a review and what was kept are encrypted under the log's "
    "key: name it with --key-file"
)
"""The message where the details of a log were not decrypted."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The content of a log, whether it is intact, its copies, and names by document id."""

    audit: Path
    copies: Path | None
    state: LogState
    summary: Summary
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, document: str) -> str:
        """Return a document's name, its odd characters escaped, or its id if no name is known."""
        return escaped(self.names.get(document, document))

    def uri(self, document: str) -> str:
        """Return a document's name as the path of a URI, or its id if no name is known."""
        return as_uri(self.names.get(document, document))

    @property
    def public(self) -> Evidence:
        """Return the evidence without what depends on removed values: for what is handed out."""
        return replace(self, summary=self.summary.public)

    def require_details(self) -> None:
        """Raise KeyFileError for a log whose details were not decrypted."""
        if self.summary.sealed:
            raise KeyFileError(NEEDS_KEY)

    def copy(self, document: Document) -> Path | None:
        """Return the path of a document's copy, if its name is known and it is there."""
        name = self.names.get(document.id)
        if self.copies is None or name is None or not document.has_copy:
            return None
        path = self.copies / name
        return path if path.is_file() else None


def gather(path: Path, key_file: Path | None = None, sources: Sequence[Path] = ()) -> Evidence:
    """Return the evidence of an OUT or an OUT.audit.

    Raises OutputError if there is no log, or nothing in it, and KeyFileError for a key that is not
    the log's.
    """
    audit, copies = locate(path)
    require_begun(audit)
    kept = audit / KEY_FILE
    key = Key.load(key_file or kept) if key_file or kept.is_file() else None
    state = state_of(audit, key)
    summary = summarise(records_of(audit, state, key))
    names = _names(key, copies, sources, summary) if key else {}
    return Evidence(audit, copies, state, summary, names)


def key_of(path: Path, key_file: Path | None = None) -> Key:
    """Return the key that opens a log: the given one, or the one that its run made.

    Raises KeyFileError where there is none, or none that can be read; OutputError if there is no
    log, or nothing in it.
    """
    require_begun(locate(path)[0])
    kept = locate(path)[0] / KEY_FILE
    if key_file is None and not kept.is_file():
        raise KeyFileError("there is no key at hand: name the log's with --key-file")
    return Key.load(key_file or kept)


def check_private(target: Path, evidence: Evidence) -> None:
    """Raise UsageError for a file that would lie among the copies, or bear a name of the log's."""
    beside = target.parent.resolve() == evidence.audit.resolve()
    if beside and target.name in _TAKEN and not target.exists():
        raise UsageError(f"{target} is the name of a file of the log")
    if evidence.copies and target.resolve().is_relative_to(evidence.copies.resolve()):
        raise UsageError(f"{target} lies among the copies: it would be published with them")


def _names(
    key: Key, copies: Path | None, sources: Sequence[Path], summary: Summary
) -> dict[str, str]:
    """Return the names of documents by id: that of the copy, or else that of the source."""
    found = [path.relative_to(copies).as_posix() for path in walk(copies)] if copies else []
    if sources:
        found += [
            entry.job.name for entry in discover(BatchRequest(tuple(sources), Path(), _NOTHING))
        ]
    names = {document_id(key, name): name for name in found}
    copied = {one.id: names[one.copy_id] for one in summary.latest if one.copy_id in names}
    return names | copied


_NOTHING = Policy(
    "", "", {}, EntityPolicy(Action.KEEP, 1.0)
)  # names are listed, nothing is examined
