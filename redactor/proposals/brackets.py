"""Marks in a text itself: brackets around each place, `⟦PERSON 7-3f2a|Teodor Vance⟧`.

The brackets are a pair that the document does not have, so nothing in it need be escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from redactor.errors import MarksError
from redactor.proposals.places import STAMP, Place, Words, words_of

PAIRS = ("⟦⟧", "⟪⟫", "⦗⦘", "⧼⧽", "⦃⦄", "⦅⦆")
"""Brackets that texts hardly have; mathematical ones, which no program changes for others."""

SAYS = (
    "PRIVATE, NOT REDACTED. What is in brackets like these is to be removed. Take brackets and "
    "what is before the bar away, and the text is kept; put another text into such brackets, "
    "behind a bar (PERSON| or | alone), and it is removed. Change nothing else."
)

# What the first text of a marked copy begins with: a bracket, and no other up to the stamp.
_HEAD = re.compile(
    f"(?P<opens>[{''.join(pair[0] for pair in PAIRS)}])PRIVATE, NOT REDACTED"
    f"[^{''.join(PAIRS)}]*{STAMP.pattern}"
)


def pair_of(texts: Iterable[str]) -> str:
    """Return the pair of brackets that no text has. Raises MarksError if they have all."""
    left = list(PAIRS)
    for text in texts:
        left = [pair for pair in left if pair[0] not in text and pair[1] not in text]
    if not left:
        raise MarksError("has every pair of brackets that marks are made of")
    return left[0]


def head(pair: str, stamp: str) -> str:
    """Return what a marked copy says first."""
    return f"{pair[0]}{SAYS} {stamp}{pair[1]}"


def opened(pair: str, place: Place) -> str:
    """Return what begins the mark of a place."""
    return f"{pair[0]}{place.words}|"


def head_of(text: str) -> tuple[str, tuple[str, str]] | None:
    """Return the pair of brackets that a text names first, and its stamp; None if it has none."""
    found = _HEAD.search(text)
    if found is None:
        return None
    pair = next(pair for pair in PAIRS if pair[0] == found["opens"])
    return pair, (found[2], found[3])


def split(text: str, pair: str, where: Callable[[], str]) -> Iterator[tuple[Words | None, str]]:
    """Yield the pieces of a text, each with what its mark says; a head is none.

    Raises MarksError, with what `where` says then, for half a mark and for one in another.
    """
    inner: str | None = None
    for piece in re.split(f"([{re.escape(pair)}])", text):
        if piece == pair[0] and inner is None:
            inner = ""
        elif piece == pair[1] and inner is not None:
            if not _is_head(inner):
                yield _marked(inner, where)
            inner = None
        elif piece in {*pair}:
            raise MarksError(f"has half of a mark, or one in another, {where()}")
        elif inner is not None:
            inner = piece
        elif piece:
            yield None, piece
    if inner is not None:
        raise MarksError(f"has half of a mark, which has no end, {where()}")


def _is_head(inner: str) -> bool:
    return inner.startswith("PRIVATE, NOT REDACTED") and STAMP.search(inner) is not None


def _marked(inner: str, where: Callable[[], str]) -> tuple[Words, str]:
    said, bar, text = inner.partition("|")
    words = words_of(said)
    if not bar or words is None:
        raise MarksError(f"has a mark whose words are changed, {where()}")
    return words, text
