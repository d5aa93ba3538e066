"""`redactor audit export`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from redactor.cli.audit.options import LogArgument, SourceOption, warn_about
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say, write_out
from redactor.errors import UsageError

if TYPE_CHECKING:
    from redactor.report.evidence import Evidence


class Form(Enum):
    """What a log can be exported as."""

    CSV = "csv"
    VAUGHN = "vaughn"
    PREMIS = "premis"
    BAGIT = "bagit"
    SARIF = "sarif"


def export(  # noqa: PLR0913  # one parameter an option
    log: LogArgument,
    form: Annotated[Form, typer.Option("--format", help="Which format, see below.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A new file; standard output if unset."),
    ] = None,
    source: SourceOption = None,
    key_file: KeyOption = None,
    debug: DebugOption = False,
) -> None:
    """Write a log in the form of another trade. None of them has a word that was removed.

    Nor have they what depends on one, which the log encrypts: scores, rules, lengths. `redactor
    audit show --json` prints all of it, with the key. A run that did not end is said first, exits
    with 5, and gets no bag.

    \b
    csv     one row a place, for spreadsheets
    vaughn  an index per document: what was withheld, where, how much, code, why (HTML)
    premis  PREMIS 3.0: redaction events, copies and the tool (XML)
    bagit   a BagIt bag of the copies with their events; --out names its folder
    sarif   SARIF 2.1.0, for tools that show findings

    \b
    Examples:
      redactor audit export OUT.audit --format csv > redactions.csv
      redactor audit export OUT.audit --format bagit --out bag
    """
    with errors(debug=debug):
        from redactor.report.evidence import check_private, gather

        evidence = gather(log, key_file, source or ())
        code = warn_about(evidence)
        if out is not None:
            check_private(out, evidence)
        if form is Form.BAGIT:
            _bag(evidence, out)
        else:
            _write(_content(form, evidence), out)
        raise typer.Exit(code)


def _content(form: Form, evidence: Evidence) -> bytes:
    match form:
        case Form.CSV:
            from redactor.report.rows import as_csv
            from redactor.report.select import Selection

            return as_csv(evidence, Selection()).encode("utf-8", "replace")
        case Form.VAUGHN:
            from redactor.report.index import vaughn

            return vaughn(evidence).encode("utf-8", "replace")
        case Form.PREMIS:
            from redactor.report.premis import premis

            return premis(evidence)
        case Form.SARIF:
            from redactor.report.sarif import exported

            return f"{exported(evidence)}\n".encode()
        case Form.BAGIT:
            raise UsageError("a bag is a folder")
    assert_never(form)


def _bag(evidence: Evidence, out: Path | None) -> None:
    from redactor.report.bag import write_bag

    if out is None:
        raise UsageError("--out FOLDER is missing: a bag is a folder")
    copies = write_bag(evidence, out)
    say(f"bag: {out} ({copies} copies)")


def _write(content: bytes, out: Path | None) -> None:
    from redactor.files import create_output

    if out is None:
        write_out(content)
    else:
        create_output(out, content)
