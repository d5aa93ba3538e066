"""Formulas of sheets: names of sheets, strings and defined names are texts, all else is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redactor.formats.html.pieces import Piece
from redactor.model import Kind, Slot

# A quoted name of a sheet, a string, and a word: a function, a cell, a sheet or a defined name.
_PARTS = re.compile(r"'((?:[^']|'')+)'|\"((?:[^\"]|\"\")*)\"|([^\W\d](?:[\w.]*\w)?)")
_CELL = re.compile(r"[A-Za-z]{1,3}\d*|R\d*C\d*|TRUE|FALSE|of|oooc|msoxl|REF|_xlnm\.\w+|_xl\w+\..*")
# Names of functions, which no text has.
FUNCTION = re.compile(r"\b[A-Za-z_.]+\d*\(")


@dataclass(frozen=True, slots=True)
class Doubled:
    """A string in which its quote is written twice."""

    quote: str

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield each pair of quotes."""
        at = source.find(self.quote * 2)
        while at >= 0:
            yield at, at + 2, self.quote
            at = source.find(self.quote * 2, at + 2)

    def escape(self, text: str) -> str:
        """Return a text with its quotes written twice."""
        return text.replace(self.quote, self.quote * 2)

    def numeric_escape(self, char: str) -> str:
        """Return a question mark."""
        del char
        return "?"


_NAME, _STRING, _AMPERSAND = Doubled("'"), Doubled('"'), Doubled("&")


def formula_pieces(formula: str, kind: Kind) -> Iterator[Piece]:
    """Yield the pieces of a formula, which tile it."""
    done = 0
    for found in _PARTS.finditer(formula):
        group = found.lastindex or 3
        if group == 3 and _is_syntax(formula, found):
            continue
        start, end = found.span(group)
        slot = Slot.TEXT if group == 2 else Slot.FILE_NAME if group == 3 else Slot.IDENTIFIER
        if start < end:
            yield from (Piece(formula[done:start]) for _ in range(done < start))
            syntax = _STRING if group == 2 else _NAME
            yield Piece(formula[start:end], syntax, kind, slot)
            done = end
    if done < len(formula):
        yield Piece(formula[done:])


def _is_syntax(formula: str, found: re.Match[str]) -> bool:
    """Tell whether a word is a function or a cell."""
    following = formula[found.end() : found.end() + 1]
    return following == "(" or _CELL.fullmatch(found[3]) is not None


# The codes of headers and footers of sheets (ECMA-376 part 1, 18.3.1.46); `&&` is an `&`.
HEADER_CODE = re.compile(r"&(?:\"[^\"]*\"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-Za-z])")
_SECTION = re.compile(r"&[LCR]")


def header_pieces(text: str, kind: Kind) -> Iterator[Piece]:
    """Yield the pieces of a header or footer of a sheet, which tile it."""
    done, joins = 0, False
    for found in (*HEADER_CODE.finditer(text), None):
        end = found.start() if found else len(text)
        if done < end:
            yield Piece(text[done:end], _AMPERSAND, kind, joins=joins)
            joins = True
        if found:
            yield Piece(found[0])
            joins = joins and not _SECTION.fullmatch(found[0])
            done = found.end()


@dataclass(frozen=True, slots=True)
class StyleName:
    """The name of a style in OpenDocument, with `_20_` for a blank."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the hexadecimal escapes."""
        for found in ESCAPED.finditer(source):
            yield *found.span(), chr(int(found[1], 16))

    def escape(self, text: str) -> str:
        """Return a text with escapes for what a name cannot hold."""
        return re.sub(r"[^\w.-]", lambda char: f"_{ord(char[0]):x}_", text)

    def numeric_escape(self, char: str) -> str:
        """Return a hexadecimal escape."""
        return f"_{ord(char):x}_"


ESCAPED = re.compile(r"_([0-9a-f]{2,4})_")
