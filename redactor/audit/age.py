"""age encryption (age-encryption.org/v1) by way of pyrage: the only module that imports it.

Who seals needs public keys alone; who opens needs an identity, the private half of one of them.
Both are age's own (X25519) or SSH keys (Ed25519, RSA). Plugins would run other programs, and are
not taken. pyrage is an extra of the package: without it, every call here is a UsageError.

Nothing of a key, a passphrase or a plaintext is in an error or a `repr`.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from redactor.errors import ConfigError, UsageError
from redactor.folders import read_regular

if TYPE_CHECKING:
    from pyrage import ssh, x25519

    Recipient = x25519.Recipient | ssh.Recipient
    Secret = x25519.Identity | ssh.Identity

LARGEST_FILE = 1 << 20  # bytes of a file of keys

# How a file encrypted with age begins, binary or armoured: an identity with a passphrase is one.
_ENCRYPTED = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
# A public key of SSH, without its comment.
_SSH_KEY = re.compile(r"(ssh-(?:ed25519|rsa) [A-Za-z0-9+/=]+)(?:\s.*)?")
# The mark of a private key, which is refused where a public one is wanted.
_SECRET = re.compile(r"AGE-SECRET-KEY-|PRIVATE KEY", re.IGNORECASE)


class RecipientInvalid(ConfigError):
    """Something to seal to that is no public key."""

    hint = "A recipient is age1..., ssh-ed25519 ... or ssh-rsa ..., or a file of such, one a line."


class IdentityInvalid(ConfigError):
    """An identity that is unreadable, or that opens nothing here."""

    hint = "An identity is a file of age-keygen, perhaps with a passphrase, or an SSH private key."


def require() -> None:
    """Raise UsageError unless pyrage is installed."""
    try:
        import pyrage  # noqa: F401
    except ImportError:
        raise UsageError(_MISSING) from None


_MISSING = "the sealed vault needs the extra `pip install 'redactor[vault]'`"


# Sealing


def recipients(given: Iterable[str]) -> tuple[str, ...]:
    """Return the public keys that are meant, each once: keys as they are, and those in files.

    Comments of SSH keys, which name people and machines, are left out. Raises RecipientInvalid.
    """
    require()
    found: dict[str, None] = {}
    for text in given:
        if text.startswith(("age1", "ssh-")):
            found[_recipient(text, "a recipient")] = None
        else:
            found |= dict.fromkeys(_in_file(text))
    return tuple(found)


def _in_file(name: str) -> list[str]:
    if _SECRET.search(name):
        raise RecipientInvalid("a secret key was given where a public one is asked for")
    path = Path(name)
    lines = _read(path, RecipientInvalid, "a recipients file").decode("utf-8", "replace")
    keys = [
        _recipient(line.strip(), f"{path}, line {number}")
        for number, line in enumerate(lines.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not keys:
        raise RecipientInvalid(f"{path} holds no recipient")
    return keys


def _recipient(text: str, place: str) -> str:
    """Return a public key without its comment, once it is one."""
    if _SECRET.search(text):
        raise RecipientInvalid(f"{place} is a secret key: give its public half")
    if match := _SSH_KEY.fullmatch(text):
        text = match[1]
    if text.startswith("age1") and "1" in text.removeprefix("age1"):
        raise RecipientInvalid(f"{place} needs a plugin of age, which is not supported")
    from pyrage import RecipientError

    try:
        _parsed(text)
    except RecipientError:
        raise RecipientInvalid(f"{place} is no public key of age or SSH") from None
    return text


@lru_cache(maxsize=64)
def _parsed(text: str) -> Recipient:
    from pyrage import ssh, x25519

    if text.startswith("ssh-"):
        return ssh.Recipient.from_str(text)
    return x25519.Recipient.from_str(text)


class ByteSink(Protocol):
    """What age writes to."""

    def write(self, data: bytes, /) -> int:
        """Append bytes."""

    def flush(self) -> None:
        """Hand on what was written."""


def seal(plaintext: bytes, to: Iterable[str]) -> bytes:
    """Return an age file that the holders of the private halves of some public keys can open."""
    from pyrage import encrypt

    return encrypt(plaintext, [_parsed(text) for text in to])


def _buffered(file: BinaryIO | ByteSink | _Relay) -> BufferedIOBase:
    """Return a file as pyrage's types want it; it asks for `read`, or for `write` and `flush`."""
    return cast("BufferedIOBase", file)


def seal_stream(source: BinaryIO, sink: ByteSink, to: Iterable[str]) -> str:
    """Encrypt a file to some public keys, in little memory; return the SHA-256 of what it holds.

    Raises what reading and writing raise.
    """
    from pyrage import EncryptError, encrypt_io

    source.seek(0)
    relay = _Relay(source, sink)
    try:
        encrypt_io(_buffered(relay), _buffered(relay), [_parsed(text) for text in to])
    except EncryptError:
        if relay.error is not None:
            raise relay.error from None
        raise
    return relay.digest.hexdigest()


