"""The central directory of a ZIP file, read and checked against the whole file.

Readers disagree on malformed files: some look for the directory from the end, some for members from
the start, and a text hidden from one is shown by the other. So every byte must belong to exactly
one record: members from the first byte on without gaps, the directory, its end. A file with bytes
before, between or behind them, or with overlapping members, is refused; zeros, blanks and line ends
behind the end, with which programs fill up, hold no text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from redactor.errors import DamagedDocument, EncryptedDocument, InputError, UnsupportedFormat
from redactor.formats.zip_archive.names import (
    UNICODE_PATH,
    UNICODE_TEXTS,
    check_name,
    name_of,
    path_of,
)
from redactor.formats.zip_archive.records import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    DESCRIPTOR,
    DESCRIPTOR_SIGNATURE,
    ENCRYPTED,
    END,
    END64,
    END64_SIGNATURE,
    END_SIGNATURE,
    LOCAL,
    LOCAL_SIGNATURE,
    LOCATOR,
    LOCATOR_SIGNATURE,
    MASKED,
    MAX16,
    MAX32,
    STRONG,
    UTF8,
    ZIP64,
    Central,
    Local,
    Record,
    parse_extra,
    resolve,
)

SIZES = 0x4949
"""The type of the field in which libgsf (Gnumeric) repeats both sizes of a member."""

# Extra fields without text: their type (APPNOTE 4.5.2, 4.6.1, Info-ZIP's proginfo/extrafld.txt) and
# their maximum size in bytes. A longer field of such a type may hold text.
TEXTLESS = {
    ZIP64: 28,
    SIZES: 16,
    0x000A: 32,  # NTFS: three times
    0x5455: 13,  # three times of Unix
    0x5855: 12,  # the same, older, with the numbers of owner and group
    0x7855: 4,  # numbers of owner and group, 16 bits
    0x7875: 11,  # the same, 32 bits
}
# Room for growth that Office leaves behind a name: a signature, a number, zeros (APPNOTE 4.6.2).
GROWTH_HINT = 0xA220
# Strong encryption (4.5.12) and WinZip's AES: the member that has one is refused as encrypted.
ENCRYPTION = {0x0017, 0x9901}


_PADDING = b"\0\r\n \x1a"  # of blocks, of texts to which a line end was added, of CP/M and DOS

_LARGEST = 256 << 20
"""Maximum size of a directory in bytes: it is held in memory. That of 100,000 members has some
10 MB, but a name or a comment may have 64 kB."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the directory: its number of entries, size and offset, and the archive's comment.

    `record` and `zip64` are the bytes of the records that state them; `zip64` is empty if there are
    none. `padding` are zeros, blanks and line ends behind the end.
    """

    count: int
    size: int
    offset: int
    record: bytes = field(repr=False)
    zip64: bytes = field(repr=False)
    comment: bytes = field(repr=False)
    padding: bytes = b""


@dataclass(frozen=True, slots=True)
class Directory:
    """The members of a ZIP file in the order of their offsets.

    `listed` is their order in the file's own directory, as indices into `records`.
    """

    records: list[Record] = field(repr=False)
    listed: list[int] = field(repr=False)
    end: End


def read_directory(source: BinaryIO, count: Callable[[], None] = lambda: None) -> Directory:
    """Return the directory of a file, checked. `count` is called for each member and may raise.

    Raises DamagedDocument, EncryptedDocument, UnsupportedFormat, and InputError for unsafe names.
    """
    end = read_end(source)
    if end.size > _LARGEST:
        raise UnsupportedFormat(f"a directory of more than {_LARGEST} bytes")
    entries = list(_entries(source, end, count))
    listed = sorted(range(len(entries)), key=lambda at: entries[at].offset)
    records = [entries[at] for at in listed]
    ends = [*(one.offset for one in records[1:]), end.offset]
    if (records[0].offset if records else end.offset) != 0:
        raise DamagedDocument("bytes before the first member, which belong to none")
    for at, (record, limit) in enumerate(zip(records, ends, strict=False)):
        with member_named(at + 1):
            records[at] = _located(source, record, limit)
    _check_names(records)
    numbers = [0] * len(listed)
    for number, at in enumerate(listed):
        numbers[at] = number
    return Directory(records, numbers, end)


@contextmanager
def member_named(number: int) -> Iterator[None]:
    """Add the number of the member to the message of an InputError."""
    try:
        yield
    except InputError as error:
        raise type(error)(f"member {number}: {error}") from None


def read_end(source: BinaryIO) -> End:
    """Return the end of the directory of a file. Raises DamagedDocument, UnsupportedFormat."""
    size = source.seek(0, io.SEEK_END)
    start = max(0, size - END.size - MAX16 - LOCATOR.size - END64.size)
    source.seek(start)
    tail = source.read(size - start)
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or at + END.size > len(tail):
        raise DamagedDocument("no end of a ZIP directory, or one cut off")
    record, rest = tail[at : at + END.size], tail[at + END.size :]
    _, disk, first, here, count, length, offset, comment_length = END.unpack(record)
    comment, padding = rest[:comment_length], rest[comment_length:]
    if comment_length > len(rest) or padding.strip(_PADDING):
        raise DamagedDocument("bytes behind the end, or a comment of another length")
    end = End(count, length, offset, record, b"", comment, padding)
    if tail[max(0, at - LOCATOR.size) : at].startswith(LOCATOR_SIGNATURE):
        at -= LOCATOR.size + END64.size
        if at < 0:
            raise DamagedDocument("a ZIP64 directory that is cut off")
        end = _end64(end, tail[at : at + END64.size + LOCATOR.size], start + at)
    elif disk not in (0, MAX16) or disk != first or here != count:
        raise UnsupportedFormat("one of several volumes of an archive")
    if end.offset + end.size != start + at:
        raise DamagedDocument("a directory that is not where it is said to be")
    return end


def first_names(source: BinaryIO, end: End) -> Iterator[str]:
    """Yield the names in a directory, up to the first entry that cannot be read."""
    with suppress(InputError):
        for record in _entries(source, end, lambda: None):
            yield name_of(record)


def _end64(end: End, raw: bytes, place: int) -> End:
    signature, length, _, _, disk, first, here, count, size, offset = END64.unpack_from(raw)
    _, at_disk, at, disks = LOCATOR.unpack_from(raw, END64.size)
    if signature != END64_SIGNATURE or at != place or length != END64.size - 12:
        raise DamagedDocument("a ZIP64 end that is not where it is said to be, or with more in it")
    if disk or first or at_disk or disks > 1 or here != count:
        raise UnsupportedFormat("one of several volumes of an archive")
    pairs = ((end.count, count, MAX16), (end.size, size, MAX32), (end.offset, offset, MAX32))
    if any(short not in (long, most) for short, long, most in pairs):
        raise DamagedDocument("two ends that differ")
    return replace(end, count=count, size=size, offset=offset, zip64=raw)


def _entries(source: BinaryIO, end: End, count: Callable[[], None]) -> Iterator[Record]:
    source.seek(end.offset)
    limit = end.offset + end.size
    at = end.offset
    for number in range(1, end.count + 1):
        count()
        with member_named(number):
            record = _entry(source, limit - at)
        at += len(record.central)
        yield record
    if at != limit:
        raise DamagedDocument("bytes behind the directory's last entry, or members it leaves out")


def _entry(source: BinaryIO, room: int) -> Record:
    head = source.read(min(CENTRAL.size, room))
    if len(head) < CENTRAL.size or not head.startswith(CENTRAL_SIGNATURE):
        raise DamagedDocument("no entry where the directory should have one")
    fields = Central._make(CENTRAL.unpack(head))
    length = fields.name_length + fields.extra_length + fields.comment_length
    rest = source.read(min(length, room - CENTRAL.size))
    if len(rest) < length:
        raise DamagedDocument("an entry of the directory that is cut off")
    if fields.disk not in (0, MAX16):
        raise UnsupportedFormat("one of several volumes of an archive")
    if fields.flags & MASKED:
        raise EncryptedDocument("the directory is encrypted")
    extra = parse_extra(rest[fields.name_length : fields.name_length + fields.extra_length])
    numbers = (fields.size, fields.packed, fields.offset)
    size, packed, offset = resolve(numbers, extra.get(ZIP64))
    return Record(head + rest, packed, size, offset, unknown=_unknown(extra))


def _unknown(extra: dict[int, bytes]) -> int:
    """Return the type of the first extra field that may hold a text, 0 if there is none."""
    for kind, value in extra.items():
        if kind == GROWTH_HINT and value[:2] == b"\x28\xa0" and not value[4:].strip(b"\0"):
            continue
        if kind not in UNICODE_TEXTS | ENCRYPTION and len(value) > TEXTLESS.get(kind, 0):
            return kind
    return 0


def _located(source: BinaryIO, record: Record, limit: int) -> Record:
    """Return a record with the offsets of its data, which end at `limit`. Raises InputError."""
    local, name, extra = _header(source, record.offset)
    start = record.offset + LOCAL.size + local.name_length + local.extra_length
    if start + record.packed > limit:
        raise DamagedDocument("it overlaps with another member, or with the directory")
    _check_header(record, local, name, extra)
    _check_sizes(record, local, extra)
    _check_descriptor(source, record, local, (start + record.packed, limit))
    return replace(record, start=start, end=limit, unknown=record.unknown or _unknown(extra))


def read_local(source: BinaryIO, record: Record) -> tuple[Local, dict[int, bytes]]:
    """Return the local header of a member, and its extra fields."""
    local, _, extra = _header(source, record.offset)
    return local, extra


def _header(source: BinaryIO, offset: int) -> tuple[Local, bytes, dict[int, bytes]]:
    source.seek(offset)
    head = source.read(LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(LOCAL_SIGNATURE):
        raise DamagedDocument("no header where the directory says")
    local = Local._make(LOCAL.unpack(head))
    rest = source.read(local.name_length + local.extra_length)
    return local, rest[: local.name_length], parse_extra(rest[local.name_length :])


def _check_header(record: Record, local: Local, name: bytes, extra: dict[int, bytes]) -> None:
    """Raise InputError unless the local header agrees with the directory."""
    if local.flags & MASKED:
        raise EncryptedDocument("its header is encrypted")
    same = ENCRYPTED | STRONG | UTF8
    if name != record.parts[0] or (local.flags ^ record.flags) & same:
        raise DamagedDocument("its name is another in its header than in the directory")
    if local.method != record.method:
        raise DamagedDocument("its method is another in its header than in the directory")
    if extra.get(UNICODE_PATH) not in (None, record.extra.get(UNICODE_PATH)):
        raise DamagedDocument("its Unicode name is another in its header than in the directory")


def _check_sizes(record: Record, local: Local, extra: dict[int, bytes]) -> None:
    """Raise DamagedDocument unless a local header has the sizes of the directory.

    It may have 0 for sizes that a data descriptor states.
    """
    zip64 = extra.get(ZIP64)
    if MAX32 not in (local.size, local.packed) and zip64 in (bytes(16), _both(record)):
        zip64 = None  # reserved for sizes that then were small
    size, packed = resolve((local.size, local.packed), zip64)
    spare = {0} if local.flags & DESCRIPTOR else set()
    given = ((size, record.size), (packed, record.packed), (local.crc, record.crc))
    if any(value not in {real} | spare for value, real in given):
        raise DamagedDocument("its sizes are others in its header than in the directory")


def _both(record: Record) -> bytes:
    return record.size.to_bytes(8, "little") + record.packed.to_bytes(8, "little")


def _check_descriptor(
    source: BinaryIO, record: Record, local: Local, span: tuple[int, int]
) -> None:
    """Raise DamagedDocument unless the bytes behind a member's data are its data descriptor."""
    start, end = span
    crc = record.crc
    if start == end and not local.flags & DESCRIPTOR:
        return
    if start == end and (local.crc, local.packed, local.size) == record.fields[7:10]:
        return  # the header has them as well
    source.seek(start)
    raw = source.read(min(24, end - start))
    sizes = (record.packed, record.size)
    bodies = [
        b"".join([crc.to_bytes(4, "little"), *(one.to_bytes(width, "little") for one in sizes)])
        for width in (4, 8)
        if max(sizes) >> (8 * width) == 0
    ]
    known = [*bodies, *(DESCRIPTOR_SIGNATURE + body for body in bodies)]
    if not local.flags & DESCRIPTOR or end - start > 24 or raw not in known:
        raise DamagedDocument("bytes behind it that belong to no member")


def _check_names(records: list[Record]) -> None:
    """Raise InputError for unsafe names, and for two members that unpack to one path."""
    seen: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        with member_named(number):
            name = name_of(record)
            check_name(name)
        if (first := seen.setdefault(path_of(name), number)) != number:
            raise InputError(f"members {first} and {number} have the same name")
