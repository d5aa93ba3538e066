"""Another reader of XML: expat, by which documents are found to be well-formed.

It shares no code with the tokenizer. It reads no external entity, and refuses documents that
declare entities: a text could be written elsewhere than where it is read, and a few bytes could
expand to any number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from redactor.errors import DamagedDocument, LimitExceeded, UnsupportedFormat
from redactor.formats.xml.formulas import ESCAPED, FUNCTION, HEADER_CODE
from redactor.formats.xml.vocabularies import HEADERS, Vocabulary, is_style_name
from redactor.model import Kind

DEEPEST = 100_000
"""Open elements. The deepest files of well-known formats have a few dozen."""

_ANY_TAG = re.compile(r"<[^<>]*+>")


def mixed_elements(chunks: Iterable[str]) -> tuple[list[int], str]:
    """Return the elements with text beside elements, as numbers, and the first tag.

    Element names are numbered from 0 in the order of their first start tags. Raises
    DamagedDocument for what is not well-formed, UnsupportedFormat for declared entities.
    """
    shape = _Shape()
    parser = _parser()
    parser.StartElementHandler = shape.start
    parser.EndElementHandler = shape.end
    parser.CharacterDataHandler = shape.text
    _feed(parser, chunks)
    return sorted(shape.mixed), shape.root


class _Shape:
    """Which elements have both text and elements in them."""

    def __init__(self) -> None:
        self.mixed: set[int] = set()
        self.root = ""
        self._numbers: dict[str, int] = {}
        self._open: list[list[int]] = []  # number, has text, has elements

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open:
            values = " ".join(f'{key}="{value}"' for key, value in attributes.items())
            self.root = f"<{name} {values}>"
        else:
            self._open[-1][2] = 1
        if len(self._open) >= DEEPEST:
            raise LimitExceeded(f"more than {DEEPEST} elements in each other")
        local = name.rpartition(":")[2]
        self._open.append([self._numbers.setdefault(local, len(self._numbers)), 0, 0])

    def end(self, name: str) -> None:
        del name
        number, text, elements = self._open.pop()
        if text and elements:
            self.mixed.add(number)

    def text(self, data: str) -> None:
        if not self._open[-1][1] and not data.isspace():
            self._open[-1][1] = 1


def texts(chunks: Iterable[str], known: Vocabulary) -> Iterator[str]:
    """Yield the texts of a document: of each paragraph, element, attribute and comment.

    Raises DamagedDocument for what is not well-formed, UnsupportedFormat for declared entities.
    """
    parser = _parser()
    walk = _Walk(known)
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    parser.CommentHandler = walk.other
    parser.ProcessingInstructionHandler = walk.instruction
    for chunk in chunks:
        _parse(parser, chunk)
        yield from walk.take()
    _parse(parser, "", final=True)
    yield from walk.take()


class _Walk:
    """Collects texts: a paragraph is one, and so is a text with the elements beside it."""

    def __init__(self, known: Vocabulary) -> None:
        self._known = known
        self._found: list[str] = []
        self._blocks: dict[Kind, list[str]] = {}
        self._open: list[tuple[str, bool]] = []  # name, and whether it is in a paragraph
        self._cell = ""

    def take(self) -> Iterator[str]:
        ready, self._found = self._found, []
        yield from ready

    def _end_block(self) -> None:
        for parts in self._blocks.values():
            self._add("".join(parts))
        self._blocks = {}

    def _add(self, text: str) -> None:
        self._found.append(text)
        if "<" in text:  # HTML in a text
            self._found.append(_ANY_TAG.sub("", text))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        known = self._known
        above, inline = self._open[-1] if self._open else ("", False)
        inline = inline and local not in known.blocks
        if not inline or local in known.paragraphs:
            self._end_block()
        elif local in known.gaps:
            self._blocks.setdefault(Kind.BODY, []).append(known.gaps[local])
        external = attributes.get("TargetMode") == "External"
        for key, value in attributes.items():
            if known.shows(key, value, (above, local), external=external):
                name = key.rpartition(":")[2]
                if known.has_formula(name, local):
                    value = FUNCTION.sub("(", value)  # noqa: PLW2901  # the same value, as read
                elif known.terse and is_style_name(name, local):
                    value = ESCAPED.sub(" ", value)  # noqa: PLW2901  # as above
                self._add(value)
        if local == "c":
            self._cell = attributes.get("t", "")
        self._open.append((local, inline or local in known.paragraphs))

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        self._open.pop()
        if local in self._known.paragraphs or not (self._open and self._open[-1][1]):
            self._end_block()

    def text(self, data: str) -> None:
        local, inline = self._open[-1]
        known = self._known
        if local in known.hidden or (local == "v" and self._cell in _NO_VALUES and known.cells):
            return
        if known.terse and not (inline and (not known.texts or local in known.texts)):
            if local in known.formulas:
                self._add(FUNCTION.sub("(", data))
            elif local in HEADERS:
                self._add(HEADER_CODE.sub("\n", data))
            elif not known.is_technical(data, local):
                self._add(data)
            return
        if not inline and not known.paragraphs:
            # Of any XML: text beside elements. What follows in this element is inline.
            self._open[-1] = local, not data.isspace()
        kind = known.texts.get(local, Kind.BODY)
        if kind is not Kind.SCRIPT or not known.is_standard_field(data):
            self._blocks.setdefault(kind, []).append(data)

    def other(self, data: str) -> None:
        self._add(data)

    def instruction(self, target: str, data: str) -> None:
        if not target.startswith(("xml", "mso-")):
            self._add(data)


_NO_VALUES = frozenset({"s", "b", "e"})
"""Types of cells whose values are indices of strings, truth values and errors."""


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")  # whatever a declaration says: it is decoded already
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse_entity
    return parser


def _refuse_entity(*_: object) -> None:
    raise UnsupportedFormat("its document type declares entities")


def _feed(parser: expat.XMLParserType, chunks: Iterable[str]) -> None:
    for chunk in chunks:
        _parse(parser, chunk)
    _parse(parser, "", final=True)


def _parse(parser: expat.XMLParserType, chunk: str, *, final: bool = False) -> None:
    try:
        parser.Parse(chunk.encode("utf-8", "surrogatepass"), final)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code) or "an error"
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise DamagedDocument(f"is no well-formed XML: {reason} at {place}") from None
