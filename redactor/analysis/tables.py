"""Tables that are drawn in a text with strokes or tabulators, column by column.

A label above a column says what its cells are, but stands lines away from them. Each column is
given to the detectors as a text of its own, in which every cell follows its label:

    Name | DOB            DOB: 03/04/1961
    Vance | 03/04/1961
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import regex

from redactor.model import Finding

__all__ = ["Column", "column", "columns", "is_head"]

# Heads of columns whose cells are identifiers: others need no label.
_HEADS = regex.compile(
    r"\b(?:ssn|social|birth|born|dob|geb|passport|licen[cs]e|permit|number|no|nr|num|id|ids|code|card"
    r"|account|acct|iban|phone|tel|mobile|fax|cell|user|username|login|pass|password|pwd|token|secret"
    r"|key|pin|mrn|npi|dea|bar|badge|member|policy|patient|employee|staff|nick|handle|plate|vin"
    # Parts of a person's name; "name" alone is that of anything.
    r"|(?:first|last|full|family|given|maiden|middle|christian|legal) ?names?|surnames?|forenames?"
    r"|vorname|nachname|familienname|prénoms?|apellidos?|cognome|achternaam|voornaam|imię|nazwisko"
    r"|jméno|příjmení|förnamn|efternamn|fornavn|etternavn|efternavn|passenger"
    r"|kunden\w*|nummer|telefon|passwort|benutzer\w*|numéro|número|numero|nacimiento|naissance)\b",
    regex.IGNORECASE,
)
_SEPARATORS = "|\t"
_HEAD_LENGTH = 40
_RULER = regex.compile(r"[\s|:+=-]+")
_CELL = regex.compile(r"\S(?:.*\S)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as a text, and where its cells stand in it and in the source."""

    text: str
    cells: tuple[tuple[int, int, int], ...]  # start and end here, start in the source

    def placed(self, findings: Iterable[Finding], offset: int) -> Iterator[Finding]:
        """Yield the findings that lie within one cell, at their places in the source."""
        for one in findings:
            at = bisect_right(self.cells, one.start, key=itemgetter(0)) - 1
            if at >= 0:
                start, end, source = self.cells[at]
                if one.end <= end:
                    moved = source - start + offset
                    yield replace(one, start=one.start + moved, end=one.end + moved)


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[tuple[int, str], ...]  # place in the source, and text


def columns(text: str) -> Iterator[Column]:
    """Yield the columns of the tables in a text whose heads name identifiers."""
    for separator in _SEPARATORS:
        if separator in text:
            for rows in _tables(text, separator):
                yield from _labelled(rows)


def _tables(text: str, separator: str) -> Iterator[list[_Row]]:
    """Yield the rows of each table: lines in a row with equally many cells, two at least."""
    rows: list[_Row] = []
    at = 0
    for line in text.splitlines(keepends=True):
        if separator in line:
            if not _RULER.fullmatch(line):
                row = _row(line, separator, at)
                if rows and len(row.cells) != len(rows[0].cells):
                    yield rows
                    rows = []
                rows.append(row)
        elif rows:
            yield rows
            rows = []
        at += len(line)
    if rows:
        yield rows


def _row(line: str, separator: str, at: int) -> _Row:
    cells = []
    for part in line.rstrip("\r\n").split(separator):
        cell = _CELL.search(part)
        cells.append((at + cell.start(), cell.group()) if cell else (at, ""))
        at += len(part) + 1
    return _Row(tuple(cells))


def _labelled(rows: Sequence[_Row]) -> Iterator[Column]:
    """Yield the columns of a table that have a label above them, and cells below it."""
    if len(rows) < 2:
        return
    for number, (_, head) in enumerate(rows[0].cells):
        if is_head(head):
            yield column(head, [row.cells[number] for row in rows[1:]])


def is_head(head: str) -> bool:
    """Tell whether the head of a column names an identifier, or a part of a person's name."""
    return len(head) <= _HEAD_LENGTH and _HEADS.search(head.replace("_", " ")) is not None


def column(head: str, cells: Iterable[tuple[int, str]]) -> Column:
    """Return a column of cells, which are places in the source with their texts."""
    lines, places, at = [], [], 0
    for source, cell in filter(lambda one: one[1], cells):
        start = at + len(head) + 2
        places.append((start, start + len(cell), source))
        lines.append(f"{head}: {cell}\n")
        at += len(lines[-1])
    return Column("".join(lines), tuple(places))
