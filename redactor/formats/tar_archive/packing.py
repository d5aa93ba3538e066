"""The copy of a tar file: members without edits byte for byte, others with new headers.

A text that does not fit its field of the header, or is in an extended header of the source, is
written into an extended header: of GNU tar where the archive is GNU tar's, else of pax.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from redactor.errors import InputError
from redactor.files import CHUNK
from redactor.formats.base import Member, Packer, Sink
from redactor.formats.raw_names import encode_name
from redactor.formats.tar_archive.blocks import (
    GNU,
    HARD_LINK,
    LONG_LINK,
    LONG_NAME,
    LONGEST,
    LONGEST_PREFIX,
    PAX,
    USTAR,
    build_pax,
    extension,
    padded,
)
from redactor.formats.tar_archive.records import OVERRIDES, Record, records, trailer

_KINDS = {"name": LONG_NAME, "link": LONG_LINK}


class TarPacker(Packer):
    """Writes the copy of a tar file."""

    def __init__(self, source: BinaryIO, sink: Sink) -> None:
        self._source, self._sink = source, sink
        self._records = enumerate(records(source), 1)
        self._end = 0
        self._names: dict[str, str] = {}

    def keep(self, member: Member) -> None:
        """Copy a member byte for byte."""
        record = self._record(member)
        self._note_name(record, [text.text for text in record.texts()])
        self._copy(record.start, record.end)

    def replace(self, member: Member, texts: Sequence[str], data: BinaryIO | None) -> None:
        """Write a member with other texts, and with other content unless `data` is None."""
        record = self._record(member)
        self._note_name(record, texts)
        size = record.size if data is None else data.seek(0, 2)
        for block in _headers(record, texts, size):
            self._sink.write(block)
        if data is None:
            self._copy(record.data, record.end)
            return
        data.seek(0)
        while piece := data.read(CHUNK):
            self._sink.write(piece)
        self._sink.write(bytes(padded(size) - size))

    def finish(self, texts: Sequence[str]) -> None:
        """Write the zeros behind the last member, as many as the source has."""
        del texts
        for _, record in self._records:
            self._end = record.end
        left = trailer(self._source, self._end)
        while left:
            self._sink.write(bytes(min(left, CHUNK)))
            left -= min(left, CHUNK)

    def _record(self, member: Member) -> Record:
        for number, record in self._records:
            self._end = record.end
            if number == member.number:
                return record
        raise InputError("the source changed while it was read")

    def _note_name(self, record: Record, texts: Sequence[str]) -> None:
        """Note the new name of a member. Raises InputError for a hard link to another member."""
        old = [text.text for text in record.texts()]
        self._names[old[0]] = texts[0]
        if record.header.type == HARD_LINK and self._names.get(old[1], texts[1]) != texts[1]:
            raise InputError("a hard link would lead to another member")

    def _copy(self, start: int, end: int) -> None:
        while start < end:
            self._source.seek(start)
            piece = self._source.read(min(CHUNK, end - start))
            if not piece:
                raise InputError("the source changed while it was read")
            self._sink.write(piece)
            start += len(piece)


def _headers(record: Record, texts: Sequence[str], size: int) -> Iterator[bytes]:
    """Yield the headers of a member with other texts and another size."""
    pax = {key: value for key, value in record.pax.items() if key != b"size"}
    values, prefix = {}, b""
    long: list[tuple[bytes, bytes]] = []
    for one, text in zip(record.texts(), texts, strict=True):
        if one.role == "pax":
            old = one.key
            key, value = (encode_name(part, one.raw) for part in one.parsed(text))
            pax = {key if k == old else k: value if k == old else v for k, v in pax.items()}
            continue
        if text == one.text:
            values[one.role] = one.raw
        else:
            slashes = one.raw[len(one.raw.rstrip(b"/")) :] if one.role == "name" else b""
            values[one.role] = encode_name(text, one.raw) + slashes
    for role, value in values.items():
        field = value
        if role == "name" and record.header.magic == USTAR:
            prefix, field = _split(value)
        key = OVERRIDES[role]
        fits = len(field) <= LONGEST[role] - (role in {"user", "group"})
        if key in pax or (not fits and not _is_gnu(record, role)):
            pax[key] = value
        elif not fits or role in record.long:
            long.append((_KINDS[role], value + b"\0"))
        values[role] = field
    yield from (extension(kind, data) for kind, data in long)
    if pax:
        yield extension(PAX, build_pax(pax.items()))
    yield record.header.with_fields(size, values, prefix).raw


def _is_gnu(record: Record, role: str) -> bool:
    return record.header.magic == GNU and role in _KINDS


def _split(name: bytes) -> tuple[bytes, bytes]:
    """Return a name as prefix and rest, as ustar has it; the name itself if that cannot be."""
    longest = LONGEST["name"]
    if len(name) > longest:
        for at in _slashes(name):
            if 0 < at <= LONGEST_PREFIX and 0 < len(name) - at - 1 <= longest:
                return name[:at], name[at + 1 :]
    return b"", name


def _slashes(name: bytes) -> Iterable[int]:
    return (at for at, byte in enumerate(name) if byte == 0x2F)
