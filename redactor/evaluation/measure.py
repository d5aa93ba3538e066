"""Systems against gold: which classes are judged, and the figures of each system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from redactor.errors import InputError, PolicyError, UsageError
from redactor.evaluation.counts import Found, Miss, count, misses
from redactor.evaluation.gold import Document, Record, labels_of
from redactor.evaluation.labels import class_of
from redactor.evaluation.score import Group, score
from redactor.evaluation.systems import System
from redactor.model import Policy


@dataclass(frozen=True, slots=True)
class Scope:
    """What is measured: documents, how often each class is marked, and which are judged.

    `kept` are classes that gold marks and the policy lets stay, `unsought` those that nothing
    looks for; of neither a figure would mean anything.
    """

    documents: Sequence[Document]
    marked: Mapping[str, int]
    judged: frozenset[str]
    kept: frozenset[str]
    unsought: frozenset[str]

    @property
    def characters(self) -> int:
        """The length of all texts."""
        return sum(len(record.text) for one in self.documents for record in one.records)


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a system by group, and the mentions of which it left something."""

    system: str
    groups: Mapping[str, Group]
    misses: tuple[Miss, ...] = field(repr=False)


def scope(
    documents: Sequence[Document],
    policy: Policy,
    entities: frozenset[str],
    types: Iterable[str] = (),
    limit: int | None = None,
) -> Scope:
    """Return what can be measured in gold under a policy, where detectors find `entities`.

    `types` narrows the classes, `limit` the documents, but not what counts as a class that gold
    marks. Raises UsageError for a type that gold does not mark, and PolicyError if nothing is left
    to judge.
    """
    present = frozenset(labels_of(documents))
    wanted = frozenset(map(class_of, types)) or present
    if wanted - present:
        raise UsageError(f"gold marks only {', '.join(sorted(present))}")
    removed = {class_of(entity) for entity in entities if policy.removes(entity)}
    sought = set(map(class_of, entities))
    if not wanted & removed:
        error = PolicyError(f"the policy {policy.name} removes nothing of what gold marks")
        error.hint = "Choose another with --policy: `redactor policy list` shows the shipped ones."
        raise error
    chosen = documents[:limit]
    marked = {label: n for label, n in labels_of(chosen).items() if label in wanted}
    return Scope(
        chosen, marked, wanted & removed, (wanted & sought) - removed, wanted - sought - removed
    )


def measure(
    system: System, among: Scope, resamples: int, step: Callable[[], None] = lambda: None
) -> Measured:
    """Return the figures of a system, calling `step` after each document. Raises InputError."""
    counts, missed = [], list[Miss]()
    for document in among.documents:
        found = [_found(system, record) for record in document.records]
        counts.append(count(document, found, among.judged, frozenset(among.marked)))
        missed += misses(document, found, among.judged)
        step()
    return Measured(system.name, score(counts, resamples), tuple(missed))


def _found(system: System, record: Record) -> list[Found]:
    """Return what a system finds in a record, or say which one it could not examine."""
    try:
        return system.find(record.text)
    except InputError as error:
        raise type(error)(f"{system.name}, record {record.number}: {error}") from None