class _Relay:
    """What is read and written while age encrypts.

    The error of either is kept: pyrage raises an EncryptError in its place, even in that of a
    KeyboardInterrupt, so that a full disk would pass for a bug.
    """

    def __init__(self, source: BinaryIO, sink: ByteSink) -> None:
        self._source, self._sink = source, sink
        self.digest = hashlib.sha256()
        self.error: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        with self._kept():
            data = self._source.read(size)
            self.digest.update(data)
            return data

    def write(self, data: bytes, /) -> int:
        with self._kept():
            return self._sink.write(data)

    def flush(self) -> None:
        with self._kept():
            self._sink.flush()

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.error = error
            raise


# Opening


@dataclass(frozen=True, slots=True)
class Identity:
    """Private keys, each with its public half. The `repr` shows the public ones."""

    names: tuple[str, ...]
    secrets: tuple[Secret, ...] = field(repr=False)

    @classmethod
    def load(cls, path: Path, ask: Callable[[], str]) -> Identity:
        """Read a file of identities; `ask` is called for a passphrase if it has one.

        Raises IdentityInvalid.
        """
        require()
        data = _read(path, IdentityInvalid, "the identity")
        if data.startswith(_ENCRYPTED):
            data = _unlocked(data, ask(), path)
        pairs = [_ssh(data, path)] if b"PRIVATE KEY-----" in data else _age(data, path)
        return cls(tuple(name for name, _ in pairs), tuple(secret for _, secret in pairs))

    def open(self, ciphertext: bytes) -> tuple[bytes, str]:
        """Return what an age file holds, and the public half of the key that opened it.

        Raises IdentityInvalid if none does, ValueError for what is no sound age file.
        """
        from pyrage import DecryptError, decrypt

        for name, secret in zip(self.names, self.secrets, strict=True):
            try:
                return decrypt(ciphertext, [secret]), name
            except DecryptError as error:
                if str(error) != _NOT_FOR_US:
                    raise ValueError("no sound age file") from None
        raise IdentityInvalid("the identity opens nothing here: it was sealed to other keys")

    def open_stream(self, ciphertext: BinaryIO, sink: ByteSink) -> str:
        """Write what an age file holds, from where `ciphertext` is; return which key opened it.

        Raises IdentityInvalid if none does, ValueError for what is no sound age file.
        """
        from pyrage import DecryptError, decrypt_io

        begin = ciphertext.tell()
        for name, secret in zip(self.names, self.secrets, strict=True):
            ciphertext.seek(begin)
            try:
                decrypt_io(_buffered(ciphertext), _buffered(sink), [secret])
            except DecryptError as error:
                if str(error) != _NOT_FOR_US:
                    raise ValueError("no sound age file") from None
            except OSError:  # of the stream: cut, or changed
                raise ValueError("no sound age file") from None
            else:
                return name
        raise IdentityInvalid("the identity opens nothing here: it was sealed to other keys")


# pyrage's message for an identity that is no recipient; it has no type of its own.
_NOT_FOR_US = "No matching keys found"


def _unlocked(data: bytes, passphrase: str, path: Path) -> bytes:
    from pyrage import DecryptError
    from pyrage.passphrase import decrypt

    try:
        return decrypt(data, passphrase)
    except DecryptError:
        raise IdentityInvalid(f"the passphrase does not open {path}") from None


def _age(data: bytes, path: Path) -> list[tuple[str, Secret]]:
    from pyrage import IdentityError
    from pyrage.x25519 import Identity as Own

    lines = data.decode("utf-8", "replace").splitlines()
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        secrets = [Own.from_str(key) for key in keys]
    except IdentityError:
        raise IdentityInvalid(f"{path} holds no identity of age or SSH") from None
    if not secrets:
        raise IdentityInvalid(f"{path} holds no identity")
    return [(str(secret.to_public()), secret) for secret in secrets]


def _ssh(data: bytes, path: Path) -> tuple[str, Secret]:
    from pyrage import IdentityError
    from pyrage.ssh import Identity as Ssh

    load = load_ssh_private_key if b"OPENSSH" in data else load_pem_private_key
    try:
        secret = Ssh.from_buffer(data)
        public = load(data, None).public_key()
        name = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    except IdentityError as error:
        locked = "decrypted" in str(error)
        why = "has a passphrase: take it off a copy (`ssh-keygen -p`)" if locked else "is damaged"
        raise IdentityInvalid(f"the SSH key {path} {why}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise IdentityInvalid(f"the SSH key {path} is damaged or of another kind") from None
    return name, secret


def _read(path: Path, kind: type[ConfigError], noun: str) -> bytes:
    """Return the bytes of a file of keys."""
    try:
        return read_regular(path, LARGEST_FILE)
    except (OSError, ValueError) as error:
        if getattr(error, "errno", 0) == errno.EFBIG:
            raise kind(f"{path} is too large for {noun}") from None
        reason = getattr(error, "strerror", None) or "no such file"
        raise kind(f"cannot read {noun} {path}: {reason}") from None
