"""Documents in columns of bytes: pictures, PDF, whatever their content is.

A column of bytes of which some value is no text holds documents, each examined by its content, as
files without a suffix are. Its layout names it, so that a copy is read in the same way.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from redactor.formats.base import Member
from redactor.formats.parquet.columns import BYTES, Key, Leaf, has_bytes
from redactor.formats.parquet.rows import leaves_of, opened, parts
from redactor.formats.signatures import known_content, medium_of

Place = tuple[int, int, int]
"""The number of a piece of the rows, of a leaf in it, and of a value in that."""


@dataclass(frozen=True, slots=True)
class Document:
    """A value that is a document: its number from 1, and its place."""

    number: int
    place: Place
    data: bytes = field(repr=False)


def written(keys: Sequence[Key]) -> str:
    """Return the columns of documents as a layout has them: `4 7.1`."""
    return " ".join(".".join(map(str, key)) for key in keys)


def columns(source: BinaryIO) -> list[Key]:
    """Return the columns of bytes that are no texts. Raises InputError."""
    file = opened(source)
    if not any(has_bytes(one.type) for one in file.schema_arrow):
        return []
    found: dict[Key, None] = {}
    for batch in parts(file):
        for leaf in leaves_of(batch):
            if leaf.kind == BYTES and leaf.key not in found and not _is_text(leaf):
                found[leaf.key] = None
    return sorted(found)


def _is_text(leaf: Leaf) -> bool:
    """Tell whether all values are texts, and none is of a type that begins as a text does."""
    for value in leaf.values.to_pylist():
        if not value:
            continue
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return False
        if "\0" in text or medium_of(value) or known_content(value):
            return False
    return True


def documents(source: BinaryIO, keys: Container[Key]) -> Iterator[Document]:
    """Yield the documents in some columns, in an order that a copy has too. Raises InputError."""
    count = 0
    for part, batch in enumerate(parts(opened(source))):
        for number, leaf in enumerate(leaves_of(batch)):
            if leaf.key not in keys:
                continue
            for place, value in enumerate(leaf.values.to_pylist()):
                if value and value.strip(b"\0"):  # zeros are what is left of one that is left out
                    count += 1
                    yield Document(count, (part, number, place), value)


def members(source: BinaryIO, keys: Container[Key]) -> Iterator[Member]:
    """Yield the documents as members. Raises InputError."""
    for one in documents(source, keys):
        yield Member(one.number, (), _opening(one.data), hint="cell")


def _opening(data: bytes) -> Callable[[], AbstractContextManager[BinaryIO]]:
    @contextmanager
    def opening() -> Iterator[BinaryIO]:
        yield io.BytesIO(data)

    return opening


def changes(
    source: BinaryIO, keys: Container[Key], contents: Mapping[int, BinaryIO | None]
) -> dict[tuple[int, int], dict[int, bytes]]:
    """Return the new documents by piece and leaf: empty, or zeros, for one that is left out."""
    found: dict[tuple[int, int], dict[int, bytes]] = {}
    for one in documents(source, keys) if contents else ():
        if one.number in contents:
            part, leaf, place = one.place
            found.setdefault((part, leaf), {})[place] = _content(contents[one.number])
    return found


def _content(file: BinaryIO | None) -> bytes:
    if file is None:
        return b""
    file.seek(0)
    return file.read()


def fitting(value: bytes, kind: Any) -> bytes:
    """Return nothing as zeros in a column whose values are of one length."""
    width = getattr(kind, "byte_width", 0) if "fixed_size" in str(kind) else 0
    return value or bytes(width)


def digests(copy: BinaryIO, keys: Container[Key]) -> list[str]:
    """Return the SHA-256 of the documents in a copy, sorted. Raises InputError."""
    return sorted(hashlib.sha256(one.data).hexdigest() for one in documents(copy, keys))
