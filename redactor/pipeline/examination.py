"""The first walk over a document: analysis of every unit of its tree, and its edits.

The text of a unit's copy is known as soon as its edits are, so the copy is searched here, in
memory: for every removed value, and by the rules once more (a replacement changes the text around
it). What is found then is redacted as well, and a unit that does not settle is a leak. That the
bytes written later read exactly so is proved when they are read back.

A unit's findings are written to a private spool before the next is begun: memory is bounded by the
largest unit.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import groupby
from typing import Any, BinaryIO, Self

from redactor.analysis.analyzer import Analyzer
from redactor.analysis.result import Analysis, Removal, Retention
from redactor.analysis.unit import Unit, UnitEdit, edits_of
from redactor.decisions import DecisionApplier
from redactor.errors import InputError, LeakError
from redactor.files import Spool
from redactor.formats import Layout
from redactor.formats.base import Medium
from redactor.formats.rewriting import TreeEdit
from redactor.formats.tree import Path, Reading, Unexamined
from redactor.keys import Key
from redactor.model import Action, Edit, Finding, Slot
from redactor.operators import DocumentState, ReplacementContext, render
from redactor.pipeline.leaks import leaks
from redactor.pipeline.operands import operands_of, words_of
from redactor.pipeline.passages import Gone, PassageNotes
from redactor.pipeline.units import Place, Positions, TreeUnits

_DRAFTS = 4
"""How often a unit's copy may be made anew because a replacement brought more to light."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A removal with its place, its replacement, and its edits of the texts."""

    removal: Removal
    place: Place
    path: Path
    replacement: str = field(repr=False)
    edits: tuple[Edit, ...] = ()

    @property
    def edits_of_tree(self) -> Iterator[TreeEdit]:
        """Yield the edits with the place of their node."""
        return (TreeEdit(self.path, edit) for edit in self.edits)


@dataclass(frozen=True, slots=True)
class Kept:
    """A retention with its place."""

    retention: Retention
    place: Place


@dataclass
class Totals:
    """What is counted while a document is examined."""

    counts: Counter[str] = field(default_factory=Counter)
    redacted: int = 0
    kept: int = 0
    review: int = 0
    unsure: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class ExaminedNode:
    """A document in the tree: its place in the source, its place in the copy, its layout."""

    path: Path
    copied: Path
    layout: Layout


