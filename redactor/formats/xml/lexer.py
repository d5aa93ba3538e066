"""A tokenizer of XML 1.0 that keeps positions: lexemes that tile a document.

It reads from a window that grows until a lexeme is complete, so memory is bounded by the largest
lexeme, and time is linear, since the window doubles. It checks no grammar: a document was found to
be well-formed by another parser before (`reader.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from redactor.errors import DamagedDocument

BLOCK = 1 << 16
"""Maximum length of a text in characters; a longer one is cut into several that join."""


class Sort(Enum):
    """The type of a lexeme, by the name of its group in the pattern."""

    TEXT = "text"
    TAG = "tag"
    COMMENT = "comment"
    SECTION = "section"
    INSTRUCTION = "instruction"
    DOCTYPE = "doctype"


# Values in quotes may hold `>`, and comments and instructions anything but their ends. The internal
# subset of a document type is in brackets, and has values, comments and instructions in it.
_LEXEME = re.compile(
    r"(?P<text>[^<]++)"
    r"|(?P<tag></?[^\s<>!?/\"'=]++(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+>)"
    r"|(?P<comment><!--(?:[^-]|-(?!->))*+-->)"
    r"|(?P<section><!\[CDATA\[(?:[^\]]|\](?!\]>))*+\]\]>)"
    r"|(?P<instruction><\?(?:[^?]|\?(?!>))*+\?>)"
    r"|(?P<doctype><!DOCTYPE(?:[^\[<>\"']|\"[^\"]*+\"|'[^']*+')*+"
    r"(?:\[(?:[^\]\"'<]|\"[^\"]*+\"|'[^']*+'|<!--(?:[^-]|-(?!->))*+-->|<\?(?:[^?]|\?(?!>))*+\?>|<)*+\]"
    r"\s*+)?>)"
)
# An attribute of a tag: its name, and its value in quotes.
_ATTRIBUTE = re.compile(r"([^\s=<>/\"']++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")


def lexemes(chunks: Iterator[str]) -> Iterator[tuple[Sort, str]]:
    """Yield the type and the source of each lexeme of a document that is read in chunks.

    Raises DamagedDocument for what no lexeme begins with.
    """
    text, at, final = "", 0, False
    while not (final and at == len(text)):
        found = _LEXEME.match(text, at)
        if found and (final or found.end() < len(text)):
            yield Sort(found.lastgroup), found[0]
            at = found.end()
        elif found and found.lastgroup == "text" and (cut := _cut(text, at)):
            yield Sort.TEXT, text[at:cut]
            at = cut
        elif final:
            raise DamagedDocument("markup that does not end, or is none of XML")
        else:
            text, final = _longer(text[at:], chunks)
            at = 0


def attributes(tag: str) -> Iterator[tuple[str, int, int, str]]:
    """Yield name, start and end of the value, and quote of each attribute of a tag."""
    for one in _ATTRIBUTE.finditer(tag):
        group = 2 if one[2] is not None else 3
        yield one[1], *one.span(group), "\"'"[group - 2]


def _cut(text: str, start: int) -> int:
    """Return the end of the first part of a long text, behind a blank; 0 for a shorter text."""
    if len(text) - start <= BLOCK:
        return 0
    cut = max(text.rfind(blank, start, len(text) - 1) for blank in (" ", "\n")) + 1
    return cut if cut > start + BLOCK // 2 else 0


def _longer(text: str, chunks: Iterator[str]) -> tuple[str, bool]:
    """Return a text with more chunks, at least twice as long, and whether it is the end."""
    parts, size = [text], 0
    while size <= len(text):
        if (chunk := next(chunks, None)) is None:
            return "".join(parts), True
        parts.append(chunk)
        size += len(chunk)
    return "".join(parts), False
