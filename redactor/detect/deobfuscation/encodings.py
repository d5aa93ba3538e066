"""Encoded text inside a text: base64, hexadecimal, decimal codes, encoded words of mail (RFC 2047).

Base64 may be of the URL kind, and extend over several lines. Only a code that decodes to text
counts: valid UTF-8, UTF-16 or cp1252 without control characters, half of it letters or digits.
Sixteen signs of base64 at random are that once in a hundred thousand times.

Candidates are found in the *shape* of a text, in which all signs that codes consist of look alike:
a search for a plain string there costs a tenth of a regular expression.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header

__all__ = ["bytes_as_text", "decoded"]

_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_SHAPE = str.maketrans(dict.fromkeys(_SIGNS, "a"))
_HEX_SHAPE = str.maketrans(dict.fromkeys("0123456789abcdefABCDEF", "h"))

# Shapes that begin a code: 16 signs in a row, or 10 and padding.
_RUN = "a" * 16
_SHORT_RUN = "a" * 10 + "="
_NO_RUN = re.compile("[^a]")
# Shapes of hexadecimal in pairs: "69 6c", "69:6c", "69-6c", "69,6c", "0x69,".
_PAIRS = ("hh hh hh hh", "hh:hh:hh:hh", "hh-hh-hh-hh", "hh,hh,hh", "hxhh,")

# Base64: lines of 40 to 128 signs and a last one, or 16 signs or more of either alphabet.
_BASE64 = re.compile(
    r"(?:(?:[A-Za-z0-9+/]{40,128}\n){1,10000}+[A-Za-z0-9+/]{1,128}|[A-Za-z0-9+/_-]{16,}+)={0,2}"
)
# 10 to 15 signs with padding at the end, which ordinary words do not have.
_SHORT_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{10,15}+={1,2}(?![\w+/=-])")
# Eight bytes or more in hexadecimal.
_HEX = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{2}){8,}+(?![0-9A-Za-z])")
# The same in pairs: "69 6c 73", "69:6c:73", "0x69, 0x6c".
_HEX_PAIRS = re.compile(
    r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{2}"
    r"(?:(?:[ :-]|  |,? ?0x|, ?)[0-9A-Fa-f]{2}){7,}+(?![0-9A-Za-z])"
)
# Eight characters or more as decimal codes: "97 110 110 97", "97, 110".
_CODE = r"(?:1[01]\d|12[0-6]|[4-9]\d|3[2-9]|13|10|9)(?!\d)"
_DECIMAL = re.compile(rf"(?<![\w.,]){_CODE}(?:(?: |[,;] ?|\n){_CODE}){{7,10000}}+(?![\w.])")
# What is no hexadecimal digit, and is dropped before decoding.
_NO_HEX = re.compile("0x|[^0-9A-Fa-f]")
# RFC 2047: `=?utf-8?Q?Anna=20Vance?=`.
_ENCODED_WORD = (
    r"=\?[\w.:-]{2,40}(?:\*[\w-]{1,20})?\?"
    r"(?:[Qq]\?[^?\s]{1,100}|[Bb]\?[A-Za-z0-9+/=]{1,100})\?="
)
# Encoded words in a row, which are decoded together.
_ENCODED_WORDS = re.compile(rf"{_ENCODED_WORD}(?:\s{{1,4}}{_ENCODED_WORD}){{0,100}}+")
# A code may stand among other words, and either kind of base64 beside signs of the other.
_GLUED = (re.compile(r"[^_-]{12,}"), re.compile(r"[^_/+-]{12,}"))
_SHORTEST = 4  # characters of a text
_ASCII = bytes(range(0x80))


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and decoded text of every code in a text."""
    shape = text.translate(_SHAPE)
    at = shape.find(_RUN)
    while at >= 0:
        run = _NO_RUN.search(shape, at)
        end = run.start() if run else len(text)
        found = _HEX.match(text, at) or _BASE64.match(text, at)
        if found:
            yield from _meanings(found)
            end = max(end, found.end())
        at = shape.find(_RUN, end)
    yield from _without_runs(text, shape)


