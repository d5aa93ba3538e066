"""`redactor status`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.audit.options import LogArgument
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption
from redactor.cli.output import say

if TYPE_CHECKING:
    from redactor.audit.manifest import LastRun
    from redactor.status import RunStatus

SCHEMA = 1
"""The version of the JSON: it changes when a field goes or means something else."""


def status(
    log: LogArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    debug: DebugOption = False,
) -> None:
    """Tell how far a run is: at work, broken off, or finished, and with what.

    \b
    Examples:
      redactor status redacted.audit
      redactor status redacted.audit --json

    Needs no key, and disturbs no run. What it says is checked against the log and the public key
    beside it; `redactor verify` looks at the copies too. Exits with 0 for a run that finished
    (whatever it ended with: that is said), and with 5 for one that is at work or was broken off,
    and for a log or manifest.json that is not as it was written.
    """
    with errors(debug=debug):
        from redactor.requests import locate
        from redactor.status import status_of

        found = status_of(locate(log)[0])
        if as_json:
            say(json.dumps(_fields(found)))
        else:
            say(*_lines(found))
        if found.problem:
            say(f"redactor: {found.problem}", err=True)
        raise typer.Exit(int(found.exit_code))


def _fields(found: RunStatus) -> dict[str, object]:
    run = found.current
    process, _, since = found.process.removeprefix("process ").partition(", since ")
    fields: dict[str, object] = {"schema": SCHEMA, "state": found.state.value}
    if process:
        fields |= {"process": int(process) if process.isdigit() else None, "since": since or None}
    if run is None:
        return fields
    fields |= {
        "run": run.start.run,
        "started": run.start.started,
        "resumed": run.resumed,
        "recorded": len(run.own),
        "planned": run.planned,
        "documents": run.outcomes,
        "not_examined": run.not_examined,
        "entities": run.entities,
    }
    if run.end:
        fields |= {"finished": run.end.finished, "exit_code": run.end.exit_code}
    return fields


def _lines(found: RunStatus) -> Iterator[str]:
    yield f"{found.audit}: {_said(found)}"
    if (run := found.current) is None:
        return
    yield f"begun:     {run.start.started}, by version {run.start.tool}, policy {run.start.policy}"
    for when in run.resumed:
        yield f"resumed:   {when}"
    if run.end:
        yield f"finished:  {run.end.finished}"
    for title, counts in (
        ("documents", run.outcomes),
        ("not examined", run.not_examined),
        ("redactions", run.entities),
    ):
        if counts:
            yield f"{title}: {_counted(counts)}"
    if run.end is None and not found.process:
        yield f"next:      {_next(run)}"


def _said(found: RunStatus) -> str:
    from redactor.status import State

    run = found.current
    progress = f"{len(run.own):,} of {_planned(run)} documents are recorded" if run else ""
    match found.state:
        case State.RUNNING:
            return f"running ({found.process}): {progress or 'nothing is recorded yet'}"
        case State.BROKEN_OFF:
            return f"broken off: {progress or 'no run is recorded'}"
        case State.DAMAGED:
            return "damaged: how far the run is cannot be told"
        case State.FINISHED:
            code = run.end.exit_code if run and run.end else 0
            return f"finished with exit code {code}: {progress}"


def _planned(run: LastRun) -> str:
    return "an unknown number of" if run.planned is None else f"{run.planned:,}"


def _next(run: LastRun) -> str:
    left = "the rest" if run.planned is None else f"the other {run.planned - len(run.own):,}"
    return f"the same `redactor redact` with --resume keeps what is recorded, and does {left}"


def _counted(counts: Mapping[str, int]) -> str:
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {name}" for name, count in rows)
