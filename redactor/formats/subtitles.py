"""Subtitles (SubRip, WebVTT): what is said in each cue; time codes are markup."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from redactor.errors import EncodingError
from redactor.formats.base import Hints, Layout, Token, Tokenized
from redactor.formats.text import Encoding, detect_encoding
from redactor.model import Location

# The line with the times of a cue, and what is set behind them; the number before it.
_TIMES = re.compile(
    r"[ \t]*(?:\d+:)?\d{1,2}:\d{1,2}[,.]\d{1,3}[ \t]*-->[ \t]*(?:\d+:)?\d{1,2}:\d{1,2}[,.]\d{1,3}"
    r"(?:[ \t]+(?:[a-zA-Z]+\d?:[\w.%,-]+))*[ \t]*\r?\n?"
)
_NUMBER = re.compile(r"\d{1,9}[ \t]*\r?\n?")
_KNOWN = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?:[ \t][^\n]*)?\r?\n")
# `<i>`, `</v>`, `<c.yellow>`, `<00:01.000>`, and what is around the name of a voice, `<v Kevin>`.
_TAG = re.compile(r"(</?[A-Za-z]{1,8}(?:\.\w{1,20})*>|<v(?:\.\w{1,20})* |<[\d:.]{5,12}>)")
_SIGNATURE = re.compile(r"WEBVTT(?!\S)\s*")
_MOST = 1 << 16  # characters of a token, and of a line that is looked at


class Subtitles(Tokenized):
    """Subtitles of films."""

    name = "subtitles"
    title = "Subtitles (SubRip, WebVTT)"
    suffixes = frozenset({".srt", ".vtt"})
    examined = "what is said, notes, names of cues and voices"
    not_examined = "time codes and numbers of cues"

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins as WebVTT does."""
        return _KNOWN.match(head) is not None

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the encoding as a layout. Raises EncodingError."""
        return Layout(self.name, (("encoding", str(detect_encoding(source, hints.encoding))),))

    def tokens(self, source: BinaryIO, layout: Layout) -> Iterator[Token]:
        """Yield times and numbers of cues as markup, and what is said in each as a text."""
        encoding = Encoding.parse(layout.setting("encoding"))
        if encoding.mark:
            yield Token(encoding.mark)
        number = 1
        held: list[str] = []
        size = 0
        for line, markup in _marked(_lines(source, encoding)):
            if markup or size > _MOST:
                yield from _text(held, encoding, number)
                number += sum(one.count("\n") for one in held)
                held, size = [], 0
            if markup:
                yield Token(line.encode(encoding.codec))
                number += line.count("\n")
            else:
                held.append(line)
                size += len(line)
        yield from _text(held, encoding, number)

    def extract(self, source: BinaryIO, layout: Layout) -> Iterator[str]:
        """Yield the text without lines of times and numbers, as one."""
        encoding = Encoding.parse(layout.setting("encoding"))
        source.seek(len(encoding.mark))
        text = source.read().decode(encoding.codec, "replace")
        text = re.sub(r"(?m)^\s*(?:\d+\s*\n)?[\d:.,]+\s*-->.*\n", "", text)
        yield re.sub(r"</?[A-Za-z]{1,8}(?:\.\w{1,20})*>", "", text)


def _text(held: list[str], encoding: Encoding, number: int) -> Iterator[Token]:
    """Yield the lines of a cue as one text; line ends behind it keep the next cue apart."""
    whole = "".join(held)
    words = whole.rstrip()
    begin = len(words) - len(words.lstrip())
    if signature := _SIGNATURE.match(whole) if number == 1 else None:
        begin = min(signature.end(), len(words))
    if begin:
        yield Token(whole[:begin].encode(encoding.codec))
    joins = False
    for part, markup in _parts(whole[begin : len(words)]):
        raw = part.encode(encoding.codec)
        where = Location(line=number + whole.count("\n", 0, begin))
        yield Token(raw) if markup else Token(raw, part, encoding, where, joins=joins)
        # Whoever speaks is no part of the word before: "y2t<v Kevin".
        joins = (joins and not part.startswith(("<v ", "<v."))) if markup else True
        begin += len(part)
    if len(words) < len(whole):
        yield Token(whole[len(words) :].encode(encoding.codec))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in parts, and whether each is a tag; the name of a voice is text."""
    for number, part in enumerate(_TAG.split(text)):
        if part:
            yield part, number % 2 == 1


def _marked(lines: Iterator[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is the times of a cue, or the number before them."""
    before = ""
    for line in lines:
        times = _TIMES.fullmatch(line) is not None
        if before:
            yield before, times and _NUMBER.fullmatch(before) is not None
        before = line
        if times:
            yield line, True
            before = ""
    if before:
        yield before, False


def _lines(source: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Yield lines. Raises EncodingError."""
    source.seek(len(encoding.mark))
    reader = io.TextIOWrapper(source, encoding.codec, newline="")
    try:
        yield from iter(lambda: reader.readline(_MOST), "")
    except UnicodeError:
        raise EncodingError(f"the text is not valid {encoding.codec}") from None
    finally:
        reader.detach()
