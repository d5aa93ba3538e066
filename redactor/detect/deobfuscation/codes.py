r"""Bytes that a text stands for in one of the codes of mail, dumps and archives.

Base64, base32, base85 (of git and RFC 1924) and ascii85, uuencode, hexadecimal over several lines,
and dumps of `xxd`, `hexdump -C` and `od -t x1`. They are looked for in the text as it is written:
the view takes signs of theirs for escapes and entities. What decodes to text is an alternate view
of the whole code, and so are the strings in a certificate or another binary file; what has none
is judged by `opaque`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["Blob", "announced_uuencode", "blobs", "blocks", "readable"]


class Blob(NamedTuple):
    """The span of a code in a text, the bytes it stands for, and the name of the code."""

    start: int
    end: int
    data: bytes
    code: str

    def __repr__(self) -> str:
        """Return the span and the code alone."""
        return f"Blob(start={self.start}, end={self.end}, code={self.code!r})"


# A long run of signs, which a search for a plain string finds in the shape of a text.
_SHAPE = str.maketrans(dict.fromkeys(map(chr, range(0x21, 0x7F)), "a"))
_LONG_RUN = "a" * 20

_LAST = r"(?=[ \t]*(?:\r?\n|\Z))"  # a line ends


def _in_lines(sign: str, least: int, padding: str = "", before: str = r"(?<!\S)") -> str:
    """Return a pattern of lines of a code and a last one, or of a single line of `least` signs."""
    line_end = r"[ \t]?(?:\r?\n[> \t]{0,8}|\Z)"
    lines = rf"(?:{sign}{{40,128}}{line_end}){{1,100000}}+(?:{sign}{{1,128}}{padding}{_LAST})?"
    return rf"{before}(?:{lines}|{sign}{{{least},}}+{padding})"


_BASE64 = re.compile(
    _in_lines("[A-Za-z0-9+/]", 32, "={0,2}", "(?<![A-Za-z0-9+/_-])") + r"(?![A-Za-z0-9+/]|(?<=\S)_)"
)
_BASE32 = re.compile(_in_lines("[A-Z2-7]", 20, "={0,6}", "(?<![A-Za-z0-9+/=])") + "(?![a-z01])")
_HEX_LINES = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,128}(?:\r?\n|\Z)){2,100000}+"
    rf"(?:[0-9a-fA-F]{{2,128}}{_LAST})?"
)
# Without the signs that quote, escape or end a path in programs; and with nearly all of them.
_BASE85 = re.compile(_in_lines(r"[0-9A-Za-z!#$%&()*+\-;<=>?@^_`{|}~]", 20) + r"(?!(?<=\S)\S)")
_ASCII85 = re.compile(_in_lines("[!-uz]", 20) + r"(?!(?<=\S)\S)")
_ADOBE85 = re.compile(r"<~[!-uz\s]{5,}+~>")
_SHORTEST = 16  # digits of a dump that could hold something
_VARIED = 8  # different signs of such a code; a line across a page has one

# The head of a uuencoded file, and lines that are full: 45 bytes, "M" and 60 signs.
_BEGIN = re.compile(r"(?m)^begin [0-7]{3,4} \S[^\n]{0,200}\n(?=[!-M][ -`]{2,60}\r?$)")
_UU_LINES = re.compile(r"(?m)^(?:M[ -`]{58,60}\r?\n){1,100000}+(?:[!-L][ -`]{2,60}\r?$)?")
_UU_LINE = re.compile(r"[!-M][ -`]{1,61}")

# A line of a dump: the offset, up to 16 bytes in twos or fours, perhaps their text.
_DUMP_LINE = (
    r"[0-9a-fA-F]{6,16}:?[ \t]{1,3}"
    r"(?P<%s>(?:[0-9a-fA-F]{2}){1,2}(?:[ ]{1,2}(?:[0-9a-fA-F]{2}){1,2}){0,15})"
    r"(?:[ \t]{2,60}\S[^\n]{0,40})?[ \t]*\r?$"
)
_DUMP = re.compile(rf"(?m)(?:^{_DUMP_LINE.replace('?P<%s>', '?:')}\n?){{1,100000}}+")
_DUMPED = re.compile(r"(?m)^" + _DUMP_LINE % "bytes")

# An OpenPGP key in its armour: the names and addresses of its owner are readable in it.
_KEY = re.compile(
    r"-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[\w-]{1,40}: [^\n]{0,200}\n){0,8}\s{0,4}"
    r"(?P<body>(?:[A-Za-z0-9+/=]{1,128}\r?\n){1,100000}+)"
)
_PRINTED = re.compile(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf]{8,}")


# A string of ASN.1 (X.690): its type (UTF8, Printable, Teletex, IA5, Visible, BMP) and length.
_ASN1 = re.compile(rb"([\x0c\x13\x14\x16\x1a\x1e])([\x03-\x7f])")
_BMP, _LATIN = b"\x1e", "\u024f"  # of two bytes a character; the last Latin letter that is read
# Words in other data. Of random bytes one in 200,000 begins so many letters and digits.
_WORDS = re.compile(rb"[A-Za-z](?:[A-Za-z0-9 .,'@_+-]|[\xc3-\xc5][\x80-\xbf]){8,}")


def readable(data: bytes) -> str:
    """Return the strings in bytes that are no text, a line each: the names in a certificate."""
    found = list(_strings(data)) if data[:1] == b"0" else []  # it may be a sequence of ASN.1
    return "\n".join(found) or b"\n".join(_WORDS.findall(data)).decode("utf-8", "replace")


def _strings(data: bytes) -> Iterator[str]:
    """Yield what may be strings of ASN.1."""
    for one in _ASN1.finditer(data):
        string = data[one.end() : one.end() + one[2][0]]
        if len(string) == one[2][0]:
            text = string.decode("utf-16-be" if one[1] == _BMP else "utf-8", "replace")
            # Nearly all pairs of random bytes are letters of some script, of Chinese above all.
            if text.isprintable() and max(text) <= (_LATIN if one[1] == _BMP else "\ufffc"):
                yield text


def blobs(text: str) -> Iterator[Blob]:
    """Yield the codes of a text that decode, text or not."""
    for start, end in blocks(text):
        for pattern, code, decode in _CODES:
            yield from _of(pattern, code, decode, text, start, end)
    if "<~" in text:
        yield from _of(_ADOBE85, "ascii85", _from_adobe, text)
    yield from announced_uuencode(text)
    if text.startswith("M") or "\nM" in text:
        yield from _of(_UU_LINES, "uuencode", _from_uu, text)
    if "000000" in text:
        yield from _dumps(text)
    for key in _KEY.finditer(text) if "-----BEGIN PGP PUBLIC" in text else ():
        data = b"\n".join(_PRINTED.findall(_from_base64(key["body"].partition("\n=")[0])))
        yield Blob(*key.span("body"), data, "an OpenPGP key")


def _dumps(text: str) -> Iterator[Blob]:
    """Yield the dumps of a text; the offset before the first byte is none of what is dumped."""
    for blob in _of(_DUMP, "a hex dump", _from_dump, text):
        first = _DUMPED.match(text, blob.start)
        yield blob._replace(start=first.start("bytes")) if first else blob


def blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of lines in a row each of which has 20 signs without a blank.

    The line behind them belongs to them: a code may end with a short one.
    """
    shape = text.translate(_SHAPE)
    begin = end = -1
    at = shape.find(_LONG_RUN)
    while at >= 0:
        line = text.rfind("\n", 0, at) + 1
        if begin >= 0 and line > end + 1:
            yield begin, _end_of_line(text, end + 1)
        begin = line if begin < 0 or line > end + 1 else begin
        end = _end_of_line(text, at)
        at = shape.find(_LONG_RUN, end)
    if begin >= 0:
        yield begin, _end_of_line(text, end + 1)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def announced_uuencode(text: str) -> Iterator[Blob]:
    """Yield what stands behind a head of uuencode, as far as it decodes."""
    for head in _BEGIN.finditer(text) if "begin " in text else ():
        end, data = head.end(), b""
        while (line := _UU_LINE.match(text, end)) and (some := _uu(line.group())):
            data += some
            end = line.end() + (2 if text.startswith("\r\n", line.end()) else 1)
        if data:
            yield Blob(head.end(), min(end, len(text)), data, "uuencode")


