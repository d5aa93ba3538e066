"""What commands print, all of which passes `say` or `write_out`: tables, failures, a progress bar.

Progress and errors go to standard error, results to standard output. A name of a file may hold any
character but a slash: nothing that is printed can give a terminal orders, or look like a line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from redactor.errors import OutputError, RedactorError

if TYPE_CHECKING:
    from redactor.model import Outcome


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows how many documents are done; only on a terminal."""
    if not shown or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("documents"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("documents", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def say(*lines: str, err: bool = False, styled: bool = False) -> None:
    """Print lines; what in them cannot be printed is replaced, unless `styled` by `marked`.

    Raises OutputError where standard output takes nothing; where standard error does not, there is
    nothing left to say it on.
    """
    shown = lines if styled else [shown_line(line) for line in lines]
    try:
        typer.echo("\n".join(shown), err=err)
    except BrokenPipeError:
        raise
    except OSError as error:
        if not err:
            raise _unsaid(error) from None


def write_out(data: bytes) -> None:
    """Write bytes to standard output as they are; on a terminal, as `say` does.

    Raises OutputError.
    """
    try:
        if sys.stdout.isatty():
            say(*data.decode("utf-8", "replace").splitlines())
            return
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unsaid(error) from None


def _unsaid(error: OSError) -> OutputError:
    discard_output()
    return OutputError(f"cannot write to standard output: {error.strerror}")


def discard_output() -> None:
    """Let standard output go nowhere: else the interpreter would try again as it ends."""
    with suppress(OSError, ValueError):  # a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), sys.stdout.fileno())


def print_failures(failed: Sequence[Outcome]) -> None:
    """Name every document that was not examined, on standard error."""
    for outcome in failed:
        say(f"not examined: {outcome.name}: {outcome.error}. {outcome.hint}", err=True)


def print_error(error: RedactorError) -> None:
    """Print an error and what to do about it, on standard error."""
    say(f"redactor: {error}. {error.hint}", err=True)


def print_notices(notices: Iterable[str]) -> None:
    """Print what is odd though nothing failed, on standard error."""
    for notice in notices:
        say(f"redactor: warning: {notice}", err=True)


def shown_name(name: str) -> str:
    """Return a file name that cannot play tricks on a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)


def shown_line(line: str) -> str:
    """Return a line that cannot play tricks on a terminal; tabs are as they are."""
    return "\t".join(map(shown_name, line.split("\t")))


def in_colour() -> bool:
    """Tell whether standard output takes colours, and the user wants them."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def marked(text: str, spans: Iterable[tuple[int, int]], colour: str = "green") -> str:
    """Return a text on one line with some spans in colour, or in double brackets without it.

    Nothing in it can play tricks on a terminal; a line end is shown as a backslash and an n.
    """
    shown, last = "", 0
    for start, end in sorted(set(spans)):
        if start >= last:
            shown += _one_line(text[last:start]) + _mark(_one_line(text[start:end]), colour)
            last = end
    return shown + _one_line(text[last:])


def _mark(text: str, colour: str) -> str:
    return typer.style(text, fg=colour, bold=True) if in_colour() else f"[[{text}]]"


def _one_line(text: str) -> str:
    return shown_name(text.replace("\n", "\\n").replace("\t", "\\t"))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns, the last one as it comes."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  ".join(cells).rstrip())
