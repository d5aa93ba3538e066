"""Small office documents, part by part, as programs write them."""

from __future__ import annotations

import base64
import io
import re
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
O = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'  # noqa: E741
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="
)


def package(parts: dict[str, str | bytes], first: str = "") -> bytes:
    """Return a ZIP file of parts; texts get an XML declaration."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, part in parts.items():
            data = part if isinstance(part, bytes) else (DECLARED + part).encode()
            archive.writestr(name, data)
    return target.getvalue()


def relationships(*rows: tuple[str, str, str]) -> str:
    """Return a part of relationships: type, target, and `External` or nothing."""
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/{kind}"'
        f' Target="{target}"{f" TargetMode={chr(34)}{mode}{chr(34)}" if mode else ""}/>'
        for n, (kind, target, mode) in enumerate(rows, 1)
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{inner}</Relationships>'


def content_types(*names: str) -> str:
    """Return the list of types of parts."""
    inner = "".join(f'<Override PartName="/{name}" ContentType="a/b"/>' for name in names)
    return f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="a/b"/>{inner}</Types>'


def word(body: str, **parts: str | bytes) -> bytes:
    """Return a document of Word with a body and further parts, named with `__` for `/`."""
    named = {re.sub("_xml$", ".xml", name.replace("__", "/")): part for name, part in parts.items()}
    return package(
        {
            "[Content_Types].xml": content_types("word/document.xml", "docProps/thumbnail.jpeg"),
            "_rels/.rels": relationships(
                ("officeDocument", "word/document.xml", ""),
                ("metadata/thumbnail", "docProps/thumbnail.jpeg", ""),
            ),
            "docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe0 Teodor Vance",
            "word/document.xml": f"<w:document {W} {R} {A}><w:body>{body}</w:body></w:document>",
            "word/media/image1.png": PNG,
            **named,
        }
    )


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
