"""Errors as one line on standard error and an exit code; never a word of a document."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import NoReturn

import typer

from redactor.cli.output import discard_output, print_error, say
from redactor.errors import ExitCode, OutputError, RedactorError

_STOPS = {
    signal.SIGHUP: (ExitCode.HANGUP, "the terminal was closed"),
    signal.SIGINT: (ExitCode.INTERRUPTED, "interrupted"),
    signal.SIGTERM: (ExitCode.TERMINATED, "terminated"),
}
"""The exit code for a signal, and a word for what happened."""


class Stopped(KeyboardInterrupt):
    """A signal that ends a command as Ctrl-C does, with an exit code of its own."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _signals_raised() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, unless they are ignored (`nohup`)."""
    before = {}
    if current_thread() is main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# What an operator does after a command was stopped.
_RESUMED, _AGAIN = "The same command goes on with --resume", "Run it again"


def _stop(number: int, _: FrameType | None) -> NoReturn:
    for one in (signal.SIGTERM, signal.SIGHUP):  # once is enough: what is in hand is put down
        signal.signal(one, signal.SIG_IGN)
    raise Stopped(signal.Signals(number))


@contextmanager
def errors(*, debug: bool, resumes: bool = False) -> Iterator[None]:
    """Turn every error into one line on standard error and its exit code.

    A command that `resumes` goes on with --resume when it was stopped.
    """
    try:
        with _signals_raised():
            yield
    except RedactorError as error:
        _trace(error, shown=debug)
        print_error(error)
        raise typer.Exit(int(error.exit_code)) from None
    except KeyboardInterrupt as stop:
        code, word = _STOPS[stop.number if isinstance(stop, Stopped) else signal.SIGINT]
        _die(f"{word}; nothing half-written was left. {_RESUMED if resumes else _AGAIN}", code)
    except typer.Exit:
        raise
    except BrokenPipeError:  # who reads our output has seen enough
        discard_output()
        raise typer.Exit(int(ExitCode.OUTPUT)) from None
    except OSError as error:  # what the machine refuses is no bug
        _trace(error, shown=debug)
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        _die(
            f"{where}{error.strerror or type(error).__name__}. {OutputError.hint}", ExitCode.OUTPUT
        )
    except Exception as error:  # noqa: BLE001  # the last line of defence: its text may quote a document
        _trace(error, shown=debug)
        hint = RedactorError.hint if debug else "Run again with --debug to see where"
        _die(f"an unexpected {type(error).__name__}. {hint}", ExitCode.BUG)


def _trace(error: BaseException, *, shown: bool) -> None:
    """Print where an error came from: places in the code, never its text or its causes'."""
    if shown:
        say(*"".join(traceback.format_tb(error.__traceback__)).splitlines(), err=True)


def _die(message: str, code: ExitCode) -> NoReturn:
    say(f"redactor: {message}", err=True)
    raise typer.Exit(int(code))
