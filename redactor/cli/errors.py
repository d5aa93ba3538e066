"""Errors as one line on standard error and an exit code; never a word of a document."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from redactor.cli.output import discard_output, print_error, say
from redactor.errors import ExitCode, OutputError, RedactorError


@contextmanager
def errors(*, debug: bool) -> Iterator[None]:
    """Turn every error into one line on standard error and its exit code."""
    try:
        yield
    except RedactorError as error:
        _trace(error, shown=debug)
        print_error(error)
        raise typer.Exit(int(error.exit_code)) from None
    except KeyboardInterrupt:
        _die(
            "interrupted; nothing half-written was left. The same `redact` goes on with --resume",
            ExitCode.INTERRUPTED,
        )
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
