"""A PDF as texts, and its copy: the walk over its objects, its content streams, its metadata."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from unicodedata import normalize

import pikepdf
from pikepdf import Dictionary, Name, String

from redactor.errors import DamagedDocument, OutputError, UnsupportedFormat
from redactor.formats.base import Budget, Member, Sink, Token
from redactor.formats.pdf.attachments import put, read_members, unread_member
from redactor.formats.pdf.bombs import count_streams
from redactor.formats.pdf.content import FONT, Glyph, Mark, Page, interpret
from redactor.formats.pdf.editing import Box, boxes, rewritten
from redactor.formats.pdf.fonts import NO_FONT, Font, load_font
from redactor.formats.pdf.images import clean_pictures, count_pictures
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
from redactor.formats.pdf.pictures import check_is_no_scan
from redactor.formats.pdf.reading import Block, blocks, check_is_readable
from redactor.formats.pdf.xmp import edited_xml, xml_tokens
from redactor.model import Edit, Kind, Location

__all__ = ["content_streams", "members", "opened", "pages_of", "texts", "write"]


_MISSHAPEN = (
    *(pikepdf.PdfError, RecursionError, TypeError, ValueError),
    *(KeyError, IndexError, AttributeError, ArithmeticError),
)
"""What an object of another type than its place asks for ends in, wherever it is met."""


@contextmanager
def opened(source: BinaryIO) -> Iterator[pikepdf.Pdf]:
    """Open a document and take out what no copy has. Raises InputError."""
    with _opened(source) as (pdf, _):
        yield pdf


@contextmanager
def _opened(source: BinaryIO) -> Iterator[tuple[pikepdf.Pdf, list[str]]]:
    """Open a document, with what was taken out of it that was not examined, in words."""
    source.seek(0)
    try:
        pdf = pikepdf.open(source)
    except pikepdf.PasswordError:
        raise refuse_password() from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, ArithmeticError):
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
        resources = item.resources
        self.page: Page = interpret(
            pikepdf.Page(item.obj) if item.is_page else item.obj,
            lambda name: fonts.of(resources, name),
            lambda name: fonts.stated(resources, name),
        )
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


def _parts(pdf: pikepdf.Pdf) -> Iterator[tuple[Content | Text | Xml, list[Token], _Stream | None]]:
    """Yield the items of a document with their texts."""
    fonts = Fonts()
    for item in walk(pdf):
        match item:
            case Content():
                stream = _Stream(item, fonts)
                if item.is_page:
                    check_is_no_scan(item, stream.page)
                yield item, stream.tokens, stream
            case Xml():
                yield item, xml_tokens(item.stream, item.page), None
            case Attached():
                pass  # a member of the document
            case Text():
                token = Token(b"", item.text, None, item.location, item.slot, item.label)
                yield item, [token], None


def pages_of(pdf: pikepdf.Pdf) -> Iterator[tuple[int, int, Block]]:
    """Yield the texts that pages show by themselves: the page, the characters before, the glyphs.

    Those before are the characters of all texts of the document, as `texts` yields them.
    """
    base = 0
    for item, tokens, stream in _parts(pdf):
        if stream is not None and isinstance(item, Content) and item.is_page:
            at = base
            for block in stream.blocks:
                yield item.page, at, block
                at += len(block.text)
        base += sum(len(token.text or "") for token in tokens)


def texts(source: BinaryIO, budget: Budget) -> Iterator[Token]:
    """Yield the texts of a document, then its pictures. Raises InputError."""
    source.seek(0)
    count_streams(source.read(), budget)
    with opened(source) as pdf:
        for _, tokens, _ in _parts(pdf):
            yield from tokens
        for _ in range(count_pictures(pdf)):
            yield Token(b"", medium="pixels")


def members(source: BinaryIO) -> Iterator[Member]:
    """Yield the files that are attached to a document, and parts of it that nothing examines.

    Raises InputError.
    """
    with _opened(source) as (pdf, unexamined):
        number = 0
        for member in read_members(pdf):
            number = member.number
            yield member
        for reason in unexamined:
            number += 1
            yield unread_member(number, reason)


def write(
    source: BinaryIO,
    edits: Sequence[Edit],
    sink: Sink,
    contents: Mapping[int, BinaryIO | None],
) -> list[Token]:
    """Write a copy with edits; return the texts before. Raises InputError, OutputError.

    `contents` are the new contents of attached files by their numbers, None for one left out.
    """
    found: list[Token] = []
    at = 0
    with opened(source) as pdf:
        for item, tokens, stream in _parts(pdf):
            first, after = len(found), len(found) + len(tokens)
            mine = []
            while at < len(edits) and edits[at].segment < after:
                edit = edits[at]
                mine.append(Edit(edit.segment - first, edit.start, edit.end, edit.replacement))
                at += 1
            found += tokens
            if mine:
                _edit(item, stream, mine, pdf)
            elif stream is not None:
                stream.tidy(pdf)
        put(pdf, contents)
        clean_pictures(pdf)
        _save(pdf, sink)
    return found


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


def _save(pdf: pikepdf.Pdf, sink: Sink) -> None:
    """Write a document: reachable objects alone, in one revision, the same bytes every time."""
    try:
        draft = _saved(pdf)
        # Written twice: the order of what qpdf adds to a stream is settled, and a copy of a copy is
        # the same file.
        with pikepdf.open(draft) as again:
            sink.write(_saved(again).getvalue())
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


def content_streams(pdf: pikepdf.Pdf) -> Iterator[list[Glyph]]:
    """Yield the glyphs of each content stream."""
    for _, _, stream in _parts(pdf):
        if stream is not None:
            yield stream.page.glyphs
