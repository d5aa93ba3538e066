"""XMP metadata: the texts and attributes of its XML, edited in place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO

import pikepdf

from redactor.errors import InputError
from redactor.formats.base import Hints, Token
from redactor.formats.xml import Xml
from redactor.model import Edit, Kind, Location

__all__ = ["drop_thumbnails", "edited_xml", "xml_tokens"]

# A picture of a page, in base64, as programs of Adobe put it among the metadata.
_THUMBNAIL = re.compile(
    rb"(<(x[am]pGImg):image>)[A-Za-z0-9+/=\s]+(?:&#x[AaDd];[A-Za-z0-9+/=\s]*)*(?=</\2:image>)"
)


def drop_thumbnails(stream: pikepdf.Object) -> None:
    """Take the pictures of pages out of a stream of XML: no copy has them."""
    data = stream.read_bytes()
    if b"pGImg:image>" in data:
        stream.write(_THUMBNAIL.sub(rb"\1", data))


def xml_tokens(stream: pikepdf.Object, page: int) -> list[Token]:
    """Return the texts of a stream of XML, without their bytes.

    What is no XML is emptied: no copy has it.
    """
    where = Location(Kind.METADATA, page=page)
    return [
        Token(b"", one.text, location=where, slot=one.slot, label=one.label)
        for one in _tokens(stream)
        if _has_text(one)
    ]


def _has_text(token: Token) -> bool:
    return bool(token.text and token.text.strip())


def _tokens(stream: pikepdf.Object) -> list[Token]:
    source = BytesIO(stream.read_bytes())
    try:
        layout = Xml().layout(source, Hints("metadata.xmp"))
        return list(Xml().tokens(source, layout))
    except InputError:
        stream.write(b"")
        return []


def edited_xml(stream: pikepdf.Object, edits: Sequence[Edit]) -> bytes:
    """Return the bytes of a stream of XML with edits."""
    number = -1
    parts: list[bytes] = []
    for token in _tokens(stream):
        number += _has_text(token)
        mine = [one for one in edits if _has_text(token) and one.segment == number]
        parts.append(_spliced(token, mine))
    return b"".join(parts)


def _spliced(token: Token, edits: Sequence[Edit]) -> bytes:
    raw = token.raw
    if edits and token.codec is not None:
        offsets = token.codec.offsets(raw)
        for edit in reversed(edits):
            put = token.codec.encode(edit.replacement)
            raw = raw[: offsets[edit.start]] + put + raw[offsets[edit.end] :]
    return raw
