"""The columns of a Parquet file, cut into leaves: arrays of texts, numbers and bytes.

A nested column (a list of structs, say) has several. What is not a text, a date, a number of some
digits or a string of bytes has none, and is copied.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types as of

from redactor.formats.embedded import without_metadata

Key = tuple[int, ...]
"""The place of a field: its number in the table, and those of the fields in it."""

TEXTS = "texts"
NUMBERS = "numbers"
BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An array without others in it: the name of its field, and the row of each value."""

    key: Key
    name: str = field(repr=False)
    path: str = field(repr=False)
    values: Any = field(default=None, repr=False)
    rows: Sequence[int] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """Return what its values are, empty for what is no text."""
        return kind_of(self.values.type)

    def texts(self) -> list[str | None]:
        """Return the values as texts, pictures in them without metadata. Raises DamagedDocument."""
        if self.kind == NUMBERS:
            return self.words()
        values: list[Any] = self.values.to_pylist()
        if self.kind == BYTES:
            return [None if value is None else value.decode() for value in values]
        return [one and without_metadata(one) for one in values] if self.has_pictures else values

    def words(self) -> list[str | None]:
        """Return numbers and dates as texts, as a column of strings has them."""
        if of.is_floating(self.values.type):
            return [None if one is None else _decimal(one) for one in self.values.to_pylist()]
        found: list[str | None] = pc.cast(self.values, pa.string()).to_pylist()
        return found

    @property
    def has_pictures(self) -> bool:
        """Tell whether a picture may be in its texts, as a `data:` URL."""
        if self.kind != TEXTS or of.is_string_view(self.values.type):
            return self.kind == TEXTS
        return bool(pc.any(pc.match_substring(self.values, ";base64,")).as_py())


def kind_of(kind: Any) -> str:
    """Return what the values of a type are."""
    if of.is_string(kind) or of.is_large_string(kind) or of.is_string_view(kind):
        return TEXTS
    if of.is_binary(kind) or of.is_large_binary(kind) or of.is_binary_view(kind):
        return BYTES
    if of.is_fixed_size_binary(kind):
        return BYTES
    dated = of.is_date(kind) or of.is_timestamp(kind)
    # Five digits are no number of a telephone or of a person.
    counted = of.is_integer(kind) and kind.bit_width > 16
    return NUMBERS if dated or counted or of.is_floating(kind) or of.is_decimal(kind) else ""


def _decimal(value: float) -> str:
    """Return a number as it is written: pandas makes `15555550123.0` of a column with gaps."""
    return f"{value:.0f}" if value == value // 1 and abs(value) < 1e16 else repr(value)


def has_bytes(kind: Any) -> bool:
    """Tell whether a type has values that are bytes."""
    if kind_of(kind) == BYTES:
        return True
    if of.is_struct(kind) or is_list(kind):
        return any(map(has_bytes, child_types(kind)))
    inner = inner_type(kind)
    return inner is not kind and has_bytes(inner)


def leaves(array: Any, leaf: Leaf) -> Iterator[Leaf]:
    """Yield the leaves of an array, in an order that `rebuilt` keeps."""
    kind = array.type
    if (plain := unwrapped(array)) is not None:
        yield from leaves(plain, leaf)
    elif is_list(kind):
        children, lengths = children_of(array)
        rows = [row for row, size in zip(leaf.rows, lengths, strict=True) for _ in range(size)]
        for number, child in enumerate(children):
            yield from leaves(child, replace(leaf, key=(*leaf.key, number), rows=rows))
    elif of.is_struct(kind):
        for number, child in enumerate(array.flatten()):
            name = kind.field(number).name
            inner = replace(leaf, key=(*leaf.key, number), name=name, path=f"{leaf.path}.{name}")
            yield from leaves(child, inner)
    elif kind_of(kind):
        yield replace(leaf, values=array)


def rebuilt(array: Any, kind: Any, new: Iterator[list[Any] | None]) -> Any:
    """Return an array of another type with new values of its leaves; None for one that is kept."""
    if (plain := unwrapped(array)) is not None:
        return _wrapped(rebuilt(plain, inner_type(kind), new), kind)
    if is_list(array.type):
        children, lengths = children_of(array)
        inner = zip(children, child_types(kind), strict=True)
        return _list(array, kind, [rebuilt(*one, new) for one in inner], lengths)
    if of.is_struct(array.type):
        inner = zip(array.flatten(), child_types(kind), strict=True)
        parts = [rebuilt(*one, new) for one in inner]
        return pa.StructArray.from_arrays(parts, fields=list(kind), mask=array.is_null())
    values = _next(new) if kind_of(array.type) else None
    return array if values is None else pa.array(values, type=kind)


def _next(new: Iterator[list[Any] | None]) -> list[Any] | None:
    for values in new:
        return values
    raise ValueError("a leaf more than there are values for")


