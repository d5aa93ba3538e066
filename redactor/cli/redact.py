"""`redactor redact`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redactor.cli.errors import errors
from redactor.cli.options import (
    AllowListOption,
    AsOfOption,
    DebugOption,
    DecisionsOption,
    DenyListOption,
    DryRunOption,
    EncodingOption,
    KeepPersonOption,
    KeyOption,
    LinkOption,
    ModelOption,
    OcrOption,
    PolicyOption,
    ProgressOption,
    QuietOption,
    RasterOption,
    ResumeOption,
    RulesOption,
    SealToOption,
    UpdateOption,
    chosen_policy,
    chosen_rules,
    named_options,
)
from redactor.cli.output import (
    print_error,
    print_failures,
    print_notices,
    say,
    write_out,
)
from redactor.cli.progress import ProgressForm, watched
from redactor.errors import ExitCode, OutputError, UsageError, worst
from redactor.progress import Finished

if TYPE_CHECKING:
    from redactor.batch import BatchRequest, BatchResult
    from redactor.model import Policy


def redact(  # noqa: PLR0913  # one parameter an option
    sources: Annotated[
        list[Path], typer.Argument(metavar="SRC...", help="Folders and files, or - for stdin.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="OUT", help="The folder of the copies.")
    ] = None,
    policy: PolicyOption = "default",
    model: ModelOption = None,
    allow_list: AllowListOption = None,
    deny_list: DenyListOption = None,
    as_of: AsOfOption = None,
    link: LinkOption = None,
    keep_person: KeepPersonOption = None,
    rules: RulesOption = None,
    key_file: KeyOption = None,
    encoding: EncodingOption = None,
    ocr: OcrOption = None,
    raster: RasterOption = None,
    convert: Annotated[
        bool,
        typer.Option(
            "--convert", help="Convert .doc, .xls, .ppt by LibreOffice; copies are .docx and so on."
        ),
    ] = False,
    decisions: DecisionsOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; as many as cores if unset.")
    ] = None,
    seal_to: SealToOption = None,
    resume: ResumeOption = False,
    update: UpdateOption = False,
    propose: Annotated[
        bool,
        typer.Option(
            "--propose",
            help="Write marked copies to OUT.audit/proposed, for `redactor review --from`.",
        ),
    ] = False,
    dry_run: DryRunOption = False,
    progress: ProgressOption = ProgressForm.BARS,
    quiet: QuietOption = False,
    no_progress: Annotated[
        bool, typer.Option("--no-progress", hidden=True, help="As --progress none.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Write redacted copies of SRC to OUT, and the audit log to OUT.audit.

    \b
    Examples:
      redactor redact letters --out redacted
      redactor redact minutes.md --out redacted --allow-list public-figures.txt
      redactor redact letters --out redacted --deny-list our-clients.csv
      redactor redact letters --out redacted --policy strict --key-file collection.key
      redactor redact letters --out redacted --seal-to age1... --seal-to reviewers.txt
      redactor redact letters --out redacted --resume
      redactor redact letters --out redacted --dry-run
      redactor redact - < letter.txt > redacted.txt

    The same key gives the same person the same pseudonym in every run. Without --key-file a key
    is made in OUT.audit: keep it, and keep it private. Files named by patterns in a source
    folder's .redactorignore are left out, and the summary counts them.

    With --link collection all documents are read twice: first for the people whom they name. A
    surname alone, an initial, an account or a file's name has then the pseudonym of the one person
    it can mean in all of SRC. --keep-person NAME (and again for each more) keeps a person with
    their own addresses and accounts in all of SRC, and links it so.

    An OUT that was used before is refused, with what could be done. --resume goes on with a run
    that was killed or interrupted, under the settings that it began with. --update redacts what is
    new or changed since the last run, and everything under settings that changed since; copies
    whose source is gone are deleted, and the log says so. Without an earlier run both begin one.

    With --propose, each document that can have marks is also written to OUT.audit/proposed, as it
    is, with a mark at each place that the copy is without: text, web pages, PDF (and its XFDF),
    Word. People take marks away, move and add some in their own programs; `redactor review --from`
    makes decisions of it. Publish OUT when these were applied.

    --dry-run reads every document, redacts a sample in memory, and says what the same command
    without it would do, what it could not examine, and about how long it takes. Nothing is written.

    With --decisions, OUT may be the one that they were drawn from: its copies are written anew, and
    its log goes on. Give those of earlier reviews as well.

    With --seal-to (needs `pip install 'redactor[vault]'`) sources and what is removed go encrypted
    into OUT.audit/vault, where who holds the private half can look (`redactor audit reveal`) or put
    it back (`redactor restore`); this machine cannot. A log that goes on is sealed as it was.
    """
    with errors(debug=debug, resumes=True):
        if sources == [Path("-")]:
            _refuse_of_stdin(
                {
                    "decisions are about documents that have names and a log": decisions,
                    "text from standard input leaves no run to go on with": resume or update,
                    "standard input can be read once: --dry-run would be all of it": dry_run,
                    "text from standard input leaves no log, so nothing is sealed": seal_to,
                    "standard input has no name that would say what to convert": convert,
                    "people are linked over the documents of a run: name a folder": (
                        link or keep_person
                    ),
                    "text from standard input leaves no log to put proposals beside": propose,
                }
            )
            chosen = chosen_policy(policy, allow_list, model, deny_list, as_of, ocr, raster)
            _redact_stdin(out, chosen, rules, key_file, encoding)
            return
        if out is None:
            raise UsageError("--out OUT is missing")
        from redactor.batch import BatchRequest, redact_batch

        request = BatchRequest(
            sources=tuple(sources),
            out=out,
            policy=chosen_policy(
                policy,
                allow_list,
                model,
                deny_list,
                as_of,
                ocr,
                raster,
                convert=convert,
                link=link,
                keep_people=keep_person or (),
            ),
            rules=chosen_rules(rules),
            key_file=key_file,
            encoding=encoding,
            workers=workers,
            command=("redact", *named_options()),
            decisions=tuple(decisions or ()),
            seal_to=tuple(seal_to or ()),
            resume=resume,
            update=update,
            as_of=as_of.date() if as_of else None,
            propose=propose,
        )
        form = ProgressForm.NONE if no_progress else progress
        if dry_run:
            raise typer.Exit(int(_dry_run(request, form, quiet=quiet)))
        with watched(form, quiet=quiet) as watch:
            report = redact_batch(request, watch=watch)
            watch(Finished(int(report.exit_code)))
        raise typer.Exit(int(print_report(report, request, form, quiet=quiet)))


