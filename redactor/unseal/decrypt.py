"""Copies in which encrypted values are decrypted in place: without the vault, by the key alone.

An encrypted value is found at the position in its record, so that text of that form which was in
the source already is left alone. A value that was cut by markup is restored in its first piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.analysis.unit import SourceText, Unit
from redactor.audit.records import Json
from redactor.errors import OutputError
from redactor.formats import Layout
from redactor.formats.budget import unlimited
from redactor.formats.rewriting import TreeEdit
from redactor.formats.tree import Path, Reading, root
from redactor.keys import Key
from redactor.model import Edit
from redactor.pipeline.units import Positions, TreeUnits, part_of


@dataclass(frozen=True, slots=True)
class EncryptedValue:
    """Where an encrypted value is in a copy: part, start and end; and its token there."""

    part: str
    start: int
    end: int
    token: str = field(repr=False)


def encrypted_value(record: Mapping[str, Json]) -> EncryptedValue:
    """Return the encrypted value that a record is about."""
    span = int(str(record["start"])), int(str(record["end"]))
    return EncryptedValue(str(record["part"]), *span, str(record.get("placeholder")))


def decrypted(
    copy: BinaryIO, layouts: Mapping[Path, Layout], wanted: Iterable[EncryptedValue], key: Key
) -> Decryption:
    """Return the edits that put encrypted values back. Raises OutputError if one does not open."""
    reading = Reading(unlimited(), layouts=layouts)
    walk = Decryption(reading, wanted, key)
    walk.examine(root(copy, "", reading), "")
    if walk.missing:
        raise OutputError(f"{walk.missing} encrypted values are not in the copy, or do not open")
    return walk


class Decryption(TreeUnits):
    """Goes through a copy and takes down the edits: of documents in order, of names by path.

    `texts` are what was encrypted.
    """

    def __init__(self, reading: Reading, wanted: Iterable[EncryptedValue], key: Key) -> None:
        super().__init__(reading)
        self._wanted: dict[str, list[EncryptedValue]] = {}
        for one in wanted:
            self._wanted.setdefault(one.part, []).append(one)
        self.missing = sum(map(len, self._wanted.values()))
        self._key = key
        self.edits: list[TreeEdit] = []
        self.member_edits: dict[Path, list[Edit]] = {}
        self.texts: list[str] = []

    def unit(self, unit: Unit, name: str, positions: Positions) -> None:
        """Take down the edits of a document's unit."""
        del name, positions
        found = [TreeEdit(path, edit) for path, edit in self._opened(unit)]
        self.edits += sorted(found, key=lambda one: (one.path, one.edit.segment, one.edit.start))

    def names(self, unit: Unit, positions: Positions) -> None:
        """Take down the edits of names and comments."""
        del positions
        for path, edit in self._opened(unit):
            self.member_edits.setdefault(path, []).append(edit)

    def _opened(self, unit: Unit) -> Iterator[tuple[Path, Edit]]:
        for piece in unit.pieces:
            for one in self._within(piece.of):
                text = _opened(one.token, self._key)
                if text is not None:
                    start, end = one.start - piece.of.base, one.end - piece.of.base
                    self.missing -= 1
                    self.texts.append(text)
                    yield piece.of.path, Edit(piece.of.index, start, end, text)

    def _within(self, text: SourceText) -> Iterator[EncryptedValue]:
        """Yield the recorded values in a text, in their order."""
        for one in self._wanted.get(part_of(text), ()):
            start, end = one.start - text.base, one.end - text.base
            if start >= 0 and text.text[start:end] == one.token:
                yield one


def _opened(token: str, key: Key) -> str | None:
    """Return the text of a token; None of what no token of this key is."""
    from redactor.operators.encrypt import InvalidToken, token_in
    from redactor.operators.engine import deanonymize

    found = token_in(token)
    if found is None:
        return None
    entity, encrypted = found
    try:
        return deanonymize(encrypted, entity, {"key": key})
    except InvalidToken:
        return None
