"""Units of examination: texts of a document that are read together, as one text.

Resolution and search are per unit: a person named in a unit is searched for in all of it. A
document is one unit; so is a member of a container, or all members of one whose members are parts
of one document (`Container.together`). What is larger than `UNIT` characters is cut into several,
so that memory is bounded by the largest unit and not by the document.

Texts that join (the words of `Kevin <b>Marsh</b>`, say) follow each other directly; all others are
*fields*, with an empty line between them. A finding across the border of two fields is invalid: a
person or an address is cut at the border, anything else is searched for again in each field by
itself. So many small texts cost what one long text costs, and no number begins in one cell and ends
in the next.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter, itemgetter

from redactor.decide import ALLOWED, DENIED
from redactor.model import BODY, Edit, Finding, Kind, Location, Slot, TextWindow
from redactor.text import normalized_tokens, view

UNIT = 8_000_000
"""Characters of a unit; a book has a tenth. Each text counts as `COST` more, for the memory that
its location takes."""

COST = 100

# Characters of a window, of the overlap of two, and of the part of the overlap that is context for
# the second: a finding that begins there belongs to the first window.
WINDOW = 200_000
OVERLAP = 10_000
CONTEXT = 1_000

# Between two fields: a blank line, as between paragraphs.
SEPARATOR = "\n\n"

NEAR = 300
"""Characters of a field in which the name model is asked again: a sentence or two."""

_READ_APART = frozenset({Kind.SCRIPT, Kind.HEADER})
"""Kinds of texts whose source shows as two words what it joins to one."""

_SUFFIX = re.compile(r"(?<=[^/.])\.[A-Za-z0-9]{1,5}\Z")
"""The suffix of a file name, which names no person."""

_CUT_AT_BORDERS = frozenset({"PERSON", "STREET_ADDRESS"})
"""Entities that may extend over several fields: first and last name in two cells, an address in
four. Each part is of the same entity."""


Alone = Callable[[str, int], Iterable[Finding]]
"""A detector for a text that begins at a position of the unit."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text of a document, before it is put into a unit.

    `path` and `copied` are the paths of its node in the source and in the copy. `index` counts the
    texts of a node from 0; -1 and below are those that its container has for it: its name, its
    comment. `base` is the number of characters in the node's texts before it, and `breaks` tells
    that its line ends are line ends of the document's bytes. `key_path` is as in `Token`.
    """

    index: int
    text: str = field(repr=False)
    location: Location = BODY
    slot: Slot = Slot.TEXT
    label: str = field(default="", repr=False)
    key_path: str = field(default="", repr=False)
    joins: bool = False
    base: int = 0
    breaks: bool = True
    path: tuple[int, ...] = ()
    copied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """The position `start:end` of a source text in its unit."""

    start: int
    end: int
    of: SourceText


_START, _FIRST = attrgetter("start"), itemgetter(0)


@dataclass(frozen=True, slots=True)
class Unit:
    """Several texts as one, with the position of each. The `repr` shows none."""

    text: str = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    fields: tuple[tuple[int, int], ...] = field(repr=False)

    @property
    def windows(self) -> Iterator[TextWindow]:
        """Yield the text in windows that overlap."""
        return windows(self.text)

    @property
    def apart(self) -> Iterator[TextWindow]:
        """Yield strings of scripts and words of headers that are joined within a word, each alone.

        Of `'kevin' + '8L'` a script makes one word, and its source shows two; so do readers of an
        encoded word with letters right behind it.
        """
        for before, piece in pairwise(self.pieces):
            joined = piece.of.joins and piece.of.location.kind in _READ_APART
            if joined and self.text[before.end - 1 : piece.start + 1].isalnum():
                for one in (before, piece):
                    yield TextWindow(0, self.text[one.start : one.end], offset=one.start)

    @property
    def forms(self) -> frozenset[str]:
        """Return the folded words of the text."""
        return frozenset(
            form for one in self.windows for _, _, form in normalized_tokens(view(one.text).text)
        )

    @property
    def is_names(self) -> bool:
        """Tell whether its texts are names of files and nothing else."""
        return all(piece.of.slot is Slot.FILE_NAME for piece in self.pieces)

    def cut(self, start: int, end: int) -> Iterator[tuple[Piece, int, int]]:
        """Yield the pieces that a span covers, with the covered span of each."""
        at = max(0, bisect_right(self.pieces, start, key=_START) - 1)
        # By number: a slice would copy all pieces behind, for each span of a table.
        for number in range(at, len(self.pieces)):
            piece = self.pieces[number]
            if piece.start >= end:
                return
            low, high = max(start, piece.start), min(end, piece.end)
            if low < high:
                yield piece, low - piece.start, high - piece.start

    def line(self, position: int) -> int:
        """Return the line of the source at a position; 0 where the format has no lines."""
        piece, start, _ = next(self.cut(position, position + 1))
        line = piece.of.location.line
        return line + self.line_ends(piece.start, piece.start + start) if line else 0

    def line_ends(self, start: int, end: int) -> int:
        """Return the number of line ends of the source in a span."""
        return sum(
            self.text.count("\n", piece.start + first, piece.start + last)
            for piece, first, last in self.cut(start, end)
            if piece.of.breaks
        )

    def within_fields(
        self,
        findings: Iterable[Finding],
        *,
        alone: Alone | None = None,
        names: Alone | None = None,
    ) -> list[Finding]:
        """Return findings none of which crosses the border of two fields.

        `alone` is a detector for one field, given its text and position in the unit; `names` finds
        people so, near a border.
        """
        kept: list[Finding] = []
        again: set[tuple[int, int]] = set()
        for one in findings:
            if self._is_whole(one):
                kept.append(one)
            elif one.entity in _CUT_AT_BORDERS or one.source in {DENIED, ALLOWED}:
                for part in self.split(one):
                    kept += self._near(part, names) if names and one.entity == "PERSON" else [part]
            else:
                again.update(self._fields_of(one))
        for start, end in sorted(again) if alone else ():
            text = self.text[start:end]
            found = (one for one in alone(text, start) if one not in kept) if alone else ()
            kept += found
        return kept

    def _near(self, part: Finding, names: Alone) -> list[Finding]:
        """Return the people found at a part of a finding, when its field is read by itself.

        Of `letter.txt` and `Dear Ilse Marsh` in two fields only the latter names a person, and it
        is not called "Dear". The part itself, if nobody is found so: a first name in its cell.
        """
        low, high = next(self._fields_of(part))
        start, end = max(low, part.start - NEAR), min(high, part.end + NEAR)
        found = names(self.text[start:end], start)
        return [one for one in found if one.start < part.end and part.start < one.end] or [part]

    def split(self, finding: Finding) -> Iterator[Finding]:
        """Yield the parts of a finding, one for each field it covers.

        The finding itself, if that is one.
        """
        if self._is_whole(finding):
            yield finding
            return
        for low, high in self._fields_of(finding):
            start, end = max(low, finding.start), min(high, finding.end)
            text = self.text[start:end]
            start, end = end - len(text.lstrip()), start + len(text.rstrip())
            if start < end and any(map(str.isalnum, text)):
                yield replace(finding, start=start, end=end)

    def clipped(self, finding: Finding, inner: Finding) -> Finding:
        """Return a finding that was widened around `inner`, cut to the field of that."""
        low, high = next(self._fields_of(inner), (finding.start, finding.end))
        return replace(finding, start=max(low, finding.start), end=min(high, finding.end))

    def is_whole(self, start: int, end: int) -> bool:
        """Tell whether a span is within one field."""
        at = bisect_right(self.fields, start, key=_FIRST) - 1
        return at >= 0 and end <= self.fields[at][1]

    def _is_whole(self, finding: Finding) -> bool:
        return self.is_whole(finding.start, finding.end)

    def _fields_of(self, finding: Finding) -> Iterator[tuple[int, int]]:
        """Yield the fields that a finding covers."""
        at = max(0, bisect_right(self.fields, finding.start, key=_FIRST) - 1)
        for number in range(at, len(self.fields)):
            low, high = self.fields[number]
            if low >= finding.end:
                return
            if finding.start < high:
                yield low, high

    def edited(self, edits: Sequence[UnitEdit]) -> Edited:
        """Return the unit with edits applied, which are sorted and do not overlap."""
        return _edited(self, edits)


@dataclass(frozen=True, slots=True)
class UnitEdit:
    """Put `replacement` in the place of `start:end` of a unit's text."""

    start: int
    end: int
    replacement: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Edited:
    """A unit after edits: `spans` are the start and end of each before, and its end after."""

    unit: Unit
    spans: tuple[tuple[int, int, int], ...] = field(repr=False)

    def source(self, position: int) -> int:
        """Return the position before the edits of a position outside the replacements."""
        at = bisect_right(self.spans, position, key=lambda one: one[2]) - 1
        return position + (self.spans[at][1] - self.spans[at][2] if at >= 0 else 0)

    def target(self, position: int) -> int:
        """Return the position after the edits; the end of the replacement, if it was replaced."""
        at = bisect_right(self.spans, position, key=lambda one: one[1])
        if at < len(self.spans) and self.spans[at][0] < position:
            return self.spans[at][2]
        return position + (self.spans[at - 1][2] - self.spans[at - 1][1] if at else 0)


