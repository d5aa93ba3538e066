"""`redactor audit`: check and read an audit log. One module a command."""

from __future__ import annotations

import typer

from redactor.cli.audit import export, lookup, prove, report, reveal, sample, show, verify

audit_app = typer.Typer(no_args_is_help=True, help="Check and read an audit log.")
audit_app.command("show")(show.show)
audit_app.command("lookup")(lookup.lookup)
audit_app.command("reveal")(reveal.reveal)
audit_app.command("report")(report.report)
audit_app.command("export")(export.export)
audit_app.command("sample")(sample.sample)
audit_app.command("verify")(verify.verify)
audit_app.command("prove")(prove.prove)
