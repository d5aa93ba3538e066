"""The records of a copy, built from those of its source; fields that need no change are copied."""

from __future__ import annotations

from dataclasses import dataclass, field

from redactor.errors import InputError
from redactor.formats.zip_archive.directory import ENCRYPTION, SIZES, TEXTLESS, End
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
    """The name and the comment of a member as bytes, with the flag that states their encoding.

    `same` means that they are the source's bytes, so that its Unicode fields are still valid.
    """

    name: bytes = field(repr=False)
    comment: bytes = field(repr=False)
    flag: int
    same: bool

    @classmethod
    def of(cls, record: Record, name: str, comment: str) -> Titles:
        """Return a name and a comment as bytes: those of the record if they are equal, else UTF-8.

        Raises InputError for one that is too long.
        """
        flag = record.fields.flags & UTF8
        if (name, comment) == (name_of(record), comment_of(record)):
            raw_name, _, raw_comment = record.parts
            return cls(raw_name, raw_comment, flag, same=True)
        flag = flag if (name + comment).isascii() else UTF8
        return cls(encoded(name), encoded(comment), flag, same=False)

    def valid_fields(self, extra: Extra, *, same_bytes: bool) -> Extra:
        """Return the extra fields that are still valid in the copy.

        Those without text are, those about texts if the texts are the same, and those about the
        compressed data if `same_bytes` says that they are.
        """
        return {
            kind: value
            for kind, value in extra.items()
            if (kind in UNICODE_TEXTS and self.same)
            or (kind in {ZIP64, SIZES, *ENCRYPTION} and same_bytes)
            or (kind not in {ZIP64, SIZES} and len(value) <= TEXTLESS.get(kind, -1))
        }


def encoded(text: str) -> bytes:
    """Return a name or comment as UTF-8. Raises InputError for one that is too long."""
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX16:
        raise InputError("a name or comment that is too long for a ZIP file")
    return raw


def moved(record: Record, offset: int) -> bytes:
    """Return the directory entry of a record with another offset."""
    if offset == record.offset:
        return record.central
    name, _, comment = record.parts
    numbers = (record.size, record.packed, offset)
    return central_entry(record.fields, (name, comment), record.extra, numbers)


def central_entry(
    fields: Central, titles: tuple[bytes, bytes], extra: Extra, numbers: tuple[int, int, int]
) -> bytes:
    """Return an entry of the directory; `numbers` are size, compressed size and offset in bytes.

    A number that was in the ZIP64 field before is in it again.
    """
    name, comment = titles
    before = (fields.size, fields.packed, fields.offset)
    wide = [new >= MAX32 or old == MAX32 for new, old in zip(numbers, before, strict=True)]
    size, packed, offset = (MAX32 if long else new for new, long in zip(numbers, wide, strict=True))
    values = [new.to_bytes(8, "little") for new, long in zip(numbers, wide, strict=True) if long]
    raw = build_extra(_with_zip64(extra, b"".join(values)))
    head = fields._replace(
        version=max(fields.version, _ZIP64_VERSION) if values else fields.version,
        size=size,
        packed=packed,
        offset=offset,
        disk=0,
        name_length=len(name),
        extra_length=len(raw),
        comment_length=len(comment),
    )
    return b"".join((CENTRAL.pack(*head), name, raw, comment))


def _with_zip64(extra: Extra, value: bytes) -> Extra:
    """Return extra fields with another ZIP64 field at its position; without one for no value."""
    if not value:
        return {kind: value for kind, value in extra.items() if kind != ZIP64}
    return {ZIP64: value} | extra | {ZIP64: value}


def local_header(fields: Local, name: bytes, extra: Extra) -> bytes:
    """Return a local header."""
    raw = build_extra(extra)
    return LOCAL.pack(*fields._replace(name_length=len(name), extra_length=len(raw))) + name + raw


def sized_header(fields: Local, name: bytes, extra: Extra, sizes: tuple[int, int]) -> bytes:
    """Return a local header with a size and a compressed size, in a ZIP64 field if they need it."""
    size, packed = sizes
    if max(sizes) < MAX32:
        return local_header(fields._replace(size=size, packed=packed), name, extra)
    wide = fields._replace(version=max(fields.version, _ZIP64_VERSION), size=MAX32, packed=MAX32)
    value = b"".join(one.to_bytes(8, "little") for one in sizes)
    return local_header(wide, name, _with_zip64(extra, value))


def end_records(end: End, count: int, size: int, offset: int, comment: bytes) -> bytes:
    """Return the records at the end of a copy whose directory has this count, size and offset."""
    numbers = ((count, MAX16), (size, MAX32), (offset, MAX32))
    wide = bool(end.zip64) or any(number > most for number, most in numbers)
    old = END.unpack(end.record)
    former = (old[4], old[5], old[6]) if end.zip64 else (0, 0, 0)
    count16, size32, offset32 = (
        most if (number >= most and wide) or before == most else number
        for (number, most), before in zip(numbers, former, strict=True)
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
