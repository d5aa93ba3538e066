"""ZIP archives: members are read by their own formats, their names and comments as texts.

Office, OpenDocument and EPUB documents are ZIP files as well, but their members are parts of one
document: their layouts are those of other formats. Java archives are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from redactor.errors import UnsupportedFormat
from redactor.formats.base import (
    Budget,
    Container,
    Entry,
    Hints,
    Layout,
    Member,
    MemberText,
    Packer,
    Sink,
)
from redactor.formats.zip_archive import rereading
from redactor.formats.zip_archive.directory import first_names, read_directory, read_end
from redactor.formats.zip_archive.members import member_of
from redactor.formats.zip_archive.names import decode
from redactor.formats.zip_archive.packing import ZipPacker
from redactor.formats.zip_archive.records import END_SIGNATURE, LOCAL_SIGNATURE
from redactor.model import Kind, Location, Slot

__all__ = ["ZipArchive"]

_PARTS = {
    "[Content_Types].xml": "ooxml",
    "META-INF/container.xml": "epub",
    "META-INF/manifest.xml": "odf",
    "mimetype": "odf",
    "META-INF/MANIFEST.MF": "",
    "META-INF/": "",
    "datapackage.json": "wacz",
}
"""Members by which documents made of parts are recognised, and the formats that read them
(ECMA-376 part 2; EPUB OCF 3.3; ODF 1.3 part 2; WACZ 1.1); none reads Java archives."""

_FIRST = 10_000
"""Entries of the directory in which these names are looked for: Office writes them first, others
last."""


class ZipArchive(Container):
    """ZIP archives."""

    name = "zip"
    title = "ZIP archives"
    suffixes = frozenset({".zip"})
    examined = "members by their own formats, their names and comments, link targets, the comment"
    not_examined = (
        "encrypted members, methods other than stored, deflate, bzip2 and LZMA, unknown extra "
        "fields (each named); dates, modes, numbers of owners"
    )

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a ZIP file: of another format, for a document made of parts.

        Raises UnsupportedFormat for Java archives.
        """
        del hints
        names = set(islice(first_names(source, read_end(source)), _FIRST))
        found = next((known for name, known in _PARTS.items() if name in names), self.name)
        if not found:
            raise UnsupportedFormat("the content is a Java archive, which is not supported yet")
        return Layout(found)

    def is_known_by(self, head: bytes) -> bool:
        """Tell whether a document begins with the header of a member, or is an empty archive."""
        return head.startswith((LOCAL_SIGNATURE, END_SIGNATURE))

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the members in the order of their offsets, usually that of the directory.

        Raises DamagedDocument, EncryptedDocument, UnsupportedFormat, LimitExceeded, InputError.
        """
        del layout
        for number, record in enumerate(read_directory(source, budget.member).records, 1):
            yield member_of(source, record, number, budget)

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return the comment on the archive. Raises InputError."""
        del layout
        comment = decode(read_end(source).comment)
        return (MemberText(comment, Location(Kind.COMMENT), Slot.TEXT),) if comment else ()

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy. Raises InputError as `members` does."""
        del layout
        return ZipPacker(source, read_directory(source), sink)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the members as `zipfile` reads them, then the comment. Raises DamagedDocument."""
        del layout
        return rereading.entries(source)
