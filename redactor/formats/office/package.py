"""A document that is a ZIP file of parts, read as one document.

The parts are examined together. Names of parts are no texts, unless a person gave them: other parts
refer to them. What a copy is without (thumbnails, settings of printers, parts that were not
examined) is taken out of the lists of parts as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from redactor.errors import InputError, PartNotExamined, UnsupportedFormat
from redactor.files import Spool
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
from redactor.formats.budget import unlimited
from redactor.formats.office.links import has_links, links
from redactor.formats.office.parts import (
    HEAD,
    check_manifest,
    hint_of,
    is_copied,
    is_dropped,
    is_essential,
    is_standard_name,
    medium_of_part,
    refusal_of,
)
from redactor.formats.office.references import (
    dropped_ids,
    has_packed_shapes,
    names_parts,
    without_ids,
    without_packed_shapes,
    without_references,
)
from redactor.formats.zip_archive import rereading
from redactor.formats.zip_archive.contents import unpack
from redactor.formats.zip_archive.directory import Directory, read_directory, read_end
from redactor.formats.zip_archive.members import member_of
from redactor.formats.zip_archive.names import decode, name_of
from redactor.formats.zip_archive.packing import ZipPacker
from redactor.formats.zip_archive.records import Record
from redactor.model import Kind, Location, Slot

_EMPTY_DIGEST = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_IN_NAME = "the name of a part, to which others refer, holds such a value"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of a package that its copy has, and the names of those that it has not."""

    directory: Directory
    names: tuple[str, ...] = field(repr=False)
    dropped: frozenset[str] = field(repr=False)
    dangling: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Parts that refer to parts that are left out: their names, and by which relationships."""

    @classmethod
    def of(cls, source: BinaryIO, layout: Layout, count: Callable[[], None]) -> _Parts:
        """Return the parts of a package. Raises InputError."""
        directory = read_directory(source, count)
        names = tuple(name_of(record) for record in directory.records)
        omitted = frozenset(map(int, layout.setting("without").split()))
        dropped = {
            name for number, name in enumerate(names, 1) if number in omitted or is_dropped(name)
        }
        dropped |= {name for name in names if _owner(name) in dropped}
        parts = cls(directory, names, frozenset(dropped))
        return replace(parts, dangling=dict(parts.dangles(source))) if omitted else parts

    def dangles(self, source: BinaryIO) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the parts that refer to parts that are left out. Raises InputError."""
        for number, record, name in self.kept():
            if owner := _owner(name):
                with member_of(source, record, number, unlimited()).open() as file:
                    if ids := dropped_ids(name, file.read(), self.dropped):
                        yield owner, ids

    def is_changed(self, name: str, member: Member) -> bool:
        """Tell whether a part has what a copy has not, or refers to it. Raises InputError."""
        if self.dropped and (names_parts(name) or name in self.dangling):
            return True
        with member.open() as file:
            return has_packed_shapes(name, file)

    def changed(self, name: str, data: bytes) -> bytes:
        """Return a part without what is not in a copy, and without references to it."""
        new = without_packed_shapes(without_references(name, data, self.dropped))
        return without_ids(new, self.dangling[name]) if name in self.dangling else new

    def kept(self) -> Iterator[tuple[int, Record, str]]:
        """Yield number, record and name of each part that the copy has."""
        rows = zip(self.directory.records, self.names, strict=True)
        for number, (record, name) in enumerate(rows, 1):
            if name not in self.dropped:
                yield number, record, name


def _owner(name: str) -> str:
    """Return the part whose relationships a part lists; empty for any other part."""
    folder, slash, last = name.rpartition("_rels/")
    return f"{folder}{last.removesuffix('.rels')}" if slash and last.endswith(".rels") else ""


