"""The members of a tar file as records: where each is, and the texts of its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from redactor.errors import DamagedDocument, InputError, UnsupportedFormat
from redactor.files import CHUNK
from redactor.formats.raw_names import decode_name
from redactor.formats.tar_archive.blocks import (
    BLOCK,
    EXTENSIONS,
    FILES,
    FOLDER,
    GLOBAL,
    LABEL,
    LINKS,
    LONG_LINK,
    LONG_NAME,
    SPARSE,
    WITHOUT_DATA,
    Header,
    padded,
    parse_pax,
)

_LONGEST = 1 << 20  # bytes of an extended header: names, comments, attributes

# Keys of pax records that are numbers, or name a charset; what else there is, is text.
_NUMERIC = re.compile(
    rb"(?:[acm]time|[ug]id|size|hdrcharset|charset|LIBARCHIVE\.creationtime"
    rb"|(?:SCHILY|SUN)\.(?:dev|ino|nlink|devmajor|devminor|realsize))"
)
_NUMBER = re.compile(rb"-?[0-9]{1,20}(?:\.[0-9]{1,20})?|BINARY|ISO-IR [0-9]+ [0-9]+ [A-Z0-9-]+|")

# Attributes of bytes that are no text, and hold rights of programs and numbers of users.
_OPAQUE = re.compile(
    rb"(?:SCHILY|LIBARCHIVE)\.xattr\.(?:security\.capability|system\.posix_acl_\w+"
    rb"|com\.apple\.(?:provenance|lastuseddate#PS))"
)
# Keys that are the format's own. Those of others may be words of a user: `user.author_marsh`.
_OWN = re.compile(
    rb"comment|SCHILY\.(?:acl\.\w+|fflags|xattr\.(?:security|trusted|system)\.[\w.]+)"
    rb"|RHT\.security\.selinux|LIBARCHIVE\.\w+|GNU\.\w+"
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")  # what `git archive` writes as a comment
OVERRIDES = {"name": b"path", "link": b"linkpath", "user": b"uname", "group": b"gname"}
"""The keys of pax records that override a text of a header."""

# Steps in the names of extended headers, and in substitutes for long names: of GNU tar, Python,
# 7-Zip, git.
_EXTENDED = re.compile(
    rb"@LongLink|@PaxHeader|PaxHeaders?(?:\.[0-9X]+)?|@PathCut|_pc_crc32|[0-9A-F]{8}"
    rb"|(?:see )?[0-9a-f]{40,64}\.(?:data|paxheader)|\.|"
)
_GLOBAL = re.compile(rb"pax_global_header|\./\./@PaxHeader|(?:/tmp/)?GlobalHead\.[0-9.]+")
_OTHER = re.compile(rb"[^\x21-\x7e]+|[?_]+")

# Names of users and groups that systems give, not people.
_SYSTEM = frozenset(
    b"root wheel staff users user nobody nogroup bin daemon sys adm admin build builder buildd "
    b"mockbuild docker runner travis jenkins www-data games mail none None vagrant ubuntu debian "
    b"Administrators Users Domain".split()
) | {b""}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a member: which one it is, and its bytes."""

    role: str
    raw: bytes = field(repr=False)
    key: bytes = b""

    @property
    def text(self) -> str:
        """Return it as characters; the slashes behind a name are no part of it."""
        if self.role == "name":
            return decode_name(self.raw).rstrip("/")
        if self.role == "pax" and not _OWN.fullmatch(self.key):
            return decode_name(self.key + b"=" + self.raw)
        return decode_name(self.raw)

    def parsed(self, text: str) -> tuple[str, str]:
        """Return key and value of a record by its new text. Raises InputError."""
        if _OWN.fullmatch(self.key):
            return decode_name(self.key), text
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise InputError("a pax record would have no key")
        return key, value


