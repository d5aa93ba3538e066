"""The cells of a table in text, as tokens that tile its bytes, and the codec of a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.base import Token
from redactor.formats.csv.dialect import Dialect, separator_line
from redactor.formats.embedded import has_picture
from redactor.formats.html.escapes import SyntaxCodec, decode
from redactor.formats.text import Encoding
from redactor.model import Kind, Location, Slot

__all__ = ["LONGEST", "Quotes", "tokens"]

LONGEST = 1 << 23
"""Characters of a cell. A quote without its end would make one cell of the rest of a table."""

LONGEST_HEAD = 60
"""Characters of a column's head that are the label of its cells."""

# Two signs of three digits and more, or an address: a value, and no head of a column.
_VALUE = re.compile(r"\d\D*\d\D*\d|@|://")


@dataclass(frozen=True, slots=True)
class Quotes:
    """The quotes of a cell. `quoted` writes them even where a text needs none."""

    dialect: Dialect
    quoted: bool

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the quotes around a cell, doubled ones in it, blanks before it, backslashes."""
        if not self.quoted and self.dialect.quoting == "backslash":
            yield from _backslashes(source, 0, len(source))
        if not self.quoted:
            return
        opens = source.index('"')
        yield 0, opens + 1, ""
        escape = _ESCAPES[self.dialect.quoting]
        at = opens + 1
        while found := escape.search(source, at):
            at = found.end()
            if found[0] == '"':
                yield *found.span(), ""
                break
            yield *found.span(), found[0][1:]
        if self.dialect.quoting == "backslash":
            yield from _backslashes(source, at, len(source))

    def escape(self, text: str) -> str:
        """Return a text as a cell, in quotes where it needs them."""
        if self.dialect.quoting == "none" or not (self.quoted or self._needs(text)):
            return text
        if self.dialect.quoting == "backslash":
            text = text.replace("\\", "\\\\")
        doubled = text.replace('"', '""')
        return f'"{doubled}"'

    def _needs(self, text: str) -> bool:
        """Tell whether a text would be another cell, or none, without quotes."""
        if not text:
            return self.dialect.columns == 1
        signs = '"\r\n' + self.dialect.delimiter
        signs += "\\" if self.dialect.quoting == "backslash" else ""
        return any(sign in text for sign in signs) or text[0] == " "

    def numeric_escape(self, char: str) -> str:
        """Return a question mark."""
        del char
        return "?"


_ESCAPES = {
    "double": re.compile('""?'),
    "space": re.compile('""?'),
    "backslash": re.compile(r'""?|\\[\s\S]'),
}


class Inside(Quotes):
    """What is inside the quotes of a cell, or a cell without any."""

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield doubled quotes, and backslashes."""
        if self.dialect.quoting == "backslash":
            signs = _ESCAPES["backslash"] if self.quoted else _BACKSLASH
            yield from ((*one.span(), one[0][1:]) for one in signs.finditer(source))
        elif self.quoted:
            yield from ((*one.span(), '"') for one in _DOUBLED.finditer(source))

    def escape(self, text: str) -> str:
        """Return a text as it is written there."""
        if self.dialect.quoting == "backslash":
            text = text.replace("\\", "\\\\")
        return text.replace('"', '""') if self.quoted else text


_DOUBLED, _BACKSLASH = re.compile('""'), re.compile(r"\\[\s\S]")


