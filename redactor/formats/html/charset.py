"""The encoding of a page, determined as browsers do, as long as it decodes every byte.

In this order: a byte order mark; the encoding that the user named; the declared one; strict UTF-8;
cp1252; latin-1. There are two differences from browsers. A page that is valid UTF-8, and not ASCII,
is never decoded by a declared single-byte encoding: names would be garbled, and not found. And a
declared encoding in which the page is not valid is ignored.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from redactor.errors import EncodingError
from redactor.formats.html.escapes import References, decode
from redactor.formats.html.lexer import Sort, Tag, lexemes
from redactor.formats.text import CHUNK, Encoding, check_encoding, detect_encoding

_HEAD = 1 << 16
"""Bytes in which a declaration is looked for. Browsers look in the first 1,024, and again while
they parse."""

# `charset=...` in the content of `<meta http-equiv=content-type>`, and in an XML declaration.
_IN_CONTENT = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';]{1,40})", re.IGNORECASE)
_IN_XML = re.compile(r"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")

# Labels of the WHATWG Encoding standard by Python's name for them, where the standard means another
# encoding: ISO-8859-1 is windows-1252, and a page that declares UTF-16 in ASCII is UTF-8.
_STANDARD_CODECS = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "cp949": "cp949",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "utf-16": "utf-8",
    "utf-16-be": "utf-8",
    "utf-16-le": "utf-8",
}
# Labels of the standard that Python does not know.
_EXTRA_LABELS = {
    "dos-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso88591": "cp1252",
    "ks_c_5601-1989": "cp949",
    "macintosh": "mac-roman",
    "unicode-1-1-utf-8": "utf-8",
    "windows-949": "cp949",
    "windows-31j": "cp932",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
    "x-user-defined": "cp1252",
    "x-x-big5": "big5hkscs",
}
# The encodings of the standard, by Python's names: those of one byte a character, and the others.
_SINGLE_BYTE = frozenset(
    "cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3"
    " iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15"
    " iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic".split()
)
_MULTI_BYTE = frozenset("big5hkscs cp932 cp949 euc_jp gb18030 iso2022_jp utf-8".split())


def page_encoding(
    source: BinaryIO,
    named: str | None,
    declared_in: Callable[[BinaryIO], str | None] | None = None,
) -> Encoding:
    """Return the encoding of a page. Raises EncodingError; see the module for the order.

    `declared_in` reads the declared codec of a document that is no page.
    """
    detected = detect_encoding(source, named)
    if detected.mark:
        return detected
    if named is not None:
        check_encoding(named)
        return _lossless(source, codecs.lookup(named).name)
    declared = (declared_in or _declared)(source)
    garbled = detected.codec == "utf-8" and declared in _SINGLE_BYTE and not _is_ascii(source)
    if declared is None or garbled or not _decodes(source, declared):
        return detected
    return _lossless(source, declared)


def codec_of(label: str) -> str | None:
    """Return the codec of a label as the Encoding standard has it; None for any other label."""
    label = label.strip().lower()
    try:
        name = _EXTRA_LABELS.get(label) or codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _STANDARD_CODECS.get(name, name)
    return name if name in _SINGLE_BYTE or name in _MULTI_BYTE else None


def _declared(source: BinaryIO) -> str | None:
    """Return the codec of the first declaration with a known label, or None."""
    source.seek(0)
    head = source.read(_HEAD).decode("latin-1")
    if (found := _IN_XML.match(head)) and (codec := codec_of(found[1])):
        return codec
    for text, lexeme in lexemes(iter([head])):
        if lexeme.sort is Sort.TAG and lexeme.tag and lexeme.tag.name == "meta":
            for label in _labels(text, lexeme.tag):
                if codec := codec_of(label):
                    return codec
    return None


def _labels(text: str, tag: Tag) -> Iterator[str]:
    values = {
        one.name: decode(References(attribute=True), text[slice(*one.value)])
        for one in reversed(tag.attributes)
        if one.value
    }
    if "charset" in values:
        yield values["charset"]
    if values.get("http-equiv", "").strip().lower() == "content-type":
        yield from _IN_CONTENT.findall(values.get("content", ""))


def _lossless(source: BinaryIO, codec: str) -> Encoding:
    """Return an encoding after checking that decoding and encoding give the same bytes.

    Raises EncodingError where they do not: for shift states (ISO-2022-JP), and for characters that
    have two codes.
    """
    source.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    rest = b""
    try:
        while data := source.read(CHUNK):
            rest += data
            encoded = _encoded(decoder.decode(data), codec)
            if not rest.startswith(encoded):
                raise EncodingError(f"the page would not come out of {codec} byte for byte")
            rest = rest[len(encoded) :]
        encoded = _encoded(decoder.decode(b"", final=True), codec)
    except UnicodeError:
        raise EncodingError(f"the page is not valid {codec}") from None
    if rest != encoded:
        raise EncodingError(f"the page would not come out of {codec} byte for byte")
    return Encoding(codec)


def _encoded(text: str, codec: str) -> bytes:
    if codec == "utf-8" or codec in _SINGLE_BYTE:
        return text.encode(codec)
    known = {char: char.encode(codec) for char in set(text)}
    return b"".join(map(known.__getitem__, text))


def _decodes(source: BinaryIO, codec: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        while data := source.read(CHUNK):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _is_ascii(source: BinaryIO) -> bool:
    source.seek(0)
    return all(data.isascii() for data in iter(lambda: source.read(CHUNK), b""))
