"""PDFs for tests: written by hand where the operators matter, and read again."""

from __future__ import annotations

import io
import re

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from redactor.formats.base import Layout
from redactor.formats.budget import unlimited
from redactor.formats.pdf import Pdf
from redactor.formats.rewriting import with_edits
from redactor.model import Edit

PDF, LAYOUT = Pdf(), Layout("pdf")


def helvetica() -> Dictionary:
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        Encoding=Name.WinAnsiEncoding,
    )


def new(*contents: bytes) -> pikepdf.Pdf:
    """Return a document whose pages have these content streams, and Helvetica as `F1`."""
    pdf = pikepdf.new()
    for content in contents:
        page = pdf.add_blank_page(page_size=(300, 200))
        page.Resources = Dictionary(Font=Dictionary(F1=helvetica()))
        page.Contents = pdf.make_stream(content)
    return pdf


def saved(pdf: pikepdf.Pdf, **options) -> bytes:
    data = io.BytesIO()
    pdf.save(data, deterministic_id="encryption" not in options, **options)
    return data.getvalue()


def shown(*lines: str) -> bytes:
    """Return a content stream that shows lines of text."""
    rows = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    return f"BT /F1 12 Tf 20 150 Td {rows} ET".encode("cp1252")


def texts(data: bytes) -> list[str]:
    every = PDF.texts(io.BytesIO(data), LAYOUT, unlimited())
    return [token.text for token in every if token.text is not None]


def edits_of(found: list[str], pattern: str, replacement: str) -> list[Edit]:
    return [
        Edit(number, match.start(), match.end(), replacement)
        for number, text in enumerate(found)
        for match in re.finditer(pattern, text)
    ]


def edited(data: bytes, pattern: str, replacement: str = "[PERSON_7FQ2M9XA]") -> bytes:
    """Return a copy in which a pattern is replaced; its texts have exactly these edits."""
    found = texts(data)
    edits = edits_of(found, pattern, replacement)
    assert edits
    copy = io.BytesIO()
    before = PDF.write(io.BytesIO(data), LAYOUT, edits, copy, {})
    assert [token.text for token in before] == found
    expected = [
        with_edits(text, [edit for edit in edits if edit.segment == number])
        for number, text in enumerate(found)
    ]
    assert texts(copy.getvalue()) == [text for text in expected if text]
    PDF.check_unchanged(io.BytesIO(data), io.BytesIO(copy.getvalue()), LAYOUT)
    return copy.getvalue()


def everything(data: bytes) -> bytes:
    """Return all strings and streams of a document, unpacked, and its bytes."""
    parts = [data, "\n".join(PDF.extract(io.BytesIO(data), LAYOUT)).encode()]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for obj in pdf.objects:
            if isinstance(obj, pikepdf.Stream):
                parts.append(obj.read_bytes())
            parts.append(repr(obj).encode("utf-8", "replace"))
    return b"\n".join(parts)


__all__ = [
    "LAYOUT",
    "PDF",
    "Array",
    "Dictionary",
    "Name",
    "String",
    "edited",
    "edits_of",
    "everything",
    "helvetica",
    "new",
    "saved",
    "shown",
    "texts",
]
