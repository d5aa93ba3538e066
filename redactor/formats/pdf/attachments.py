"""Files that are attached to a PDF, by its catalogue or by notes: each is a document of its own.

Of what the PDF says about a file beside its name, a copy has the type, the dates, the size, and
a checksum if there was one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

import pikepdf
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1
from pdfminer.psexceptions import PSException
from pikepdf import Dictionary

from redactor.errors import DamagedDocument, OutputError, UnsupportedFormat
from redactor.formats.base import Member
from redactor.formats.pdf.objects import Attached, is_date, walk

__all__ = ["digests", "put", "read_members", "unread_member"]

# Suffixes for the types of files whose names have none.
_SUFFIXES = {
    "/text/plain": ".txt",
    "/text/csv": ".csv",
    "/text/html": ".html",
    "/text/xml": ".xml",
    "/application/xml": ".xml",
    "/application/json": ".json",
}
_NAMES = ("/UF", "/F", "/Unix", "/DOS", "/Mac")


@dataclass(frozen=True, slots=True)
class _File:
    """A file: its stream, the specifications that have it, the name that it is read by."""

    stream: pikepdf.Object = field(repr=False)
    specifications: list[pikepdf.Object] = field(repr=False)
    name: str = field(repr=False)


def _files(pdf: pikepdf.Pdf) -> list[_File]:
    """Return the files of a document in the order of the walk, each once."""
    found: dict[tuple[int, int], _File] = {}
    for item in walk(pdf):
        if not isinstance(item, Attached):
            continue
        for key in _NAMES:
            stream = item.specification.EF.get(key)
            if isinstance(stream, pikepdf.Stream):
                named = _name(item.specification, stream)
                one = found.setdefault(stream.objgen, _File(stream, [], named))
                one.specifications.append(item.specification)
    return list(found.values())


def _name(specification: pikepdf.Object, stream: pikepdf.Object) -> str:
    """Return the name of a file, with a suffix of its type if it has none itself."""
    stated = (specification.get(key) for key in _NAMES)
    name = next((str(one) for one in stated if isinstance(one, pikepdf.String)), "")
    if "." in name:
        return name
    return f"{name or 'file'}{_SUFFIXES.get(str(stream.get('/Subtype', '')).lower(), '')}"


def read_members(pdf: pikepdf.Pdf) -> Iterator[Member]:
    """Yield the files of a document as members; they can be opened while it is open."""
    for number, one in enumerate(_files(pdf), 1):
        yield Member(number, (), _Opener(one.stream).open, hint=one.name)


def unread_member(number: int, reason: str) -> Member:
    """Return a part of a document that no format reads: no copy has it."""

    def refused() -> AbstractContextManager[BinaryIO]:
        raise UnsupportedFormat(reason)

    return Member(number, (), refused)


@dataclass(frozen=True, slots=True)
class _Opener:
    """Opens a file."""

    stream: pikepdf.Object = field(repr=False)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Yield the bytes of a file. Raises DamagedDocument."""
        try:
            data = self.stream.read_bytes()
        except (pikepdf.PdfError, ValueError, RuntimeError):
            raise DamagedDocument("an attached file of the PDF cannot be unpacked") from None
        with BytesIO(data) as file:
            yield file


def put(pdf: pikepdf.Pdf, contents: Mapping[int, BinaryIO | None]) -> None:
    """Put contents in the place of files by their numbers; a file without one is taken out.

    Its name is kept, as that of a file elsewhere.
    """
    for number, one in enumerate(_files(pdf), 1):
        content = contents.get(number)
        if content is not None:
            content.seek(0)
            _put(one.stream, content.read())
        elif number in contents:
            for specification in one.specifications:
                for key in ("/EF", "/RF"):
                    if key in specification:
                        del specification[key]
        else:
            _put(one.stream, None)


def _put(stream: pikepdf.Object, content: bytes | None) -> None:
    """Write the content of a file, None as it is, and what is said about it."""
    before = stream.get("/Params")
    if content is not None:
        stream.write(content)
    data = stream.read_bytes() if content is None else content
    about = Dictionary(Size=len(data))
    if isinstance(before, Dictionary):
        for key in ("/CreationDate", "/ModDate"):
            value = before.get(key)
            if isinstance(value, pikepdf.String) and is_date(bytes(value)):
                about[key] = value
        if "/CheckSum" in before:
            digest = hashlib.md5(data, usedforsecurity=False).digest()
            about["/CheckSum"] = pikepdf.String(digest)
    for key in set(stream.keys()) - {"/Type", "/Subtype", "/Filter", "/DecodeParms", "/Length"}:
        del stream[key]
    stream["/Params"] = about


def digests(copy: BinaryIO) -> list[str]:
    """Return the SHA-256 of each attached file as pdfminer reads a document, sorted.

    Raises OutputError.
    """
    copy.seek(0)
    try:
        document = PDFDocument(PDFParser(copy))
        streams: dict[int, PDFStream] = {}
        for number in {one for xref in document.xrefs for one in xref.get_objids()}:
            for reference in _references(document.getobj(number)):
                streams[reference.objid] = resolve1(reference)
        return sorted(hashlib.sha256(one.get_data()).hexdigest() for one in streams.values())
    except (PDFException, PSException, AttributeError, TypeError, ValueError, KeyError):
        raise OutputError("another reader does not read the attached files of the draft") from None


def _references(obj: object) -> Iterator[PDFObjRef]:
    """Yield what specifications of files in an object refer to."""
    stack = [obj]
    while stack:
        one = stack.pop()
        if isinstance(one, PDFStream):
            one = one.attrs
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            files = resolve1(one.get("EF"))
            if isinstance(files, dict):
                yield from (x for x in files.values() if isinstance(x, PDFObjRef))
            stack += one.values()
