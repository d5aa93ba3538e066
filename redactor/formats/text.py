"""Plain text and Markdown: one segment, byte-exact outside the edits.

The encoding is made out in a fixed order: a byte order mark; strict UTF-8; the encoding that the
user named; cp1252; latin-1, which takes any byte. Nothing is guessed from statistics, which are
wrong on short texts. A BOM-less text that is plainly UTF-16 is refused: read as UTF-8 it would
be letters with NULs between them.

Memory stays bounded: text is decoded in chunks, and a stretch longer than a window is handed on
in windows. Each begins `OVERLAP` characters before the end of the last, so that whatever stands
across a cut is seen whole, with what stands around it; what begins in the first `LEAD` of them is
left to the window before, which saw what stands to the left of it.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from redactor.errors import EncodingError, UsageError
from redactor.files import CHUNK, sha256
from redactor.formats.base import Format, Placed, Sink
from redactor.model import Edit, Segment

WINDOW = 200_000
OVERLAP = 10_000
LEAD = 1_000

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
        """Name the codec, with `+bom` where a mark stands before the text."""
        return self.codec + ("+bom" if self.mark else "")

    @classmethod
    def parse(cls, name: str) -> Encoding:
        """Return the encoding that `str` gave that name."""
        codec = name.removesuffix("+bom")
        marks = {known: mark for mark, known in _MARKS}
        return cls(codec, marks.get(codec, b"") if name.endswith("+bom") else b"")


@dataclass(frozen=True)
class Text(Format):
    """Plain text: in the encoding `known`, if it is, else one made out with the help of `encoding`.

    Raises UsageError for an `encoding` that does not exist.
    """

    encoding: str | None = None
    known: Encoding | None = None
    name = "text"

    def __post_init__(self) -> None:
        if self.encoding is not None:
            check_encoding(self.encoding)

    def settle(self, source: BinaryIO) -> Text:
        """Return this format with the encoding of a source made out."""
        return replace(self, known=self._encoding(source))

    def describe(self, source: BinaryIO) -> str:
        """Return the encoding's name, as in `cp1252` and `utf-8+bom`."""
        return str(self._encoding(source))

    def read(self, source: BinaryIO) -> Iterator[Segment]:
        """Yield the windows of the one segment there is; none for an empty text."""
        yield from _windowed(_decoded(source, self._encoding(source)))

    @staticmethod
    def windows(text: str) -> Iterator[Segment]:
        """Yield the windows of a text at hand, as `read` does for a file."""
        return _windowed([text])

    def _encoding(self, source: BinaryIO) -> Encoding:
        return self.known or detect_encoding(source, self.encoding)

    def read_again(self, source: BinaryIO) -> Iterator[Segment]:
        """Yield the text as the standard library's text files decode it, in plain windows."""
        encoding = self._encoding(source)
        source.seek(len(encoding.mark))
        reader = io.TextIOWrapper(source, encoding.codec, newline="")
        try:
            yield from _windowed(iter(lambda: reader.read(WINDOW), ""))
        except UnicodeError:
            raise EncodingError(f"the text is not valid {encoding.codec}") from None
        finally:
            reader.detach()

    def splice(self, source: BinaryIO, edits: Sequence[Edit], sink: Sink) -> Iterator[Placed]:
        """Write the text with the edits applied, and yield where each of them landed."""
        encoding = self._encoding(source)
        splicer = _Splicer(encoding, sink)
        sink.write(encoding.mark)
        pending = iter(edits)
        edit = next(pending, None)
        for piece in _decoded(source, encoding):
            splicer.feed(piece)
            while edit is not None and splicer.holds(edit):
                yield splicer.replace(edit)
                edit = next(pending, None)
            splicer.copy_to(None if edit is None else edit.start)
        if edit is not None:
            raise ValueError("an edit lies outside the text")
        splicer.copy_to(None)


