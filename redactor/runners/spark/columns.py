"""`redact`: columns of texts in a job of the user's own, without a log.

Rows pass through Arrow: the other columns keep their types, nulls and every bit. A text is redacted
as `Redactor.redact` does it, so that equal texts have equal tokens under one key, whoever does it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from redactor.config.policy import load_policy
from redactor.config.restrictions import on_day, today
from redactor.errors import UsageError
from redactor.keys import Key
from redactor.model import Policy
from redactor.runners.spark.session import require_spark
from redactor.runners.spark.texts import ColumnSettings, redacted_batch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_KINDS = ("string", "binary", "array<string>")
"""Types of columns that are read: texts, documents of any format, lists of texts."""


def redact(  # noqa: PLR0913  # keyword-only, one for each thing a user may choose
    table: DataFrame,
    column: str | Sequence[str],
    *,
    policy: Policy | str | Path = "default",
    key: Key | Path | None = None,
    rules: Iterable[Path] = (),
    as_of: date | None = None,
    counts: str | None = None,
    errors: str | None = None,
) -> DataFrame:
    """Return a table in which the texts of a column, or of several, are redacted.

    >>> redact(letters, "body", key=Path("collection.key"))  # doctest: +SKIP

    A column of strings is one of texts, one of bytes one of documents of any format; arrays of
    strings are lists of texts. Nulls stay. `counts` names a new column for how many values of each
    entity were redacted in a row. A value that cannot be examined fails the job, unless `errors`
    names a new column for the reason: then the value is null. Without a `key` (or the path of a key
    file, which the driver reads) one is made and forgotten. Raises UsageError, ConfigError.
    """
    require_spark()
    names = (column,) if isinstance(column, str) else tuple(column)
    _check(table, names, [one for one in (counts, errors) if one])
    loaded = policy if isinstance(policy, Policy) else load_policy(str(policy))
    settings = ColumnSettings(
        uuid4().hex,
        names,
        on_day(loaded, as_of or loaded.as_of or today()),
        _key(key),
        tuple(Path(one).absolute() for one in rules),
        counts,
        errors,
    )
    context = _context(table)
    schema = _schema(table, settings)
    return table.mapInArrow(_function(context.broadcast(settings), schema), schema)


def _key(key: Key | Path | None) -> Key:
    if key is None:
        return Key.new()
    return key if isinstance(key, Key) else Key.load(key)


def _check(table: DataFrame, names: Sequence[str], new: Sequence[str]) -> None:
    kinds = {field.name: field.dataType.simpleString() for field in table.schema.fields}
    for name in names:
        if name not in kinds:
            raise UsageError(f"the table has no column {name}")
        if kinds[name] not in _KINDS:
            raise UsageError(f"column {name} is {kinds[name]}; texts are {', '.join(_KINDS)}")
    if len({*kinds, *new}) < len(table.schema.fields) + len(new):
        raise UsageError("two columns would have the same name")


def _context(table: DataFrame) -> Any:
    """Return the context of a table's session, by which the key is sent to the executors."""
    context = getattr(table.sparkSession, "_sc", None)
    if context is None:
        raise UsageError("Spark Connect has no broadcasts, which the key is sent by")
    if context.getConf().get("spark.io.encryption.enabled", "false") != "true":
        warnings.warn(
            "the key lies unencrypted in Spark's local files: set spark.io.encryption.enabled",
            stacklevel=3,
        )
    return context


def _schema(table: DataFrame, settings: ColumnSettings) -> Any:
    """Return the types of the redacted table: those of the table, and of the new columns."""
    from pyspark.sql.types import IntegerType, MapType, StringType, StructField, StructType

    lost = settings.columns if settings.errors else ()
    fields = [
        StructField(one.name, one.dataType, one.nullable or one.name in lost, one.metadata)
        for one in table.schema.fields
    ]
    if settings.counts:
        kind = MapType(StringType(), IntegerType(), valueContainsNull=False)
        fields.append(StructField(settings.counts, kind, nullable=False))
    if settings.errors:
        fields.append(StructField(settings.errors, StringType()))
    return StructType(fields)


def _function(settings: Any, schema: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Return what Spark calls for each partition."""
    added = [field.name for field in schema.fields]

    def work(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            yield redacted_batch(batch, settings.value, added)

    return work
