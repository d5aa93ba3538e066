"""The units of a document's tree, in order, and where in it each of their decisions is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain

from redactor.analysis.unit import SourceText, Unit, units
from redactor.errors import InputError
from redactor.formats import Container, Format, Layout, MemberText, Token, Tokenized
from redactor.formats.base import Medium
from redactor.formats.budget import unlimited
from redactor.formats.embedded import with_pictures
from redactor.formats.media import media_in_text
from redactor.formats.picture.coded import cleaned_code
from redactor.formats.tree import Node, Path, Reading, Unexamined, child, part, texts_and_media
from redactor.model import Location, Slot

__all__ = ["Place", "Positions", "TreeUnits", "part_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a decision is: in which texts, and at which characters of them.

    `part` is the node's, as in the log; `location` that of the text it begins in. `source` is its
    span in the node's own texts, end to end, before the edits, and `copy` after them; in the name
    or the comment of a member, the span in that. `source_line` and `line` count from 1 in the
    source and in the copy, and are 0 where the format has no lines.
    """

    part: str
    location: Location
    source: tuple[int, int]
    copy: tuple[int, int]
    source_line: int
    line: int

    @property
    def at(self) -> tuple[str, int, int]:
        """Return part and span in the source."""
        return (self.part, *self.source)


class TreeUnits(ABC):
    """Goes through the units of a tree.

    `unexamined` are the parts that could not be read, `media` the pictures, sounds, films and fonts
    in it.
    """

    def __init__(self, reading: Reading) -> None:
        """Take how the tree is read."""
        self._reading = reading
        self.unexamined: list[Unexamined] = []
        self.media: list[Medium] = []

    @abstractmethod
    def unit(self, unit: Unit, name: str, positions: Positions) -> None:
        """Examine a unit of a document of that name."""

    @abstractmethod
    def names(self, unit: Unit, positions: Positions) -> None:
        """Examine the names and comments in a container, whose members were all examined."""

    def node(self, path: Path, copied: Path, layout: Layout) -> None:  # noqa: B027  # not all do
        """Take note of a document in the tree: its places in source and copy, and its layout."""

    def attempt(self) -> AbstractContextManager[None]:
        """Return what is open while a member is examined, which may end in an InputError."""
        return nullcontext()

    def examine(self, node: Node, name: str, copied: Path = ()) -> None:
        """Examine a node and all below it; `copied` is its place in the copy.

        Raises InputError for the node itself.
        """
        self.node(node.path, copied, node.layout)
        if isinstance(node.format, Container):
            members = list(self._members(node, node.format, name, copied))
            own = node.format.texts(node.source, node.layout)
            positions = Positions()
            for unit in units(chain(members, _container_texts(own, node.path, copied))):
                self.names(unit, positions)
        else:
            positions = Positions()
            for unit in units(self._texts(node, self._reading, copied)):
                self.unit(unit, name, positions)
            for _ in self._members(node, node.format, name, copied):
                pass  # an attached file has no texts but its own

    def _members(self, node: Node, form: Format, name: str, copied: Path) -> Iterator[SourceText]:
        """Examine the members of a container, and yield the texts that it has for them."""
        number = 0
        together: dict[int, Path] = {}
        for member in form.members(node.source, node.layout, self._reading.budget):
            path, place = (*node.path, member.number), (*copied, number + 1)
            if member.medium:
                self.media.append(Medium(path, place, member.medium))
            try:
                if not member.copied:
                    with self.attempt(), child(node, member, self._reading) as below:
                        if form.together and isinstance(below.format, Tokenized):
                            _read_through(below.format, below)
                            together[member.number] = place
                        else:
                            self.examine(below, below.name, place)
            except InputError as error:
                self.unexamined.append(Unexamined(path, type(error).__name__, error))
                continue
            number += 1
            yield from _member_texts(member.texts, path, place)
        if together:
            positions = Positions()
            for unit in units(self._together(node, form, together)):
                self.unit(unit, name, positions)

    def _together(
        self, node: Node, form: Format, places: Mapping[int, Path]
    ) -> Iterator[SourceText]:
        """Yield the texts of members that are examined as one document."""
        # They were read before, within the limits.
        reading = replace(self._reading, budget=unlimited())
        for member in form.members(node.source, node.layout, reading.budget):
            if member.number in places:
                with child(node, member, reading) as below:
                    self.node(below.path, places[member.number], below.layout)
                    yield from self._texts(below, reading, places[member.number])

    def _texts(self, node: Node, reading: Reading, copied: Path) -> Iterator[SourceText]:
        """Yield the texts of a document that is no container; note its pictures and the like."""
        index = base = 0
        kept = False
        for token in texts_and_media(node, reading):
            self.media += _media_of(token, node.path, copied)
            if token.text is None:
                continue
            text = token.text
            column = reading.columns.of(token.label, token.key_path)
            kept = column.kept if column else (kept and token.joins)
            if not kept:
                yield SourceText(
                    index,
                    text,
                    token.location,
                    token.slot,
                    token.label,
                    token.key_path,
                    joins=token.joins and index > 0,
                    base=base,
                    breaks=token.raw.count(b"\n") == text.count("\n"),
                    path=node.path,
                    copied=copied,
                )
            index, base = index + 1, base + len(text)


