"""An index that lies beside its archives: addresses and places are those of the copied archives.

Before it is examined its addresses, with their keys, become those of the copied records, and the
names of archives those of the copies (`addressed`); once its copy is written, places, lengths and
digests are put in (`placed`). Both need the copies, so that an index is redacted after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.errors import OutputError, SourceChanged
from redactor.formats.base import Sink
from redactor.formats.compressed import gzip
from redactor.formats.warc.index_lines import NOTHING, Piece, Role, lines
from redactor.formats.warc.places import Place, filled, places
from redactor.formats.warc.records import VERSION
from redactor.formats.warc.surt import surt

SUFFIXES = frozenset({".cdx", ".cdxj"})
"""Suffixes of indexes that lie beside archives."""


@dataclass(frozen=True, slots=True)
class Copied:
    """An archive and its copy; `name` is its path among the sources, `shown` that of the copy."""

    name: str = field(repr=False)
    shown: str = field(repr=False)
    source: BinaryIO = field(repr=False)
    copy: BinaryIO = field(repr=False)

    def filename(self, value: str) -> str:
        """Return what an index calls the copy, that called the archive `value`.

        A folder that is none of the sources' is left out: it leads to the archive, not to the copy.
        """
        steps = len(PurePosixPath(value).parts)
        old, new = PurePosixPath(self.name).parts, PurePosixPath(self.shown).parts
        return "/".join(new[-steps:]) if "/".join(old[-steps:]) == value else new[-1]


class Beside:
    """The archives that an index names, with the places of their records."""

    def __init__(self, archives: Sequence[Copied]) -> None:
        """Take archives and copies, each of another name. Raises InputError, SourceChanged."""
        self._archives = {PurePosixPath(one.name).name: one for one in archives}
        self._places = {name: dict(_of(one)) for name, one in self._archives.items()}
        self._own = {name: name for name in self._archives}
        self._renamed = {
            PurePosixPath(one.shown).name: name for name, one in self._archives.items()
        }

    def addressed(self, source: BinaryIO, sink: Sink) -> bool:
        """Write an index with the addresses and names of the copies, sorted if it was.

        Places and digests are still those of the source. Return whether all names of archives in it
        are those of copies. Raises InputError.
        """
        found, before = [], b""
        is_sorted = all_known = True
        for line in lines(source):
            raw = "".join(piece.raw for piece in line).encode()
            is_sorted, before = is_sorted and before <= raw, raw
            found.append(self._addressed(line))
            all_known = all_known and self._names_a_copy(line)
        for _, new in sorted(found) if is_sorted else found:
            sink.write(new.encode())
        return all_known

    def _names_a_copy(self, line: Sequence[Piece]) -> bool:
        value = _value(line, "filename")
        return value in {"", NOTHING} or PurePosixPath(value).name in self._archives

    def _addressed(self, line: Sequence[Piece]) -> tuple[bytes, str]:
        """Return by what a line is sorted, which is what it becomes, and the line until then."""
        archive, place = self._found(line, self._own)
        if archive is None:
            raw = "".join(piece.raw for piece in line)
            return raw.encode(), raw
        new = {"filename": archive.filename(_value(line, "filename"))}
        address = _value(line, "url")
        if place is not None and address == place.addresses[0] != place.addresses[1]:
            new["url"] = place.addresses[1].replace(" ", "%20")
            new["urlkey"] = surt(new["url"])
        raws = (piece.written(new.get(piece.name, piece.value)) for piece in line)
        pieces = [replace(piece, raw=raw) for piece, raw in zip(line, raws, strict=True)]
        final = filled(line, pieces, place, renames=False)
        return final.encode(), "".join(piece.raw for piece in pieces)

    def placed(self, source: BinaryIO, copy: BinaryIO, sink: Sink) -> int:
        """Write the copy of an index with places; return how many lines have none.

        `source` is the index that was examined. Raises InputError, OutputError.
        """
        left = 0
        for before, after in zip(lines(source), lines(copy), strict=True):
            _, place = self._found(before, self._renamed)
            if place and PurePosixPath(_value(after, "filename")).name != place.filename:
                place = None  # its own document removed something of the name
            left += place is None and _value(before, "offset").isdecimal()
            sink.write(filled(before, after, place, renames=False).encode())
        return left

    def check(self, before: BinaryIO, copy: BinaryIO) -> None:
        """Raise OutputError unless a copy has other places alone, and a record begins at each."""
        try:
            for old, new in zip(lines(before), lines(copy), strict=True):
                if list(map(_kept, old)) != list(map(_kept, new)):
                    raise OutputError("the draft has other lines than its source")
                self._check_place(new)
        except ValueError:
            raise OutputError("the draft has more or fewer lines than its source") from None

    def _check_place(self, line: Sequence[Piece]) -> None:
        name, offset = PurePosixPath(_value(line, "filename")).name, _value(line, "offset")
        if not offset.isdecimal() or name not in self._renamed:
            return
        copy = self._archives[self._renamed[name]].copy
        copy.seek(int(offset))
        if not copy.read(len(VERSION)).startswith((VERSION, gzip.MAGIC)):
            raise OutputError("the draft has a place at which no record begins")

    def _found(
        self, line: Sequence[Piece], names: Mapping[str, str]
    ) -> tuple[Copied | None, Place | None]:
        """Return the archive that a line names, and the place of its record, if they are known."""
        name = names.get(PurePosixPath(_value(line, "filename")).name, "")
        if name not in self._archives:
            return None, None
        return self._archives[name], self._places[name].get(_value(line, "offset"))


def _of(archive: Copied) -> Iterator[tuple[str, Place]]:
    try:
        for one in places(PurePosixPath(archive.shown).name, archive.source, archive.copy):
            yield str(one.source[0]), one
    except ValueError:
        raise SourceChanged("an archive beside the index changed while it was read") from None


def _value(line: Sequence[Piece], name: str) -> str:
    return next((one.value for one in line if one.name.lstrip(".") == name), "")


def _kept(piece: Piece) -> tuple[str, str]:
    return piece.name.lstrip("."), "" if piece.role is Role.COMPUTED else piece.raw
