"""The charset of a page, made out as browsers do, where no bytes would be lost.

A byte order mark; the encoding that the user named; what the page declares; strict UTF-8; cp1252;
latin-1. Two things differ from browsers. What is valid UTF-8, and not ASCII, is not read as a
charset of single bytes, whatever it declares: names would be garbled, and not found. And a page
that is not valid in what it declares is read as if it had declared nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from redactor.errors import EncodingError
from redactor.formats.html.escapes import References, decode
from redactor.formats.html.lexer import Sort, Tag, lexemes
from redactor.formats.text import CHUNK, Encoding, check_encoding, detect_encoding

_HEAD = 1 << 16
"""Where a declaration is looked for. Browsers look at the first kilobyte, and again while they
parse."""

_IN_CONTENT = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';]{1,40})", re.IGNORECASE)
_IN_XML = re.compile(r"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")

# What the labels of the Encoding standard mean that Python takes at their word, or does not know.
_MEANT = {
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
_UNKNOWN_TO_PYTHON = {
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
_BYTES = frozenset(
    "cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-3"
    " iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15"
    " iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic".split()
)
_WIDER = frozenset("big5hkscs cp932 cp949 euc_jp gb18030 iso2022_jp utf-8".split())


def page_encoding(source: BinaryIO, named: str | None) -> Encoding:
    """Return the encoding of a page. Raises EncodingError; see the module for the order."""
    made_out = detect_encoding(source, named)
    if made_out.mark:
        return made_out
    if named is not None:
        check_encoding(named)
        return _whole(source, codecs.lookup(named).name)
    declared = _declared(source)
    garbled = made_out.codec == "utf-8" and declared in _BYTES and not _is_ascii(source)
    if declared is None or garbled or not _decodes(source, declared):
        return made_out
    return _whole(source, declared)


def codec_of(label: str) -> str | None:
    """Return the codec that a page means by a label, if it is one of the Encoding standard."""
    label = label.strip().lower()
    try:
        name = _UNKNOWN_TO_PYTHON.get(label) or codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if name in _BYTES or name in _WIDER else None


def _declared(source: BinaryIO) -> str | None:
    """Return the codec that a page declares: the first one that is known."""
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


def _whole(source: BinaryIO, codec: str) -> Encoding:
    """Return an encoding in which each character gives back the bytes it took.

    Those with shift states (ISO-2022-JP) do not, nor do characters that have two codes.
    """
    source.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    kept = b""
    try:
        while data := source.read(CHUNK):
            kept += data
            written = _written(decoder.decode(data), codec)
            if not kept.startswith(written):
                raise EncodingError(f"the page would not come out of {codec} byte for byte")
            kept = kept[len(written) :]
        written = _written(decoder.decode(b"", final=True), codec)
    except UnicodeError:
        raise EncodingError(f"the page is not valid {codec}") from None
    if kept != written:
        raise EncodingError(f"the page would not come out of {codec} byte for byte")
    return Encoding(codec)


def _written(text: str, codec: str) -> bytes:
    if codec == "utf-8" or codec in _BYTES:
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
