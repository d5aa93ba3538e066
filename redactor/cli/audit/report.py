"""`redactor audit report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.audit.options import LogArgument, SourceOption, warn_about
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption, RulesOption
from redactor.cli.output import say


def report(  # noqa: PLR0913  # one parameter an option
    log: LogArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A new file; OUT.audit/report.html if unset."),
    ] = None,
    source: SourceOption = None,
    rules: RulesOption = None,
    key_file: KeyOption = None,
    debug: DebugOption = False,
) -> None:
    """Write one HTML file in which a reviewer can read, filter and print all that a log says.

    \b
    Examples:
      redactor audit report OUT.audit --source letters
      redactor audit report OUT.audit --out report.html --key-file collection.key

    The file asks for nothing from any network. It shows file names and the words around each
    place in the published copies: it is private, like the log, and gets mode 0600.
    """
    with errors(debug=debug):
        from redactor.files import create_output, replace_private
        from redactor.report.evidence import check_private, gather
        from redactor.report.page import report as page

        evidence = gather(log, key_file, source or ())
        code = warn_about(evidence)
        target = out or evidence.audit / "report.html"
        check_private(target, evidence)
        write = create_output if out else replace_private
        write(target, page(evidence, rules or ()).encode())
        say(f"report: {target} (keep it private)")
        raise typer.Exit(code)
