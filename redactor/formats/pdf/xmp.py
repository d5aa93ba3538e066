"""XMP metadata: the texts and attributes of its XML, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pikepdf

from redactor.errors import InputError, UnsupportedFormat
from redactor.formats.base import Layout, Token
from redactor.formats.html import Html
from redactor.model import Edit, Kind, Location

__all__ = ["edited_xml", "xml_tokens"]

_LAYOUT = Layout("html", (("encoding", "utf-8"), ("syntax", "xml")))


def xml_tokens(stream: pikepdf.Object, page: int) -> list[Token]:
    """Return the texts of a stream of XML, without their bytes. Raises UnsupportedFormat."""
    where = Location(Kind.METADATA, page=page)
    return [
        Token(b"", one.text, location=where, slot=one.slot, label=one.label)
        for one in _tokens(stream)
        if one.text is not None and one.text.strip()
    ]


def _tokens(stream: pikepdf.Object) -> list[Token]:
    data = stream.read_bytes()
    try:
        data.decode()
        return list(Html().tokens(BytesIO(data), _LAYOUT))
    except (InputError, UnicodeError):
        raise UnsupportedFormat("its metadata are not XML in UTF-8") from None


def edited_xml(stream: pikepdf.Object, edits: Sequence[Edit]) -> bytes:
    """Return the bytes of a stream of XML with edits."""
    number = -1
    parts: list[bytes] = []
    for token in _tokens(stream):
        raw = token.raw
        if token.text is not None and token.text.strip():
            number += 1
            mine = [replace(one, segment=0) for one in edits if one.segment == number]
            if mine and token.codec is not None:
                raw = _spliced(token, mine)
        parts.append(raw)
    return b"".join(parts)


def _spliced(token: Token, edits: Sequence[Edit]) -> bytes:
    assert token.codec is not None  # noqa: S101  # for the types
    offsets = token.codec.offsets(token.raw)
    raw = token.raw
    for edit in reversed(edits):
        put = token.codec.encode(edit.replacement)
        raw = raw[: offsets[edit.start]] + put + raw[offsets[edit.end] :]
    return raw
