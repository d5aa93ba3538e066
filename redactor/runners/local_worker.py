"""A worker's life: it redacts what comes through a pipe, until that closes.

Others help it with a large document, or it helps them (`pipeline.sharing`). The
pipe between a helper and an owner is theirs alone: what is found in a text does not pass through
the process that supervises them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from socket import recv_fds, send_fds, socket
from typing import TypeAlias

from redactor.errors import OutOfMemory, RedactorError, WorkerDied
from redactor.model import Job, Outcome
from redactor.pipeline import RunContext, prepare, redact, unforeseen
from redactor.pipeline.sharing import Arrival, HelpedSearch, Share, help_with
from redactor.process import end_with, keep_memory_private, limit_memory

__all__ = ["bring_together", "serve"]


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A share of a document, for its helper with the job; the end of a pipe follows."""

    share: Share
    job: Job | None = None


_Message: TypeAlias = Job | _Meeting


def bring_together(owner: Connection, helper: Connection, job: Job, share: Share) -> None:
    """Let one worker help another with the document that it has in hand, by the pipes to both."""
    ours, theirs = Pipe()
    with ours, theirs, suppress(OSError):  # one died; the next look at it says so
        owner.send(_Meeting(share))
        _send_end(owner, ours)
        helper.send(_Meeting(share, job))
        _send_end(helper, theirs)


def _send_end(pipe: Connection, end: Connection) -> None:
    with socket(fileno=os.dup(pipe.fileno())) as line:
        send_fds(line, [b"\0"], [end.fileno()])


def _received_end(pipe: Connection) -> Connection:
    """Return the end of a pipe that was sent. Raises EOFError when there is none."""
    with socket(fileno=os.dup(pipe.fileno())) as line:
        _, handles, _, _ = recv_fds(line, 1, 1)
    if not handles:
        raise EOFError
    return Connection(handles[0])


def serve(handle: int, parent: int) -> None:
    """Redact what comes through a pipe, the settings first, until it closes."""
    keep_memory_private()
    end_with(parent)
    pipe = Connection(handle)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        settings: RunContext = pipe.recv()
        pipe.send(_ready_or_not(settings))
        limit_memory(settings.policy.limits.memory_bytes)
        while True:
            _serve_one(pipe, settings)


def _serve_one(pipe: Connection, settings: RunContext) -> None:
    message: _Message = pipe.recv()
    if isinstance(message, Job):
        with HelpedSearch(lambda: _arrivals(pipe)) as elsewhere:
            outcome = done(message, settings, elsewhere)
        pipe.send(outcome)
        return
    with _received_end(pipe) as end:
        if message.job is not None:  # else it is for a document that is done
            _help(message.job, settings, message.share, end)
            pipe.send(None)


def _arrivals(pipe: Connection) -> Iterator[Arrival]:
    """Yield the helpers of the document in hand that were sent since this was last asked."""
    with suppress(EOFError, OSError):
        while pipe.poll():
            message: _Meeting = pipe.recv()
            yield message.share, _received_end(pipe)


def _help(job: Job, settings: RunContext, share: Share, end: Connection) -> None:
    """Search a share of a document. Raises MemoryError: then this process should not go on."""
    try:
        help_with(job, settings, share, end)
    except MemoryError:
        raise BrokenPipeError from None
    except Exception:  # noqa: BLE001  # the owner meets the same, and names it
        return


def done(job: Job, settings: RunContext, elsewhere: HelpedSearch) -> Outcome | RedactorError:
    """Return the outcome of a document, or OutOfMemory: then this process should not go on."""
    try:
        return redact(job, settings, fatal=(MemoryError,), elsewhere=elsewhere)
    except MemoryError:
        limit = settings.policy.limits.memory_bytes
        return OutOfMemory(f"needs more than {limit} bytes of memory, twice (limit `memory_bytes`)")


def _ready_or_not(settings: RunContext) -> RedactorError | None:
    """Load the detectors; return the error that keeps this worker from starting, if any."""
    try:
        prepare(settings)
    except RedactorError as error:
        return error
    except MemoryError:
        return WorkerDied("there is not enough memory for the detectors")
    except Exception as error:  # noqa: BLE001  # its text may quote a list or a rule
        return unforeseen(error)
    return None