def _edited(unit: Unit, edits: Sequence[UnitEdit]) -> Edited:
    parts: list[str] = []
    spans: list[tuple[int, int, int]] = []
    done = written = 0
    for edit in edits:
        parts += (unit.text[done : edit.start], edit.replacement)
        written += edit.start - done + len(edit.replacement)
        done = edit.end
        spans.append((edit.start, done, written))
    parts.append(unit.text[done:])
    moved = Edited(unit, tuple(spans))
    pieces = tuple(
        Piece(moved.target(one.start), moved.target(one.end), one.of) for one in unit.pieces
    )
    fields = tuple((moved.target(low), moved.target(high)) for low, high in unit.fields)
    return Edited(Unit("".join(parts), pieces, fields), moved.spans)


def unit_of(texts: Iterable[SourceText]) -> Unit:
    """Return texts as one unit, field after field.

    A text that joins continues the last one of its kind: of `Kevin <a href="/x">Marsh</a>` the
    words are one field, and the address between them is another.
    """
    parts: list[str] = []
    pieces: list[Piece] = []
    fields: list[tuple[int, int]] = []
    at = 0
    for some in _joined(texts):
        label = some[0].label
        gap = (SEPARATOR if parts else "") + (f"{label}: " if label else "")
        parts.append(gap)
        at += len(gap)
        begin = at
        for one in some:
            pieces.append(Piece(at, at + len(one.text), one))
            parts.append(_readable(one))
            at += len(one.text)
        named = some[0].slot is Slot.FILE_NAME
        whole = "".join(one.text for one in some) if named else ""
        fields += _components(whole, begin) if named else [(begin, at)]
    return Unit("".join(parts), tuple(pieces), tuple(fields))


