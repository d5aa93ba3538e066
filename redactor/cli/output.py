"""What several commands show: a table, failures, a progress bar.

Progress and errors go to standard error, results to standard output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
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


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns, the last one as it comes."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        typer.echo("  ".join(cells).rstrip())
