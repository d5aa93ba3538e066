"""What a PDF holds that its pages do not show."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Dictionary, Stream, String

from redactor.badredactions.annotations import COVERING, annotate, is_unseen, quads
from redactor.badredactions.concealment import look
from redactor.badredactions.finding import Area, Category, Finding
from redactor.badredactions.geometry import PaintedPage, bounds, intersection, text_of
from redactor.badredactions.layers import HiddenLayers
from redactor.badredactions.painting import Painter
from redactor.badredactions.paths import rectangle
from redactor.badredactions.rendering import RenderedPages, rendered
from redactor.errors import DamagedDocument, EncryptedDocument
from redactor.formats.budget import TreeBudget
from redactor.formats.pdf.bombs import count_streams
from redactor.formats.pdf.content import IDENTITY
from redactor.formats.pdf.resources import Fonts
from redactor.model import Limits

__all__ = ["examine_pdf"]

_MISSHAPEN = (
    *(pikepdf.PdfError, RecursionError, TypeError, ValueError),
    *(KeyError, IndexError, AttributeError, ArithmeticError),
)
"""What an object of another type than its place asks for ends in, wherever it is met."""

_REVISIONS = 20
"""Earlier revisions that are read: each is as long as the file."""


@dataclass(slots=True)
class _Document:
    """The findings on the pages of a document, and the words that they show."""

    findings: list[Finding] = field(default_factory=list)
    visible: list[str] = field(default_factory=list, repr=False)
    words: set[str] = field(default_factory=set, repr=False)
    said: list[tuple[int, str]] = field(default_factory=list, repr=False)
    has_boxes: bool = False


def examine_pdf(data: bytes) -> list[Finding]:
    """Return what a PDF conceals. Raises InputError."""
    count_streams(data, TreeBudget(Limits()))
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            with rendered(data) as shown:
                found = _pages(pdf, shown)
            redacted = found.has_boxes or bool(found.findings)
            findings = [*found.findings, *_titles(pdf, found)]
            findings += _metadata(pdf, found)
            findings += _tags(pdf, found)
            findings += _attachments(pdf, redacted=redacted)
    except pikepdf.PasswordError:
        raise EncryptedDocument("needs a password") from None
    except _MISSHAPEN:
        raise DamagedDocument("is no PDF that can be read") from None
    return [*findings, *_revisions(data, found.words)]


def _pages(pdf: pikepdf.Pdf, shown: RenderedPages) -> _Document:
    fonts = Fonts()
    layers = HiddenLayers(pdf.Root)
    found = _Document()
    for number, page in enumerate(pdf.pages, 1):
        painted = _painted(page, number, fonts, layers)
        found.words.update(_words(text_of(painted.glyphs)))
        picture = shown.page(number) if painted.glyphs else None
        if picture:
            painted = replace(painted, ground=picture.ground, contrast=picture.contrast)
        seen = look(painted)
        found.findings += seen.findings
        found.visible.append(seen.visible)
        found.said += [(number, text) for text in painted.said]
        found.has_boxes |= seen.has_boxes
    return found


def _painted(page: pikepdf.Page, number: int, fonts: Fonts, layers: HiddenLayers) -> PaintedPage:
    media = _area(page.mediabox)
    crop = intersection(media, _area(page.cropbox)) or media
    painter = Painter(crop, fonts, layers.is_off)
    resources = page.resources if "/Resources" in page or "/Parent" in page else None
    painter.paint(page, resources, IDENTITY)
    redact: list[Area] = []
    annotations: Any = page.obj.get("/Annots", [])
    for one in annotations if isinstance(annotations, pikepdf.Array) else []:
        if isinstance(one, Dictionary) and "/Subtype" in one and "/Rect" in one:
            if one.Subtype == "/Redact":
                redact += quads(one)
            elif one.Subtype in COVERING and not is_unseen(one, layers):
                annotate(painter, one)
    glyphs, covers = painter.glyphs, painter.covers
    return PaintedPage(number, crop, glyphs, covers, redact, painter.said, painter.pictures)


def _area(box: Any) -> Area:
    return bounds(rectangle(box))


_WORD = re.compile(r"\w{3,}")
"""Words that may tell something; shorter ones are in any text."""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _untold(text: str, found: _Document, known: set[str]) -> str:
    """Return the words of a text that pages conceal, or, if they have boxes, do not show."""
    concealed = {word for one in found.findings for word in _words(one.text)} - known
    missing = [
        word
        for word in _words(text)
        if word in concealed or (found.has_boxes and word not in known)
    ]
    return " ".join(missing)


def _titles(pdf: pikepdf.Pdf, found: _Document) -> Iterator[Finding]:
    """Yield the bookmarks with words that the pages conceal."""
    known = {word for one in found.visible for word in _words(one)}
    squeezed = "".join("".join(one.split()) for one in found.visible).casefold()
    seen: set[tuple[int, int]] = set()
    outlines = pdf.Root.get("/Outlines")
    stack = [outlines.get("/First")] if isinstance(outlines, Dictionary) else []
    while stack:
        item = stack.pop()
        if not isinstance(item, Dictionary) or item.objgen in seen:
            continue
        seen.add(item.objgen)
        stack += [item.get("/Next"), item.get("/First")]
        title = str(item.get("/Title", ""))
        if "".join(title.split()).casefold() not in squeezed:
            words = _untold(title, found, known)
            if words:
                count = len("".join(words.split()))
                yield Finding(Category.BOOKMARK, count, part="bookmarks", text=title)


def _metadata(pdf: pikepdf.Pdf, found: _Document) -> Iterator[Finding]:
    """Yield the entries of Info and XMP with words that the pages conceal."""
    known = {word for one in found.visible for word in _words(one)}
    concealed = {word for one in found.findings for word in _words(one.text)} - known
    texts: list[tuple[str, str]] = []
    if "/Info" in pdf.trailer:
        info = pdf.trailer.Info
        texts += [(f"Info {key}", str(info[key])) for key in info.keys() if _is_text(info[key])]  # noqa: SIM118  # no mapping
    if isinstance(pdf.Root.get("/Metadata"), Stream):
        xmp = pdf.Root.Metadata.read_bytes().decode("utf-8", "replace")
        texts.append(("XMP", re.sub(r"<[^>]*>", " ", xmp)))
    for part, text in texts:
        if words := [word for word in _words(text) if word in concealed]:
            yield Finding(Category.METADATA, len("".join(words)), part=_safe(part), text=text)


def _tags(pdf: pikepdf.Pdf, found: _Document) -> Iterator[Finding]:
    """Yield what content or tags say instead of what is shown, with words that pages conceal."""
    known = {word for one in found.visible for word in _words(one)}
    said = list(found.said)
    for obj in pdf.objects:
        if isinstance(obj, Dictionary) and obj.get("/Type") == "/StructElem":
            said += [(0, str(obj[key])) for key in _SAYING if _is_text(obj.get(key))]
    for page, text in said:
        if words := _untold(text, found, known):
            count = len("".join(words.split()))
            yield Finding(Category.METADATA, count, page, part="tags", text=text)


_SAYING = ("/ActualText", "/E")  # alternatives of pictures say what no page shows anyway


def _safe(part: str) -> str:
    """Return a key of Info if it is one of the standard's: any other may be words of people."""
    names = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer")
    return part if part == "XMP" or part.removeprefix("Info /") in names else "Info"


