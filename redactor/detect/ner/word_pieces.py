"""The encoder's input: word pieces, the case of each word, and the gap before each piece.

The encoder's vocabulary has no capitals and no white space, and both say much about names:
"will" and "Will", a signature on a line of its own. So every piece carries three numbers: its
entry in the vocabulary, the case of its word, and the gap between it and the piece before.
Training and detection both use this module, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

Numbers = NDArray[np.int64]

# Cases of a word.
OTHER, LOWER, TITLE, UPPER, MIXED, DIGITS, INITIAL = range(7)
CASES = 7
# The gap before a piece.
INSIDE, TOUCHING, SPACE, LINE, PARAGRAPH = range(5)
GAPS = 5


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one text, each array of one length; `repr` shows no text.

    `starts` and `ends` are character offsets, `words` numbers the words from 0 without a gap.
    """

    ids: Numbers = field(repr=False)
    cases: Numbers = field(repr=False)
    gaps: Numbers = field(repr=False)
    words: Numbers = field(repr=False)
    starts: Numbers = field(repr=False)
    ends: Numbers = field(repr=False)

    def __len__(self) -> int:
        return len(self.ids)


def pieces(tokenizer: Tokenizer, texts: list[str]) -> Iterator[Pieces]:
    """Yield the pieces of each text."""
    for text, encoding in zip(
        texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True
    ):
        yield _pieces(text, encoding)


def _pieces(text: str, encoding: Encoding) -> Pieces:
    offsets = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    words = np.asarray(encoding.word_ids, dtype=np.int64)
    first = np.flatnonzero(np.diff(words, prepend=-1))
    last = np.append(first[1:], len(words)) - 1 if len(words) else first
    cases = [
        case_of(text[start:end])
        for start, end in zip(offsets[first, 0].tolist(), offsets[last, 1].tolist(), strict=True)
    ]
    gaps = np.zeros(len(words), dtype=np.int64)
    gaps[first] = list(_gaps(text, offsets[first, 0].tolist(), offsets[last, 1].tolist()))
    lengths = last - first + 1
    return Pieces(
        np.asarray(encoding.ids, dtype=np.int64),
        np.repeat(np.asarray(cases, dtype=np.int64), lengths),
        gaps,
        np.repeat(np.arange(len(first)), lengths),
        offsets[:, 0],
        offsets[:, 1],
    )


def _gaps(text: str, starts: list[int], ends: list[int]) -> Iterator[int]:
    yield from (PARAGRAPH for _ in starts[:1])
    for end, start in zip(ends, starts[1:], strict=False):
        yield _gap(text[end:start])


def case_of(word: str) -> int:
    """Return the case of a word: one of the numbers above."""
    if not word.isalpha():
        return DIGITS if any(map(str.isdigit, word)) else OTHER
    if word.islower():
        return LOWER
    if word.isupper():
        return INITIAL if len(word) == 1 else UPPER
    return TITLE if word.istitle() else MIXED if word != word.lower() else OTHER


def _gap(between: str) -> int:
    if not between:
        return TOUCHING
    lines = between.count("\n")
    return SPACE if lines == 0 else LINE if lines == 1 else PARAGRAPH