def _media_of(token: Token, path: Path, copied: Path) -> Iterator[Medium]:
    """Yield the pictures, sounds and fonts that a token is, or has in its text."""
    if token.medium:
        has_blank = token.blank is not None
        coded = bool(token.raw) and cleaned_code(token.raw) != token.raw
        yield Medium(path, copied, token.medium, has_blank, token.read, coded)
    for _ in range(media_in_text(token.text) if token.text else 0):
        yield Medium(path, copied, "pixels", has_blank=False)


def _read_through(form: Tokenized, node: Node) -> None:
    """Raise the InputError of a document that cannot be read to its end."""
    for token in with_pictures(form.tokens(node.source, node.layout)):
        if token.medium:
            cleaned_code(token.raw)


def _member_texts(texts: Sequence[MemberText], path: Path, copied: Path) -> Iterator[SourceText]:
    """Yield the texts that a container has for a member: its name, its comment."""
    for number, one in enumerate(texts, 1):
        label = one.label or ("File" if one.slot is Slot.FILE_NAME else "")
        where = one.location, one.slot, label
        yield SourceText(-number, one.text, *where, breaks=False, path=path, copied=copied)


def _container_texts(texts: Sequence[MemberText], path: Path, copied: Path) -> Iterator[SourceText]:
    """Yield the container's own texts."""
    base = 0
    for index, one in enumerate(texts):
        where = one.location, one.slot, one.label
        yield SourceText(index, one.text, *where, base=base, breaks=False, path=path, copied=copied)
        base += len(one.text)


class Positions:
    """Where decisions are, in the source and in the copy, as units of a document come along."""

    def __init__(self) -> None:
        self._shift: Counter[str] = Counter()  # characters, by part
        self._lines: Counter[str] = Counter()

    def part(self, text: SourceText) -> tuple[str, int]:
        """Return the part of a text, and how many lines more its copy has so far."""
        name = part_of(text)
        return name, self._lines[name]

    def locate(self, unit: Unit, start: int, end: int) -> tuple[str, int, int]:
        """Return the part and the span of a place, in the source."""
        piece, first, last = _span_of(unit, start, end)
        return part_of(piece), first, last

    def placed(self, unit: Unit, rows: Sequence[tuple[int, int, str | None]]) -> list[Place]:
        """Return the places of decisions: spans with replacements, None where text is kept."""
        changes = _Changes(unit, rows)
        places = [self._place(unit, row, changes) for row in rows]
        self._shift.update(changes.shift)
        self._lines.update(changes.lines)
        return places

    def _place(self, unit: Unit, row: tuple[int, int, str | None], changes: _Changes) -> Place:
        start, end, text = row
        of, first, last = _span_of(unit, start, end)
        name = part_of(of)
        shift, lines = changes.before(name, first)
        copied = first + self._shift[name] + shift
        until = copied + (last - first if text is None else len(text))
        line = unit.line(start)
        both = line, line + self._lines[name] + lines if line else 0
        return Place(name, of.location, (first, last), (copied, until), *both)


class _Changes:
    """How much longer a unit's copy is than its source before a position, by part.

    A replacement stands in the first of the texts that it takes the place of; all others lose what
    they had of it, behind whatever texts stand between.
    """

    def __init__(self, unit: Unit, rows: Sequence[tuple[int, int, str | None]]) -> None:
        found: dict[str, list[tuple[int, int, int]]] = {}
        for start, end, text in rows:
            for number, (piece, low, high) in enumerate(
                unit.cut(start, end) if text is not None else ()
            ):
                new = text if text and not number else ""
                lost = unit.line_ends(piece.start + low, piece.start + high)
                change = len(new) - (high - low), new.count("\n") - lost
                found.setdefault(part_of(piece.of), []).append((piece.of.base + low, *change))
        self._starts: dict[str, list[int]] = {}
        self._sums: dict[str, list[tuple[int, int]]] = {}
        self.shift: Counter[str] = Counter()
        self.lines: Counter[str] = Counter()
        for name, changes in found.items():
            changes.sort()
            self._starts[name] = [at for at, _, _ in changes]
            self._sums[name] = [(0, 0)]
            for _, longer, lines in changes:
                self.shift[name] += longer
                self.lines[name] += lines
                self._sums[name].append((self.shift[name], self.lines[name]))

    def before(self, name: str, position: int) -> tuple[int, int]:
        """Return by how many characters and lines the copy is longer before a position."""
        if name not in self._starts:
            return 0, 0
        return self._sums[name][bisect_left(self._starts[name], position)]


def part_of(text: SourceText) -> str:
    """Return the part of a text; names and comments of a member are parts of their own."""
    name = part(text.copied)
    return name if text.index >= 0 else f"{name}#{-text.index}"


def _span_of(unit: Unit, start: int, end: int) -> tuple[SourceText, int, int]:
    """Return the text that a span begins in, and the span in the texts of its node."""
    cut = list(unit.cut(start, end))
    if not cut:
        raise ValueError("a decision lies in no text of its unit")
    (first, low, _), (last, _, high) = cut[0], cut[-1]
    return first.of, first.of.base + low, last.of.base + high