def _is_text(value: Any) -> bool:
    return isinstance(value, String)


def _attachments(pdf: pikepdf.Pdf, *, redacted: bool) -> Iterator[Finding]:
    """Yield attached files; in a document with redactions they may hold what these removed."""
    for obj in pdf.objects:
        if isinstance(obj, Dictionary) and isinstance(obj.get("/EF"), Dictionary):
            size = sum(
                len(one.read_bytes()) for _, one in obj.EF.items() if isinstance(one, Stream)
            )
            yield Finding(Category.ATTACHMENT, size, part="attachments", concealed=redacted)


_END = re.compile(rb"%%EOF[ \t]*\r?\n?")


def _all_words(pdf: pikepdf.Pdf) -> set[str]:
    """Return all words on the pages, concealed ones as well."""
    fonts = Fonts()
    layers = HiddenLayers(pdf.Root)
    words: set[str] = set()
    for number, page in enumerate(pdf.pages, 1):
        painted = _painted(page, number, fonts, layers)
        words.update(_words(text_of(painted.glyphs)))
    return words


def _revisions(data: bytes, now: set[str]) -> Iterator[Finding]:
    """Yield the earlier revisions with words on their pages that the last one has not."""
    ends = [one.end() for one in _END.finditer(data)]
    earlier = [end for end in ends if data[end:].strip()][-_REVISIONS:]
    for number, end in enumerate(earlier, 1):
        words = _words_of_revision(data[:end])
        if gone := sorted(words - now):
            count = len("".join(gone))
            part = f"revision {number}"
            yield Finding(Category.EARLIER_REVISION, count, part=part, text=" ".join(gone))


def _words_of_revision(data: bytes) -> set[str]:
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            return _all_words(pdf)
    except (*_MISSHAPEN, DamagedDocument):
        return set()  # the first section of a linearized file, which is no revision
