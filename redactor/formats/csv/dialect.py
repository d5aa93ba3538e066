"""The dialect of a table in text: its delimiter and how cells are quoted, proven by its first rows.

A delimiter is proven where the rows have the same number of cells, more than one. Nothing is
guessed from the frequency of signs, as `csv.Sniffer` does, which finds a blank in prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

__all__ = ["Dialect", "prove", "separator_line"]

DELIMITERS = ("\t", ";", "|", ",")
"""In this order where several are proven with the same number of cells: decimal commas are more
frequent than semicolons that are as many in each row."""

ONE_COLUMN = "\x1f"
"""The delimiter of a table of one column: the unit separator of ASCII, which divides cells too."""

_BY_SUFFIX = {".tsv": "\t", ".tab": "\t", ".psv": "|", ".csv": ","}
_QUOTINGS = ("double", "space", "backslash", "none")
_ROWS = 200
_USUAL = 0.5
"""Share of rows that must have the same number of cells where not all have: in ragged tables, or
with a title above and a sum below."""

# The first line of a table that Excel writes or reads with a delimiter of its own choice.
_SEPARATOR = re.compile('"?sep=(?P<sign>.)"?(?:\r\n|\r|\n|\\Z)')


@dataclass(frozen=True)
class Dialect:
    """How cells are divided and quoted.

    `quoting` is `double` (as the csv module reads by default), `space` (blanks before a quote are
    skipped), `backslash` (it escapes the next sign) or `none`. `columns` is the number of cells of
    most rows.
    """

    delimiter: str = ","
    quoting: str = "double"
    columns: int = 1

    @cached_property
    def cell(self) -> re.Pattern[str]:
        """Return a pattern of a cell and what ends it; no match where that does not end."""
        return _cell(self.delimiter, self.quoting)


@lru_cache(maxsize=32)
def _cell(delimiter: str, quoting: str) -> re.Pattern[str]:
    end = re.escape(delimiter)
    plain = f"[^{end}\r\n]*+"
    if quoting == "none":
        return re.compile(f"({plain})({end}|\r\n?|\n)")
    inner = r'(?:[^"]|"")*+'
    if quoting == "backslash":
        inner, plain = r'(?:[^"\\]|""|\\[\s\S])*+', rf"(?:[^{end}\r\n\\]|\\[\s\S])*+"
    blanks = " *+" if quoting == "space" else ""
    return re.compile(f'({blanks}(?:"{inner}"{plain}|(?!"){plain}))({end}|\r\n?|\n)')


def separator_line(text: str) -> str:
    """Return the first line of a table if it only names the delimiter, else nothing."""
    found = _SEPARATOR.match(text)
    return found[0] if found else ""


def prove(text: str, suffix: str) -> Dialect:
    """Return the dialect of a table that begins with a text."""
    line = separator_line(text)
    named = _SEPARATOR.match(line)
    rest = text[len(line) :]
    signs = [named["sign"]] if named else [sign for sign in DELIMITERS if sign in rest]
    every = [_measured(rest, sign, quoting) for sign in signs for quoting in _quotings(rest)]
    usual = _BY_SUFFIX.get(suffix, "")
    stated = "" if usual == "," else usual  # `.csv` is the suffix of tables with any delimiter
    proven = [
        one
        for one in every
        if named
        or (one.dialect.columns > 1 and (one.share >= _USUAL or one.dialect.delimiter == stated))
    ]
    if proven:
        return max(proven, key=lambda one: one.rank(stated, usual)).dialect
    if usual in signs:
        return Dialect(usual, "double", 2)
    return _measured(rest, ONE_COLUMN, "double").dialect


def _quotings(text: str) -> tuple[str, ...]:
    if '"' not in text:
        return ("double",)
    return tuple(one for one in _QUOTINGS if one != "backslash" or '\\"' in text)


@dataclass(frozen=True)
class _Measured:
    """How well a dialect reads the first rows.

    `share` is that of the rows with the usual number of cells; `clean` tells that every quote that
    begins a cell ends it.
    """

    dialect: Dialect
    share: float
    clean: bool

    def rank(self, stated: str, usual: str) -> tuple[bool, bool, bool, float, int, bool]:
        """Return what is compared, the greater the better; the suffix names two delimiters."""
        sign = self.dialect.delimiter
        columns = self.dialect.columns
        return self.share == 1, self.clean, sign == stated, self.share, columns, sign == usual


def _measured(text: str, delimiter: str, quoting: str) -> _Measured:
    dialect = Dialect(delimiter, quoting)
    rows = list(_rows(text, dialect.cell))
    counts = Counter(map(len, rows))
    columns, usual = counts.most_common(1)[0] if counts else (1, 0)
    whole = _WHOLE.get(quoting)
    clean = all(
        whole is not None and whole.fullmatch(cell)
        for row in rows
        for cell in row
        if cell.lstrip(" ").startswith('"')
    )
    share = usual / len(rows) if rows else 0.0
    return _Measured(Dialect(delimiter, quoting, columns), share, clean)


# A cell in quotes that end with it; without quoting there is none.
_WHOLE = {
    "double": re.compile(r'"(?:[^"]|"")*+"'),
    "space": re.compile(r' *+"(?:[^"]|"")*+"'),
    "backslash": re.compile(r'"(?:[^"\\]|""|\\[\s\S])*+"'),
}


def _rows(text: str, cell: re.Pattern[str]) -> Iterator[list[str]]:
    """Yield the first rows, but for empty ones and comments."""
    at = rows = 0
    cells: list[str] = []
    while rows < _ROWS and (found := cell.match(text, at)):
        cells.append(found[1])
        at = found.end()
        if found[2][0] in "\r\n":
            if cells != [""] and not cells[0].startswith("#"):
                rows += 1
                yield cells
            cells = []
