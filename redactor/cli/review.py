"""`redactor review`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.audit.options import (
    EntityOption,
    FileOption,
    LogArgument,
    SourceOption,
    warn_about,
)
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say

if TYPE_CHECKING:
    from redactor.config.decisions import ExportStamp


class Form(Enum):
    """What a decisions file can be written as."""

    YAML = "yaml"
    CSV = "csv"


def review(  # noqa: PLR0913  # one parameter an option
    log: LogArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="A new file; OUT.audit/decisions-N.yaml if unset."
        ),
    ] = None,
    form: Annotated[
        Form | None, typer.Option("--format", help="yaml or csv; else as FILE ends, or yaml.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every place, not only those in doubt.")
    ] = False,
    file: FileOption = "",
    entity: EntityOption = "",
    source: SourceOption = None,
    key_file: KeyOption = None,
    debug: DebugOption = False,
) -> None:
    """Write a file in which a person decides about uncertain findings.

    \b
    Examples:
      redactor review OUT.audit                            # edit OUT.audit/decisions-1.yaml, then
      redactor redact letters --out OUT --decisions OUT.audit/decisions-1.yaml
      redactor review OUT.audit --out decisions.csv --all --file minutes.txt

    It lists redactions with a low score, those of a name that several people may share, people
    who may be on the allow list, and findings that were kept with a score just below the
    threshold: one row a value, those of most places first. The file shows the words around three
    of its places in the copy and takes: confirm, restore, change, add. It is private.
    """
    with errors(debug=debug):
        from redactor.files import create_private
        from redactor.report.evidence import check_private, gather
        from redactor.report.names import escaped
        from redactor.report.select import Selection
        from redactor.review.worklist import as_csv, as_yaml, drawn_from, rows

        evidence = gather(log, key_file, source or ())
        exit_code = warn_about(evidence)
        evidence.require_details()
        drawn = drawn_from(evidence)
        chosen = form or (Form.CSV if out and out.suffix.lower() == ".csv" else Form.YAML)
        target = out or evidence.audit / _name(drawn, chosen)
        check_private(target, evidence)
        places = rows(evidence, Selection(file, entity, review=not everything))
        is_csv, audit = chosen is Form.CSV, escaped(evidence.audit.name)
        create_private(
            target,
            as_csv(drawn, places) if is_csv else as_yaml(drawn, places, audit),
        )
        say(f"decisions: {target} ({len(places)} places; keep it private)")
        raise typer.Exit(exit_code)


def _name(drawn: ExportStamp, form: Form) -> str:
    return f"decisions-{drawn.round}.{form.value}"
