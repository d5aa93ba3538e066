"""Marked copies that come back: which document each is of, and what was done with its marks."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from redactor.errors import InputError, MarksError
from redactor.files import open_source, walk
from redactor.proposals import office, plain
from redactor.proposals.comparison import Changes, changes
from redactor.proposals.places import Original
from redactor.proposals.reading import MarkedText
from redactor.proposals.writing import FOLDER, PLACES, read_page

_HEAD = 1 << 10
"""Bytes in which the header of a PDF and the first element of an XFDF are looked for."""

_XFDF = re.compile(rb"<(?:\w+:)?xfdf[\s>]")
_HTML = re.compile(rb"data-redactor-head|d\0a\0t\0a\0-\0r\0e\0d\0a\0c\0t\0o\0r\0-\0h\0e\0a\0d")


@dataclass(frozen=True, slots=True)
class Returned:
    """A marked copy that came back: its file, its document, and what was done with its marks."""

    path: Path = field(repr=False)
    original: Original
    changes: Changes


def returned(path: Path, audit: Path, limit: int, *, bare: bool = False) -> list[Returned]:
    """Return what came back: a marked copy, or all in a folder, of up to `limit` bytes each.

    Of two of one document the one counts that was changed. Raises MarksError, which names the file,
    for one that cannot be read back, for two that were changed in different ways, and, unless
    `bare` is set, for one of which all marks are gone: some programs drop what they do not know.
    """
    found: dict[str, Returned] = {}
    for file in _files(path):
        one = _named(file, audit, limit)
        if one.changes.bare and not bare:
            raise MarksError(
                f"{file} has none of its {len(one.original.places)} marks left: a program may have "
                "dropped them. If a person took them away, say --no-marks-left"
            )
        other = found.get(one.original.document)
        if other is None or other.changes.are_none:
            found[one.original.document] = one
        elif not one.changes.are_none and one.changes != other.changes:
            raise MarksError(f"{file} and {other.path} are marked copies of one document")
    if not found:
        raise MarksError(f"{path} has no marked copy in it")
    return list(found.values())


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in walk(path):
        if not any(name.startswith((".", "~$")) for name in file.relative_to(path).parts):
            yield file


def _named(file: Path, audit: Path, limit: int) -> Returned:
    try:
        with open_source(file, limit) as source:
            data = source.read()
        marked = read(data, file.name, audit)
        original = kept(audit, marked.document)
        return Returned(file, original, changes(original, marked))
    except MarksError as error:
        raise MarksError(f"{file} {error}") from None
    except InputError as error:
        raise MarksError(f"{file} cannot be read: {error}") from None


def kept(audit: Path, document: str) -> Original:
    """Return what was kept of a document that was marked. Raises MarksError."""
    path = audit / FOLDER / PLACES / f"{document}.json"
    try:
        return Original.from_json(path.read_bytes())
    except OSError:
        raise MarksError("is of a document of which this log has no proposals") from None


def read(data: bytes, name: str, audit: Path) -> MarkedText:
    """Return what a marked copy says, by its first bytes. Raises MarksError, InputError."""
    if plain.is_marked(_text(data[:_HEAD])):
        return plain.read(_text(data))
    if data.startswith(b"PK"):
        return office.read(data, lambda document: kept(audit, document))
    if b"%PDF-" in data[:_HEAD]:
        from redactor.proposals import papers

        return papers.read(data)
    if name.lower().endswith(".xfdf") or _XFDF.search(data[:_HEAD]):
        return _of_xfdf(data, audit)
    if _HTML.search(data):
        return read_page(data, name)
    raise MarksError("is no marked copy, or has lost its first line")


def _of_xfdf(data: bytes, audit: Path) -> MarkedText:
    """Return what the marks of an XFDF cover in the marked PDF of their document."""
    from redactor.formats.pdf.drawn import page_texts
    from redactor.proposals import xfdf

    found = xfdf.read(data)
    path = audit / FOLDER / kept(audit, found.document).name
    try:
        with path.open("rb") as pdf:
            return found.covered(page_texts(pdf))
    except OSError:
        raise MarksError("has the marks of a PDF that is no longer among the proposals") from None


def _text(data: bytes) -> str:
    """Return a text as editors write it: in UTF-8, or in UTF-16 with its mark."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8", "replace")
