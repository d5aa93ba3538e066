"""`redactor review`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.audit.options import (
    EntityOption,
    FileOption,
    SourceOption,
    warn_about,
)
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say
from redactor.errors import UsageError

if TYPE_CHECKING:
    from redactor.config.decisions import ExportStamp
    from redactor.proposals.returned import Returned
    from redactor.report.evidence import Evidence
    from redactor.review.worklist import Row


class Form(Enum):
    """What a decisions file can be written as."""

    YAML = "yaml"
    CSV = "csv"


def review(  # noqa: PLR0913  # one parameter an option
    log: Annotated[
        Path | None,
        typer.Argument(metavar="OUT.audit", help="The folder of the log, or OUT itself."),
    ] = None,
    marked: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="MARKED",
            help="A marked copy of `redact --propose` that came back, or a folder of them.",
        ),
    ] = None,
    reviewer: Annotated[
        str, typer.Option("--reviewer", metavar="NAME", help="Who decided, with --from.")
    ] = "",
    bare: Annotated[
        bool,
        typer.Option("--no-marks-left", help="Believe marked copies that have lost every mark."),
    ] = False,
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
      redactor review --from OUT.audit/proposed --reviewer RO   # after `redact --propose`

    It lists redactions with a low score, those of a name that several people may share, people
    who may be on the allow list, and findings that were kept with a score just below the
    threshold: one row a value, those of most places first. The file shows the words around three
    of its places in the copy and takes: confirm, restore, change, add. It is private.

    With --from, marks are read back that `redactor redact --propose` put into documents and people
    took away, moved or added in their own programs: a text, a web page, a PDF or its XFDF, a Word
    document. A mark that was left is confirmed, one that was taken away is restored, one that was
    added is redacted, there alone. A copy whose text was changed is refused. OUT.audit may be left
    out where MARKED is in it.
    """
    with errors(debug=debug):
        from redactor.proposals.returned import returned
        from redactor.report.evidence import gather

        evidence = gather(log or _log_of(marked), key_file, source or ())
        exit_code = warn_about(evidence)
        evidence.require_details()
        chosen = form or (Form.CSV if out and out.suffix.lower() == ".csv" else Form.YAML)
        if marked is not None:
            if everything or file or entity:
                raise UsageError("with --from, all marks are read: leave --all, --file, --type out")
            came_back = returned(marked, evidence.audit, _LARGEST, bare=bare)
            _read_back(evidence, came_back, reviewer, out, chosen)
        else:
            if reviewer or bare:
                raise UsageError("--reviewer and --no-marks-left are about marks: they need --from")
            _list(evidence, Selected(file, entity, everything), out, chosen)
        raise typer.Exit(exit_code)


@dataclass(frozen=True, slots=True)
class Selected:
    """Which places are listed."""

    file: str
    entity: str
    everything: bool


def _list(evidence: Evidence, wanted: Selected, out: Path | None, form: Form) -> None:
    from redactor.report.select import Selection
    from redactor.review.worklist import rows

    review = not wanted.everything
    places = rows(evidence, Selection(wanted.file, wanted.entity, review=review))
    _write(evidence, places, out, form)


def _read_back(
    evidence: Evidence, marked: Sequence[Returned], who: str, out: Path | None, form: Form
) -> None:
    from redactor.review.marks import decided

    places, counts = decided(evidence, marked)
    _write(evidence, places, out, form, who)
    say(*counts.sentences)


def _write(
    evidence: Evidence, places: Sequence[Row], out: Path | None, form: Form, who: str = ""
) -> None:
    from redactor.files import create_private
    from redactor.report.evidence import check_private
    from redactor.report.names import escaped
    from redactor.review.worklist import as_csv, as_yaml, drawn_from

    drawn = drawn_from(evidence)
    target = out or evidence.audit / _name(drawn, form)
    check_private(target, evidence)
    audit = escaped(evidence.audit.name)
    is_csv = form is Form.CSV
    create_private(
        target, as_csv(drawn, places, who) if is_csv else as_yaml(drawn, places, audit, who)
    )
    say(f"decisions: {target} ({len(places)} places; keep it private)")


def _log_of(marked: Path | None) -> Path:
    """Return the audit folder that a marked copy is in. Raises UsageError if it is in none."""
    if marked is not None:
        path = marked.resolve()
        for folder in (path, *path.parents):
            if folder.name == "proposed" and folder.parent.name.endswith(".audit"):
                return folder.parent
    raise UsageError("OUT.audit is missing: the folder of the log, or OUT itself")


_LARGEST = 1 << 30
"""Bytes of a marked copy that is read back, at most."""


def _name(drawn: ExportStamp, form: Form) -> str:
    return f"decisions-{drawn.round}.{form.value}"
