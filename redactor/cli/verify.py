"""`redactor verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say
from redactor.errors import worst


def verify(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A finished output folder.")],
    key_file: KeyOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but problems.")] = False,
    debug: DebugOption = False,
) -> None:
    """Check a finished OUT against OUT.audit, at any time.

    Every copy must be as recorded, the log whole, and no removed value present. Exits with 0 when
    all holds, 6 for a leak, 5 for a copy or a log that is not as recorded.
    """
    with errors(debug=debug):
        from redactor.audit import require_begun
        from redactor.batch import KEY_FILE, audit_folder
        from redactor.keys import Key
        from redactor.verify import verify_output

        audit = audit_folder(out)
        require_begun(audit)
        problems = verify_output(out, audit, Key.load(key_file or audit / KEY_FILE))
        for problem in problems:
            say(f"redactor: {problem.message}", err=True)
        if not any(problem.code for problem in problems) and not quiet:
            say(f"{out}: every copy is as recorded, the log is whole, nothing removed is left")
        raise typer.Exit(int(worst(problem.code for problem in problems)))