def _joined(texts: Iterable[SourceText]) -> list[list[SourceText]]:
    """Return the texts of each field, fields in the order in which they begin."""
    found: list[list[SourceText]] = []
    last: dict[tuple[tuple[int, ...], Kind], list[SourceText]] = {}
    for one in texts:
        kind = one.path, one.location.kind
        if one.joins and kind in last:
            last[kind].append(one)
        else:
            last[kind] = [one]
            found.append(last[kind])
    return found


def text_unit(text: str) -> Unit:
    """Return a single text as a unit."""
    return unit_of([SourceText(0, text)])


def _components(name: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of folders and file in a name, without the suffix of the file."""
    found = _SUFFIX.search(name)
    end = found.start() if found else len(name)
    at = 0
    for part in name[:end].split("/"):
        yield start + at, start + at + len(part)
        at += len(part) + 1


def _readable(one: SourceText) -> str:
    """Return a text as detectors read it: `Kevin_Marsh.txt` is two words and a suffix."""
    return one.text.replace("_", " ") if one.slot is Slot.FILE_NAME else one.text


def units(texts: Iterable[SourceText]) -> Iterator[Unit]:
    """Yield the texts of a document in units, cut between fields or, in a long field, at a line."""
    held: list[SourceText] = []
    size = 0
    for one in texts:
        border = not one.joins or (held and held[-1].text.endswith("\n")) or size > 2 * UNIT
        if size > UNIT and border:
            yield unit_of(held)
            held, size = [], 0
        held.append(one)
        size += len(one.text) + COST
    if held:
        yield unit_of(held)


def windows(text: str) -> Iterator[TextWindow]:
    """Yield a text in windows, each of which begins `OVERLAP` characters before the last one's end.

    So text across a cut is seen whole, with its context. A finding that begins in the first
    `CONTEXT` characters belongs to the window before, which saw the text to the left of it.
    """
    start, context = 0, 0
    while len(text) - start > WINDOW:
        cut, again = _cut(text, start)
        yield TextWindow(0, text[start:cut], offset=start, context=context)
        start, context = again, CONTEXT
    if start < len(text):
        yield TextWindow(0, text[start:], offset=start, context=context)


def _cut(text: str, start: int) -> tuple[int, int]:
    """Return the end of a window and the start of the next one, both after a gap if possible."""
    for gap in ("\n\n", "\n", " "):
        if (found := text.rfind(gap, start + WINDOW // 2, start + WINDOW)) > 0:
            cut = found + len(gap)
            near = text.rfind(gap, cut - 2 * OVERLAP, cut - OVERLAP)
            return cut, near + len(gap) if near > 0 else cut - OVERLAP
    return start + WINDOW, start + WINDOW - OVERLAP


def edits_of(unit: Unit, edits: Iterable[UnitEdit]) -> Iterator[Edit]:
    """Yield edits of a unit as edits of its texts, in the order of the texts.

    An edit across several texts puts its replacement into the first and empties the others.
    """
    for edit in edits:
        replacement = edit.replacement
        for piece, start, end in unit.cut(edit.start, edit.end):
            yield Edit(piece.of.index, start, end, replacement)
            replacement = ""
