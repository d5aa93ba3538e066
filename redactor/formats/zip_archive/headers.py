"""The records of a copy, built from those of its source: what was not changed stays as it was."""

from __future__ import annotations

from dataclasses import dataclass, field

from redactor.errors import InputError
from redactor.formats.zip_archive.directory import ENCRYPTION, TEXTLESS, End
from redactor.formats.zip_archive.names import UNICODE_TEXTS, comment_of, name_of
from redactor.formats.zip_archive.records import (
    CENTRAL,
    END,
    END64,
    END64_SIGNATURE,
    END_SIGNATURE,
    LOCAL,
    LOCATOR,
    LOCATOR_SIGNATURE,
    MAX16,
    MAX32,
    UTF8,
    ZIP64,
    Central,
    Local,
    Record,
    build_extra,
)

_ZIP64_VERSION = 45
"""The version of the specification, times ten, that a reader of ZIP64 knows (4.4.3)."""

Extra = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Titles:
    """The name of a member and the comment on it as bytes, with the flag that says how.

    `same` says that they are the source's own bytes, so that Unicode fields still belong to them.
    """

    name: bytes = field(repr=False)
    comment: bytes = field(repr=False)
    flag: int
    same: bool

    @classmethod
    def of(cls, record: Record, name: str, comment: str) -> Titles:
        """Encode texts, as UTF-8 if they are not those of the record. Raises InputError."""
        flag = record.fields.flags & UTF8
        if (name, comment) == (name_of(record), comment_of(record)):
            raw_name, _, raw_comment = record.parts
            return cls(raw_name, raw_comment, flag, same=True)
        flag = flag if (name + comment).isascii() else UTF8
        return cls(encoded(name), encoded(comment), flag, same=False)

    def kept(self, extra: Extra, *, bytes_too: bool) -> Extra:
        """Return the extra fields that still hold: those without text, and those of the same texts.

        `bytes_too` says that the packed bytes are the same, so that what tells of them holds.
        """
        return {
            kind: value
            for kind, value in extra.items()
            if (kind in UNICODE_TEXTS and self.same)
            or (kind in {ZIP64, *ENCRYPTION} and bytes_too)
            or (kind != ZIP64 and len(value) <= TEXTLESS.get(kind, -1))
        }


def encoded(text: str) -> bytes:
    """Return a name or comment as UTF-8. Raises InputError for one that is too long."""
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX16:
        raise InputError("a name or comment that is too long for a ZIP file")
    return raw


def moved(record: Record, offset: int) -> bytes:
    """Return the entry of a record whose bytes begin elsewhere; the same entry if they do not."""
    if offset == record.offset:
        return record.central
    name, _, comment = record.parts
    numbers = (record.size, record.packed, offset)
    return central_entry(record.fields, (name, comment), record.extra, numbers)


def central_entry(
    fields: Central, titles: tuple[bytes, bytes], extra: Extra, numbers: tuple[int, int, int]
) -> bytes:
    """Return an entry of the directory; `numbers` are size, packed size and offset.

    A number that stood in the ZIP64 field still does.
    """
    name, comment = titles
    before = (fields.size, fields.packed, fields.offset)
    wide = [new >= MAX32 or old == MAX32 for new, old in zip(numbers, before, strict=True)]
    size, packed, offset = (MAX32 if long else new for new, long in zip(numbers, wide, strict=True))
    told = [new.to_bytes(8, "little") for new, long in zip(numbers, wide, strict=True) if long]
    raw = build_extra(_with_zip64(extra, b"".join(told)))
    head = fields._replace(
        version=max(fields.version, _ZIP64_VERSION) if told else fields.version,
        size=size,
        packed=packed,
        offset=offset,
        disk=0,
        name_length=len(name),
        extra_length=len(raw),
        comment_length=len(comment),
    )
    return b"".join((CENTRAL.pack(*head), name, raw, comment))


def _with_zip64(extra: Extra, told: bytes) -> Extra:
    """Return extra fields with another ZIP64 field, in its place; with none if empty."""
    if not told:
        return {kind: value for kind, value in extra.items() if kind != ZIP64}
    return {ZIP64: told} | extra | {ZIP64: told}


def local_header(fields: Local, name: bytes, extra: Extra) -> bytes:
    """Return the header before a member's bytes."""
    raw = build_extra(extra)
    return LOCAL.pack(*fields._replace(name_length=len(name), extra_length=len(raw))) + name + raw


def sized_header(fields: Local, name: bytes, extra: Extra, sizes: tuple[int, int]) -> bytes:
    """Return the header before bytes of this size and packed size."""
    size, packed = sizes
    if max(sizes) < MAX32:
        return local_header(fields._replace(size=size, packed=packed), name, extra)
    wide = fields._replace(version=max(fields.version, _ZIP64_VERSION), size=MAX32, packed=MAX32)
    told = b"".join(one.to_bytes(8, "little") for one in sizes)
    return local_header(wide, name, _with_zip64(extra, told))


def end_records(end: End, count: int, size: int, offset: int, comment: bytes) -> bytes:
    """Return what ends a copy whose directory has these entries, size and place."""
    numbers = ((count, MAX16), (size, MAX32), (offset, MAX32))
    wide = bool(end.zip64) or any(number > most for number, most in numbers)
    old = END.unpack(end.record)
    told = (old[4], old[5], old[6]) if end.zip64 else (0, 0, 0)
    count16, size32, offset32 = (
        most if (number >= most and wide) or before == most else number
        for (number, most), before in zip(numbers, told, strict=True)
    )
    record = END.pack(END_SIGNATURE, *old[1:3], count16, count16, size32, offset32, len(comment))
    return (_end64(end, count, size, offset) if wide else b"") + record + comment


def _end64(end: End, count: int, size: int, offset: int) -> bytes:
    made, needed = _ZIP64_VERSION, _ZIP64_VERSION
    disks = 1
    if end.zip64:
        _, _, made, needed, *_ = END64.unpack_from(end.zip64)
        disks = LOCATOR.unpack_from(end.zip64, END64.size)[3]
    return END64.pack(
        END64_SIGNATURE, END64.size - 12, made, needed, 0, 0, count, count, size, offset
    ) + LOCATOR.pack(LOCATOR_SIGNATURE, 0, offset + size, disks)
