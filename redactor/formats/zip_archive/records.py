"""The records of a ZIP file as bytes, by the sections of APPNOTE.TXT 6.3.10 (PKWARE).

A member is described twice: by its local header, before its data (4.3.7), and by an entry in the
central directory at the end (4.3.12). A number that does not fit has all bits set there, and is in
the ZIP64 extra field (4.5.3).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from redactor.errors import DamagedDocument

# Signatures and layouts: local header (4.3.7), entry of the directory (4.3.12), its end (4.3.16),
# ZIP64 locator (4.3.15) and end (4.3.14), data descriptor (4.3.9).
LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
LOCATOR_SIGNATURE = b"PK\x06\x07"
END64_SIGNATURE = b"PK\x06\x06"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")

# All bits set: the number is in the ZIP64 field or record.
MAX16 = 0xFFFF
MAX32 = 0xFFFFFFFF

ENCRYPTED, DESCRIPTOR, PATCH, STRONG, UTF8, MASKED = 1, 1 << 3, 1 << 5, 1 << 6, 1 << 11, 1 << 13
"""Bits of a member's flags (4.4.4)."""

LZMA_MARKED = 1 << 1
"""Bit 1 of the flags says, for LZMA, that a marker ends the data (4.4.4)."""

ZIP64 = 0x0001
"""The type of the ZIP64 extra field (4.5.3)."""


class Local(NamedTuple):
    """The fixed part of a local header."""

    signature: bytes
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_length: int
    extra_length: int


class Central(NamedTuple):
    """The fixed part of an entry of the directory."""

    signature: bytes
    made_by: int
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_length: int
    extra_length: int
    comment_length: int
    disk: int
    internal: int
    external: int
    offset: int


@dataclass(frozen=True, slots=True)
class Record:
    """A member: the entry of the directory, and the offsets of its data.

    `central` is the entry; `offset` is that of the local header, `start` that of the compressed
    data, `end` that of the end, behind a data descriptor. `unknown` is the type of an extra field
    that may hold text, 0 if there is none. A hundred thousand records are held in memory, so other
    fields are decoded on access.
    """

    central: bytes = field(repr=False)
    packed: int
    size: int
    offset: int
    start: int = 0
    end: int = 0
    unknown: int = 0

    @property
    def fields(self) -> Central:
        """Return the fixed part of the entry."""
        return Central._make(CENTRAL.unpack_from(self.central))

    # These are read often, and decoding one costs a fifth of decoding all fields.

    @property
    def flags(self) -> int:
        """Return the general purpose flags."""
        return int.from_bytes(self.central[8:10], "little")

    @property
    def method(self) -> int:
        """Return the number of the compression method."""
        return int.from_bytes(self.central[10:12], "little")

    @property
    def crc(self) -> int:
        """Return the CRC-32 of the content."""
        return int.from_bytes(self.central[16:20], "little")

    @property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Return the name, the extra fields and the comment, as bytes."""
        central = self.central
        name_end = CENTRAL.size + int.from_bytes(central[28:30], "little")
        extra_end = name_end + int.from_bytes(central[30:32], "little")
        return central[CENTRAL.size : name_end], central[name_end:extra_end], central[extra_end:]

    @property
    def extra(self) -> dict[int, bytes]:
        """Return the extra fields of the entry."""
        return parse_extra(self.parts[1])


def parse_extra(raw: bytes) -> dict[int, bytes]:
    """Return extra fields by their type. Raises DamagedDocument, as for a type that occurs twice.

    Up to three zero bytes may follow them: programs that align data write them.
    """
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(raw):
        kind, length = struct.unpack_from("<HH", raw, at)
        at += 4 + length
        if kind in found or at > len(raw):
            raise DamagedDocument("extra fields that cannot be read")
        found[kind] = raw[at - length : at]
    if raw[at:].strip(b"\0"):
        raise DamagedDocument("bytes behind the extra fields")
    return found


def build_extra(fields: Mapping[int, bytes]) -> bytes:
    """Return the bytes of extra fields."""
    return b"".join(struct.pack("<HH", kind, len(fields[kind])) + fields[kind] for kind in fields)


def resolve(values: Iterable[int], raw: bytes | None) -> list[int]:
    """Return numbers; those with all bits set are read from a ZIP64 field. Raises DamagedDocument.

    The field must hold these and nothing else: other bytes would be copied without examination.
    """
    rest = raw or b""
    resolved = []
    for value in values:
        if value < MAX32 or raw is None:
            resolved.append(value)
        elif len(rest) < 8:
            raise DamagedDocument("a ZIP64 field that is too short")
        else:
            resolved.append(int.from_bytes(rest[:8], "little"))
            rest = rest[8:]
    if rest not in (b"", bytes(4)):  # four bytes more are the number of the first disk
        raise DamagedDocument("a ZIP64 field that is too long")
    return resolved
