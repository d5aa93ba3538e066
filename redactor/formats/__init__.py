"""Which format reads which file: by suffix, with the first bytes as a veto.

A row of `FORMATS` names a format and its suffixes. A file whose first bytes are those of another
kind of document is refused whatever its name says.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from redactor.errors import UnsupportedFormat
from redactor.formats.base import Format, LineEnds, Placed, Sink, shifted
from redactor.formats.text import Encoding, Text, check_encoding

__all__ = [
    "FORMATS",
    "Encoding",
    "Format",
    "LineEnds",
    "Placed",
    "Sink",
    "Text",
    "check_encoding",
    "format_for",
    "shifted",
]

FORMATS: dict[str, type[Text]] = {
    ".txt": Text,
    ".text": Text,
    ".md": Text,
    ".markdown": Text,
}

# First bytes of documents that sometimes go by the name of a text.
_SIGNATURES = {
    b"%PDF-": "PDF",
    b"PK\x03\x04": "a ZIP container (Office, OpenDocument, ...)",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7-Zip",
    b"\x7fELF": "a program",
}


def format_for(
    path: Path, source: BinaryIO, encoding: str | None = None, recorded: str | None = None
) -> Format:
    """Return the format of a file. Raises UnsupportedFormat.

    `encoding` helps to make out that of a text; `recorded` is what `describe` once said of it.
    """
    _refuse_signatures(source)
    chosen = FORMATS.get(path.suffix.lower())
    if chosen is None:
        suffix = path.suffix if path.suffix.isascii() and path.suffix[1:].isalnum() else ""
        raise UnsupportedFormat(f"the type {suffix or 'of this file'} is not supported yet")
    return chosen(encoding, Encoding.parse(recorded) if recorded else None)


def format_for_text(source: BinaryIO, encoding: str | None = None) -> Format:
    """Return the format of what has no name and is to be a text. Raises UnsupportedFormat."""
    _refuse_signatures(source)
    return Text(encoding)


def _refuse_signatures(source: BinaryIO) -> None:
    source.seek(0)
    head = source.read(8)
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnsupportedFormat(f"the content is {kind}, which is not supported yet")
