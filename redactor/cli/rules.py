"""`redactor rules`: see and test the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, RulesOption
from redactor.cli.output import table
from redactor.errors import ExitCode

rules_app = typer.Typer(no_args_is_help=True, help="See and test the rules.")


@rules_app.command("list")
def rules_list(rules: RulesOption = None, debug: DebugOption = False) -> None:
    """Show every rule: its id, what it finds, its score, and what it is about."""
    with errors(debug=debug):
        from redactor.examine import load_rules

        loaded = load_rules(tuple(rules or ()))
        table(
            ("rule", "entity", "score", "about"),
            [(rule.id, rule.entity, f"{rule.score:.2f}", rule.about) for rule in loaded],
        )


@rules_app.command("test")
def rules_test(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="A folder of rules; else the shipped.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Hold every rule of a folder to its own `finds` and `ignores`."""
    with errors(debug=debug):
        from redactor.config.rules import bundled_rules, parse_rules
        from redactor.detect.rules import prove
        from redactor.errors import RuleError

        broken = 0
        loaded = parse_rules(folder or bundled_rules())
        for rule in loaded:
            try:
                prove(rule)
            except RuleError as error:
                broken += 1
                typer.echo(f"redactor: {error}", err=True)
        typer.echo(f"{len(loaded)} rules, {broken} broken")
        raise typer.Exit(int(ExitCode.CONFIG) if broken else 0)
