"""`redactor scan`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import (
    AllowListOption,
    AsOfOption,
    DebugOption,
    DenyListOption,
    EncodingOption,
    ModelOption,
    OcrOption,
    PolicyOption,
    ProgressOption,
    QuietOption,
    RasterOption,
    RulesOption,
    chosen_policy,
    chosen_rules,
)
from redactor.cli.output import print_failures, print_notices, say, shown_name, table
from redactor.cli.progress import ProgressForm, watched
from redactor.errors import ExitCode, UsageError, worst
from redactor.model import Kind
from redactor.progress import Finished, Warned

if TYPE_CHECKING:
    from redactor.model import Outcome, Policy
    from redactor.scanning import Scanned, ScanResult


def scan(  # noqa: PLR0913  # one parameter an option
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="Folders and files, or - for stdin.")
    ],
    policy: PolicyOption = "default",
    model: ModelOption = None,
    allow_list: AllowListOption = None,
    deny_list: DenyListOption = None,
    as_of: AsOfOption = None,
    rules: RulesOption = None,
    encoding: EncodingOption = None,
    ocr: OcrOption = None,
    raster: RasterOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    as_sarif: Annotated[
        bool, typer.Option("--sarif", help="Print SARIF 2.1.0 instead of a table.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print the text found, with the words around it.")
    ] = False,
    fail_on_find: Annotated[
        bool, typer.Option("--fail-on-find", help="Exit with 6 if anything is found.")
    ] = False,
    progress: ProgressOption = ProgressForm.BARS,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Show what would be removed from SRC, and write nothing.

    \b
    Examples:
      redactor scan letters
      redactor scan letters --show
      redactor scan letters --json --fail-on-find
      redactor scan letters --sarif > findings.sarif
      redactor scan - < letter.txt

    Positions are character offsets in the decoded text. The text itself is shown with --show
    alone: to you, and to whatever records your terminal. With --quiet only the exit code tells.
    """
    with errors(debug=debug):
        from redactor.notices import clock_notices, lifted, policy_notices
        from redactor.scanning import scan_sources

        if as_json and as_sarif:
            raise UsageError("--json and --sarif exclude each other")
        if show and (as_json or as_sarif):
            raise UsageError("--show is for the table alone: JSON and SARIF hold no text")
        if quiet and (as_json or as_sarif or show):
            raise UsageError("--quiet prints nothing: it excludes --json, --sarif and --show")
        chosen = chosen_policy(policy, allow_list, model, deny_list, as_of, ocr, raster)
        folders, stdin = chosen_rules(rules), sys.stdin.buffer
        with watched(progress, quiet=quiet) as watch:
            result = scan_sources(sources, chosen, folders, encoding, stdin, watch=watch)
            found, failed = result.found, result.failed
            codes = [outcome.code for outcome in failed]
            code = worst([*codes, ExitCode.LEAK] if fail_on_find and found else codes)
            odd = (*policy_notices(chosen), *lifted(chosen), *clock_notices(datetime.now(UTC)))
            for notice in odd:
                watch(Warned(notice))
            watch(Finished(int(code)))
        try:
            if quiet:
                pass
            elif as_sarif:
                _print_sarif(found, failed)
            else:
                _print_json(result) if as_json else _print_table(found, show=show)
        finally:  # named even where nothing can be printed
            print_failures(failed)
            odd = () if progress is ProgressForm.JSON else odd  # they are among the events
            print_notices([] if quiet else [*_media(result, chosen), *_mistyped(result), *odd])
        raise typer.Exit(int(code))


def _media(result: ScanResult, policy: Policy) -> Iterator[str]:
    """Yield what of pictures and the like in the files is not examined, file by file."""
    from redactor.formats.media import media_in_words

    then = {"keep": "copies keep them", "omit": "copies are without"}.get(policy.media)
    for name, counts in result.media.items() if then else ():
        yield f"{shown_name(name)}: not examined: {media_in_words(counts)}; {then}"


def _mistyped(result: ScanResult) -> Iterator[str]:
    """Yield which files hold what is of another type than its suffix states, file by file."""
    for name, counts in result.mistyped.items():
        said = ", ".join(f"{count} {kind}" for kind, count in counts)
        yield f"{shown_name(name)}: read by its content, which is not what its suffix says: {said}"


def _print_json(result: ScanResult) -> None:
    findings = [
        {
            "file": shown_name(one.name),
            "part": one.place.part,
            "where": one.place.location.kind.value,
            "line": one.line,
            "start": one.finding.start,
            "end": one.finding.end,
            "entity": one.finding.entity,
            "score": round(one.finding.score, 2),
            "source": one.finding.source,
            "review": list(one.review),
        }
        for one in result.found
    ]
    missing = [
        {"file": shown_name(o.name), "error": o.error, "code": o.code} for o in result.failed
    ]
    media = [{"file": shown_name(name), **dict(counts)} for name, counts in result.media.items()]
    mistyped = [{"file": shown_name(n), **dict(counts)} for n, counts in result.mistyped.items()]
    said = {"findings": findings, "not_examined": missing, "media_not_examined": media}
    said |= {"mistyped": mistyped}
    say(*json.dumps(said, indent=1).splitlines())


def _print_sarif(found: Sequence[Scanned], failed: Sequence[Outcome]) -> None:
    from redactor.report.names import as_uri
    from redactor.report.sarif import Result, sarif

    results = [
        Result(
            as_uri(one.name),
            one.finding.start,
            one.finding.end,
            one.line,
            one.finding.entity,
            one.finding.source,
            one.finding.score,
            "warning",
            f"{one.finding.entity} found",
            one.review,
        )
        for one in found
    ]
    say(*sarif(results, [(as_uri(one.name), one.error) for one in failed]).splitlines())


def _print_table(found: Sequence[Scanned], *, show: bool) -> None:
    rows = [
        (
            _shown_place(one),
            str(one.line or ""),
            f"{one.finding.start}-{one.finding.end}",
            one.finding.entity,
            f"{one.finding.score:.2f}",
            one.finding.source,
            ", ".join(one.review),
            *([_shown_text(one)] if show else []),
        )
        for one in found
    ]
    head = ("file", "line", "span", "entity", "score", "source", "review")
    table((*head, "text") if show else head, rows)


def _shown_text(one: Scanned) -> str:
    """Return a finding between two signs, with the words around it, on one line."""
    said = f"{one.before}\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}{one.text}"
    said += f"\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}{one.after}"
    return shown_name(" ".join(said.split()))


def _shown_place(one: Scanned) -> str:
    """Return the name of a file and, inside it, the part: `letters.zip 2/1 (attribute)`."""
    place = one.place
    inside = "" if place.part == "text" else f" {place.part}"
    kind = place.location.kind
    return f"{shown_name(one.name)}{inside}" + (f" ({kind.value})" if kind is not Kind.BODY else "")
