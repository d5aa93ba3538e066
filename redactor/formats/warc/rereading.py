"""WARC files as the library warcio parses them: the independent reader."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.limitreader import LimitReader
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from redactor.errors import DamagedDocument
from redactor.files import CHUNK, Spool
from redactor.formats.base import Entry
from redactor.formats.compressed.rereading import texts_of_header
from redactor.formats.warc.content import HEAD, kept_medium, medium_of_body
from redactor.formats.warc.heads import Line

_EMPTY = hashlib.sha256().hexdigest()
_VERSIONS = ["WARC/1.1", "WARC/1.0", "WARC/0.17", "WARC/0.18"]


def entries(source: BinaryIO) -> Iterator[Entry]:
    """Yield header documents and bodies, then an entry without texts. Raises DamagedDocument."""
    try:
        for file, texts in _files(source):
            reader = BufferedReader(file)
            while line := reader.readline():
                if line.strip():
                    yield from _record(reader, line, texts)
    except (StatusAndHeadersParserException, EOFError, ValueError, TypeError, zlib.error) as error:
        raise DamagedDocument(f"warcio cannot read it: {type(error).__name__}") from None
    yield Entry((), "")


def _files(source: BinaryIO) -> Iterator[tuple[BinaryIO, tuple[str, ...]]]:
    """Yield a file, or each member of a gzip file with the texts of its header."""
    source.seek(0)
    data = source.read(CHUNK)
    if data[:2] != b"\x1f\x8b":
        source.seek(0)
        yield source, ()
        return
    while data:
        data += source.read(CHUNK) if len(data) < CHUNK else b""
        texts = tuple(texts_of_header(data))
        with Spool() as spool:
            inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            while not inflater.eof:
                spool.write(inflater.decompress(data, CHUNK))
                data = inflater.unconsumed_tail
                if not data and not inflater.eof and not (data := source.read(CHUNK)):
                    raise EOFError
            data = inflater.unused_data or source.read(CHUNK)
            with spool.read_back() as file:
                yield file, texts


def _record(reader: Any, line: bytes, names: tuple[str, ...]) -> Iterator[Entry]:
    warc = StatusAndHeadersParser(_VERSIONS).parse(reader, line)
    length = int(warc.get_header("Content-Length"))
    block = LimitReader(reader, length)
    kind = (warc.get_header("Content-Type") or "").lower()
    texts = _texts(warc.headers)
    http = None
    of_http = (warc.get_header("WARC-Type") or "").lower() in {"response", "request", "revisit"}
    if of_http and "application/http" in kind and length:
        http = StatusAndHeadersParser([], verify=False).parse(block)
        first = f"{http.protocol} {http.statusline}".strip()
        texts += ["", first, *_texts(http.headers)]
    document = "".join(f"{text}\r\n" for text in texts).encode()
    yield Entry(names, hashlib.sha256(document).hexdigest())
    if block.limit:
        stated = kind if http is None else (http.get_header("Content-Type") or "").lower()
        yield Entry((), _digest(_content(block, http), stated))
    while block.read(CHUNK):
        pass


def _texts(headers: list[tuple[str, str]]) -> list[str]:
    texts = [f"{name}: {value}" for name, value in headers]
    return [text for text in texts if not Line(b"", text).is_computed]


def _content(block: Any, http: Any) -> Iterator[bytes]:
    """Yield a body with its codings undone."""
    lines = [] if http is None else [Line(b"", f"{name}: {value}") for name, value in http.headers]
    stated = {
        name: [line.value.lower() for line in lines if line.name == name and line.is_computed]
        for name in ("content-encoding", "transfer-encoding")
    }
    transfer = [one.strip() for value in stated["transfer-encoding"] for one in value.split(",")]
    reader = ChunkedDataReader(block) if "chunked" in transfer else block
    names = [one.strip() for value in stated["content-encoding"] for one in value.split(",")]
    for name in reversed([*names, *(one for one in transfer if one != "chunked")]):
        if name in {"br", "zstd"}:
            reader = io.BytesIO(_unpacked(name, reader.read()))
        else:
            reader = BufferedReader(reader, decomp_type=name.removeprefix("x-"))
    return iter(lambda: reader.read(CHUNK), b"")


def _unpacked(name: str, data: bytes) -> bytes:
    """Return a body that was compressed in a way that warcio does not know."""
    if name == "zstd":
        import zstandard  # only for such bodies

        with suppress(zstandard.ZstdError):
            return (
                zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).readall()
            )
        return data
    import brotli  # only for such bodies

    with suppress(brotli.error):
        return bytes(brotli.decompress(data))
    return data


def _digest(pieces: Iterator[bytes], kind: str) -> str:
    """Return the digest of a body, of nothing for one that is kept unexamined."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD:
            break
    if not head or medium_of_body(head[:HEAD], kind):
        whole = io.BytesIO(head + b"".join(pieces))
        if not head or kept_medium(head[:HEAD], whole, kind):
            return _EMPTY
        return hashlib.sha256(whole.getvalue()).hexdigest()
    digest = hashlib.sha256(head)
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
