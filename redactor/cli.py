"""The commands: the only module that prints or exits.

Heavy libraries are imported by the command that needs them, so that help comes at once. Progress
and errors go to standard error, results to standard output. Nothing printed holds a word of a
document; file names are shown, since a failure must be named.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from redactor import __version__
from redactor.errors import ExitCode, OutputError, RedactorError, UsageError

if TYPE_CHECKING:
    from redactor.batch import Report
    from redactor.model import Finding, Outcome, Policy

app = typer.Typer(
    name="redactor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    help="""Remove personal data from documents, and prove what was removed.

Redacted copies go to OUT, mirroring the source; the audit log goes to OUT.audit and is never
published. A document that could not be examined gets no copy, and the exit code says so.

Reads: plain text and Markdown (.txt .text .md .markdown).

Exit codes: 0 done; 1 a bug; 2 usage; 3 policy, rule or key; 4 some input not examined; 5 output;
6 a removed value is still readable, or `scan --fail-on-find` found something; 130 interrupted.""",
)
rules_app = typer.Typer(no_args_is_help=True, help="See and test the rules.")
policy_app = typer.Typer(no_args_is_help=True, help="See and check policies.")
model_app = typer.Typer(no_args_is_help=True, help="See the name model.")
app.add_typer(rules_app, name="rules")
app.add_typer(policy_app, name="policy")
app.add_typer(model_app, name="model")

PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="NAME|FILE", help="A shipped policy, or a policy file.")
]
KeepOption = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="People who stay: one name a line."),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FOLDER", help="More rules, beside the shipped ones."),
]
KeyOption = Annotated[
    Path | None, typer.Option("--key-file", metavar="FILE", help="The collection's key.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", help="For texts without a byte order mark that are not UTF-8."),
]
DebugOption = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of an error (never document text).")
]


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"redactor {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


@app.command()
def redact(  # noqa: PLR0913  # one parameter an option
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="Folders and files, or - for stdin.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="OUT", help="A folder that does not exist yet.")
    ] = None,
    policy: PolicyOption = "default",
    keep: KeepOption = None,
    rules: RulesOption = None,
    key_file: KeyOption = None,
    encoding: EncodingOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; as many as cores if unset.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False,
    debug: DebugOption = False,
) -> None:
    """Write redacted copies of SRC to OUT, and the audit log to OUT.audit.

    \b
    Examples:
      redactor redact letters --out redacted
      redactor redact minutes.md --out redacted --keep public-figures.txt
      redactor redact letters --out redacted --policy strict --key-file collection.key
      redactor redact - < letter.txt > redacted.txt

    The same key gives the same person the same pseudonym in every run. Without --key-file a key
    is made in OUT.audit: keep it, and keep it private. Files named by patterns in a source
    folder's .redactorignore are left out, and the summary counts them.
    """
    with _errors(debug=debug):
        if sources == [Path("-")]:
            _redact_stdin(out, _policy(policy, keep), rules, key_file, encoding)
            return
        if out is None:
            raise UsageError("--out OUT is missing")
        from redactor.batch import Request, redact_batch

        options = [word.split("=")[0] for word in sys.argv[1:] if word.startswith("--")]
        request = Request(
            sources=tuple(sources),
            out=out,
            policy=_policy(policy, keep),
            rules=tuple(rules or ()),
            key_file=key_file,
            encoding=encoding,
            workers=workers,
            command=("redact", *options),
        )
        with _progress(shown=not (quiet or no_progress)) as progress:
            report = redact_batch(request, progress=progress)
        _summarise(report, out, quiet=quiet)
        raise typer.Exit(int(report.exit_code))


@app.command()
def scan(  # noqa: PLR0913  # one parameter an option
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="Folders and files, or - for stdin.")
    ],
    policy: PolicyOption = "default",
    keep: KeepOption = None,
    rules: RulesOption = None,
    encoding: EncodingOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    fail_on_find: Annotated[
        bool, typer.Option("--fail-on-find", help="Exit with 6 if anything is found.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Show what would be removed from SRC, and write nothing.

    \b
    Examples:
      redactor scan letters
      redactor scan letters --json --fail-on-find
      redactor scan - < letter.txt

    Positions are character offsets in the decoded text; the text itself is never shown.
    """
    with _errors(debug=debug):
        from redactor.scan import scan_sources

        chosen = _policy(policy, keep)
        found, failed = scan_sources(
            sources, chosen, tuple(rules or ()), encoding, sys.stdin.buffer
        )
        _print_json(found, failed) if as_json else _print_table(found)
        _print_failures(failed)
        code = max((outcome.code for outcome in failed), default=0)
        raise typer.Exit(int(ExitCode.LEAK) if fail_on_find and found else code)


