"""A Parquet file as pyarrow reads and writes it: its texts in order, and copies with edits."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from redactor.errors import DamagedDocument, InputError, OutputError, UnsupportedFormat
from redactor.formats.base import Sink, Token
from redactor.formats.parquet.columns import (
    NUMBERS,
    Key,
    Leaf,
    fields_of,
    leaves,
    rebuilt,
    retyped,
)
from redactor.model import Edit, Kind, Location, Slot

_ROWS = 1 << 14
"""Rows whose texts are at hand together."""

_OWN = b"ARROW:schema"
"""The key of the metadata in which pyarrow repeats the types, with all other metadata."""

_FIELD = b"PARQUET:field_id"


@dataclass(frozen=True, slots=True)
class Found:
    """A text, and where it is: the key of its metadata, of its field, or its leaf and place in it.

    `part` counts the pieces of the rows of a file, from 0.
    """

    token: Token = field(repr=False)
    metadata: tuple[Key, bytes] | None = None
    name: Key | None = None
    cell: tuple[int, int, int] | None = None
    leaf: Leaf | None = None


def opened(source: BinaryIO) -> Any:
    """Return a file. Raises DamagedDocument, UnsupportedFormat."""
    source.seek(0)
    with _readable():
        return pq.ParquetFile(source)


@contextmanager
def _readable() -> Iterator[None]:
    """Turn errors of pyarrow into ours: theirs may quote values."""
    try:
        yield
    except InputError:
        raise
    except pa.ArrowNotImplementedError:
        raise UnsupportedFormat("a table with columns that pyarrow does not read") from None
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise DamagedDocument(f"pyarrow cannot read it: {type(error).__name__}") from None


def texts(source: BinaryIO) -> Iterator[Found]:
    """Yield the texts of a table, and its pictures. Raises InputError."""
    file = opened(source)
    yield from _metadata(file.schema_arrow)
    for key, name, _ in fields_of(file.schema_arrow):
        where = Location(Kind.KEY, column=key[0] + 1)
        yield Found(_token(name, where, "", slot=Slot.IDENTIFIER), name=key)
    row = 0
    for part, batch in enumerate(_parts(file)):
        yield from _cells(batch, part, row)
        row += batch.num_rows


def _parts(file: Any) -> Iterator[Any]:
    """Yield the rows, some thousand at a time; none are of two row groups."""
    for number in range(file.num_row_groups):
        with _readable():
            group = file.read_row_group(number)
        for start in range(0, group.num_rows, _ROWS):
            yield group.slice(start, _ROWS)


def _metadata(schema: Any) -> Iterator[Found]:
    every: list[tuple[Key, Mapping[bytes, bytes]]] = [((), schema.metadata or {})]
    every += [(key, one.metadata or {}) for key, _, one in fields_of(schema)]
    for at, metadata in every:
        for key, value in metadata.items():
            if key in {_OWN, _FIELD}:
                continue
            try:
                name, text = key.decode(), value.decode()
            except UnicodeDecodeError:
                raise UnsupportedFormat("a table with metadata that are no text") from None
            yield Found(_token(text, Location(Kind.METADATA), name), metadata=(at, key))


def _token(text: str, where: Location, label: str, path: str = "", slot: Slot = Slot.TEXT) -> Token:
    return Token(b"", text, None, where, slot, label, key_path=path)


def _leaves(batch: Any) -> list[Leaf]:
    found: list[Leaf] = []
    for number, (name, column) in enumerate(zip(batch.column_names, batch.columns, strict=True)):
        leaf = Leaf((number,), name, name, rows=range(batch.num_rows))
        found += leaves(_whole(column), leaf)
    return found


def _whole(column: Any) -> Any:
    chunks = column.combine_chunks()
    return chunks if not isinstance(chunks, pa.ChunkedArray) else pa.concat_arrays(chunks.chunks)


def _cells(batch: Any, part: int, before: int) -> Iterator[Found]:
    """Yield the texts row by row: a first name and a surname are in neighbouring cells."""
    with _readable():
        every = _leaves(batch)
        values = [leaf.texts() for leaf in every]
        for leaf in every:
            yield from (Found(Token(b"", medium=kind)) for kind in leaf.media())
    order = [
        (leaf.rows[place], number, place)
        for number, leaf in enumerate(every)
        for place, text in enumerate(values[number])
        if text
    ]
    order.sort()
    for row, number, place in order:
        leaf = every[number]
        where = Location(Kind.CELL, number=before + row + 1, column=leaf.key[0] + 1)
        token = _token(values[number][place] or "", where, leaf.name, leaf.path)
        yield Found(token, cell=(part, number, place), leaf=leaf)


@dataclass
class _Plan:
    """The new texts: of metadata, of names, of cells by part and leaf; and which become strings."""

    metadata: dict[tuple[Key, bytes], str] = field(default_factory=dict)
    names: dict[Key, str] = field(default_factory=dict)
    cells: dict[int, dict[int, dict[int, str]]] = field(default_factory=dict)
    strings: set[Key] = field(default_factory=set)

    def add(self, found: Found, text: str) -> None:
        """Take in the new text of a place."""
        if found.metadata is not None:
            self.metadata[found.metadata] = text
        elif found.name is not None:
            self.names[found.name] = text
        elif found.cell is not None and found.leaf is not None:
            part, leaf, place = found.cell
            self.cells.setdefault(part, {}).setdefault(leaf, {})[place] = text
            if found.leaf.kind == NUMBERS:
                self.strings.add(found.leaf.key)


def _plan(source: BinaryIO, edits: Sequence[Edit]) -> _Plan:
    plan = _Plan()
    left = list(reversed(edits))
    every = (found for found in texts(source) if found.token.text is not None)
    for number, found in enumerate(every):
        if not left:
            break
        mine: list[Edit] = []
        while left and left[-1].segment == number:
            mine.append(left.pop())
        if mine:
            text = found.token.text or ""
            for edit in reversed(mine):
                text = text[: edit.start] + edit.replacement + text[edit.end :]
            plan.add(found, text)
    if left:
        raise OutputError("an edit lies outside the document")
    return plan


def write(source: BinaryIO, edits: Sequence[Edit], sink: Sink) -> None:
    """Write a copy with edits. Raises InputError, OutputError."""
    plan = _plan(source, edits)
    file = opened(source)
    schema = _schema(file.schema_arrow, plan)
    if len(set(schema.names)) != len(schema.names) and len(set(file.schema_arrow.names)) == len(
        schema.names
    ):
        raise InputError("two columns of the copy would have one name")
    part = 0
    with _readable(), pq.ParquetWriter(_Sink(sink), schema, **_options(file)) as writer:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            some = []
            for start in range(0, group.num_rows, _ROWS):
                some.append(_edited(group.slice(start, _ROWS), schema, plan, part))
                part += 1
            made = pa.concat_tables(some) if some else schema.empty_table()
            writer.write_table(made, row_group_size=max(1, made.num_rows))


def _schema(schema: Any, plan: _Plan) -> Any:
    fields = [
        retyped(_with_metadata(one, (number,), plan), (number,), plan.names, plan.strings)
        for number, one in enumerate(schema)
    ]
    known = {
        key: plan.metadata.get(((), key), value.decode()).encode()
        for key, value in (schema.metadata or {}).items()
        if key != _OWN
    }
    return pa.schema(fields, metadata=known or None)


def _with_metadata(one: Any, key: Key, plan: _Plan) -> Any:
    if any(place != key and place[:1] == key for place, _ in plan.metadata):
        raise UnsupportedFormat("metadata of a field in a field hold what is removed")
    new = {
        name: plan.metadata[key, name].encode() if (key, name) in plan.metadata else value
        for name, value in (one.metadata or {}).items()
    }
    return one.with_metadata(new) if new else one


def _edited(batch: Any, schema: Any, plan: _Plan, part: int) -> Any:
    """Return some rows with new values, and types as in the schema."""
    edits = plan.cells.get(part, {})
    every = _leaves(batch)
    new = [_values(leaf, edits.get(number, {}), plan) for number, leaf in enumerate(every)]
    columns = []
    at = 0
    for number, column in enumerate(batch.columns):
        size = sum(leaf.key[0] == number for leaf in every)
        mine, at = new[at : at + size], at + size
        kind = schema.field(number).type
        same = kind == column.type and not any(one is not None for one in mine)
        columns.append(column if same else rebuilt(_whole(column), kind, iter(mine)))
    return pa.table([_compact(column) for column in columns], schema=schema)


def _compact(column: Any) -> Any:
    """Return a column whose dictionary has no values but those of its rows."""
    if not pa.types.is_dictionary(column.type):
        return column
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    made = [one.dictionary_decode().dictionary_encode().cast(column.type) for one in chunks]
    return pa.chunked_array(made, column.type)


def _values(leaf: Leaf, edits: Mapping[int, str], plan: _Plan) -> list[Any] | None:
    """Return the new values of a leaf, None if it is kept."""
    strings = leaf.key in plan.strings
    if not edits and not strings:
        return None
    values: list[Any] = leaf.words() if strings else leaf.values.to_pylist()
    for place, text in edits.items():
        binary = isinstance(values[place], bytes)
        values[place] = text.encode() if binary else text
    return values


def _options(file: Any) -> dict[str, Any]:
    """Return how a copy is written: each column compressed as in the source."""
    options: dict[str, Any] = {"version": file.metadata.format_version, "store_schema": True}
    if not file.num_row_groups:
        return options
    group = file.metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    paths = [column.path_in_schema for column in columns]
    codecs = [column.compression.lower() for column in columns]
    options["compression"] = dict(
        zip(paths, ("none" if one == "uncompressed" else one for one in codecs), strict=True)
    )
    options["use_dictionary"] = [
        path
        for path, column in zip(paths, columns, strict=True)
        if column.has_dictionary_page or any("DICTIONARY" in one for one in column.encodings)
    ]
    options["write_statistics"] = [
        path for path, column in zip(paths, columns, strict=True) if column.is_stats_set
    ]
    options["write_page_index"] = any(column.has_column_index for column in columns)
    return options


class _Sink(io.RawIOBase):
    """What pyarrow writes to: a sink, whose bytes are appended."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._at = sink, 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any, /) -> int:
        piece = bytes(data)
        self._sink.write(piece)
        self._at += len(piece)
        return len(piece)


