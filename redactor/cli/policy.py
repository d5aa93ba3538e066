"""`redactor policy`: see and check policies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, ModelOption, RulesOption, chosen_policy
from redactor.cli.output import table

policy_app = typer.Typer(no_args_is_help=True, help="See and check policies.")


@policy_app.command("list")
def policy_list() -> None:
    """Show the shipped policies."""
    from redactor.config.policy import load_policy, shipped_policies

    table(("policy", "about"), [(name, load_policy(name).about) for name in shipped_policies()])


@policy_app.command("show")
def policy_show(
    name: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A shipped policy, or a policy file.")
    ],
    debug: DebugOption = False,
) -> None:
    """Print a policy: copy it to a file to make your own."""
    with errors(debug=debug):
        from redactor.config.policy import load_policy, policy_path

        load_policy(name)
        typer.echo(policy_path(name).read_text("utf-8"), nl=False)


@policy_app.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file.")],
    rules: RulesOption = None,
    model: ModelOption = None,
    debug: DebugOption = False,
) -> None:
    """Say whether a policy file can be obeyed, unknown entities included."""
    with errors(debug=debug):
        from redactor.examine import Examiner

        examiner = Examiner(chosen_policy(str(file), model=model), tuple(rules or ()))
        typer.echo(f"{file}: can be obeyed")
        removed = filter(examiner.policy.removes, examiner.policy.treatments)
        if left := sorted(set(removed) - examiner.detectors.sought):
            typer.echo(f"of other countries, and not looked for: {', '.join(left)}")
