"""The words of a text, without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import accumulate
from typing import NamedTuple

import regex

__all__ = ["Word", "as_words", "mask_symbol_runs", "normalize", "normalized_tokens", "words"]

_SIGNS = re.compile(r"[^\w\s]{8,}")

# Scripts written without spaces are cut into characters, so that a name inside them is a word.
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = regex.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+")
# What `_WORD` finds in ASCII, in small letters. One set comes first: the search for that is quick.
_ASCII_WORD = re.compile("([a-z0-9][a-z0-9]*)")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ACCENTS = re.compile("[\u0300-\u036f]")


class Word(NamedTuple):
    """A word of a text: its span there, and its form without case and accents.

    A tuple, since a text of a megabyte has 200,000 of them.
    """

    start: int
    end: int
    form: str

    def __repr__(self) -> str:
        """Return the span alone."""
        return f"Word(start={self.start}, end={self.end})"


def mask_symbol_runs(text: str) -> str:
    """Return a text of the same length without long runs of signs, which tokenizers choke on."""
    return _SIGNS.sub(lambda run: " " * len(run.group()), text)


def normalize(text: str) -> str:
    """Return the form in which two spellings of a value are equal: words without case, accents."""
    return " ".join(word.form for word in words(text))


def words(text: str) -> Iterator[Word]:
    """Return the words of a (normalised) text, in order."""
    return as_words(normalized_tokens(text))


def as_words(tokens: Iterable[tuple[int, int, str]]) -> Iterator[Word]:
    """Return what `normalized_tokens` yields as words: `Word._make`, without a call for each."""
    make: Callable[[tuple[int, int, str]], Word] = partial(tuple.__new__, Word)
    return map(make, tokens)


def normalized_tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and form of each word of a text: `words`, in less time.

    No word reaches over a line end; lines of nothing but ASCII have a simpler pattern.
    """
    done = 0
    while not text.isascii() and (foreign := _FOREIGN.search(text, done)):
        start = text.rfind("\n", done, foreign.start()) + 1
        end = text.find("\n", foreign.end())
        end = len(text) if end < 0 else end
        yield from _ascii_tokens(text[done:start], done)
        for word in _WORD.finditer(text, start, end):
            yield word.start(), word.end(), _form(word.group())
        done = end
    yield from _ascii_tokens(text[done:], done)


def _ascii_tokens(text: str, offset: int) -> Iterator[tuple[int, int, str]]:
    """Return start, end and form of each word of ASCII, which begins at an offset."""
    cut = _ASCII_WORD.split(text.lower())  # what is between words, and words, in turns
    ends = list(accumulate(map(len, cut), initial=offset))
    return zip(ends[1::2], ends[2::2], cut[1::2], strict=False)


def _form(word: str) -> str:
    form = word.casefold()
    return form if form.isascii() else _without_accents(form)


@lru_cache(maxsize=1 << 16)
def _without_accents(form: str) -> str:
    marked = unicodedata.normalize("NFD", form)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", marked))
