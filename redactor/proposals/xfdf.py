"""Marks of a PDF as XFDF (ISO 19444-1), which programs write and read beside a document.

An XFDF has no texts, but names, places and types of marks. The places are those of the glyphs of
the marked PDF that lies beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from redactor.errors import MarksError
from redactor.formats.pdf.drawn import PageText
from redactor.formats.pdf.marks import Annotation, quads_of
from redactor.proposals.papers import banner, covered
from redactor.proposals.places import Original, stamp_of
from redactor.proposals.reading import MarkedText

_MARKS = frozenset({"redact", "highlight"})


def write(original: Original, marks: Sequence[Annotation], name: str) -> bytes:
    """Return the marks of a document as XFDF; `name` is that of the PDF beside it."""
    said = banner(original)
    first = f'<freetext page="0" rect="0,0,1,1" name={quoteattr(said.name)} title="redactor" '
    first += f'flags="print,hidden"><contents>{escape(said.text)}</contents></freetext>'
    rows = [first]
    for one in marks:
        numbers = [x for quad in one.quads for x in quad]
        rect = min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])
        rows.append(
            f'<redact page="{one.page - 1}" rect="{_row(rect)}" coords="{_row(numbers)}" '
            f'name={quoteattr(one.name)} title="redactor" color="#CC0000" '
            f'interior-color="#000000" overlay-text={quoteattr(one.says.rpartition(" ")[0])} '
            f'flags="print"><contents>{escape(one.says)}</contents></redact>'
        )
    body = "\n".join(rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xfdf xmlns="http://ns.adobe.com/xfdf/" xml:space="preserve">\n'
        f"<f href={quoteattr(name)}/>\n<annots>\n{body}\n</annots>\n</xfdf>\n"
    ).encode("utf-8", "replace")


def _row(numbers: Sequence[float]) -> str:
    return ",".join(f"{x:.3f}" for x in numbers)


def read(data: bytes) -> _Annotations:
    """Return the annotations of an XFDF. Raises MarksError."""
    found = _Annotations()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)  # noqa: FBT003  # its only form
    except (expat.ExpatError, ValueError, OverflowError):
        raise MarksError("is no XFDF that can be read") from None
    return found


def _refuse(*_: object) -> None:
    raise MarksError("has a document type, which no XFDF needs")


@dataclass(slots=True)
class _Annotations:
    """The annotations of an XFDF: the marks, and the names of all others."""

    marks: list[Annotation] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    _open: dict[str, str] | None = field(default=None, repr=False)
    _says: list[str] | None = field(default=None, repr=False)
    _said: str = field(default="", repr=False)

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take in the start of an element."""
        name = name.rpartition(" ")[2]
        if name in _MARKS:
            self._open, self._said = values, ""
        elif name == "contents" and self._open is not None:
            self._says = []
        elif "name" in values:
            self.others.append(values["name"])

    def text(self, said: str) -> None:
        """Take in a text."""
        if self._says is not None:
            self._says.append(said)

    def end(self, name: str) -> None:
        """Take in the end of an element. Raises ValueError for a mark without a place."""
        name = name.rpartition(" ")[2]
        if name == "contents" and self._says is not None:
            self._said, self._says = "".join(self._says), None
        elif name in _MARKS and self._open is not None:
            values, self._open = self._open, None
            numbers = [
                float(x) for x in (values.get("coords") or values.get("rect", "")).split(",")
            ]
            if not all(map(math.isfinite, numbers)):
                raise ValueError
            page = int(values.get("page", "0")) + 1
            quads = quads_of(numbers)
            self.marks.append(Annotation(page, values.get("name", ""), self._said, quads))

    @property
    def document(self) -> str:
        """Return the id of the document that the marks are of. Raises MarksError."""
        stamp = next(filter(None, map(stamp_of, self.others)), None)
        if stamp is None:
            raise MarksError("does not say which document its marks are of")
        return stamp[0]

    def covered(self, texts: Iterable[PageText]) -> MarkedText:
        """Return what the marks cover of the texts of pages. Raises MarksError."""
        return covered(texts, self.marks, self.others)
