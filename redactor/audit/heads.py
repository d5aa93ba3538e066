"""Signed tree heads: what the log was at one moment, in one line that the key holder signed.

A head has exactly one valid form, that of `Head.encode`: canonical JSON with these members.

    bytes      length of `audit.jsonl` at that moment
    format     2
    key        id of the public key: the first 16 bytes of the SHA-256 of its 32 bytes
    previous   SHA-256 of the head before, its line without line end; 64 zeros for the first
    root       of the RFC 9162 tree over the records
    run        the run that was going on; empty before the first
    signature  Ed25519 over `DOMAIN` and the head's canonical JSON without this member
    size       number of records
    time       when it was signed, in UTC, by the clock of the machine
    torn       so many of the lines since the head before are the remains of an append that did
               not finish: sealed as they were found, and no records of ours. The entries of such
               lines begin with `TORN`, so that no proof can pass one off as a record

Since each head holds the digest of the one before, the last signature covers them all. What one
should keep outside the folder is a `Pin`: size, root and key id in one line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import rfc8785
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from redactor.audit.merkle import EMPTY_ROOT, Frontier
from redactor.errors import KeyFileError, UsageError
from redactor.folders import read_regular
from redactor.keys import Key

# The version of the log's format, and the prefix of signed bytes: it binds a signature to this use.
FORMAT = 2
DOMAIN = b"redactor audit head 2\n"
TORN = b"torn "  # hashed before a line that an interrupted append left; no record begins so
LONGEST_HEAD = 1 << 10  # bytes, line end included
FIRST = "0" * 64  # what the first head has as `previous`
KEY_ID_BYTES = 16  # of the SHA-256 of a public key; 128 bits name one key

# The only valid form of a head: canonical JSON with these members, in this order.
_HEAD = re.compile(
    rb'\{"bytes":(0|[1-9]\d{0,15}),"format":2,"key":"([0-9a-f]{32})","previous":"([0-9a-f]{64})",'
    rb'"root":"([0-9a-f]{64})","run":"([\w.-]{0,64})",("signature":"([0-9a-f]{128})",)'
    rb'"size":(0|[1-9]\d{0,15}),"time":"([\d:TZ-]{20})","torn":(0|[1-9]\d{0,15})\}'
)
# A pin: `SIZE:ROOT:KEY`, or the root alone.
_PIN = re.compile(r"(?:(0|[1-9]\d{0,15}):)?([0-9a-f]{64})(?::([0-9a-f]{32}))?")


_LARGEST_KEY = 1 << 16
"""Bytes of a file in PEM form."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a signing key: 32 bytes that may be given to anybody."""

    raw: bytes

    @classmethod
    def of(cls, key: Key) -> PublicKey:
        """Return the public key that verifies the logs of a collection."""
        return cls(key.signing.public_key().public_bytes_raw())

    @classmethod
    def load(cls, path: Path) -> PublicKey:
        """Read a public key in PEM form (`audit.pub`). Raises KeyFileError."""
        try:
            key = serialization.load_pem_public_key(read_regular(path, _LARGEST_KEY))
        except OSError as error:
            raise KeyFileError(f"cannot read the public key {path}: {error.strerror}") from None
        except (ValueError, UnsupportedAlgorithm):
            raise KeyFileError(f"{path} is no public key in PEM form") from None
        if not isinstance(key, Ed25519PublicKey):
            raise KeyFileError(f"{path} is a public key, but none of Ed25519")
        return cls(key.public_bytes_raw())

    @property
    def id(self) -> str:
        """Return 32 hexadecimal digits that name this key."""
        return hashlib.sha256(self.raw).digest()[:KEY_ID_BYTES].hex()

    @property
    def pem(self) -> bytes:
        """Return the key as a file that other programs read."""
        return Ed25519PublicKey.from_public_bytes(self.raw).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether the holder of the private half signed these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Head:
    """A signed tree head. Digests and the signature are hexadecimal digits."""

    length: int  # `bytes` in the log
    key: str
    previous: str
    root: str
    run: str
    size: int
    time: str
    torn: int
    signature: str = ""

    def encode(self) -> bytes:
        """Return the head's one valid form, without a line end."""
        signature = f'"signature":"{self.signature}",' if self.signature else ""
        return (
            f'{{"bytes":{self.length},"format":{FORMAT},"key":"{self.key}",'
            f'"previous":"{self.previous}","root":"{self.root}","run":"{self.run}",{signature}'
            f'"size":{self.size},"time":"{self.time}","torn":{self.torn}}}'
        ).encode()

    @property
    def digest(self) -> str:
        """Return what the next head has as `previous`."""
        return hashlib.sha256(self.encode()).hexdigest()

    @property
    def pin(self) -> Pin:
        """Return what to keep outside the folder."""
        return Pin(self.root, self.size, self.key)

    def is_signed(self, public: PublicKey) -> bool:
        """Tell whether the holder of the private key signed this head."""
        signed = DOMAIN + replace(self, signature="").encode()
        return self.key == public.id and public.verifies(bytes.fromhex(self.signature), signed)


