"""The parts of a package (WACZ 1.1.1), and `datapackage.json`, the list of them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from enum import Enum, auto
from typing import BinaryIO

from redactor.errors import DamagedDocument, UnsupportedFormat
from redactor.files import CHUNK

PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"

Opening = Callable[[], AbstractContextManager[BinaryIO]]
"""What opens the content of a part."""

_ALGORITHMS = ("sha256", "sha512", "sha1", "md5")
_HASH = re.compile(rb'(?P<head>"hash"\s*:\s*")(?P<value>[a-z0-9]{3,6}:[0-9a-fA-F]{32,128})?(?=")')
_BYTES = re.compile(rb'(?P<head>"bytes"\s*:\s*)(?P<value>[0-9]{1,18})')


class Part(Enum):
    """What a member is, by its name."""

    ARCHIVE = auto()
    INDEX = auto()
    PACKAGE = auto()
    COMPUTED = auto()
    OTHER = auto()


def part_of(name: str) -> Part:
    """Return what a member of that name is."""
    lower = name.lower()
    if name == PACKAGE:
        return Part.PACKAGE
    if name == DIGEST or (name.startswith("indexes/") and lower.endswith(".idx")):
        return Part.COMPUTED
    if name.startswith("archive/") and lower.endswith((".warc", ".warc.gz")):
        return Part.ARCHIVE
    plain = lower.removesuffix(".gz")
    is_index = name.startswith("indexes/") and plain.endswith((".cdx", ".cdxj"))
    return Part.INDEX if is_index else Part.OTHER


def without_digests(data: bytes) -> bytes:
    """Return `datapackage.json` without digests and sizes of the parts."""
    return _BYTES.sub(rb"\g<head>0", _HASH.sub(rb"\g<head>", data))


def with_digests(data: bytes, source: bytes, parts: Mapping[str, Opening]) -> bytes:
    """Return `datapackage.json` with the digests and sizes of the parts of the copy.

    `parts` opens the new content by the name in the source; what is left out has neither. Raises
    DamagedDocument for one that is no list of parts, UnsupportedFormat for one with other digests.
    """
    hashes: list[bytes] = []
    sizes: list[bytes] = []
    try:
        for one in json.loads(source)["resources"]:
            digest, size = _measured(str(one.get("hash", "")), parts.get(one["path"]))
            hashes += [digest] if "hash" in one else []
            sizes += [size] if "bytes" in one else []
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DamagedDocument("a package whose list of parts cannot be read") from None
    if len(hashes) != len(_HASH.findall(data)) or len(sizes) != len(_BYTES.findall(data)):
        raise UnsupportedFormat("a package with digests of other things than its parts")
    hashes.reverse()
    sizes.reverse()
    data = _HASH.sub(lambda found: found["head"] + hashes.pop(), data)
    return _BYTES.sub(lambda found: found["head"] + sizes.pop(), data)


def _measured(known: str, opening: Opening | None) -> tuple[bytes, bytes]:
    """Return the digest of a part, by the algorithm of the known one, and its size."""
    algorithm = known.partition(":")[0]
    if opening is None or (known and algorithm not in _ALGORITHMS):
        return b"", b"0"
    with opening() as file:
        digest = hashlib.new(algorithm or "sha256", usedforsecurity=False)
        file.seek(0)
        while piece := file.read(CHUNK):
            digest.update(piece)
        return f"{algorithm}:{digest.hexdigest()}".encode(), str(file.tell()).encode()


def digest_of(package: bytes) -> bytes:
    """Return `datapackage-digest.json`, without a signature."""
    said = {"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    return json.dumps(said, indent=2).encode() + b"\n"


def is_signed(data: bytes) -> bool:
    """Tell whether the digest of a package is signed."""
    return b'"signedData"' in data