def _refuse_of_stdin(asked: Mapping[str, object]) -> None:
    """Raise UsageError for the first option that standard input cannot have, by why it cannot."""
    for why, option in asked.items():
        if option:
            raise UsageError(why)


def _dry_run(request: BatchRequest, form: ProgressForm, *, quiet: bool) -> ExitCode:
    from redactor.cli.dry_run import print_preview
    from redactor.dry_run import dry_run

    with watched(form, quiet=quiet) as watch:
        preview = dry_run(request, watch=watch)
        watch(Finished(int(preview.exit_code)))
    print_preview(preview, quiet=quiet)
    return preview.exit_code


def _redact_stdin(
    out: Path | None,
    policy: Policy,
    rules: Sequence[Path] | None,
    key_file: Path | None,
    encoding: str | None,
) -> None:
    if out is not None:
        raise UsageError("text from standard input goes to standard output, without --out")
    from redactor.analysis.analyzer import Analyzer
    from redactor.api import load_key, redact_bytes
    from redactor.files import check_size

    analyzer = Analyzer(policy, chosen_rules(rules))
    data = sys.stdin.buffer.read(policy.limits.file_bytes + 1)
    check_size(len(data), policy.limits.file_bytes)
    copy = redact_bytes(data, analyzer, load_key(key_file), encoding=encoding)
    write_out(copy)


def print_report(
    report: BatchResult, request: BatchRequest, form: ProgressForm, *, quiet: bool
) -> ExitCode:
    """Say how a run ended: what failed is named even where the summary cannot be printed."""
    problems = list(report.problems)
    try:
        if not quiet:
            _summarise(report, request)
    except OutputError as error:
        problems.append(error)
    print_failures([one for one in (*report.outcomes, *report.kept) if one.code])
    if not (quiet or form is ProgressForm.JSON):  # nothing but errors; or they are among the events
        print_notices(report.notices)
    for problem in problems:
        print_error(problem)
    return worst((report.exit_code, *(one.exit_code for one in problems)))


