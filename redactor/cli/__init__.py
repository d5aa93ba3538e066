"""The commands: the only part that prints or exits.

Heavy libraries are imported by the command that needs them, so that help comes at once. Progress
and errors go to standard error, results to standard output. Nothing printed holds a word of a
document; file names are shown, since a failure must be named.
"""

from __future__ import annotations

from typing import Annotated

import typer

from redactor import __version__
from redactor.cli import (
    audit,
    evaluate,
    model,
    policy,
    redact,
    restore,
    review,
    rules,
    scan,
    verify,
)
from redactor.cli.options import current_name

app = typer.Typer(
    name="redactor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"token_normalize_func": current_name},
    help="""Remove personal data from documents, and prove what was removed.

Redacted copies go to OUT, mirroring the source; the audit log goes to OUT.audit and is never
published. A document that could not be examined gets no copy, and the exit code says so.

Reads: plain text and Markdown (.txt .text .md .markdown).

Exit codes: 0 done; 1 a bug; 2 usage; 3 policy, rules, key, decisions, model or gold;
4 some input not examined; 5 output; 6 a removed value is still readable,
`scan --fail-on-find` found something, or a sample missed its aim; 7 `audit lookup`
did not find a value; 130 interrupted.""",
)
app.command()(redact.redact)
app.command()(review.review)
app.command()(scan.scan)
app.command()(verify.verify)
app.command()(restore.restore)
app.command()(evaluate.evaluate)
app.add_typer(audit.audit_app, name="audit")
app.add_typer(rules.rules_app, name="rules")
app.add_typer(policy.policy_app, name="policy")
app.add_typer(model.model_app, name="model")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"redactor {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    app()
