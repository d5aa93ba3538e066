"""The blocks of a tar file (POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar, and the tar of v7).

A header is a block of 512 bytes. Fields that are no text must hold numbers, and what no field is
must be zeros: other bytes would be copied without having been examined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from redactor.errors import DamagedDocument, UnsupportedFormat

BLOCK = 512
USTAR, GNU, V7 = b"ustar\x0000", b"ustar  \0", bytes(8)
# What programs write in place of the magic and the version of ustar.
_MAGICS = {USTAR, b"ustar\0\0\0", b"ustar\x00  ", b"ustar   "}

# Types of members (typeflag). A file has one of several; the last is that of a contiguous file.
FILE, HARD_LINK, SYMBOLIC_LINK, FOLDER = b"0", b"1", b"2", b"5"
FILES = (b"0", b"\0", b"7")
LINKS = (HARD_LINK, SYMBOLIC_LINK)
WITHOUT_DATA = (*LINKS, b"3", b"4", FOLDER, b"6")
LABEL, SPARSE = b"V", b"S"
LONG_NAME, LONG_LINK = b"L", b"K"
PAX, GLOBAL, SOLARIS = b"x", b"g", b"X"
EXTENSIONS = (LONG_NAME, LONG_LINK, PAX, GLOBAL, SOLARIS)

_STRINGS = {"name": (0, 100), "link": (157, 257), "user": (265, 297), "group": (297, 329)}
_NUMBERS = {"mode": (100, 108), "uid": (108, 116), "gid": (116, 124), "size": (124, 136)} | {
    "mtime": (136, 148),
    "major": (329, 337),
    "minor": (337, 345),
}
_CHECKSUM: Final = (148, 156)
_PREFIX: Final = (345, 500)
LONGEST = {name: end - start for name, (start, end) in _STRINGS.items()}
LONGEST_PREFIX = 155
_OCTAL = re.compile(rb"[\0 ]*([0-7]*)[\0 ]*")
_LARGEST = 0o77777777777  # of eleven octal digits


@dataclass(frozen=True, slots=True)
class Header:
    """A header block."""

    raw: bytes = field(repr=False)

    @property
    def type(self) -> bytes:
        """Return the type of the member."""
        return self.raw[156:157]

    @property
    def magic(self) -> bytes:
        """Return the magic of its flavour: that of ustar, of GNU tar, or none."""
        found = self.raw[257:265]
        return USTAR if found in _MAGICS else found

    def string(self, name: str) -> bytes:
        """Return a field that is text."""
        start, end = _STRINGS[name]
        return self.raw[start:end].partition(b"\0")[0]

    @property
    def name(self) -> bytes:
        """Return the name, with its prefix."""
        start, end = _PREFIX
        prefix = self.raw[start:end].partition(b"\0")[0] if self.magic == USTAR else b""
        return prefix + b"/" + self.string("name") if prefix else self.string("name")

    @property
    def size(self) -> int:
        """Return the size of the data. Raises DamagedDocument."""
        size = _number(self.raw[slice(*_NUMBERS["size"])])
        if size < 0:
            raise DamagedDocument("a size below zero")
        return size

    def check(self) -> None:
        """Raise InputError for what is no header, or has bytes that are not examined."""
        if not has_checksum(self.raw):
            raise DamagedDocument("a header whose checksum is wrong")
        for start, end in _NUMBERS.values():
            _number(self.raw[start:end])
        if self.raw[508:512] == b"tar\0":
            raise UnsupportedFormat("an archive of the program star is not supported yet")
        if self.magic not in (USTAR, GNU, V7):
            raise UnsupportedFormat("an archive of an unknown flavour of tar")
        unused = 500 if self.magic == USTAR else 345
        texts = [*_STRINGS.values(), *([_PREFIX] if self.magic == USTAR else [])]
        behind = b"".join(self.raw[start:end].partition(b"\0")[2] for start, end in texts)
        if self.type != SPARSE and (behind + self.raw[unused:]).strip(b"\0"):
            raise UnsupportedFormat("a header with further fields is not examined")

    def with_fields(self, size: int, strings: dict[str, bytes], prefix: bytes = b"") -> Header:
        """Return the header with other texts, another size, and the checksum of that."""
        raw = bytearray(self.raw)
        for name, value in strings.items():
            start, end = _STRINGS[name]
            raw[start:end] = value[: end - start].ljust(end - start, b"\0")
        if self.magic == USTAR:
            raw[slice(*_PREFIX)] = prefix.ljust(LONGEST_PREFIX, b"\0")
        if size != self.size:
            raw[slice(*_NUMBERS["size"])] = _size(size)
        start, end = _CHECKSUM
        raw[start:end] = b" " * 8
        raw[start:end] = b"%06o\0 " % sum(raw)
        return Header(bytes(raw))


def _size(size: int) -> bytes:
    if size > _LARGEST:
        return b"\x80" + size.to_bytes(11, "big")
    return b"%011o\0" % size


def _number(raw: bytes) -> int:
    """Return a number: octal digits, or, with the first bit set, a binary one."""
    if raw[0] in (0x80, 0xFF):
        return int.from_bytes(raw[1:], "big") - (1 << 8 * len(raw) - 8 if raw[0] == 0xFF else 0)
    digits = _OCTAL.fullmatch(raw)
    if digits is None:
        raise DamagedDocument("a header with a number that is none")
    return int(digits[1] or b"0", 8)


def has_checksum(raw: bytes) -> bool:
    """Tell whether a block has its checksum; some programs sum signed bytes."""
    start, end = _CHECKSUM
    digits = _OCTAL.fullmatch(raw[start:end])
    if len(raw) != BLOCK or digits is None or not digits[1]:
        return False
    summed = raw[:start] + b" " * 8 + raw[end:]
    unsigned = sum(summed)
    high = sum(byte > 0x7F for byte in summed)
    return int(digits[1], 8) in (unsigned, unsigned - 256 * high)


def padded(size: int) -> int:
    """Return the size of data with the padding behind them."""
    return -(-size // BLOCK) * BLOCK


def extension(kind: bytes, data: bytes) -> bytes:
    """Return an extended header of that kind, with its data."""
    magic = GNU if kind in (LONG_NAME, LONG_LINK) else USTAR
    name = b"././@LongLink" if magic == GNU else b"././@PaxHeader"
    numbers = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % 0 + b"%011o\0" % 0 + bytes(8)
    raw = name.ljust(100, b"\0") + numbers + kind + bytes(100) + magic
    header = Header(raw.ljust(BLOCK, b"\0")).with_fields(len(data), {})
    return header.raw + data + bytes(padded(len(data)) - len(data))


def parse_pax(data: bytes) -> dict[bytes, bytes]:
    """Return the records of a pax header (length, key, value). Raises DamagedDocument."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(data) and data[at:].strip(b"\0"):
        length, blank, _ = data[at : at + 20].partition(b" ")
        size = int(length) if blank and length.isdigit() else 0
        record = data[at + len(length) + 1 : at + size]
        key, equals, value = record.partition(b"=")
        if at + size > len(data) or not equals or not key or not value.endswith(b"\n"):
            raise DamagedDocument("a pax header that cannot be read")
        if key in found:
            raise DamagedDocument("a pax header with a key that occurs twice")
        found[key] = value[:-1]
        at += size
    return found


def build_pax(records: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the bytes of pax records, each of which begins with its own length."""
    built = b""
    for key, value in records:
        rest = b" " + key + b"=" + value + b"\n"
        size = len(rest) + len(str(len(rest)))
        size = len(rest) + len(str(size))
        built += str(size).encode() + rest
    return built
