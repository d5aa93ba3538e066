"""What a PDF holds that its pages do not show."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf
from pikepdf import Dictionary, Stream, String

from redactor.badredactions.colours import device_colour
from redactor.badredactions.concealment import look
from redactor.badredactions.finding import Area, Category, Finding
from redactor.badredactions.geometry import PaintedPage, Source, bounds, intersection, text_of
from redactor.badredactions.layers import HiddenLayers
from redactor.badredactions.painting import IDENTITY, Painter, rectangle
from redactor.badredactions.rendering import RenderedPages, rendered
from redactor.errors import DamagedDocument, EncryptedDocument
from redactor.formats.budget import TreeBudget
from redactor.formats.pdf.bombs import count_streams
from redactor.formats.pdf.content import Matrix
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
        seen = look(replace(painted, ground=picture.ground) if picture else painted)
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
                redact += _quads(one)
            elif one.Subtype in _COVERING and not _is_unseen(one, layers):
                _annotate(painter, one)
    return PaintedPage(number, crop, painter.glyphs, painter.covers, redact, painter.said)


_COVERING = frozenset(
    {"/Highlight", "/Square", "/Circle", "/Polygon", "/Ink", "/Line", "/FreeText", "/Stamp"}
    | {"/Underline", "/StrikeOut", "/Squiggly", "/PolyLine"}
)
"""Annotations by which people cover text; fields and links are parts of a form or a page."""

_UNSEEN = 2 | 32  # the flags Hidden and NoView


def _is_unseen(annotation: Dictionary, layers: HiddenLayers) -> bool:
    flags = int(annotation.get("/F", 0))
    return bool(flags & _UNSEEN) or ("/OC" in annotation and layers.is_off(annotation.OC))


def _area(box: Any) -> Area:
    return bounds(rectangle(box))


def _quads(annotation: Dictionary) -> list[Area]:
    """Return the areas of an annotation: its quadrilaterals, or its rectangle."""
    values = [float(one) for one in annotation.get("/QuadPoints", [])]
    if len(values) < 8:  # four points
        return [_area(annotation.Rect)]
    quads = [values[at : at + 8] for at in range(0, len(values) - 7, 8)]
    return [bounds(list(zip(quad[::2], quad[1::2], strict=True))) for quad in quads]


def _annotate(painter: Painter, annotation: Dictionary) -> None:
    """Paint an annotation: its appearance, or what viewers make of its colours."""
    painter.source = Source.ANNOTATION
    looks: Any = annotation.get("/AP")
    appearance = looks.get("/N") if isinstance(looks, Dictionary) else None
    if isinstance(appearance, Dictionary) and not isinstance(appearance, Stream):
        appearance = appearance.get(str(annotation.get("/AS", "/Off")))
    before = len(painter.glyphs)
    if isinstance(appearance, Stream):
        matrix = _fitted(appearance, _area(annotation.Rect))
        if matrix is not None:
            painter.paint(appearance, appearance.get("/Resources"), matrix)
    else:
        _by_colour(painter, annotation)
    del painter.glyphs[before:]  # they are words of the annotation
    painter.source = None


def _fitted(form: Stream, rect: Area) -> Matrix | None:
    """Return the matrix by which an appearance fills a rectangle (ISO 32000-2, 12.5.5)."""
    own = [float(one) for one in form.get("/Matrix", IDENTITY)]
    corners = rectangle(form.BBox)
    a, b, c, d, e, f = own
    left, low, right, high = bounds([(x * a + y * c + e, x * b + y * d + f) for x, y in corners])
    if right <= left or high <= low:
        return None
    wide, tall = (rect[2] - rect[0]) / (right - left), (rect[3] - rect[1]) / (high - low)
    x, y = rect[0] - left * wide, rect[1] - low * tall
    return a * wide, b * tall, c * wide, d * tall, e * wide + x, f * tall + y


def _by_colour(painter: Painter, annotation: Dictionary) -> None:
    subtype = annotation.Subtype
    key = "/C" if subtype in ("/Highlight", "/FreeText") else "/IC"
    values = [float(one) for one in annotation.get(key, [])]
    colour = device_colour(values)
    if colour is None or float(annotation.get("/CA", 1)) < 0.9:  # opaque
        return
    if subtype == "/Highlight" and max(colour) >= 0.25:  # it multiplies
        return
    if subtype == "/Polygon":
        values = [float(one) for one in annotation.get("/Vertices", [])]
        painter.cover(list(zip(values[::2], values[1::2], strict=False)), colour, opaque=True)
    if subtype in ("/Highlight", "/Square", "/FreeText", "/Circle"):
        areas = _quads(annotation) if subtype == "/Highlight" else [_area(annotation.Rect)]
        for area in areas:
            painter.cover(rectangle(area), colour, opaque=True)


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
