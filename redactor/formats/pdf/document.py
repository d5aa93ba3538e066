"""A PDF as texts, and its copy: the walk over its objects, its content streams, its metadata."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, BinaryIO
from unicodedata import normalize

import pikepdf
from pikepdf import Dictionary, Name, String

from redactor.errors import DamagedDocument, EncryptedDocument, OutputError, UnsupportedFormat
from redactor.formats.base import Budget, Member, Sink, Token
from redactor.formats.pdf.attachments import put, read_members, unread_member
from redactor.formats.pdf.bombs import count_streams
from redactor.formats.pdf.content import FONT, Glyph, Mark, Page, Picture, interpret
from redactor.formats.pdf.editing import Box, boxes, rewritten
from redactor.formats.pdf.embedded import burn_embedded, embedded_tokens, reread_embedded
from redactor.formats.pdf.fonts import NO_FONT, Font, load_font
from redactor.formats.pdf.images import clean_pictures
from redactor.formats.pdf.objects import (
    INHERITED,
    Attached,
    Content,
    Text,
    Xml,
    drop,
    refuse_password,
    walk,
)
from redactor.formats.pdf.pictures import check_is_no_scan, scan_resolution
from redactor.formats.pdf.reading import Block, blocks, check_is_readable, is_readable, place_of
from redactor.formats.pdf.scans import (
    RASTER_DPI,
    Burned,
    PixelPage,
    Recognised,
    Removed,
    burn,
    check_pages,
    images_of_scans,
    is_ours,
    page_tokens,
    reread_pages,
    strip,
)
from redactor.formats.pdf.xmp import edited_xml, xml_tokens
from redactor.model import Edit, Kind, Location, Seeing

__all__ = [
    "Opened",
    "Shown",
    "content_streams",
    "members",
    "opened",
    "seen_texts",
    "shown",
    "texts",
    "write",
]


_MISSHAPEN = (
    *(pikepdf.PdfError, RecursionError, TypeError, ValueError),
    *(KeyError, IndexError, AttributeError, ArithmeticError),
)
"""What an object of another type than its place asks for ends in, wherever it is met."""

_OTHER_ENCRYPTION = "encryption dictionary"  # in what qpdf says of what it does not decrypt


@dataclass(frozen=True, slots=True)
class Opened:
    """A document that is open: without what no copy has, and pages that are pictures without all.

    `unexamined` is what was taken out of it that was not examined, in words; `pages` are those that
    OCR reads, by their numbers.
    """

    pdf: pikepdf.Pdf
    unexamined: list[str]
    pages: Mapping[int, PixelPage]


@contextmanager
def opened(source: BinaryIO, seeing: Seeing) -> Iterator[Opened]:
    """Open a document and take out what no copy has. Raises InputError."""
    with _opened(source) as (pdf, unexamined):
        pages = _pixel_pages(pdf, seeing) if seeing.ocr else {}
        if all(one.is_scan for one in pages.values()):
            yield Opened(pdf, unexamined, pages)
            return
        strip(pdf, [one.number for one in pages.values() if not one.is_scan])
        with pikepdf.open(_saved(pdf)) as rest:  # what nothing leads to any more is gone
            yield Opened(rest, unexamined, pages)


def _pixel_pages(pdf: pikepdf.Pdf, seeing: Seeing) -> dict[int, PixelPage]:
    """Return the pages that OCR reads: scans, and those that become pictures."""
    fonts, found = Fonts(), dict[int, PixelPage]()
    for item in walk(pdf):
        if not isinstance(item, Content) or not item.page:
            continue
        if item.page in found and (not found[item.page].is_scan or seeing.raster == "none"):
            continue
        page = _interpreted(item, fonts)
        ours = is_ours(pdf.pages[item.page - 1].obj)
        if not ours and _becomes_picture(item, page, seeing):
            found[item.page] = PixelPage(item.page, RASTER_DPI, is_scan=False)
        elif item.is_page and (dpi := scan_resolution(item, page)):
            found[item.page] = PixelPage(item.page, dpi, is_scan=True)
    return dict(sorted(found.items()))


def _becomes_picture(item: Content, page: Page, seeing: Seeing) -> bool:
    if seeing.raster == "none":
        return False
    drawn_by_fonts = item.is_glyph and bool(page.glyphs)
    return seeing.raster == "all" or drawn_by_fonts or not is_readable(page.glyphs)


@contextmanager
def _opened(source: BinaryIO) -> Iterator[tuple[pikepdf.Pdf, list[str]]]:
    """Open a document, with what was taken out of it that was not examined, in words."""
    source.seek(0)
    try:
        pdf = pikepdf.open(source)
    except pikepdf.PasswordError:
        raise refuse_password() from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, ArithmeticError) as error:
        if _OTHER_ENCRYPTION in str(error):
            raise EncryptedDocument(
                "is encrypted for certificates, or in a way of its own"
            ) from None
        raise DamagedDocument("is no PDF that can be read") from None
    try:
        with pdf:
            yield pdf, drop(pdf)
    except _MISSHAPEN:
        raise DamagedDocument("the objects of the PDF are damaged") from None


class Fonts:
    """The fonts of a document, each loaded once."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[int, int], Font] = {}

    def of(self, resources: pikepdf.Object | None, name: str) -> Font:
        """Return the font of that name in some resources."""
        found = _resource(resources, "/Font", name)
        return self._font(found) if isinstance(found, Dictionary) else NO_FONT

    def stated(self, resources: pikepdf.Object | None, name: str) -> tuple[Font, float] | None:
        """Return font and size that a graphics state of that name sets."""
        found = _resource(resources, "/ExtGState", name)
        if isinstance(found, Dictionary) and "/Font" in found:
            return self._font(found.Font[0]), float(found.Font[1])
        return None

    def _font(self, obj: pikepdf.Object) -> Font:
        if not obj.is_indirect:
            return load_font(obj)
        if obj.objgen not in self._loaded:
            self._loaded[obj.objgen] = load_font(obj)
        return self._loaded[obj.objgen]


