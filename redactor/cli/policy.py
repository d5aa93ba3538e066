"""`redactor policy`: see and check policies."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import (
    AsOfOption,
    DebugOption,
    ModelOption,
    RulesOption,
    chosen_policy,
    chosen_rules,
)
from redactor.cli.output import print_notices, say, table, write_out
from redactor.model import Limits

if TYPE_CHECKING:
    from redactor.model import Policy

policy_app = typer.Typer(no_args_is_help=True, help="See and check policies.")


@policy_app.command("list")
def policy_list() -> None:
    """Show the shipped policies, and the sets of codes that a policy may name."""
    from redactor.config.codes import load_code_set, shipped_code_sets
    from redactor.config.policy import load_policy, shipped_policies

    table(("policy", "about"), [(name, load_policy(name).about) for name in shipped_policies()])
    say("")
    sets = [(name, load_code_set(name).about) for name in shipped_code_sets()]
    table(("codes", "about"), sets)


@policy_app.command("show")
def policy_show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE", help="A shipped policy or set of codes, or a policy file."
        ),
    ],
    debug: DebugOption = False,
) -> None:
    """Print a policy or a set of codes: copy it to a file to make your own.

    \b
    Examples:
      redactor policy show default
      redactor policy show codes:hipaa

    A policy that says `codes: hipaa` takes codes, legal bases and reasons from that set.
    """
    with errors(debug=debug):
        from redactor.config.codes import code_set_path, load_code_set
        from redactor.config.policy import load_policy, policy_path

        kind, _, code_set = name.partition(":")
        if kind == "codes" and code_set:
            load_code_set(code_set)
            path = code_set_path(code_set)
        else:
            load_policy(name)
            path = policy_path(name)
        write_out(path.read_bytes())


@policy_app.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file.")],
    rules: RulesOption = None,
    model: ModelOption = None,
    as_of: AsOfOption = None,
    debug: DebugOption = False,
) -> None:
    """Say whether a policy file can be obeyed, unknown entities included.

    What goes under no code is listed, and what is no longer restricted (on --as-of, or today).
    """
    with errors(debug=debug):
        from redactor.analysis.analyzer import Analyzer
        from redactor.notices import policy_notices

        analyzer = Analyzer(chosen_policy(str(file), model=model, as_of=as_of), chosen_rules(rules))
        say(f"{file}: can be obeyed")
        removed = set(filter(analyzer.policy.seeks, analyzer.policy.entity_policies))
        if left := sorted(removed - analyzer.detectors.sought):
            say(f"of other countries, and not looked for: {', '.join(left)}")
        _tell_codes(analyzer.policy, removed)
        _tell_limits(analyzer.policy.limits)
        _tell_actions(analyzer.policy, removed)
        print_notices(policy_notices(analyzer.policy))


def _tell_actions(policy: Policy, removed: set[str]) -> None:
    """Print the types that get a label, since the general action is not for them."""
    from redactor.operators.replacing import supports

    ways = {entity: policy.entity_policy(entity).action for entity in sorted(removed)}
    idle = [entity for entity, action in ways.items() if not supports(action, entity)]
    if idle:
        action = ways[idle[0]].value
        say(f"`{action}` is not for these, which get a label: {', '.join(idle)}")


def _tell_codes(policy: Policy, removed: set[str]) -> None:
    """Print the types without a code, and the restrictions that have ended."""
    exemptions = {entity: policy.entity_policy(entity).exemption for entity in sorted(removed)}
    without = [entity for entity, exemption in exemptions.items() if not exemption.code]
    if len(without) == len(removed):
        say("no codes: the log will give no exemption or reason")
    elif without:
        say(f"without a code: {', '.join(without)}")
    if ended := [entity for entity in exemptions if not policy.removes(entity)]:
        say(f"no longer restricted on {policy.as_of}: {', '.join(ended)}")


def _tell_limits(limits: Limits) -> None:
    """Say which limits are not the usual ones."""
    usual = asdict(Limits())
    told = [
        f"{name} {value:,} (usually {usual[name]:,})"
        for name, value in asdict(limits).items()
        if value != usual[name]
    ]
    if told:
        say(f"limits: {'; '.join(told)}")
