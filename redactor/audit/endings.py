"""Did the last run of a log end, and if not, how many documents did it never look at? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redactor.audit.records import Json

WHAT_NEXT = "Run the same command again with --resume."
"""What to do after an interruption."""

# What may be recorded after the end of a run.
_AFTER_THE_END = frozenset({"recovery", "reveal", "restore"})


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run without an end in the log: it was interrupted, or still goes on.

    `recorded` documents have a record, of those `planned`; a log of an earlier version does not say
    how many there were.
    """

    recorded: int
    planned: int | None = None

    @property
    def missing(self) -> int | None:
        """Return how many documents were never looked at, if the log says how many there were."""
        return None if self.planned is None else max(0, self.planned - self.recorded)

    @property
    def never(self) -> str:
        """Return how many documents were never looked at, in words: `1,165 of 3,000 documents`."""
        if self.missing is None:
            return "an unknown number of documents"
        return f"{self.missing:,} of {self.planned:,} documents"

    @property
    def sentence(self) -> str:
        """Return what is missing and what to do, in sentences."""
        said = f"{self.never} were never looked at" if self.missing != 0 else "all were looked at"
        return (
            f"THE RUN DID NOT END: {said}, and the log records no end of it (it was interrupted, "
            f"or still goes on). {WHAT_NEXT}"
        )


class Ending:
    """What the records of a log, taken in one by one, say of its last run."""

    def __init__(self) -> None:
        self._planned: int | None = None
        self._documents: set[str] = set()
        self._ended = False

    def add(self, record: Mapping[str, Json]) -> None:
        """Take in a record."""
        kind = record.get("type")
        if kind not in _AFTER_THE_END:
            self._ended = kind == "run-end"
        if kind in {"run-start", "run-resume"}:
            planned = record.get("planned")
            self._planned = planned if isinstance(planned, int) else None
        if kind == "run-start":
            self._documents = set()
        elif kind == "document":
            self._documents.add(str(record.get("document")))

    @property
    def unfinished(self) -> Unfinished | None:
        """Return what is missing of the last run; None if it ended."""
        return None if self._ended else Unfinished(len(self._documents), self._planned)


def unfinished(records: Iterable[Mapping[str, Json]]) -> Unfinished | None:
    """Return what is missing of the last run in a log; None if it ended."""
    ending = Ending()
    for record in records:
        ending.add(record)
    return ending.unfinished
