"""Gzip files (RFC 1952): the members in them, with their headers.

Of its content a file knows a name and a comment. A compressed file may have several members, each
with a header of its own; their contents are one content.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.compressed.streams import OUT, Input, Pieces
from redactor.formats.raw_names import decode_name, encode_name

MAGIC = b"\x1f\x8b\x08"  # the method is DEFLATE; there is no other
_CRC, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16
_RESERVED = 0xE0
_FIXED = struct.Struct("<3sBLBB")
_TRAILER = struct.Struct("<LL")
_LONGEST = 1 << 16  # bytes of a name or a comment
_LEVEL = 6  # zlib's default, and gzip's

# Types of extra fields that are tables of sizes and offsets: of bgzip (BC), of dictzip (RA), of
# Apollo's file type (AP), of GZinga and of record lengths in web archives (sl, SL).
_TABLES = (b"BC", b"RA", b"AP", b"sl", b"SL")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a member: time, level and system as bytes, and its texts, None if absent."""

    fixed: bytes = field(repr=False)
    name: bytes | None = field(default=None, repr=False)
    comment: bytes | None = field(default=None, repr=False)

    @property
    def texts(self) -> tuple[str | None, str | None]:
        """Return the name and the comment."""
        name, comment = self.name, self.comment
        return (
            None if name is None else decode_name(name),
            None if comment is None else decode_name(comment),
        )

    def with_texts(self, name: str | None, comment: str | None) -> Header:
        """Return the header with other texts. A NUL, which would end one, is left out."""
        return replace(
            self,
            name=None if name is None else _encoded(name, self.name or b""),
            comment=None if comment is None else _encoded(comment, self.comment or b""),
        )

    def __bytes__(self) -> bytes:
        """Return the bytes of the header, without extra fields and checksum."""
        flags = (_NAME if self.name is not None else 0) | (
            _COMMENT if self.comment is not None else 0
        )
        texts = b"".join(text + b"\0" for text in (self.name, self.comment) if text is not None)
        return MAGIC + bytes([flags]) + self.fixed + texts


def _encoded(text: str, source: bytes) -> bytes:
    return encode_name(text.replace("\0", ""), source)


def is_gzip(head: bytes) -> bool:
    """Tell whether bytes begin the header of a member."""
    return head.startswith(MAGIC) and head[3:4] < b"\x20"


def gunzipped(source: BinaryIO) -> Pieces:
    """Yield the content of a gzip file. Raises DamagedDocument, UnsupportedFormat."""
    for one in _parts(Input(source)):
        if isinstance(one, tuple):
            yield one


def headers(source: BinaryIO) -> list[Header]:
    """Return the header of the first member, and those of others that have texts.

    Raises DamagedDocument, UnsupportedFormat.
    """
    data = Input(source)
    found = [_header(data)]
    if _may_have_more(data):
        every = [one for one in _parts(Input(source)) if isinstance(one, Header)]
        found += [one for one in every[1:] if one.name is not None or one.comment is not None]
    return found


def _may_have_more(data: Input) -> bool:
    """Tell whether there is the magic of a member with texts behind the first header."""
    before = b""
    while piece := data.piece():
        whole = before + piece
        at = whole.find(MAGIC)
        while at >= 0:
            if at + 3 >= len(whole) or whole[at + 3] & (_NAME | _COMMENT):
                return True
            at = whole.find(MAGIC, at + 1)
        before = whole[-3:]
    return False


def one_member(data: Input) -> Iterator[Header | tuple[bytes, int]]:
    """Yield the header of one member, then the pieces of its content. Raises InputError."""
    yield _header(data)
    yield from _content(data)


def _parts(data: Input) -> Iterator[Header | tuple[bytes, int]]:
    """Yield the members of a file: a header, then the pieces of the content."""
    yield _header(data)
    yield from _content(data)
    while True:
        data.skip_zeros()
        if data.is_at_end():
            return
        yield _header(data, behind=True)
        yield from _content(data)


def _header(data: Input, *, behind: bool = False) -> Header:
    """Return a header. What is none `behind` a member is what does not belong to the file."""
    try:
        magic, flags, *_ = _FIXED.unpack(fixed := data.take(_FIXED.size))
    except DamagedDocument:
        magic, flags = b"", _RESERVED
    if magic != MAGIC or flags & _RESERVED:
        raise DamagedDocument(
            "bytes behind the end of what is compressed" if behind else "its header cannot be read"
        )
    if flags & _EXTRA:
        _check_extra(data.take(int.from_bytes(data.take(2), "little")))
    name = _text(data) if flags & _NAME else None
    comment = _text(data) if flags & _COMMENT else None
    if flags & _CRC:
        data.take(2)
    return Header(fixed[4:], name, comment)


def _check_extra(extra: bytes) -> None:
    """Raise UnsupportedFormat for fields that may hold anything."""
    while len(extra) >= 4:
        kind, size = extra[:2], int.from_bytes(extra[2:4], "little")
        if kind not in _TABLES:
            raise UnsupportedFormat("an extra field of an unknown type is not examined")
        extra = extra[4 + size :]
    if extra.strip(b"\0"):
        raise DamagedDocument("extra fields that cannot be read")


def _text(data: Input) -> bytes:
    text = b""
    while b"\0" not in text:
        piece = data.piece()
        text += piece
        if not piece or (len(text) > _LONGEST and b"\0" not in text):
            raise DamagedDocument("a name or comment without an end")
    text, _, rest = text.partition(b"\0")
    data.put_back(rest)
    return text


def _content(data: Input) -> Pieces:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    crc = size = 0
    try:
        while not inflater.eof:
            piece = data.piece()
            if not piece:
                raise DamagedDocument("its compressed bytes end early")
            packed = len(piece)
            while piece and not inflater.eof:
                out = inflater.decompress(piece, OUT)
                piece = inflater.unconsumed_tail
                crc, size = zlib.crc32(out, crc), size + len(out)
                yield out, packed
                packed = 0
            data.put_back(inflater.unused_data)
    except zlib.error:
        raise DamagedDocument("it cannot be unpacked") from None
    if _TRAILER.unpack(data.take(_TRAILER.size)) != (crc, size & 0xFFFFFFFF):
        raise DamagedDocument("its bytes are not those it states: another size or checksum")


class Compressor:
    """Writes the content of a gzip file as one member, and further headers as empty ones."""

    def __init__(self, headers: list[Header]) -> None:
        self._first, *self._others = headers
        self._deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._begun = False
        self._crc = self._size = 0

    def compress(self, data: bytes) -> bytes:
        """Return what is to be written for some content."""
        self._crc, self._size = zlib.crc32(data, self._crc), self._size + len(data)
        return self._head() + self._deflater.compress(data)

    def flush(self) -> bytes:
        """Return the end of the file."""
        trailer = _TRAILER.pack(self._crc, self._size & 0xFFFFFFFF)
        others = b"".join(bytes(one) + _NOTHING for one in self._others)
        return self._head() + self._deflater.flush() + trailer + others

    def _head(self) -> bytes:
        begun, self._begun = self._begun, True
        return b"" if begun else bytes(self._first)


_NOTHING = b"\x03\0" + bytes(8)  # an empty block, a checksum and a size of zero
