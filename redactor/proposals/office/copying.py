"""The marked copy of an office document: its parts with marks, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from redactor.errors import MarksError
from redactor.proposals.letters import Letters
from redactor.proposals.office.parts import Story, stories
from redactor.proposals.office.reading import pair_of
from redactor.proposals.office.writing import Edit, Sheet, Source, edited
from redactor.proposals.package import Package
from redactor.proposals.places import Original, Segment
from redactor.proposals.word.package import WordPackage
from redactor.proposals.word.reading import comments_of
from redactor.proposals.word.writing import Body


class Copy:
    """An office document that is to be marked; `source` returns its parts by their names."""

    def __init__(self, package: Package, source: Callable[[str], Source | None]) -> None:
        """Read its texts. Raises MarksError."""
        self._package = package
        self._body: Body | None = None
        self._sheets: dict[str, Sheet] = {}
        self._data: dict[str, bytes] = {}
        if isinstance(package, WordPackage):
            self._body = self._body_of(package, source)
        by_part: dict[str, list[Story]] = {}
        for one in _with_twins(stories(package)):
            by_part.setdefault(one.part, []).append(one)
        first = 1
        for name, own in by_part.items():
            if found := source(name):
                self._data[name] = found.data
                self._sheets[name] = Sheet(found, own, first)
            first += len(own)

    def _body_of(self, package: WordPackage, source: Callable[[str], Source | None]) -> Body:
        found = source(package.main)
        if found is None:
            raise MarksError("its text is in no part that can be marked")
        self._data[package.main] = found.data
        return Body(package, found)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Return the texts of the document: the running text, then all others."""
        rows = [*self._body.segments] if self._body else []
        for sheet in self._sheets.values():
            rows += sheet.segments
        return tuple(rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the comments that the document has."""
        package = self._package
        return tuple(comments_of(package).values()) if isinstance(package, WordPackage) else ()

    def _numbered(self) -> list[tuple[int, Sheet]]:
        """Return the sheets, each with the number of its first segment."""
        first = len(self._body.segments) if self._body else 0
        rows: list[tuple[int, Sheet]] = []
        for sheet in self._sheets.values():
            rows.append((first, sheet))
            first += len(sheet.texts)
        return rows

    def marked(self, original: Original) -> bytes:
        """Return the marked copy. Raises MarksError."""
        letters, pair = Letters(original.segments), pair_of(original)
        edits: dict[str, list[Edit]] = {}
        for name, (first, sheet) in zip(self._sheets, self._numbered(), strict=True):
            edits[name] = list(sheet.edits(original, letters, pair, first, says=not self._body))
        if isinstance(self._package, WordPackage) and self._body:
            edits.setdefault(self._package.main, []).extend(
                self._body.edits(original, letters, pair)
            )
        changed = {name: edited(self._data[name], rows) for name, rows in edits.items() if rows}
        if self._body:
            changed |= self._body.comments(original, letters, changed)
        return self._package.written(changed)


def _with_twins(found: Sequence[Story]) -> Iterator[Story]:
    """Yield texts but those that programs keep for others alone, and whose words nobody sees."""
    shown = {one.letters for one in found if not one.paragraph.spare}
    return (one for one in found if not one.paragraph.spare or one.letters in shown)