def _resource(resources: pikepdf.Object | None, kind: str, name: str) -> Any:
    if not isinstance(resources, Dictionary) or kind not in resources:
        return None
    return resources[kind].get(name)


class _Stream:
    """A content stream: blocks of glyphs, then strings in the operands of marked content."""

    def __init__(self, item: Content, fonts: Fonts) -> None:
        self.item = item
        self.page = _interpreted(item, fonts)
        glyphs = self.page.glyphs
        if item.is_glyph and glyphs:
            raise UnsupportedFormat("a font draws its letters with other fonts")
        check_is_readable(glyphs, item.page)
        self.blocks: list[Block] = list(blocks(glyphs))
        where = Location(Kind.BODY, page=item.page)
        self.tokens = [Token(b"", block.text, location=where) for block in self.blocks]
        self.strings = list(_strings(self.page))
        where = Location(Kind.ATTRIBUTE, page=item.page)
        self.tokens += [Token(b"", str(one[1]), location=where) for one in self.strings]

    def edit(self, edits: Sequence[Edit], pdf: pikepdf.Pdf) -> None:
        """Put a new stream in the place of this one; `segment` counts from its own first text."""
        some: list[Box] = []
        for number, block in enumerate(self.blocks):
            mine = [one for one in edits if one.segment == number]
            if mine:
                some += boxes(block, mine)
        for number, (holder, value, key) in enumerate(self.strings, len(self.blocks)):
            mine = [one for one in edits if one.segment == number]
            if mine:
                holder[key] = String(_applied(str(value), mine))
        _drop_actual_text(self.page, some)
        self._replace(rewritten(self.page, some), pdf)
        if some:
            resources = _with_font(self.item.resources)
            if not self.item.is_page and "/Resources" not in self.item.obj:
                resources[INHERITED] = True
            self.item.obj.Resources = resources

    def removed(self, edits: Sequence[Edit]) -> Iterator[Removed]:
        """Yield what edits remove of the text, and where on the page it is."""
        for edit in edits:
            if edit.segment >= len(self.blocks):
                continue
            block = self.blocks[edit.segment]
            rows = zip(block.glyphs, block.starts, block.texts, strict=True)
            some = [g for g, at, text in rows if at < edit.end and edit.start < at + len(text)]
            place = place_of(some) if self.item.is_page and some else None
            yield Removed(block.text[edit.start : edit.end], place)

    def kept(self, edits: Sequence[Edit]) -> set[str]:
        """Return the words of the text that edits leave."""
        words: set[str] = set()
        for number, block in enumerate(self.blocks):
            mine = [replace(one, replacement="\n") for one in edits if one.segment == number]
            words |= set(_applied(block.text, mine).split())
        return words

    def tidy(self, pdf: pikepdf.Pdf) -> None:
        """Take out comments, which may be anything."""
        if b"%" in self._bytes():
            self._replace(rewritten(self.page, []), pdf)

    def _bytes(self) -> bytes:
        contents = self.item.obj.Contents if self.item.is_page else self.item.obj
        streams = contents if isinstance(contents, pikepdf.Array) else [contents]
        return b"".join(x.read_bytes() for x in streams if isinstance(x, pikepdf.Stream))

    def _replace(self, data: bytes, pdf: pikepdf.Pdf) -> None:
        if self.item.is_page:
            self.item.obj.Contents = pdf.make_stream(data)
        else:
            self.item.obj.write(data)


