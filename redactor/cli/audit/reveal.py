"""`redactor audit reveal`."""

from __future__ import annotations

from typing import Annotated

import typer

from redactor.cli.audit.options import LogArgument
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, IdentityOption, KeyOption, ReasonOption, WhoOption
from redactor.cli.output import write_out
from redactor.cli.unsealing import asked_identity, stated_purpose


def reveal(  # noqa: PLR0913  # one parameter an option
    redaction: Annotated[
        str, typer.Argument(metavar="ID", help="A redaction, as `audit show --json` names it.")
    ],
    log: LogArgument,
    *,
    identity: IdentityOption,
    reason: ReasonOption,
    who: WhoOption = None,
    key_file: KeyOption = None,
    debug: DebugOption = False,
) -> None:
    """Open one entry of the sealed vault, and print what was removed there.

    \b
    Example:
      redactor audit reveal 0b9fc03f81d2e8d6a1c57e44:3 redacted.audit --identity reviewer.key \\
        --key-file collection.key --reason 'Appeal 2031-17'

    A signed record of who, when and why is on the disk before anything is shown; the text goes to
    standard output and nowhere else. It takes an identity that the vault was sealed to,
    and the key of the log. --reason and --who go into the log: they must not hold what was removed.
    """
    with errors(debug=debug):
        from redactor.report.evidence import key_of
        from redactor.requests import locate
        from redactor.unseal import reveal as opened

        audit, _ = locate(log)
        justification = stated_purpose(who, reason)
        key = key_of(log, key_file)
        entry = opened(
            audit,
            redaction,
            identity=asked_identity(identity),
            key=key,
            justification=justification,
        )
        write_out(entry.text.encode("utf-8", "surrogatepass") + b"\n")