@app.command()
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
    with _errors(debug=debug):
        from redactor.batch import KEY_FILE, audit_folder
        from redactor.keys import Key
        from redactor.verify import verify_output

        audit = audit_folder(out)
        problems = verify_output(out, audit, Key.load(key_file or audit / KEY_FILE))
        for problem in problems:
            typer.echo(f"redactor: {problem.message}", err=True)
        if not problems and not quiet:
            typer.echo(
                f"{out}: every copy is as recorded, the log is whole, nothing removed is left"
            )
        raise typer.Exit(max((int(problem.code) for problem in problems), default=0))


@rules_app.command("list")
def rules_list(rules: RulesOption = None, debug: DebugOption = False) -> None:
    """Show every rule: its id, what it finds, its score, and what it is about."""
    with _errors(debug=debug):
        from redactor.examine import load_rules

        loaded = load_rules(tuple(rules or ()))
        _table(
            ("rule", "entity", "score", "about"),
            [(rule.id, rule.entity, f"{rule.score:.2f}", rule.about) for rule in loaded],
        )


@rules_app.command("test")
def rules_test(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="A folder of rules; else the shipped.")
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Hold every rule of a folder to its own `finds` and `ignores`."""
    with _errors(debug=debug):
        from redactor.config.rules import bundled_rules, parse_rules
        from redactor.detect.rules import prove
        from redactor.errors import RuleError

        broken = 0
        loaded = parse_rules(folder or bundled_rules())
        for rule in loaded:
            try:
                prove(rule)
            except RuleError as error:
                broken += 1
                typer.echo(f"redactor: {error}", err=True)
        typer.echo(f"{len(loaded)} rules, {broken} broken")
        raise typer.Exit(int(ExitCode.CONFIG) if broken else 0)


@policy_app.command("list")
def policy_list() -> None:
    """Show the shipped policies."""
    from redactor.config.policy import load_policy, shipped_policies

    _table(("policy", "about"), [(name, load_policy(name).about) for name in shipped_policies()])


@policy_app.command("show")
def policy_show(
    name: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A shipped policy, or a policy file.")
    ],
    debug: DebugOption = False,
) -> None:
    """Print a policy: copy it to a file to make your own."""
    with _errors(debug=debug):
        from redactor.config.policy import load_policy, policy_path

        load_policy(name)
        typer.echo(policy_path(name).read_text("utf-8"), nl=False)


@policy_app.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file.")],
    rules: RulesOption = None,
    debug: DebugOption = False,
) -> None:
    """Say whether a policy file can be obeyed, unknown entities included."""
    with _errors(debug=debug):
        from redactor.config.policy import load_policy
        from redactor.examine import Examiner

        Examiner(load_policy(str(file)), tuple(rules or ()))
        typer.echo(f"{file}: can be obeyed")


@model_app.command("path")
def model_path() -> None:
    """Print the folder of the shipped pipeline, which `spacy.load` takes."""
    from redactor.detect.names import shipped_model

    typer.echo(str(shipped_model()))


def _policy(policy: str, keep: Path | None) -> Policy:
    from redactor.api import prepare_policy

    return prepare_policy(policy, keep or ())


def _redact_stdin(
    out: Path | None,
    policy: Policy,
    rules: Sequence[Path] | None,
    key_file: Path | None,
    encoding: str | None,
) -> None:
    if out is not None:
        raise UsageError("text from standard input goes to standard output, without --out")
    from redactor.api import load_key, redact_bytes
    from redactor.examine import Examiner
    from redactor.files import check_size
    from redactor.formats import format_for_text

    examiner = Examiner(policy, tuple(rules or ()))
    data = sys.stdin.buffer.read(policy.limits.file_bytes + 1)
    check_size(len(data), policy.limits.file_bytes)
    form = format_for_text(BytesIO(data), encoding)
    copy = redact_bytes(data, form, examiner, load_key(key_file))
    try:
        sys.stdout.buffer.write(copy)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise OutputError(f"cannot write to standard output: {error.strerror}") from None


@contextmanager
def _errors(*, debug: bool) -> Iterator[None]:
    """Turn every error into one line on standard error and its exit code."""
    try:
        yield
    except RedactorError as error:
        _trace(error, shown=debug)
        _die(f"{error}. {error.hint}", error.exit_code)
    except KeyboardInterrupt:
        _die("interrupted; nothing half-written was left", ExitCode.INTERRUPTED)
    except typer.Exit:
        raise
    except BrokenPipeError:  # who reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(int(ExitCode.OUTPUT)) from None
    except Exception as error:  # noqa: BLE001  # the last line of defence: its text may quote a document
        _trace(error, shown=debug)
        hint = RedactorError.hint if debug else "Run again with --debug to see where"
        _die(f"an unexpected {type(error).__name__}. {hint}", ExitCode.BUG)


def _trace(error: BaseException, *, shown: bool) -> None:
    """Print where an error came from: places in the code, never its text or its causes'."""
    if shown:
        typer.echo("".join(traceback.format_tb(error.__traceback__)), err=True, nl=False)