def is_like(source: BinaryIO, copy: BinaryIO) -> bool:
    """Tell whether a copy has the rows of its source, and its values of types that are no text."""
    before, after = opened(source), opened(copy)
    if before.num_row_groups != after.num_row_groups:
        return False
    if len(before.schema_arrow) != len(after.schema_arrow):
        return False
    for one, other in zip(_parts(before), _parts(after), strict=True):
        if one.num_rows != other.num_rows:
            return False
        for old, new in zip(one.columns, other.columns, strict=True):
            if old.null_count != new.null_count:
                return False
            kept = [
                leaf.kind for leaf in leaves(_whole(old), Leaf((), "", "", rows=range(len(old))))
            ]
            if not kept and not old.equals(new):
                return False
    return True


def extracted(source: BinaryIO) -> Iterator[str]:
    """Yield names, metadata, statistics and values, as pyarrow reads them without our leaves."""
    file = opened(source)
    for number in range(len(file.schema)):
        yield f"\n\n{file.schema.column(number).path}"
    for key, value in (file.metadata.metadata or {}).items():
        if key != _OWN:
            yield f"\n\n{key.decode('utf-8', 'replace')}\n\n{value.decode('utf-8', 'replace')}"
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        for column in map(group.column, range(group.num_columns)):
            known = column.statistics if column.is_stats_set else None
            if known is not None and known.has_min_max:
                # Raw numbers: a time in nanoseconds is nothing that Python has.
                bare = not known.physical_type.endswith("BYTE_ARRAY")
                ends = (known.min_raw, known.max_raw) if bare else (known.min, known.max)
                yield f"\n\n{ends[0]}\n\n{ends[1]}"
        with _readable():
            for row in _written_times(file.read_row_group(number)).to_pylist():
                yield from _strings(row)


def _written_times(table: pa.Table) -> pa.Table:
    """Return a table with its times as texts: those in nanoseconds are nothing that Python has."""
    for number, column in enumerate(table.schema):
        if pa.types.is_temporal(column.type):
            written = table.column(number).cast(pa.string())
            table = table.set_column(number, column.name, written)
    return table


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, bytes):
        yield f"\n\n{value.decode('utf-8', 'replace')}"
    elif value is not None:
        yield f"\n\n{value}"
