"""Marked copies of web pages: `<mark data-redactor-id="7-3f2a" title="PERSON 7-3f2a">`.

Marks are put around the texts that a browser shows in the running text of a page: not into
attributes, titles, scripts, drawings and lists to choose from, where no element can be. A `mark`
that the page has itself gets an attribute, by which it is none that a person adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from redactor.errors import MarksError
from redactor.formats import Layout, Token
from redactor.formats.html.escapes import References, decode
from redactor.formats.html.lexer import Lexeme, Sort, Tag, lexemes
from redactor.formats.text import Encoding
from redactor.proposals.letters import Letters
from redactor.proposals.places import Original, Segment, Words, stamp_of, words_of
from redactor.proposals.reading import Mark, MarkedText

_ID, _HEAD, _OWN = "data-redactor-id", "data-redactor-head", "data-redactor-own"
_BARRED = frozenset(
    "select option datalist svg math noscript iframe noframes object video audio".split()
)
"""Elements in which no mark can be, or what browsers read otherwise than we do."""

_SAYS = (
    "PRIVATE, NOT REDACTED. What is marked is to be removed: take a mark away and its text is "
    "kept, put a mark element around a text and it is removed. Change nothing else."
)
_DOCTYPE = re.compile("<!doctype", re.IGNORECASE)
_COLOURS = "background:#ffd54f;color:#000"


class _Place:
    """Where a reading of a page is: in an element in which no mark can be, or in none."""

    def __init__(self) -> None:
        self._barred = 0

    def step(self, tag: Tag) -> None:
        """Go past a tag."""
        if tag.name in _BARRED and not tag.closes_itself:
            self._barred = max(0, self._barred + (-1 if tag.closes else 1))

    @property
    def is_open(self) -> bool:
        """Tell whether marks can be here."""
        return self._barred == 0


def _positions(tokens: Sequence[Token], codec: str) -> Iterator[tuple[int, Token]]:
    """Yield the tokens of a page, each with the position of its first character."""
    at = 0
    for token in tokens:
        yield at, token
        at += len(token.raw.decode(codec))


def _shown(page: str, *, xml: bool) -> list[tuple[int, int]]:
    """Return the spans of a page in which marks can be, in order."""
    place, at = _Place(), 0
    found: list[tuple[int, int]] = []
    for text, lexeme in lexemes(iter([page]), xml=xml):
        size = lexeme.end - lexeme.start
        if lexeme.tag:
            place.step(lexeme.tag)
        elif lexeme.sort is Sort.TEXT and place.is_open:
            found.append((at, at + size))
        del text
        at += size
    return found


class Sheet:
    """A page that is to be marked: its source, and the texts in it that can be."""

    def __init__(self, tokens: Sequence[Token], layout: Layout) -> None:
        """Read the page from its tokens; those without their bytes are none."""
        self._encoding = Encoding.parse(layout.setting("encoding"))
        self._xml = layout.setting("syntax") == "xml"
        mark = self._encoding.mark
        self._tokens = list(tokens[1:] if mark else tokens)
        self.page = b"".join(one.raw for one in self._tokens).decode(self._encoding.codec)
        self._at: list[tuple[int, Token]] = []
        self.segments = tuple(self._segments())

    def _segments(self) -> Iterator[Segment]:
        base, shown = 0, iter(_shown(self.page, xml=self._xml))
        span = next(shown, None)
        for at, token in _positions(self._tokens, self._encoding.codec):
            if token.text is None:
                continue
            while span and span[1] <= at:
                span = next(shown, None)
            end = at + len(token.raw.decode(self._encoding.codec))
            if span and span[0] <= at and end <= span[1] and token.codec:
                self._at.append((at, token))
                yield Segment("text", base, token.text)
            base += len(token.text)

    def marked(self, original: Original) -> bytes:
        """Return the marked copy of the page."""
        tags: list[tuple[int, int, str]] = []
        letters = Letters(original.segments)
        for place in original.places:
            for number, start, end in letters.pieces(place):
                said = escape(place.words)
                opened = f'<mark {_ID}="{place.key}" title="{said}" style="{_COLOURS}">'
                tags.append((self._position(number, start), 1, opened))
                tags.append((self._position(number, end), 0, "</mark>"))
        tags += self._own()
        head = f'<div {_HEAD}="{original.stamp}" style="{_COLOURS}">{_SAYS}</div>'
        tags.append((self._beginning(), -1, head))
        parts: list[str] = []
        done = 0
        for at, _, tag in sorted(tags, key=lambda one: one[:2]):
            parts += (self.page[done:at], tag)
            done = at
        whole = "".join([*parts, self.page[done:]])
        return self._encoding.mark + whole.encode(self._encoding.codec)

    def _position(self, number: int, at: int) -> int:
        """Return the position in the page of a character of a text."""
        start, token = self._at[number]
        assert token.codec is not None  # noqa: S101  # for the types
        return start + len(
            token.raw[: token.codec.offsets(token.raw)[at]].decode(self._encoding.codec)
        )

    def _tags(self) -> Iterator[tuple[int, Lexeme, Tag]]:
        at = 0
        for _, lexeme in lexemes(iter([self.page]), xml=self._xml):
            if lexeme.tag:
                yield at, lexeme, lexeme.tag
            at += lexeme.end - lexeme.start

    def _own(self) -> Iterator[tuple[int, int, str]]:
        """Yield what tells the marks that the page has itself from others."""
        for at, lexeme, tag in self._tags():
            if tag.name == "mark" and not tag.closes:
                yield at + tag.name_span[1] - lexeme.start, 2, f' {_OWN}=""'

    def _beginning(self) -> int:
        """Return where the first line is put: in the body, or before all that a page shows."""
        at = head = 0
        for text, lexeme in lexemes(iter([self.page]), xml=self._xml):
            at += lexeme.end - lexeme.start
            tag = lexeme.tag
            if tag and tag.name == "body" and not tag.closes:
                return at
            begins = tag and (tag.name, tag.closes) in {("html", False), ("head", True)}
            if begins or (not head and _DOCTYPE.match(text, lexeme.start)):
                head = at
        return head


def read(page: str, *, xml: bool = False) -> MarkedText:
    """Return what a marked copy says. Raises MarksError."""
    reader = _Reader()
    for text, lexeme in lexemes(iter([page]), xml=xml):
        if lexeme.tag:
            reader.tag(text, lexeme.tag)
        elif lexeme.sort is Sort.TEXT:
            reader.text(text[lexeme.start : lexeme.end])
        reader.line += text.count("\n", lexeme.start, lexeme.end)
    return reader.finish()


class _Reader:
    """Reads a marked page. `line` is where it is."""

    def __init__(self) -> None:
        self.line = 1
        self._place = _Place()
        self._stamp: tuple[str, str] | None = None
        self._head = 0
        self._open: list[Mark | None] = []
        self._marks = MarkedText("", "")

    def tag(self, text: str, tag: Tag) -> None:
        """Go past a tag. Raises MarksError."""
        values = {
            one.name: decode(References(attribute=True), text[slice(*one.value)])
            if one.value
            else ""
            for one in tag.attributes
        }
        if self._head or _HEAD in values:
            self._head += 0 if tag.name != "div" else -1 if tag.closes else 1
            self._stamp = stamp_of(values.get(_HEAD, "")) or self._stamp
            return
        self._place.step(tag)
        if tag.name == "mark" and not tag.closes_itself:
            self._close() if tag.closes else self._opened(values)

    def _opened(self, values: dict[str, str]) -> None:
        if _OWN in values:
            self._open.append(None)
            return
        if any(self._open):
            raise MarksError(f"has a mark in another, {self._where}")
        words = words_of(values.get("title", ""))
        key = words_of(values.get(_ID, ""))
        if words is None or key is None:
            raise MarksError(f"has a mark whose words are changed, {self._where}")
        said = Words(key.key or words.key, words.entity or key.entity)
        self._open.append(self._marks.open(said, self._where))

    def _close(self) -> None:
        if not self._open:
            raise MarksError(f"has half of a mark, {self._where}")
        self._open.pop()

    def text(self, source: str) -> None:
        """Take in a text."""
        if self._place.is_open and not self._head:
            mark = next(filter(None, self._open), None)
            self._marks.add(decode(References(), source), self._where, *([mark] if mark else []))

    def finish(self) -> MarkedText:
        """Return what was read. Raises MarksError."""
        if self._stamp is None:
            raise MarksError("has lost the first line, which says what it is the marked copy of")
        if any(self._open):
            raise MarksError("has half of a mark: one has no end")
        self._marks.document, self._marks.run = self._stamp
        self._marks.close()
        return self._marks

    @property
    def _where(self) -> str:
        return f"line {self.line}"
