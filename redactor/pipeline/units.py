"""The units of a document's tree, in order, and where in it each of their decisions is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import chain

from redactor.analysis.unit import SourceText, Unit, units
from redactor.errors import InputError
from redactor.formats import Container, Layout, MemberText, Tokenized
from redactor.formats.tree import Node, Path, Reading, Unexamined, child, part
from redactor.model import Location, Slot

__all__ = ["Place", "Positions", "TreeUnits"]


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
    """Goes through the units of a tree. `unexamined` are the parts that could not be read."""

    def __init__(self, reading: Reading) -> None:
        """Take how the tree is read."""
        self._reading = reading
        self.unexamined: list[Unexamined] = []

    @abstractmethod
    def unit(self, unit: Unit, name: str, path: Path, positions: Positions) -> None:
        """Examine a unit of the node at a path, a document of that name."""

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
        names = _member_texts(node.texts, below=True)
        if isinstance(node.format, Tokenized):
            self._units(node.path, copied, name, chain(names, _texts(node)))
        elif isinstance(node.format, Container):
            own = _member_texts(node.format.texts(node.source, node.layout), below=False)
            self._units(node.path, copied, name, chain(names, own))
            self._members(node, node.format, copied)

    def _members(self, node: Node, form: Container, copied: Path) -> None:
        number = 0
        for member in form.members(node.source, node.layout, self._reading.budget):
            path, place = (*node.path, member.number), (*copied, number + 1)
            if member.copied:
                self._units(path, place, "", _member_texts(member.texts, below=True))
                number += 1
                continue
            try:
                with self.attempt(), child(node, member, self._reading) as below:
                    self.examine(below, below.name, place)
                number += 1
            except InputError as error:
                self.unexamined.append(Unexamined(path, type(error).__name__, error))

    def _units(self, path: Path, copied: Path, name: str, texts: Iterable[SourceText]) -> None:
        positions = Positions(part(copied))
        for unit in units(texts):
            self.unit(unit, name, path, positions)


def _texts(node: Node) -> Iterator[SourceText]:
    """Yield the texts of a document of tokens."""
    if not isinstance(node.format, Tokenized):
        return
    index = base = 0
    for token in node.format.tokens(node.source, node.layout):
        if token.text is None:
            continue
        yield SourceText(
            index,
            token.text,
            token.location,
            token.slot,
            token.label,
            joins=token.joins and index > 0,
            base=base,
            breaks=token.raw.count(b"\n") == token.text.count("\n"),
        )
        index, base = index + 1, base + len(token.text)


def _member_texts(texts: Sequence[MemberText], *, below: bool) -> Iterator[SourceText]:
    """Yield texts of a container: of the member `below`, or its own."""
    base = 0
    for number, one in enumerate(texts):
        index, start = (-1 - number, 0) if below else (number, base)
        label = one.label or ("File" if one.slot is Slot.FILE_NAME else "")
        where = one.location, one.slot, label
        yield SourceText(index, one.text, *where, base=start, breaks=False)
        base += len(one.text)


class Positions:
    """Where the decisions of one node are, in its source and in its copy, as units come along."""

    def __init__(self, name: str) -> None:
        self._part = name
        self._shift: Counter[int] = Counter()  # of the node's texts (0), of each of its names
        self._lines = 0

    def locate(self, unit: Unit, start: int, end: int) -> tuple[str, int, int]:
        """Return the part and the span of a place, in the source."""
        piece, first, last = _span_of(unit, start, end)
        return _part_of(self._part, piece), first, last

    def redacted(self, unit: Unit, start: int, end: int, replacement: str) -> Place:
        """Return the place of a redaction; they come in order."""
        place = self._place(unit, start, end, len(replacement))
        cut = list(unit.cut(start, end))
        if cut:
            lost = sum(last - first for _, first, last in cut)
            self._shift[min(cut[0][0].of.index, 0)] += len(replacement) - lost
            self._lines += replacement.count("\n") - unit.line_ends(start, end)
        return place

    def kept(self, unit: Unit, start: int, end: int) -> Place:
        """Return the place of something that stays."""
        return self._place(unit, start, end, None)

    def _place(self, unit: Unit, start: int, end: int, length: int | None) -> Place:
        of, first, last = _span_of(unit, start, end)
        copied = first + self._shift[min(of.index, 0)]
        until = copied + (last - first if length is None else length)
        line = unit.line(start)
        lines = line, line + self._lines if line else 0
        return Place(_part_of(self._part, of), of.location, (first, last), (copied, until), *lines)


def _part_of(name: str, text: SourceText) -> str:
    """Return the part of a text; names and comments of a member are parts of their own."""
    return name if text.index >= 0 else f"{name}#{-text.index}"


def _span_of(unit: Unit, start: int, end: int) -> tuple[SourceText, int, int]:
    """Return the text that a span begins in, and the span in the texts of its node."""
    cut = list(unit.cut(start, end))
    if not cut:
        raise ValueError("a decision lies in no text of its unit")
    (first, low, _), (last, _, high) = cut[0], cut[-1]
    return first.of, first.of.base + low, last.of.base + high
