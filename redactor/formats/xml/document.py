"""From lexemes to pieces: the kind of each text, its label, and which text it continues."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from redactor.formats.html.escapes import NestedSyntax, References, Syntax, Verbatim, decode
from redactor.formats.html.page import Kinds, Page, is_media_url
from redactor.formats.html.pieces import Piece, map_to_source, picture, split
from redactor.formats.signatures import is_drawing, is_media
from redactor.formats.xml.formulas import StyleName, formula_pieces, header_pieces
from redactor.formats.xml.lexer import Sort, attributes, lexemes
from redactor.formats.xml.numbers import (
    cached_number,
    computed_number,
    number_cell,
    typed_number,
)
from redactor.formats.xml.vocabularies import ANY, EXTERNAL, HEADERS, Vocabulary, is_style_name
from redactor.model import Kind, Slot

# What would end each of these.
_COMMENT = Verbatim(re.compile("--|-(?=>)|>"))
_SECTION = Verbatim(re.compile("]]>"))
_INSTRUCTION = Verbatim(re.compile(r"\?>"))
_DOCTYPE = Verbatim(re.compile("[<>\"'\\[\\]]"))

# A letter or digit. A stretch without one holds no name and no number.
_WORDS = re.compile(r"[^\W_]")
_NAME = re.compile(r"</?(?:[^\s/>:]*+:)?([^\s/>]*+)")
# A tag in escaped HTML, as feeds have it.
_MARKUP = re.compile(r"<[A-Za-z/!]")
# Elements with the bytes of another document in base64.
_BINARY = frozenset({"binary-data", "binaryData", "binData"})
# Instructions that the specifications define; their values are names of files and types.
_STANDARD_INSTRUCTION = re.compile(r"<\?(?:xml|xml-stylesheet|mso-\w+|xpacket)(?=[\s?])")
_TARGET = re.compile(r"<\?[^\s?]*+\s*+")
# A document type with a public or system identifier of a standard's host.
_STANDARD_DOCTYPE = re.compile(
    r"<!DOCTYPE\s+[\w:.-]+\s*(?:PUBLIC\s*[\"'][+-]//[\w .:+-]+//[\w .:/+-]+[\"']\s*)?"
    r"(?:(?:SYSTEM\s*)?[\"'](?:https?://[\w./-]*\b(?:w3|apple|oasis-open|tei-c|loc|daisy|idpf)\.(?:org"
    r"|com|gov)/)?[\w./-]*\.dtd[\"'])?\s*>"
)
# What names a text of a generic element: `<field name="surname">Vance</field>`.
_NAMING = frozenset({"name", "key", "label", "type", "property", "code", "role", "field", "id"})
# `givenName` is read as two words.
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.-]+")
_LONGEST_LABEL = 80

_IN_TEXT = Kinds()
_IN_VALUE = Kinds(Kind.ATTRIBUTE, Kind.METADATA)
_IN_COMMENT = Kinds(Kind.COMMENT, Kind.METADATA)


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty element as the character that it means; an edit across it removes it."""

    char: str

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the tag."""
        yield 0, len(source), self.char

    def escape(self, text: str) -> str:
        """Return a text as in a document."""
        return References().escape(text)

    def numeric_escape(self, char: str) -> str:
        """Return a numeric reference."""
        return References().numeric_escape(char)


# The number of a note, in DocBook, JATS and HTML: raised behind another number it would be its last
# digits.
_RAISED = frozenset({"sup", "superscript", "xref"})
_NOTE = re.compile(r"\s*(?:[\[(]?\d{1,3}[\])]?|[*†‡§¶]{1,3})(?:\s*[,;–-]\s*\d{1,3})*\s*")


@dataclass(slots=True)
class _Open:
    """An element that is open. Its content is one text with that beside it, if it is `inline`."""

    name: str
    inline: bool
    mixed: bool
    label: str = field(default="", repr=False)
    children: int = 0
    quiet: bool = False


@dataclass(slots=True)
class Document:
    """Reads a document.

    `mixed` are the elements in which text is beside elements, by the number of their first
    occurrence: with no words in them they can be kept in a layout.
    """

    vocabulary: Vocabulary = ANY
    mixed: Collection[int] = ()
    _stack: list[_Open] = field(default_factory=list)
    _live: set[Kind] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict, repr=False)
    _key: str = field(default="", repr=False)
    _plain: set[str] = field(default_factory=set, repr=False)
    _media: bool | None = None

    def pieces(self, source: Iterator[str]) -> Iterator[Piece]:
        """Yield the pieces of a document, which tile it. Raises DamagedDocument."""
        found = lexemes(source)
        for sort, text in found:
            if self.vocabulary.cells and sort is Sort.TAG and _OPENS_CELL.match(text):
                yield from self._cell(text, found)
            elif sort is Sort.TAG and self._gap(text):
                yield from self._filled_gap(text, found)
            else:
                yield from self._lexeme(sort, text)

    def _gap(self, tag: str) -> str:
        """Return the character that an element stands for where it is; empty for most."""
        top = self._stack[-1] if self._stack else None
        if tag.startswith("</") or not (top and top.inline and self._live) or top.name == "tabs":
            return ""
        return self.vocabulary.gaps.get(_local(tag), "")

    def _filled_gap(self, tag: str, following: Iterator[tuple[Sort, str]]) -> Iterator[Piece]:
        """Yield the piece of an element for a character: `<br/>`, or one that says how it looks.

        What has a text in it is read as any other element.
        """
        gap, held = self._gap(tag), [(Sort.TAG, tag)]
        depth = 0 if tag.endswith("/>") else 1
        while depth and held[-1][0] is Sort.TAG and len(held) < _LARGEST_GAP:
            if not (one := next(following, None)):
                break
            held.append(one)
            depth += -1 if one[1].startswith("</") else not one[1].endswith("/>")
        if depth or not self._is_bare_gap([text for _, text in held]):
            for sort, text in held:
                yield from self._lexeme(sort, text)
            return
        for _, text in held:
            if not text.startswith("</"):
                self._number(text)
        source = "".join(text for _, text in held)
        yield Piece(source, Gap(gap), _latest(self._live), joins=True)

    def _is_bare_gap(self, tags: list[str]) -> bool:
        """Tell whether no attribute of an element for a character is a text."""
        if len(tags) == 1:
            return _is_bare(tags[0])
        return not any(
            self.vocabulary.shows(name, tag[start:end], ("", _local(tag)))
            for tag in tags
            for name, start, end, _ in attributes(tag)
        )

    def _number(self, tag: str) -> int:
        """Return the number of an element, by the first occurrence of its name."""
        return self._numbers.setdefault(_local(tag), len(self._numbers))

    def _lexeme(self, sort: Sort, text: str) -> Iterator[Piece]:
        if sort is Sort.TAG:
            yield from self._tag(text)
        elif sort is Sort.TEXT:
            yield from self._text(text)
        else:
            yield from self._other(sort, text)

    def _cell(self, tag: str, following: Iterator[tuple[Sort, str]]) -> Iterator[Piece]:
        """Yield the pieces of a cell: of a number, of a formula and its value, of a text."""
        held = [(Sort.TAG, tag)]
        while not held[-1][1].startswith("</") or not _CLOSES_CELL.match(held[-1][1]):
            if len(held) > _LARGEST_CELL or not (one := next(following, None)):
                break
            held.append(one)
        if number := number_cell("".join(text for _, text in held)):
            self._live.clear()
            yield number
            return
        typed = _TYPE.search(tag)
        at = 0
        while at < len(held):
            value = "".join(text for _, text in held[at : at + 3])
            if held[at][1].endswith("v>") and typed and typed[1] in {"s", "b", "e"}:
                yield Piece(value)
                at += 3
            elif held[at][1].endswith("v>") and not typed and (number := computed_number(value)):
                yield number
                at += 3
            else:
                yield from self._lexeme(*held[at])
                at += 1

    def _other(self, sort: Sort, text: str) -> Iterator[Piece]:
        """Yield the pieces of a section, comment, instruction or document type."""
        if sort is Sort.SECTION:
            yield Piece(text[:9])
            yield from self._text(text[9:-3], _SECTION)
            yield Piece(text[-3:])
        elif sort is Sort.COMMENT:
            yield Piece(text[:4])
            yield from _read(Piece(text[4:-3], _COMMENT, Kind.COMMENT), _IN_COMMENT)
            yield Piece(text[-3:])
        elif sort is Sort.INSTRUCTION and not _STANDARD_INSTRUCTION.match(text):
            target = _TARGET.match(text)
            start = target.end() if target else 2
            yield Piece(text[:start])
            yield from _read(Piece(text[start:-2], _INSTRUCTION, Kind.METADATA), _IN_VALUE)
            yield Piece(text[-2:])
        elif sort is Sort.DOCTYPE and not _STANDARD_DOCTYPE.fullmatch(text):
            yield Piece(text[:9])
            yield from split(Piece(text[9:-1], _DOCTYPE, Kind.METADATA, Slot.IDENTIFIER))
            yield Piece(text[-1:])
        else:
            yield Piece(text)

    # -- text

    def _text(self, source: str, syntax: Syntax | None = None) -> Iterator[Piece]:
        """Yield the pieces of character data. Blanks between elements are markup."""
        top = self._stack[-1] if self._stack else _Open("", inline=False, mixed=False)
        known = self.vocabulary
        kind = known.texts.get(top.name, Kind.BODY)
        if top.name in _RAISED and _NOTE.fullmatch(source):
            self._live.discard(kind)
        joins = kind in self._live
        if top.name in _BINARY and not source.isspace():
            begins = self._media is None
            if self._is_media(source):
                yield picture(Piece(source), source, begins=begins)
                return
        if top.name in known.hidden or (source.isspace() and not (joins and top.inline)):
            yield Piece(source)
            return
        of_paragraph = top.inline and (not known.texts or top.name in known.texts)
        if kind is Kind.SCRIPT and known.is_standard_field(source):
            yield Piece(source)
            return
        if known.terse and not of_paragraph and known.is_technical(source, top.name):
            yield Piece(source)
            return
        label = "" if joins else self._label(top)
        slot = known.slots.get(top.name, Slot.TEXT)
        piece = Piece(source, syntax or References(), kind, slot, label, joins=joins)
        if source:
            if top.name in known.formulas or top.name in HEADERS:
                yield from _formula(piece, header=top.name in HEADERS)
            else:
                yield from _read(piece, _IN_TEXT) if not known.terse else split(piece)
            self._live.add(kind)
        if top.name == "key":
            self._key = decode(piece.syntax, source)[:_LONGEST_LABEL] if piece.syntax else ""

    def _is_media(self, source: str) -> bool:
        """Tell whether a text in base64, or the text that it continues, is a picture or a sound."""
        if self._media is None:
            head = re.sub(r"[^A-Za-z0-9+/=]", "", source[:2000])[:1200]
            data = base64.b64decode(head[: len(head) // 4 * 4])
            self._media = is_media(data) or is_drawing(data)
        return self._media

    def _label(self, top: _Open) -> str:
        """Return the label of a text: what its element is called, or what it says it is."""
        if self._key and top.name != "key":
            key, self._key = self._key, ""
            return key
        if top.label:
            return top.label
        if top.inline or top.quiet or top.name in self.vocabulary.quiet:
            return ""
        return _spelled(top.name)

    # -- tags

    def _tag(self, source: str) -> Iterator[Piece]:
        name = _local(source)
        if source.startswith("</"):
            self._close()
            yield Piece(source)
            return
        if name == "n" and self.vocabulary.cells and (number := cached_number(source)):
            yield number
            return
        empty = source.endswith("/>")
        top = self._stack[-1] if self._stack else None
        opened = self._opened(name, top, self._number(source))
        opened.quiet = source.startswith(_SCHEMAS_OF_XMP)
        yield from self._values(source, opened)
        self._stack.append(opened)
        if empty:
            self._close()

    def _opened(self, name: str, top: _Open | None, number: int) -> _Open:
        """Return an element that is opened, and end the text before it, if it does."""
        known = self.vocabulary
        self._media = None
        border = name in known.blocks or name in known.paragraphs or not (top and top.inline)
        mixed = number in self.mixed or name in known.paragraphs
        if top is not None:
            border = border or (not top.mixed and not known.paragraphs and top.children > 0)
            top.children += 1
        if border:
            self._live.clear()
        inline = mixed or (not border and top is not None and top.inline)
        return _Open(name, inline, mixed)

    def _close(self) -> None:
        if not self._stack:
            return
        closed = self._stack.pop()
        top = self._stack[-1] if self._stack else None
        ends = closed.name in self.vocabulary.blocks or closed.name in self.vocabulary.paragraphs
        if ends or not (top and top.inline):
            self._live.clear()

    def _values(self, source: str, opened: _Open) -> Iterator[Piece]:
        """Yield the pieces of a tag: its attributes with text, and what is between them."""
        if source in self._plain:
            yield Piece(source)
            return
        done = 0
        if self.vocabulary.cells and (number := typed_number(source)):
            done = number[0] + len(number[1].source)
            yield Piece(source[: number[0]])
            yield number[1]
        for name, start, end, quote in attributes(source):
            if start < done:
                continue
            value = source[start:end]
            local = name.rpartition(":")[2]
            if local in _NAMING and not self.vocabulary.terse and _WORDS.search(value):
                opened.label = _label(opened.name, value, self.vocabulary)
            is_text = self._is_text(name, value, opened.name, source)
            if not (is_text or is_media_url(value)):
                continue
            yield Piece(source[done:start])
            slots = self.vocabulary.slots
            slot = slots.get(f"{opened.name}/{local}") or slots.get(local, Slot.TEXT)
            label = "" if self._names_a_thing(opened.name, local, value) else _spelled(local)
            syntax = References(attribute=True, quote=quote)
            piece = Piece(value, syntax, Kind.ATTRIBUTE, slot, label)
            yield from self._value(piece, local, opened) if is_text else [picture(piece, value)]
            done = end
        if not done and len(self._plain) < _MOST_PLAIN and not opened.label:
            self._plain.add(source)
        yield Piece(source[done:])

    def _names_a_thing(self, element: str, local: str, value: str) -> bool:
        """Tell whether an attribute has the name of no person, for all that it is called a name.

        A word that names a column or a shape would be taken for a person's by that label alone.
        """
        if local not in _OWN_NAMES or element in _PERSONS:
            return False
        if self.vocabulary.terse:
            return element in _COLUMNS or not _FULL_NAME.fullmatch(value)
        return element in _DECLARATIONS or _IDENTIFIER.fullmatch(value) is not None

    def _value(self, piece: Piece, local: str, opened: _Open) -> Iterator[Piece]:
        """Yield the pieces of the value of an attribute that is a text."""
        if self.vocabulary.has_formula(local, opened.name):
            yield from _formula(piece)
        elif self.vocabulary.terse and is_style_name(local, opened.name):
            nested = NestedSyntax(StyleName(), piece.syntax) if piece.syntax else None
            yield replace(piece, syntax=nested, slot=Slot.FILE_NAME)
        else:
            yield from split(piece) if self.vocabulary.terse else _read(piece, _IN_VALUE)

    def _is_text(self, name: str, value: str, element: str, tag: str) -> bool:
        """Tell whether the value of an attribute is a text."""
        above = self._stack[-1].name if self._stack else ""
        external = element == "Relationship" and EXTERNAL.search(tag) is not None
        return self.vocabulary.shows(name, value, (above, element), external=external)


_OPENS_CELL = re.compile(r"<(?:\w+:)?c\s+[^<>]*(?<!/)>\Z")
_CLOSES_CELL = re.compile(r"</(?:\w+:)?c>")
_TYPE = re.compile(r"\st=[\"'](\w+)[\"']")
_LARGEST_CELL = 10_000  # lexemes; a cell of rich text has a few dozen

_LARGEST_GAP = 30  # lexemes; what a line break says of its looks has some

_MOST_PLAIN = 10_000
"""Tags without text that are remembered; of most documents there are few that differ."""


def _local(tag: str) -> str:
    """Return the name of the element that a tag opens or closes, without a prefix."""
    found = _NAME.match(tag)
    return found[1] if found else ""


def _is_bare(source: str) -> bool:
    """Tell whether no attribute of an empty tag is a text."""
    return all(not _WORDS.search(source[a:b]) or b - a < 12 for _, a, b, _ in attributes(source))


def _latest(live: set[Kind]) -> Kind:
    return Kind.BODY if Kind.BODY in live else min(live, key=lambda kind: kind.value)


# Names of elements and attributes with the name of a person, in a word that detectors know better.
_PEOPLE = dict.fromkeys(
    "creator initial-creator author userName displayName printed-by lastModifiedBy".split(),
    "Author",
)


# Attributes with the name of what their element is, and the elements that are people.
_OWN_NAMES = frozenset({"name", "display-name", "displayName"})
_PERSONS = frozenset({"cmAuthor", "person", "author", "user", "presenceInfo"})
# Columns of tables are called as the cells above them, and must be.
_COLUMNS = frozenset({"tableColumn", "cacheField", "dataField"})
# Several words in capitals, without a number.
_FULL_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]*[.'-]?(?:[ '-][^\W\d_a-z][^\W\d_]*\.?)+")
# Elements of schemas and of settings: what they are called is a word of programs.
_DECLARATIONS = frozenset(
    "element attribute complexType simpleType attributeGroup property PropertyValue param parameter"
    " variable function method".split()
)
# `SharedWithUsers`, `first_row`: a name that a program gave.
_IDENTIFIER = re.compile(r"[A-Za-z]?[a-z]*[A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+|\w*_\w*")
# Elements by which XMP describes its own schemas (ISO 19005-1, 6.7.8).
_SCHEMAS_OF_XMP = ("<pdfaProperty:", "<pdfaSchema:", "<pdfaType:", "<pdfaField:")


def _spelled(name: str) -> str:
    """Return the name of an element or attribute as a label, in words."""
    return _PEOPLE.get(name) or _CAMEL.sub(" ", name).strip()[:_LONGEST_LABEL]


def _label(element: str, value: str, known: Vocabulary) -> str:
    words = "" if element in known.quiet or element == "field" else _CAMEL.sub(" ", element)
    said = decode(References(attribute=True), value[:_LONGEST_LABEL])
    return f"{words} {said}".strip()[:_LONGEST_LABEL]


def _formula(piece: Piece, *, header: bool = False) -> Iterator[Piece]:
    """Yield the pieces of a formula, or of a header of a sheet.

    All of it is one text if an escape is across two of them.
    """
    if piece.syntax:
        text = decode(piece.syntax, piece.source)
        inner = header_pieces if header else formula_pieces
        found = map_to_source(inner(text, piece.kind), piece.source, piece.syntax)
        yield from split(piece) if found is None else found


def _read(piece: Piece, kinds: Kinds) -> Iterator[Piece]:
    """Yield the pieces of a text that is read as a page if it has tags: a feed's descriptions."""
    if piece.syntax and not piece.joins and ("&lt;" in piece.source or "<" in piece.source):
        text = decode(piece.syntax, piece.source)
        if _MARKUP.search(text):
            inner = Page(kinds, depth=1).pieces(iter([text]))
            found = map_to_source(inner, piece.source, piece.syntax)
            if found is not None:
                yield from found
                return
    if piece.source:
        yield from split(piece)
