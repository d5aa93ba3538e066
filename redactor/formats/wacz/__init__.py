"""Web archives in a package (WACZ): a ZIP file of archives, indexes, pages and a list of all parts.

What follows from the other parts is no text, and a copy gets new ones: the digests and sizes in
`datapackage.json`, its own digest, the places of records in the indexes, and the index of an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from redactor.files import Spool
from redactor.formats.base import Budget, Entry, Layout, Member, Packer, Sink
from redactor.formats.budget import unlimited
from redactor.formats.wacz import rereading
from redactor.formats.wacz.index import in_order
from redactor.formats.wacz.packing import WaczPacker
from redactor.formats.wacz.parts import PACKAGE, Opening, Part, part_of, without_digests
from redactor.formats.zip_archive import ZipArchive

__all__ = ["Wacz"]


class Wacz(ZipArchive):
    """Web archives in a package."""

    name = "wacz"
    title = "Web archives in packages (WACZ)"
    suffixes = frozenset({".wacz"})
    examined = "archives, indexes, lists of pages and all other members by their own formats"
    not_examined = "as in web archives; signatures, which are left out"

    def is_known_by(self, head: bytes) -> bool:
        """Return False: it is a ZIP file, which knows its packages by their members."""
        del head
        return False

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the members in the order of their offsets. Raises InputError."""
        members = list(super().members(source, layout, budget))
        archives = [one.name for one in members if part_of(one.name) is Part.ARCHIVE]
        for member in members:
            kind = part_of(member.name)
            if kind is Part.COMPUTED:
                yield replace(member, copied=True)
            elif kind is Part.PACKAGE:
                opened = _changed(member.open, without_digests)
                yield replace(member, open=opened, hint=PACKAGE)
            elif kind is Part.INDEX:
                opened = _changed(member.open, lambda data: in_order(data, archives, blank=True))
                yield replace(member, open=opened, hint="index.cdxj")
            else:
                yield member

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy. Raises InputError as `members` does."""
        members = super().members(source, layout, unlimited())
        raw = {one.name: one.open for one in members}
        return WaczPacker(super().packer(source, layout, sink), raw)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the members as `zipfile` reads them, without what is counted from others."""
        del layout
        return rereading.entries(source)


def _changed(opening: Opening, change: Callable[[bytes], bytes]) -> Opening:
    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        with opening() as file, Spool() as spool:
            file.seek(0)
            spool.write(change(file.read()))
            with spool.read_back() as changed:
                yield changed

    return opened
