"""The formats, and the choice among them: by a document's first bytes, then by its suffix.

`FORMATS` is the table, one row a format; a new one is a module, a row, and a folder of cases (see
the README beside this file).
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import UnsupportedFormat
from redactor.formats.base import (
    Budget,
    Container,
    Entry,
    Format,
    Hints,
    Layout,
    Member,
    MemberText,
    Packer,
    Sink,
    Token,
    Tokenized,
)
from redactor.formats.html import Html
from redactor.formats.text import Encoding, Text, check_encoding
from redactor.formats.zip_archive import ZipArchive

__all__ = [
    "FORMATS",
    "Budget",
    "Container",
    "Encoding",
    "Entry",
    "Format",
    "Hints",
    "Html",
    "Layout",
    "Member",
    "MemberText",
    "Packer",
    "Sink",
    "Text",
    "Token",
    "Tokenized",
    "ZipArchive",
    "check_encoding",
    "format_for",
    "format_named",
]

FORMATS: tuple[Format, ...] = (Text(), Html(), ZipArchive())

# Bytes by which a format is recognised. Every signature is at the start; a page may have comments
# before its first tag.
_HEAD = 1 << 10

# Signatures of documents that no format reads, whatever their suffix: some have that of a text.
_SIGNATURES = {
    b"%PDF-": "PDF",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7-Zip",
    b"\x7fELF": "a program",
}


def format_for(source: BinaryIO, hints: Hints) -> tuple[Format, Layout]:
    """Return the format of a document and its layout. Raises UnsupportedFormat, InputError."""
    chosen = _chosen(source, hints.name)
    return chosen, chosen.layout(source, hints)


def format_named(name: str) -> Format:
    """Return the format of that name. Raises UnsupportedFormat if there is none."""
    for one in FORMATS:
        if one.name == name:
            return one
    raise UnsupportedFormat("the recorded format is none of this version")


def _chosen(source: BinaryIO, name: str) -> Format:
    source.seek(0)
    head = source.read(_HEAD)
    for one in FORMATS:
        if one.is_known_by(head):
            return one
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnsupportedFormat(f"the content is {kind}, which is not supported yet")
    suffix = PurePosixPath(name).suffix.lower()
    for one in FORMATS:
        if suffix in one.suffixes or (not name and isinstance(one, Text)):
            return one
    shown = suffix if suffix.isascii() and suffix[1:].isalnum() else ""
    raise UnsupportedFormat(f"the type {shown or 'of this file'} is not supported yet")
