"""An independent reader of JSON: the standard library's decoder, value by value.

Of a value that is larger than `WHOLE`, or that nests deeper than the decoder can, it reads the
strings alone, by the decoder's scanner of strings, and the numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # it is not in the stubs

from redactor.errors import DamagedDocument
from redactor.formats.json.media import MEDIA_HEAD, is_media_code, only_code

__all__ = ["texts"]

WHOLE = 1 << 22
"""Characters of a value that is decoded as a whole; a thousand times as many take 20 GB."""

_START = re.compile("[ \t\n\r\x1e\ufeff]*+")
_STRING_OR_NUMBER = re.compile(r'"|-?[0-9][0-9.eE+-]*+')
_DECODER = json.JSONDecoder(
    object_pairs_hook=lambda pairs: [one for pair in pairs for one in pair],
    parse_float=str,
    parse_int=str,
    parse_constant=lambda _: None,
)
"""Objects become lists of keys and values, and no member hides another of the same key."""


def texts(chunks: Iterator[str]) -> Iterator[str]:
    """Yield keys, strings and numbers in their order. Raises DamagedDocument."""
    text, wanted = "", 0
    for chunk in chunks:
        text += chunk
        if len(text) < wanted:
            continue
        at = yield from _values(text, final=False)
        text = text[at:]
        wanted = 2 * len(text)  # what was in vain is not tried again with each chunk
        if len(text) > WHOLE:
            yield from _strings(text, chunks)
            return
    at = yield from _values(text, final=True)
    if at < len(text):
        yield from _strings(text[at:], iter(()))


def _values(text: str, *, final: bool) -> Generator[str, None, int]:
    """Yield the texts of the values that are whole; return where the first other one begins."""
    at = _blanks(text, 0)
    while at < len(text):
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return at
        if end == len(text) and not final:  # the number 12 may be the beginning of 123
            return at
        yield from _flat(value)
        at = _blanks(text, end)
    return at


def _blanks(text: str, at: int) -> int:
    found = _START.match(text, at)
    return found.end() if found else at


def _flat(value: object) -> Iterator[str]:
    """Yield the strings of a value, without recursion. Those of an array also as one text."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, list):
            rest += reversed(one)
        elif isinstance(one, str) and not _is_media(one):
            yield one


def _is_media(text: str) -> bool:
    return is_media_code(text[:MEDIA_HEAD]) and only_code(text)


def _strings(text: str, chunks: Iterator[str]) -> Iterator[str]:
    """Yield strings and numbers wherever they are."""
    at = 0
    while True:
        found = _STRING_OR_NUMBER.search(text, at)
        value, at = _value(text, found) if found else ("", len(text))
        if found and at < len(text):
            if not _is_media(value):
                yield value
            continue
        text = text[found.start() :] if found else ""
        more = _more(chunks, len(text))
        if not more:
            yield from _last(text, value)
            return
        text, at = text + more, 0


def _more(chunks: Iterator[str], size: int) -> str:
    """Return the next characters, so many that a long string is not read again too often."""
    parts: list[str] = []
    while size >= 0 and (chunk := next(chunks, "")):
        parts.append(chunk)
        size -= len(chunk)
    return "".join(parts)


def _value(text: str, found: re.Match[str]) -> tuple[str, int]:
    """Return a string or a number and its end; that of the text if it does not end in it."""
    if found[0] != '"':
        return found[0], found.end()
    try:
        value, end = scanstring(text, found.end())
    except ValueError:
        return "", len(text)
    return str(value), int(end)


def _last(text: str, value: str) -> Iterator[str]:
    """Yield the value that ends with the document. Raises DamagedDocument."""
    if text and not value and text != '""':
        raise DamagedDocument("a string of the JSON does not end")
    if value and not _is_media(value):
        yield value
