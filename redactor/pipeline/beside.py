"""Indexes of web archives beside their archives: redacted after these, with places in copies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from sys import maxsize
from typing import BinaryIO

from redactor.errors import InputError
from redactor.files import CHUNK, Draft, Spool, open_source, sha256
from redactor.formats import Layout
from redactor.formats.tree import Path, root
from redactor.formats.wacz import Wacz
from redactor.formats.warc import WebIndex
from redactor.formats.warc.beside import Beside, Copied
from redactor.formats.warc.index import OF_COPIES
from redactor.model import Job
from redactor.pipeline.context import RunContext
from redactor.pipeline.examination import Found

INDEX = "index"
"""What a copy is without, as the log names it: the places in an index."""


Layouts = Mapping[Path, Layout]


def archives_digest(copies: Iterable[str]) -> str:
    """Return the digest of the digests of copied archives; an empty text if there are none."""
    known = list(copies)
    return hashlib.sha256("\n".join(known).encode()).hexdigest() if known else ""


@dataclass(frozen=True, slots=True)
class ArchivesBeside:
    """The archives beside a document, if it is an index that names some.

    Where a vault seals its source, addresses stay as they are there: restored places must be found.
    """

    beside: Beside | None = None
    digest: str = ""
    addresses: bool = True

    @contextmanager
    def addressed(self, source: BinaryIO) -> Iterator[tuple[BinaryIO, Layouts]]:
        """Open an index as it is examined: with the addresses of the copied archives.

        With it come the layouts by which it is read.
        """
        if self.beside is None or not self.addresses:
            yield source, {}
            return
        with Spool() as spool:
            all_known = self.beside.addressed(source, spool)
            with spool.read_back() as changed:
                yield changed, {(): OF_COPIES} if all_known else {}

    def fill(self, source: BinaryIO, draft: Draft, found: Found) -> None:
        """Put places into the draft of an index, and note which indexes have none."""
        found.archives = self.digest
        left = 1 if self.beside is None else self._filled(self.beside, source, draft)
        found.dropped += [(path, INDEX) for path in _without_places(found, has_root=not left)]

    @staticmethod
    def _filled(beside: Beside, source: BinaryIO, draft: Draft) -> int:
        with Spool() as spool:
            with draft.read_back() as plain:
                left = beside.placed(source, plain, spool)
            with draft.read_back() as plain, spool.read_back() as new:
                beside.check(plain, new)
                new.seek(0)
                draft.clear()
                while piece := new.read(CHUNK):
                    draft.write(piece)
        return left


@contextmanager
def archives_beside(job: Job, settings: RunContext) -> Iterator[ArchivesBeside]:
    """Open the archives beside an index, and the copies that they have."""
    if not job.archives or job.rehearse:
        yield ArchivesBeside()
        return
    found: list[Copied] = []
    digests: list[str] = []
    with ExitStack() as stack:
        for one in job.archives:
            try:
                copy = stack.enter_context(open_source(one.target, maxsize))
            except InputError:  # it was refused, and has no copy
                digests.append("")
                continue
            source = stack.enter_context(open_source(one.source, maxsize, one.at))
            digests.append(sha256(copy))
            found.append(Copied(one.name, one.shown_name, source, copy))
        beside = Beside(found) if found and _is_index(job, settings) else None
        yield ArchivesBeside(beside, archives_digest(digests), settings.vault is None)


def _is_index(job: Job, settings: RunContext) -> bool:
    """Tell whether a document is an index by its content too."""
    limit = settings.policy.limits.file_bytes
    with open_source(job.source, limit, job.at) as source:
        return root(source, job.source.name, settings.reading()).format.name == WebIndex.name


def _without_places(found: Found, *, has_root: bool) -> Iterator[Path]:
    """Yield the paths of indexes whose copies have no places: those in a package have."""
    formats = {one.path: one.layout.format for one in found.nodes}
    for path, name in formats.items():
        has_places = has_root if not path else formats[path[:-1]] == Wacz.name
        if name == WebIndex.name and not has_places:
            yield path
