"""ZIP archives: members are read by their own formats, their names and comments as texts.

Office, OpenDocument and EPUB documents and Java archives are ZIP files as well, but their members
are parts of one document; they are refused until a format reads them.
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
    "[Content_Types].xml": "an Office document",
    "mimetype": "an OpenDocument or EPUB document",
    "META-INF/container.xml": "an EPUB document",
    "META-INF/manifest.xml": "an OpenDocument document",
    "META-INF/MANIFEST.MF": "a Java archive",
    "META-INF/": "a Java archive",
}
"""Members by which documents made of parts are recognised (ECMA-376 part 2; ODF 1.3 part 2; EPUB
OCF 3.3; the JAR file specification)."""

_FIRST = 10_000
"""Entries of the directory in which these names are looked for. Office writes them first, others
last; an Office document of more parts is refused for its first parts, which no format reads."""


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
        """Return the layout of a ZIP file. Raises UnsupportedFormat for documents made of parts."""
        del hints
        end = read_end(source)
        for name in islice(first_names(source, end), _FIRST):
            if kind := _PARTS.get(name):
                raise UnsupportedFormat(f"the content is {kind}, which is not supported yet")
        return Layout(self.name)

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
