"""Web archives (WARC): of each record the headers and the body are documents.

The headers of WARC and HTTP are one header document (`header_document.py`); a body is read by its
own format, with its chunks joined and its codings undone. Pictures, sounds, films and fonts are
kept, as they are in pages.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from redactor.errors import InputError
from redactor.formats.base import (
    Budget,
    Container,
    Entry,
    Hints,
    Layout,
    Member,
    MemberText,
    Packer,
    Sink,
)
from redactor.formats.compressed import gzip, texts_of
from redactor.formats.signatures import medium_of
from redactor.formats.warc.bodies import body
from redactor.formats.warc.content import HEAD, content_type, encoding, hint, kept_medium
from redactor.formats.warc.header_document import WebHeader
from redactor.formats.warc.heads import document
from redactor.formats.warc.index import WebIndex
from redactor.formats.warc.packing import WarcPacker, numbered
from redactor.formats.warc.records import VERSION, Count, Record, records, uncounted

__all__ = ["Warc", "WebHeader", "WebIndex"]


class Warc(Container):
    """Web archives."""

    name = "warc"
    title = "Web archives (WARC)"
    suffixes = frozenset({".warc"})
    examined = "headers of WARC and HTTP with addresses and cookies, bodies by their own formats"
    not_examined = (
        "pictures, sounds, films and fonts; bodies of types that are not read (each named); dates"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a web archive. Raises InputError if a record cannot be read."""
        del hints
        next(records(source), None)
        return Layout(self.name)

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with a record, compressed by itself or not."""
        if gzip.is_gzip(head):
            try:
                head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, len(VERSION))
            except zlib.error:
                return False
        return head.startswith(VERSION)

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the header document and the body of each record. Raises InputError."""
        del layout
        for record, first, last in numbered(source, budget.unpacked):
            budget.member()
            data = document(record.warc, record.http)
            texts = texts_of([record.packed] if record.packed else [])
            yield Member(first, texts, _opened(data), hint=f"headers{_SUFFIX}")
            if last > first:
                yield _body(source, record, last, budget)

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return nothing: a web archive has no texts of its own."""
        del source, layout
        return ()

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy."""
        del layout
        return WarcPacker(source, sink)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield header documents and bodies as warcio parses them. Raises DamagedDocument."""
        del layout
        from redactor.formats.warc import (
            rereading,  # warcio, and what it imports, for WARC files alone
        )

        return rereading.entries(source)


(_SUFFIX,) = WebHeader.suffixes


def _body(source: BinaryIO, record: Record, number: int, budget: Budget) -> Member:
    """Return the body of a record as a member; its type is made out by its first bytes."""
    kind = content_type(record.warc, record.http)
    opened = _content(source, record, budget.unpacked)
    name, stated, kept, medium = "content.txt", None, False, ""
    try:
        with opened() as file:
            head = file.read(HEAD)
            medium = kept_medium(head, file, kind)
            kept = bool(not head or medium)
            address = record.warc.value("warc-target-uri").strip("<>")
            name = "content" if medium_of(head) else hint(kind, address, head)
            stated = None if kept else encoding(kind, file)
    except InputError as error:
        opened = _refused(error)
    return Member(number, (), opened, kept, hint=name, encoding=stated, medium=medium)


def _content(
    source: BinaryIO, record: Record, count: Count
) -> Callable[[], AbstractContextManager[BinaryIO]]:
    """Return what opens a body. Its bytes are counted once, however often it is opened."""
    counts = [count]

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        counted = counts.pop() if counts else uncounted
        with (
            record.opened(source) as file,
            body(file, record.body, record.stop, record.http, counted) as content,
        ):
            yield content

    return opened


def _opened(data: bytes) -> Callable[[], AbstractContextManager[BinaryIO]]:
    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield io.BytesIO(data)

    return opened


def _refused(error: InputError) -> Callable[[], AbstractContextManager[BinaryIO]]:
    def opened() -> AbstractContextManager[BinaryIO]:
        raise error

    return opened
