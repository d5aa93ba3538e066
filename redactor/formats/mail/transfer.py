"""Transfer encodings (RFC 2045, 6): bodies decoded, and edited bodies encoded as they were."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from redactor.errors import DamagedDocument, EncryptedDocument, LimitExceeded, UnsupportedFormat
from redactor.files import Spool
from redactor.formats.mail import charsets
from redactor.formats.mail.sections import CHUNK, pieces, section
from redactor.formats.mail.splitting import Piece
from redactor.formats.mail.structure import ENCODED, Entity

__all__ = ["decode_base64", "encoded", "opened"]

BASE64, QUOTED = "base64", "quoted-printable"
_LONGEST_LINE = 76  # characters of an encoded line (RFC 2045, 6.7 and 6.8)

_BLANKS = b" \t\r\n"
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")


@contextmanager
def opened(source: BinaryIO, piece: Piece) -> Iterator[BinaryIO]:
    """Open the content of a body, decoded. Raises InputError where that cannot be examined."""
    check(piece.of)
    if piece.of.transfer not in ENCODED:
        with section(source, piece.start, piece.end) as file:
            codec = codec_of(piece.of, file)
            if not codec:
                file.seek(0)
                yield file
                return
    with Spool() as spool:
        for data in _decoded(source, piece):
            spool.write(data)
        with spool.read_back() as file:
            codec = codec_of(piece.of, file)
            file.seek(0)
            if not codec:
                yield file
                return
            if spool.size > charsets.LARGEST_TEXT:
                raise LimitExceeded("a text in mail, in an unusual charset, is too large")
            with Spool() as text:
                text.write(charsets.decoded(file.read(), codec))
                with text.read_back() as result:
                    yield result


def check(one: Entity) -> None:
    """Raise the error of a body that cannot be examined whatever its bytes are."""
    reason, encrypted = one.refusal
    if encrypted:
        raise EncryptedDocument(reason)
    if reason:
        raise UnsupportedFormat(reason)


def codec_of(one: Entity, content: BinaryIO) -> str:
    """Return the codec of a text that is read as UTF-8; empty for anything else."""
    if not one.type.startswith("text/") or not one.charset:
        return ""
    return charsets.codec_to_transcode(one.charset, content)


def _decoded(source: BinaryIO, piece: Piece) -> Iterator[bytes]:
    if piece.of.transfer == BASE64:
        yield from decode_base64(pieces(source, piece.start, piece.end))
    elif piece.of.transfer == QUOTED:
        if piece.end - piece.start > charsets.LARGEST_TEXT:
            raise LimitExceeded("a part in quoted-printable is too large")
        yield binascii.a2b_qp(b"".join(pieces(source, piece.start, piece.end)))
    else:
        yield from pieces(source, piece.start, piece.end)


def decode_base64(data: Iterator[bytes]) -> Iterator[bytes]:
    """Yield decoded bytes. Raises DamagedDocument for what is no base64."""
    rest = b""
    for piece in data:
        if _NO_BASE64.search(piece):
            raise DamagedDocument("a part that is stated to be base64 is not")
        rest += piece.translate(None, _BLANKS + b"\v\f")
        cut = len(rest) // 4 * 4
        yield from _quads(rest[:cut])
        rest = rest[cut:]
    if len(rest) > 1:  # the padding is missing; a single character holds no byte
        yield from _quads(rest + b"=" * (4 - len(rest)))


def _quads(data: bytes) -> Iterator[bytes]:
    """Yield the bytes of groups of four characters, each group by itself where one is padded."""
    try:
        if data.find(b"=") in {-1, len(data) - 1, len(data) - 2}:
            yield binascii.a2b_base64(data)
            return
        for start in range(0, len(data), 4):
            yield binascii.a2b_base64(data[start : start + 4])
    except binascii.Error:
        raise DamagedDocument("a part that is stated to be base64 is not") from None


def encoded(source: BinaryIO, piece: Piece, data: BinaryIO) -> Iterator[bytes]:
    """Yield an edited content in the charset and the transfer encoding of its part."""
    transfer = piece.of.transfer
    if codec := _codec_before(source, piece):
        data.seek(0)
        data = _spooled(charsets.encoded(data.read(), codec))
    if transfer == BASE64:
        yield from _in_base64(source, piece, data)
    elif transfer == QUOTED:
        raw = b"".join(pieces(source, piece.start, piece.end))
        data.seek(0)
        yield from _quoted(raw, data.read())
    else:
        data.seek(0)
        yield from iter(lambda: data.read(CHUNK), b"")


def _codec_before(source: BinaryIO, piece: Piece) -> str:
    """Return the codec by which the content of a piece was read before it was edited."""
    if not piece.of.type.startswith("text/") or not piece.of.charset:
        return ""
    with Spool() as spool:
        for data in _decoded(source, piece):
            spool.write(data)
        with spool.read_back() as file:
            return codec_of(piece.of, file)


def _spooled(data: bytes) -> BinaryIO:
    spool = Spool()
    spool.write(data)
    return spool.read_back()


# -- base64


def _in_base64(source: BinaryIO, piece: Piece, data: BinaryIO) -> Iterator[bytes]:
    """Yield base64 with lines as long, and with the line ends, as they were."""
    width, end = _lines_of(source, piece)
    size = width // 4 * 3
    data.seek(0)
    block = data.read(size * 1024)
    last = b""
    while block:
        following = data.read(size * 1024)
        text = binascii.b2a_base64(block, newline=False)
        lines = [text[at : at + width] for at in range(0, len(text), width)]
        yield last + end.join(lines)
        last = end
        block = following
    yield _blanks_behind(source, piece)


def _lines_of(source: BinaryIO, piece: Piece) -> tuple[int, bytes]:
    """Return how long the lines of base64 are, in whole groups of four, and their line end."""
    head = b"".join(pieces(source, piece.start, min(piece.end, piece.start + 8192))).lstrip()
    lines = head.split(b"\n")
    end = b"\r\n" if lines[0].endswith(b"\r") else b"\n"
    if len(lines) == 1:
        end = b"\r\n" if _follows_crlf(source, piece) else b"\n"
    width = max(len(line.strip()) for line in lines[:4])
    if len(lines) == 1:  # one line, or none that ends: as long as the standard has them
        width = max(_LONGEST_LINE, width if width < 8192 else 0)
    return max(4, width // 4 * 4), end


def _follows_crlf(source: BinaryIO, piece: Piece) -> bool:
    source.seek(max(0, piece.start - 2))
    return source.read(min(2, piece.start)) == b"\r\n"


def _blanks_behind(source: BinaryIO, piece: Piece) -> bytes:
    """Return the line ends behind a body."""
    tail = b"".join(pieces(source, max(piece.start, piece.end - 1024), piece.end))
    return tail[len(tail.rstrip()) :]


# -- quoted-printable

# A line of the decoded text, as it is written: up to a line end that is not behind `=`.
_LOGICAL = re.compile(rb"(?:[^\n]*=\r?\n)*[^\n]*(?:\n|\Z)")
_LITERAL = frozenset({*range(32, 127), 9}) - {0x3D}
_QUOTED = [bytes([one]) if one in _LITERAL else b"=%02X" % one for one in range(256)]


def _quoted(raw: bytes, data: bytes) -> Iterator[bytes]:
    """Yield quoted-printable; lines that are as they were have the same bytes as before."""
    before = {binascii.a2b_qp(line): line for line in _LOGICAL.findall(raw)}
    soft = b"=\r\n" if b"\r\n" in raw else b"=\n"
    for line in _lines(data):
        known = before.get(line)
        yield known if known is not None else _quoted_line(line, soft)


def _lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a text, which end with a line feed."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end


def _quoted_line(line: bytes, soft: bytes) -> bytes:
    """Return a line in quoted-printable, in lines of at most 76 characters."""
    text = line.rstrip(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line
    end = line[len(text) :]
    parts = [_QUOTED[byte] for byte in text]
    # A blank at the end is lost on the way; a line must not begin as a delimiter or a separator.
    if parts and parts[-1] in {b" ", b"\t"}:
        parts[-1] = b"=%02X" % parts[-1][0]
    written: list[bytes] = []
    width = 0
    for part in parts:
        if width + len(part) > _LONGEST_LINE - 1:
            written.append(soft)
            width = 0
        if not width and part in {b"-", b"F", b"."}:
            part = b"=%02X" % part[0]  # noqa: PLW2901  # as it is written here
        written.append(part)
        width += len(part)
    return b"".join(written) + end
