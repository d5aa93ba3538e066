"""The collection key, and everything that is computed under it.

One secret of 32 bytes serves a collection. Pseudonyms, fingerprints and document ids are
HMAC-SHA256 values, each kind under a key of its own that HKDF-SHA256 (RFC 5869) derives from the
secret: who holds no key can compute none of them, and a value of one kind says nothing of another.
So is the Ed25519 key that signs the audit log, whose public half may be given to anybody.

Why keyed: ten nines of social security numbers can be hashed in half an hour, so a plain digest of
one is the number itself.
"""

from __future__ import annotations

import hmac
import re
import secrets
from binascii import unhexlify
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from redactor.errors import KeyFileError
from redactor.files import create_private
from redactor.folders import read_buffer

KEY_BYTES = 32
_FEWEST_BYTES = 10  # different ones that a random key has at least
_LONGEST_FILE = 4096  # bytes; 64 digits, and white space around them


@dataclass(frozen=True, slots=True)
class Key:
    """A collection key. Its `repr` shows nothing; `id` names it without telling it."""

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Key:
        """Return a fresh random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def load(cls, path: Path) -> Key:
        """Read a key file: 64 hexadecimal digits, white space around them allowed.

        Raises KeyFileError when the file cannot be read or holds anything else.
        """
        try:
            text = read_buffer(path, _LONGEST_FILE)
        except OSError as error:
            raise KeyFileError(f"cannot read the key file {path}: {error.strerror}") from None
        digits = text.strip()
        try:
            if not re.fullmatch(rb"[0-9a-fA-F]{64}", digits):
                raise KeyFileError(f"{path} is no key file")
            return cls(unhexlify(digits))
        finally:  # of the digits no copy stays in memory
            for buffer in (text, digits):
                buffer[:] = bytes(len(buffer))

    def save(self, path: Path) -> None:
        """Write the key to a new file of mode 0600."""
        create_private(path, self.secret.hex().encode() + b"\n")

    @property
    def is_weak(self) -> bool:
        """Tell whether this is no random key: it has too few different bytes for one."""
        return len(set(self.secret)) < _FEWEST_BYTES

    @property
    def id(self) -> str:
        """Return 16 hexadecimal digits that name this key in logs."""
        return self.mac("key id")[:8].hex()

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Return the private key that signs the heads of this collection's audit logs."""
        return _signing(self.secret)

    def derive(self, purpose: str, length: int = KEY_BYTES) -> bytes:
        """Return a secret of so many bytes for one purpose."""
        return _derived(self.secret, purpose, length)

    def mac(self, justification: str, *parts: str) -> bytes:
        """Return HMAC-SHA256 over the parts, each preceded by its length, for one purpose."""
        digest = _keyed(self.secret, justification).copy()
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.digest()


@lru_cache(maxsize=64)
def _keyed(secret: bytes, justification: str) -> hmac.HMAC:
    return hmac.new(_derived(secret, justification), digestmod="sha256")


@lru_cache(maxsize=64)
def _signing(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_derived(secret, "audit signing"))


def _derived(secret: bytes, justification: str, length: int = KEY_BYTES) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=justification.encode()).derive(secret)
