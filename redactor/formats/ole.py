"""Compound files ([MS-CFB]): old documents of Office, messages of Outlook, encrypted documents.

No format reads them. What one is, the names of its streams say, which are UTF-16 in its directory.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from redactor.errors import EncryptedDocument, InputError, UnsupportedFormat

SIGNATURE = b"\xd0\xcf\x11\xe0"

_ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")
# Streams, the type that has them, and the format that LibreOffice converts it to.
_STREAMS = (
    ("WordDocument", "an old Word document (.doc)", "docx"),
    ("PowerPoint Document", "an old PowerPoint document (.ppt)", "pptx"),
    ("Workbook", "an old Excel document (.xls)", "xlsx"),
    ("Book", "an old Excel document (.xls)", "xlsx"),
    ("__properties_version1.0", "an e-mail message of Outlook (.msg)", ""),
    ("__nameid_version1.0", "an e-mail message of Outlook (.msg)", ""),
    ("VisioDocument", "an old Visio drawing (.vsd)", "odg"),
)
_CONVERTED = frozenset({"docx", "xlsx", "pptx"})
_MACROS = frozenset({"_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"})
_PIECE = 1 << 20


def ole_refusal(source: BinaryIO) -> InputError:
    """Return the error for a compound file, with the command that converts it if there is one."""
    names = _stream_names(source)
    if not names.isdisjoint(_ENCRYPTED):
        return EncryptedDocument("the content is an encrypted Office document")
    for stream, what, target in _STREAMS:
        if stream in names:
            more = f"; `soffice --headless --convert-to {target} FILE` converts it"
            more += ", and so does --convert" if target in _CONVERTED else ""
            return UnsupportedFormat(
                f"the content is {what}, which is not supported{more if target else ''}"
            )
    return UnsupportedFormat("the content is an OLE object or an old Office document")


def has_macros(source: BinaryIO) -> bool:
    """Tell whether a compound file has macros."""
    return not _stream_names(source).isdisjoint(_MACROS)


def _stream_names(source: BinaryIO) -> set[str]:
    """Return which of the names of streams occur in a file."""
    wanted = {*_ENCRYPTED, *_MACROS, *(stream for stream, _, _ in _STREAMS)}
    found: set[str] = set()
    source.seek(0, io.SEEK_SET)
    before = b""
    while data := source.read(_PIECE):
        whole = before + data
        found |= {name for name in wanted - found if name.encode("utf-16-le") + b"\0" in whole}
        before = whole[-128:]
    return found