def _interpreted(item: Content, fonts: Fonts) -> Page:
    resources = item.resources
    return interpret(
        pikepdf.Page(item.obj) if item.is_page else item.obj,
        lambda name: fonts.of(resources, name),
        lambda name: fonts.stated(resources, name),
    )


def _drop_actual_text(page: Page, some: Sequence[Box]) -> None:
    """Take out what marked content says that its glyphs are, where some of them are removed."""
    removed = {id(glyph) for box in some for glyph in box.glyphs}
    for mark in page.marks:
        if _repeats(page, mark) and any(
            id(one) in removed for one in page.glyphs[mark.first : mark.end]
        ):
            del mark.properties["/ActualText"]


def _repeats(page: Page, mark: Mark) -> bool:
    """Tell whether the `ActualText` of marked content is what its glyphs say anyway."""
    properties = mark.properties
    if not isinstance(properties, Dictionary) or "/ActualText" not in properties:
        return False
    said = "".join(one.text or "" for one in page.glyphs[mark.first : mark.end])
    actual = normalize("NFKC", str(properties["/ActualText"]))
    return "".join(actual.split()) == "".join(said.split())


def _strings(page: Page) -> Iterator[tuple[Any, Any, str]]:
    """Yield the strings of marked content: their dictionary, themselves, their key."""
    for mark in page.marks:
        properties = mark.properties
        if not isinstance(properties, Dictionary) or mark.around is not None:
            continue
        for key in sorted(properties.keys()):
            value = properties[key]
            repeated = key == "/ActualText" and _repeats(page, mark)
            if isinstance(value, String) and key != "/Lang" and str(value) and not repeated:
                yield properties, value, key


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def _with_font(resources: pikepdf.Object | None) -> Dictionary:
    """Return resources with the font of labels."""
    found = _copied(resources)
    fonts = _copied(found.get("/Font"))
    fonts[FONT] = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        Encoding=Name.WinAnsiEncoding,
    )
    found.Font = fonts
    return found


def _copied(obj: pikepdf.Object | None) -> Dictionary:
    """Return a dictionary with the same entries, which others do not share."""
    found = Dictionary()
    if isinstance(obj, Dictionary):
        for key, value in obj.items():
            found[key] = value
    return found


def _parts(
    opened: Opened,
) -> Iterator[tuple[Content | Text | Xml, list[Token], _Stream | None]]:
    """Yield the items of a document with their texts."""
    fonts = Fonts()
    for item in walk(opened.pdf):
        match item:
            case Content():
                stream = _Stream(item, fonts)
                if item.is_page and item.page not in opened.pages:
                    check_is_no_scan(item, stream.page)
                yield item, stream.tokens, stream
            case Xml():
                yield item, xml_tokens(item.stream, item.page), None
            case Attached():
                pass  # a member of the document
            case Text():
                token = Token(b"", item.text, None, item.location, item.slot, item.label)
                yield item, [token], None


@dataclass(frozen=True, slots=True)
class Shown:
    """A content stream: its texts, each with the characters before it, and what it draws.

    Those before are the characters of all texts of the document, as `texts` yields them.
    """

    item: Content
    texts: tuple[tuple[int, Block], ...]
    pictures: Sequence[Picture]


def shown(document: Opened) -> Iterator[Shown]:
    """Yield the content streams of a document."""
    base = 0
    for _, tokens, stream in _parts(document):
        if stream is not None:
            starts = accumulate((len(one.text) for one in stream.blocks), initial=base)
            rows = tuple(zip(starts, stream.blocks, strict=False))
            yield Shown(stream.item, rows, stream.page.pictures)
        base += sum(len(token.text or "") for token in tokens)


def texts(source: BinaryIO, budget: Budget, seeing: Seeing) -> Iterator[Token]:
    """Yield the texts of a document, of pages that OCR reads, then its pictures.

    Raises InputError.
    """
    source.seek(0)
    data = source.read()
    count_streams(data, budget)
    with opened(source, seeing) as document:
        for _, tokens, _ in _parts(document):
            yield from tokens
        for seen, medium in page_tokens(data, document.pages, seeing.ocr):
            budget.unpacked(0, 0)  # looks at the time
            yield from (*seen, medium)
        but = images_of_scans(document.pdf, document.pages)
        yield from embedded_tokens(document.pdf, but, seeing.ocr)


