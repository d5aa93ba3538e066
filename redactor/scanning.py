"""Detection only: what a policy would remove from files, and which could not be examined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from redactor.analysis.analyzer import Analyzer
from redactor.batch import BatchRequest, discover
from redactor.errors import RedactorError
from redactor.files import check_size, open_source
from redactor.formats import Format, LineEnds, format_for, format_for_text
from redactor.model import Finding, Outcome, Policy
from redactor.pipeline import failure, unforeseen

Found = tuple[str, int, Finding, tuple[str, ...]]
"""File name, line, finding, and why a person should look at it, if one should."""


def scan_sources(
    sources: Sequence[Path],
    policy: Policy,
    rules: tuple[Path, ...],
    encoding: str | None,
    stdin: BinaryIO,
) -> tuple[list[Found], list[Outcome]]:
    """Return what is found in folders and files (or standard input, `-`), and what failed."""
    analyzer = Analyzer(policy, rules)
    if list(sources) == [Path("-")]:
        data = BytesIO(stdin.read(policy.limits.file_bytes + 1))
        check_size(len(data.getvalue()), policy.limits.file_bytes)
        form = format_for_text(data, encoding).settle(data)
        return list(_found("-", data, form, analyzer)), []
    found: list[Found] = []
    failed: list[Outcome] = []
    for entry in discover(BatchRequest(tuple(sources), Path(), policy, encoding=encoding)):
        if entry.excluded:
            continue
        if entry.problem is not None:
            failed.append(failure(entry.job.name, entry.problem))
            continue
        try:
            with open_source(entry.job.source, policy.limits.file_bytes) as file:
                form = format_for(entry.job.source, file, encoding).settle(file)
                found += _found(entry.job.name, file, form, analyzer)
        except RedactorError as error:
            failed.append(failure(entry.job.name, error))
        except Exception as error:  # noqa: BLE001  # one document must not cost the others
            failed.append(failure(entry.job.name, unforeseen(error)))
    return found, failed


def _found(name: str, file: BinaryIO, form: Format, analyzer: Analyzer) -> Iterator[Found]:
    removals = analyzer.examine(lambda: form.read(file), name).removals
    ends = LineEnds(form.read(file))
    for decision in removals:
        finding = replace(decision.finding, start=decision.start, end=decision.end)
        yield name, ends.line(finding.segment, decision.start), finding, decision.review
