"""The choice of the reader for a document, by its content."""

from __future__ import annotations

import io
import zipfile

from redactor.badredactions.finding import Finding
from redactor.badredactions.word import examine_docx, is_docx
from redactor.errors import DamagedDocument, EncryptedDocument, UnsupportedFormat

__all__ = ["examine"]

_HEAD = 1024  # bytes in which a PDF begins (ISO 32000-1, annex H)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def examine(data: bytes) -> list[Finding]:
    """Return what a document conceals. Raises InputError."""
    if b"%PDF-" in data[:_HEAD]:
        from redactor.badredactions.pdf import examine_pdf

        return examine_pdf(data)
    if data.startswith(b"PK"):
        if is_docx(_names(data)):
            return examine_docx(data)
    elif data.startswith(_OLE) and _ENCRYPTED in data:
        raise EncryptedDocument("needs a password")
    raise UnsupportedFormat("neither a PDF nor a Word document (.docx)")


def _names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return package.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DamagedDocument("is no package that can be read") from None
