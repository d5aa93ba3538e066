"""`redactor audit prove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.audit.options import LogArgument
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption
from redactor.cli.output import write_out
from redactor.errors import UsageError


def prove(
    log: LogArgument,
    record: Annotated[
        str | None,
        typer.Argument(metavar="RECORD", help="A record's number (from 0), or a redaction's id."),
    ] = None,
    first: Annotated[
        int | None,
        typer.Option(
            "--from", metavar="SIZE", help="Prove that the log grew from so many records."
        ),
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Print a proof that a record is in the log, or that the log only grew, as JSON.

    \b
    Examples:
      redactor audit prove redacted.audit 17 > proof.json
      redactor audit prove redacted.audit --from 1200 > grown.json

    `redactor audit verify --proof FILE --public-key FILE` checks it without the log. A proof of a
    record shows that record, and nothing of the others.
    """
    with errors(debug=debug):
        import rfc8785

        from redactor.audit.proofs import prove_consistency, prove_inclusion
        from redactor.requests import locate

        folder: Path = locate(log)[0]
        if record is not None and first is None:
            proof = prove_inclusion(folder, record)
        elif first is not None and record is None:
            proof = prove_consistency(folder, first)
        else:
            raise UsageError("prove one of RECORD and --from SIZE")
        write_out(rfc8785.dumps(proof) + b"\n")
