"""`redactor audit`: read an audit log. One module a command."""

from __future__ import annotations

import typer

from redactor.cli.audit import export, report, show

audit_app = typer.Typer(no_args_is_help=True, help="Read an audit log: rows, a report, exports.")
audit_app.command("show")(show.show)
audit_app.command("report")(report.report)
audit_app.command("export")(export.export)
