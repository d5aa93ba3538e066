"""Records of a log, as typed rows and totals. Pure.

A log may hold several runs; records after a `run-start` belong to that run. A record of an unknown
kind is counted, never dropped in silence, and unknown fields are ignored. A field that an older log
lacks is an empty text. Of a document that a run recorded twice, as when its worker died after the
first record, the last one holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from redactor.audit.endings import Ending, Unfinished
from redactor.audit.layouts import layout_of
from redactor.audit.records import Json, RunEnd, RunStart
from redactor.audit.typed import from_fields
from redactor.formats import mistyped
from redactor.formats.base import Layout
from redactor.formats.media import media_in_words, read_in_words
from redactor.formats.tree import Path
from redactor.model import FREE_FORM
from redactor.operators.placeholders import shown_amount

Fields: TypeAlias = Mapping[str, Json]
Counts: TypeAlias = tuple[tuple[str, int], ...]

_FREE_FORM = frozenset(action.value for action in FREE_FORM)

BINS = 10  # of the distribution of scores, each a tenth wide


@dataclass(frozen=True, slots=True)
class Run:
    """A run: the records of its start and, if it ended, of its end.

    `resumed` are the times at which it went on after it was broken off.
    """

    start: RunStart
    end: RunEnd | None = None
    resumed: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the run's id."""
        return self.start.run

    @property
    def when(self) -> str:
        """Return the time of its end, or of its start if it has none."""
        return (self.end.finished if self.end else "") or self.start.started