def _summarise(report: BatchResult, request: BatchRequest) -> None:
    from redactor.model import Status
    from redactor.notices import lifted

    out, policy = request.out, request.policy

    by_status = Counter(outcome.status for outcome in report.outcomes)
    if report.said:
        say(*report.said)
    say(
        f"{by_status[Status.REDACTED]} redacted, {by_status[Status.CLEAN]} with nothing to "
        f"remove, {by_status[Status.FAILED]} not examined, "
        f"{_in_part(by_status[Status.PARTIAL])}"
        f"{by_status[Status.EXCLUDED]} excluded by .redactorignore"
        f"{_beside(by_status[Status.WITHDRAWN], len(report.kept))}"
    )
    counts: Counter[str] = Counter()
    for outcome in report.outcomes:
        counts.update(dict(outcome.counts))
    for entity, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        say(f"{count:8} {entity}")
    for sentence in (
        *_lost(report),
        *_mistyped(report),
        *_read(report, policy),
        *_converted(report),
        *_media(report, policy),
        *lifted(policy),
    ):
        say(sentence)
    if review := sum(outcome.review for outcome in report.outcomes):
        say(f"review: {review} of them are in doubt; `redactor review {out}` lists them")
    if unsure := sum(outcome.unsure for outcome in report.outcomes):
        say(f"review: of what was kept, {unsure} in doubt; the audit log says which")
    if request.propose:
        say(*_proposed(report, out))
    say(f"copies: {out}", f"audit:  {report.audit} (keep it private)")
    if report.key_made:
        say(f"key:    {report.key_made} (made for this run; keep it, and keep it private)")


def _proposed(report: BatchResult, out: Path) -> Iterator[str]:
    """Yield where marked copies are, and which documents have none, or not all marks."""
    folder = report.audit / "proposed"
    if folder.is_dir():
        yield f"proposals: {folder} (marked, NOT redacted: keep it private)"
    for one in report.outcomes:
        if one.no_marks:
            yield f"no marked copy: {one.name}: {one.no_marks}; `redactor review {out}` lists it"
        elif one.unmarked:
            yield (
                f"without a mark: {one.unmarked} places of {one.name}, where none can be "
                "(attributes, numbers, results of fields, lists to choose from, properties)"
            )
    if folder.is_dir():
        yield f"           then: redactor review --from {folder} --reviewer NAME"


def _lost(report: BatchResult) -> Iterator[str]:
    """Yield which signatures and places of indexes copies are without, if any."""
    dropped: Counter[str] = Counter()
    for outcome in report.outcomes:
        dropped.update(dict(outcome.dropped))
    if indexes := dropped.pop("index", 0):
        which = next(one.name for one in report.outcomes if dict(one.dropped).get("index"))
        yield (
            f"indexes of web archives without places: {indexes} ({which}): the copies of their "
            "archives are not beside them; make new ones of the copies"
        )
    if dropped:
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(dropped.items()))
        yield f"signatures that do not outlast an edit, left out: {said}"


def _converted(report: BatchResult) -> Iterator[str]:
    """Yield how many documents were converted before they were read, and by what."""
    by = Counter(one.converted.rpartition(" by ")[2] for one in report.outcomes if one.converted)
    for program, count in by.items():
        yield f"converted by {program}: {count} old document{'s' * (count != 1)} of Office"


def _read(report: BatchResult, policy: Policy) -> Iterator[str]:
    """Yield of how many pictures the pixels were examined, and by what."""
    from redactor.formats.media import read_in_words
    from redactor.formats.ocr import describe_ocr

    read: Counter[str] = Counter()
    for outcome in report.outcomes:
        read.update(dict(outcome.read))
    if read:
        yield f"examined by {describe_ocr(policy.seeing.ocr)}: {read_in_words(list(read.items()))}"


def _mistyped(report: BatchResult) -> Iterator[str]:
    """Yield how many documents are of another type than their suffixes state, if any."""
    counts: Counter[str] = Counter()
    for outcome in report.outcomes:
        counts.update(dict(outcome.mistyped))
    if counts:
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        yield f"read by their content, which is not what their suffixes say: {said}"


def _media(report: BatchResult, policy: Policy) -> Iterator[str]:
    """Yield what of pictures and the like was not examined, and where they are now."""
    from redactor.formats.media import media_in_words

    media: Counter[str] = Counter()
    for outcome in report.outcomes:
        media.update(dict(outcome.media))
    if not media:
        return
    files = sum(1 for outcome in report.outcomes if outcome.media)
    where = f"in {files} {'copy' if files == 1 else 'copies'}"
    done = f"kept {where}" if policy.media == "keep" else f"left out, {where}"
    yield f"not examined: {media_in_words(list(media.items()))}, {done} (`media: {policy.media}`)"


def _beside(withdrawn: int, kept: int) -> str:
    """Return how many copies were withdrawn, and how many are as earlier runs made them."""
    gone = f", {withdrawn} withdrawn" if withdrawn else ""
    return f"{gone}, {kept} as they were" if kept else gone


def _in_part(count: int) -> str:
    """Return how many copies lack a part; nothing if none does."""
    return f"{count} published without parts that were not examined, " if count else ""