@dataclass(slots=True)
class Record:
    """A member. `start` is the offset of its first header, `data` that of its content.

    `pax` are the records of its pax header, `long` what GNU tar writes into extended headers.
    `problem` is why the member cannot be examined.
    """

    start: int
    header: Header
    data: int
    size: int
    pax: dict[bytes, bytes] = field(repr=False)
    long: dict[str, bytes] = field(repr=False)
    problem: InputError | None = None

    @property
    def end(self) -> int:
        """Return the offset behind its content and the padding of that."""
        return self.data + padded(self.size)

    @property
    def is_file(self) -> bool:
        """Tell whether it has content: it is no folder, link, device or label."""
        return self.header.type in FILES and not self.is_folder

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder, which in old archives a slash says."""
        old = self.header.type == b"\0" and self.value("name").endswith(b"/")
        return old or self.header.type == FOLDER

    def value(self, role: str) -> bytes:
        """Return a text of the header, or that which overrides it."""
        if value := self.pax.get(OVERRIDES[role]):
            return value
        if role in self.long:
            return self.long[role]
        return self.header.name if role == "name" else self.header.string(role)

    def texts(self) -> list[Text]:
        """Return its texts: name, target of a link, user, group, and values of pax records."""
        found = [Text("name", self.value("name"))]
        if self.header.type in LINKS:
            found.append(Text("link", self.value("link")))
        owners = ((role, self.value(role)) for role in ("user", "group"))
        found += [Text(role, value) for role, value in owners if value not in _SYSTEM]
        return found + [Text("pax", self.pax[key], key) for key in self.pax if is_text(self, key)]


def is_system(name: bytes) -> bool:
    """Tell whether the name of a user or a group is one that systems give."""
    return name in _SYSTEM


def is_text(record: Record, key: bytes) -> bool:
    """Tell whether a pax record is a text, other than a name, a number, and a list of rights."""
    return is_other_text(key, record.pax[key])


def is_other_text(key: bytes, value: bytes) -> bool:
    """Tell whether a pax record is a text that is none of the texts of a header."""
    known = key in OVERRIDES.values() or (_NUMERIC.fullmatch(key) and _NUMBER.fullmatch(value))
    return not known and not _OPAQUE.fullmatch(key)


def records(source: BinaryIO) -> Iterator[Record]:
    """Yield the members. Raises DamagedDocument, UnsupportedFormat.

    The position of the file may be changed between two of them.
    """
    start = at = 0
    pax: dict[bytes, bytes] = {}
    long: dict[str, bytes] = {}
    names: list[bytes] = []
    while (header := _header(source, at)) is not None:
        at += BLOCK
        if header.type not in EXTENSIONS:
            record = _record(source, Record(start, header, at, header.size, pax, long), names)
            yield record
            start = at = record.end
            pax, long, names = {}, {}, []
            continue
        data = _extension(source, header, at)
        at += padded(len(data))
        if header.type == GLOBAL:
            _check_global(header, parse_pax(data))
            continue
        names.append(header.name)
        found = _long(header, data) if header.type in _LONG else None
        if (found and found.keys() & long.keys()) or (found is None and pax):
            raise DamagedDocument("a member with two extended headers of one kind")
        long |= found or {}
        pax = pax if found else parse_pax(data)
    if pax or long:
        raise DamagedDocument("an extended header without a member")


def trailer(source: BinaryIO, end: int) -> int:
    """Return the number of bytes behind the last member, which are zeros."""
    return source.seek(0, 2) - end


def _header(source: BinaryIO, at: int) -> Header | None:
    """Return the header at an offset, None at the end. Raises InputError."""
    source.seek(at)
    raw = source.read(BLOCK)
    if not raw.strip(b"\0"):
        while data := source.read(CHUNK):
            if data.strip(b"\0"):
                raise DamagedDocument("bytes behind the end of the archive")
        return None
    if len(raw) < BLOCK:
        raise DamagedDocument("the file ends within a header")
    header = Header(raw)
    header.check()
    return header


_LONG = {LONG_NAME: "name", LONG_LINK: "link"}


def _long(header: Header, data: bytes) -> dict[str, bytes]:
    value, _, behind = data.partition(b"\0")
    if behind.strip(b"\0") or not value:
        raise DamagedDocument("a long name that cannot be read")
    return {_LONG[header.type]: value}


def _extension(source: BinaryIO, header: Header, at: int) -> bytes:
    """Return the data of an extended header. Raises InputError for one with other texts."""
    if header.size > _LONGEST:
        raise UnsupportedFormat("an extended header of more than a megabyte")
    if header.string("link"):
        raise UnsupportedFormat("an extended header with texts of its own is not examined")
    source.seek(at)
    data = source.read(padded(header.size))
    if len(data) < padded(header.size) or data[header.size :].strip(b"\0"):
        raise DamagedDocument("an extended header that cannot be read")
    return data[: header.size]


def _check_global(header: Header, found: dict[bytes, bytes]) -> None:
    """Raise UnsupportedFormat for a global header with texts, but for the name of a commit."""
    texts = [
        key
        for key, value in found.items()
        if is_other_text(key, value) or key in OVERRIDES.values() or key == b"size"
    ]
    if texts == [b"comment"] and _COMMIT.fullmatch(found[b"comment"]):
        texts = []
    owners = {header.string("user"), header.string("group")} - _SYSTEM
    if texts or owners or not _GLOBAL.fullmatch(header.name):
        raise UnsupportedFormat("a global header with texts is not examined")


def _record(source: BinaryIO, record: Record, names: list[bytes]) -> Record:
    """Return a member with its size, and why it cannot be examined, if that is so."""
    header = record.header
    if header.type in WITHOUT_DATA or record.is_folder:
        record.size = 0
    elif b"size" in record.pax:
        record.size = _pax_size(record.pax[b"size"])
    if header.type == SPARSE or any(key.startswith(b"GNU.sparse.") for key in record.pax):
        record.problem = UnsupportedFormat("a sparse file is not supported yet")
        record.data += _extents(source, record)
    elif not (record.is_file or header.type in (*WITHOUT_DATA, LABEL) or record.is_folder):
        record.problem = UnsupportedFormat("a member of an unknown type is not examined")
    else:
        record.problem = _contradiction(record, names)
    size = source.seek(0, 2)
    if record.data + record.size > size:
        raise DamagedDocument("the file ends within a member")
    source.seek(record.data + record.size)
    if source.read(record.end - record.data - record.size).strip(b"\0"):
        record.problem = UnsupportedFormat("bytes behind the content are not examined")
    return record


def _pax_size(value: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,18}", value):
        raise DamagedDocument("a size that is no number")
    return int(value)


def _extents(source: BinaryIO, record: Record) -> int:
    """Return the size of the blocks that say where the data of a sparse file belong."""
    more, size = record.header.type == SPARSE and record.header.raw[482] != 0, 0
    while more:
        source.seek(record.data + size)
        block = source.read(BLOCK)
        if len(block) < BLOCK:
            raise DamagedDocument("the file ends within a header")
        more, size = block[504] != 0, size + BLOCK
    return size


def _contradiction(record: Record, names: list[bytes]) -> InputError | None:
    """Return the error for headers of one member that say different things, or hold binary data.

    What a name in the extended headers overrides is a part of it, else it is text that is not seen.
    """
    header = record.header
    full = record.value("name")
    hidden = [(header.name, full)] + [(name, full) for name in names]
    if header.type in LINKS:
        hidden.append((header.string("link"), record.value("link")))
    elif header.string("link") or b"linkpath" in record.pax or "link" in record.long:
        return UnsupportedFormat("a target of what is no link is not examined")
    hidden += [(header.string(role), record.value(role)) for role in ("user", "group")]
    if not all(_is_part(found, whole) for found, whole in hidden):
        return UnsupportedFormat("two names of one member, of which one is not examined")
    if any(is_text(record, key) and _is_binary(record.pax[key]) for key in record.pax):
        return UnsupportedFormat("an attribute that is no text is not examined")
    return None


def _is_part(name: bytes, whole: bytes) -> bool:
    """Tell whether each step of a name is in another, cut off or with signs replaced."""
    among = _OTHER.sub(b"?", whole)
    return all(
        _EXTENDED.fullmatch(step) or _OTHER.sub(b"?", step).rstrip(b"?") in among
        for step in name.split(b"/")
    )


def _is_binary(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return bool(_CONTROLS.search(value))
