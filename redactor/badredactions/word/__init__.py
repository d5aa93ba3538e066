"""What a Word document holds that its pages do not show: runs, tracked changes, comments."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from redactor.badredactions.finding import Finding
from redactor.badredactions.word.runs import PartReader
from redactor.badredactions.word.styles import StyleReader, Styles
from redactor.errors import DamagedDocument, EncryptedDocument, LimitExceeded

__all__ = ["examine_docx", "is_docx"]

_BYTES = 256 << 20  # of one part, unpacked
_PARTS = re.compile(
    r"word/(?:document|header|footer|footnotes|endnotes|comments|glossary/document)"
)
"""Parts that have runs, whatever number they have."""


def is_docx(names: list[str]) -> bool:
    """Tell whether a package with parts of these names is a Word document."""
    return "word/document.xml" in names


def examine_docx(data: bytes) -> list[Finding]:
    """Return what a Word document conceals. Raises InputError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            styles = Styles()
            if "word/styles.xml" in names:
                StyleReader(styles).read(_part(package, "word/styles.xml"))
            findings: list[Finding] = []
            for name in sorted(name for name in names if _PARTS.match(name)):
                if name.endswith(".xml"):
                    reader = PartReader(name, styles)
                    reader.read(_part(package, name))
                    findings += reader.findings()
            return findings
    except RuntimeError:
        raise EncryptedDocument("needs a password") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        raise DamagedDocument("is no package that can be read") from None
    except (expat.ExpatError, ValueError):
        raise DamagedDocument("a part is no XML that can be read") from None


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as file:
        data = file.read(_BYTES + 1)
    if len(data) > _BYTES:
        raise LimitExceeded("a part unpacks to too many bytes")
    return data
