"""What `redactor redact --dry-run` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redactor.cli.output import print_failures, say, table
from redactor.cli.progress import in_words, size

if TYPE_CHECKING:
    from redactor.dry_run import Estimate, Preview


def print_preview(preview: Preview, *, quiet: bool) -> None:
    """Print what a run would do, and name what it could not examine."""
    if not quiet:
        _summarise(preview)
    print_failures(preview.failed)


def _summarise(preview: Preview) -> None:
    say("dry run: nothing is written", *preview.said)
    say(
        f"{preview.documents} documents to redact ({size(preview.bytes)}), {len(preview.failed)} "
        f"of them not examined, {preview.excluded} excluded by .redactorignore"
    )
    if preview.withdrawn:
        say(f"{preview.withdrawn} copies to delete, whose source is gone")
    rows = [(name, f"{count:,}", size(total)) for name, count, total in preview.formats]
    if rows:
        table(("format", "documents", "bytes"), rows)
    if preview.estimate:
        say(*_estimate(preview.estimate))


def _estimate(one: Estimate) -> list[str]:
    workers = f"{one.workers} worker{'s' * (one.workers != 1)}"
    rests_on = f"{one.documents} documents of {one.characters:,} characters"
    return [
        f"time: about {in_words(one.seconds)} with {workers}, an estimate",
        f"  from {rests_on}, which took {one.measured:.1f} s here with one",
    ]
