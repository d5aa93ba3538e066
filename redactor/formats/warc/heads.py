"""The headers of a record of a web archive: those of WARC, and those of HTTP in its block.

A header document is what is examined of both: a line for each header, with the blanks that mean
nothing left out. The headers that follow from the content (lengths, digests, encodings of the body)
are not in it: the copy gets new ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.raw_names import decode_name, encode_name

LENGTH, BLOCK_DIGEST, PAYLOAD_DIGEST = "content-length", "warc-block-digest", "warc-payload-digest"
CODING, TRANSFER = "content-encoding", "transfer-encoding"

_LONGEST = 1 << 20  # bytes of the headers of a record; servers take some kilobytes
_COMPUTED = {
    LENGTH: re.compile(r"[0-9]{1,15}"),
    BLOCK_DIGEST: re.compile(r"[A-Za-z0-9-]{1,12}:[A-Za-z0-9+/_=-]{1,128}"),
    PAYLOAD_DIGEST: re.compile(r"[A-Za-z0-9-]{1,12}:[A-Za-z0-9+/_=-]{1,128}"),
    # The registered codings of HTTP; others are texts, and the body is read as it is.
    CODING: re.compile(r"(?i)(?:gzip|x-gzip|deflate|br|zstd)(?: *, *(?:gzip|deflate|br|zstd))*"),
    TRANSFER: re.compile(r"(?i)(?:gzip *, *)?chunked"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A header: its bytes with the lines that continue it, and `Name: value`."""

    raw: bytes = field(repr=False)
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """Return the name in lower case."""
        return self.text.partition(": ")[0].lower()

    @property
    def value(self) -> str:
        """Return the value."""
        return self.text.partition(": ")[2]

    @property
    def is_computed(self) -> bool:
        """Tell whether it follows from the content, and is in no header document."""
        pattern = _COMPUTED.get(self.name)
        return pattern is not None and bool(pattern.fullmatch(self.value))


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the headers, and how many bytes they take with the empty line behind."""

    first: Line
    lines: tuple[Line, ...] = field(repr=False)
    size: int

    def value(self, name: str) -> str:
        """Return the value of a header, empty if there is none."""
        return next((line.value for line in self.lines if line.name == name), "")

    def texts(self) -> list[Line]:
        """Return the headers that are in the header document."""
        return [line for line in self.lines if not line.is_computed]


def read_head(file: BinaryIO, end: int | None = None) -> Head:
    """Return the headers at the position of a file. Raises DamagedDocument, UnsupportedFormat."""
    start = file.tell()
    lines = _raw_lines(file, _LONGEST if end is None else min(_LONGEST, end - start))
    first = next(lines, b"")
    protocol, _, rest = _decoded(first).partition(" ")
    top = Line(first, f"{protocol} {rest.strip()}" if rest else protocol)
    found: list[bytes] = []
    size = len(first)
    if not top.text:
        return Head(top, (), 0)
    for raw in lines:
        size += len(raw)
        if not _decoded(raw):
            break
        if raw[:1] in b" \t" and found:
            found[-1] += raw
        else:
            found.append(raw)
    if size >= _LONGEST:
        raise DamagedDocument("headers without an end")
    return Head(top, tuple(map(_line, found)), size)


def _raw_lines(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0 and (raw := file.readline(left)):
        left -= len(raw)
        yield raw


def _line(raw: bytes) -> Line:
    first, *others = raw.removesuffix(b"\n").split(b"\n")
    name, colon, value = _decoded(first).partition(":")
    if not colon or not name.strip():
        raise UnsupportedFormat("a line among the headers that is none is not examined")
    text = f"{name.rstrip(' ' + chr(9))}: {value.lstrip()}" + "".join(map(_decoded, others))
    return Line(raw, text)


def _decoded(raw: bytes) -> str:
    return decode_name(raw).rstrip()


def document(warc: Head, http: Head | None) -> bytes:
    """Return the header document of a record."""
    texts = [line.text for line in warc.texts()]
    if http is not None:
        texts += ["", http.first.text, *(line.text for line in http.texts())]
    return "".join(f"{text}\r\n" for text in texts).encode()


def edited(head: Head, texts: Iterator[str], computed: dict[str, str]) -> Iterator[bytes]:
    """Yield the headers of a copy: new texts, and new values of what follows from the content.

    A header that follows from the content and has no new value is left out.
    """
    for line in head.lines:
        text = line.text
        if not line.is_computed:
            text = next(texts)
        elif line.name not in computed:
            continue
        elif computed[line.name] != line.value:
            text = f"{text.partition(': ')[0]}: {computed[line.name]}"
        yield renewed(line, text)


def renewed(line: Line, text: str) -> bytes:
    """Return a line with another text; the bytes of the source if it is the same."""
    return line.raw if text == line.text else encode_name(text, line.raw) + b"\r\n"


def parts_of(data: bytes) -> tuple[list[str], list[str]]:
    """Return the lines of WARC and of HTTP in a header document."""
    warc, _, http = data.decode().partition("\r\n\r\n")
    return _split(warc.removesuffix("\r\n")), _split(http.removesuffix("\r\n"))


def _split(text: str) -> list[str]:
    return text.split("\r\n") if text else []


def codings(http: Head | None) -> tuple[Sequence[str], bool]:
    """Return the codings of a body, the last one first, and whether it is chunked."""
    if http is None:
        return (), False
    found: list[str] = []
    for line in http.lines:
        if line.is_computed and line.name == CODING:
            found += _names(line.value.split(","))
    transfer = [
        name
        for line in http.lines
        if line.is_computed and line.name == TRANSFER
        for name in _names(line.value.split(","))
    ]
    return (*(name for name in reversed([*found, *transfer]) if name != "chunked"),), bool(transfer)


def _names(parts: Iterable[str]) -> list[str]:
    return [part.strip().lower().removeprefix("x-") for part in parts]
