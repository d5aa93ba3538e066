"""The charset of a part, and its text as UTF-8, from which the same bytes come out again.

UTF-8, ASCII and the Western code pages are left as they are: the formats of texts and pages make
them out. Any other text is handed to them as UTF-8. A byte that is no character in its charset is a
character of the private use area, so that no byte is lost: charsets often lie.
"""

from __future__ import annotations

import codecs
from typing import BinaryIO

from redactor.errors import DamagedDocument
from redactor.formats.html.charset import codec_of

__all__ = ["codec_to_transcode", "decoded", "encoded"]

_AREA = 0xF700  # the first of 256 characters of the private use area, one for each byte
LOSSLESS = "redactor-mail"
LARGEST_TEXT = 256 << 20
"""Bytes of a body in quoted-printable, or in a charset that is read as UTF-8: it is held whole."""

# Charsets that the formats of texts and pages make out by themselves.
_AS_IT_IS = frozenset({"ascii", "utf-8", "iso8859-1", "cp1252", "latin-1", "utf-8-sig"})
# A text is not in its charset if one of so many characters is none: vendors add some of their own.
WRONG = 3
# Those in which letters beyond ASCII are ASCII bytes: their text looks like ASCII.
SEVEN_BIT = ("iso2022", "hz", "utf-7")


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        return "".join(chr(_AREA + byte) for byte in bad), error.end
    if isinstance(error, UnicodeEncodeError):
        data = (ord(char) - _AREA for char in error.object[error.start : error.end])
        return bytes(byte if 0 <= byte < 256 else 0x3F for byte in data), error.end
    raise error


codecs.register_error(LOSSLESS, _replaced)


def codec_to_transcode(charset: str, content: BinaryIO) -> str:
    """Return the codec by which a content is to be read; empty where it is left as it is.

    Raises DamagedDocument where a text with shift states is not in its charset, and for a charset
    whose name is not in ASCII, of which readers make different ones.
    """
    if not charset.isascii():
        raise DamagedDocument("the name of a charset is not in ASCII")
    codec = python_codec(charset)
    if not codec or codec in _AS_IT_IS:
        return ""
    if codec.startswith(SEVEN_BIT):
        _check_shifts(content, codec)
        return codec
    if codec.startswith(("utf-16", "utf-32")):
        return codec
    # What is valid UTF-8, and not ASCII, is no text in another charset, whatever is stated.
    return "" if _is_utf8(content) else codec


def _check_shifts(content: BinaryIO, codec: str) -> None:
    """Raise DamagedDocument for a text with shift states of which readers make different things.

    Some begin each line in ASCII, as RFC 1468 and 1843 ask for, and some go on as the last one
    ended. Where many bytes are no character, what is there may be ASCII after all.
    """
    content.seek(0)
    data = content.read(LARGEST_TEXT + 1)
    text = data.decode(codec, LOSSLESS)
    lines = "".join(line.decode(codec, LOSSLESS) for line in data.splitlines(keepends=True))
    wrong = sum(0 <= ord(char) - _AREA < 256 for char in text)
    if text != lines or wrong * WRONG > len(text):
        raise DamagedDocument("a text that is not in the charset that it states")
    encoded(text.encode("utf-8", "replace"), codec)


def python_codec(charset: str) -> str:
    """Return Python's name for a charset, as web browsers read it; empty for an unknown one."""
    if known := codec_of(charset):
        return codecs.lookup(known).name
    for name in (charset, charset.replace("_", "-").replace("cp-", "cp"), charset[2:]):
        try:
            info = codecs.lookup(name)
            "a".encode(name)
        except (LookupError, ValueError, TypeError):
            continue
        return info.name
    return ""


def _is_utf8(content: BinaryIO) -> bool:
    """Tell whether a content has characters beyond ASCII, and is valid UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    beyond = False
    content.seek(0)
    try:
        while data := content.read(1 << 18):
            beyond = beyond or not data.isascii()
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return beyond


def decoded(data: bytes, codec: str) -> bytes:
    """Return a text as UTF-8."""
    return data.decode(codec, LOSSLESS).encode("utf-8", "replace")


def encoded(data: bytes, codec: str) -> bytes:
    """Return a text in its charset again; `?` stands for what that does not have.

    Raises DamagedDocument where a charset with shift states does not read the same again: bytes
    that are no character in it may shift what follows, be it the source's or an edited text's.
    """
    made = data.decode("utf-8", "replace").encode(codec, LOSSLESS)
    if codec.startswith(SEVEN_BIT) and decoded(made, codec) != _representable(data, codec):
        raise DamagedDocument("a text that is not in the charset that it states")
    return made


def _representable(data: bytes, codec: str) -> bytes:
    """Return a text with `?` for each character that its charset does not have."""
    text = data.decode("utf-8", "replace")
    lost = {ord(char): "?" for char in set(text) if not _has(codec, char)}
    return text.translate(lost).encode("utf-8", "replace")


def _has(codec: str, char: str) -> bool:
    """Tell whether a charset has a character; those of the private use area stand for its bytes."""
    if 0 <= ord(char) - _AREA < 256:
        return True
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def characters(data: bytes, codec: str) -> list[tuple[str, int]]:
    """Return the characters of a text, each with the number of its bytes."""
    text = data.decode(codec, LOSSLESS)
    sizes = [len(char.encode(codec, LOSSLESS)) for char in text]
    if sum(sizes) != len(data):  # shift states, or a mark: each byte by itself
        return [(chr(_AREA + byte) if byte > 127 else chr(byte), 1) for byte in data]
    return list(zip(text, sizes, strict=True))
