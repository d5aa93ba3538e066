"""A Parquet file as pyarrow reads and writes it: its texts in order, and copies with edits."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from redactor.errors import InputError, OutputError, UnsupportedFormat
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
from redactor.formats.parquet.documents import changes, fitting
from redactor.formats.parquet.rows import ROWS, leaves_of, opened, parts, readable, whole
from redactor.model import Edit, Kind, Location, Slot

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


def texts(source: BinaryIO, hidden: frozenset[Key] = frozenset()) -> Iterator[Found]:
    """Yield the texts of a table, but for those of `hidden` columns. Raises InputError."""
    file = opened(source)
    yield from _metadata(file.schema_arrow)
    for key, name, _ in fields_of(file.schema_arrow):
        where = Location(Kind.KEY, column=key[0] + 1)
        yield Found(_token(name, where, "", slot=Slot.IDENTIFIER), name=key)
    row = 0
    for part, batch in enumerate(parts(file)):
        yield from _cells(batch, part, row, hidden)
        row += batch.num_rows


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


def _cells(batch: Any, part: int, before: int, hidden: frozenset[Key]) -> Iterator[Found]:
    """Yield the texts row by row: a first name and a surname are in neighbouring cells."""
    with readable():
        every = leaves_of(batch)
        values = [() if leaf.key in hidden else leaf.texts() for leaf in every]
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
    documents: dict[tuple[int, int], dict[int, bytes]] = field(default_factory=dict)

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


def _plan(source: BinaryIO, edits: Sequence[Edit], hidden: frozenset[Key]) -> _Plan:
    plan = _Plan()
    left = list(reversed(edits))
    every = (found for found in texts(source, hidden) if found.token.text is not None)
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


def write(
    source: BinaryIO,
    edits: Sequence[Edit],
    sink: Sink,
    hidden: frozenset[Key],
    contents: Mapping[int, BinaryIO | None],
) -> None:
    """Write a copy with edits, and with new documents. Raises InputError, OutputError."""
    plan = _plan(source, edits, hidden)
    plan.documents = changes(source, hidden, contents)
    file = opened(source)
    schema = _schema(file.schema_arrow, plan)
    if len(set(schema.names)) != len(schema.names) and len(set(file.schema_arrow.names)) == len(
        schema.names
    ):
        raise InputError("two columns of the copy would have one name")
    part = 0
    with readable(), pq.ParquetWriter(_Sink(sink), schema, **_options(file)) as writer:
        for number in range(file.num_row_groups):
            group = file.read_row_group(number)
            some = []
            for start in range(0, group.num_rows, ROWS):
                some.append(_edited(group.slice(start, ROWS), schema, plan, part))
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
    every = leaves_of(batch)
    new = [
        _values(leaf, edits.get(number, {}), plan, plan.documents.get((part, number), {}))
        for number, leaf in enumerate(every)
    ]
    columns = []
    at = 0
    for number, column in enumerate(batch.columns):
        size = sum(leaf.key[0] == number for leaf in every)
        mine, at = new[at : at + size], at + size
        kind = schema.field(number).type
        same = kind == column.type and not any(one is not None for one in mine)
        columns.append(column if same else rebuilt(whole(column), kind, iter(mine)))
    return pa.table([_compact(column) for column in columns], schema=schema)


def _compact(column: Any) -> Any:
    """Return a column whose dictionary has no values but those of its rows."""
    if not pa.types.is_dictionary(column.type):
        return column
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    made = [one.dictionary_decode().dictionary_encode().cast(column.type) for one in chunks]
    return pa.chunked_array(made, column.type)


def _values(
    leaf: Leaf, edits: Mapping[int, str], plan: _Plan, documents: Mapping[int, bytes]
) -> list[Any] | None:
    """Return the new values of a leaf, None if it is kept."""
    strings = leaf.key in plan.strings
    if not (edits or strings or documents or leaf.has_pictures):
        return None
    texts = strings or leaf.has_pictures
    values: list[Any] = leaf.texts() if texts else leaf.values.to_pylist()
    for place, text in edits.items():
        binary = isinstance(values[place], bytes)
        values[place] = text.encode() if binary else text
    for place, data in documents.items():
        values[place] = fitting(data, leaf.values.type)
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
    for one, other in zip(parts(before), parts(after), strict=True):
        if one.num_rows != other.num_rows:
            return False
        for old, new in zip(one.columns, other.columns, strict=True):
            if old.null_count != new.null_count:
                return False
            kept = [
                leaf.kind for leaf in leaves(whole(old), Leaf((), "", "", rows=range(len(old))))
            ]
            if not kept and not old.equals(new):
                return False
    return True


def extracted(source: BinaryIO, hidden: frozenset[Key] = frozenset()) -> Iterator[str]:
    """Yield names, metadata, statistics and values, as pyarrow reads them without our leaves.

    Columns with documents are none of them.
    """
    file = opened(source)
    names = file.schema_arrow.names
    shown = [name for at, name in enumerate(names) if not _holds(hidden, at)]
    for number in range(len(file.schema)):
        yield f"\n\n{file.schema.column(number).path}"
    for key, value in (file.metadata.metadata or {}).items():
        if key != _OWN:
            yield f"\n\n{key.decode('utf-8', 'replace')}\n\n{value.decode('utf-8', 'replace')}"
    for number in range(file.num_row_groups):
        yield from _statistics(file.metadata.row_group(number), shown)
        with readable():
            for row in _written_times(file.read_row_group(number, columns=shown)).to_pylist():
                yield from _strings(row)
            yield from _beside_documents(file.read_row_group(number), hidden)


def _holds(hidden: frozenset[Key], column: int) -> bool:
    return any(key[0] == column for key in hidden)


def _statistics(group: Any, shown: Sequence[str]) -> Iterator[str]:
    for column in map(group.column, range(group.num_columns)):
        known = column.statistics if column.is_stats_set else None
        if known is not None and known.has_min_max and column.path_in_schema.split(".")[0] in shown:
            # Raw numbers: a time in nanoseconds is nothing that Python has.
            bare = not known.physical_type.endswith("BYTE_ARRAY")
            ends = (known.min_raw, known.max_raw) if bare else (known.min, known.max)
            yield f"\n\n{ends[0]}\n\n{ends[1]}"


def _beside_documents(group: Any, hidden: frozenset[Key]) -> Iterator[str]:
    """Yield the texts of the other leaves of a column that has one with documents."""
    for leaf in leaves_of(group) if hidden else ():
        if _holds(hidden, leaf.key[0]) and leaf.key not in hidden:
            yield from (f"\n\n{text}" for text in leaf.texts() if text)


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