class _Splicer:
    """The state of one splice: what was read and not yet written, and where both sides are."""

    def __init__(self, encoding: Encoding, sink: Sink) -> None:
        self._codec = encoding.codec
        self._sink = sink
        self._text = ""
        self._at = 0  # the first character of `_text` not yet dealt with
        self._base = 0  # where `_text` begins in the source
        self._written = 0  # characters of output
        self._line = 1
        self._bytes = (len(encoding.mark), len(encoding.mark))  # of source and of output

    def feed(self, piece: str) -> None:
        self._base += self._at
        self._text, self._at = self._text[self._at :] + piece, 0

    def holds(self, edit: Edit) -> bool:
        return edit.end <= self._base + len(self._text)

    def replace(self, edit: Edit) -> Placed:
        self.copy_to(edit.start)
        start, line, (source, target) = self._written, self._line, self._bytes
        stop = edit.end - self._base
        removed = self._text[self._at : stop]
        self._put(edit.replacement, instead_of=removed)
        self._at = stop
        end, (source_end, target_end) = self._written, self._bytes
        spans = (source, source_end), (target, target_end)
        return Placed(edit, start, end, line, *spans, removed)

    def copy_to(self, position: int | None) -> None:
        """Write the source as it is, up to a position of it, or all that was read."""
        held = len(self._text)
        stop = held if position is None else max(self._at, min(held, position - self._base))
        text = self._text[self._at : stop]
        self._put(text, instead_of=text)
        self._at = stop

    def _put(self, text: str, *, instead_of: str) -> None:
        data = text.encode(self._codec)
        gone = data if text is instead_of else instead_of.encode(self._codec)
        self._sink.write(data)
        self._written += len(text)
        self._line += text.count("\n")
        self._bytes = self._bytes[0] + len(gone), self._bytes[1] + len(data)


def _decoded(source: BinaryIO, encoding: Encoding) -> Iterator[str]:
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


def _windowed(pieces: Iterable[str]) -> Iterator[Segment]:
    buffer, offset, lead = "", 0, 0
    for piece in pieces:
        buffer += piece
        while len(buffer) > WINDOW:
            cut, keep = _cut(buffer)
            yield Segment(0, buffer[:cut], offset=offset, lead=lead)
            buffer, offset, lead = buffer[keep:], offset + keep, LEAD
    if buffer:
        yield Segment(0, buffer, offset=offset, lead=lead)


def _cut(buffer: str) -> tuple[int, int]:
    """Return where a window ends and where the next one begins, both after a gap if possible."""
    for gap in ("\n\n", "\n", " "):
        if (found := buffer.rfind(gap, WINDOW // 2, WINDOW)) > 0:
            cut = found + len(gap)
            near = buffer.rfind(gap, cut - 2 * OVERLAP, cut - OVERLAP)
            return cut, near + len(gap) if near > 0 else cut - OVERLAP
    return WINDOW, WINDOW - OVERLAP


def check_encoding(name: str) -> None:
    """Raise UsageError unless `name` is an encoding of text."""
    try:
        "a".encode(name)
        codecs.getincrementaldecoder(name)
    except (LookupError, TypeError, ValueError):  # also for codecs that are none of text: `hex`
        raise UsageError(f"there is no text encoding {name}") from None


def detect_encoding(source: BinaryIO, named: str | None) -> Encoding:
    """Make out the encoding of a text. Raises EncodingError; see the module for the order."""
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
    """Return the encoding that the user named, if it fits and gives back the bytes it took."""
    encoding = Encoding(codec)
    source.seek(0)
    again = hashlib.sha256()
    for piece in _decoded(source, encoding):
        again.update(piece.encode(codec))
    if again.hexdigest() != sha256(source):
        raise EncodingError(f"the text would not come out of {codec} byte for byte")
    return encoding


def _looks_like_utf16(head: bytes) -> bool:
    """Tell text with a NUL in every second byte, as Latin letters in UTF-16 have, from binary."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) * 0.2 and min(even, odd) * 10 < max(even, odd)


def _decodes(source: BinaryIO, codec: str) -> bool:
    try:
        for _ in _decoded(source, Encoding(codec)):
            pass
    except EncodingError:
        return False
    return True
