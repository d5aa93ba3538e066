"""`redactor rules`: see, write, test and explain the rules."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import (
    AllowListOption,
    DebugOption,
    DenyListOption,
    ModelOption,
    PolicyOption,
    RulesOption,
    chosen_policy,
)
from redactor.cli.output import marked, table
from redactor.errors import ExitCode

if TYPE_CHECKING:
    from redactor.detect.rules.examples import ExampleCheck
    from redactor.explain import Candidate
    from redactor.model import Policy

rules_app = typer.Typer(no_args_is_help=True, help="See, write, test and explain the rules.")


@rules_app.command("list")
def rules_list(rules: RulesOption = None, debug: DebugOption = False) -> None:
    """Show every rule: its id, what it finds, its score, and what it is about."""
    with errors(debug=debug):
        from redactor.analysis.detectors import load_rules

        loaded = load_rules(tuple(rules or ()))
        table(
            ("rule", "entity", "score", "about"),
            [(rule.id, rule.entity, f"{rule.score:.2f}", rule.about) for rule in loaded],
        )


@rules_app.command("new")
def rules_new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to call it: staff-badge, ours/staff-badge.")
    ],
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", help="The folder of your rules.")
    ] = Path("rules"),
    debug: DebugOption = False,
) -> None:
    """Write a new rule, complete and explained, to start from. Overwrites nothing."""
    with errors(debug=debug):
        from redactor.config.rules import write_template

        path = write_template(name, into)
        typer.echo(f"{path}\nnow change it, and see: redactor rules test {into}")


@rules_app.command("test")
def rules_test(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="A folder of rules; else the shipped.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Hold every rule of a folder to its own `finds` and `ignores`, and show each of them.

    What was found stands in colour, or in [[ ]] where there is none.
    """
    with errors(debug=debug):
        from redactor.config.rules import bundled_rules, rule_files

        root = folder or bundled_rules()
        files = rule_files(root)
        broken = sum(not _keeps_its_word(path, root) for path in files)
        if folder is not None and not broken:
            from redactor.analysis.detectors import load_rules

            load_rules((folder,))
        typer.echo(f"{len(files)} rules, {broken} broken")
        raise typer.Exit(int(ExitCode.CONFIG) if broken else 0)


def _keeps_its_word(path: Path, root: Path) -> bool:
    """Show a rule and its examples; tell whether it loads."""
    from redactor.config.rules import parse_rule
    from redactor.detect.rules.detector import check_redos, tried, validate
    from redactor.errors import RuleError

    try:
        rule = parse_rule(path, root)
        typer.echo(f"{rule.id} ({rule.entity}, {rule.score:.2f})")
        for trial in tried(rule):
            _show_trial(trial)
        validate(rule)
        check_redos(rule)
    except RuleError as error:
        typer.echo(f"redactor: {error}", err=True)
        return False
    return True


def _show_trial(trial: ExampleCheck) -> None:
    spans = [(start, end) for start, end, _ in trial.found]
    shown = marked(trial.text, spans, "red" if trial.fault else "green")
    verdict = "FAIL" if trial.fault else "ok  "
    typer.echo(f"  {verdict} {trial.key:7} {shown}")


@rules_app.command("explain")
def rules_explain(  # noqa: PLR0913  # one parameter an option
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to explain, or - for standard input.")
    ],
    rules: RulesOption = None,
    policy: PolicyOption = "default",
    model: ModelOption = None,
    allow_list: AllowListOption = None,
    deny_list: DenyListOption = None,
    patterns: Annotated[
        bool,
        typer.Option("--patterns", help="Show the pattern of each rule, its fragments put in."),
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Say which rules and recognisers match what in TEXT and why, and what they lost to.

    Shows the text, in its terminal and nowhere else. A candidate with a * gave the label.
    """
    with errors(debug=debug):
        from redactor.analysis.analyzer import Analyzer
        from redactor.analysis.detectors import load_rules
        from redactor.explain import explain

        chosen = chosen_policy(policy, allow_list, model, deny_list)
        said = _standard_input(chosen) if text == "-" else text
        analyzer = Analyzer(chosen, tuple(rules or ()))
        explained = explain(said, analyzer)
        typer.echo(marked(said, [(one.start, one.end) for one in explained.removals]))
        loaded = load_rules(tuple(rules or ())) if patterns else ()
        shown = {f"rule:{rule.id}": rule.pattern for rule in loaded}
        for candidate in explained.candidates:
            _show_candidate(said, candidate, shown.get(candidate.finding.source))


def _standard_input(policy: Policy) -> str:
    from redactor.files import check_size
    from redactor.formats import Hints, Text

    data = sys.stdin.buffer.read(policy.limits.file_bytes + 1)
    check_size(len(data), policy.limits.file_bytes)
    text, source = Text(), BytesIO(data)
    tokens = text.tokens(source, text.layout(source, Hints()))
    return "".join(token.text or "" for token in tokens)


def _show_candidate(text: str, candidate: Candidate, pattern: str | None) -> None:
    one = candidate.finding
    sign = "*" if candidate.won else " "
    said = marked(text[one.start : one.end], [], "green")
    typer.echo(
        f"\n{sign} {one.start}-{one.end} {one.entity} {one.score:.2f} {one.source}: {said}\n"
        f"    {'; '.join(candidate.why)}\n    {candidate.fate}"
    )
    if pattern is not None:
        typer.echo(f"    {pattern}")
