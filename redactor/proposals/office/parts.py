"""Which parts of an office document hold texts that marks can be in, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from redactor.errors import MarksError
from redactor.proposals.package import Package
from redactor.proposals.paragraphs.cells import used_strings
from redactor.proposals.paragraphs.vocabularies import (
    OPEN_DOCUMENT,
    SLIDES,
    STRINGS,
    TEXT_BOXES,
    WORD,
    Vocabulary,
)
from redactor.proposals.paragraphs.walk import Paragraph, paragraphs
from redactor.proposals.word.package import WordPackage, is_word

_WORD = {
    "header": re.compile(rb"wordprocessingml\.header\+xml"),
    "footer": re.compile(rb"wordprocessingml\.footer\+xml"),
    "footnote": re.compile(rb"wordprocessingml\.footnotes\+xml"),
    "endnote": re.compile(rb"wordprocessingml\.endnotes\+xml"),
    "comment": re.compile(rb"wordprocessingml\.comments\+xml"),
}
_SLIDES = re.compile(
    rb"presentationml\.(?:presentation|slideshow|template)\.main\+xml|ms-powerpoint\.[^\"']*main\+xml"
)
_SHEETS = re.compile(
    rb"spreadsheetml\.(?:sheet|template)\.main\+xml|ms-excel\.[^\"']*main(?:\+xml)?"
)
# `<p:sldId id="256" r:id="rId2"/>`, `<sheet name="x" r:id="rId1"/>`: what is shown, in its order.
_LISTED = re.compile(rb"<(?:\w+:)?(?:sldId|sheet)\b[^<>]*?\b\w+:id=[\"']([^\"']+)[\"']")
_UNORDERED = frozenset({"header", "footer", "cell"})


@dataclass(frozen=True, slots=True)
class Story:
    """A text that stands by itself: its part, its sort, and the paragraph.

    Of those that are not `ordered` a program may write the second before the first.
    """

    part: str = field(repr=False)
    sort: str
    number: int
    paragraph: Paragraph = field(repr=False)

    @property
    def ordered(self) -> bool:
        """Tell whether programs keep the order of such texts."""
        return self.sort not in _UNORDERED

    @property
    def letters(self) -> str:
        """Return its letters and digits."""
        return "".join(filter(str.isalnum, self.paragraph.said))

    @property
    def where(self) -> str:
        """Return where it is, in words."""
        return f"{self.sort} text {self.number}"


def stories(package: Package) -> list[Story]:
    """Return the texts of a document in which brackets can be, in order. Raises MarksError."""
    found: list[Story] = []
    for part, sort, one in _shown(package):
        found.append(Story(part, sort, len(found) + 1, one))
    return found


def _shown(package: Package) -> Iterator[tuple[str, str, Paragraph]]:
    if package.read("mimetype").startswith(b"application/vnd.oasis.opendocument."):
        for part in ("content.xml", "styles.xml"):
            yield from _read(package, part, "paragraph", OPEN_DOCUMENT)
    elif is_word(package):
        yield from _read(package, _main(package), "text box", TEXT_BOXES)
        for sort, kind in _WORD.items():
            for part in package.of_type(kind):
                yield from _read(package, part, sort, WORD)
    elif main := next(package.of_type(_SLIDES), None):
        yield from _slides(package, main)
    elif main := next(package.of_type(_SHEETS), None):
        yield from _cells(package, main)
    else:
        raise MarksError("is no text, sheet or presentation in which marks can be")


def _main(package: Package) -> str:
    assert isinstance(package, WordPackage)  # noqa: S101  # for the types
    return package.main


def _read(
    package: Package, part: str, sort: str, vocabulary: Vocabulary
) -> Iterator[tuple[str, str, Paragraph]]:
    if data := package.read(part):
        yield from ((part, sort, one) for one in paragraphs(data, vocabulary))


def _listed(package: Package, main: str, kind: str) -> Iterator[str]:
    """Yield the slides or sheets of a document, in the order in which they are shown."""
    known = package.related(main, kind)
    for number in _LISTED.findall(package.read(main)):
        if part := known.get(number.decode()):
            yield part


def _slides(package: Package, main: str) -> Iterator[tuple[str, str, Paragraph]]:
    for slide in _listed(package, main, "slide"):
        yield from _read(package, slide, "slide", SLIDES)
        for notes in package.related(slide, "notesSlide").values():
            yield from _read(package, notes, "slide", SLIDES)


def _cells(package: Package, main: str) -> Iterator[tuple[str, str, Paragraph]]:
    """Yield the strings that cells show, each once, and those that stand in cells."""
    part = next(iter(package.related(main, "sharedStrings").values()), "")
    shared = paragraphs(data, STRINGS) if (data := package.read(part)) else []
    sheets = list(_listed(package, main, "worksheet"))
    for number in used_strings(package.read(sheet) for sheet in sheets):
        if number < len(shared):
            yield part, "cell", shared[number]
    for sheet in sheets:
        yield from _read(package, sheet, "cell", STRINGS)