class Package(Container):
    """A document that is a ZIP file of parts."""

    together = True

    def layout(self, source: BinaryIO, hints: Hints) -> Layout:
        """Return the layout of a package. Raises EncryptedDocument, DamagedDocument."""
        del hints
        parts = _Parts.of(source, Layout(self.name), lambda: None)
        for number, record, name in parts.kept():
            if name == "META-INF/manifest.xml":
                with member_of(source, record, number, unlimited()).open() as file:
                    check_manifest(file.read())
        return Layout(self.name)

    def without(self, source: BinaryIO, layout: Layout, numbers: frozenset[int]) -> Layout:
        """Return the layout of a copy that omits members. Raises PartNotExamined."""
        if not numbers:
            return layout
        names = _Parts.of(source, layout, lambda: None).names
        if any(is_essential(names[number - 1]) for number in numbers):
            raise PartNotExamined("a part without which the document does not open")
        return replace(layout, settings=(("without", " ".join(map(str, sorted(numbers)))),))

    def members(self, source: BinaryIO, layout: Layout, budget: Budget) -> Iterator[Member]:
        """Yield the parts in the order of their offsets. Raises InputError."""
        parts = _Parts.of(source, layout, budget.member)
        for number, record, name in parts.kept():
            member = member_of(source, record, number, budget)
            head = _head(source, record)
            copied = member.copied or is_copied(name, head, record.size)
            yield replace(
                member,
                texts=_texts(name, member.texts),
                copied=copied,
                medium=medium_of_part(name, head) if copied and name != "mimetype" else "",
                open=member.open if copied else _opener(name, member, parts),
                hint=hint_of(name, head),
            )

    def texts(self, source: BinaryIO, layout: Layout) -> tuple[MemberText, ...]:
        """Return the comment on the ZIP file. Raises InputError."""
        del layout
        comment = decode(read_end(source).comment)
        return (MemberText(comment, Location(Kind.COMMENT), Slot.TEXT),) if comment else ()

    def packer(self, source: BinaryIO, layout: Layout, sink: Sink) -> Packer:
        """Return the writer of a copy. Raises InputError as `members` does."""
        return _PackagePacker(source, _Parts.of(source, layout, lambda: None), sink)

    def entries(self, source: BinaryIO, layout: Layout) -> Iterator[Entry]:
        """Yield the parts as `zipfile` reads them, then the comment. Raises DamagedDocument."""
        del layout
        for name, entry, head, size in rereading.parts(source, HEAD):
            if not name:
                yield entry
                continue
            copied = name.endswith("/") or is_copied(name, head, size)
            texts = entry.texts[1:] if is_standard_name(name) else entry.texts
            yield Entry(texts, _EMPTY_DIGEST if copied else entry.sha256)


def _texts(name: str, texts: tuple[MemberText, ...]) -> tuple[MemberText, ...]:
    return texts[1:] if is_standard_name(name) else texts


def _head(source: BinaryIO, record: Record) -> bytes:
    """Return the first bytes of a part; none of one that cannot be read."""
    head = b""
    try:
        for piece, _ in unpack(source, record):
            head += piece
            if len(head) >= HEAD:
                break
    except InputError:
        return b""
    return head[:HEAD]


def _opener(
    name: str, member: Member, parts: _Parts
) -> Callable[[], AbstractContextManager[BinaryIO]]:
    """Return what opens a part, without what a copy is without."""

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        if error := refusal_of(name):
            raise error
        is_changed = parts.is_changed(name, member)
        with member.open() as file:
            if not is_changed:
                yield file
                return
            data = parts.changed(name, file.read())
        with Spool() as spool:
            spool.write(data)
            with spool.read_back() as changed:
                yield changed

    return opened


class _PackagePacker(Packer):
    """Writes the copy of a package."""

    def __init__(self, source: BinaryIO, parts: _Parts, sink: Sink) -> None:
        self._packer = ZipPacker(source, parts.directory, sink)
        self._parts, self._source = parts, source

    def keep(self, member: Member) -> None:
        """Copy a part byte for byte, but for what a copy is without."""
        if not member.copied and self._is_changed(member):
            with member.open() as data:
                self.replace(member, [one.text for one in member.texts], data)
        else:
            self._packer.keep(member)

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write a part with other texts and content. Raises UnsupportedFormat for another name."""
        name = self._name(member)
        full = list(texts)
        if is_standard_name(name):
            full.insert(0, name.rstrip("/"))
        elif texts[0] != name.rstrip("/"):
            raise UnsupportedFormat(_IN_NAME)
        whole = self._whole(member)
        if data is not None and has_links(name):
            with whole.open() as before:
                self._check_links(name, before, data)
        self._packer.replace(whole, full, data)

    def _check_links(self, name: str, before: BinaryIO, after: BinaryIO) -> None:
        """Raise UnsupportedFormat unless a page leads to the same parts as in the source."""
        known = {name for _, _, name in self._parts.kept()}
        after.seek(0)
        if links(name, before.read(), known) != links(name, after.read(), known):
            raise UnsupportedFormat(_IN_NAME)
        after.seek(0)

    def finish(self, texts: Sequence[str]) -> None:
        """Write the directory and its end."""
        self._packer.finish(texts)

    def _is_changed(self, member: Member) -> bool:
        return self._parts.is_changed(self._name(member), self._whole(member))

    def _whole(self, member: Member) -> Member:
        record = self._parts.directory.records[member.number - 1]
        return member_of(self._source, record, member.number, unlimited())

    def _name(self, member: Member) -> str:
        return self._parts.names[member.number - 1]
