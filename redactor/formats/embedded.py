"""Pictures within texts: `data:` URLs in pages, styles and scripts, and codes cut into pieces.

The tokens of a format are read through this: a picture is one token without a text, and what is
around it are texts that join.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from redactor.formats.base import Token
from redactor.formats.picture import kind_of
from redactor.formats.picture.coded import cleaned_code
from redactor.model import Slot

__all__ = ["has_picture", "with_pictures", "without_metadata"]

# The head of a `data:` URL, and what it takes to know a picture; a code of fewer signs is none.
_URL = re.compile(
    r"data:image/[\w.+-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,(?P<code>[A-Za-z0-9+/]{24})[A-Za-z0-9+/=]*"
)
_MORE = re.compile(r"[A-Za-z0-9+/=]+")
_WHOLE = frozenset({Slot.NUMBER, Slot.CELL})


def has_picture(text: str) -> bool:
    """Tell whether a picture is in a text, as a `data:` URL."""
    return ";base64," in text and next(_spans(text, is_open=False), None) is not None


def without_metadata(text: str) -> str:
    """Return a text in which the pictures have no metadata. Raises DamagedDocument."""
    parts: list[str] = []
    done = 0
    for start, end, _ in _spans(text, is_open=False):
        parts += (text[done:start], cleaned_code(text[start:end].encode()).decode())
        done = end
    return "".join([*parts, text[done:]])


def with_pictures(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens, of which each picture is one."""
    held: list[Token] = []
    for token in _split(tokens):
        if held and not token.continues:
            yield _joined(held)
            held = []
        if token.medium or (held and token.continues):
            held.append(token)
        else:
            yield token
    if held:
        yield _joined(held)


def _joined(held: list[Token]) -> Token:
    if len(held) == 1:
        return held[0]
    blanks = [one.blank for one in held if one.blank is not None]
    blank = b"".join(blanks) if len(blanks) == len(held) else None
    return replace(held[0], raw=b"".join(one.raw for one in held), blank=blank)


def _split(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens, texts cut around the pictures in them."""
    is_open = False
    for token in tokens:
        text = token.text or ""
        can = token.codec is not None and not token.whole and token.slot not in _WHOLE
        if not can or not (is_open or ";base64," in text):
            is_open = is_open and token.text is None and not token.raw
            yield token
            continue
        spans = list(_spans(text, is_open=is_open and token.joins))
        is_open = bool(spans) and spans[-1][1] == len(text)
        yield from _cut(token, text, spans) if spans else [token]


def _spans(text: str, *, is_open: bool) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each picture, and whether it goes on from the last text."""
    more = _MORE.match(text) if is_open else None
    if more:
        yield 0, more.end(), True
    for found in _URL.finditer(text, more.end() if more else 0):
        if kind_of(binascii.a2b_base64(found["code"])):
            yield *found.span(), False


def _cut(token: Token, text: str, spans: list[tuple[int, int, bool]]) -> Iterator[Token]:
    if token.codec is None:
        return
    places = token.codec.offsets(token.raw)
    done, joins, label = 0, token.joins, token.label
    for start, end, goes_on in [*spans, (len(text), len(text), False)]:
        if start > done or (start == end and places[start] < len(token.raw)):
            raw = token.raw[places[done] : places[start]]
            line = token.location.line and token.location.line + text.count("\n", 0, done)
            where = replace(token.location, line=line)
            yield replace(
                token, raw=raw, text=text[done:start], joins=joins, label=label, location=where
            )
            joins, label = True, ""
        if end > start:
            raw = token.raw[places[start] : places[end]]
            medium = "" if goes_on else "pixels"
            yield Token(raw, location=token.location, medium=medium, continues=goes_on)
        done = end
