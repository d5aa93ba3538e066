"""Progress on standard error: bars for people where it is a terminal, or a line of JSON an event.

Nothing of it holds a name or a word of a document. What cannot be written (a terminal that was
closed, a reader that left) is dropped, and the run goes on: it must not depend on who watches.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, TextIO, assert_never

from redactor.cli.output import shown_name
from redactor.errors import UsageError
from redactor.progress import (
    Begun,
    Done,
    Event,
    Finished,
    Gathered,
    Started,
    Tally,
    Warned,
    Watch,
    unwatched,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

SCHEMA = 1
"""The version of the events as JSON: it changes when a field goes or means something else."""

_PER_SECOND = 2  # pictures drawn: enough to see it move, and no measurable part of a core
_TYPES = 8  # shown by name, of those found
_WORKERS = 8  # shown with their document


class ProgressForm(Enum):
    """How progress is shown."""

    BARS = "bars"
    JSON = "json"
    NONE = "none"


@contextmanager
def watched(form: ProgressForm, *, quiet: bool = False) -> Iterator[Watch]:
    """Yield what a run is watched with; bars are gone from the terminal when it ends.

    Raises UsageError where nothing is to be said, and events are.
    """
    if quiet and form is ProgressForm.JSON:
        raise UsageError("--quiet and --progress json exclude each other")
    if form is ProgressForm.JSON:
        yield Lines(sys.stderr).add
    elif quiet or form is ProgressForm.NONE or not _is_terminal(sys.stderr):
        yield unwatched
    else:
        with _live(Bars(time.monotonic), sys.stderr) as watch:
            yield watch


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class _Deaf:
    """A stream that goes on when nothing can be written to it any more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._closed = False

    def write(self, text: str) -> int:
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        self._try(self._stream.flush)

    def _try(self, write: Callable[[], object]) -> None:
        try:
            if not self._closed:
                write()
        except (OSError, ValueError):  # ValueError: of a stream that was closed
            self._closed = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Lines:
    """Events as JSON, one a line. The README of this folder says what is in them."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Take where the lines go, and what tells the seconds."""
        self._stream = _Deaf(stream)
        self._clock, self._begun = clock, clock()
        self._tally = Tally()

    def add(self, event: Event) -> None:
        """Write an event. That a worker has begun is none: its document is named when done."""
        self._tally.add(event)
        if isinstance(event, Begun):
            return
        fields = {"event": _KINDS[type(event)], "seconds": round(self._clock() - self._begun, 1)}
        self._stream.write(json.dumps(fields | self._fields(event)) + "\n")
        self._stream.flush()

    def _fields(self, event: Gathered | Started | Done | Warned | Finished) -> dict[str, object]:
        match event:
            case Gathered():
                return {"documents": event.documents, "of": event.of}
            case Started():
                return {
                    "schema": SCHEMA,
                    "documents": event.documents,
                    "bytes": event.bytes,
                    "workers": event.workers,
                    "done": event.done,
                }
            case Done():
                return {
                    "number": event.number,
                    "bytes": event.bytes,
                    "outcome": event.outcome,
                    "exit_code": event.exit_code,
                    "found": dict(event.counts),
                }
            case Warned():
                return {"message": event.message}
            case Finished():
                return {
                    "exit_code": event.exit_code,
                    "outcomes": dict(sorted(self._tally.outcomes.items())),
                    "found": dict(sorted(self._tally.found.items())),
                }
        assert_never(event)


_KINDS: dict[type[Event], str] = {
    Gathered: "gathered",
    Started: "started",
    Done: "document",
    Warned: "warning",
    Finished: "finished",
}


@contextmanager
def _live(bars: Bars, stream: TextIO) -> Iterator[Watch]:
    """Draw bars now and then while a run goes on, in a thread that the run never waits for."""
    from rich.console import Console
    from rich.live import Live

    console = Console(file=_Deaf(stream), force_terminal=True)  # type: ignore[arg-type]
    with Live(
        get_renderable=bars.picture,
        console=console,
        refresh_per_second=_PER_SECOND,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield bars.add


class Bars:
    """What a person sees: how far it is, what was found, and which document each worker has.

    documents ━━━━━━━━━ 1,204 of 20,000   0.041 MB/s   about 12 min left
    found     PERSON 3,120, EMAIL_ADDRESS 411
    working   1: document 1,877 (2.1 MB), 2: document 1,204 (12 kB)
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take what tells the seconds."""
        self._clock = clock
        self._since: float | None = None
        self._tally = Tally()

    def add(self, event: Event) -> None:
        """Take in an event; it is drawn with the next picture."""
        if isinstance(event, Started):
            self._since = self._clock()
        self._tally.add(event)

    def picture(self) -> RenderableType:
        """Return what is drawn now."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        tally, started = self._tally, self._tally.started
        if started is None or self._since is None:
            return Text(_before(tally.gathered), overflow="ellipsis")
        done = started.done + tally.done
        elapsed = self._clock() - self._since
        head = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(1, started.documents), completed=done, width=24)
        head.add_row("documents", bar, f"{done:,} of {started.documents:,}", self._speed(elapsed))
        rows = [self._row("found    ", found_in_words(tally.found))]
        rows.append(self._row("working  ", working_in_words(tally.working)))
        return Group(head, *rows)

    @staticmethod
    def _row(title: str, said: str) -> RenderableType:
        from rich.text import Text

        return Text(f"{title} {said}", no_wrap=True, overflow="ellipsis")

    def _speed(self, elapsed: float) -> str:
        left = self._tally.seconds_left(elapsed)
        if left is None:
            return ""
        speed = self._tally.bytes / elapsed / 1e6
        return f"  {speed:.{1 if speed >= 1 else 3}f} MB/s  about {in_words(left)} left"


def _before(gathered: Gathered | None) -> str:
    """Return what goes on before the work begins."""
    if gathered is None:
        return "looking at the sources, loading the detectors"
    return f"reading for people: {gathered.documents:,} of {gathered.of:,} documents"


def found_in_words(found: Counter[str]) -> str:
    """Return the most frequent types with their counts; types are words of a policy."""
    rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{shown_name(entity)} {count:,}" for entity, count in rows[:_TYPES]]
    more = [f"{len(rows) - _TYPES} more types"] if len(rows) > _TYPES else []
    return ", ".join([*said, *more]) or "nothing yet"


def working_in_words(working: dict[int, Begun]) -> str:
    """Return which document each worker has, by number."""
    rows = sorted(working.items())
    said = [f"{w}: document {one.number:,} ({size(one.bytes)})" for w, one in rows[:_WORKERS]]
    more = [f"{len(rows) - _WORKERS} more"] if len(rows) > _WORKERS else []
    return ", ".join([*said, *more])


def size(count: int) -> str:
    """Return a number of bytes in words: `2.1 MB`."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes"


def in_words(seconds: float) -> str:
    """Return a time in words, as exact as a person needs it: `12 min`, `3 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"
