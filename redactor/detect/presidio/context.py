"""The words around a finding, as Presidio's context enhancer counts them.

It counts the five words before a finding that are neither stop words nor signs, and the word it
begins in, or the next that counts. Presidio tokenises the whole text for that, and walks the tokens
from the first for every result. Here only the few words that count are tokenised: text between
blanks has the same tokens wherever it occurs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import regex
import spacy
from presidio_analyzer import RecognizerResult
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from redactor.text import mask_symbol_runs

__all__ = ["ENHANCER", "Surroundings", "Words", "singular"]

ENHANCER = LemmaContextAwareEnhancer(context_matching_mode="whole_word")

_LONGEST = 1_000  # characters without a blank between them that are cut together
_BLANK = r"\s\x1c-\x1f"
_PIECE = rf"[^{_BLANK}]{{1,{_LONGEST}}}+|[{_BLANK}]++"
_BACK = regex.compile(f"(?r)(?:{_PIECE})")
_ON = regex.compile(_PIECE)
_LONG = regex.compile(rf"(?<![^{_BLANK}])[^{_BLANK}]{{{_LONGEST + 1},}}+")

_Tokens = tuple[tuple[int, ...], tuple[str, ...]]
_MOST = ENHANCER.context_prefix_count + 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where a piece stops, and its tokens: where they end, from its start, and their forms."""

    stop: int
    ends: tuple[int, ...]
    forms: tuple[str, ...]


class Words:
    """A tokeniser for text between blanks, as spaCy does it, that knows which words count."""

    def __init__(self, language: str) -> None:
        nlp = spacy.blank(language)
        self._tokenizer, self._vocab = nlp.tokenizer, nlp.vocab

    def tokens(self, text: str) -> _Tokens:
        """Return where the tokens of a text without blanks end, and their forms."""
        cut = self._tokenizer(text)
        ends = tuple(one.idx + len(one) for one in cut)
        return ends, tuple(singular(one.lower_) for one in cut)

    def counts(self, form: str) -> bool:
        """Tell whether a form is neither a stop word nor a sign."""
        lexeme: Any = self._vocab[form]
        return not lexeme.is_stop and not lexeme.is_punct and form != "be"


