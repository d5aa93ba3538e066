"""What a person did with the marks of a document: which are gone, which new, which moved."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from redactor.errors import MarksError
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Place, Segment
from redactor.proposals.reading import Cover, Mark, MarkedText
from redactor.proposals.values import borders_of, led, letters_at, with_signs


@dataclass(frozen=True, slots=True)
class Added:
    """A text that a person marked: its part, its span in that, itself, and the type it is given."""

    part: str
    start: int
    end: int
    text: str = field(repr=False)
    entity: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about a place by its mark; `entity` is the type of a change."""

    place: Place
    decision: Literal["confirm", "restore", "change"]
    entity: str = ""

    @property
    def removes(self) -> bool:
        """Tell whether the place is removed."""
        return self.decision != "restore"


@dataclass(frozen=True, slots=True)
class Changes:
    """What a person did with the marks of a document; `bare` says that none of ours is left."""

    verdicts: tuple[Verdict, ...]
    added: tuple[Added, ...] = ()
    bare: bool = False

    @property
    def are_none(self) -> bool:
        """Tell whether every mark is as it was."""
        return not self.added and all(one.decision == "confirm" for one in self.verdicts)


def changes(original: Original, marked: MarkedText) -> Changes:
    """Return what was done with the marks of a document.

    Raises MarksError for a text that is not that of the document any more, and for marks that are
    of another one or overlap.
    """
    if (marked.document, marked.run) != (original.document, original.run):
        raise MarksError("is the marked copy of another document or run")
    letters = Letters(original.segments)
    _check_text(letters.text, marked)
    return _Comparison(original, marked, letters).changes()


def _check_text(before: str, marked: MarkedText) -> None:
    after = marked.letters
    if before == after:
        return
    pairs = enumerate(zip(before, after, strict=False))
    first = next((n for n, (a, b) in pairs if a != b), min(len(before), len(after)))
    raise MarksError(f"has another text than its document, from {marked.where(first)} on")


