"""Writes the marked copy of a document, and what is needed to read its marks back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from redactor.errors import MarksError
from redactor.files import PRIVATE_FOLDER, Draft, make_folder
from redactor.formats import Hints, Html, Pdf, Text, Xml
from redactor.formats.budget import unlimited
from redactor.formats.html import decoded as decoded_page
from redactor.formats.office import OfficeOpenXml, OpenDocument
from redactor.formats.text import Encoding, decoded
from redactor.formats.tree import Node, Reading, child
from redactor.formats.tree import Path as TreePath
from redactor.proposals import office, pages, plain
from redactor.proposals.comparison import changes
from redactor.proposals.letters import Letters
from redactor.proposals.office.copying import Copy
from redactor.proposals.office.writing import Source
from redactor.proposals.places import Original, Place
from redactor.proposals.reading import MarkedText
from redactor.proposals.values import (
    drawn_by_others,
    every_field,
    followers,
    nothing_of,
    with_values,
    without,
)

__all__ = ["FOLDER", "PLACES", "MarkedCopy", "Proposals", "marked_copy"]

FOLDER = "proposed"
"""The folder of marked copies, in the audit folder."""

PLACES = ".places"
"""The folder, in that of marked copies, of what is needed to read marks back."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """Where marked copies are written, and the run that they are of. Picklable."""

    folder: Path
    run: str

    def save(self, name: str, copy: MarkedCopy) -> None:
        """Write a marked copy, private, under the name of the document's copy.

        Raises OutputError.
        """
        kept = f"{PLACES}/{copy.original.document}.json"
        self._write(kept, copy.original.to_json())
        self._write(name, copy.data)
        for suffix, data in copy.beside.items():
            self._write(name + suffix, data)

    def _write(self, name: str, data: bytes) -> None:
        target = self.folder / name
        for folder in [*reversed(target.relative_to(self.folder).parents)]:
            make_folder(self.folder / folder, mode=PRIVATE_FOLDER)
        with Draft(target, below=self.folder) as draft:
            draft.write(data)
            draft.publish()


@dataclass(frozen=True, slots=True)
class MarkedCopy:
    """The marked copy of a document; `beside` are files of the same marks, by their suffixes."""

    data: bytes = field(repr=False)
    original: Original
    beside: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def marked_copy(
    node: Node,
    name: str,
    stamp: tuple[str, str],
    places: Sequence[Place],
    parts: Mapping[TreePath, str],
) -> MarkedCopy:
    """Return the marked copy of a document, which has that name.

    `stamp` are the ids of the document and the run, `parts` what the log calls its parts.

    Raises MarksError where no marks can be put into it.
    """
    blank = Original(*stamp, node.format.name, name, (), tuple(places))
    match node.format:
        case Text():
            encoding = Encoding.parse(node.layout.setting("encoding"))
            text = "".join(decoded(node.source, encoding))
            original = _sorted(replace(blank, segments=plain.segments(text)))
            data = plain.marked(original).encode()
            return _checked(MarkedCopy(data, original), plain.read(data.decode()))
        case Html():
            sheet = pages.Sheet(list(node.format.tokens(node.source, node.layout)), node.layout)
            original = _sorted(replace(blank, segments=sheet.segments))
            data = sheet.marked(original)
            return _checked(MarkedCopy(data, original), read_page(data, name))
        case OfficeOpenXml() | OpenDocument():
            return _marked_office(node, blank, parts)
        case Pdf():
            return _marked_pdf(node.source, blank)
    raise MarksError(f"no marks are made in {node.format.title}")


def _marked_office(node: Node, blank: Original, parts: Mapping[TreePath, str]) -> MarkedCopy:
    node.source.seek(0)
    package = office.opened(node.source.read())
    copy = Copy(package, _sources(node, package.numbers, parts))
    original = _sorted(replace(blank, segments=copy.segments, notes=copy.notes))
    if not copy.segments:
        raise MarksError("it has no text in which marks can be")
    data = copy.marked(original)
    return _checked(MarkedCopy(data, original), office.read(data, lambda _: original))


def _sources(
    node: Node, numbers: Mapping[str, int], parts: Mapping[TreePath, str]
) -> Callable[[str], Source | None]:
    """Return a function from the name of a part to the part as it was examined."""
    reading = Reading(unlimited())
    members = {
        one.number: one for one in node.format.members(node.source, node.layout, reading.budget)
    }

    def source(name: str) -> Source | None:
        number = numbers.get(name, 0)
        if number not in members or (number,) not in parts:
            return None
        with child(node, members[number], reading) as below:
            tokens = list(Xml().tokens(below.source, below.layout))
            below.source.seek(0)
            return Source(below.source.read(), tokens, parts[number,])

    return source


def _marked_pdf(source: BinaryIO, blank: Original) -> MarkedCopy:
    """Return the marked copy of a PDF.

    Where marks on fields would cover other letters, since fields lie above one another or above
    text, those fields have none: first those that are marked as a whole, then all.
    """
    # pikepdf and pdfminer, which are imported where a PDF is read.
    from redactor.formats.pdf.drawn import drawn_texts, page_texts
    from redactor.formats.pdf.marks import read_marks
    from redactor.proposals import papers, xfdf

    texts, values = drawn_texts(source)
    sorted_ = _sorted(replace(blank, segments=papers.segments(texts)))
    for leave_out in (nothing_of, drawn_by_others, every_field):
        original = with_values(without(sorted_, leave_out), papers.values(values))
        marks = papers.proposed(original, texts)
        data = papers.write(source, original, marks)
        listed = xfdf.write(original, marks, PurePosixPath(blank.name).name)
        copy = MarkedCopy(data, original, {".xfdf": listed})
        again = page_texts(BytesIO(data))
        try:
            _checked(copy, xfdf.read(listed).covered(again))
            return _checked(copy, papers.covered(again, *read_marks(BytesIO(data))))
        except MarksError:
            if leave_out is every_field:
                raise
    raise AssertionError  # the last either returns or raises


def read_page(data: bytes, name: str) -> MarkedText:
    """Return what the marked copy of a page says. Raises MarksError, EncodingError."""
    layout = Html().layout(BytesIO(data), Hints(name))
    encoding = Encoding.parse(layout.setting("encoding"))
    page = "".join(decoded_page(BytesIO(data), encoding))
    return pages.read(page, xml=layout.setting("syntax") == "xml")


def _sorted(original: Original) -> Original:
    """Return a document with places that no mark can show among those without one."""
    letters = Letters(original.segments)
    spans = [(letters.span(one), one) for one in original.places]
    shown = sorted(((span, one) for span, one in spans if span), key=lambda row: row[0])
    return replace(
        original,
        places=tuple(one for _, one in shown),
        unmarked=tuple(one for span, one in spans if span is None),
    )


def _checked(copy: MarkedCopy, marked: MarkedText) -> MarkedCopy:
    """Return a marked copy that is read back as it was written. Raises MarksError for another."""
    found = changes(copy.original, marked)
    decided = {one.place.id for one in found.verdicts}
    expected = {one.id for one in (*copy.original.places, *followers(copy.original))}
    if not found.are_none or decided != expected:
        raise MarksError("its marks could not be read back")
    return copy