def _of(  # noqa: PLR0913, PLR0917  # a code, and where it is looked for
    pattern: re.Pattern[str],
    code: str,
    decode: Callable[[str], bytes],
    text: str,
    start: int = 0,
    end: int | None = None,
) -> Iterator[Blob]:
    for found in pattern.finditer(text, start, len(text) if end is None else end):
        try:
            data = decode(found.group())
        except ValueError:  # binascii.Error is one
            continue
        if data:
            yield Blob(found.start(), found.start() + len(found.group().rstrip()), data, code)


def _signs(code: str) -> str:
    """Return a code without the blanks, line ends and quotation marks of mail in it."""
    return re.sub(r"[\s>]", "", code)


def _from_base64(code: str) -> bytes:
    signs = _signs(code).rstrip("=")
    whole = signs[: len(signs) - (len(signs) % 4 == 1)]
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


def _from_base32(code: str) -> bytes:
    signs = _signs(code).rstrip("=")
    if signs.isalpha() or len(signs) < len(_LONG_RUN):  # a word in capitals
        return b""
    whole = signs[: len(signs) - {1: 1, 3: 1, 6: 1}.get(len(signs) % 8, 0)]
    return base64.b32decode(whole + "=" * (-len(whole) % 8))


def _from_hex(code: str) -> bytes:
    digits = "".join(code.split())
    return bytes.fromhex(digits[: len(digits) // 2 * 2])


def _from_base85(code: str) -> bytes:
    return base64.b85decode(_varied("".join(code.split())))


def _from_ascii85(code: str) -> bytes:
    return base64.a85decode(_varied("".join(code.split())))


def _from_adobe(code: str) -> bytes:
    return base64.a85decode(code, adobe=True)


def _varied(code: str) -> str:
    """Return a code; nothing of one that repeats few signs, or has none but letters and digits."""
    return "" if len(set(code)) < _VARIED or code.isalnum() else code


def _from_uu(code: str) -> bytes:
    return b"".join(map(_uu, code.splitlines()))


def _uu(line: str) -> bytes:
    """Return the bytes of a line of uuencode; empty if it is none."""
    try:
        return binascii.a2b_uu(line)
    except ValueError:
        return b""


def _from_dump(code: str) -> bytes:
    found = [row["bytes"] for row in _DUMPED.finditer(code)]
    return (
        bytes.fromhex("".join(found).replace(" ", "")) if len("".join(found)) >= _SHORTEST else b""
    )


_CODES: tuple[tuple[re.Pattern[str], str, Callable[[str], bytes]], ...] = (
    (_BASE64, "base64", _from_base64),
    (_BASE32, "base32", _from_base32),
    (_HEX_LINES, "hexadecimal", _from_hex),
    (_BASE85, "base85", _from_base85),
    (_ASCII85, "ascii85", _from_ascii85),
)
