"""`redactor scan`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import (
    AsOfOption,
    DebugOption,
    EncodingOption,
    KeepOption,
    ModelOption,
    PolicyOption,
    RemoveOption,
    RulesOption,
    chosen_policy,
)
from redactor.cli.output import print_failures, shown_name, table
from redactor.errors import ExitCode, UsageError, worst

if TYPE_CHECKING:
    from redactor.model import Outcome
    from redactor.scanning import Found


def scan(  # noqa: PLR0913  # one parameter an option
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="Folders and files, or - for stdin.")
    ],
    policy: PolicyOption = "default",
    model: ModelOption = None,
    keep: KeepOption = None,
    remove: RemoveOption = None,
    as_of: AsOfOption = None,
    rules: RulesOption = None,
    encoding: EncodingOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print SARIF 2.1.0 instead of a table.")
    ] = False,
    fail_on_find: Annotated[
        bool, typer.Option("--fail-on-find", help="Exit with 6 if anything is found.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Show what would be removed from SRC, and write nothing.

    \b
    Examples:
      redactor scan letters
      redactor scan letters --json --fail-on-find
      redactor scan letters --sarif > findings.sarif
      redactor scan - < letter.txt

    Positions are character offsets in the decoded text; the text itself is never shown.
    """
    with errors(debug=debug):
        from redactor.scanning import scan_sources

        if as_json and as_sarif:
            raise UsageError("--json and --sarif exclude each other")
        chosen = chosen_policy(policy, keep, model, remove, as_of)
        found, failed = scan_sources(
            sources, chosen, tuple(rules or ()), encoding, sys.stdin.buffer
        )
        if as_sarif:
            _print_sarif(found, failed)
        else:
            _print_json(found, failed) if as_json else _print_table(found)
        print_failures(failed)
        codes = [outcome.code for outcome in failed]
        raise typer.Exit(int(worst([*codes, ExitCode.LEAK] if fail_on_find and found else codes)))


def _print_json(found: Sequence[Found], failed: Sequence[Outcome]) -> None:
    findings = [
        {
            "file": shown_name(name),
            "line": line,
            "start": finding.start,
            "end": finding.end,
            "entity": finding.entity,
            "score": round(finding.score, 2),
            "source": finding.source,
            "review": list(review),
        }
        for name, line, finding, review in found
    ]
    missing = [{"file": shown_name(o.name), "error": o.error, "code": o.code} for o in failed]
    typer.echo(json.dumps({"findings": findings, "not_examined": missing}, indent=1))


def _print_sarif(found: Sequence[Found], failed: Sequence[Outcome]) -> None:
    from redactor.report.sarif import Result, sarif

    results = [
        Result(
            name,
            finding.start,
            finding.end,
            line,
            finding.entity,
            finding.source,
            finding.score,
            "warning",
            f"{finding.entity} found",
            review,
        )
        for name, line, finding, review in found
    ]
    typer.echo(sarif(results, [(outcome.name, outcome.error) for outcome in failed]))


def _print_table(found: Sequence[Found]) -> None:
    rows = [
        (
            shown_name(name),
            str(line),
            f"{f.start}-{f.end}",
            f.entity,
            f"{f.score:.2f}",
            f.source,
            ", ".join(review),
        )
        for name, line, f, review in found
    ]
    table(("file", "line", "span", "entity", "score", "source", "review"), rows)
