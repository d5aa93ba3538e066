"""One large document among several workers, with the copy and records of one.

Nearly all work on a document is what detectors find in the windows of its text, each by itself. So
one worker, its *owner*, reads, decides and writes as ever, and *helpers* go through the same
document beside it, whatever its format: each asks the detectors in its share of the windows, and
sends what they find. Windows are numbered as they come. The owner takes a result only for exactly
the text that it has before it; whatever else comes, or does not, it finds by itself. So a helper
that dies, or comes late, costs time and nothing else.

A helper begins with the first window of its share that the owner has not reached yet: it asks which
that is.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from multiprocessing.connection import Connection
from queue import Empty, Queue
from socket import SHUT_RDWR, socket
from threading import Thread
from types import TracebackType
from typing import Any, Self

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import Unit
from redactor.analysis.window_reader import WindowFindings
from redactor.errors import InputError, RedactorError
from redactor.files import open_source
from redactor.formats.tree import root
from redactor.model import Job, TextWindow
from redactor.pipeline.context import RunContext
from redactor.pipeline.units import Positions, TreeUnits

__all__ = ["LARGE", "Arrival", "HelpedSearch", "Share", "help_with", "is_shareable"]

LARGE = 2 << 20
"""Bytes of a document from which on it is shared; a worker for every so many of them is worth its
start."""

_AHEAD = 64
"""Results that are held for an owner at most, of each helper; then that one waits."""

_PAUSE = 0.05  # seconds between two looks at a thread that is to end


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the windows of a document: that of helper `number`, from 0, of so many.

    The owner has half a share, since it decides and writes as well.
    """

    number: int
    helpers: int

    def has(self, window: int) -> bool:
        """Tell whether a window is in it."""
        at = window % (2 * self.helpers + 1)
        return at < 2 * self.helpers and at % self.helpers == self.number


Arrival = tuple[Share, Connection]
"""A helper that begins: its share, and the owner's end of the pipe to it."""


def is_shareable(job: Job, settings: RunContext) -> bool:
    """Tell whether helpers may read a document as its owner does, at a small part of the cost."""
    return not (job.convert or job.archives or settings.policy.seeing.ocr)


def _digest(unit: Unit) -> bytes:
    """Return a digest of all that findings in the windows of a unit depend on."""
    digest = hashlib.sha256(unit.text.encode("utf-8", "surrogatepass"))
    digest.update(array("q", chain.from_iterable(unit.fields)).tobytes())
    return digest.digest()


class _Line:
    """The owner's end of a pipe to a helper, read by a thread, so that the helper can go ahead."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._queue: Queue[Any] = Queue(_AHEAD)
        self._begins: int | None = None
        self._thread = Thread(target=self._receive, daemon=True)
        self._thread.start()

    def _receive(self) -> None:
        message: Any = True
        while message is not None:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                message = None
            self._queue.put(message)

    def answer(self, window: int) -> None:
        """Answer a helper that asks which window its owner has reached."""
        if self._begins is None and not self._queue.empty():
            asked = self._queue.get()
            self._begins = asked if asked is not None and asked > window else None
            with suppress(OSError):  # it died; the next look at the queue says so
                self._pipe.send(window)

    def findings(self, window: int, key: bytes) -> WindowFindings | None:
        """Return what the helper found in a window of that digest, waiting for it."""
        if self._begins is None or window < self._begins:
            return None
        digest, found = self._queue.get() or (b"", None)
        if digest == key:
            return found
        self.close()
        return None

    def close(self) -> None:
        """Let the helper go."""
        self._begins = None
        with suppress(OSError), socket(fileno=os.dup(self._pipe.fileno())) as line:
            line.shutdown(SHUT_RDWR)  # which wakes whoever reads or writes it
        while self._thread.is_alive():
            with suppress(Empty):
                self._queue.get(timeout=_PAUSE)
        self._queue = Queue()
        self._pipe.close()


class HelpedSearch:
    """What helpers find in the document in hand. `arrivals` are those that begin, when asked for.

    Use it as a context manager.
    """

    def __init__(self, arrivals: Callable[[], Iterable[Arrival]]) -> None:
        """Begin without a helper."""
        self._arrivals = arrivals
        self._lines: dict[Share, _Line] = {}
        self._window = -1
        self._unit = b""  # the digest of that in hand, once it is asked for

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let all helpers go."""
        while self._lines:
            self._lines.popitem()[1].close()

    def findings(self, unit: Unit, segment: TextWindow) -> WindowFindings | None:
        """Return what a helper found in a window, or None."""
        self._window += 1
        self._unit = self._unit if segment.offset else b""
        for share, pipe in self._arrivals():
            with suppress(RuntimeError):  # there is no memory for a thread more
                self._lines[share] = _Line(pipe)
        found = None
        for share, line in self._lines.items():
            line.answer(self._window)
            if share.has(self._window):
                self._unit = self._unit or _digest(unit)
                found = line.findings(self._window, self._unit)
        return found


def help_with(job: Job, settings: RunContext, share: Share, pipe: Connection) -> None:
    """Send what is found in a share of a document, until its end or until the owner has enough."""
    analyzer = Analyzer(settings.policy, settings.rules)
    helper = _Helper(analyzer, settings, share, pipe)
    limit, name = settings.policy.limits.file_bytes, job.source.name
    with (
        closing(pipe),
        suppress(RedactorError, EOFError, OSError),
        open_source(job.source, limit, job.at) as source,
    ):
        helper.examine(root(source, name, settings.reading()), name)


class _Helper(TreeUnits):
    """Goes through the units of a document as its owner does, and searches its share."""

    def __init__(
        self, analyzer: Analyzer, settings: RunContext, share: Share, pipe: Connection
    ) -> None:
        super().__init__(settings.reading())
        self._reader = analyzer.reader
        self._share, self._pipe = share, pipe
        self._window = self._reached = -1
        self._begun = False

    def unit(self, unit: Unit, name: str, positions: Positions) -> None:
        """Search a unit."""
        del name, positions
        digest = b""
        for segment in unit.windows:
            self._reader.check(segment)  # as for the owner, who goes on with the next member then
            self._window += 1
            if self._share.has(self._window) and self._is_ahead():
                digest = digest or _digest(unit)
                self._pipe.send((digest, self._found(unit, segment)))

    def names(self, unit: Unit, positions: Positions) -> None:
        """Search the names and comments in a container."""
        self.unit(unit, "", positions)

    def _is_ahead(self) -> bool:
        """Tell whether the owner has not reached this window, and waits for it from now on."""
        if not self._begun and self._window > self._reached:
            self._pipe.send(self._window)
            self._reached = self._pipe.recv()
            self._begun = self._window > self._reached
        return self._begun

    def _found(self, unit: Unit, segment: TextWindow) -> WindowFindings | None:
        """Return what is found in a window; None if that takes too long here."""
        try:
            return self._reader.findings(unit, segment)
        except InputError:
            return None
