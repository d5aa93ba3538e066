"""Reads the paragraphs of a part: their texts, and where these stand in its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from redactor.errors import MarksError
from redactor.proposals.paragraphs.fields import Fields
from redactor.proposals.paragraphs.vocabularies import PREFIXES, Vocabulary


@dataclass(slots=True)
class Paragraph:
    """A paragraph: its text, the spans of its texts in the bytes of the part.

    `spare` is one of a copy that programs write for others, which do not show what the first has.
    """

    spare: bool = False
    text: list[str] = field(default_factory=list, repr=False)
    spans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Return its text."""
        return "".join(self.text)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds in an element."""

    name: str
    paragraph: Paragraph | None = None
    shows: bool = False
    barred: bool = False
    spare: bool = False
    inside: bool = False


def paragraphs(data: bytes, vocabulary: Vocabulary) -> list[Paragraph]:
    """Return the paragraphs of a part, in their order. Raises MarksError."""
    return _Walk(data, vocabulary).run()


class _Walk:
    """Reads a part with expat."""

    def __init__(self, data: bytes, vocabulary: Vocabulary) -> None:
        self._data, self._vocabulary = data, vocabulary
        self._parser = utf_8_parser(data, spaces=" ")
        self._stack = [_Frame("")]
        self._found: list[Paragraph] = []
        self._fields = Fields()
        self._start = -1

    def run(self) -> list[Paragraph]:
        parser = self._parser
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = False
        try:
            parser.Parse(self._data, True)  # noqa: FBT003  # its only form
        except (expat.ExpatError, ValueError):
            raise MarksError("is no office document that can be read") from None
        return self._found

    def _begin(self, full: str, values: dict[str, str]) -> None:
        self._stop()
        space, _, local = full.rpartition(" ")
        name = f"{PREFIXES.get(space, '?')}:{local}"
        top = self._stack[-1]
        self._field(name, values)
        if name in self._vocabulary.blanks and top.paragraph and not top.barred:
            top.paragraph.text.append(" ")
        self._stack.append(self._inner(top, name, values))

    def _inner(self, top: _Frame, name: str, values: dict[str, str]) -> _Frame:
        known = self._vocabulary
        spare = top.spare or name == "mc:Fallback"
        inside = top.inside or not known.inside or name == known.inside
        barred = top.barred or name in known.barred or _is_worked_out(name, values)
        paragraph, shows = top.paragraph, False
        if name in known.paragraphs and inside and not barred:
            paragraph, shows = Paragraph(spare), not known.texts
            self._found.append(paragraph)
        elif known.inside and name in known.paragraphs:
            paragraph = None
        elif name in known.texts:
            shows = not barred and not self._fields.change
        elif name in known.within:
            shows = top.shows
        return _Frame(name, paragraph, shows and not barred, barred, spare, inside)

    def _field(self, name: str, values: dict[str, str]) -> None:
        said = {key.rpartition(" ")[2]: value for key, value in values.items()}
        if name == "w:fldChar":
            self._fields.step(said.get("fldCharType", ""))
        elif name == "w:fldSimple":
            self._fields.begin(said.get("instr", ""), result=True)

    def _text(self, said: str) -> None:
        top = self._stack[-1]
        if top.name == "w:instrText":
            self._fields.say(said)
        if top.shows and top.paragraph:
            if self._start < 0:
                self._start = self._parser.CurrentByteIndex
            top.paragraph.text.append(said)

    def _end(self, _: str) -> None:
        self._stop()
        if self._stack.pop().name == "w:fldSimple":
            self._fields.step("end")

    def _stop(self) -> None:
        """End the text that is being read."""
        paragraph = self._stack[-1].paragraph
        if self._start >= 0 and paragraph:
            paragraph.spans.append((self._start, self._parser.CurrentByteIndex))
        self._start = -1


_VALUE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type"
_FORMULA = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 formula"


def _is_worked_out(name: str, values: dict[str, str]) -> bool:
    """Tell whether a cell shows a number or the result of a formula, written anew by programs."""
    if name not in {"table:table-cell", "table:covered-table-cell"}:
        return False
    return _FORMULA in values or values.get(_VALUE, "string") != "string"


def utf_8_parser(data: bytes, spaces: str | None = None) -> expat.XMLParserType:
    """Return a parser for a part, which refuses document types. Raises MarksError."""
    head = data[:200].lower()
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or (b"encoding" in head and b"utf-8" not in head):
        raise MarksError("is written in another encoding than UTF-8")
    parser = expat.ParserCreate(namespace_separator=spaces)
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise MarksError("has a document type, which no office document needs")
