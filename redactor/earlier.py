"""What the log of an OUT says of earlier runs: their settings, and what became of each document.

A run that was broken off goes on, and a finished one is brought up to date, by this alone: the log
is signed, and a copy is believed only where its digest is the recorded one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from redactor.audit import PublicKey, RunStart, from_fields, read
from redactor.audit.folder import LOG
from redactor.audit.reading import last_head
from redactor.audit.records import Json
from redactor.decisions.loading import next_number
from redactor.errors import KeyFileError
from redactor.keys import Key
from redactor.model import Action, Status

Fields = Mapping[str, Json]


@dataclass(slots=True)
class Recorded:
    """The last record of a document: `run` is the number of its run in the log, from 0.

    `source` is the keyed digest of the source and `copy` the digest of the copy; both are empty
    where there is none. `copy_id` is the id of the copy's name, where that is not that of the
    source's. `reasons` are the codes of what was not examined. `archives` is the digest of those
    that an index has the places of.
    """

    run: int
    status: Status
    source: str = ""
    copy: str = ""
    slot: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    media: tuple[tuple[str, int], ...] = ()
    read: tuple[tuple[str, int], ...] = ()
    converted: str = ""
    reasons: tuple[str, ...] = ()
    copy_id: str = ""
    archives: str = ""
    review: int = 0
    unsure: int = 0

    @property
    def mark(self) -> str | None:
        """Return what `Job.recorded` holds of it: the digest of the copy, or a reason."""
        return self.copy or next(iter(self.reasons), None)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The runs of a log, and the last record of each document by its id.

    `ended` tells whether the last run did. `numbers` are the highest numbers of redactions, by run.
    """

    starts: tuple[RunStart, ...]
    ended: bool
    documents: Mapping[str, Recorded] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()

    @property
    def start(self) -> RunStart:
        """Return the start of the last run."""
        return self.starts[-1]

    @property
    def number(self) -> int:
        """Return the number of the last run."""
        return len(self.starts) - 1

    def of_last_run(self) -> dict[str, Recorded]:
        """Return the documents that the last run recorded."""
        return {name: one for name, one in self.documents.items() if one.run == self.number}

    @property
    def slots(self) -> set[str]:
        """Return the names of the sealed files that the records name."""
        return {one.slot for one in self.documents.values() if one.slot}

    def first(self, *, resume: bool) -> int:
        """Return the number that a document's first redaction has in a run after the earlier ones.

        When the last one is resumed, it is what that run began with.
        """
        before = self.numbers[:-1] if resume else self.numbers
        return next_number(max(before)) if before else 1


def earlier_runs(audit: Path, key: Key) -> Earlier | None:
    """Return what a log says; None if there is none, or none of its records is of a run.

    Raises KeyFileError for a log of another key, and as `read` does.
    """
    if not (audit / LOG).is_file():
        return None
    head = last_head(audit)
    if head is not None and head.key != PublicKey.of(key).id:
        raise KeyFileError(f"the audit log in {audit} was written under another key")
    found = of_records(read(audit, key))
    return found if found.starts else None


def of_records(records: Iterable[Fields]) -> Earlier:
    """Return what the records of a log say of its runs, oldest first."""
    starts: list[RunStart] = []
    documents: dict[str, Recorded] = {}
    numbers: list[int] = []
    ended = False
    for record in records:
        match record["type"]:
            case "run-start":
                starts.append(from_fields(RunStart, record))
                numbers.append(0)
                ended = False
            case "run-end":
                ended = True
            case "document":
                documents[str(record.get("document"))] = _recorded(record, len(starts) - 1)
            case "redaction":
                _count(documents.get(str(record.get("document"))), record)
                numbers[-1] = max(numbers[-1], int(str(record["id"]).rpartition(":")[2]))
    return Earlier(tuple(starts), ended, documents, tuple(numbers))


def _recorded(record: Fields, run: int) -> Recorded:
    counts = record.get("counts")
    media = Counter((*_seconds(record, "media_kept"), *_seconds(record, "media_omitted")))
    return Recorded(
        run=run,
        status=Status(str(record["status"])),
        source=str(record.get("source_mac", "")),
        copy=str(record.get("output_sha256", "")),
        slot=str(record.get("vault", "")),
        counts=tuple((name, n) for name, n in counts.items() if isinstance(n, int))
        if isinstance(counts, Mapping)
        else (),
        media=tuple(sorted(media.items())),
        converted=str(record.get("converted", "")),
        read=tuple(sorted(Counter(_seconds(record, "pixels_read")).items())),
        reasons=_seconds(record, "not_examined"),
        copy_id=str(record.get("copy_id", "")),
        archives=str(record.get("archives", "")),
    )


def _seconds(record: Fields, name: str) -> tuple[str, ...]:
    """Return the second half of each pair in a field: what was not examined, and not where."""
    pairs = record.get(name)
    rows = pairs if isinstance(pairs, list) else []
    return tuple(str(pair[-1]) for pair in rows if isinstance(pair, list) and pair)


def _count(document: Recorded | None, record: Fields) -> None:
    """Count a redaction or retention that a person should look at, as the run that made it did."""
    review = record.get("review")
    if document is None or not isinstance(review, list) or not review:
        return
    if record.get("action") == Action.KEEP.value:
        document.unsure += "keep" in review
    else:
        document.review += 1
