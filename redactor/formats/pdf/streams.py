"""The texts of a content stream, and the stream that edits of them make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pikepdf
from pikepdf import String

from redactor.errors import UnsupportedFormat
from redactor.formats.base import Token
from redactor.formats.pdf.editing import Box, boxes, rewritten
from redactor.formats.pdf.objects import INHERITED, Content
from redactor.formats.pdf.reading import Block, blocks, check_is_readable, place_of
from redactor.formats.pdf.resources import Fonts, interpreted, with_label_font
from redactor.formats.pdf.scans import Removed
from redactor.formats.pdf.tagged import drop_actual_text, strings
from redactor.model import Edit, Kind, Location

__all__ = ["ContentTexts", "applied"]


class ContentTexts:
    """A content stream: blocks of glyphs, then strings in the operands of marked content."""

    def __init__(self, item: Content, fonts: Fonts) -> None:
        self.item = item
        self.page = interpreted(item, fonts)
        glyphs = self.page.glyphs
        if item.is_glyph and glyphs:
            raise UnsupportedFormat("a font draws its letters with other fonts")
        check_is_readable(glyphs, item.page)
        self.blocks: list[Block] = list(blocks(glyphs))
        where = Location(Kind.BODY, page=item.page)
        self.tokens = [Token(b"", block.text, location=where) for block in self.blocks]
        self.strings = list(strings(self.page))
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
                holder[key] = String(applied(str(value), mine))
        drop_actual_text(self.page, some)
        self._replace(rewritten(self.page, some), pdf)
        if some:
            resources = with_label_font(self.item.resources)
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
            words |= set(applied(block.text, mine).split())
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


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with edits."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text