def _die(message: str, code: ExitCode) -> NoReturn:
    typer.echo(f"redactor: {message}", err=True)
    raise typer.Exit(int(code))


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows how many documents are done; only on a terminal."""
    if not shown or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("documents"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("documents", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _summarise(report: Report, out: Path, *, quiet: bool) -> None:
    from redactor.model import Status

    if not quiet:
        by_status = Counter(outcome.status for outcome in report.outcomes)
        typer.echo(
            f"{by_status[Status.REDACTED]} redacted, {by_status[Status.CLEAN]} with nothing to "
            f"remove, {by_status[Status.FAILED]} not examined, "
            f"{by_status[Status.EXCLUDED]} excluded by .redactorignore"
        )
        counts: Counter[str] = Counter()
        for outcome in report.outcomes:
            counts.update(dict(outcome.counts))
        for entity, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            typer.echo(f"{count:8} {entity}")
        typer.echo(f"copies: {out}\naudit:  {report.audit} (keep it private)")
        if report.key_made:
            typer.echo(
                f"key:    {report.key_made} (made for this run; keep it, and keep it private)"
            )
    _print_failures([o for o in report.outcomes if o.status is Status.FAILED])


def _print_failures(failed: Sequence[Outcome]) -> None:
    for outcome in failed:
        typer.echo(
            f"not examined: {_shown(outcome.name)}: {outcome.error}. {outcome.hint}", err=True
        )


def _shown(name: str) -> str:
    """Return a file name that cannot play tricks on a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)


def _print_json(found: Sequence[tuple[str, int, Finding]], failed: Sequence[Outcome]) -> None:
    findings = [
        {
            "file": _shown(name),
            "line": line,
            "start": finding.start,
            "end": finding.end,
            "entity": finding.entity,
            "score": round(finding.score, 2),
            "source": finding.source,
        }
        for name, line, finding in found
    ]
    missing = [{"file": _shown(o.name), "error": o.error, "code": o.code} for o in failed]
    typer.echo(json.dumps({"findings": findings, "not_examined": missing}, indent=1))


def _print_table(found: Sequence[tuple[str, int, Finding]]) -> None:
    rows = [
        (_shown(name), str(line), f"{f.start}-{f.end}", f.entity, f"{f.score:.2f}", f.source)
        for name, line, f in found
    ]
    _table(("file", "line", "span", "entity", "score", "source"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns, the last one as it comes."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        typer.echo("  ".join(cells).rstrip())


def main() -> None:
    """Run the command line."""
    app()