def members(source: BinaryIO, seeing: Seeing) -> Iterator[Member]:
    """Yield the files that are attached to a document, and parts of it that nothing examines.

    Raises InputError.
    """
    with opened(source, seeing) as document:
        number = 0
        for member in read_members(document.pdf):
            number = member.number
            yield member
        for reason in document.unexamined:
            number += 1
            yield unread_member(number, reason)


def write(
    source: BinaryIO,
    edits: Sequence[Edit],
    sink: Sink,
    contents: Mapping[int, BinaryIO | None],
    seeing: Seeing,
) -> list[Token]:
    """Write a copy with edits; return the texts before. Raises InputError, OutputError.

    `contents` are the new contents of attached files by their numbers, None for one left out.
    """
    found: list[Token] = []
    layers: dict[int, Recognised] = {}
    at = 0
    source.seek(0)
    data = source.read()
    with opened(source, seeing) as document:
        pdf = document.pdf
        for item, tokens, stream in _parts(document):
            first, after = len(found), len(found) + len(tokens)
            mine = []
            while at < len(edits) and edits[at].segment < after:
                edit = edits[at]
                mine.append(Edit(edit.segment - first, edit.start, edit.end, edit.replacement))
                at += 1
            found += tokens
            if stream is not None and stream.item.page in document.pages:
                layer = layers.setdefault(stream.item.page, Recognised())
                layer.removed += stream.removed(mine)
                layer.kept |= stream.kept(mine)
            if mine:
                _edit(item, stream, mine, pdf)
            elif stream is not None:
                stream.tidy(pdf)
        put(pdf, contents)
        clean_pictures(pdf)
        found += _burned(document, data, edits[at:], len(found), layers, seeing, sink)
    return found


def _burned(  # noqa: PLR0913, PLR0917  # a document, what is removed of its pixels, where it is written
    document: Opened,
    data: bytes,
    edits: Sequence[Edit],
    first: int,
    layers: Mapping[int, Recognised],
    seeing: Seeing,
    sink: Sink,
) -> list[Token]:
    """Write a document whose texts are edited, with edits of what OCR sees; return that."""
    pdf, pages, burned = document.pdf, document.pages, Burned()
    mine = [replace(one, segment=one.segment - first) for one in edits]
    but = images_of_scans(pdf, pages)
    if pages:
        edited = _saved(pdf).getvalue()
        burned = burn(pdf, data, edited, pages, mine, layers, seeing.ocr)
    tokens = burned.tokens
    if seeing.ocr:
        rest = [replace(one, segment=one.segment - len(tokens)) for one in mine]
        ours = {one.objgen for one in burned.pictures}
        tokens = [*tokens, *burn_embedded(pdf, {*but, *ours}, rest, seeing.ocr)]
    copy = _save(pdf)
    check_pages(copy, pages, burned)
    sink.write(copy)
    return tokens


def _edit(
    item: Content | Text | Xml,
    stream: _Stream | None,
    edits: Sequence[Edit],
    pdf: pikepdf.Pdf,
) -> None:
    match item:
        case Content():
            assert stream is not None  # noqa: S101  # for the types
            stream.edit(edits, pdf)
        case Xml():
            item.stream.write(edited_xml(item.stream, edits))
        case Text():
            item.holder[item.key] = String(_applied(item.text, edits))


def _save(pdf: pikepdf.Pdf) -> bytes:
    """Return a document: reachable objects alone, in one revision, the same bytes every time."""
    try:
        draft = _saved(pdf)
        # Written twice: the order of what qpdf adds to a stream is settled, and a copy of a copy is
        # the same file.
        with pikepdf.open(draft) as again:
            return _saved(again).getvalue()
    except pikepdf.PdfError:
        raise OutputError("the copy of the PDF could not be written") from None


def _saved(pdf: pikepdf.Pdf) -> io.BytesIO:
    copy = io.BytesIO()
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of widgets that are in no form: they were so before
        pdf.save(copy, deterministic_id=True, encryption=False, fix_metadata_version=False)
    copy.seek(0)
    return copy


def content_streams(document: Opened) -> Iterator[list[Glyph]]:
    """Yield the glyphs of each content stream."""
    for _, _, stream in _parts(document):
        if stream is not None:
            yield stream.page.glyphs


def seen_texts(source: BinaryIO, seeing: Seeing) -> Iterator[str]:
    """Yield what OCR sees in the pages that it reads, in several readings. Raises InputError."""
    if not seeing.ocr:
        return
    source.seek(0)
    data = source.read()
    with opened(source, seeing) as document:
        yield from reread_pages(data, document.pages, seeing.ocr)
        but = images_of_scans(document.pdf, document.pages)
        yield from reread_embedded(document.pdf, but, seeing.ocr)
