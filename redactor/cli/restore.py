"""`redactor restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import (
    DebugOption,
    KeyOption,
    OptionalIdentityOption,
    ReasonOption,
    WhoOption,
)
from redactor.cli.output import say, shown_name
from redactor.cli.unsealing import asked_identity, stated_purpose


def restore(  # noqa: PLR0913  # one parameter an option
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A finished output folder.")],
    *,
    reason: ReasonOption,
    identity: OptionalIdentityOption = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="A new folder; OUT.restored if unset."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="Only this redaction, or this document."),
    ] = None,
    who: WhoOption = None,
    key_file: KeyOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but problems.")] = False,
    debug: DebugOption = False,
) -> None:
    """Put back what was removed from the copies in OUT, into a new folder.

    \b
    Examples:
      redactor restore redacted --identity reviewer.key --reason 'Review of the collection'
      redactor restore redacted --key-file collection.key --reason 'Review of the collection'
      redactor restore redacted --identity reviewer.key --reason 'Released 2061-01-01' \\
        --to released --only 0b9fc03f81d2e8d6a1c57e44:3 --only 0b9fc03f81d2e8d6a1c57e44:7

    With --identity it comes out of the sealed vault. Without, what the policy had encrypted
    (`action: encrypt`) comes back by the collection's key, and all else stays as it is.

    Without --only every document comes back whole, held to the digest of its source. With it, only
    the documents that are named, or hold a redaction that is: those places go back and the rest
    stays redacted. A copy that was changed is refused, by name. Each document has its
    signed record in the log before it appears; the folder is private, and holds personal data.
    """
    with errors(debug=debug):
        from redactor.batch import audit_folder
        from redactor.report.evidence import key_of
        from redactor.unseal import RestoreRequest
        from redactor.unseal import restore as put_back

        audit = audit_folder(out)
        order = RestoreRequest(
            out=out,
            audit=audit,
            to=to or audit.with_suffix(".restored"),
            key=key_of(audit, key_file),
            justification=stated_purpose(who, reason),
            identity=asked_identity(identity) if identity else None,
            only=tuple(only or ()),
        )
        done = put_back(order)
        for problem in done.problems:
            say(
                f"not restored: {shown_name(problem.name)}: {problem.error}. {problem.error.hint}",
                err=True,
            )
        if not quiet:
            say(
                f"{len(done.restored)} restored, {len(done.problems)} not",
                f"originals: {order.to} (keep it private)",
            )
        raise typer.Exit(int(done.exit_code))
