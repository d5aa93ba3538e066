"""Options that the commands of `redactor audit` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.output import say

if TYPE_CHECKING:
    from redactor.audit.endings import Unfinished
    from redactor.report.evidence import Evidence

LogArgument = Annotated[
    Path, typer.Argument(metavar="OUT.audit", help="The folder of the log, or OUT itself.")
]
SourceOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--source",
        metavar="SRC",
        help="A source of the run: names what has no copy. Only names are read.",
    ),
]
EntityOption = Annotated[str, typer.Option("--type", metavar="ENTITY", help="Only of this type.")]
FileOption = Annotated[
    str, typer.Option("--file", metavar="NAME", help="Only of files with this in name or id.")
]
RuleOption = Annotated[
    str, typer.Option("--rule", metavar="RULE", help="Only what this rule or source agreed to.")
]
CodeOption = Annotated[str, typer.Option("--code", help="Only under this exemption code.")]
ActionOption = Annotated[
    str, typer.Option("--action", help="Only: pseudonym, keep or another action.")
]
DecisionOption = Annotated[
    str, typer.Option("--decision", help="Only of this decision, such as auto.")
]
RunOption = Annotated[
    str, typer.Option("--run", metavar="ID", help="Only of the run whose id begins so.")
]
ScoreOption = Annotated[
    float | None, typer.Option("--min-score", min=0, max=1, help="Only from this score on.")
]
ReviewOption = Annotated[bool, typer.Option("--review", help="Only what a person should look at.")]


def warn_about(evidence: Evidence) -> int:
    """Say on standard error if the run did not end or the log is not intact; return a code."""
    from redactor.errors import ExitCode
    from redactor.report.state import Verdict

    unfinished = evidence.summary.unfinished
    if unfinished is not None:
        say_unfinished(unfinished)
    if evidence.state.verdict is not Verdict.INTACT:
        say(f"redactor: {evidence.state.sentence}", err=True)
    bad = unfinished is not None or evidence.state.verdict is Verdict.DAMAGED
    return int(ExitCode.OUTPUT if bad else ExitCode.DONE)


def say_unfinished(unfinished: Unfinished) -> None:
    """Say on standard error, in red on a terminal, that the last run did not end."""
    said = typer.style(f"redactor: {unfinished.sentence}", fg="red", bold=True)
    say(said, err=True, styled=True)
