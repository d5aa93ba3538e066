"""Detection only: what a policy would redact in files, and what could not be examined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.unit import Unit
from redactor.errors import PartNotExamined, RedactorError, worst
from redactor.files import check_size, open_source
from redactor.formats import Layout, mistyped
from redactor.formats.media import media_counts
from redactor.formats.tree import Path as NodePath
from redactor.formats.tree import Reading, part, root
from redactor.model import Finding, Outcome, Policy
from redactor.opening import discover
from redactor.pipeline import failure, unforeseen
from redactor.pipeline.context import reading_of
from redactor.pipeline.media import check_media
from redactor.pipeline.units import Place, Positions, TreeUnits
from redactor.progress import Begun, Done, Started, Watch, unwatched
from redactor.requests import BatchRequest
from redactor.source_files import SourceFile

AROUND = 30
"""Characters on either side of a finding that are shown with it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A finding of a scan: its file, its place, and why a person should look at it, if one should.

    `finding` has the span in the texts of the part that it is in, end to end. `text` is what would
    be removed, with the words around it, for the owner of a terminal who asks to see them.
    """

    name: str
    place: Place
    finding: Finding
    review: tuple[str, ...]
    text: str = field(default="", repr=False)
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)

    @property
    def line(self) -> int:
        """Return the line it is on, from 1; 0 where the format has no lines."""
        return self.place.source_line


class Scanner(TreeUnits):
    """Scans the tree of one document."""

    def __init__(self, name: str, analyzer: Analyzer, reading: Reading) -> None:
        """Take the name of the document and what finds."""
        super().__init__(reading)
        self._name, self._analyzer = name, analyzer
        self.found: list[Scanned] = []
        self.layouts: list[Layout] = []

    def node(self, path: NodePath, copied: NodePath, layout: Layout) -> None:  # noqa: ARG002  # one of all
        """Take note of the layout of a document in the tree."""
        self.layouts.append(layout)

    def names(self, unit: Unit, positions: Positions) -> None:
        """Take in what would be redacted in names and comments."""
        self.unit(unit, "", positions)

    def unit(self, unit: Unit, name: str, positions: Positions) -> None:
        """Take in what would be redacted in a unit."""
        for one in self._analyzer.analyze(unit, name).removals:
            decision = one.decision
            [place] = positions.placed(unit, [(decision.start, decision.end, None)])
            start, end = place.source
            finding = replace(decision.finding, start=start, end=end)
            before = unit.text[max(0, decision.start - AROUND) : decision.start]
            after = unit.text[decision.end : decision.end + AROUND]
            self.found.append(
                Scanned(self._name, place, finding, decision.review, one.text, before, after)
            )


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What was found in files, what could not be examined, and which of them have pictures.

    `media` counts, by name of the file, pictures and the like by what of them is not examined, and
    `mistyped` parts whose suffix states another format than they are of.
    """

    found: list[Scanned] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)
    media: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    mistyped: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


def scan_sources(  # noqa: PLR0913  # what is scanned, by what, who watches
    sources: Sequence[Path],
    policy: Policy,
    rules: tuple[Path, ...],
    encoding: str | None,
    stdin: BinaryIO,
    *,
    watch: Watch = unwatched,
) -> ScanResult:
    """Return what is found in folders and files (or standard input, `-`), and what failed.

    `watch` is called with what happens, as it happens.
    """
    analyzer = Analyzer(policy, rules)
    result = ScanResult()
    if list(sources) == [Path("-")]:
        data = BytesIO(stdin.read(policy.limits.file_bytes + 1))
        check_size(len(data.getvalue()), policy.limits.file_bytes)
        result.failed.extend(_scan("-", "", data, analyzer, encoding, result))
        return result
    request = BatchRequest(tuple(sources), Path(), policy, encoding=encoding)
    entries = discover(request, as_given=True)
    numbered = [(n, one) for n, one in enumerate(entries, 1) if not one.excluded]
    size = sum(one.job.size for _, one in numbered if not one.problem)
    watch(Started(len(numbered), size, workers=1))
    for number, entry in numbered:
        if not entry.problem:
            watch(Begun(1, number, entry.job.size))
        before = len(result.found)
        failed = list(_scanned(entry, analyzer, encoding, result))
        result.failed.extend(failed)
        watch(_done(number, entry, result.found[before:], failed))
    return result


def _done(
    number: int, entry: SourceFile, found: Sequence[Scanned], failed: Sequence[Outcome]
) -> Done:
    """Return the event of a document that was scanned."""
    counts = Counter(one.finding.entity for one in found)
    ended = "failed" if failed else "found" if found else "clean"
    size = 0 if entry.problem else entry.job.size
    return Done(
        number, size, ended, tuple(sorted(counts.items())), worst(one.code for one in failed)
    )


def _scanned(
    entry: SourceFile, analyzer: Analyzer, encoding: str | None, result: ScanResult
) -> Iterator[Outcome]:
    """Scan a file of the sources; yield what of it could not be examined."""
    name = entry.job.name
    if entry.problem is not None:
        yield failure(name, entry.problem)
        return
    try:
        with open_source(entry.job.source, analyzer.policy.limits.file_bytes, entry.job.at) as file:
            yield from _scan(name, entry.job.source.name, file, analyzer, encoding, result)
    except RedactorError as error:
        yield failure(name, error)
    except Exception as error:  # noqa: BLE001  # one document must not cost the others
        yield failure(name, unforeseen(error))


def _scan(  # noqa: PLR0913, PLR0917  # a file, what finds, and where its findings go
    shown: str,
    name: str,
    file: BinaryIO,
    analyzer: Analyzer,
    encoding: str | None,
    result: ScanResult,
) -> Iterator[Outcome]:
    """Scan one document; yield what of it could not be examined."""
    reading = reading_of(analyzer.policy, encoding)
    scanner = Scanner(shown, analyzer, reading)
    scanner.examine(root(file, name, reading), shown)
    result.found.extend(scanner.found)
    if counts := media_counts(scanner.media):
        result.media[shown] = counts
    if counts := mistyped(scanner.layouts):
        result.mistyped[shown] = counts
    for one in scanner.unexamined:
        yield failure(shown, PartNotExamined(f"member {part(one.path)}: {one.error or one.reason}"))
    check_media(scanner.media, analyzer.policy)