class Surroundings:
    """The words around positions of one text.

    The text is taken in pieces: blanks, or text between blanks. The words of a piece are cached, so
    that words far away are not searched for again for each result.
    """

    def __init__(self, text: str, words: Words) -> None:
        self._source, self._words = text, words
        self._around: dict[int, frozenset[str]] = {}
        self._pieces: dict[int, _Piece] = {}
        self._counting: dict[str, bool] = {}
        self._earlier: dict[int, tuple[str, ...]] = {}
        self._next: dict[int, tuple[str, ...]] = {}

    def weigh(self, result: RecognizerResult, context: Iterable[str]) -> None:
        """Raise the score of a result, if one of its recogniser's context words is near."""
        around = self.at(result.start)
        word = next((one for one in context if one.lower() in around), None)
        if word is not None:
            raised = result.score + ENHANCER.context_similarity_factor
            raised = max(raised, ENHANCER.min_score_with_context_similarity)
            result.score = min(raised, ENHANCER.MAX_SCORE)
            result.analysis_explanation.set_supportive_context_word(word)
            result.analysis_explanation.set_improved_score(result.score)

    def at(self, start: int) -> frozenset[str]:
        """Return the words that count for a finding that begins at a place, in small letters."""
        if start not in self._around:
            self._around[start] = frozenset(self._words_at(start))
        return self._around[start]

    def _words_at(self, start: int) -> Iterator[str]:
        """Yield the words from the token at a place back, and the first from it on."""
        low = self._begin(start)
        piece = self._piece(low)
        which = bisect_right(piece.ends, start - low)
        yield from self._last(piece.forms[: which + 1], low)
        yield from self._first(piece.forms[which:], piece.stop)

    def _last(self, forms: Sequence[str], low: int) -> tuple[str, ...]:
        """Return the last words of some forms, and of the text before a piece."""
        found = tuple(islice(filter(self._counts, reversed(forms)), _MOST))
        return (found + self._before(low))[:_MOST] if len(found) < _MOST else found

    def _before(self, low: int) -> tuple[str, ...]:
        """Return the last words before a piece, the nearest first."""
        found: tuple[str, ...] = ()
        at = low
        while at > 0 and at not in self._earlier and len(found) < _MOST:
            at = self._begin(at - 1)
            found += tuple(filter(self._counts, reversed(self._piece(at).forms)))
        self._earlier[low] = (found + self._earlier.get(at, ()))[:_MOST]
        return self._earlier[low]

    def _first(self, forms: Sequence[str], stop: int) -> tuple[str, ...]:
        """Return the first word of some forms, or of the text behind a piece."""
        return tuple(islice(filter(self._counts, forms), 1)) or self._after(stop)

    def _after(self, stop: int) -> tuple[str, ...]:
        """Return the first word from a piece on."""
        found: tuple[str, ...] = ()
        passed = []
        while not found and stop < len(self._text) and stop not in self._next:
            passed.append(stop)
            piece = self._piece(stop)
            found = tuple(islice(filter(self._counts, piece.forms), 1))
            stop = piece.stop
        found = found or self._next.get(stop, ())
        self._next.update(dict.fromkeys(passed, found))
        return found

    @cached_property
    def _text(self) -> str:
        return mask_symbol_runs(self._source)

    @cached_property
    def _long(self) -> list[tuple[int, int]]:
        """Return where the rows without a blank begin and end that are cut into pieces."""
        return [found.span() for found in _LONG.finditer(self._text)]

    def _begin(self, at: int) -> int:
        """Return where the piece begins that a place is in."""
        piece = _ON.match(self._text, at)
        found = piece and _BACK.match(self._text, 0, piece.end())
        if not found:
            return at
        return found.start() if len(found.group()) < _LONGEST else self._cut(at, found.start())

    def _cut(self, at: int, start: int) -> int:
        """Return where the piece begins that a place is in, if it is one of a very long row."""
        which = bisect_right(self._long, at, key=lambda row: row[0]) - 1
        if which < 0 or at >= self._long[which][1]:
            return start
        return at - (at - self._long[which][0]) % _LONGEST

    def _piece(self, low: int) -> _Piece:
        """Return the piece that begins at a place; of blanks the first belongs to the word before.

        Blanks count as a word, as they do for spaCy.
        """
        if low not in self._pieces:
            found = _ON.match(self._text, low)
            text = found.group() if found else ""
            if text.isspace() and low and text[0] == " ":
                tokens = _one(text, text[1:])
            else:
                tokens = _one(text, text) if text.isspace() else self._words.tokens(text)
            self._pieces[low] = _Piece(low + len(text), *tokens)
        return self._pieces[low]

    def _counts(self, form: str) -> bool:
        if form not in self._counting:
            sure = ":" not in form and self._words.counts(form)
            self._counting[form] = sure or form in self._halves
        return self._counting[form]

    @cached_property
    def _halves(self) -> frozenset[str]:
        """Return the text on one side of a colon within a token.

        To Presidio these are words of the text, so that a stop word counts if it is one of them.
        """
        halves: set[str] = set()
        at = self._text.find(":")
        while at >= 0:
            piece = self._piece(self._begin(at))
            forms = [one for one in piece.forms if ":" in one and self._words.counts(one)]
            halves.update(*(one.split(":") for one in forms))
            at = self._text.find(":", piece.stop)
        return frozenset(halves)


def _one(piece: str, form: str) -> _Tokens:
    return ((len(piece),), (form,)) if form else ((), ())


def singular(word: str) -> str:
    """Return a word without the s of its plural."""
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us"))
    return word[:-1] if plural else word
