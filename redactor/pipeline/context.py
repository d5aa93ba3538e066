"""What a run applies to every document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from redactor.audit import Record
from redactor.audit.records import Json
from redactor.audit.vault import Vault
from redactor.decisions import ReviewDecisions
from redactor.detect.coreference.register import Register
from redactor.formats import Layout
from redactor.formats.budget import TreeBudget
from redactor.formats.tree import Path as NodePath
from redactor.formats.tree import Reading
from redactor.keys import Key
from redactor.model import Policy
from redactor.proposals.writing import Proposals


class RecordLog(Protocol):
    """Where the records of documents go: the audit log, or a task's own files on the way to it."""

    @property
    def folder(self) -> Path:
        """Return the folder that it is in."""

    def append(self, records: Iterable[Record | bytes]) -> object:
        """Write records, all of them or, raising OutputError, none."""

    def length(self) -> int:
        """Return how long it is, for `recorded_after`."""

    def recorded_after(self, length: int, document: str) -> Mapping[str, Json] | None:
        """Return the last record of a document that was written after that."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run applies to every document. Picklable: workers get it once.

    `register` are the people of the collection, where its documents are linked.
    """

    policy: Policy
    key: Key
    log: RecordLog
    rules: tuple[Path, ...] = ()
    encoding: str | None = None
    rulings: ReviewDecisions = field(default_factory=ReviewDecisions)
    first: int = 1  # the number of a document's first record in this run
    vault: Vault | None = None
    proposals: Proposals | None = None
    register: Register | None = None

    def reading(self) -> Reading:
        """Return how a source is read, with a budget for one walk over it."""
        return reading_of(self.policy, self.encoding)


def reading_of(
    policy: Policy,
    encoding: str | None = None,
    layouts: Mapping[NodePath, Layout] | None = None,
) -> Reading:
    """Return how a policy says that a source is read, with a budget for one walk over it."""
    budget = TreeBudget(policy.limits)
    return Reading(budget, encoding, layouts or {}, policy.columns, policy.seeing)
