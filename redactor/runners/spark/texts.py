"""What a task does to a column of a table: every text redacted as `Redactor.redact` does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from redactor.analysis.analyzer import Analyzer
from redactor.errors import RedactorError
from redactor.keys import Key
from redactor.model import Policy
from redactor.pipeline import unforeseen
from redactor.pipeline.memory import PLAIN, redacted
from redactor.process import keep_memory_private


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    """What is done to columns of a table; sent to each process of the executors once.

    `counts` and `errors` are the names of new columns.
    """

    token: str
    columns: tuple[str, ...]
    policy: Policy
    key: Key
    rules: tuple[Path, ...] = ()
    counts: str | None = None
    errors: str | None = None


@dataclass(slots=True)
class _Row:
    """What is said of a row: how many of each entity were redacted, and why something is null."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


Done: TypeAlias = "tuple[bytes, Counter[str]] | RedactorError"
Piece: TypeAlias = "bytes | list[Piece] | None"


def redacted_batch(batch: Any, settings: ColumnSettings, names: Sequence[str]) -> Any:
    """Return a batch of rows with the columns redacted, and the new ones in the order of `names`.

    Raises RedactorError, whose text holds no word of a value.
    """
    import pyarrow as pa

    rows = [_Row() for _ in range(batch.num_rows)]
    values = _Values(settings)
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in settings.columns:
        columns[name] = values.column(columns[name], name, rows)
    if settings.counts:
        found = [sorted(row.counts.items()) for row in rows]
        kind = pa.map_(pa.string(), pa.field("value", pa.int32(), nullable=False))
        columns[settings.counts] = pa.array(found, type=kind)
    if settings.errors:
        said = ["; ".join(row.errors) or None for row in rows]
        columns[settings.errors] = pa.array(said, type=pa.string())
    return pa.RecordBatch.from_arrays([columns[name] for name in names], names=list(names))


class _Values:
    """Redacts the values of a batch, equal ones once."""

    def __init__(self, settings: ColumnSettings) -> None:
        self._settings = settings
        self._analyzer = _analyzer(settings)
        self._known: dict[tuple[bytes, bool], Done] = {}

    def column(self, column: Any, name: str, rows: Sequence[_Row]) -> Any:
        """Return a column with its values redacted."""
        import pyarrow as pa

        text = not pa.types.is_binary(column.type)
        done = [
            self._value(one, name, row, text=text)
            for one, row in zip(_bytes_of(column), rows, strict=True)
        ]
        return pa.array(done, type=column.type)

    def _value(self, value: Piece, name: str, row: _Row, *, text: bool) -> Any:
        try:
            return self._redacted(value, row, text=text)
        except RedactorError as error:
            if not self._settings.errors:
                raise type(error)(f"column {name}: {error}") from None
            row.errors.append(f"{name}: {type(error).__name__}")
            return None

    def _redacted(self, value: Piece, row: _Row, *, text: bool) -> Any:
        if value is None:
            return None
        if isinstance(value, list):
            return [self._redacted(one, row, text=text) for one in value]
        done = self._known.get((value, text))
        if done is None:
            done = self._known[value, text] = self._copy(value, text=text)
        if isinstance(done, RedactorError):
            raise done
        row.counts.update(done[1])
        return done[0].decode("utf-8") if text else done[0]

    def _copy(self, value: bytes, *, text: bool) -> Done:
        layout = PLAIN if text else None
        try:
            copy, found = redacted(value, self._analyzer, self._settings.key, layout=layout)
        except RedactorError as error:
            return type(error)(str(error))
        except Exception as error:  # noqa: BLE001  # its text may quote the value
            return unforeseen(error)
        return copy, Counter(one.removal.decision.finding.entity for one in found)


def _bytes_of(column: Any) -> Iterator[Piece]:
    """Yield the values of a column as bytes: a string of Spark's may be no UTF-8."""
    import pyarrow as pa

    kind = pa.binary()
    listed = pa.types.is_list(column.type)
    yield from column.cast(pa.list_(kind) if listed else kind).to_pylist()


_analyzers: dict[str, Analyzer] = {}
"""That of the job at hand, by its token: detectors are loaded once a process."""


def _analyzer(settings: ColumnSettings) -> Analyzer:
    if settings.token not in _analyzers:
        keep_memory_private()
        _analyzers.clear()
        _analyzers[settings.token] = Analyzer(settings.policy, settings.rules)
    return _analyzers[settings.token]
