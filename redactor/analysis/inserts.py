"""Rows that SQL inserts into named columns, column by column, as `tables` gives those of a drawing.

Of `INSERT INTO members (id, last_name) VALUES (1, 'Vance')` one reads `last_name: Vance`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from redactor.analysis.tables import Column, column, is_head

__all__ = ["inserted_columns"]

# The statement up to its rows. The names of columns may be quoted; a table has a schema before it.
_INSERT = re.compile(
    r"\b(?:insert|replace)\s{1,20}+(?:ignore\s{1,20}+)?into\s{1,20}+[^\s(]{1,120}+\s{0,20}+"
    r"\((?P<names>[^()]{1,2000}+)\)\s{0,20}+values\s{0,20}+",
    re.IGNORECASE,
)
# A row, with quotes that are doubled or escaped within quotes, and what stands before the next one.
_ROW = re.compile(r"\((?P<values>(?:'(?:[^'\\]|''|\\.)*+'|[^'()])*+)\)(?:\s{0,20}+,\s{0,20}+)?")
_VALUE = re.compile(r"'(?P<quoted>(?:[^'\\]|''|\\.)*+)'|(?P<bare>[^',]++)|(?P<comma>,)")


def inserted_columns(text: str) -> Iterator[Column]:
    """Yield the columns of the statements of a text whose names are those of identifiers."""
    for statement in _INSERT.finditer(text):
        names = [name.strip(' \t\r\n`"[]') for name in statement["names"].split(",")]
        rows = [row for row in _rows(text, statement.end()) if len(row) == len(names)]
        for number, name in enumerate(names):
            if rows and is_head(name):
                yield column(name, [row[number] for row in rows])


def _rows(text: str, at: int) -> Iterator[list[tuple[int, str]]]:
    """Yield the cells of each row from a position on, each with its place."""
    while row := _ROW.match(text, at):
        yield list(_cells(text, *row.span("values")))
        at = row.end()


def _cells(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    cell = (start, "")
    for value in _VALUE.finditer(text, start, end):
        if value["comma"]:
            yield cell
            cell = (value.end(), "")
        elif value["quoted"]:
            cell = value.start("quoted"), value["quoted"]
        elif value["bare"] and value["bare"].strip() and not cell[1]:
            blank = len(value["bare"]) - len(value["bare"].lstrip())
            cell = value.start() + blank, value["bare"].strip()
    yield cell
