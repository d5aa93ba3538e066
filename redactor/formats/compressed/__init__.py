"""Compressed files (gzip, bzip2, xz, zstd): containers of one member.

The member's format is chosen by its own bytes and the name without the suffix of the compression.
A copy with edits is compressed anew, with the same header, at the default level of its format.
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.files import CHUNK, Spool
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
from redactor.formats.compressed import gzip, rereading, zstd
from redactor.formats.compressed.streams import Pieces, bunzipped, is_bzip2, is_xz, unxzed
from redactor.formats.raw_names import suffix_of
from redactor.model import Kind, Location, Slot

__all__ = ["Compressed"]

_SHORT = {
    ".tgz": ".tar",
    ".tbz": ".tar",
    ".tbz2": ".tar",
    ".txz": ".tar",
    ".tzst": ".tar",
    ".svgz": ".svg",
}
"""Suffixes that say both the compression and what is compressed."""

_COMMENT = Location(Kind.COMMENT)


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Codec:
    """A compression: how its files begin, how they are read, and how a copy is compressed."""

    is_known_by: Callable[[bytes], bool]
    unpack: Callable[[BinaryIO], Pieces]
    new: Callable[[], _Compressor]


def _new_zstd() -> _Compressor:
    """Return what compresses with a checksum, as the program `zstd` does."""
    import zstandard  # only for such files

    return zstandard.ZstdCompressor(write_checksum=True).compressobj()


_CODECS = {
    "gzip": _Codec(gzip.is_gzip, gzip.gunzipped, lambda: gzip.Compressor([gzip.Header(bytes(6))])),
    "bzip2": _Codec(is_bzip2, bunzipped, lambda: bz2.BZ2Compressor(9)),  # blocks of 900 kB
    "xz": _Codec(is_xz, unxzed, lambda: lzma.LZMACompressor(lzma.FORMAT_XZ, lzma.CHECK_CRC64)),
    "zstd": _Codec(zstd.is_zstd, zstd.unzstded, _new_zstd),
}


class Compressed(Container):
    """Files compressed with gzip, bzip2, xz or zstd.

    A layout says which it is, and the suffix of what is compressed.
    """

    name = "compressed"
    title = "Compressed files"
    suffixes = frozenset(
        {".bz2", ".gz", ".svgz", ".tbz", ".tbz2", ".tgz", ".txz", ".tzst", ".xz", ".zst"}
    )
    examined = "what is compressed, by its own format; names and comments in headers of gzip"
    not_examined = (
        "times; unknown extra fields of gzip, skippable frames and dictionaries of zstd (the file "
        "is refused)"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a compressed file. Raises InputError."""
        source.seek(0)
        head = source.read(16)
        for name, codec in _CODECS.items():
            if codec.is_known_by(head):
                next(codec.unpack(source), None)
                return Layout(self.name, (("codec", name), ("content", _inner(hints.name))))
        raise DamagedDocument("it is not compressed as its suffix says")

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins as a compressed file."""
        return any(codec.is_known_by(head) for codec in _CODECS.values())

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the content. Raises InputError."""
        if _is_empty(source):  # a copy whose content was left out
            return
        budget.member()
        texts = texts_of(_headers(source, layout)[:1])
        named = texts and texts[0].slot is Slot.FILE_NAME and suffix_of(texts[0].text)
        hint = "" if named else f"content{layout.setting('content')}"
        content = _Content(source, _codec(layout).unpack, budget)
        yield Member(1, texts, content.open, hint=hint)

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return the names and comments in further headers of gzip."""
        return texts_of(_headers(source, layout)[1:])

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy."""
        return _Packer(source, layout, sink, self.texts(source, layout))

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the content as an independent reader sees it. Raises DamagedDocument."""
        return rereading.entries(source, layout.setting("codec"))


def _codec(layout: Layout) -> _Codec:
    """Return the compression of a layout. Raises UnsupportedFormat for what a log may name."""
    if layout.setting("codec") not in _CODECS:
        raise UnsupportedFormat("the recorded compression is none of this version")
    return _CODECS[layout.setting("codec")]


def _headers(source: BinaryIO, layout: Layout) -> list[gzip.Header]:
    """Return the headers that have texts, and the first."""
    found = layout.setting("codec") == "gzip" and not _is_empty(source)
    return gzip.headers(source) if found else []


def texts_of(headers: Sequence[gzip.Header]) -> tuple[MemberText, ...]:
    """Return names and comments in headers of gzip."""
    found: list[MemberText] = []
    for name, comment in (header.texts for header in headers):
        found += [] if name is None else [MemberText(name)]
        found += [] if comment is None else [MemberText(comment, _COMMENT, Slot.TEXT)]
    return tuple(found)


def _compressor(
    source: BinaryIO, layout: Layout, texts: Sequence[str], own: Sequence[str]
) -> _Compressor:
    """Return what compresses a copy whose member and container have those texts."""
    headers = _headers(source, layout)
    if not headers:
        return _codec(layout).new()
    new = iter([*texts, *own])
    return gzip.Compressor(
        [
            header.with_texts(*(None if text is None else next(new) for text in header.texts))
            for header in headers
        ]
    )


def _is_empty(source: BinaryIO) -> bool:
    source.seek(0)
    return not source.read(1)


def _inner(name: str) -> str:
    """Return the suffix of what is compressed: `.txt` for `a.txt.gz`, empty if there is none."""
    path = PurePosixPath(name.lower())
    return _SHORT.get(path.suffix, "") or suffix_of(path.stem)


@dataclass(slots=True)
class _Content:
    """Opens the content. Its bytes are counted once, however often it is opened."""

    source: BinaryIO = field(repr=False)
    unpack: Callable[[BinaryIO], Pieces]
    budget: Budget
    _counted: int = 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Yield a private file with the content. Raises InputError."""
        with Spool() as spool:
            for piece, packed in self.unpack(self.source):
                if spool.size >= self._counted:
                    self.budget.unpacked(len(piece), packed)
                    self._counted += len(piece)
                spool.write(piece)
            with spool.read_back() as file:
                yield file


class _Packer(Packer):
    """Writes the copy of a compressed file. It is empty if the content is left out."""

    def __init__(
        self, source: BinaryIO, layout: Layout, sink: Sink, own: Sequence[MemberText]
    ) -> None:
        self._source, self._layout, self._sink = source, layout, sink
        self._own = tuple(one.text for one in own)
        self._kept: Member | None = None
        self._texts: tuple[str, ...] = ()
        self._content: Spool | None = None

    def keep(self, member: Member) -> None:
        """Note that the content and its texts have no edits."""
        self._kept = member

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Take the content of the copy, and the texts of its header."""
        self._texts, self._content = tuple(texts), Spool()
        if data is None:
            with member.open() as content:
                _write_all(content, self._content)
        else:
            _write_all(data, self._content)

    def finish(self, texts: Sequence[str]) -> None:
        """Write the file."""
        if member := self._kept:
            if tuple(texts) == self._own:
                _write_all(self._source, self._sink)
                return
            self.replace(member, [text.text for text in member.texts], None)
        if self._content is not None:
            compressor = _compressor(self._source, self._layout, self._texts, texts)
            with self._content as spool, spool.read_back() as content:
                while piece := content.read(CHUNK):
                    self._sink.write(compressor.compress(piece))
                self._sink.write(compressor.flush())


def _write_all(file: BinaryIO, sink: Sink) -> None:
    file.seek(0)
    while piece := file.read(CHUNK):
        sink.write(piece)
