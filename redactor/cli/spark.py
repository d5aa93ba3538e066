"""`redactor spark`."""

from __future__ import annotations

from dataclasses import replace
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
    EncodingOption,
    KeyOption,
    ModelOption,
    PolicyOption,
    ProgressOption,
    QuietOption,
    ResumeOption,
    RulesOption,
    SealToOption,
    UpdateOption,
    chosen_policy,
    chosen_rules,
    named_options,
)
from redactor.cli.progress import ProgressForm, watched
from redactor.cli.redact import print_report
from redactor.progress import Finished, Warned

if TYPE_CHECKING:
    from redactor.batch import BatchRequest, BatchResult
    from redactor.progress import Watch


def spark(  # noqa: PLR0913  # one parameter an option
    sources: Annotated[list[Path], typer.Argument(metavar="SRC...", help="Folders and files.")],
    out: Annotated[Path, typer.Option("--out", metavar="OUT", help="The folder of the copies.")],
    master: Annotated[
        str | None,
        typer.Option("--master", metavar="URL", help="The cluster; else Spark's own settings."),
    ] = None,
    policy: PolicyOption = "default",
    model: ModelOption = None,
    allow_list: AllowListOption = None,
    deny_list: DenyListOption = None,
    as_of: AsOfOption = None,
    rules: RulesOption = None,
    key_file: KeyOption = None,
    encoding: EncodingOption = None,
    decisions: DecisionsOption = None,
    seal_to: SealToOption = None,
    resume: ResumeOption = False,
    update: UpdateOption = False,
    progress: ProgressOption = ProgressForm.BARS,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Do what `redactor redact` does on a cluster of Apache Spark.

    \b
    Examples:
      redactor spark letters --out redacted
      redactor spark letters --out redacted --master spark://head.example.org:7077
      redactor spark letters --out redacted --resume

    Needs `pip install 'redactor[spark]'` and Java 17 or later. SRC, OUT and OUT.audit are on a disk
    that all machines share under the same paths. Without --master, or settings of Spark's that name
    one, it runs on the cores of this machine.

    Copies, pseudonyms and records are those of `redactor redact`, and either command goes on with
    what the other one began.
    """
    with errors(debug=debug, resumes=True):
        from redactor.batch import BatchRequest

        request = BatchRequest(
            sources=tuple(sources),
            out=out,
            policy=chosen_policy(policy, allow_list, model, deny_list, as_of),
            rules=chosen_rules(rules),
            key_file=key_file,
            encoding=encoding,
            command=("spark", *named_options()),
            decisions=tuple(decisions or ()),
            seal_to=tuple(seal_to or ()),
            resume=resume,
            update=update,
            as_of=as_of.date() if as_of else None,
        )
        with watched(progress, quiet=quiet) as watch:
            report = _on_cluster(request, master, watch)
            watch(Finished(int(report.exit_code)))
        raise typer.Exit(int(print_report(report, request, progress, quiet=quiet)))


def _on_cluster(request: BatchRequest, master: str | None, watch: Watch) -> BatchResult:
    from redactor.batch import redact_batch
    from redactor.runners.spark.cluster import SparkCluster
    from redactor.runners.spark.session import notices, session
    from redactor.runners.spark.team import SparkTeam

    spark = session(master)
    try:
        cluster, odd = SparkCluster(spark), tuple(notices(spark))
        report = redact_batch(
            replace(request, workers=cluster.slots),
            watch=watch,
            team=lambda settings, _: SparkTeam(settings, cluster),
        )
        for notice in odd:
            watch(Warned(notice))
        return replace(report, notices=(*report.notices, *odd))
    finally:
        spark.stop()
