"""Marked copies of PDF: a `Redact` annotation for each place, and the same marks as XFDF.

`NM` has the document and the key of the mark, `Contents` type, code and key, `OverlayText` type and
code. A banner on each page says what the file is, and its name has document and run.

Fields of forms have marks on their appearances, those without one on all of the field; what their
values say follows the marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import BinaryIO

from redactor.errors import MarksError
from redactor.formats.budget import TreeBudget
from redactor.formats.pdf.bombs import count_streams
from redactor.formats.pdf.drawn import PageText, Quad, Repeated, page_texts
from redactor.formats.pdf.marks import Annotation, Banner, marked, read_marks
from redactor.model import Limits
from redactor.proposals.letters import Letters
from redactor.proposals.places import KEY, Original, Segment, Value, Words, stamp_of, words_of
from redactor.proposals.reading import Mark, MarkedText

_PART = "text"  # what the log calls a PDF by itself
_SAYS = (
    "PRIVATE, NOT REDACTED. Marks show what is to be removed: delete, move, add some. "
    "Do not apply them, do not change the text."
)


def segments(texts: Iterable[PageText]) -> tuple[Segment, ...]:
    """Return the texts of pages in which marks can be."""
    return tuple(Segment(_PART, one.base, one.block.text, one.story, one.is_value) for one in texts)


def values(again: Iterable[Repeated]) -> tuple[Value, ...]:
    """Return the values of fields that say what their appearances show."""
    return tuple(Value(_PART, one.base, one.text, one.first, one.last) for one in again)


def proposed(original: Original, texts: Sequence[PageText]) -> list[Annotation]:
    """Return the marks of a document; a place on two pages has two.

    The text of a form that is drawn often is marked wherever it is drawn.
    """
    found: list[Annotation] = []
    letters = Letters(original.segments)
    for place in original.places:
        pages: dict[int, list[Quad]] = {}
        for number, start, end in letters.pieces(place):
            for page, quad in texts[number].quads(start, end):
                pages.setdefault(page, []).append(quad)
        for page, quads in pages.items():
            name = f"{original.document}:{place.key}"
            found.append(Annotation(page, name, place.words, tuple(quads)))
    return found


def banner(original: Original) -> Banner:
    """Return what each page of a marked copy says."""
    return Banner(_SAYS, original.stamp)


def write(source: BinaryIO, original: Original, marks: Sequence[Annotation]) -> bytes:
    """Return the marked copy of a document. Raises InputError."""
    return marked(source, marks, banner(original))


def read(data: bytes) -> MarkedText:
    """Return what a marked copy says. Raises MarksError, InputError."""
    count_streams(data, TreeBudget(Limits()))  # it was in other hands
    marks, others = read_marks(BytesIO(data))
    return covered(page_texts(BytesIO(data)), marks, others)


def covered(
    texts: Iterable[PageText], marks: Sequence[Annotation], others: Iterable[str]
) -> MarkedText:
    """Return what marks cover of the texts of pages; `others` name all other annotations.

    Raises MarksError.
    """
    stamp = next(filter(None, map(stamp_of, others)), None)
    if stamp is None:
        raise MarksError("has lost its banners, which say what it is the marked copy of")
    if any(_key(one.name) and not one.name.startswith(f"{stamp[0]}:") for one in marks):
        raise MarksError("has a mark of another document")
    found = MarkedText(*stamp)
    by_page: dict[int, list[tuple[Annotation, Mark]]] = {}
    for one in marks:
        mark = found.open(_words(one), f"page {one.page}")
        by_page.setdefault(one.page, []).append((one, mark))
    for text in texts:
        block = text.block
        pages = dict.fromkeys(drawing.page for drawing in text.drawings)
        near = [row for page in pages for row in by_page.get(page, ())]
        for glyph, said in zip(block.glyphs, block.texts, strict=True):
            places = text.centres(glyph) if near else []
            own = [mark for one, mark in near if any(one.covers(*place) for place in places)]
            found.add(said, f"page {text.page}", *own)
    if blank := next((mark for mark in found.marks if not mark.texts), None):
        raise MarksError(f"has a mark that covers no text of the page, {blank.where}")
    found.close()
    return found


def _key(name: str) -> str:
    """Return the key in the name of a mark of ours; empty for any other."""
    document, _, key = name.partition(":")
    return key if len(document) == 24 and KEY.fullmatch(key) else ""  # of an id


def _words(one: Annotation) -> Words:
    """Return what a mark says: of one that a person added, perhaps a type."""
    said = words_of(one.says) or Words()
    return Words(_key(one.name) or said.key, said.entity)