def children_of(array: Any) -> tuple[list[Any], list[int]]:
    """Return the values of lists, or the keys and the values of maps, and the lengths."""
    if not of.is_map(array.type):
        return [array.flatten()], pc.list_value_length(array).fill_null(0).to_pylist()
    offsets = array.offsets.to_pylist()
    first, size = offsets[0], offsets[-1] - offsets[0]
    lengths = [end - start for start, end in pairwise(offsets)]
    return [array.keys.slice(first, size), array.items.slice(first, size)], lengths


def child_types(kind: Any) -> list[Any]:
    """Return the types of the children of a list, a map or a struct."""
    if of.is_map(kind):
        return [kind.key_type, kind.item_type]
    return [one.type for one in kind] if of.is_struct(kind) else [kind.value_type]


def _list(array: Any, kind: Any, children: list[Any], lengths: list[int]) -> Any:
    mask = array.is_null()
    if of.is_fixed_size_list(kind):
        size = kind.list_size
        values = _spread(children[0], mask.to_pylist(), size)
        return pa.FixedSizeListArray.from_arrays(values, type=kind, mask=mask)
    ends = [0]
    for size in lengths:
        ends.append(ends[-1] + size)
    offsets = pa.array(ends, pa.int64() if of.is_large_list(kind) else pa.int32())
    if of.is_map(kind):
        holes = [None if null else end for null, end in zip(mask.to_pylist(), ends, strict=False)]
        offsets = pa.array([*holes, ends[-1]], pa.int32())
        return pa.MapArray.from_arrays(offsets, *children, type=kind)
    made = pa.LargeListArray if of.is_large_list(kind) else pa.ListArray
    return made.from_arrays(offsets, children[0], type=kind, mask=mask)


def _spread(values: Any, nulls: list[bool], size: int) -> Any:
    """Return the values of lists of one size, with as many nulls for each list that is none."""
    at = 0
    places: list[int | None] = []
    for null in nulls:
        places += [None] * size if null else range(at, at + size)
        at += 0 if null else size
    return values.take(pa.array(places, pa.int64()))


def unwrapped(array: Any) -> Any:
    """Return the array in one of dictionaries, runs or an extension; None for any other."""
    if of.is_dictionary(array.type):
        return array.dictionary_decode()
    if of.is_run_end_encoded(array.type):
        return pc.run_end_decode(array)
    return array.storage if isinstance(array.type, pa.BaseExtensionType) else None


def inner_type(kind: Any) -> Any:
    """Return the type of the values of such an array."""
    if of.is_dictionary(kind) or of.is_run_end_encoded(kind):
        return kind.value_type
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


def _wrapped(array: Any, kind: Any) -> Any:
    if of.is_dictionary(kind):
        return array.dictionary_encode().cast(kind)
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, array)
    return array


def is_list(kind: Any) -> bool:
    """Tell whether a type is one of lists; a map is a list of pairs."""
    return bool(
        of.is_list(kind) or of.is_large_list(kind) or of.is_fixed_size_list(kind) or of.is_map(kind)
    )


def retyped(field: Any, key: Key, names: Mapping[Key, str], strings: Container[Key]) -> Any:
    """Return a field with new names, and with strings where its leaves are to be such."""
    kind = _retyped(field.type, key, names, strings)
    return field.with_type(kind).with_name(names.get(key, field.name))


def _retyped(kind: Any, key: Key, names: Mapping[Key, str], strings: Container[Key]) -> Any:
    if key in strings:
        return pa.string()
    if of.is_struct(kind):
        return pa.struct(
            [retyped(one, (*key, number), names, strings) for number, one in enumerate(kind)]
        )
    if is_list(kind):
        types = enumerate(child_types(kind))
        return _list_of(kind, [_retyped(one, (*key, at), names, strings) for at, one in types])
    plain = inner_type(kind)
    new = kind if plain is kind else _retyped(plain, key, names, strings)
    # A dictionary of numbers of which one is a string now is a column of strings.
    return kind if new == plain and not of.is_run_end_encoded(kind) else new


def _list_of(kind: Any, inner: list[Any]) -> Any:
    if of.is_map(kind):
        return pa.map_(*inner, keys_sorted=kind.keys_sorted)
    value = kind.value_field.with_type(inner[0])
    if of.is_fixed_size_list(kind):
        return pa.list_(value, kind.list_size)
    return pa.large_list(value) if of.is_large_list(kind) else pa.list_(value)


def fields_of(schema: Any) -> Iterator[tuple[Key, str, Any]]:
    """Yield the place, the name and the field of each field, those in structs too."""
    for number, one in enumerate(schema):
        yield (number,), one.name, one
        yield from _inside(one.type, (number,))


def _inside(kind: Any, key: Key) -> Iterator[tuple[Key, str, Any]]:
    if of.is_struct(kind):
        for number, one in enumerate(kind):
            yield (*key, number), one.name, one
            yield from _inside(one.type, (*key, number))
    elif is_list(kind):
        for number, inner in enumerate(child_types(kind)):
            yield from _inside(inner, (*key, number))
    elif inner_type(kind) is not kind:
        yield from _inside(inner_type(kind), key)