class Found:
    """What the first walk found in a document, in spools. Use it as a context manager."""

    def __init__(self) -> None:
        self._redactions, self._kept, self._edits = Spool(), Spool(), Spool()
        self._runs: list[tuple[Path, int, int]] = []  # of a node, in the spool of edits
        self.nodes: list[ExaminedNode] = []
        self.unexamined: list[Unexamined] = []
        self.media: list[Medium] = []
        self.blanked: frozenset[Path] = frozenset()
        self.dropped: list[tuple[Path, str]] = []
        self.converted = ""
        self.archives = ""
        self.unmarked: tuple[int, str] = (0, "")
        self.names: dict[Path, list[Edit]] = {}
        self.totals = Totals()
        self.passages = PassageNotes(b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what was found."""
        self._redactions.__exit__()
        self._kept.__exit__()
        self._edits.__exit__()

    def add_edits(self, edits: Iterable[TreeEdit]) -> None:
        """Take in the edits of a unit of a document, in any order."""
        ordered = sorted(edits, key=lambda one: (one.path, one.edit.segment, one.edit.start))
        for path, some in groupby(ordered, key=lambda one: one.path):
            start = self._edits.size
            for one in some:
                self._edits.write(_packed(one))
            self._runs.append((path, start, self._edits.size))

    def add(self, one: Redaction) -> None:
        """Take in a redaction."""
        decision = one.removal.decision
        self.totals.counts[decision.finding.entity] += 1
        self.totals.redacted += 1
        self.totals.review += bool(decision.review)
        self._redactions.write(_packed(one))

    def add_kept(self, one: Kept) -> None:
        """Take in what is kept."""
        self.totals.kept += 1
        self.totals.unsure += "keep" in one.retention.decision.review
        self._kept.write(_packed(one))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Forget what was found inside, if that ends in an error: the part was not examined."""
        sizes = self._redactions.size, self._kept.size, self._edits.size
        nodes, unexamined, names = len(self.nodes), len(self.unexamined), len(self.names)
        runs, media, passages = len(self._runs), len(self.media), len(self.passages)
        totals = replace(self.totals, counts=Counter(self.totals.counts))
        try:
            yield
        except InputError:
            self._redactions.cut(sizes[0])
            self._kept.cut(sizes[1])
            self._edits.cut(sizes[2])
            del self._runs[runs:]
            self.passages.cut(passages)
            del self.nodes[nodes:], self.unexamined[unexamined:], self.media[media:]
            for path in list(self.names)[names:]:
                del self.names[path]
            self.totals = totals
            raise

    def redactions(self) -> Iterator[Redaction]:
        """Yield the redactions in their order."""
        return _unpacked(self._redactions.read_back())

    def keeps(self) -> Iterator[Kept]:
        """Yield what is kept, in its order."""
        return _unpacked(self._kept.read_back())

    def edits(self) -> Iterator[TreeEdit]:
        """Yield the edits of the tree, in the order in which it is written."""
        with self._edits.read_back() as file:
            for _, start, end in sorted(self._runs):
                file.seek(start)
                yield from _unpacked(BytesIO(file.read(end - start)))


def _packed(value: object) -> bytes:
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(4, "big") + data


def _unpacked(file: BinaryIO) -> Iterator[Any]:
    with file:
        while length := file.read(4):
            yield pickle.loads(file.read(int.from_bytes(length, "big")))  # noqa: S301  # our own


class Examiner(TreeUnits):
    """Examines the tree of one document, into what is `found`."""

    def __init__(
        self, analyzer: Analyzer, key: Key, reading: Reading, applier: DecisionApplier, found: Found
    ) -> None:
        """Take what a unit is analysed and redacted with."""
        super().__init__(reading)
        self._analyzer, self._key, self._applier, self._found = analyzer, key, applier, found
        self._people: dict[str, None] = {}
        self._state = DocumentState()
        self.unexamined, self.media = found.unexamined, found.media
        found.passages = PassageNotes(key.derive("passages"))

    def node(self, path: Path, copied: Path, layout: Layout) -> None:
        """Take note of a document in the tree."""
        self._found.nodes.append(ExaminedNode(path, copied, layout))

    def attempt(self) -> AbstractContextManager[None]:
        """Return what forgets the findings of a member that could not be examined."""
        return self._found.attempt()

    def unit(self, unit: Unit, name: str, positions: Positions) -> None:
        """Work out the edits of a unit; note who is removed for sure."""
        found = list(self._examine(unit, name, positions))
        self._found.add_edits(edit for one in found for edit in one.edits_of_tree)
        for one in found:
            self._found.add(one)
            decision = one.removal.decision
            if decision.finding.entity == "PERSON" and not decision.review:
                self._people[" ".join(one.removal.text.split())] = None

    def names(self, unit: Unit, positions: Positions) -> None:
        """Add the edits of names and comments, in which every removed person is searched for."""
        for one in self._examine(unit, "", positions, tuple(self._people)):
            self._found.add(one)
            self._found.names.setdefault(one.path, []).extend(one.edits)

    def _examine(
        self, unit: Unit, name: str, positions: Positions, known: Sequence[str] = ()
    ) -> Iterator[Redaction]:
        """Yield the redactions of a unit, and note its retentions."""
        self._found.totals.parts += 1
        found, texts = self._settled(unit, name, positions, known)
        if name:
            parts = [positions.part(piece.of) for piece in unit.pieces]
            self._found.passages.add(unit, list(_gone(found, texts)), parts)
        decisions = [*(r.decision for r in found.removals), *(k.decision for k in found.keeps)]
        shown = [*texts, *(None for _ in found.keeps)]
        rows = [(d.start, d.end, text) for d, text in zip(decisions, shown, strict=True)]
        places = positions.placed(unit, rows)
        for kept, place in zip(found.keeps, places[len(texts) :], strict=True):
            self._found.add_kept(Kept(kept, place))
        for one, text, place in zip(found.removals, texts, places, strict=False):
            span = one.decision.start, one.decision.end
            piece, _, _ = next(unit.cut(*span))
            edits = tuple(edits_of(unit, [UnitEdit(*span, text)]))
            yield Redaction(one, place, piece.of.path, text, edits)

    def _settled(
        self, unit: Unit, name: str, positions: Positions, known: Sequence[str]
    ) -> tuple[Analysis, list[str]]:
        """Return what is to happen in a unit, and the replacements; searched for what is left."""
        first = self._analyzer.detect(unit, name)
        decided = self._applier.of_unit(unit, positions.locate, known)
        more: list[Finding] = []
        for _ in range(_DRAFTS):
            found = decided.analyze(self._analyzer, first, more)
            state = self._state.branch(found.taken)
            texts = self._replacements(unit, found, state)
            edited = unit.edited(_unit_edits(found, texts))
            left = leaks(edited, found, self._analyzer)
            if not left:
                self._state = state
                return found, texts
            more += left
        raise LeakError("a removed value is still in the draft")

    def _replacements(self, unit: Unit, found: Analysis, state: DocumentState) -> list[str]:
        """Return the replacement of each removal. Raises OperatorError."""
        # Presidio's anonymizer imports spaCy: two seconds, for who redacts and nobody else.
        from redactor.operators.replacing import replacements

        context = ReplacementContext(
            self._key, state, self._applier.document, words_of(unit, found), found.occurs
        )
        texts = replacements(operands_of(unit, found), context)
        pairs = zip(texts, found.removals, strict=True)
        return [render(text, _slot(unit, one)) for text, one in pairs]


def _unit_edits(found: Analysis, texts: Sequence[str]) -> list[UnitEdit]:
    return [
        UnitEdit(one.decision.start, one.decision.end, text)
        for one, text in zip(found.removals, texts, strict=True)
    ]


def _gone(found: Analysis, texts: Sequence[str]) -> Iterator[Gone]:
    """Yield the removals of a unit, as they tell two passages apart."""
    for one, text in zip(found.removals, texts, strict=True):
        decision = one.decision
        shown = text if decision.action is Action.PSEUDONYM else ""
        yield decision.start, decision.end, f"{decision.finding.entity} {shown}"


def _slot(unit: Unit, removal: Removal) -> Slot:
    """Return the slot of the text in which a removal begins."""
    pieces = unit.cut(removal.decision.start, removal.decision.end)
    return next((piece.of.slot for piece, _, _ in pieces), Slot.TEXT)
