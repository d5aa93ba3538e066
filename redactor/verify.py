"""Proof that a copy is what it claims: before it is published, and any time after.

Before: the draft is read back, by our format and by the standard library's own reader. Outside
the edits its bytes must be the source's; nothing that was removed may stand in it where the sweep
would remove it; and the rules, run again, must find nothing more. What they do find (a
replacement changes what stands around it) is removed as well, in another draft, and one that
does not settle is a leak. This proves the writing, not the finding: what no detector saw is not
seen here either.

After, `verify_output` needs no source: the log is checked record by record, each copy against its
digest, and every window of a copy's words is put under the key and looked up among the removed
values of that document. Who has no key learns nothing from the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from sys import maxsize
from typing import BinaryIO

from redactor.analysis.analyzer import Analysis, Analyzer
from redactor.analysis.detection import tidy
from redactor.audit import PublicKey, check, document_id, read, residue
from redactor.audit.canonical import Json
from redactor.audit.slots import check_vault
from redactor.decide import Cover, Span, decide, split_expired
from redactor.detect.deobfuscation.views import alternate_views
from redactor.errors import ExitCode, InputError, OutputError
from redactor.files import CHUNK, open_source, sha256, walk
from redactor.formats import Format, Placed, format_for, shifted
from redactor.keys import Key
from redactor.model import Action, Finding, TextWindow
from redactor.text import View, plain, view, words

WINDOW_WORDS = 8
"""Of a removed value, so many words are looked for; the rest follows from them."""


def check_bytes(source: BinaryIO, draft: BinaryIO, placed: Sequence[Placed]) -> None:
    """Raise OutputError unless source and draft agree outside the edits, to the last byte."""
    ends = (_size(source), _size(draft))
    at = [((0, 0), (0, 0)), *((edit.source, edit.target) for edit in placed)]
    at.append(((ends[0], ends[0]), (ends[1], ends[1])))
    for (left, left_draft), (right, right_draft) in pairwise(at):
        length = right[0] - left[1]
        same = length == right_draft[0] - left_draft[1]
        if not same or not _equal(source, draft, left[1], left_draft[1], length):
            raise OutputError("the draft differs from the source outside the edits")


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _equal(source: BinaryIO, draft: BinaryIO, start: int, start_draft: int, length: int) -> bool:
    source.seek(start)
    draft.seek(start_draft)
    while length > 0:
        piece = source.read(min(CHUNK, length))
        if not piece or piece != draft.read(len(piece)):
            return False
        length -= len(piece)
    return True


def leaks(
    form: Format,
    draft: BinaryIO,
    found: Analysis,
    analyzer: Analyzer,
    placed: Sequence[Placed] = (),
) -> list[Finding]:
    """Return what stands in a draft that should not, in positions of the draft.

    That is every removed value where the sweep would remove it, in the view and in the plain text
    as another reader sees it, and whatever the rules find that they did not find in the source.
    What a reviewer restored is let through at its place, where `placed` says that it landed.
    """
    restored = Cover(_landed(found, placed))
    return [one for one in _all_left(form, draft, found, analyzer) if not restored.holds(one)]


def _landed(found: Analysis, placed: Sequence[Placed]) -> Iterator[Span]:
    """Yield the places in a draft that stay because somebody said so."""
    for one in found.keeps:
        if one.ruling is not None:
            segment = one.finding.segment
            start, end = (shifted(placed, segment, at) for at in (one.start, one.end))
            yield segment, start, end


def _all_left(form: Format, draft: BinaryIO, found: Analysis, analyzer: Analyzer) -> list[Finding]:
    left: list[Finding] = []
    for segment in form.read(draft):
        text = view(segment.text)
        more = analyzer.detectors.ruled(text, segment.index, segment.offset)
        left += _left(segment, text, more, found, analyzer)
        left += _left_otherwise(segment, text, found, analyzer)
    for segment in form.read_again(draft):
        left += _left(segment, plain(segment.text), [], found, analyzer)
    return left


def _left_otherwise(
    segment: TextWindow, text: View, found: Analysis, analyzer: Analyzer
) -> Iterator[Finding]:
    """Yield what the other readings of a window say that should not be there."""
    for reading in alternate_views(segment.text, text):
        stretch = TextWindow(segment.index, reading.text)
        more = analyzer.detectors.ruled(reading.plain, segment.index, 0)
        for finding in _left(stretch, reading.plain, more, found, analyzer):
            if reading.counts(finding.start, finding.end, finding.score):
                yield reading.placed(finding, segment.offset)


def _left(
    segment: TextWindow, text: View, more: list[Finding], found: Analysis, analyzer: Analyzer
) -> list[Finding]:
    occurrences = list(found.sweep.find(text, segment.index, segment.offset))
    added = found.added.find(text, segment.index, segment.offset) if found.added else []
    more = [*split_expired(more, analyzer.policy)[0], *added]
    findings = more + [o.finding for o in occurrences if o.phrase is None]
    ours = [
        (segment.index, match.start() + segment.offset, match.end() + segment.offset)
        for match in analyzer.placeholders(segment.text, found)
    ]
    decisions = decide(
        [one for one in tidy(findings, segment) if not _takes_in(one, ours)],
        analyzer.policy,
        kept=[
            *(occurrence.finding for occurrence in occurrences if occurrence.kept),
            *(finding for finding in more if found.spares(finding, segment)),
            *analyzer.detectors.allowed.find(text, segment.index, segment.offset),
        ],
        placeholders=ours,
    )
    return [
        replace(decision.finding, start=decision.start, end=decision.end)
        for decision in decisions
        if decision.action is not Action.KEEP
    ]


def _takes_in(finding: Finding, ours: Sequence[tuple[int, int, int]]) -> bool:
    """Tell whether a finding takes in a replacement: what it says rests on our own text."""
    return any(start < finding.end and finding.start < end for _, start, end in ours)


def remaining(form: Format, draft: BinaryIO, removed: Iterable[str]) -> frozenset[str]:
    """Return which of the removed (folded) texts still occur in a copy, as ordinary words."""
    wanted = {head(text) for text in removed}
    return frozenset(
        window
        for segment in form.read(draft)
        for text in texts(segment)
        for window in windows(text)
        if window in wanted
    )


def head(text: str) -> str:
    """Return the words of a folded text by which it is looked up."""
    return " ".join(text.split()[:WINDOW_WORDS])


def texts(segment: TextWindow) -> Iterator[str]:
    """Yield what a window says, in every reading."""
    seen = view(segment.text)
    yield seen.text
    yield from (reading.text for reading in alternate_views(segment.text, seen))


def windows(text: str) -> Iterator[str]:
    """Yield every run of up to `WINDOW_WORDS` words of a text, folded."""
    forms = [word.form for word in words(text)]
    for start in range(len(forms)):
        for end in range(start + 1, min(start + WINDOW_WORDS, len(forms)) + 1):
            yield " ".join(forms[start:end])


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as recorded: the exit code it means, and a sentence."""

    code: ExitCode
    message: str


