"""Digests in the headers of records, in the form that the source has: `sha1:` and base32."""

from __future__ import annotations

import base64
import hashlib
from typing import BinaryIO

from redactor.files import CHUNK

_ALGORITHMS = {"sha1", "sha256", "sha512", "md5"}


def digest_like(known: str, file: BinaryIO, start: int, end: int) -> str | None:
    """Return the digest of a part of a file by the algorithm and in the code of another digest.

    None for an algorithm that is not known.
    """
    name, _, value = known.partition(":")
    algorithm = name.lower().replace("-", "")
    if algorithm not in _ALGORITHMS:
        return None
    digest = hashlib.new(algorithm, usedforsecurity=False)
    file.seek(start)
    while start < end and (piece := file.read(min(CHUNK, end - start))):
        digest.update(piece)
        start += len(piece)
    return f"{name}:{_encoded(digest.digest(), value)}"


def _encoded(digest: bytes, like: str) -> str:
    if len(like) == 2 * len(digest):
        return digest.hex()
    text = base64.b32encode(digest).decode()
    text = text if "=" in like else text.rstrip("=")
    return text.lower() if like.islower() else text
