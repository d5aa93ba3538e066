"""`redactor check`: what bad redactions left readable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from redactor.cli.errors import errors
from redactor.cli.options import DebugOption
from redactor.cli.output import say, shown_name, table
from redactor.errors import ExitCode, InputError, worst

if TYPE_CHECKING:
    from redactor.badredactions import Finding


def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="PDF and Word documents (.docx).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print the concealed text as well: it is private.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Find what bad redactions left readable: text under boxes, hidden text, earlier revisions.

    \b
    Examples:
      redactor check released.pdf
      redactor check released.pdf memo.docx --json

    Each finding says how, where and how many characters, never which, unless --show is given.
    Exits with 6 if anything is concealed, with 4 if a file cannot be examined.
    """
    with errors(debug=debug):
        found: list[tuple[Path, Finding]] = []
        failed: list[tuple[Path, InputError]] = []
        for path in files:
            try:
                found += [(path, one) for one in _examined(path)]
            except InputError as error:
                failed.append((path, error))
        try:
            _print_json(found, failed, show) if as_json else _print_table(found, show)
        finally:  # named even where nothing can be printed
            for path, why in failed:
                name = shown_name(str(path))
                say(f"not examined: {name}: {why}. {why.hint}", err=True)
        codes = [ExitCode.LEAK for _, one in found if one.concealed]
        raise typer.Exit(int(worst([*codes, *(why.exit_code for _, why in failed)])))


def _examined(path: Path) -> Sequence[Finding]:
    from redactor.badredactions import examine
    from redactor.files import open_source
    from redactor.model import Limits

    with open_source(path, Limits().file_bytes) as source:
        return examine(source.read())


def _print_json(
    found: Sequence[tuple[Path, Finding]],
    failed: Sequence[tuple[Path, InputError]],
    show: bool,
) -> None:
    findings = [_row(path, one, show) for path, one in found]
    missing = [
        {"file": shown_name(str(path)), "error": str(error), "code": int(error.exit_code)}
        for path, error in failed
    ]
    say(*json.dumps({"findings": findings, "not_examined": missing}, indent=1).splitlines())


def _row(path: Path, one: Finding, show: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "file": shown_name(str(path)),
        "category": one.category.value,
        "page": one.page or None,
        "part": one.part or None,
        "box": [round(value, 1) for value in one.area] if one.area else None,
        "characters": one.characters,
        "concealed": one.concealed,
    }
    return {**row, "text": one.text} if show else row


def _print_table(found: Sequence[tuple[Path, Finding]], show: bool) -> None:
    if not found:
        say("nothing concealed was found")
        return
    head = ("file", "category", "place", "box", "characters")
    rows = [
        (
            shown_name(str(path)),
            one.category.value,
            one.part or f"page {one.page}",
            " ".join(f"{value:.0f}" for value in one.area) if one.area else "",
            str(one.characters),
            shown_name(" ".join(one.text.split())),
        )
        for path, one in found
    ]
    table((*head, "text") if show else head, rows if show else [row[:-1] for row in rows])
