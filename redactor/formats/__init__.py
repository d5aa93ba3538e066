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
    Composed,
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
from redactor.formats.compressed import Compressed
from redactor.formats.csv import Csv
from redactor.formats.html import Html
from redactor.formats.json import Json
from redactor.formats.mail import Mailbox, MailHeader, Message
from redactor.formats.media import Media
from redactor.formats.office import Epub, OfficeOpenXml, OpenDocument
from redactor.formats.ole import SIGNATURE, ole_refusal
from redactor.formats.pdf import Pdf
from redactor.formats.picture import Picture
from redactor.formats.records import Records
from redactor.formats.rtf import Rtf
from redactor.formats.signatures import HEAD, check_is_text, refusal
from redactor.formats.subtitles import Subtitles
from redactor.formats.tar_archive import TarArchive
from redactor.formats.text import Encoding, Text, check_encoding
from redactor.formats.warc import Warc, WebHeader
from redactor.formats.xml import Xml
from redactor.formats.zip_archive import ZipArchive

__all__ = [
    "FORMATS",
    "Budget",
    "Composed",
    "Container",
    "Csv",
    "Encoding",
    "Entry",
    "Format",
    "Hints",
    "Html",
    "Json",
    "Layout",
    "MailHeader",
    "Mailbox",
    "Media",
    "Member",
    "MemberText",
    "Message",
    "Packer",
    "Pdf",
    "Picture",
    "Records",
    "Sink",
    "Subtitles",
    "Text",
    "Token",
    "Tokenized",
    "WebHeader",
    "Xml",
    "ZipArchive",
    "check_encoding",
    "format_for",
    "format_named",
    "listed_formats",
]

FORMATS: tuple[Format, ...] = (
    Text(),
    Html(),
    Xml(),
    Json(),
    Csv(),
    Message(),
    Mailbox(),
    MailHeader(),
    OfficeOpenXml(),
    OpenDocument(),
    Epub(),
    Pdf(),
    Picture(),
    Records(),
    Subtitles(),
    Rtf(),
    ZipArchive(),
    TarArchive(),
    Warc(),
    WebHeader(),
    Compressed(),
    Media(),
)


def format_for(source: BinaryIO, hints: Hints) -> tuple[Format, Layout]:
    """Return the format of a document and its layout. Raises UnsupportedFormat, InputError."""
    chosen = _chosen(source, hints.name)
    layout = chosen.layout(source, hints)
    if layout.format != chosen.name:
        chosen = format_named(layout.format)
        layout = chosen.layout(source, hints)
    if isinstance(chosen, Tokenized):
        check_is_text(source, layout.setting("encoding").removesuffix("+bom"))
    return chosen, layout


def listed_formats() -> tuple[Format, ...]:
    """Return the formats that are types of files, for tables that people read."""
    return tuple(one for one in FORMATS if one.listed)


def format_named(name: str) -> Format:
    """Return the format of that name. Raises UnsupportedFormat if there is none."""
    for one in FORMATS:
        if one.name == name:
            return one
    raise UnsupportedFormat("the recorded format is none of this version")


def _chosen(source: BinaryIO, name: str) -> Format:
    source.seek(0)
    head = source.read(HEAD)
    for one in FORMATS:
        if one.is_known_by(head):
            return one
    if head.startswith(SIGNATURE):
        raise ole_refusal(source)
    if error := refusal(head):
        raise error
    suffix = PurePosixPath(name).suffix.lower()
    named = next((one for one in FORMATS if suffix in one.suffixes), None)
    if name and (named is None or isinstance(named, Text | Mailbox)):
        named = next((one for one in FORMATS if one.resembles(head, name)), named)
    if named or not name:
        return named or Text()
    shown = suffix if suffix.isascii() and suffix[1:].isalnum() else ""
    raise UnsupportedFormat(f"the type {shown or 'of this file'} is not supported yet")
