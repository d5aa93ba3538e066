"""ZIP files built byte by byte, so that anything in them can be wrong."""

from __future__ import annotations

import bz2
import hashlib
import io
import lzma
import struct
import zlib
from dataclasses import dataclass, field

from redactor.formats import Entry, Hints, ZipArchive
from redactor.formats.budget import TreeBudget
from redactor.model import Limits

ZIP = ZipArchive()
MAX16, MAX32 = 0xFFFF, 0xFFFFFFFF
UNIX = 3 << 8
LINK = 0o120777 << 16


def packed(data, method):
    """Pack bytes by a method, by other calls than the format makes."""
    if method == 8:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush()
    if method == 12:
        return bz2.compress(data, 1)
    if method == 14:
        filters = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 1 << 16}]
        raw = lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
        return b"\x09\x14\x05\x00\x5d" + struct.pack("<L", 1 << 16) + raw
    return data


def extra(kind, value):
    return struct.pack("<HH", kind, len(value)) + value


def unicode_field(kind, raw, text):
    return extra(kind, b"\1" + struct.pack("<L", zlib.crc32(raw)) + text.encode())


@dataclass
class Part:
    """A member. `descriptor` is "", "32", "64" or either with "+" for the signature.

    `local` and `central` override numbers of the two headers; what is None is worked out.
    """

    name: bytes | str
    data: bytes = b""
    method: int = 0
    flags: int = 0
    made_by: int = UNIX | 20
    external: int = 0o100644 << 16
    comment: bytes = b""
    local_extra: bytes = b""
    central_extra: bytes = b""
    descriptor: str = ""
    zip64: bool = False
    raw: bytes | None = None
    local: dict = field(default_factory=dict)
    central: dict = field(default_factory=dict)
    before: bytes = b""
    after: bytes = b""

    @property
    def raw_name(self):
        return self.name.encode() if isinstance(self.name, str) else self.name

    @property
    def bits(self):
        utf8 = 0x800 if isinstance(self.name, str) and not self.name.isascii() else 0
        return self.flags | utf8 | (8 if self.descriptor else 0) | (2 if self.method == 14 else 0)

    @property
    def body(self):
        return packed(self.data, self.method) if self.raw is None else self.raw

    def numbers(self):
        return {
            "version": 45 if self.zip64 else 20,
            "flags": self.bits,
            "method": self.method,
            "time": 0x3A4B,
            "date": 0x58A6,
            "crc": zlib.crc32(self.data),
            "packed": len(self.body),
            "size": len(self.data),
            "name": self.raw_name,
        }

    def local_bytes(self):
        told = self.numbers()
        real = struct.pack("<QQ", told["size"], told["packed"])
        if self.descriptor:
            told |= {"crc": 0, "packed": 0, "size": 0}
            real = bytes(16)
        more = self.local_extra
        if self.zip64:
            told |= {"packed": MAX32, "size": MAX32}
            more = extra(1, real) + more
        told |= self.local
        name = told.pop("name")
        head = struct.pack("<4s5H3L2H", b"PK\3\4", *told.values(), len(name), len(more))
        return head + name + more + self.body + self.descriptor_bytes() + self.after

    def descriptor_bytes(self):
        if not self.descriptor:
            return b""
        width = "Q" if "64" in self.descriptor else "L"
        told = self.numbers()
        body = struct.pack(f"<L2{width}", told["crc"], told["packed"], told["size"])
        return (b"PK\7\x08" if "+" in self.descriptor else b"") + body

    def central_bytes(self, offset):
        told = self.numbers()
        told |= {"disk": 0, "internal": 0, "external": self.external, "offset": offset}
        more = self.central_extra
        if self.zip64:
            real = struct.pack("<QQQ", told["size"], told["packed"], offset)
            more = extra(1, real) + more
            told |= {"packed": MAX32, "size": MAX32, "offset": MAX32}
        told = {"made_by": self.made_by} | told | self.central
        name = told.pop("name")
        lengths = (len(name), len(more), len(self.comment))
        numbers = list(told.values())
        head = struct.pack("<4s6H3L5H2L", b"PK\1\2", *numbers[:9], *lengths, *numbers[9:])
        return head + name + more + self.comment


def archive(*parts, comment=b"", order=None, zip64=False, before=b"", behind=b"", gap=b"", **end):
    """Build a ZIP file; `order` is how the directory lists the parts, `end` overrides its end."""
    data, offsets = bytearray(before), []
    for part in parts:
        data += part.before
        offsets.append(len(data))
        data += part.local_bytes()
    data += gap
    start = len(data)
    for at in order or range(len(parts)):
        data += parts[at].central_bytes(offsets[at])
    told = {"disk": 0, "first": 0, "here": len(parts), "count": len(parts)}
    told |= {"size": len(data) - start, "offset": start, "comment_length": len(comment)}
    if zip64:
        count, size = told["count"], told["size"]
        place = len(data)
        data += struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
        data += struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
        told |= {"here": MAX16, "count": MAX16, "size": MAX32, "offset": MAX32}
    told |= end
    return bytes(data) + struct.pack("<4s4H2LH", b"PK\5\6", *told.values()) + comment + behind


def members(data, budget=None):
    source = io.BytesIO(data)
    layout = ZIP.layout(source, Hints("a.zip"))
    return list(ZIP.members(source, layout, budget or TreeBudget(Limits())))


def contents(member):
    with member.open() as file:
        return file.read()


def seen(data):
    """Return the members as the format reads them, in the form of the independent reader."""
    listed = [
        Entry(tuple(one.text for one in member.texts), hashlib.sha256(contents(member)).hexdigest())
        for member in members(data)
    ]
    return [*listed, Entry(own_texts(data), "")]


def reread(data):
    source = io.BytesIO(data)
    return list(ZIP.entries(source, ZIP.layout(source, Hints("a.zip"))))


def own_texts(data):
    source = io.BytesIO(data)
    return tuple(one.text for one in ZIP.texts(source, ZIP.layout(source, Hints("a.zip"))))


def copy(data, changes=None, own=None, left_out=()):
    """Return a copy; `changes` are, by the number of a member, its new texts and bytes."""
    source, sink = io.BytesIO(data), io.BytesIO()
    layout = ZIP.layout(source, Hints("a.zip"))
    packer = ZIP.packer(source, layout, sink)
    for member in ZIP.members(source, layout, TreeBudget(Limits())):
        if member.number in left_out:
            continue
        if member.number not in (changes or {}):
            packer.keep(member)
            continue
        texts, new = changes[member.number]
        old = [one.text for one in member.texts]
        new = io.BytesIO(new) if new is not None else None
        packer.replace(member, [*texts, *old[len(texts) :]], new)
    packer.finish(own_texts(data) if own is None else own)
    return sink.getvalue()
