"""Parquet files: texts, dates and long numbers of all columns, names of columns, metadata.

pyarrow reads them, and writes the copy: the same rows in the same row groups, compressed as before,
with statistics and dictionaries of the new values. It needs `redactor[parquet]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from redactor.errors import EncryptedDocument, OutputError, UnsupportedFormat
from redactor.formats.base import Budget, Composed, Hints, Layout, Member, Sink, Token
from redactor.model import Edit

__all__ = ["Parquet"]

_MAGIC = b"PAR1"


class Parquet(Composed):
    """Parquet files."""

    name = "parquet"
    title = "Parquet (with `redactor[parquet]`)"
    suffixes = frozenset({".parquet", ".parq"})
    examined = "texts, numbers, dates and documents, nested too, names of columns, metadata"
    not_examined = "numbers of 16 bits, times; values of bytes of no known type (each named)"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a table. Raises DamagedDocument, UnsupportedFormat."""
        del hints
        source.seek(0)
        if source.read(4) == b"PARE":
            raise EncryptedDocument("the content is an encrypted Parquet file")
        _table()
        from redactor.formats.parquet import documents

        found = documents.columns(source)
        settings = (("documents", documents.written(found)),) if found else ()
        return Layout(self.name, settings)

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins as a Parquet file, or as an encrypted one."""
        return head.startswith((_MAGIC, b"PARE"))

    def texts(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Token]:
        """Yield metadata, names of columns, then the cells row by row. Raises InputError."""
        del budget
        for found in _table().texts(source, _hidden(layout)):
            yield found.token

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the documents in columns of bytes. Raises InputError."""
        if hidden := _hidden(layout):
            from redactor.formats.parquet import documents

            for member in documents.members(source, hidden):
                budget.member()
                yield member

    def write(
        self,
        source: BinaryIO,
        layout: Layout,
        edits: Sequence[Edit],
        sink: Sink,
        contents: Mapping[int, BinaryIO | None],
    ) -> Iterable[Token]:
        """Write a copy. Raises InputError, OutputError."""
        _table().write(source, edits, sink, _hidden(layout), contents)
        return (one for one in self.texts(source, layout, _FREE) if one.text is not None)

    def digests(self, copy: BinaryIO, layout: Layout) -> Sequence[str]:
        """Return the digests of the documents in a copy."""
        if not (hidden := _hidden(layout)):
            return ()
        from redactor.formats.parquet import documents

        return documents.digests(copy, hidden)

    def check_unchanged(self, source: BinaryIO, copy: BinaryIO, layout: Layout) -> None:
        """Raise OutputError unless a copy has the same rows, types and other values."""
        del layout
        if not _table().is_like(source, copy):
            raise OutputError("the draft is another table than its source")

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield names, metadata, statistics and the values of whole columns, as texts."""
        yield from _table().extracted(source, _hidden(layout))


class _Free:
    """A budget without limits: nothing is unpacked to be kept."""

    def member(self) -> None:
        """Count nothing."""

    def unpacked(self, size: int, packed: int) -> None:
        """Count nothing."""


_FREE = _Free()


def _hidden(layout: Layout) -> frozenset[tuple[int, ...]]:
    """Return the columns whose values are documents."""
    setting = layout.setting("documents")
    return frozenset(tuple(map(int, one.split("."))) for one in setting.split())


def _table() -> Any:
    """Return the module that works with pyarrow. Raises UnsupportedFormat where that lacks."""
    try:
        from redactor.formats.parquet import table  # pyarrow, for such files alone
    except ModuleNotFoundError:
        raise UnsupportedFormat(
            "a Parquet file is read with `pip install 'redactor[parquet]'`"
        ) from None
    return table
