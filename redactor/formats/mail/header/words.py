"""Encoded words (RFC 2047): `=?utf-8?B?VGVvZG9y?=`."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from redactor.formats.mail import charsets
from redactor.formats.text import Encoding

# Charset, perhaps a language (RFC 2231), encoding, text. Programs write blanks in the text, which
# is forbidden, and words that are longer than is allowed.
WORD = r"=\?[^\s?*]{0,60}(?:\*[^\s?]{0,40})?\?[bBqQ]\?[^?\r\n]{0,4096}\?="
_WORD = re.compile(r"=\?([^\s?*]{0,60})(?:\*[^\s?]{0,40})?\?([bBqQ])\?([^?\r\n]{0,4096})\?=")
_BLANKS = re.compile(r"[ \t]*(?:\r?\n[ \t]+)*")
_CODE = re.compile(r"=([0-9A-Fa-f]{2})")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_BYTES = 42  # of the text of a word; with the rest of it 75 characters (RFC 2047, 2)


@dataclass(frozen=True, slots=True)
class Word:
    """One encoded word or several that share a character, with the blanks before, if any.

    `end` is the line end of the header.
    """

    before: str
    charset: str
    text: str = field(repr=False)
    end: str = "\n"


def runs(source: str, end: str) -> Iterator[tuple[str, Word | None]]:
    """Yield a source in runs: encoded words, and what is between them.

    Blanks between two words are no part of the text; they are part of the second word's run.
    """
    done, behind = 0, False
    found = list(_WORD.finditer(source)) if "=?" in source else []
    at = 0
    while at < len(found):
        size, word = _decoded(found[at : at + 4])
        if word is None:
            at += 1
            continue
        first, last = found[at], found[at + size - 1]
        between = source[done : first.start()]
        if behind and _BLANKS.fullmatch(between):
            yield source[done : last.end()], Word(between, *word, end)
        else:
            if between:
                yield between, None
            yield source[first.start() : last.end()], Word("", *word, end)
        done, behind = last.end(), True
        at += size
    if done < len(source):
        yield source[done:], None


def _decoded(found: Sequence[re.Match[str]]) -> tuple[int, tuple[str, str] | None]:
    """Return how many words were decoded, and charset and text; None for what is none.

    More than one where a character is cut: the words of one charset and encoding are one text then.
    """
    charset = found[0][1]
    codec = charsets.python_codec(charset.lower()) or "utf-8"
    data = _bytes(found[0])
    if data is None:
        return 1, None
    if _is_whole(data, codec):
        return 1, (charset, data.decode(codec))
    joined = data
    for number, other in enumerate(found[1:], 2):
        before = found[number - 2]
        gap = other.string[before.end() : other.start()]
        more = _bytes(other)
        if other[1] != charset or more is None or not _BLANKS.fullmatch(gap):
            break
        joined += more
        if _is_whole(joined, codec):
            return number, (charset, joined.decode(codec))
    return 1, (charset, data.decode(codec, charsets.LOSSLESS))


def _is_whole(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except (UnicodeError, ValueError):
        return False
    return True


def _bytes(word: re.Match[str]) -> bytes | None:
    text = word[3].encode("utf-8", "replace")
    if word[2] in "qQ":
        return binascii.a2b_qp(text.replace(b" ", b"_"), header=True)
    clean = text.translate(None, b" \t").rstrip(b"=")
    if _NO_BASE64.search(clean):
        return None
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return None


@dataclass(frozen=True, slots=True)
class WordCodec:
    """The codec of an encoded word: it is written anew as a whole."""

    word: Word
    encoding: Encoding

    def offsets(self, raw: bytes) -> Sequence[int]:
        """Return the start of the word for its first character, and its end for all others."""
        return [0, *[len(raw)] * len(self.word.text)]

    def encode(self, text: str) -> bytes:
        """Return a text in as many words as it needs; nothing for no text."""
        if not text:
            return b""
        charset = self._charset(text)
        words = [_written(piece, charset) for piece in _pieces(text, charset)]
        return (self.word.before + f"{self.word.end} ".join(words)).encode(self.encoding.codec)

    def _charset(self, text: str) -> str:
        """Return the word's charset if the text can be written in it, and read again."""
        codec = charsets.python_codec(self.word.charset.lower())
        try:
            same = all(text_ == text_.encode(codec).decode(codec) for text_ in text) if codec else 0
        except (UnicodeError, LookupError):
            same = False
        return self.word.charset if same and not codec.startswith(charsets.SEVEN_BIT) else "utf-8"


def _pieces(text: str, charset: str) -> Iterator[str]:
    """Yield a text in pieces of few bytes."""
    codec = charsets.python_codec(charset.lower())
    start = size = 0
    for at, char in enumerate(text):
        wide = len(char.encode(codec, "replace"))
        if size + wide > _BYTES and at > start:
            yield text[start:at]
            start, size = at, 0
        size += wide
    yield text[start:]


def _written(text: str, charset: str) -> str:
    codec = charsets.python_codec(charset.lower())
    data = binascii.b2a_base64(text.encode(codec, "replace"), newline=False)
    return f"=?{charset}?B?{data.decode('ascii')}?="
