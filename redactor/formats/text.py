"""Plain text, source code, settings, logs: every byte is text, but for a byte order mark.

The encoding is made out in a fixed order: a byte order mark; strict UTF-8; the encoding that the
user named; cp1252; latin-1, which takes any byte. Nothing is guessed from statistics, which are
wrong on short texts. A BOM-less text that is plainly UTF-16 is refused: read as UTF-8 it would
be letters with NULs between them.

Memory is bounded: the text comes in tokens of some tens of kilobytes that join one another.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

from redactor.errors import EncodingError, UsageError
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.model import Location

CHUNK = 1 << 16
"""Bytes read at a time. The position of each character is worked out for a whole token with edits
in it, so that a larger one costs more time than it saves."""

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec and the byte order mark before the text."""

    codec: str
    mark: bytes = b""

    def __str__(self) -> str:
        """Name the codec, with `+bom` where a mark precedes the text."""
        return self.codec + ("+bom" if self.mark else "")

    @classmethod
    def parse(cls, name: str) -> Encoding:
        """Return the encoding that `str` gave that name.

        Raises EncodingError for one that is none: a log may name what only its writer knew.
        """
        codec = name.removesuffix("+bom")
        try:
            check_encoding(codec)
        except UsageError:
            raise EncodingError("its record names no encoding that is known here") from None
        marks = {known: mark for mark, known in _MARKS}
        return cls(codec, marks.get(codec, b"") if name.endswith("+bom") else b"")

    # -- as the codec of tokens

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the offset in `raw` of each character, and the end of the last."""
        if raw.isascii() and len("a".encode(self.codec)) == 1:
            return range(len(raw) + 1)
        lengths = (len(char.encode(self.codec)) for char in raw.decode(self.codec))
        return list(accumulate(lengths, initial=0))

    def encode(self, text: str) -> bytes:
        """Return the bytes of a text; `?` stands for what the codec does not have."""
        return text.encode(self.codec, "replace")


class Text(Tokenized):
    """Plain text."""

    name = "text"
    title = "Plain text, Markdown, source code, settings, logs"
    suffixes = frozenset(
        ".txt .text .md .markdown .rst .adoc .asciidoc .org .tex .bib .log .out .err .diff "
        ".patch .py .pyi .pyx .js .mjs .cjs .jsx .ts .tsx .vue .css .scss .sass .less .php "
        ".pl .pm .rb .lua .c .h .cc .cpp .cxx .hh .hpp .cs .java .kt .kts .scala .groovy "
        ".gradle .go .rs .swift .m .r .jl .hs .ml .erl .ex .exs .clj .lisp .el .vim .sql .sh "
        ".bash .zsh .fish .ksh .awk .bat .cmd .ps1 .psm1 .cmake .mk .m4 .proto .graphql .tf "
        ".ini .cfg .conf .cnf .toml .yaml .yml .env .properties .desktop .service .spec .po "
        ".pot .lock".split()
    )
    examined = "everything"

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding as a layout. Raises EncodingError; see the module for the order."""
        return Layout(self.name, (("encoding", str(detect_encoding(source, hints.encoding))),))

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield the text in pieces that join, each up to a line end where there is one."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        line = 1
        for text in _up_to_line_ends(decoded(source, encoding)):
            raw = text.encode(encoding.codec)
            yield Token(raw, text, encoding, Location(line=line), joins=True)
            line += text.count("\n")

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the text as the standard library's text files decode it."""
        encoding = Encoding.parse(layout.setting("encoding"))
        source.seek(len(encoding.mark))
        reader = io.TextIOWrapper(source, encoding.codec, newline="")
        try:
            yield from iter(lambda: reader.read(CHUNK), "")
        except UnicodeError:
            raise EncodingError(f"the text is not valid {encoding.codec}") from None
        finally:
            reader.detach()


def decoded(source: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Yield the text in chunks. Raises EncodingError, which names a byte and quotes nothing."""
    source.seek(len(encoding.mark))
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    done = len(encoding.mark)
    try:
        while data := source.read(CHUNK):
            yield decoder.decode(data)
            done += len(data)
        yield decoder.decode(b"", final=True)
    except UnicodeError as error:
        place = f"near byte {done + getattr(error, 'start', 0)}"
        raise EncodingError(f"the text is not valid {encoding.codec} {place}") from None


def _up_to_line_ends(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the same text, cut after line ends rather than within lines."""
    held = ""
    for piece in pieces:
        cut = piece.rfind("\n") + 1
        if cut or len(held) > CHUNK:  # a line longer than a chunk is cut anywhere
            yield from filter(None, [held + piece[:cut]])
            held = piece[cut:]
        else:
            held += piece
    yield from filter(None, [held])


def check_encoding(name: str) -> None:
    """Raise UsageError unless `name` is an encoding of text."""
    try:
        "a".encode(name)
        codecs.getincrementaldecoder(name)
    except (LookupError, TypeError, ValueError):  # also for codecs that are none of text: `hex`
        raise UsageError(f"there is no text encoding {name}") from None


def detect_encoding(source: BinaryIO, named: str | None) -> Encoding:
    """Return the encoding of a text. Raises EncodingError; see the module for the order."""
    if named is not None:
        check_encoding(named)
    source.seek(0)
    head = source.read(1 << 16)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, mark)
    if _looks_like_utf16(head):
        if named is None:
            raise EncodingError("the text looks like UTF-16 without a byte order mark")
        return _named(source, named)
    if _decodes(source, "utf-8"):
        return Encoding("utf-8")
    if named:
        return _named(source, named)
    return Encoding("cp1252" if _decodes(source, "cp1252") else "latin-1")


def _named(source: BinaryIO, codec: str) -> Encoding:
    """Return the encoding that the user named, if each character gives back the bytes it took.

    Those with shift states (ISO-2022-JP) do not: a character's bytes depend on what precedes it.
    """
    encoding = Encoding(codec)
    size = 0
    for piece in decoded(source, encoding):
        data = b"".join(char.encode(codec) for char in piece)
        source_at = source.tell()
        source.seek(size)
        same = source.read(len(data)) == data
        source.seek(source_at)
        size += len(data)
        if not same:
            raise EncodingError(f"the text would not come out of {codec} byte for byte")
    return encoding


def _looks_like_utf16(head: bytes) -> bool:
    """Tell text with a NUL in every second byte, as Latin letters in UTF-16 have, from binary."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) * 0.2 and min(even, odd) * 10 < max(even, odd)


def _decodes(source: BinaryIO, codec: str) -> bool:
    try:
        for _ in decoded(source, Encoding(codec)):
            pass
    except EncodingError:
        return False
    return True
