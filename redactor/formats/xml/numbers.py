"""Numbers in cells that may be identifiers: a telephone number in a numeric cell.

A cell that is typed as a number cannot hold a replacement. The whole of it, or the attributes that
state type and value, is one token of `Slot.NUMBER`, and is written anew as a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.formats.html.escapes import References
from redactor.formats.html.pieces import Piece
from redactor.model import Kind, Slot

# Seven digits are the shortest telephone number; dates are numbers of five digits.
_DIGITS = r"(?P<digits>-?\d{7,17})"
# A cell of SpreadsheetML without a type, or with that of a number, and without a formula.
_CELL = re.compile(
    rf"<(?P<name>(?:\w+:)?c)(?P<rest>(?:\s+(?!t=)[\w:.-]+=\"[^\"<>]*\")*)(?:\s+t=\"n\")?(?P<more>"
    rf"(?:\s+(?!t=)[\w:.-]+=\"[^\"<>]*\")*)\s*>\s*<(?:\w+:)?v>{_DIGITS}(?:\.0+)?</(?:\w+:)?v>\s*"
    rf"</(?:\w+:)?c>"
)
_VALUE = re.compile(rf"<(?:\w+:)?v>{_DIGITS}(?:\.0+)?</(?:\w+:)?v>")
# A number in the cache of a pivot table.
_CACHED = re.compile(rf"<(?P<prefix>(?:\w+:)?)n\s+v=\"{_DIGITS}\"\s*/>")
# Type and value of a cell of OpenDocument.
_TYPED = re.compile(
    r"office:value-type=\"(?:float|currency|percentage)\"(?:\s+office:currency=\"\w+\")?"
    rf"\s+office:value=\"{_DIGITS}\"(?P<more>\s+calcext:value-type=\"\w+\")?"
)


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number with the markup that types it; `before` and `after` enclose any other text."""

    start: int
    end: int
    before: str = field(repr=False)
    after: str = field(repr=False)
    quote: str | None = None

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the markup together with the first and the last digit."""
        if self.end - self.start > 1:
            yield 0, self.start + 1, source[self.start]
            yield self.end - 1, len(source), source[self.end - 1]

    def escape(self, text: str) -> str:
        """Return a text as a string of the document."""
        written = References(quote=self.quote).escape(text)
        if self.before == "<!--":
            written = text.replace("--", "__").replace(">", "_")
        return f"{self.before}{written}{self.after}"

    def numeric_escape(self, char: str) -> str:
        """Return a numeric reference."""
        return References().numeric_escape(char)


def number_cell(source: str) -> Piece | None:
    """Return a cell of SpreadsheetML as a number; None if it is none without a formula."""
    if not (found := _CELL.fullmatch(source)):
        return None
    name, attributes = found["name"], found["rest"] + found["more"]
    prefix = name[:-1]
    before = f'<{name}{attributes} t="inlineStr"><{prefix}is><{prefix}t>'
    return _number(found, source, before, f"</{prefix}t></{prefix}is></{name}>")


def computed_number(source: str) -> Piece | None:
    """Return the value that a formula had as a number: a comment takes its place."""
    found = _VALUE.fullmatch(source)
    return _number(found, source, "<!--", "-->") if found else None


def cached_number(source: str) -> Piece | None:
    """Return an item in the cache of a pivot table as a number."""
    found = _CACHED.fullmatch(source)
    return _number(found, source, f'<{found["prefix"]}s v="', '"/>', '"') if found else None


def typed_number(source: str) -> tuple[int, Piece] | None:
    """Return the attributes of a cell of OpenDocument as a number, and where they begin."""
    if not (found := _TYPED.search(source)):
        return None
    after = '" calcext:value-type="string"' if found["more"] else '"'
    before = 'office:value-type="string" office:string-value="'
    return found.start(), _number(found, found[0], before, after, '"', found.start())


def _number(  # noqa: PLR0913, PLR0917  # a match, and what is written in its place
    found: re.Match[str],
    source: str,
    before: str,
    after: str,
    quote: str | None = None,
    at: int = 0,
) -> Piece:
    start, end = found.span("digits")
    syntax = NumberCell(start - at, end - at, before, after, quote)
    return Piece(source, syntax, Kind.CELL, Slot.NUMBER)
