"""A scanner of JSON that keeps positions: pieces that tile the source, by the grammar of RFC 8259.

It reads one value or several, one behind the other or a line each, from chunks of any size. Memory
is bounded by the longest key, and nothing recurses: brackets may nest as deep as `DEEPEST`.

Beyond the RFC it accepts `NaN`, `Infinity` and `-Infinity`, as Python and JavaScript libraries
write them, and the separators between values that text sequences (RFC 7464) and joined files have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from redactor.errors import DamagedDocument, LimitExceeded
from redactor.formats.html.escapes import Number, Syntax, decode
from redactor.formats.html.pieces import LONGEST, Piece, cut, picture
from redactor.formats.json.media import MEDIA_HEAD, is_media_code, only_code
from redactor.formats.json.pandoc import BETWEEN_WORDS, BLANK, ELEMENTS, STRING, WORD
from redactor.model import Kind, Slot

__all__ = ["DEEPEST", "pieces"]

DEEPEST = 100_000
"""Brackets that may be open at once; each costs 100 bytes. Most readers stop at 1,000 or fewer."""

LONGEST_LABEL = 60
"""Characters of a key that are read as the label of its value."""

LONGEST_PATH = 240
"""Characters of the keys that lead to a value; of more, the last."""

NUMBER = Number(STRING)

_BLANKS = re.compile(r"[ \t\n\r]*+")
_BETWEEN = re.compile("[ \t\n\r\x1e\ufeff]*+")  # between values at the top
_CONTENT = re.compile(r'(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+")
_IN_NUMBER = re.compile(r"[0-9+\-.eE]*+")
_LITERAL = re.compile(r"(?:true|false|null|NaN|-?Infinity)(?![A-Za-z])")

# Members whose text is the label of the member `value` beside: `{"name": "Cookie", "value":
# "..."}`, as in archives of HTTP traffic.
_NAMES = frozenset({"name", "key", "field", "label", "header", "property", "id"})
_VALUES = frozenset({"value", "values"})
JOINED = {
    "lines": frozenset(
        "source text text/plain text/html text/markdown text/latex image/svg+xml".split()
    ),
    "texts": frozenset({"text", "text_entities"}),
}
"""Keys whose arrays are one text: of lines in notebooks, of pieces in exports of chats, such as
`"text": ["Hi ", {"type": "mention", "text": "@teo"}, "!"]`."""

# Members of a notebook by their paths: what its program is called, and the ids of cells, which
# have neither blanks nor brackets (nbformat 4.5).
_OF_PROGRAMS = re.compile(r"metadata\.(?:kernelspec|language_info)\b.*|cells\.id")
_CELL_ID = "cells.id"

# What may follow. They are no `Enum`, whose members are hashed by a call of Python.
_VALUE, _VALUE_OR_END = "value", "value or end"
_KEY, _KEY_OR_END, _COLON = "key", "key or end", "colon"
_COMMA_OR_END, _TOP = "comma or end", "top"
_BEFORE_VALUE = frozenset({_VALUE, _VALUE_OR_END, _TOP})
_BEFORE_KEY = frozenset({_KEY, _KEY_OR_END})
_BEFORE_END = frozenset({_COMMA_OR_END, _KEY_OR_END, _VALUE_OR_END})
_BETWEEN_VALUES = frozenset({_COLON, _COMMA_OR_END})


@dataclass(slots=True)
class _Frame:
    """An open bracket: its end, the label of its values, and the keys that lead to it.

    `named` is the text of a member such as `name`. `whole` tells that an array is one text, and
    `before` that a piece of it came before. An object `in_text` is a piece, or in one.
    """

    closing: str
    label: str = field(default="", repr=False)
    path: str = field(default="", repr=False)
    named: str = field(default="", repr=False)
    whole: bool = False
    before: bool = False
    in_text: bool = False


def pieces(chunks: Iterator[str], join: str = "") -> Iterator[Piece]:
    """Yield the pieces of a document, which tile it. Raises DamagedDocument, LimitExceeded.

    `join` names the keys in `JOINED` whose arrays are one text. They are markup, since the copy
    must join the same pieces.
    """
    return _Scanner(chunks, join).pieces()


class _Scanner:
    """The state of a scan: what was read and not yet yielded, the open brackets, what may follow.

    `_text[_done:_at]` is markup that was read and not yielded.
    """

    def __init__(self, chunks: Iterator[str], join: str) -> None:
        self._chunks, self._joined = chunks, JOINED.get(join, frozenset())
        self._is_notebook = join == "lines"
        self._has_words = join == "words"
        self._text = ""
        self._done = self._at = 0
        self._lines = 1
        self._frames: list[_Frame] = []
        self._state = _TOP
        self._key = ""
        self._is_joined = False  # whether the last key is one of `JOINED`

    def pieces(self) -> Iterator[Piece]:
        while self._skip_blanks():
            char = self._text[self._at]
            if char == '"':
                yield from self._string()
            elif self._state in _BETWEEN_VALUES or char in "}]":
                self._punctuation(char)
            elif char in "{[":
                self._open(char)
            elif char in "-0123456789" and self._state in _BEFORE_VALUE:
                yield from self._number()
            else:
                self._literal()
            if self._at - self._done > LONGEST:
                yield from self._markup()
        if self._state is not _TOP:
            raise self._error("it ends within a value")
        yield from self._markup()

    # -- the buffer

    def _more(self) -> bool:
        """Read a chunk, and forget what was yielded; False at the end of the document."""
        chunk = next(self._chunks, None)
        while chunk == "":  # a decoder may hold back the bytes of a character
            chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self._lines += self._text.count("\n", 0, self._done)
        self._text = self._text[self._done :] + chunk
        self._at -= self._done
        self._done = 0
        return True

    def _skip_blanks(self) -> bool:
        """Go to the next character that is no blank; False at the end of the document."""
        pattern = _BETWEEN if self._state is _TOP else _BLANKS
        while True:
            self._at = _end(pattern, self._text, self._at)
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _markup(self) -> list[Piece]:
        """Return the markup up to here, if there is any, as yielded."""
        start, self._done = self._done, self._at
        return [Piece(self._text[start : self._at])] if start < self._at else []

    def _error(self, what: str) -> DamagedDocument:
        line = self._lines + self._text.count("\n", 0, self._at)
        return DamagedDocument(f"is no JSON at line {line}: {what}")

    # -- the grammar

    def _open(self, char: str) -> None:
        if self._state not in _BEFORE_VALUE:
            raise self._error("a bracket where a key, a comma or an end is needed")
        if len(self._frames) >= DEEPEST:
            raise LimitExceeded(f"more than {DEEPEST} brackets are open at once")
        frame = _Frame("}" if char == "{" else "]", self._label(), self._path())
        if self._frames:
            outer = self._frames[-1]
            frame.whole = char == "[" and outer.closing == "}" and self._is_joined
            frame.in_text = outer.in_text or outer.whole
        self._frames.append(frame)
        self._state = _KEY_OR_END if char == "{" else _VALUE_OR_END
        self._at += 1

    def _punctuation(self, char: str) -> None:
        frame = self._frames[-1] if self._frames else None
        if char == ":" and self._state is _COLON:
            self._state = _VALUE
        elif frame and char == "," and self._state is _COMMA_OR_END:
            self._state = _KEY if frame.closing == "}" else _VALUE
        elif frame and char == frame.closing and self._state in _BEFORE_END:
            self._frames.pop()
            self._end_value()
        else:
            raise self._error(self._unexpected(char))
        self._at += 1

    def _unexpected(self, char: str) -> str:
        if char == "/":
            return "a comment, which JSON does not have"
        if char in "}]" and self._state in {_KEY, _VALUE}:
            return "a comma or a colon before a closing bracket"
        return "an unexpected character"

    def _end_value(self) -> None:
        self._state = _COMMA_OR_END if self._frames else _TOP

    def _literal(self) -> None:
        while len(self._text) - self._at < len("-Infinity") + 1 and self._more():
            pass
        found = _LITERAL.match(self._text, self._at)
        if found is None or self._state not in _BEFORE_VALUE:
            raise self._error(self._unexpected(self._text[self._at]))
        self._at = found.end()
        self._end_value()

    def _number(self) -> list[Piece]:
        while True:
            end = _end(_IN_NUMBER, self._text, self._at)
            if end < len(self._text) or not self._more():
                break
        found = _NUMBER.fullmatch(self._text, self._at, end)
        if found is None:
            self._literal()  # `-Infinity`
            return []
        value = self._value(found[0], NUMBER, Slot.NUMBER)
        read = [*self._markup(), value]
        self._done = self._at = self._at + len(value.source)
        self._end_value()
        return read

    # -- strings

    def _string(self) -> Iterable[Piece]:
        """Return the content of a string, and the markup before; a long one as it is read."""
        is_key = self._state in _BEFORE_KEY
        if not is_key and self._state not in _BEFORE_VALUE:
            raise self._error("a string where a comma, a colon or an end is needed")
        self._at += 1
        first = self._content(2 * LONGEST)
        piece = self._described(first, is_key=is_key)
        if is_media_code(first[:MEDIA_HEAD]) and only_code(first):
            piece = replace(picture(piece, first), joins=False)
        if len(first) > LONGEST:
            return self._long(first, piece, is_key=is_key)
        read = self._markup()
        if first or piece.syntax:
            read.append(piece)
        self._at += len(first)
        self._end_string(first, is_key=is_key)
        return read

    def _long(self, first: str, piece: Piece, *, is_key: bool) -> Iterator[Piece]:
        yield from self._markup()
        yield from self._parts(piece)
        self._end_string(first, is_key=is_key)

    def _parts(self, piece: Piece) -> Iterator[Piece]:
        """Yield pieces that join, up to the quote that ends the string.

        A picture is markup, until something else follows in its string.
        """
        syntax = piece.syntax
        while source := self._content(2 * LONGEST):
            if len(source) > LONGEST:
                source = source[: cut(STRING, source, 0)]
            if syntax is None and not only_code(source):
                syntax = STRING
            yield replace(piece, source=source, syntax=syntax)
            piece = replace(piece, label="", joins=syntax is not None)
            piece = picture(piece, begins=False) if piece.medium else piece
            self._at += len(source)
            self._done = self._at

    def _content(self, size: int) -> str:
        """Return the content of a string from here on; at least `size`, or all of it.

        Raises DamagedDocument.
        """
        while True:
            end = _end(_CONTENT, self._text, self._at)
            if end < len(self._text) and self._text[end] == '"':
                return self._text[self._at : end]
            if end - self._at >= size:
                return self._text[self._at : end]
            if end < len(self._text) - _LONGEST_ESCAPE or not self._more():
                break
        if end == len(self._text):
            raise self._error("a string that does not end")
        self._at = end
        raise self._error("a control character or an unknown escape in a string")

    def _described(self, source: str, *, is_key: bool) -> Piece:
        """Return a string as a piece, with its label and whether it continues another."""
        if is_key:
            self._is_joined = source in self._joined
            known = self._is_joined or not source or (self._has_words and source in {"t", "c"})
            return Piece(source, None if known else STRING, Kind.KEY)
        return self._value(source, STRING)

    def _value(self, source: str, syntax: Syntax, slot: Slot = Slot.TEXT) -> Piece:
        """Return a string or a number as a piece. Whether it joins depends on its keys alone."""
        label, path = self._label(), self._path()
        if self._is_notebook and _OF_PROGRAMS.fullmatch(path):
            label, slot = "", Slot.IDENTIFIER if path == _CELL_ID else slot
        if self._has_words and (word := self._word(source)):
            return word
        array = self._array()
        if array is None:
            known = None if not source else syntax
            kind = Kind.METADATA if self._frames and self._frames[-1].in_text else Kind.BODY
            return Piece(source, known, kind, slot, label, key_path=path)
        joins, array.before = array.before, True
        return Piece(source, syntax, Kind.BODY, slot, "" if joins else label, joins, path)

    def _word(self, source: str) -> Piece | None:
        """Return a word of a document of pandoc, or the blank between two; None for all else."""
        if len(self._frames) < 2 or self._frames[-1].closing == "]":
            return None
        outer, frame = self._frames[-2:]
        is_word = self._key == "c" and frame.named == WORD
        is_blank = self._key == "t" and source in BETWEEN_WORDS
        if self._key == "t" and not is_blank:
            outer.before = outer.before and source == WORD
            return Piece(source) if source in ELEMENTS else None
        if not (is_word or is_blank):
            return None
        joins, outer.before = outer.before, True
        if is_blank:
            return Piece(source, BLANK, slot=Slot.CELL, joins=joins)
        return Piece(source, STRING, joins=joins) if source else None

    def _array(self) -> _Frame | None:
        """Return the array that is one text, and of which the next value is a piece."""
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.whole:
            return frame
        is_piece = frame.closing == "}" and self._is_joined and len(self._frames) > 1
        return self._frames[-2] if is_piece and self._frames[-2].whole else None

    def _end_string(self, first: str, *, is_key: bool) -> None:
        """Go behind a string, which begins with `first`, and note what it is to what follows."""
        self._done = self._at
        self._at += 1
        if is_key:
            self._key = self._frames[-1].label = _short(first)
            self._state = _COLON
            return
        frame = self._frames[-1] if self._frames else None
        names = self._key in _NAMES or (self._has_words and self._key == "t")
        if frame and frame.closing == "}" and names and not frame.named:
            frame.named = _short(first)
        self._end_value()

    def _path(self) -> str:
        """Return the keys that lead to the next value: `user.email`."""
        if not self._frames:
            return ""
        frame = self._frames[-1]
        if frame.closing == "]":
            return frame.path
        return f"{frame.path}.{self._key}"[-LONGEST_PATH:] if frame.path else self._key

    def _label(self) -> str:
        """Return the label of the next value: its key, or the name beside it."""
        if not self._frames:
            return ""
        frame = self._frames[-1]
        if frame.closing == "}" and frame.named and self._key in _VALUES:
            return frame.named
        return frame.label


_LONGEST_ESCAPE = 12  # characters: two units of UTF-16


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a pattern that matches nothing as well ends."""
    found = pattern.match(text, start)
    return found.end() if found else start


def _short(source: str) -> str:
    """Return the beginning of a string, as a label."""
    if "\\" not in source:
        return source[:LONGEST_LABEL]
    return decode(STRING, source[: 2 * LONGEST_LABEL])[:LONGEST_LABEL]
