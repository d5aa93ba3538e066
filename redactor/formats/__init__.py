"""The formats, and the choice among them: by a document's first bytes, then by its suffix.

A document without either is read by what it unmistakably begins as, or as text, if its bytes are.

`FORMATS` is the table, one row a format; a new one is a module, a row, and a folder of cases (see
the README beside this file).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import DamagedDocument, EncodingError, UnsupportedFormat
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
from redactor.formats.parquet import Parquet
from redactor.formats.pdf import Pdf
from redactor.formats.picture import Picture
from redactor.formats.records import Records
from redactor.formats.rtf import Rtf
from redactor.formats.signatures import HEAD, check_is_text, has_binary, refusal
from redactor.formats.subtitles import Subtitles
from redactor.formats.tar_archive import TarArchive
from redactor.formats.text import Encoding, Text, check_encoding
from redactor.formats.wacz import Wacz
from redactor.formats.warc import Warc, WebHeader, WebIndex
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
    "Parquet",
    "Pdf",
    "Picture",
    "Records",
    "Sink",
    "Subtitles",
    "Text",
    "Token",
    "Tokenized",
    "Wacz",
    "WebHeader",
    "WebIndex",
    "Xml",
    "ZipArchive",
    "check_encoding",
    "format_for",
    "format_named",
    "listed_formats",
    "mistyped",
]

FORMATS: tuple[Format, ...] = (
    Text(),
    Html(),
    Xml(),
    Json(),
    Csv(),
    Parquet(),
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
    WebIndex(),
    Wacz(),
    Compressed(),
    Media(),
)

STATED = "stated"
"""The setting of a layout that names the format of the suffix, where the content is of another."""

_TEXT = FORMATS[0]
_ONE_TYPE = frozenset({"html", "xml"})  # one page has either suffix


def format_for(source: BinaryIO, hints: Hints) -> tuple[Format, Layout]:
    """Return the format of a document and its layout. Raises UnsupportedFormat, InputError.

    The layout says which other format the suffix states (`stated`), where the content is not of it.
    """
    stated = _by_suffix(hints.name)
    chosen = _chosen(source, hints.name, stated)
    guessed = bool(hints.name) and stated is None and chosen is _TEXT
    try:
        layout = chosen.layout(source, hints)
    except EncodingError:
        if guessed and has_binary(source, wide=True):
            raise _unknown(hints.name) from None
        raise
    if layout.format != chosen.name:
        chosen = format_named(layout.format)
        layout = chosen.layout(source, hints)
    if isinstance(chosen, Tokenized):
        codec = layout.setting("encoding").removesuffix("+bom")
        check_is_text(source, codec)
        if guessed and not codec.startswith(("utf-16", "utf-32")) and has_binary(source):
            raise _unknown(hints.name)
    if stated is not None and _contradicts(stated, chosen):
        layout = replace(layout, settings=(*layout.settings, (STATED, stated.name)))
    return chosen, layout


def mistyped(layouts: Iterable[Layout]) -> tuple[tuple[str, int], ...]:
    """Count the documents whose suffix states another format: `(("html, named as csv", 1),)`."""
    both = ((one.format, one.setting(STATED)) for one in layouts)
    counts = Counter(f"{found}, named as {stated}" for found, stated in both if stated)
    return tuple(sorted(counts.items()))


def listed_formats() -> tuple[Format, ...]:
    """Return the formats that are types of files, for tables that people read."""
    return tuple(one for one in FORMATS if one.listed)


def format_named(name: str) -> Format:
    """Return the format of that name. Raises UnsupportedFormat if there is none."""
    for one in FORMATS:
        if one.name == name:
            return one
    raise UnsupportedFormat("the recorded format is none of this version")


def _by_suffix(name: str) -> Format | None:
    suffix = PurePosixPath(name).suffix.lower()
    return next((one for one in FORMATS if suffix in one.suffixes), None)


def _chosen(source: BinaryIO, name: str, stated: Format | None) -> Format:
    """Return the format that the first bytes show, else that of the suffix, else plain text."""
    source.seek(0)
    head = source.read(HEAD)
    for one in FORMATS:
        if one.is_known_by(head):
            return one
    if head.startswith(SIGNATURE):
        raise ole_refusal(source)
    if error := refusal(head):
        raise error
    if name and (stated is None or isinstance(stated, Text | Mailbox)):
        for one in FORMATS:
            if one.resembles(head, name) and (one is stated or _is_read(one, source, name)):
                return one
    return stated or _TEXT


def _unknown(name: str) -> UnsupportedFormat:
    """Return the error for a document of an unknown type, with its suffix unless that is a name."""
    suffix = PurePosixPath(name).suffix.lower()
    shown = suffix if suffix.isascii() and suffix[1:].isalnum() else "of this file"
    return UnsupportedFormat(f"the type {shown} is not supported yet")


def _is_read(form: Format, source: BinaryIO, name: str) -> bool:
    """Tell whether a document that begins as one of markup does is one to its end."""
    if not isinstance(form, Json | Xml):
        return True
    try:
        for _ in form.tokens(source, form.layout(source, Hints(name))):
            pass
    except DamagedDocument:
        return False
    return True


def _contradicts(stated: Format, found: Format) -> bool:
    """Tell whether a document is of another type than its suffix states; code may be anything."""
    kinds = (Tokenized, Message, Mailbox)
    both = isinstance(stated, Text | Mailbox) and isinstance(found, kinds)
    packed = isinstance(stated, Compressed) and isinstance(found, Warc)
    one = {stated.name, found.name} <= _ONE_TYPE
    return not (found is stated or both or packed or one)