class _Comparison:
    """Compares the marks that there are with those that there were."""

    def __init__(self, original: Original, marked: MarkedText, letters: Letters) -> None:
        self._original, self._marked, self._letters = original, marked, letters
        self._known = {place.key: place for place in original.places}

    def changes(self) -> Changes:
        """Return what was done. Raises MarksError."""
        found = {mark.words.key: mark for mark in self._marked.marks if mark.words.key}
        if unknown := [mark for key, mark in found.items() if key not in self._known]:
            raise MarksError(f"has a mark of another document or run, {unknown[0].where}")
        kept: dict[str, Cover] = {}
        extra: list[tuple[Cover, Mark]] = []
        for mark in self._marked.marks:
            for cover in mark.covers:
                own = self._span(mark.words.key)
                if own == (cover.start, cover.end):
                    kept[mark.words.key] = cover  # a second mark of the same place says no more
                else:
                    extra.append((cover, mark))
        added = [
            piece for one, mark in self._apart(extra, kept) for piece in self._parts(one, mark)
        ]
        verdicts = {
            place.id: self._verdict(place, kept, found, added) for place in self._original.places
        }
        return Changes(
            (*filter(None, verdicts.values()), *self._following(verdicts)),
            (*(self._added(one, mark) for one, mark in added), *self._repeated(added)),
            bare=bool(self._original.places) and not found,
        )

    def _parts(self, cover: Cover, mark: Mark) -> Iterator[tuple[Cover, Mark]]:
        """Yield what a new mark covers, by the fields that it goes over: each is by itself."""
        borders = borders_of(self._original, self._letters)
        cuts = [at for at in borders if cover.start < at < cover.end]
        for start, end in pairwise((cover.start, *cuts, cover.end)):
            before = cover.before if start == cover.start else ""
            after = cover.after if end == cover.end else ""
            yield Cover(start, end, before, after), mark

    def _following(self, verdicts: Mapping[str, Verdict | None]) -> Iterator[Verdict]:
        """Yield what becomes of places in values of fields: they are kept if all they repeat is."""
        for place, leaders in led(self._original, self._letters).values():
            said = [verdicts[one.id] for one in leaders]
            known = [one for one in said if one is not None]
            if all(one.decision == "restore" for one in known):
                if len(known) == len(said):
                    yield Verdict(place, "restore")
            else:
                first = next(one for one in known if one.removes)
                yield Verdict(place, first.decision, first.entity)

    def _repeated(self, added: Sequence[tuple[Cover, Mark]]) -> Iterator[Added]:
        """Yield new marks on fields once more, for the values of these."""
        done: set[tuple[int, int]] = set()
        for value in self._original.values:
            low, high = self._letters.first(value.first), self._letters.first(value.last)
            at = letters_at(value.text)
            for cover, mark in added:
                if low <= cover.start and cover.end <= high:
                    start, end = at[cover.start - low], at[cover.end - low - 1] + 1
                    start, end = with_signs(value.text, start, end, cover)
                    span = value.base + start, value.base + end
                    if span not in done:
                        done.add(span)
                        yield self._row(value.part, span, value.text[start:end], mark)

    def _span(self, key: str) -> tuple[int, int] | None:
        """Return the letters that a mark of ours had."""
        return self._letters.span(self._known[key]) if key else None

    def _apart(
        self, extra: Sequence[tuple[Cover, Mark]], kept: dict[str, Cover]
    ) -> list[tuple[Cover, Mark]]:
        """Return the new marks but those inside others. Raises MarksError where two overlap."""
        found: list[tuple[Cover, Mark]] = []
        old = sorted((cover.start, cover.end) for cover in kept.values())
        last = (0, 0)
        for cover, mark in sorted(extra, key=lambda one: (one[0].start, -one[0].end)):
            span = cover.start, cover.end
            at = bisect_right(old, span)
            near = [last, *old[max(at - 1, 0) : at + 1]]
            if any(a <= span[0] and span[1] <= b for a, b in near):
                continue
            if any(a < span[1] and span[0] < b for a, b in near):
                raise MarksError(f"has marks that overlap, {mark.where}")
            found.append((cover, mark))
            last = span
        return found

    def _verdict(
        self,
        place: Place,
        kept: dict[str, Cover],
        found: dict[str, Mark],
        added: Sequence[tuple[Cover, Mark]],
    ) -> Verdict | None:
        """Return what becomes of a place; None if a new mark takes all of it in."""
        if place.key in kept:
            said = found[place.key].words.entity
            if said in {"", place.entity}:
                return Verdict(place, "confirm")
            return Verdict(place, "change", said)
        span = self._span(place.key)
        at = bisect_right(added, span[0], key=lambda one: one[0].start) - 1 if span else -1
        if span and at >= 0 and span[1] <= added[at][0].end:
            return None
        return Verdict(place, "restore")

    def _added(self, cover: Cover, mark: Mark) -> Added:
        """Return the text of a new mark, with the signs that it has at its ends."""
        (first, start), (last, end) = (
            self._letters.position(letter) for letter in (cover.start, cover.end - 1)
        )
        segments = self._original.segments
        if segments[first].part != segments[last].part:
            raise MarksError(f"has a mark across several parts, {mark.where}")
        start, _ = with_signs(segments[first].text, start, 0, replace(cover, after=""))
        _, end = with_signs(segments[last].text, 0, end + 1, replace(cover, before=""))
        span = segments[first].base + start, segments[last].base + end
        text = _between(segments, (first, start), (last, end))
        return self._row(segments[first].part, span, text, mark)

    def _row(self, part: str, span: tuple[int, int], text: str, mark: Mark) -> Added:
        was = self._known.get(mark.words.key)
        entity = mark.words.entity or (was.entity if was else "")
        return Added(part, *span, text, entity, was.code if was else "")


def _between(segments: Sequence[Segment], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return segments[start[0]].text[start[1] : end[1]]
    inner = (one.text for one in segments[start[0] + 1 : end[0]])
    return "".join((segments[start[0]].text[start[1] :], *inner, segments[end[0]].text[: end[1]]))
