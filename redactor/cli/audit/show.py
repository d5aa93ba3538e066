"""`redactor audit show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.audit.options import (
    ActionOption,
    CodeOption,
    DecisionOption,
    EntityOption,
    FileOption,
    LogArgument,
    ReviewOption,
    RuleOption,
    RunOption,
    ScoreOption,
    SourceOption,
    warn_about,
)
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say, shown_name, table

if TYPE_CHECKING:
    from redactor.report.evidence import Evidence
    from redactor.report.summary import Redaction

_HEAD = ("file", "part", "line", "span", "type", "action", "placeholder", "score", "rule", "code")


def show(  # noqa: PLR0913  # one parameter an option
    log: LogArgument,
    file: FileOption = "",
    entity: EntityOption = "",
    rule: RuleOption = "",
    code: CodeOption = "",
    action: ActionOption = "",
    decision: DecisionOption = "",
    run: RunOption = "",
    min_score: ScoreOption = None,
    review: ReviewOption = False,
    source: SourceOption = None,
    key_file: KeyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON a row.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show the redactions in a log, all of them or those that are asked for.

    \b
    Examples:
      redactor audit show OUT.audit --file minutes.txt --type PERSON
      redactor audit show OUT.audit --review --min-score 0.4 --json

    What was removed is not shown: it is not in the log. Files go by their names where the key is
    at hand, else by their ids; scores, rules, reasons for a review and what was kept are shown with
    the key alone. Of a document that several runs had, the last run is shown; --run
    names another. What was not examined is named on standard error.
    """
    with errors(debug=debug):
        from redactor.report.evidence import NEEDS_KEY, gather
        from redactor.report.rows import as_json as json_line
        from redactor.report.rows import selected
        from redactor.report.select import Selection

        evidence = gather(log, key_file, source or ())
        exit_code = warn_about(evidence)
        wanted = Selection(file, entity, rule, code, action, decision, run, min_score, review)
        rows = selected(evidence, wanted)
        if as_json:
            for one in rows:
                say(json_line(one, evidence))
        else:
            table((*_HEAD, "decision", "to note"), [_cells(one, evidence) for one in rows])
        _name_unexamined(evidence)
        if evidence.summary.sealed:
            say(f"redactor: {NEEDS_KEY}", err=True)
        raise typer.Exit(exit_code)


def _cells(one: Redaction, evidence: Evidence) -> tuple[str, ...]:
    from redactor.report.meaning import review

    return (
        shown_name(evidence.name(one.document)),
        shown_name(one.part),
        "" if one.line is None else str(one.line),
        f"{one.start}-{one.end}",
        one.entity,
        one.action,
        shown_name(one.placeholder),
        "" if one.score is None else f"{one.score:.2f}",
        one.source,
        one.code,
        shown_name(f"{one.decision} by {one.reviewer}" if one.reviewer else one.decision),
        "; ".join((*map(review, one.review), *_why_kept(one))),
    )


def _why_kept(one: Redaction) -> tuple[str, ...]:
    """Return the reason for keeping a value, if the log has one."""
    return () if one.removed or not one.reason else (one.reason,)


def _name_unexamined(evidence: Evidence) -> None:
    from redactor.report.meaning import unexamined

    for one in unexamined(evidence):
        place = f"{shown_name(one.name)} ({shown_name(one.part)})"
        say(f"not examined: {place}: {one.why} {one.advice}", err=True)
    for document in evidence.summary.latest:
        name = shown_name(evidence.name(document.id))
        if document.media:
            say(f"not examined: {name}: {document.media_in_words}", err=True)
        for said in filter(None, (document.read_in_words, document.converted_in_words)):
            say(f"{name}: {said}", err=True)
        if document.dropped:
            say(f"{name}: {document.dropped_in_words}", err=True)
        if document.mistyped_in_words:
            name = shown_name(evidence.name(document.id))
            say(f"{name}: {document.mistyped_in_words}", err=True)
