"""What several commands show: a table, failures, a progress bar.

Progress and errors go to standard error, results to standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

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


def print_failures(failed: Sequence[Outcome]) -> None:
    """Name every document that was not examined, on standard error."""
    for outcome in failed:
        typer.echo(
            f"not examined: {shown_name(outcome.name)}: {outcome.error}. {outcome.hint}", err=True
        )


def shown_name(name: str) -> str:
    """Return a file name that cannot play tricks on a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)


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
        typer.echo("  ".join(cells).rstrip())
