"""The types of bodies: hints for the choice of their formats, and which are kept unexamined."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

from redactor.formats.media import medium_of_type
from redactor.formats.picture import kind_of
from redactor.formats.picture.coded import is_cleanable
from redactor.formats.signatures import medium_of
from redactor.formats.warc.heads import Head

HEAD = 1 << 12
"""Bytes of a body by which its type is made out."""

_MEDIA = ("image/", "audio/", "video/", "font/", "application/font", "application/x-font")
_ICON = re.compile(
    rb"\0\0[\x01\x02]\0|\x1aE\xdf\xa3|\xff[\xe2-\xfb]|FLV\x01|BM....\0\0\0\0", re.DOTALL
)
_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/json": ".json",
    "text/csv": ".csv",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "message/rfc822": ".eml",
}
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)


def medium_of_body(head: bytes, kind: str) -> str:
    """Return what of a picture, a sound, a film or a font is not examined; empty for other bodies.

    By its type alone it is one only if its bytes are no text: SVG is a picture, and text.
    """
    if found := medium_of(head):
        return found
    by_type = kind.startswith(_MEDIA) and b"\0" in head
    return medium_of_type(kind) if _ICON.match(head) or by_type else ""


def kept_medium(head: bytes, file: BinaryIO, kind: str) -> str:
    """Return the same, but nothing for a picture, of which a copy is without its metadata."""
    medium = medium_of_body(head, kind)
    if not medium or not kind_of(head[:16]):
        return medium
    file.seek(0)
    return "" if is_cleanable(file.read()) else medium


def content_type(warc: Head, http: Head | None) -> str:
    """Return the type that the headers state for a body, in lower case, with its parameters."""
    return (warc if http is None else http).value("content-type").lower()


def hint(kind: str, address: str, head: bytes) -> str:
    """Return a file name whose suffix says the type of a body: what the headers state.

    Where the bytes do not begin as that type does, and where nothing is stated, it is text: it is
    read as a page, or refused as binary data, by its bytes. What begins as no text does has no
    suffix (a workbook, a PDF): nothing says that it is text.
    """
    stated = kind.partition(";")[0].strip()
    suffix = _TYPES.get(stated, "")
    if stated.endswith("+json"):
        suffix = ".json"
    elif stated.endswith("+xml") and not suffix:
        suffix = ".xml"
    elif not stated or stated == "application/octet-stream":
        suffix = PurePosixPath(urlsplit(address).path).suffix.lower()
        suffix = suffix if suffix in {".html", ".htm", ".json", ".xml", ".csv"} else ""
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if (suffix == ".json" and begins not in (b"{", b"[", b'"')) or (
        suffix == ".xml" and begins != b"<"
    ):
        suffix = ""
    if not suffix and not (b"\0" in head or head.startswith(b"%PDF-")):
        suffix = ".txt"
    return f"content{suffix}"


def encoding(kind: str, file: BinaryIO) -> str | None:
    """Return the encoding that the type of a body states, if it is one and the body is in it."""
    found = _CHARSET.search(kind)
    if found is None:
        return None
    try:
        codec = codecs.lookup(found[1])
        if not codec._is_text_encoding:  # noqa: SLF001  # there is no other way
            return None
        decoder = codec.incrementaldecoder()
        file.seek(0)
        while piece := file.read(1 << 16):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    return None if codec.name in {"iso8859-1", "ascii", "utf-8"} else codec.name
