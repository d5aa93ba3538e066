"""The chain: every line of the log sealed under the key, together with its place.

Line `n` carries `mac = key.mac("audit record", n, prev, record)`, where `prev` is the mac of the
line before and `record` the record's canonical JSON. Whoever lacks the key can neither write a
line nor move one. What a chain cannot show is a missing end, so the head says how many lines
there are and what the last mac is, and is itself sealed.

A line has exactly one valid form: the bytes that `Line.encode` writes. One space more, a name
given twice or an escape written differently is an edit, even where JSON readers would not care.

Nothing here touches a file, and malformed bytes are never quoted: `decode_line` and `decode_head`
return None for them.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from redactor.audit.canonical import Json, canonical
from redactor.keys import Key

LONGEST_LINE = 1 << 20  # bytes, line end included; a record that needs more is refused
LONGEST_HEAD = 1 << 10
UNREADABLE = (ValueError, RecursionError)  # no UTF-8, no JSON, no canonical value, or bottomless


@dataclass(frozen=True, slots=True)
class Head:
    """How many lines the log has, and the mac of the last."""

    count: int
    mac: str

    def encode(self, key: Key) -> bytes:
        """Return the sealed form of the head."""
        seal = _seal(key, self.count, self.mac)
        return canonical({"count": self.count, "mac": self.mac, "seal": seal}).encode()


@dataclass(frozen=True, slots=True)
class Line:
    """One record in its place; `body` is the record's canonical text."""

    n: int
    prev: str
    record: Mapping[str, Json]
    body: str = field(repr=False)
    mac: str

    def is_genuine(self, key: Key) -> bool:
        """Say whether the holder of the key wrote this line, for the place it names."""
        genuine = _line_mac(key, self.n, self.prev, self.body)
        return _same(self.mac.encode(), genuine.encode())

    @property
    def end(self) -> Head:
        """Return what a log ends with when this is its last line."""
        return Head(self.n + 1, self.mac)

    def encode(self) -> bytes:
        """Return the one valid form of the line: canonical JSON and a line end."""
        # Members in canonical order, so that the body need not be serialised twice.
        place = f'"n":{self.n},"prev":{canonical(self.prev)}'
        return f'{{"mac":{canonical(self.mac)},{place},"record":{self.body}}}\n'.encode()


START = Head(0, "0" * 64)  # of a log without lines; the first line has its mac as `prev`


def seal_line(key: Key, end: Head, record: Mapping[str, Json]) -> Line:
    """Return the line that adds a record to a log which ends so far with `end`."""
    body = canonical(record)
    mac = _line_mac(key, end.count, end.mac, body)
    return Line(end.count, end.mac, record, body, mac)


def decode_line(data: bytes) -> Line | None:
    """Return the line that has exactly these bytes, or None: it is for `is_genuine` to trust it."""
    try:
        match json.loads(data.decode("utf-8")):
            case {"n": int(n), "prev": str(prev), "record": dict(record), "mac": str(mac)}:
                line = Line(n, prev, record, canonical(record), mac)
                return line if line.encode() == data else None
    except UNREADABLE:
        return None
    return None


def decode_head(data: bytes, key: Key) -> Head | None:
    """Return the head that has exactly these bytes, its seal genuine, or None."""
    try:
        match json.loads(data.decode("utf-8")):
            case {"count": int(count), "mac": str(mac)}:
                head = Head(count, mac)
                return head if _same(head.encode(key), data) else None
    except UNREADABLE:
        return None
    return None


def _line_mac(key: Key, n: int, prev: str, body: str) -> str:
    return key.mac("audit record", str(n), prev, body).hex()


def _seal(key: Key, count: int, mac: str) -> str:
    return key.mac("audit head", str(count), mac).hex()


def _same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)  # in constant time
