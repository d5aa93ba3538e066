"""The commands: the only part that prints or exits.

Heavy libraries are imported by the command that needs them, so that help comes at once. Progress
and errors go to standard error, results to standard output. Nothing printed holds a word of a
document; file names are shown, since a failure must be named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from redactor import __version__
from redactor.cli import (
    audit,
    check,
    evaluate,
    formats,
    model,
    policy,
    redact,
    restore,
    review,
    rules,
    scan,
    spark,
    status,
    verify,
)
from redactor.cli.options import current_name
from redactor.cli.output import say, shown_line
from redactor.process import keep_memory_private


class Commands(TyperGroup):
    """The commands, whose usage errors show what was typed: any name that a shell put there."""

    def make_context(self, *given: Any, **named: Any) -> Any:
        """Read the options of all commands."""
        with _printable():
            return super().make_context(*given, **named)

    def invoke(self, ctx: Any) -> Any:
        """Read the options of the command that is called, and call it."""
        with _printable():
            return super().invoke(ctx)


@contextmanager
def _printable() -> Iterator[None]:
    try:
        yield
    except _USAGE_ERROR as error:
        error.message = shown_line(error.message)
        raise


_USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
"""What Typer raises for a call that makes no sense; versions of it bring a Click of their own."""

app = typer.Typer(
    name="redactor",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"token_normalize_func": current_name},
    help="""Remove personal data from documents, and prove what was removed.

Redacted copies go to OUT, mirroring the source; the audit log goes to OUT.audit and is never
published. A document that could not be examined gets no copy, and the exit code says so.

Reads text, web pages, data, mail, Office documents, PDF, archives and web archives;
`redactor formats` lists every type, and what of it is not examined.

Exit codes: 0 done; 1 a bug; 2 usage; 3 policy, rules, key, decisions, model or gold;
4 some input not examined; 5 output; 6 a removed value is still readable, `check` or
`scan --fail-on-find` found something, or a sample missed its aim; 7 `audit lookup`
did not find a value; 129 hung up, 130 interrupted, 143 terminated.""",
)
app.command()(redact.redact)
app.command()(spark.spark)
app.command()(review.review)
app.command()(scan.scan)
app.command()(check.check)
app.command()(verify.verify)
app.command()(status.status)
app.command()(restore.restore)
app.command()(evaluate.evaluate)
app.command()(formats.formats)
app.add_typer(audit.audit_app, name="audit")
app.add_typer(rules.rules_app, name="rules")
app.add_typer(policy.policy_app, name="policy")
app.add_typer(model.model_app, name="model")


def _show_version(value: bool) -> None:
    if value:
        say(f"redactor {__version__}")
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
    keep_memory_private()
    app()
