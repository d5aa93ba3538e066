"""The text of a Word document: runs of its running text, with their places in the XML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from redactor.errors import MarksError
from redactor.proposals.paragraphs.fields import Fields
from redactor.proposals.paragraphs.walk import utf_8_parser

SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)


@dataclass(slots=True)
class Text:
    """An element with text: where it and its run begin, the pieces of its content."""

    tag: int
    run: int
    start: int = -1
    end: int = -1
    properties: str = field(default="", repr=False)


class Walk:
    """Reads the text of a document: runs of the running text, and the comments on them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parser = utf_8_parser(data)
        self._stack: list[str] = []
        self._prefix = ""
        self._barred = 0
        self._run = (-1, -1, -1)
        self._fields = Fields()
        self.body = -1
        self.texts: list[Text] = []
        self.said: Callable[[str], None] = lambda _: None
        self.marked: Callable[[str, str], None] = lambda *_: None
        self.ended: Callable[[], None] = lambda: None

    @property
    def prefix(self) -> str:
        """Return the prefix of the names of WordprocessingML, with its colon."""
        return self._prefix

    def run(self) -> None:
        """Read the document. Raises MarksError."""
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.buffer_text = False
        try:
            parser.Parse(self._data, True)  # noqa: FBT003  # its only form
        except (expat.ExpatError, ValueError):
            raise MarksError("is no Word document that can be read") from None

    def _start(self, name: str, values: dict[str, str]) -> None:
        if not self._stack:
            found = [k for k, v in values.items() if k.startswith("xmlns") and v in SPACES]
            if not found:
                raise MarksError("is no Word document that can be read")
            self._prefix = f"{found[0].partition(':')[2]}:".removeprefix(":")
        self._stack.append(name)
        local = self._local(name)
        if local == "fldChar":
            self._fields.step(values.get(f"{self._prefix}fldCharType", ""))
        elif local == "fldSimple":
            self._fields.begin(values.get(f"{self._prefix}instr", ""), result=True)
        self._enter(name, local, values)

    def _enter(self, name: str, local: str, values: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        if name.endswith(":Fallback") or local == "txbxContent":
            self._barred += 1
        match local:
            case "body" if self.body < 0:
                self.body = self._data.index(b">", at) + 1
            case "r":
                self._run = (at, -1, -1)
            case "rPr" if self._above == "r":
                self._run = (self._run[0], at, -1)
            case "t" if self._shows:
                self.texts.append(Text(at, self._run[0], properties=self._properties()))
            case "commentRangeStart" | "commentRangeEnd":  # LibreOffice may end one in a text box
                self.marked(local, values.get(f"{self._prefix}id", ""))
            case "tab" | "br" | "cr" if not self._barred:
                self.said(" ")

    @property
    def _shows(self) -> bool:
        """Tell whether a text is one that marks can be in."""
        return not self._barred and not self._fields.change

    @property
    def _above(self) -> str:
        return self._local(self._stack[-2]) if len(self._stack) > 1 else ""

    def _local(self, name: str) -> str:
        """Return a name of WordprocessingML without its prefix; empty for any other."""
        own = name.startswith(self._prefix) if self._prefix else ":" not in name
        return name[len(self._prefix) :] if own else ""

    def _properties(self) -> str:
        """Return the properties of the run, as they are written in its element."""
        _, start, end = self._run
        if start < 0 or end <= start:
            return ""
        whole = self._data[start:end]
        return whole[whole.index(b">") + 1 :].decode("utf-8", "replace")

    def _text(self, said: str) -> None:
        local = self._local(self._stack[-1]) if self._stack else ""
        if local == "instrText":
            self._fields.say(said)
        if local == "t" and self._shows:
            if self.texts[-1].start < 0:
                self.texts[-1].start = self._parser.CurrentByteIndex
            self.said(said)

    def _end(self, name: str) -> None:
        self._stack.pop()
        local, at = self._local(name), self._parser.CurrentByteIndex
        if local == "rPr" and self._stack and self._local(self._stack[-1]) == "r":
            self._run = (*self._run[:2], at)
        elif local == "fldSimple":
            self._fields.step("end")
        elif local == "t" and self._shows:
            self.texts[-1].end = at
        elif local == "p" and not self._barred:
            self.ended()
        if name.endswith(":Fallback") or local == "txbxContent":
            self._barred -= 1
