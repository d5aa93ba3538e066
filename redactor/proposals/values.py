"""Values of fields: strings that no mark can show, and that say what a page shows of the field.

A place in one follows that of the shown text with the same letters: so a mark on a field decides
about both, and what is added there is added to both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Place, Segment, Value
from redactor.proposals.reading import Cover

__all__ = [
    "borders_of",
    "drawn_by_others",
    "every_field",
    "followers",
    "led",
    "letters_at",
    "nothing_of",
    "with_signs",
    "with_values",
    "without",
]

_WITH_FIELDS = "pdf"
"""The format of which texts that stand by themselves are fields, and not paragraphs."""


def with_values(original: Original, values: Sequence[Value]) -> Original:
    """Return a document whose places without a mark follow others where values repeat these."""
    letters = Letters(original.segments)
    shown = {letters.removed(one) for one in original.places} - {None}
    found: list[Value] = []
    for value in values:
        places = [one for one in original.unmarked if _letters_in(value, one, letters) in shown]
        found.append(replace(value, places=tuple(places)))
    follow = {one.id for value in found for one in value.places}
    unmarked = tuple(one for one in original.unmarked if one.id not in follow)
    return replace(original, values=tuple(found), unmarked=unmarked)


def nothing_of(_: Segment) -> bool:
    """Tell that a text has its marks."""
    return False


def drawn_by_others(segment: Segment) -> bool:
    """Tell whether a text is a field that is marked as a whole."""
    return segment.whole


def every_field(segment: Segment) -> bool:
    """Tell whether a text is a field."""
    return segment.story != 0


def without(original: Original, leave_out: Callable[[Segment], bool]) -> Original:
    """Return a document with the places in some texts among those without a mark."""
    letters = Letters(original.segments)
    out = [
        one
        for one in original.places
        if any(leave_out(original.segments[number]) for number, _, _ in letters.pieces(one))
    ]
    gone = {one.id for one in out}
    places = tuple(one for one in original.places if one.id not in gone)
    return replace(original, places=places, unmarked=(*original.unmarked, *out))


def _letters_in(value: Value, place: Place, letters: Letters) -> tuple[int, int] | None:
    """Return the letters that a page shows of a place in a value; None if it is not in that."""
    start, end = place.start - value.base, place.end - value.base
    if place.part != value.part or start < 0 or end > len(value.text):
        return None
    at = letters_at(value.text)
    first = letters.first(value.first)
    return first + bisect_left(at, start), first + bisect_left(at, end)


def followers(original: Original) -> Iterator[Place]:
    """Yield the places that follow others, some twice."""
    for value in original.values:
        yield from value.places


def led(original: Original, letters: Letters) -> dict[str, tuple[Place, list[Place]]]:
    """Return each place that follows others, by its id, with those that it follows."""
    shown: dict[tuple[int, int] | None, list[Place]] = {}
    for one in original.places:
        shown.setdefault(letters.removed(one), []).append(one)
    found: dict[str, tuple[Place, list[Place]]] = {}
    for value in original.values:
        for one in value.places:
            _, leaders = found.setdefault(one.id, (one, []))
            leaders += shown[_letters_in(value, one, letters)]
    return found


def borders_of(original: Original, letters: Letters) -> list[int]:
    """Return the letters at which fields of a PDF begin and end, in order."""
    if original.form != _WITH_FIELDS:
        return []
    ends = {
        letters.first(at)
        for number, one in enumerate(original.segments)
        if one.story
        for at in (number, number + 1)
        if _is_border(original, at)
    }
    return sorted(ends)


def _is_border(original: Original, number: int) -> bool:
    """Tell whether a text is of another field than the one before it."""
    near = original.segments[max(number - 1, 0) : number + 1]
    return len({one.story for one in near}) > 1


def letters_at(text: str) -> list[int]:
    """Return where the letters and digits of a text are."""
    return [at for at, char in enumerate(text) if char.isalnum()]


def with_signs(text: str, start: int, end: int, cover: Cover) -> tuple[int, int]:
    """Return a span of a text with the signs that a mark covers at its ends."""
    if cover.before and text[:start].endswith(cover.before):
        start -= len(cover.before)
    if cover.after and text[end:].startswith(cover.after):
        end += len(cover.after)
    return start, end
