"""`redactor audit lookup`."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.audit.options import LogArgument, SourceOption, warn_about
from redactor.cli.errors import errors
from redactor.cli.options import DebugOption, KeyOption
from redactor.cli.output import say, shown_name, table
from redactor.errors import ExitCode, OutputError, UsageError, worst

if TYPE_CHECKING:
    from redactor.report.evidence import Evidence
    from redactor.report.lookup import Place

_HEAD = ("file", "id", "part", "line", "span", "type", "action", "placeholder", "rule", "code")


def lookup(  # noqa: PLR0913  # one parameter an option
    *,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VALUE...]",
            help="What to look up, or - to read it from stdin, one a line; asked for if missing.",
            show_default=False,
        ),
    ] = None,
    log: LogArgument,
    source: SourceOption = None,
    key_file: KeyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON a value.")] = False,
    debug: DebugOption = False,
) -> None:
    """Tell whether a value was removed, and where: which file, place, rule and code.

    \b
    Examples:
      redactor audit lookup redacted.audit --key-file collection.key     # asks, without showing it
      redactor audit lookup - redacted.audit < value.txt
      redactor audit lookup 'Teodor Vance' '020 7946 0018' redacted.audit

    A value on the command line is kept in the shell's history and seen by other users of the
    machine: leave it out, or use -. It is never printed, nor kept; answers go by its number.

    The same are: values in other case, accents, spaces and signs; telephones, cards, IBANs,
    US SSNs and UK NHS and National Insurance numbers however grouped; "name at host dot org" for
    an address; a name in either order and without title, and every place with the same pseudonym.
    Not the same: "+44 20 7946 0018" and "020 7946 0018". What was removed as a part of something
    longer, such as an address inside a link, is not found by itself.

    Needs the key of the log, from --key-file or OUT.audit/key. Exits with 0 if every value was
    removed somewhere, 7 if one was not, 5 if the log is damaged.
    """
    with errors(debug=debug):
        from redactor.audit.folder import LOG
        from redactor.report.evidence import gather, key_of
        from redactor.report.lookup import places_of
        from redactor.requests import locate

        if not (locate(log)[0] / LOG).is_file():  # who forgot it may have given a value: no quoting
            raise OutputError("there is no audit log where the last argument says")
        key = key_of(log, key_file)
        evidence = gather(log, key_file, source or ())
        code = warn_about(evidence)
        answers = [places_of(value, evidence.summary, key) for value in _asked(values)]
        for number, places in enumerate(answers, 1):
            (_print_json if as_json else _print)(number, places, evidence)
        codes = [code, *(ExitCode.ABSENT for places in answers if not places)]
        raise typer.Exit(int(worst(codes)))


def _asked(values: Sequence[str] | None) -> list[str]:
    """Return the values to look up. Raises UsageError, which never quotes one."""
    if values and values != ["-"]:
        return list(values)
    if values:
        try:
            lines = sys.stdin.buffer.read().decode("utf-8").splitlines()
        except UnicodeDecodeError:
            raise UsageError("standard input is not UTF-8") from None
        if asked := [line for line in lines if line.strip()]:
            return asked
        raise UsageError("standard input holds no value to look up")
    if not sys.stdin.isatty():
        raise UsageError("there is no VALUE and no terminal to ask on; - reads standard input")
    return [typer.prompt("Value to look up", hide_input=True, err=True)]


def _print(number: int, places: Sequence[Place], evidence: Evidence) -> None:
    files = {place.redaction.document for place in places}
    found = f"{_count(places, 'place')} in {_count(files, 'file')}" if places else "not removed"
    say(f"value {number}: {found}")
    if places:
        table((*_HEAD, "found by"), [_cells(place, evidence) for place in places])


def _count(things: Collection[object], noun: str) -> str:
    return f"{len(things)} {noun}{'s' * (len(things) != 1)}"


def _cells(place: Place, evidence: Evidence) -> tuple[str, ...]:
    one = place.redaction
    return (
        shown_name(evidence.name(one.document)),
        one.id,
        shown_name(one.part),
        "" if one.line is None else str(one.line),
        f"{one.start}-{one.end}",
        one.entity,
        one.action,
        shown_name(one.placeholder),
        one.source,
        one.code,
        place.match.value,
    )


def _print_json(number: int, places: Sequence[Place], evidence: Evidence) -> None:
    from redactor.report.rows import filled

    shown = [filled(p.redaction, evidence) | {"found_by": p.match.value} for p in places]
    say(json.dumps({"value": number, "found": bool(places), "places": shown}))
