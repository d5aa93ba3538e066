"""Tables in text (CSV, TSV): cells with exact bytes, whatever divides and quotes them.

The csv module would write other quotes and other line ends. A tokenizer that keeps positions finds
the cells, and edits are written into their bytes: a cell is quoted where its replacement needs it,
so that the number of rows and cells does not change.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.csv.cells import LONGEST, read_cells, tokens
from redactor.formats.csv.dialect import Dialect, prove
from redactor.formats.text import Encoding, decoded, detect_encoding

__all__ = ["Csv"]

HEAD = 1 << 18
"""Bytes in which the dialect is proven."""


class Csv(Tokenized):
    """Tables in text."""

    name = "csv"
    title = "Tables as CSV and TSV"
    suffixes = frozenset({".csv", ".tsv", ".tab", ".psv"})
    examined = "every cell, with the head of its column"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding and the dialect. Raises EncodingError."""
        encoding = detect_encoding(source, hints.encoding)
        source.seek(len(encoding.mark))
        text = source.read(HEAD).decode(encoding.codec, "ignore")
        suffix = PurePosixPath(hints.name).suffix.lower()
        dialect = prove(text if len(text) >= HEAD // 4 else f"{text}\n", suffix)
        if dialect.delimiter == "\t" and not _ends(source, encoding, dialect):
            dialect = Dialect("\t", "none", dialect.columns)
        settings = {
            "encoding": str(encoding),
            "delimiter": dialect.delimiter,
            "quoting": dialect.quoting,
            "columns": str(dialect.columns),
        }
        return Layout(self.name, tuple(settings.items()))

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the cells, and the bytes between them as markup. Raises DamagedDocument."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        yield from tokens(decoded(source, encoding), encoding, _dialect(layout))

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the cells as the csv module reads them. Raises DamagedDocument."""
        encoding = Encoding.parse(layout.setting("encoding"))
        source.seek(len(encoding.mark))
        text = io.TextIOWrapper(source, encoding.codec, newline="")
        before = csv.field_size_limit(LONGEST)
        try:
            for row in _rows(text, _dialect(layout)):
                yield from (f"\n\n{cell}" for cell in row)
        except csv.Error:  # its message quotes nothing, and says nothing to a user
            raise DamagedDocument("the csv module does not read the table") from None
        finally:
            csv.field_size_limit(before)
            text.detach()


def _rows(text: Iterator[str], dialect: Dialect) -> Iterator[list[str]]:
    quoting = dialect.quoting
    return csv.reader(
        text,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_NONE if quoting == "none" else csv.QUOTE_MINIMAL,
        skipinitialspace=quoting == "space",
        escapechar="\\" if quoting == "backslash" else None,
    )


def _dialect(layout: Layout) -> Dialect:
    settings = (layout.setting(name) for name in ("delimiter", "quoting", "columns"))
    delimiter, quoting, columns = settings
    return Dialect(delimiter, quoting, int(columns))


def _ends(source: BinaryIO, encoding: Encoding, dialect: Dialect) -> bool:
    """Tell whether every quoted cell ends: tables with tabs are often written without quotes."""
    try:
        for _ in read_cells(decoded(source, encoding), dialect):
            pass
    except DamagedDocument:
        return False
    return True
