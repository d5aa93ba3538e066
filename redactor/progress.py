"""What a run says of itself while it goes on: numbers, and never a name or a word of a document.

A document is known by its number: its place in the list of the sources, from 1, which is the same
in every run over the same sources. Whoever watches gets events, and can change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from redactor.model import Job, Outcome

EACH = 400
"""Bytes of a text that take as long as opening, verifying and recording a document does.

Measured: 9 ms of a core and two flushes to the disk, where a core reads 22 kB a second.
"""

_UNKNOWN = 2.0
"""Seconds after which the first estimate is made: before, it would jump."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """So many documents, `of` all, were read for their people, before the work begins."""

    documents: int
    of: int


@dataclass(frozen=True, slots=True)
class Started:
    """The work begins: how much of it there is. `done` documents were done before, in this run."""

    documents: int
    bytes: int
    workers: int
    done: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker, by its number, has a document in hand."""

    worker: int
    number: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Done:
    """A document is done: how that ended, and what was found in it by type.

    `number` is None for a copy that was withdrawn, whose source is in no list any more. `bytes` are
    those of the source, and 0 for what is not read.
    """

    number: int | None
    bytes: int
    outcome: str
    counts: tuple[tuple[str, int], ...] = ()
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """Something is odd though nothing failed."""

    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The work is done, and what the process exits with."""

    exit_code: int


Event: TypeAlias = Gathered | Started | Begun | Done | Warned | Finished
Watch: TypeAlias = Callable[[Event], None]
"""A function that is called with each event, and must not raise."""


def unwatched(_: Event) -> None:
    """Take an event, and do nothing with it."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Documents by their numbers, for who watches a run: no name leaves it."""

    watch: Watch
    workers: int
    of_names: Mapping[str, int]

    def begun(self, worker: int, job: Job) -> None:
        """Say that a worker has a document in hand."""
        self.watch(Begun(worker, self.of_names[job.name], job.size))

    def done(self, outcome: Outcome, size: int = 0) -> None:
        """Say how a document ended; `size` are the bytes that were read."""
        number = self.of_names.get(outcome.name)
        kind = outcome.status.value
        self.watch(Done(number, size, kind, outcome.counts, outcome.code))


@dataclass(slots=True)
class Tally:
    """What the events so far come to."""

    gathered: Gathered | None = None
    started: Started | None = None
    done: int = 0
    bytes: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    working: dict[int, Begun] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case Gathered():
                self.gathered = event
            case Started():
                self.started = event
            case Begun():
                self._leave(event.number)
                self.working[event.worker] = event
            case Done():
                self._leave(event.number)
                self.done, self.bytes = self.done + 1, self.bytes + event.bytes
                self.outcomes[event.outcome] += 1
                self.found.update(dict(event.counts))
            case _:
                pass

    def _leave(self, number: int | None) -> None:
        """Let a document be in no worker's hand: it is done, or another one has it now."""
        self.working = {w: one for w, one in self.working.items() if one.number != number}

    def seconds_left(self, elapsed: float) -> float | None:
        """Return how long the rest takes, by its bytes, at the speed so far; None if unknown.

        A document costs some time whatever its size: many small ones take longer than their bytes.
        One that a worker has in hand is taken to be half done: the large ones come first, and the
        first estimate would be twice too long without that.
        """
        if self.started is None or elapsed < _UNKNOWN or not self.bytes:
            return None
        total = self.started.bytes + EACH * (self.started.documents - self.started.done)
        in_hand = sum(one.bytes + EACH for one in self.working.values()) / 2
        done = self.bytes + EACH * self.done + in_hand
        return max(0.0, elapsed * (total - done) / done)
