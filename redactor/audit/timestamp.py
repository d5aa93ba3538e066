"""RFC 3161 time stamps over a head: an authority's word that the log had this size by then.

What is stamped is a pin in a file, as `redactor audit verify --print-head` prints it (or a line of
`heads.jsonl`), with or without a line end. Checked offline with `rfc3161-client` (an extra of the
package): the authority's signature, its certificate up to a given one at the time of the stamp,
and that the stamp is over a head of this log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates

from redactor.audit.heads import Head
from redactor.errors import ConfigError, OutputError, UsageError
from redactor.folders import read_regular

_LARGEST = 16 << 20  # bytes of a time stamp, or of the certificates of all authorities

_GRANTED = bytes.fromhex("3003020100")  # PKIStatusInfo of a response, before its token
# Object identifiers of NIST's SHA-2 hashes: those that a time stamp may be made with.
_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


class TimestampInvalid(OutputError):
    """A time stamp that proves nothing about this log."""

    hint = (
        "Check the file, the certificate (--tsa-ca), and that it was made over a head of this log."
    )


@dataclass(frozen=True, slots=True)
class Stamp:
    """A head, and when an authority saw it at the latest."""

    head: Head
    time: datetime


def check_timestamp(stamp: Path, authorities: Path, heads: Iterable[Head]) -> Stamp:
    """Return which of the heads a time stamp (response or token, DER) is over.

    `authorities` is a PEM file of certificates that are trusted, the root first of all. Raises
    TimestampInvalid, ConfigError for files that cannot be read, UsageError without the extra.
    """
    try:
        from rfc3161_client import (
            VerificationError,
            VerifierBuilder,
            decode_timestamp_response,
        )
    except ImportError:
        raise UsageError("time stamps need the extra `pip install 'redactor[timestamp]'`") from None
    data = _bytes(stamp)
    try:
        response = decode_timestamp_response(data)
    except ValueError:
        try:
            response = decode_timestamp_response(_as_response(data))
        except ValueError:
            raise TimestampInvalid(f"{stamp} is no time stamp of RFC 3161") from None
    imprint = response.tst_info.message_imprint
    head = _stamped(imprint.hash_algorithm.dotted_string, imprint.message, heads)
    if head is None:
        raise TimestampInvalid("the time stamp is over no head of this log")
    verifier = VerifierBuilder(roots=_certificates(authorities)).build()
    try:
        verifier.verify(response, imprint.message)
    except (VerificationError, ValueError):
        raise TimestampInvalid("no trusted authority vouches for the time stamp") from None
    return Stamp(head, response.tst_info.gen_time)


def _stamped(algorithm: str, message: bytes, heads: Iterable[Head]) -> Head | None:
    name = _HASHES.get(algorithm)
    if name is None:
        raise TimestampInvalid("the time stamp uses a hash that is not SHA-256, SHA-384 or SHA-512")
    for head in heads:
        if any(hashlib.new(name, text).digest() == message for text in _texts(head)):
            return head
    return None


def _texts(head: Head) -> Iterator[bytes]:
    for text in (str(head.pin).encode(), head.encode()):
        yield text
        yield text + b"\n"


def _as_response(token: bytes) -> bytes:
    """Return a bare token as the response that an authority sends it in."""
    body = _GRANTED + token
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return b"\x30" + bytes([0x80 | len(length)]) + length + body


def _certificates(path: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(_bytes(path))
    except ValueError:
        raise ConfigError(f"{path} holds no certificates in PEM form") from None


def _bytes(path: Path) -> bytes:
    try:
        return read_regular(path, _LARGEST)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
