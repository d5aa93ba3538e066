"""The copy of a package: its members, and what follows from them, in the order of the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from redactor.files import CHUNK, Spool
from redactor.formats.base import Member, Packer
from redactor.formats.wacz.index import blocks, in_order, index_of, known_places, renewed, unpacked
from redactor.formats.wacz.parts import (
    DIGEST,
    PACKAGE,
    Opening,
    Part,
    digest_of,
    is_signed,
    part_of,
    with_digests,
)
from redactor.formats.warc.places import Place


@dataclass(slots=True)
class _Held:
    """A member of the copy that is not written yet: its texts, and its content, if it is new."""

    member: Member
    texts: Sequence[str]
    data: Spool | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Return its name in the source."""
        return self.member.texts[0].text


class WaczPacker(Packer):
    """Writes the copy of a package, when all its members are at hand.

    `raw` opens the members of the source by their names.
    """

    def __init__(self, packer: Packer, raw: Mapping[str, Opening]) -> None:
        self._packer, self._raw = packer, raw
        self._held: list[_Held] = []
        self._blocks: dict[str, list[tuple[bytes, bytes]]] = {}
        self._dropped: list[str] = []

    def keep(self, member: Member) -> None:
        """Take a member without edits."""
        self._held.append(_Held(member, [one.text for one in member.texts]))

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Take a member with other texts, and with other content unless `data` is None."""
        spool = None if data is None else Spool()
        if spool is not None and data is not None:
            data.seek(0)
            while piece := data.read(CHUNK):
                spool.write(piece)
        self._held.append(_Held(member, texts, spool))

    def finish(self, texts: Sequence[str]) -> None:
        """Write the members, with what follows from them. Raises InputError."""
        for wanted in (Part.INDEX, Part.COMPUTED, Part.PACKAGE):
            for one in self._held:
                if part_of(one.name) is wanted and one.name != DIGEST:
                    self._renew(one)
        for one in self._held:
            if one.name == DIGEST:
                self._renew(one)
        for one in self._held:
            self._write(one)
        self._packer.finish(texts)

    def dropped(self) -> Iterable[str]:
        """Return that the signature of a package was left out."""
        return self._dropped

    def _write(self, one: _Held) -> None:
        if one.data is not None:
            with one.data.read_back() as file:
                self._packer.replace(one.member, one.texts, file)
            one.data.__exit__()
        elif list(one.texts) != [text.text for text in one.member.texts]:
            self._packer.replace(one.member, one.texts, None)
        else:
            self._packer.keep(one.member)

    def _renew(self, one: _Held) -> None:
        """Replace the content of a member that follows from others, unless it is the same."""
        source = _all(self._raw[one.name])
        if one.name == PACKAGE:
            parts = {held.name: self._opening(held) for held in self._held}
            new = with_digests(self._content(one), source, parts)
        elif one.name == DIGEST:
            package = next((held for held in self._held if held.name == PACKAGE), None)
            if package is None or package.data is None:
                return
            new = digest_of(self._content(package))
            self._dropped += ["WACZ"] if is_signed(source) else []
        elif part_of(one.name) is Part.INDEX:
            new = self._index(one, source)
        else:
            new = self._index_of_index(one, source)
        one.data = None
        if new != source:
            one.data = Spool()
            one.data.write(new)

    def _index(self, one: _Held, source: bytes) -> bytes:
        archives = [held for held in self._held if part_of(held.name) is Part.ARCHIVE]
        known: dict[tuple[str, str], Place] = {}
        for held in archives:
            with self._raw[held.name]() as before, self._opening(held)() as after:
                known.update(known_places(held.name, held.texts[0], before, after))
        names = [name for name in self._raw if part_of(name) is Part.ARCHIVE]
        plain = unpacked(source)
        before_lines = plain.splitlines(keepends=True)
        ordered = in_order(source, names)
        is_sorted = before_lines == sorted(before_lines)
        found = renewed(ordered, self._content(one), known, is_sorted=is_sorted)
        if not is_sorted and ordered == b"".join(found):
            return source
        if b"".join(found) == plain:
            return source
        if plain is source:
            return b"".join(found)
        self._blocks[one.name] = list(blocks(found))
        return b"".join(data for _, data in self._blocks[one.name])

    def _index_of_index(self, one: _Held, source: bytes) -> bytes:
        stem = PurePosixPath(one.name).with_suffix("")
        for held in self._held:
            if held.name in self._blocks and held.name.startswith(f"{stem}.cdx"):
                return index_of(self._blocks[held.name], PurePosixPath(held.texts[0]).name)
        return source

    def _content(self, one: _Held) -> bytes:
        """Return the content of a member in the copy, as it was handed over."""
        return _all(one.member.open if one.data is None else self._opening(one))

    def _opening(self, one: _Held) -> Opening:
        """Return what opens the content of a member in the copy, as it is written."""
        if one.data is None:
            return self._raw[one.name]
        spool = one.data

        @contextmanager
        def opened() -> Iterator[BinaryIO]:
            with spool.read_back() as file:
                yield file

        return opened


def _all(opening: Opening) -> bytes:
    with opening() as file:
        file.seek(0)
        return file.read()