def _without_runs(text: str, shape: str) -> Iterator[tuple[int, int, str]]:
    """Yield the codes that have no long run of signs."""
    if _SHORT_RUN in shape:
        for found in _SHORT_BASE64.finditer(text):
            yield from _meanings(found)
    pairs = text.translate(_HEX_SHAPE)
    if any(pair in pairs for pair in _PAIRS):
        for found in _HEX_PAIRS.finditer(text):
            yield from _meanings(found)
    for found in _DECIMAL.finditer(text):
        if said := _decimal(found.group()):
            yield found.start(), found.end(), said
    if "=?" in text:
        for found in _ENCODED_WORDS.finditer(text):
            if said := _header(found.group()):
                yield found.start(), found.end(), said


def _decimal(codes: str) -> str:
    """Return the text of decimal codes; empty if they are no prose, as the numbers of a table."""
    said = bytes(map(int, re.findall(r"\d+", codes))).decode("ascii")
    prose = 3 * sum(map(str.islower, said)) >= len(said) and (" " in said or "@" in said)
    return said if prose and _readable(said) else ""


def _header(words: str) -> str:
    """Return the text of encoded words; of an unknown character set, the bytes as latin-1."""
    try:
        parts = decode_header(words)
    except HeaderParseError:  # base64 that is none
        return ""
    return "".join(
        part if isinstance(part, str) else _in_charset(part, charset) for part, charset in parts
    )


def _in_charset(data: bytes, charset: str | None) -> str:
    """Return bytes decoded by a character set, latin-1 if it is unknown."""
    try:
        return data.decode((charset or "ascii").partition("*")[0], "replace")
    except LookupError:
        return data.decode("latin-1")


def _meanings(found: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the decoded text of a code, or of its parts, which may be glued to other words."""
    if said := _hexadecimal(found) or _base64(found.group()):
        yield found.start(), found.end(), said
        return
    for glued in _GLUED:
        parts = [(part, _base64(part.group())) for part in glued.finditer(found.group())]
        if any(said for _, said in parts):
            yield from (
                (found.start() + p.start(), found.start() + p.end(), s) for p, s in parts if s
            )
            return


def _hexadecimal(found: re.Match[str]) -> str:
    """Return the text of hexadecimal digits; empty if it is none."""
    if found.re is _BASE64 or found.re is _SHORT_BASE64:
        return ""
    return bytes_as_text(bytes.fromhex(_NO_HEX.sub("", found.group())))


def _base64(code: str) -> str:
    """Return the text of base64; empty if it is none. One to three signs before it are skipped."""
    signs = code.replace("\n", "").rstrip("=").replace("-", "+").replace("_", "/")
    if not signs.isascii() or not signs.replace("+", "").replace("/", "").isalnum():
        return ""
    for start in range(4):
        part = signs[start:]
        whole = part[: len(part) - (len(part) % 4 == 1)]  # a single sign is no byte
        if said := bytes_as_text(base64.b64decode(whole + "=" * (-len(whole) % 4))):
            return said
    return ""


def bytes_as_text(data: bytes) -> str:
    """Return bytes as text; empty if they are none."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(text) >= _SHORTEST and _readable(text):
            return text
    return ""


def _encodings(data: bytes) -> tuple[str, ...]:
    """Return the encodings that bytes may be in."""
    if len(data) > 2 and not any(data[1::2]):
        return ("utf-16-le",)
    if len(data) > 2 and not any(data[::2]):
        return ("utf-16-be",)
    accented = len(data.translate(None, _ASCII))
    return ("utf-8", "cp1252") if accented * 8 < len(data) else ("utf-8",)


def _readable(text: str) -> bool:
    """Tell whether a text is printable, and half of it letters or digits."""
    shown = "".join(text.split())
    return shown.isprintable() and 2 * sum(map(str.isalnum, shown)) >= len(shown) > 0
