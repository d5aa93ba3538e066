"""JSON: keys, strings and numbers, with exact bytes. One value, or many (JSON Lines).

A decoder and an encoder would lose duplicate keys, write `1.10` as 1.1, and change every escape. A
scanner that keeps positions finds the texts, and edits are written into their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.html.pieces import tokens_of
from redactor.formats.json.reader import texts
from redactor.formats.json.scanner import pieces
from redactor.formats.text import Encoding, Text, decoded, detect_encoding

__all__ = ["Json"]

# UTF-16 and UTF-32 without a mark, by where the NULs are: the first two characters are ASCII.
_WIDE = (
    ("utf-32-be", (0, 0, 0, 1)),
    ("utf-32-le", (1, 0, 0, 0)),
    ("utf-16-be", (0, 1, 0, 1)),
    ("utf-16-le", (1, 0, 1, 0)),
)


# `{"key":`, `[{"key":`, `["text",`: what begins so is JSON, if it is JSON to its end.
_STRING = rb'"(?:[^"\\\x00-\x1f]|\\.)*+"\s*'
_BEGINS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:(?:\[\s*)?\{\s*" + _STRING + rb":|\[\s*" + _STRING + rb"[,\]])"
)

# A text in pieces, as in exports of Telegram.
_TEXTS = re.compile(
    rb'"text"\s{0,8}:\s{0,80}\[\s{0,80}(?:"(?:[^"\\]|\\.){0,2000}+"\s{0,8},\s{0,80})?\{\s{0,80}"type"'
)
_PANDOC = re.compile(rb'\s*\{\s*"pandoc-api-version"\s*:')
_CHUNK, _OVERLAP = 1 << 20, 1 << 12


class Json(Tokenized):
    """JSON, JSON Lines, and what is written in JSON: notebooks, GeoJSON, archives of traffic."""

    name = "json"
    title = "JSON, JSON Lines, notebooks"
    suffixes = frozenset(
        ".json .jsonl .ndjson .geojson .topojson .jsonld .ipynb .har .webmanifest".split()
    )
    examined = "keys, strings and numbers, lines and pieces of a text as one"
    not_examined = "pictures, fonts and sounds in base64"

    def resembles(self, head: bytes, name: str) -> bool:
        """Tell whether a document begins with a key, or a list of strings; no source code does."""
        suffix = PurePosixPath(name).suffix.lower()
        return suffix not in Text.suffixes and _BEGINS.match(head) is not None

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding, and which strings of an array join. Raises EncodingError."""
        encoding = ("encoding", str(_encoding(source, hints.encoding)))
        if hints.name.lower().endswith(".ipynb"):
            return Layout(self.name, (encoding, ("join", "lines")))
        if _has_words(source):
            return Layout(self.name, (encoding, ("join", "words")))
        join = (("join", "texts"),) if _has_texts(source) else ()
        return Layout(self.name, (encoding, *join))

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the tokens; markup that follows markup is one token. Raises DamagedDocument."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        join = layout.setting("join")
        yield from tokens_of(pieces(decoded(source, encoding), join), encoding)

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield keys, strings and numbers as the standard library decodes them."""
        encoding = Encoding.parse(layout.setting("encoding"))
        yield from (f"\n\n{text}" for text in texts(decoded(source, encoding)))


def _encoding(source: BinaryIO, named: str | None) -> Encoding:
    """Return the encoding of a document. Raises EncodingError."""
    source.seek(0)
    head = source.read(4)
    shape = tuple(min(byte, 1) for byte in head)
    if named is None and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        for codec, form in _WIDE:
            if shape == form:
                return Encoding(codec)
    return detect_encoding(source, named)


def _has_words(source: BinaryIO) -> bool:
    """Tell whether each word is a string of its own, as in documents of pandoc."""
    source.seek(0)
    return _PANDOC.match(source.read(_OVERLAP)) is not None


def _has_texts(source: BinaryIO) -> bool:
    """Tell whether texts are written in pieces somewhere, with objects among them."""
    source.seek(0)
    before = b""
    while data := source.read(_CHUNK):
        if _TEXTS.search(before + data):
            return True
        before = data[-_OVERLAP:]
    return False
