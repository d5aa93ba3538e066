"""Reading of list files, one entry a line or CSV, for allow lists, deny lists and decisions."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from redactor.config.document import LARGEST, NotReadableError
from redactor.errors import ConfigError
from redactor.folders import read_regular

__all__ = ["SHOWN", "joined_problems", "read_text", "table", "without_guard"]

# An apostrophe before a cell, so that a spreadsheet takes it for text and no formula: '=1+1.
_GUARD = re.compile(r"\A'(?=[=+\-@\t\r])")
SHOWN = 5
"""Maximum number of problems in one error message: a long list may have one in every line."""


def read_text(path: Path, listed: str, error_class: type[ConfigError]) -> str:
    """Return the text of a file, which errors name as `listed`. Raises `error_class`."""
    data = b""
    try:
        data = read_regular(path, LARGEST)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise error_class(f"cannot read {listed}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise error_class(f"cannot read {listed}: line {line} is not UTF-8") from None


def table(text: str, known: Collection[str], needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line and the non-empty cells of each row of a table. Raises NotReadableError.

    The table has a header of `known` columns, `needed` among them; its delimiter is a comma,
    semicolon or tab. A row whose first cell begins with `#` is a comment.
    """
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        columns = _columns(next(rows, []), known, needed)
        begin = rows.line_num + 1
        for row in rows:
            cells = [] if row and row[0].lstrip().startswith("# ") else row
            if len(cells) > len(columns):
                raise NotReadableError(f"has more cells than columns, line {begin}")
            pairs = zip(columns, cells, strict=False)  # cells may be missing at the end
            if filled := {column: cell for column, cell in pairs if cell.strip()}:
                yield begin, filled
            begin = rows.line_num + 1
    except csv.Error:
        raise NotReadableError(f"is not CSV, line {begin}") from None


def _columns(header: Sequence[str], known: Collection[str], needed: str) -> list[str]:
    columns = [cell.strip().lower() for cell in header]
    for number, column in enumerate(columns, 1):
        if column not in known or columns.index(column) < number - 1:
            raise NotReadableError(
                f"has an unknown or repeated column, line 1: column {number} "
                f"(known are {', '.join(known)})"
            )
    if needed not in columns:
        raise NotReadableError(f"has no column called {needed}, line 1")
    return columns


def without_guard(cells: Mapping[str, str]) -> dict[str, str]:
    """Return cells without the apostrophe that marks a text for spreadsheets."""
    return {name: _GUARD.sub("", cell) for name, cell in cells.items()}


def joined_problems(problems: Sequence[str]) -> str:
    """Return the first `SHOWN` problems of a list in one text, and the number of others."""
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return "; ".join(problems[:SHOWN]) + more
