"""Errors as one line on standard error and an exit code; never a word of a document."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from redactor.errors import ExitCode, RedactorError


@contextmanager
def errors(*, debug: bool) -> Iterator[None]:
    """Turn every error into one line on standard error and its exit code."""
    try:
        yield
    except RedactorError as error:
        _trace(error, shown=debug)
        _die(f"{error}. {error.hint}", error.exit_code)
    except KeyboardInterrupt:
        _die("interrupted; nothing half-written was left", ExitCode.INTERRUPTED)
    except typer.Exit:
        raise
    except BrokenPipeError:  # who reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(int(ExitCode.OUTPUT)) from None
    except Exception as error:  # noqa: BLE001  # the last line of defence: its text may quote a document
        _trace(error, shown=debug)
        hint = RedactorError.hint if debug else "Run again with --debug to see where"
        _die(f"an unexpected {type(error).__name__}. {hint}", ExitCode.BUG)


def _trace(error: BaseException, *, shown: bool) -> None:
    """Print where an error came from: places in the code, never its text or its causes'."""
    if shown:
        typer.echo("".join(traceback.format_tb(error.__traceback__)), err=True, nl=False)


def _die(message: str, code: ExitCode) -> NoReturn:
    typer.echo(f"redactor: {message}", err=True)
    raise typer.Exit(int(code))
