"""The laws of tokenized formats, as functions of a format and the bytes of a document."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Sequence

from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.model import Slot

Span = tuple[int, int, int, str]
"""Which token with a text, start and end in its text, and what is put there."""


def read(form: Tokenized, data: bytes, hints: Hints | None = None) -> tuple[Layout, list[Token]]:
    """Return the layout and the tokens of a document, whose own laws are checked."""
    layout = form.layout(io.BytesIO(data), hints or Hints())
    return layout, tokens_of(form, data, layout)


def tokens_of(form: Tokenized, data: bytes, layout: Layout) -> list[Token]:
    tokens = list(form.tokens(io.BytesIO(data), layout))
    assert b"".join(token.raw for token in tokens) == data, "tokens tile"
    for token in tokens:
        assert (token.text is None) == (token.codec is None)
        if token.text is not None and token.codec is not None:
            places = list(token.codec.offsets(token.raw))
            assert len(places) == len(token.text) + 1, "an offset for each character, and the end"
            assert places == sorted(places)
            assert places[0] >= 0
            assert places[-1] <= len(token.raw)
    return tokens


def texts_of(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.text is not None]


def fields(tokens: Sequence[Token], texts: Sequence[str] | None = None) -> list[str]:
    """Return texts as they are read: what joins goes on from the last text of its kind."""
    found: list[list[str]] = []
    last: dict[object, list[str]] = {}
    with_text = texts_of(tokens)
    for token, text in zip(with_text, texts or [t.text or "" for t in with_text], strict=True):
        kind = token.location.kind
        if not (token.joins and kind in last):
            found.append([])
            last[kind] = found[-1]
        last[kind].append(text)
    return ["".join(parts) for parts in found]


def applied(tokens: Sequence[Token], edits: Sequence[Span]) -> list[str]:
    """Return the texts of all tokens with the edits, which are sorted."""
    texts = [token.text or "" for token in texts_of(tokens)]
    for index, start, end, replacement in reversed(edits):
        texts[index] = texts[index][:start] + replacement + texts[index][end:]
    return texts


def rewritten(tokens: Sequence[Token], edits: Sequence[Span]) -> bytes:
    """Return the bytes of a document with the edits, which are sorted."""
    parts: list[bytes] = []
    number = -1
    for token in tokens:
        number += token.text is not None
        raw = token.raw
        here = [edit for edit in edits if edit[0] == number] if token.codec else []
        if here and token.codec:
            places = token.codec.offsets(token.raw)
            for _, start, end, replacement in reversed(here):
                raw = raw[: places[start]] + token.codec.encode(replacement) + raw[places[end] :]
        parts.append(raw)
    return b"".join(parts)


WORD = re.compile(r"[^\W_]{3,}")
WHOLE = re.compile(r"(?s).+")


def words_replaced(tokens: Sequence[Token], rng: random.Random, share: float) -> list[Span]:
    """Return edits that replace some words, as a redaction does; a number goes whole."""
    return [
        (number, *word.span(), rng.choice(["[X]", "[PERSON_7FQ2M9XA]"]))
        for number, token in enumerate(texts_of(tokens))
        for word in (WHOLE if token.slot is Slot.NUMBER else WORD).finditer(token.text or "")
        if rng.random() < share
    ]


def all_replaced(tokens: Sequence[Token], pattern: str, replacement: str) -> list[Span]:
    """Return edits that replace all a pattern finds, across tokens that join."""
    edits: list[Span] = []
    places: list[list[tuple[int, int]]] = []
    parts: list[list[str]] = []
    last: dict[object, int] = {}
    for number, token in enumerate(texts_of(tokens)):
        kind = token.location.kind
        if not (token.joins and kind in last):
            last[kind] = len(parts)
            parts.append([])
            places.append([])
        field = last[kind]
        places[field].append((number, sum(map(len, parts[field]))))
        parts[field].append(token.text or "")
    for field, texts in zip(places, parts, strict=True):
        for found in re.finditer(pattern, "".join(texts)):
            put = replacement
            for (number, base), text in zip(field, texts, strict=True):
                start, end = max(found.start() - base, 0), min(found.end() - base, len(text))
                if start < end:
                    edits.append((number, start, end, put))
                    put = ""
    return sorted(edits)
