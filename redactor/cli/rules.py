"""`redactor rules`: see, write, test and explain the rules."""

from __future__ import annotations

import sys
from collections.abc import Callable
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
    chosen_rules,
)
from redactor.cli.output import marked, say, shown_name, table
from redactor.errors import ExitCode

if TYPE_CHECKING:
    from redactor.detect.rules.examples import ExampleCheck
    from redactor.explain import Candidate
    from redactor.model import Policy, Recognizer

rules_app = typer.Typer(no_args_is_help=True, help="See, write, test and explain the rules.")


@rules_app.command("list")
def rules_list(rules: RulesOption = None, debug: DebugOption = False) -> None:
    """Show every rule: its id, what it finds, its score, and what it is about.

    Recognisers for Presidio, of one's own, come after the rules.
    """
    with errors(debug=debug):
        from redactor.analysis.detectors import load_rules
        from redactor.config.recognizers import own_recognizers

        paths = tuple(rules or ())
        rows = [(r.id, r.entity, f"{r.score:.2f}", r.about) for r in load_rules(paths)]
        rows += [_recognizer_row(one) for one in own_recognizers(paths)]
        table(("rule", "entity", "score", "about"), rows)


def _recognizer_row(one: Recognizer) -> tuple[str, str, str, str]:
    scores = [pattern.score for pattern in one.patterns]
    scores += [one.deny_list_score] if one.deny_list else []
    parts = ((one.patterns, "patterns"), (one.deny_list, "terms"), (one.context, "context words"))
    held = ", ".join(f"{len(some)} {what}" for some, what in parts if some)
    about = f"for Presidio: {held or 'as Presidio has it'}"
    about += f"; not used: {one.unused}" if one.unused else ""
    score = f"{max(scores):.2f}" if scores else "-"
    return f"presidio:{one.name}", one.entity or "-", score, about


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
        say(f"{path}", f"now change it, and see: redactor rules test {into}")


@rules_app.command("test")
def rules_test(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PATH]",
            help="A folder of rules, or a file of recognisers for Presidio; else what is shipped.",
        ),
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Hold every rule of a folder to its own `finds` and `ignores`, and show each of them.

    What was found stands in colour, or in [[ ]] where there is none. Recognisers for Presidio have
    no examples: those of them that load are named.
    """
    with errors(debug=debug):
        from redactor.config.rules import bundled_rules, recognizer_files, rule_files

        root = path or bundled_rules()
        if root.is_file():
            _show_recognizers(root)
            return
        files, lists = rule_files(root), recognizer_files(root)
        broken = sum(not _holds(_show_rule, file, root) for file in files)
        broken_lists = sum(not _holds(_show_recognizers, file) for file in lists)
        if path is not None and not broken + broken_lists:
            from redactor.analysis.detectors import check_own

            check_own((path,))
        if files:
            say(f"{len(files)} rules, {broken} broken")
        if lists:
            say(f"{len(lists)} files of recognisers, {broken_lists} broken")
        raise typer.Exit(int(ExitCode.CONFIG) if broken + broken_lists else 0)


def _holds(show: Callable[..., None], *given: Path) -> bool:
    """Show a file; tell whether what it holds loads, and say why if it does not."""
    from redactor.errors import RuleError

    try:
        show(*given)
    except RuleError as error:
        say(f"redactor: {error}", err=True)
        return False
    return True


def _show_recognizers(path: Path) -> None:
    """Name the recognisers of a file, once all of them load. Raises RuleError."""
    from redactor.config.recognizers import parse_recognizers
    from redactor.detect.presidio.written import written_recognizers

    recognizers = parse_recognizers(path)
    written_recognizers(recognizers)
    for one in recognizers:
        fate = f"not used: {one.unused}" if one.unused else "loads; it has no examples to hold to"
        say(f"presidio:{shown_name(one.name)}: {fate}")


def _show_rule(path: Path, root: Path) -> None:
    """Show a rule and its examples, and prove it. Raises RuleError."""
    from redactor.config.rules import parse_rule
    from redactor.detect.rules.detector import check_redos, try_examples, validate

    rule = parse_rule(path, root)
    say(f"{rule.id} ({rule.entity}, {rule.score:.2f})")
    for trial in try_examples(rule):
        _show_trial(trial)
    validate(rule)
    check_redos(rule)


def _show_trial(trial: ExampleCheck) -> None:
    spans = [(start, end) for start, end, _ in trial.found]
    shown = marked(trial.text, spans, "red" if trial.fault else "green")
    verdict = "FAIL" if trial.fault else "ok  "
    say(f"  {verdict} {trial.key:7} {shown}", styled=True)


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
        from redactor.explain import explain

        chosen = chosen_policy(policy, allow_list, model, deny_list)
        said = _standard_input(chosen) if text == "-" else text
        paths = chosen_rules(rules)
        analyzer = Analyzer(chosen, paths)
        explained = explain(said, analyzer)
        say(marked(said, [(one.start, one.end) for one in explained.removals]), styled=True)
        shown = _patterns(paths, chosen) if patterns else {}
        for candidate in explained.candidates:
            _show_candidate(said, candidate, shown.get(candidate.finding.source))


def _patterns(paths: tuple[Path, ...], policy: Policy) -> dict[str, str]:
    """Return the patterns of rules and of the user's recognisers, by the source of findings."""
    from redactor.analysis.detectors import load_rules
    from redactor.config.recognizers import own_recognizers

    shown = {f"rule:{rule.id}": rule.pattern for rule in load_rules(paths)}
    for one in (*own_recognizers(paths), *policy.recognizers):
        if one.patterns and not one.unused:
            each = (pattern.regex for pattern in one.patterns)
            shown[f"presidio:{one.name}"] = "\n    ".join(each)
    return shown


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
    place = f"{one.start}-{one.end} {one.entity} {one.score:.2f} {shown_name(one.source)}"
    say("", f"{sign} {place}: {said}", styled=True)
    say(f"    {'; '.join(candidate.why)}", f"    {candidate.fate}")
    if pattern is not None:
        say(f"    {pattern}")