@dataclass(frozen=True, slots=True)
class Document:
    """What became of one document in a run. `not_examined` has part and reason of what was not.

    `media` has the part and what was not examined of each picture, sound, film and font, which the
    copy has unless they were omitted; `read` those of the pictures that OCR examined, and what it
    saw. `converted` says from what to what it was converted, and by what. `copy_id` is the id of
    the copy's name. `dropped` has part and kind of each signature that was left out, and `index`
    for each index of web archives without places.
    """

    run: int
    id: str
    status: str
    format: str
    encoding: str
    parts: int
    sha256: str
    size: int | None
    not_examined: tuple[tuple[str, str], ...]
    media: tuple[tuple[str, str], ...]
    media_omitted: bool
    read: tuple[tuple[str, str], ...]
    converted: str
    copy_id: str
    dropped: tuple[tuple[str, str], ...]
    verified: str
    checks: tuple[str, ...]
    layouts: dict[Path, Layout] = field(default_factory=dict, compare=False)

    @property
    def dropped_in_words(self) -> str:
        """Return which signatures the copy is without, and indexes without places, in words."""
        counts = Counter(kind for _, kind in self.dropped)
        indexes = counts.pop("index", 0)
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        words = [f"signatures left out: {said}"] if said else []
        words += [f"indexes without places: {indexes}"] if indexes else []
        return "; ".join(words)

    @property
    def mistyped_in_words(self) -> str:
        """Return that the suffix of the name states another format, in words; perhaps nothing."""
        return ", ".join(said for said, _ in mistyped(self.layouts.values()))

    @property
    def media_in_words(self) -> str:
        """Return what of pictures and the like was not examined, in words; perhaps nothing."""
        if not self.media:
            return ""
        said = media_in_words(list(Counter(kind for _, kind in self.media).items()))
        return f"{said} ({'left out' if self.media_omitted else 'kept'})"

    @property
    def read_in_words(self) -> str:
        """Return the pixels of how many pictures OCR examined, in words; perhaps nothing."""
        said = read_in_words(list(Counter(seen for _, seen in self.read).items()))
        return f"examined by OCR: {said}" if said else ""

    @property
    def converted_in_words(self) -> str:
        """Return from what to what the document was converted; perhaps nothing."""
        return f"converted from {self.converted}" if self.converted else ""

    @property
    def has_copy(self) -> bool:
        """Tell whether a copy was recorded."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class Redaction:
    """One place of one document of a run: fields of `RedactionRecord`, and the run's number.

    Without the key, those that the log encrypts (`records.SEALED`) are empty.
    """

    run: int
    id: str
    document: str
    part: str
    where: str
    start: int
    end: int
    line: int | None
    entity: str
    source: str
    because: tuple[str, ...]
    score: float | None
    action: str
    amount: str
    fingerprint: str
    placeholder: str
    scope: str
    decision: str
    review: tuple[str, ...]
    code: str
    basis: str
    reason: str
    restrict_until: str
    reviewer: str
    note: str
    supersedes: str
    place: str
    earlier: tuple[tuple[str, str], ...]

    @property
    def removed(self) -> bool:
        """Tell whether something went; what was found and kept is in the log as well."""
        return self.action != "keep"

    @property
    def public(self) -> Redaction:
        """Return it without the fields that depend on the removed value."""
        return replace(
            self,
            source="",
            because=(),
            score=None,
            amount=shown_amount(self.placeholder),
            scope="",
            review=(),
            placeholder="" if self.action in _FREE_FORM else self.placeholder,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """All records of a log. `others` counts records of unknown kinds.

    `sealed` is the number of details records that were not decrypted; `unfinished` says what is
    missing of the last run, if it did not end.
    """

    runs: tuple[Run, ...]
    documents: tuple[Document, ...]
    redactions: tuple[Redaction, ...]
    others: Counts = ()
    sealed: int = 0
    unfinished: Unfinished | None = None

    @property
    def public(self) -> Summary:
        """Return it without what depends on removed values.

        What was kept without a reviewer is left out: that it was found depends on the words around.
        """
        shown = (one for one in self.redactions if one.removed or one.decision != "auto")
        return replace(self, redactions=tuple(one.public for one in shown))

    @property
    def latest(self) -> tuple[Document, ...]:
        """Return what became of each document in the last run that had it."""
        return tuple({one.id: one for one in self.documents}.values())

    @property
    def standing(self) -> tuple[Redaction, ...]:
        """Return the places that were decided upon in the last run of their document."""
        runs = {one.id: one.run for one in self.documents}
        return tuple(one for one in self.redactions if runs.get(one.document, one.run) == one.run)

    @property
    def removals(self) -> tuple[Redaction, ...]:
        """Return the places where something went, in the last run of their document."""
        return tuple(one for one in self.standing if one.removed)

    @property
    def unexamined(self) -> tuple[Document, ...]:
        """Return the documents that were not examined, or not in every part."""
        return tuple(one for one in self.latest if one.not_examined or one.status == "failed")

    def by(self, name: str) -> Counts:
        """Count the removals by a field, the most frequent first."""
        counts = Counter(str(getattr(one, name)) for one in self.removals)
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def scores(self) -> tuple[int, ...]:
        """Count the removals by score, in tenths; 1.0 is in the last."""
        counts = Counter(
            min(int(one.score * BINS + 1e-9), BINS - 1)
            for one in self.removals
            if one.score is not None
        )
        return tuple(counts[number] for number in range(BINS))


def summarise(records: Iterable[Fields]) -> Summary:
    """Return what the records say, in their order."""
    runs: list[Run] = []
    documents: list[Document] = []
    redactions: list[Redaction] = []
    others: Counter[str] = Counter()
    within: list[int] = []  # of each redaction: the number of documents up to its own
    sealed, ending = 0, Ending()
    for record in records:
        ending.add(record)
        kind = record.get("type")
        if kind != "run-start" and not runs:
            runs.append(Run(from_fields(RunStart, {})))  # a damaged log may lack its first record
        match kind:
            case "run-start":
                runs.append(Run(from_fields(RunStart, record)))
            case "run-end":
                runs[-1] = replace(runs[-1], end=from_fields(RunEnd, record))
            case "run-resume":
                times = (*runs[-1].resumed, text(record, "resumed"))
                runs[-1] = replace(runs[-1], resumed=times)
            case "document":
                documents.append(_document(record, len(runs) - 1))
            case "part" if documents:
                path, layout = layout_of(record)
                documents[-1].layouts[path] = layout
            case "redaction":
                redactions.append(from_fields(Redaction, {**record, "run": len(runs) - 1}))
                within.append(len(documents) - 1)
            case "details":
                sealed += 1
            case _:
                others[str(kind)] += 1
    kinds = tuple(sorted(others.items()))
    last = {(one.run, one.id): number for number, one in enumerate(documents)}
    hold = {-1, *last.values()}  # recorded anew in one run: after a worker or the run was killed
    return Summary(
        tuple(runs),
        tuple(one for number, one in enumerate(documents) if number in hold),
        tuple(one for one, number in zip(redactions, within, strict=True) if number in hold),
        kinds,
        sealed,
        ending.unfinished,
    )


def _document(record: Fields, run: int) -> Document:
    verified = record.get("verified")
    proof: Fields = verified if isinstance(verified, Mapping) else {}
    kept, omitted = "media_kept", "media_omitted"
    return Document(
        run=run,
        id=text(record, "document"),
        status=text(record, "status"),
        format=text(record, "format"),
        encoding=text(record, "encoding"),
        parts=whole(record, "parts_examined") or 0,
        sha256=text(record, "output_sha256"),
        size=whole(record, "output_bytes"),
        not_examined=tuple(_pair(pair) for pair in _items(record, "not_examined")),
        media=tuple(map(_pair, _items(record, kept) or _items(record, omitted))),
        media_omitted=bool(_items(record, omitted)),
        read=tuple(map(_pair, _items(record, "pixels_read"))),
        converted=text(record, "converted"),
        dropped=tuple(map(_pair, _items(record, "dropped"))),
        copy_id=text(record, "copy_id") or text(record, "document"),
        verified=text(proof, "result"),
        checks=texts(proof, "checks"),
        layouts=dict([layout_of(record)]),
    )


def text(record: Fields, name: str) -> str:
    """Return a field as a text; an empty one if the record lacks it."""
    value = record.get(name)
    return "" if value is None else str(value)


def texts(record: Fields, name: str) -> tuple[str, ...]:
    """Return a field that is a list of texts; an empty one if the record lacks it."""
    return tuple(str(item) for item in _items(record, name))


def whole(record: Fields, name: str) -> int | None:
    """Return a field that is a whole number, or None."""
    value = record.get(name)
    return value if isinstance(value, int) else None


def _items(record: Fields, name: str) -> Sequence[Json]:
    value = record.get(name)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _pair(value: Json) -> tuple[str, str]:
    match value:
        case [part, reason]:
            return str(part), str(reason)
    return "document", str(value)