def verify_output(out: Path, audit: Path, key: Key) -> list[Problem]:
    """Check a finished output against its log. Raises KeyFileError for the wrong key."""
    report = check(audit, PublicKey.of(key))
    if report.damage is not None:
        return [Problem(ExitCode.OUTPUT, report.sentence)]
    documents, removed, ended = _recorded(audit)
    problems = (
        [] if ended else [Problem(ExitCode.OUTPUT, "the audit log records no end of the run")]
    )
    vault = check_vault(audit)
    damage = vault.damage if vault else ()
    problems += [Problem(ExitCode.OUTPUT, f"the vault is damaged at {one}") for one in damage]
    present = {path.relative_to(out).as_posix(): path for path in walk(out)} if out.is_dir() else {}
    for name, path in present.items():
        record = documents.pop(document_id(key, name), None)
        problems += _verify_copy(name, path, record, removed, key)
    missing = sum(1 for record in documents.values() if "output_sha256" in record)
    if missing:
        problems.append(Problem(ExitCode.OUTPUT, f"{missing} recorded copies are missing"))
    return problems


_AFTER_THE_END = frozenset({"recovery", "reveal", "restore"})
"""What may be recorded of a run that ended."""

Fields = dict[str, Json]


def _recorded(audit: Path) -> tuple[dict[str, Fields], dict[str, set[str]], bool]:
    """Return the documents of a log, their removed values' residues, and whether the run ended."""
    documents: dict[str, Fields] = {}
    removed: dict[str, set[str]] = {}
    ended = False
    for record in read(audit):
        if record["type"] not in _AFTER_THE_END:
            ended = record["type"] == "run-end"
        if record["type"] == "document":  # of a later run: what it says holds
            documents[str(record["document"])] = record
            removed.pop(str(record["document"]), None)
        elif record["type"] == "redaction" and "residue" in record:
            removed.setdefault(str(record["document"]), set()).add(str(record["residue"]))
    return documents, removed, ended


def _verify_copy(
    name: str, path: Path, record: Fields | None, removed: dict[str, set[str]], key: Key
) -> list[Problem]:
    if record is None or "output_sha256" not in record:
        return [Problem(ExitCode.OUTPUT, f"{name} is in no record")]
    try:
        return _verify_recorded(name, path, record, removed, key)
    except InputError as error:
        return [Problem(ExitCode.OUTPUT, f"{name}: {error}")]


def _verify_recorded(
    name: str, path: Path, record: Fields, removed: dict[str, set[str]], key: Key
) -> list[Problem]:
    with open_source(path, maxsize) as file:
        if sha256(file) != record["output_sha256"]:
            return [Problem(ExitCode.OUTPUT, f"{name} is not the copy that was recorded")]
        file.seek(0)
        form = format_for(path, file, recorded=str(record.get("encoding", "")))
        if _holds(form, file, removed.get(str(record["document"]), set()), key):
            return [Problem(ExitCode.LEAK, f"{name} still holds a value that was removed")]
    return []


def _holds(form: Format, file: BinaryIO, residues: set[str], key: Key) -> bool:
    @lru_cache(maxsize=1 << 20)
    def known(window: str) -> bool:
        return residue(key, window) in residues

    if not residues:
        return False
    return any(
        known(window)
        for segment in form.read(file)
        for text in texts(segment)
        for window in windows(text)
    )
