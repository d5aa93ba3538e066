"""The rows of a Parquet file, some thousand at a time, and the leaves of their columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from redactor.errors import DamagedDocument, InputError, UnsupportedFormat
from redactor.formats.parquet.columns import Leaf, leaves

ROWS = 1 << 14
"""Rows whose texts are at hand together."""


def opened(source: BinaryIO) -> Any:
    """Return a file. Raises DamagedDocument, UnsupportedFormat."""
    source.seek(0)
    with readable():
        return pq.ParquetFile(source)


@contextmanager
def readable() -> Iterator[None]:
    """Turn errors of pyarrow into ours: theirs may quote values."""
    try:
        yield
    except InputError:
        raise
    except pa.ArrowNotImplementedError:
        raise UnsupportedFormat("a table with columns that pyarrow does not read") from None
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise DamagedDocument(f"pyarrow cannot read it: {type(error).__name__}") from None


def parts(file: Any) -> Iterator[Any]:
    """Yield the rows, some thousand at a time; none are of two row groups."""
    for number in range(file.num_row_groups):
        with readable():
            group = file.read_row_group(number)
        for start in range(0, group.num_rows, ROWS):
            yield group.slice(start, ROWS)


def leaves_of(batch: Any) -> list[Leaf]:
    """Return the leaves of the columns of some rows."""
    found: list[Leaf] = []
    for number, (name, column) in enumerate(zip(batch.column_names, batch.columns, strict=True)):
        leaf = Leaf((number,), name, name, rows=range(batch.num_rows))
        found += leaves(whole(column), leaf)
    return found


def whole(column: Any) -> Any:
    """Return a column as one array."""
    chunks = column.combine_chunks()
    return chunks if not isinstance(chunks, pa.ChunkedArray) else pa.concat_arrays(chunks.chunks)
