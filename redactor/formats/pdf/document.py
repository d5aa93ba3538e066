"""A PDF as texts, and its copy: the walk over its objects, its content streams, its metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import BinaryIO

import pikepdf
from pikepdf import String

from redactor.formats.base import Budget, Member, Sink, Token
from redactor.formats.ocr.again import RemovedTexts
from redactor.formats.pdf.attachments import put, read_members, unread_member
from redactor.formats.pdf.bombs import count_streams
from redactor.formats.pdf.content import Glyph, Picture
from redactor.formats.pdf.embedded import (
    BurnedPicture,
    burn_embedded,
    embedded_tokens,
    reread_embedded,
    settle_embedded,
)
from redactor.formats.pdf.images import clean_pictures
from redactor.formats.pdf.objects import Attached, Content, Text, Xml, walk
from redactor.formats.pdf.opening import Opened, opened
from redactor.formats.pdf.pictures import check_is_no_scan
from redactor.formats.pdf.reading import Block
from redactor.formats.pdf.resources import Fonts
from redactor.formats.pdf.saving import saved
from redactor.formats.pdf.scans import (
    Burned,
    Recognised,
    burn,
    check_pages,
    images_of_scans,
    page_tokens,
    reread_pages,
)
from redactor.formats.pdf.settling import settled
from redactor.formats.pdf.streams import ContentTexts, applied
from redactor.formats.pdf.xmp import edited_xml, xml_tokens
from redactor.model import Edit, Seeing

__all__ = ["Shown", "content_streams", "members", "seen_texts", "shown", "texts", "write"]


def _parts(
    opened: Opened,
) -> Iterator[tuple[Content | Text | Xml, list[Token], ContentTexts | None]]:
    """Yield the items of a document with their texts."""
    fonts = Fonts()
    for item in walk(opened.pdf):
        match item:
            case Content():
                stream = ContentTexts(item, fonts)
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


def shown(document: Opened) -> Iterator[Shown | tuple[int, Text]]:
    """Yield the content streams of a document, and its strings with the characters before each."""
    base = 0
    for item, tokens, stream in _parts(document):
        if isinstance(item, Text):
            yield base, item
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
        found += _burned(document, data, edits, found, layers, seeing, sink)
    return found


def _burned(  # noqa: PLR0913, PLR0917  # a document, what is removed of its pixels, where it is written
    document: Opened,
    data: bytes,
    edits: Sequence[Edit],
    before: Sequence[Token],
    layers: Mapping[int, Recognised],
    seeing: Seeing,
    sink: Sink,
) -> list[Token]:
    """Write a document whose texts are edited, with edits of what OCR sees; return that.

    `before` are its other texts.
    """
    pdf, pages, burned = document.pdf, document.pages, Burned()
    first = len(before)
    mine = [replace(one, segment=one.segment - first) for one in edits if one.segment >= first]
    but = images_of_scans(pdf, pages)
    if pages:
        edited = saved(pdf).getvalue()
        burned = burn(pdf, data, edited, pages, mine, layers, seeing.ocr)
    tokens, embedded = burned.tokens, list[BurnedPicture]()
    if seeing.ocr:
        rest = [replace(one, segment=one.segment - len(tokens)) for one in mine]
        ours = {one.objgen for one in burned.pictures}
        more, embedded = burn_embedded(pdf, {*but, *ours}, rest, seeing.ocr)
        tokens = [*tokens, *more]
    removed = RemovedTexts.of([one.text or "" for one in (*before, *tokens)], edits)
    settle_embedded(embedded, removed, seeing.ocr)
    copy = settled(pdf, pages, burned, removed, seeing.ocr)
    check_pages(copy, pages, burned)
    sink.write(copy)
    return tokens


def _edit(
    item: Content | Text | Xml,
    stream: ContentTexts | None,
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
            item.holder[item.key] = String(applied(item.text, edits))


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