def _backslashes(source: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for found in re.finditer(r"\\([\s\S])", source[start:end]):
        yield found.start() + start, found.end() + start, found[1]


def tokens(chunks: Iterator[str], encoding: Encoding, dialect: Dialect) -> Iterator[Token]:
    """Yield the cells that hold text, and the bytes between them as markup.

    Raises DamagedDocument for a quoted cell that does not end.
    """
    table = _Table(encoding, dialect)
    for source, end in read_cells(chunks, dialect):
        yield from table.cell(source, end)
    yield from table.markup()


class _Table:
    """The place in a table, the heads of its columns, and the markup that was not yielded yet."""

    def __init__(self, encoding: Encoding, dialect: Dialect) -> None:
        self._encoding, self._dialect = encoding, dialect
        self._plain = SyntaxCodec(Quotes(dialect, quoted=False), encoding)
        self._quoted = SyntaxCodec(Quotes(dialect, quoted=True), encoding)
        self._line = self._row = self._column = 1
        self._markup: list[str] = []
        self._first: list[str] = []
        self._heads: list[str] | None = None

    def cell(self, source: str, end: str) -> Iterator[Token]:
        """Yield a cell as a token, and the markup before it."""
        quoted = '"' in source and self._is_quoted(source)
        codec = self._quoted if quoted else self._plain
        text = source
        if quoted or self._dialect.quoting == "backslash":
            text = decode(codec.syntax, source)
        if has_picture(text):
            yield from self._with_picture(source, quoted=quoted)
        elif text:
            yield from self.markup()
            where = Location(Kind.CELL, self._line, self._row, self._column)
            raw = source.encode(self._encoding.codec)
            yield Token(raw, text, codec, where, Slot.CELL, self._label())
        else:
            self._markup.append(source)
        self._markup.append(end)
        self._line += source.count("\n") + end.count("\n") if "\n" in source else end == "\n"
        if self._heads is None:
            self._first.append(text)
        self._column += 1
        if end[-1:] in {"\r", "\n"}:
            self._end_row()

    def _with_picture(self, source: str, *, quoted: bool) -> Iterator[Token]:
        """Yield a cell with a picture: its quotes are markup, so that the picture can be cut out.

        Raises UnsupportedFormat for one that goes on behind its quotes.
        """
        opens, closes = (source.index('"') + 1, len(source) - 1) if quoted else (0, len(source))
        if quoted and source[-1] != '"':
            raise UnsupportedFormat("a picture in a cell that goes on behind its quotes")
        inner = source[opens:closes]
        syntax = Inside(self._dialect, quoted)
        self._markup.append(source[:opens])
        yield from self.markup()
        where = Location(Kind.CELL, self._line, self._row, self._column)
        raw, codec = inner.encode(self._encoding.codec), SyntaxCodec(syntax, self._encoding)
        yield Token(raw, decode(syntax, inner), codec, where, Slot.TEXT, self._label())
        self._markup.append(source[closes:])

    def markup(self) -> Iterator[Token]:
        """Yield the text between cells."""
        if between := "".join(self._markup):
            yield Token(between.encode(self._encoding.codec))
        self._markup = []

    def _is_quoted(self, source: str) -> bool:
        if self._dialect.quoting == "space":
            source = source.lstrip(" ")
        return source[:1] == '"' and self._dialect.quoting != "none"

    def _label(self) -> str:
        heads = self._heads or ()
        return heads[self._column - 1] if self._column <= len(heads) else ""

    def _end_row(self) -> None:
        if self._heads is None:
            if len(self._first) >= self._dialect.columns and any(self._first):
                self._heads = self._first if are_heads(self._first) else []
            self._first = []
        self._row += 1
        self._column = 1


def are_heads(cells: list[str]) -> bool:
    """Tell whether the first row of a table names its columns: short texts, all different."""
    named = [cell for cell in cells if cell.strip()]
    return (
        len(named) >= len(cells) - 1
        and len(set(named)) == len(named)
        and all(len(cell) <= LONGEST_HEAD and not _VALUE.search(cell) for cell in named)
    )


def read_cells(chunks: Iterator[str], dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield the source of each cell and what ends it: a delimiter, a line end, nothing at the end.

    A first line that only names the delimiter is the end of an empty cell. Raises DamagedDocument.
    """
    text, more = _read(chunks, 16)  # more than the line that names the delimiter
    at = len(separator_line(text))
    if at:
        yield "", text[:at]
    line = 1
    while True:
        found = dialect.cell.match(text, at)
        if found is None or (more and found.end() == len(text)):
            line += text.count("\n", 0, at)
            text, at = text[at:], 0
            if not more:
                break
            if len(text) > LONGEST:
                raise DamagedDocument(f"a cell at line {line} has more than {LONGEST} characters")
            added, more = _read(chunks, len(text))
            text += added
            continue
        yield found[1], found[2]
        at = found.end()
    if text:
        found = dialect.cell.match(text + "\n")
        if found is None or found.end() <= len(text):
            raise DamagedDocument(f"a quoted cell at line {line} does not end")
        yield text, ""


def _read(chunks: Iterator[str], size: int) -> tuple[str, bool]:
    """Return at least so many characters, and whether there may be more."""
    parts: list[str] = []
    held = 0
    for chunk in chunks:
        parts.append(chunk)
        held += len(chunk)
        if held >= size:
            return "".join(parts), True
    return "".join(parts), False
