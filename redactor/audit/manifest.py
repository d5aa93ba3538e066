"""`manifest.json`: what the last run of a log came to, in one small file for other programs.

It says nothing that the log does not say in the clear, and nothing of ours relies on it: it is
computed from the log alone, so `verify` computes it again and compares. There is one from the end
of a run to the beginning of the next.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from redactor.audit.folder import open_to_read
from redactor.audit.heads import Head
from redactor.audit.reading import each_head, numbered
from redactor.audit.records import DocumentRecord, Json, RunEnd, RunResume, RunStart
from redactor.audit.typed import from_fields
from redactor.errors import OutputError
from redactor.files import replace_private

MANIFEST = "manifest.json"
SCHEMA = 1
"""The version of the manifest: it changes when a field goes or means something else."""

_LONGEST = 1 << 20  # bytes; one of ours has some thousand
_KINDS = frozenset({RunStart.type, RunResume.type, DocumentRecord.type, RunEnd.type})

Fields = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a document: in which run, from 0, and what its last record says."""

    run: int
    status: str
    counts: tuple[tuple[str, int], ...]
    reasons: tuple[str, ...]


@dataclass(slots=True)
class LastRun:
    """The last run of a log: its start, its end if it has one, and each document by its id.

    `documents` are those of earlier runs as well. `size` is the number of lines up to its end.
    """

    start: RunStart
    number: int = 0
    resumed: list[str] = field(default_factory=list)
    planned: int | None = None
    end: RunEnd | None = None
    size: int = 0
    documents: dict[str, Ended] = field(default_factory=dict)

    @property
    def own(self) -> list[Ended]:
        """Return the documents that this run recorded."""
        return [one for one in self.documents.values() if one.run == self.number]

    @property
    def outcomes(self) -> dict[str, int]:
        """Return how many documents this run recorded, by status."""
        return _counted(one.status for one in self.own)

    @property
    def standing(self) -> dict[str, int]:
        """Return how many documents there are after this run, by the status that holds."""
        return _counted(one.status for one in self.documents.values())

    @property
    def not_examined(self) -> dict[str, int]:
        """Return how many documents and parts were not examined, by the code of the reason."""
        every = (reason for one in self.own for reason in one.reasons if one.status != "excluded")
        return _counted(every)

    @property
    def entities(self) -> dict[str, int]:
        """Return how many redactions this run made, by entity."""
        counts: Counter[str] = Counter()
        for one in self.own:
            counts.update(dict(one.counts))
        return dict(sorted(counts.items()))


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def last_run(folder: Path) -> LastRun | None:
    """Return what a log says of its last run; None if it has no run. Raises as `read` does."""
    found: LastRun | None = None
    known: dict[Ended, Ended] = {}  # most documents end as some other did: they share a row
    for number, record in numbered(folder, _KINDS):
        kind = record["type"]
        if kind == RunStart.type:
            start = from_fields(RunStart, record)
            found = LastRun(
                start,
                number=found.number + 1 if found else 0,
                planned=start.planned,
                documents=found.documents if found else {},
            )
        elif found is not None:
            _take(found, number, record, known)
    return found


def _take(found: LastRun, number: int, record: Fields, known: dict[Ended, Ended]) -> None:
    """Take in a record of a run that began."""
    match record["type"]:
        case RunEnd.type:
            found.end, found.size = from_fields(RunEnd, record), number + 1
        case RunResume.type:
            resume = from_fields(RunResume, record)
            found.end, found.planned = None, resume.planned
            found.resumed.append(resume.resumed)
        case _:
            found.end = None
            ended = _ended(record, found.number)
            found.documents[str(record.get("document"))] = known.setdefault(ended, ended)


def _ended(record: Fields, run: int) -> Ended:
    document = from_fields(DocumentRecord, record)
    reasons = tuple(reason for _, reason in document.not_examined)
    return Ended(run, document.status.value, document.counts, reasons)


def manifest(run: LastRun, head: Head) -> dict[str, object]:
    """Return the manifest of a run that ended, and the head that counts its end."""
    start, end = run.start, run.end
    if end is None:
        raise ValueError("a run that did not end has no manifest")
    return {
        "schema": SCHEMA,
        "run": start.run,
        "tool": start.tool,
        "versions": dict(start.versions),
        "policy": {"name": start.policy, "digest": start.policy_digest},
        "rules": {"digest": start.rules_digest},
        "model": {
            "name": start.model,
            "version": start.model_version,
            "digest": start.model_digest,
        },
        "key": start.key_id,
        "as_of": start.as_of,
        "encoding": start.encoding,
        "update": bool(start.update),
        "decisions": bool(start.decisions),
        "sealed": bool(start.sealed_to),
        "started": start.started,
        "resumed": run.resumed,
        "finished": end.finished,
        "exit_code": end.exit_code,
        "planned": run.planned,
        "documents": run.outcomes,
        "standing": run.standing,
        "not_examined": run.not_examined,
        "redactions": end.redactions,
        "entities": run.entities,
        "head": {"size": head.size, "root": head.root, "key": head.key},
    }


def manifest_bytes(folder: Path) -> bytes | None:
    """Return what the manifest of a log must be; None if its last run did not end."""
    run = last_run(folder)
    if run is None or run.end is None:
        return None
    head = next((head for head in each_head(folder) if head.size == run.size), None)
    return json.dumps(manifest(run, head), indent=1).encode() + b"\n" if head else None


def write_manifest(folder: Path) -> None:
    """Write the manifest of a log whose last run ended: whole, or not at all.

    Raises OutputError.
    """
    made = manifest_bytes(folder)
    if made is not None:
        replace_private(folder / MANIFEST, made)


def delete_manifest(folder: Path) -> None:
    """Delete the manifest of an earlier run, before another one begins. Raises OutputError."""
    try:
        (folder / MANIFEST).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot delete {folder / MANIFEST}: {error.strerror}") from None


def manifest_problem(folder: Path) -> str | None:
    """Return what is wrong with a manifest that is there, in words; None if it is as it must be."""
    if not (folder / MANIFEST).is_symlink() and not (folder / MANIFEST).exists():
        return None
    written = b""
    with suppress(OutputError, OSError), open_to_read(folder, MANIFEST) as file:
        written = file.read(_LONGEST)
    if written and written == manifest_bytes(folder):
        return None
    return f"{MANIFEST} is not what the log says: it was changed, or is of another run"
