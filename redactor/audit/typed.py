"""Records of a log, read into dataclasses: the other way round than `records.to_fields`. Pure.

A log may be older, newer or damaged, so reading is lenient: a field that the dataclass does not
have is ignored, and one that the record lacks, or has as something else, is the dataclass's
default, or else the empty value of its type. Which dataclass is the reader's choice: one of
`records`, or a row with those fields that the reader needs, under the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from redactor.audit.records import Json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["from_fields"]

Kind = TypeVar("Kind", bound="DataclassInstance")
Reader: TypeAlias = Callable[[Json], Any]


def from_fields(kind: type[Kind], record: Mapping[str, Json]) -> Kind:
    """Return a record as an instance of a dataclass: `{"run": "4f2a", "new": 1}` -> `RunEnd(...)`.

    Raises ValueError, which quotes nothing, where the dataclass refuses the values, or needs a
    member of an enumeration that the record does not name.
    """
    values: dict[str, Any] = {}
    for name, read, empty in _table(kind):
        value = record.get(name)
        found = None if value is None else read(value)
        if found is None and empty is _NONE_SUCH:
            raise ValueError(f"a record lacks its {name}")
        if found is not None or empty is not _DEFAULT:
            values[name] = empty if found is None else found
    return kind(**values)


_DEFAULT = object()  # stands for the default of a field, which is left to the dataclass
_NONE_SUCH = object()  # stands where there is no empty value: an enumeration has none


@cache
def _table(kind: type[DataclassInstance]) -> tuple[tuple[str, Reader, Any], ...]:
    """Return each field's name, the function that reads it, and the default for a missing one."""
    hints = get_type_hints(kind)
    return tuple(
        (one.name, _reader(hints[one.name]), _empty(one, hints[one.name])) for one in fields(kind)
    )


def _empty(one: Field[Any], hint: Any) -> Any:
    """Return the empty value of a field's type: `tuple[str, ...]` -> `()`, `int | None` -> None."""
    if one.default is not MISSING or one.default_factory is not MISSING:
        return _DEFAULT
    if get_origin(hint) is tuple:
        return ()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _NONE_SUCH
    return "" if get_origin(hint) is Literal else _EMPTY.get(hint)


def _reader(hint: Any) -> Reader:
    """Return what reads a value of a type, or gives None for one of another type."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:  # with None, or of literals, which are read alike
        return _reader(next(kind for kind in inner if kind is not NoneType))
    if origin is tuple and get_origin(inner[0]) is tuple:
        return partial(_pairs, read=_reader(get_args(inner[0])[1]))
    if origin is tuple:
        return _texts
    if isinstance(hint, type) and issubclass(hint, Enum):
        return partial(_member, kind=hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: from_fields(hint, value) if isinstance(value, Mapping) else None
    return str if origin is Literal else _PLAIN[hint]


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None


# How a value of each plain type is read, and the value of a missing one.
_PLAIN: Mapping[Any, Reader] = {str: str, int: _whole, float: _number, bool: bool}
_EMPTY: Mapping[Any, Any] = {str: "", int: 0, float: 0.0, bool: False}


def _texts(value: Json) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else None


def _pairs(value: Json, read: Reader) -> tuple[tuple[str, Any], ...] | None:
    """Return pairs, which a record holds as an object, or as a list of lists of two."""
    if isinstance(value, Mapping):
        return tuple((name, read(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        pairs = [one for one in value if isinstance(one, list | tuple) and len(one) == 2]
        return tuple((str(name), read(one)) for name, one in pairs)
    return None


def _member(value: Json, kind: type[Enum]) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"a record has no such {kind.__name__}") from None
