"""Folded lines, and the codecs of what is in them."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.errors import LimitExceeded
from redactor.formats.html.escapes import decode, offsets
from redactor.formats.text import Encoding

LONGEST = 64 << 20
"""Bytes of a line with all its continuations, which is held as a whole: a picture, at most."""

# A line end, and the blank that says that the line goes on (RFC 6350, 3.2; RFC 2849).
_FOLD = re.compile(rb"\r?\n[ \t]")
_BREAKS = re.compile(r"\r\n|\r|\n")
# The head of a line whose value goes on behind `=` at its end (vCard 2.1).
_QUOTED = re.compile(rb"[^:\r\n]{0,400}\bQUOTED-PRINTABLE\b[^:\r\n]{0,400}:", re.IGNORECASE)
_WIDTH = 75


def logical_lines(source: BinaryIO, start: int, *, quoted: bool) -> Iterator[bytes]:
    """Yield the lines of a file with their continuations. Raises LimitExceeded."""
    source.seek(start)
    at = start
    held: list[bytes] = []
    size = 0
    soft = in_quoted = False
    while line := source.readline(LONGEST):
        at += len(line)
        if held and not soft and line[:1] not in (b" ", b"\t"):
            yield b"".join(held)
            held, size = [], 0
            source.seek(at)
        if not held:
            in_quoted = quoted and _QUOTED.match(line) is not None
        soft = in_quoted and line.rstrip(b"\r\n").endswith(b"=")
        held.append(line)
        size += len(line)
        if size >= LONGEST:
            raise LimitExceeded(f"a line of more than {LONGEST} bytes")
    if held:
        yield b"".join(held)


def unfolded(raw: bytes) -> tuple[bytes, Sequence[int]]:
    """Return a line without its folds, and the offset of each byte and of the end.

    A fold belongs to the byte behind it.
    """
    if b"\n" not in raw:
        return raw, range(len(raw) + 1)
    parts: list[bytes] = []
    places: list[int] = []
    done = 0
    for found in _FOLD.finditer(raw):
        parts.append(raw[done : found.start()])
        places += range(done, found.start())
        done = found.end()
        if done < len(raw):
            parts.append(raw[done : done + 1])
            places.append(found.start())
            done += 1
            # A fold directly behind: its first byte is the next fold's.
            if _FOLD.match(raw, done - 1):
                parts.pop()
                places.pop()
                done -= 1
    parts.append(raw[done:])
    places += range(done, len(raw) + 1)
    return b"".join(parts), places


@dataclass(frozen=True, slots=True)
class Backslashes:
    r"""The escapes of texts in contacts and calendars: `\n`, `\,`, `\;`, `\\`.

    `quoted` is a parameter between quotes, which has none.
    """

    quoted: bool = False
    plain: bool = False

    def escapes(self, source: str) -> Iterator[tuple[int, int, str]]:
        """Yield the escapes."""
        if self.quoted or self.plain or "\\" not in source:
            return
        for found in re.finditer(r"\\([nN,;:\\\"])", source):
            yield found.start(), found.end(), "\n" if found[1] in "nN" else found[1]

    def escape(self, text: str) -> str:
        """Return a text with escapes; in a parameter without what would end it."""
        if self.quoted:
            return _BREAKS.sub(" ", text).replace('"', "'")
        if self.plain:
            return _BREAKS.sub(" ", text)
        text = re.sub(r"([\\,;])", r"\\\1", text)
        return _BREAKS.sub(r"\\n", text)

    def numeric_escape(self, char: str) -> str:
        """Return a substitute: there are no numeric escapes."""
        del char
        return "?"


@dataclass(frozen=True, slots=True)
class LineCodec:
    """The codec of a text in a folded line."""

    syntax: Backslashes
    encoding: Encoding

    def text(self, raw: bytes) -> str:
        """Return the text."""
        return decode(self.syntax, unfolded(raw)[0].decode(self.encoding.codec))

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the offset in `raw` of each character, and the end of the last."""
        data, places = unfolded(raw)
        starts = self.encoding.offsets(data)
        inner = offsets(self.syntax, data.decode(self.encoding.codec))
        return [places[starts[at]] for at in inner]

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text, without folds."""
        return self.encoding.encode(self.syntax.escape(text))


@dataclass(frozen=True, slots=True)
class WholeCodec:
    """The codec of a value in base64 or quoted-printable, which is encoded anew as a whole."""

    kind: str
    encoding: Encoding
    end: bytes = field(default=b"\r\n")

    def text(self, raw: bytes) -> str:
        """Return the text. Raises UnicodeDecodeError, binascii.Error."""
        return self.decoded(raw).decode(self.encoding.codec)

    def decoded(self, raw: bytes) -> bytes:
        """Return the decoded bytes. Raises binascii.Error."""
        if self.kind == "base64":
            data = b"".join(unfolded(raw)[0].split())
            return binascii.a2b_base64(data, strict_mode=bool(data))
        return binascii.a2b_qp(raw)

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the start for the first character, and the end for all others."""
        return [0, *[len(raw)] * len(self.text(raw))]

    def encode(self, text: str) -> bytes:
        """Return the encoded bytes, in lines of at most 75 characters."""
        data = self.encoding.encode(text)
        if self.kind != "base64":
            return _quoted(data, self.end)
        code = binascii.b2a_base64(data, newline=False)
        lines = [code[at : at + _WIDTH - 1] for at in range(0, len(code), _WIDTH - 1)]
        return (self.end + b" ").join(lines)


def _quoted(data: bytes, end: bytes) -> bytes:
    """Return quoted-printable with soft line ends."""
    lines = [b""]
    for byte in data:
        literal = (33 <= byte < 127 and byte != 0x3D) or byte == 0x20
        code = bytes([byte]) if literal else b"=%02X" % byte
        if len(lines[-1]) + len(code) >= _WIDTH:
            lines.append(b"")
        lines[-1] += code
    if lines[-1].endswith(b" "):
        lines[-1] = lines[-1][:-1] + b"=20"
    return (b"=" + end).join(lines)
