"""Gazetteer features of the fast name model: which lists of names a word is on.

The model carries a Bloom filter for each list, so it ships hundreds of thousands of names in half
a megabyte, and none of them as text. A filter never misses a word of its list and takes about one
other word in a hundred for a listed one. The keys are spaCy's own 64-bit hashes of the word in
small letters, which every `Doc` has already: a batch is looked up by a few array operations.

A listed name proves nothing, and most names of a text are on no list. Yet the training text is
full of names drawn from these same lists, and would teach that a name is always listed. So in
training a share of the words loses its marks, another share at every batch, and all mentions of a
word together, as a rare name is unknown throughout a document. The full list is shipped: a part
held out for good would be lost to the user, and would be only one such part.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.strings import get_string_id
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import (
    Embed,
    HashEmbed,
    Maxout,
    Model,
    chain,
    concatenate,
    list2ragged,
    ragged2list,
    with_array,
)
from thinc.types import Floats2d, Ints2d

KINDS = ("given", "usual_given", "surname", "usual_surname", "place", "organisation", "ordinary")
ARCHITECTURE = "redactor.ListEmbed.v1"
BITS, PROBES = 10, 7  # a word: one stranger in 120 passes
_FEATURES = "list_features"
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)

Keys = NDArray[np.uint64]


def keys_of(words: Iterable[str]) -> Keys:
    """The keys of words that are in small letters already, as `Doc.to_array("LOWER")` has them."""
    return np.array([get_string_id(word) for word in words], dtype=np.uint64)


def filter_of(words: Iterable[str]) -> bytes:
    """A Bloom filter over words in small letters; the same words always give the same bytes."""
    keys = keys_of(sorted(set(words)))
    size = max(1, -(-len(keys) * BITS // 8)) * 8
    bits = np.zeros(size, dtype=np.uint8)
    bits[_probes(keys, size)] = 1
    return np.packbits(bits).tobytes()


def held(listed: bytes, keys: Keys) -> NDArray[np.bool_]:
    """Which of the keys the filter holds; an empty filter holds none."""
    if not listed:
        return np.zeros(len(keys), dtype=np.bool_)
    table = np.frombuffer(listed, dtype=np.uint8)
    probes = _probes(keys, len(table) * 8)
    bits = table[probes >> 3] >> (7 - (probes & 7)).astype(np.uint8) & 1
    found: NDArray[np.bool_] = bits.all(axis=1)
    return found


def _probes(keys: Keys, size: int) -> NDArray[np.int64]:
    stride = (keys >> _HALF) | np.uint64(1)
    turns = np.arange(PROBES, dtype=np.uint64)
    probes = ((keys & _LOW)[:, None] + stride[:, None] * turns) % np.uint64(size)
    return probes.astype(np.int64)


def marks(filters: Sequence[bytes], keys: Keys) -> Keys:
    """For each key one number, whose bit n tells whether filter n holds the key."""
    found = np.zeros(len(keys), dtype=np.uint64)
    for number, listed in enumerate(filters):
        found |= held(listed, keys).astype(np.uint64) << np.uint64(number)
    return found


def forgotten(keys: Keys, share: float, salt: int) -> NDArray[np.bool_]:
    """Which keys lose their marks: about this share, the same ones for the same odd salt."""
    drawn: NDArray[np.bool_] = (keys * np.uint64(salt)) >> _HALF < np.uint64(share * 2**32)
    return drawn


def list_features(columns: list[str], drop: float) -> Model[list[Doc], list[Ints2d]]:
    """The attributes of each token, and the marks of the lists as the last column."""
    attrs = {"columns": columns, "forget": drop, "filters": [b""] * len(KINDS)}
    return Model(_FEATURES, _forward, attrs=attrs)


def _forward(
    model: Model[list[Doc], list[Ints2d]], docs: list[Doc], is_train: bool
) -> tuple[list[Ints2d], Callable[[list[Ints2d]], list[Doc]]]:
    columns = ["LOWER", *model.attrs["columns"]]
    arrays = [doc.to_array(columns) for doc in docs]
    table = np.concatenate(arrays) if arrays else np.zeros((0, len(columns)), dtype=np.uint64)
    keys = table[:, 0]
    found = marks(model.attrs["filters"], keys)
    if is_train:
        salt = random.getrandbits(64) | 1
        found[forgotten(keys, model.attrs["forget"], salt)] = 0
    table = np.concatenate([table[:, 1:], found[:, None]], axis=1)
    ends = np.cumsum([len(doc) for doc in docs])[:-1]
    parts = np.split(table, ends)[: len(docs)]
    return [model.ops.asarray2i(cast(Ints2d, part), dtype="uint64") for part in parts], lambda _: []


def list_embed(
    width: int, attrs: list[str], rows: list[int], mark_width: int, drop: float
) -> Model[list[Doc], list[Floats2d]]:
    """An embedding of tokens for a spaCy `Tok2Vec`: hashed attributes, and what the lists say.

    `width` is the width of the output and of each hashed table, which `rows` gives the length of;
    `mark_width` that of the table with one row for every set of lists; `drop` the share of words
    that lose their marks in training. Built as spaCy's `MultiHashEmbed`, with one column more.
    """
    tables: list[Model[Any, Any]] = [
        HashEmbed(width, size, column=column, seed=8 + column, dropout=0.0)
        for column, size in enumerate(rows)
    ]
    listed: Model[Any, Any] = Embed(mark_width, 2 ** len(KINDS), column=len(rows), dropout=0.0)
    mixed = Maxout(width, width * len(rows) + mark_width, nP=3, dropout=0.0, normalize=True)
    return chain(
        list_features(attrs, drop),
        list2ragged(),
        with_array(concatenate(*tables, listed)),
        with_array(mixed),
        ragged2list(),
    )


def set_filters(model: Model[Any, Any], filters: Sequence[bytes]) -> None:
    """Set the filters of a model, in the order of `KINDS`.

    A model without a place for them is fine.
    """
    if len(filters) != len(KINDS):
        raise ValueError(len(filters))
    for node in model.walk():
        if node.name == _FEATURES:
            node.attrs["filters"] = list(filters)


registry.architectures(ARCHITECTURE, func=list_embed)
