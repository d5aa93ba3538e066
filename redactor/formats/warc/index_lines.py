"""The lines of an index of web archives, CDXJ or CDX, cut into pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.formats.warc.surt import surt

NOTHING = "-"
"""What stands for a value that an index does not have."""

_LONGEST = 1 << 20  # characters of a line
# What follows from the bytes of the archive: places in it, and digests of what it holds.
_COMPUTED = frozenset(
    "digest recorddigest payload_digest length recordlength offset orig.offset orig.length".split()
)
_DIGEST = re.compile(r"(?:sha|md)-?[0-9]{1,3}:[A-Za-z0-9+/=_-]{8,140}")
# Statuses, media types, methods, times: words of standards.
_NO_TEXT = re.compile(
    r"-|[0-9]{3}|[0-9]{14,17}|[a-z]{1,20}/[\w.+-]{1,60}|GET|POST|HEAD|unk|<?urn:uuid:[0-9a-f-]{36}>?"
)
_STRING = r'"(?:[^"\\]|\\.)*"'
_MEMBER = re.compile(
    rf"(?P<key>\s*(?P<name>{_STRING})\s*:\s*)(?P<value>{_STRING}|[^\s,{{}}\[\]\"]+)(?P<end>\s*,?)"
)
# The columns that a CDX file names by letters, and those that are meant without a first line.
_LETTERS = {"N": "urlkey", "b": "time", "a": "url", "m": "mime", "s": "status", "k": "digest"}
_LETTERS |= {"r": "redirect", "M": "meta", "S": "length", "V": "offset", "v": "offset"}
_LETTERS |= {"g": "filename", "c": "digest", "A": "urlkey"}
_USUAL = {11: "NbamskrMSVg", 9: "NbamskrVg", 10: "NbamskrMVg", 7: "Nbamskg"}


class Role(Enum):
    """What a piece of a line is: copied, a text, a key that follows from the address, computed."""

    MARKUP = "markup"
    TEXT = "text"
    KEY = "key"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: its characters, and, unless it is markup, the value and its name."""

    raw: str = field(repr=False)
    role: Role = Role.MARKUP
    value: str = field(default="", repr=False)
    name: str = ""

    def written(self, value: str) -> str:
        """Return the characters of another value, as a string where this is one."""
        if value == self.value:
            return self.raw
        if self.raw[:1] == '"':
            return json.dumps(value)
        return value if self.role is not Role.COMPUTED or value != NOTHING else self._nothing()

    def _nothing(self) -> str:
        """Return what stands for a number in JSON; in columns the sign that all indexes have."""
        return "null" if self.name.startswith(".") else NOTHING


def lines(source: BinaryIO) -> Iterator[list[Piece]]:
    """Yield the pieces of each line. Raises DamagedDocument, UnsupportedFormat."""
    source.seek(0)
    columns = ""
    while raw := source.readline(_LONGEST):
        if len(raw) == _LONGEST:
            raise DamagedDocument("a line of an index that does not end")
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            raise DamagedDocument("an index that is not UTF-8") from None
        text = line.rstrip("\r\n")
        if found := re.fullmatch(r" CDX((?: [A-Za-z])+) *", text):
            columns = found[1].replace(" ", "")
            yield [Piece(line)]
        elif not text:
            yield [Piece(line)]
        else:
            yield [*_line(text, columns), Piece(line[len(text) :])]


def _line(text: str, columns: str) -> list[Piece]:
    key, space, rest = text.partition(" ")
    time, blank, block = rest.partition(" ")
    if space and block.startswith("{"):
        found = [*_block(block)]
        return [_key(key, found), Piece(space + time + blank), *found]
    if text.startswith("!"):
        head, space, block = text.partition(" {")
        return [Piece(head + space[:1]), *(_block("{" + block) if space else ())]
    return _columns(text, columns)


def _block(block: str) -> Iterator[Piece]:
    """Yield the pieces of an object without others in it; refused is any other."""
    at = 1
    seen: list[tuple[str, object]] = []
    yield Piece("{")
    while member := _MEMBER.match(block, at):
        at = member.end()
        name, value = str(_loaded(member["name"])), _loaded(member["value"])
        yield Piece(member["key"])
        yield _value(member["value"], value, name)
        yield Piece(member["end"])
        seen.append((name, value))
    try:
        known = json.loads(block, object_pairs_hook=list)
    except ValueError:
        raise DamagedDocument("an index with a block that is no JSON") from None
    if known != seen or block[at:].strip() != "}":
        raise UnsupportedFormat("an index with values within values")
    yield Piece(block[at:])


def _loaded(raw: str) -> object:
    """Return a value; what is no JSON in a string without escapes, the whole block shows."""
    if raw[0] == '"' and "\\" not in raw:
        return raw[1:-1]
    try:
        return json.loads(raw)
    except ValueError:
        raise DamagedDocument("an index with a block that is no JSON") from None


def _value(raw: str, found: object, name: str) -> Piece:
    value = found if isinstance(found, str) else raw
    if name.lower() in _COMPUTED or _DIGEST.fullmatch(value):
        return Piece(raw, Role.COMPUTED, value, name if raw[0] == '"' else f".{name}")
    bare = raw[0] != '"'  # a number or a word of JSON
    return Piece(raw, Role.MARKUP if bare else _role(value), value, name)


def _role(value: str) -> Role:
    return Role.MARKUP if not value or _NO_TEXT.fullmatch(value) else Role.TEXT


def _columns(text: str, columns: str) -> list[Piece]:
    values = text.split(" ")
    letters = columns or _USUAL.get(len(values), "")
    if len(letters) != len(values):
        raise DamagedDocument("a line of an index with other columns than it names")
    names = [_LETTERS.get(letter, letter) for letter in letters]
    found: list[Piece] = []
    for name, value in zip(names, values, strict=True):
        computed = name in _COMPUTED or _DIGEST.fullmatch(value)
        role = Role.COMPUTED if computed else _role(value)
        found += [Piece(" "), Piece(value, role, value, name)]
    keys = [at for at, piece in enumerate(found) if piece.name == "urlkey"]
    for at in keys:
        found[at] = _key(found[at].value, found)
    return found[1:]


def _key(key: str, others: list[Piece]) -> Piece:
    """Return the key of a line: one that follows from its address, or a text."""
    address = next((one.value for one in others if one.name == "url"), "")
    role = Role.KEY if address and surt(address) == key else _role(key)
    return Piece(key, role, key, "urlkey")