@dataclass(frozen=True, slots=True)
class Pin:
    """A head as it is kept outside: `SIZE:ROOT:KEY` in one line, or the root alone."""

    root: str
    size: int | None = None
    key: str | None = None

    @classmethod
    def parse(cls, text: str) -> Pin:
        """Read a pin, or a whole line of `heads.jsonl`. Raises UsageError."""
        text = text.strip()
        if head := decode_head(text.encode("utf-8", "replace")):
            return head.pin
        if match := _PIN.fullmatch(text):
            size, root, key = match.groups()
            return cls(root, None if size is None else int(size), key)
        raise UsageError("a pinned head has the form SIZE:ROOT:KEY, as `--print-head` prints it")

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.size, self.root, self.key) if part is not None)


def sign_head(  # noqa: PLR0913  # keyword-only: a head's members
    key: Key, before: Head | None, tree: Frontier, *, length: int, run: str, torn: int = 0
) -> Head:
    """Return the head of a tree, signed, that follows another."""
    head = Head(
        length=length,
        key=PublicKey.of(key).id,
        previous=before.digest if before else FIRST,
        root=tree.root().hex(),
        run=run if re.fullmatch(r"[\w.-]{0,64}", run, re.ASCII) else "",
        size=tree.size,
        time=now(),
        torn=torn,
    )
    return replace(head, signature=key.signing.sign(DOMAIN + head.encode()).hex())


def now() -> str:
    """Return the time as heads and records write it, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decode_head(line: bytes) -> Head | None:
    """Return the head that has exactly these bytes, or None: `is_signed` says whether to trust it.

    Malformed bytes are never quoted.
    """
    match = _HEAD.fullmatch(line)
    if match is None:
        return None
    length, key, previous, root, run, _, signature, size, time, torn = (
        part.decode("ascii") for part in match.groups()
    )
    return Head(
        *(int(length), key, previous, root, run, int(size), time, int(torn)), signature=signature
    )


def decode_heads(data: bytes) -> list[Head]:
    """Return the heads in some complete lines that can be read, oldest first."""
    complete = data[: data.rfind(b"\n") + 1]
    return [head for line in complete.split(b"\n") if (head := decode_head(line))]


def torn_lines(heads: Iterable[Head]) -> frozenset[int]:
    """Return the numbers of the lines that were sealed as the remains of an append."""
    return frozenset(
        number
        for before, head in pairwise(heads)
        for number in range(before.size, min(before.size + head.torn, head.size))
    )


def format_of(line: bytes) -> int:
    """Return the version of the format that a head or a record names; 0 if it names none."""
    try:
        match json.loads(line):
            case {"format": int(number)}:
                return number
    except (ValueError, RecursionError):
        return 0
    return 0


def is_first(head: Head) -> bool:
    """Tell whether a head is that of a log without records, with nothing before."""
    return head.previous == FIRST and head.size == 0 and head.root == EMPTY_ROOT.hex()


def from_fields(fields: object) -> Head | None:
    """Return the head that parsed JSON holds, or None."""
    try:
        return decode_head(rfc8785.dumps(fields)) if isinstance(fields, dict) else None
    except (ValueError, TypeError):
        return None
