"""Details: what of a redaction depends on its value, encrypted under the collection key.

Score, rule, agreeing rules, length band, scope, residue and reasons for a review are a function of
the removed text and the copy. Who has the name model could put every candidate into the gap, and
keep those for which the model says what the log says. So a `redaction` record has none of them, and
what was kept without a reviewer has no record of its own: its text is in the copy, but that it was
found depends on the words around it, removed ones among them.

A `details` record stands before the redactions that it is about, 500 at most. Its `data` is AES-SIV
(RFC 5297) in base64, under two keys of 256 bits that HKDF-SHA256 derives from the collection key
for `audit details`; associated data are the document's id and the `number` of the record in its
document, from 0. Equal details of a document have equal data, in every run. The plaintext is JSON
in raw DEFLATE (RFC 1951, with the preset dictionary `_WORDS`), then the byte 0x80 and zeros:

    {"kept": [{...}, ...], "redactions": {"3": {"score": 0.9, ...}, ...}}

`redactions` has members by the number in a redaction's id, `kept` has whole redaction records. The
length of `data` follows from the number of redaction records that come after: there is room for
128 bytes, and 64 for each of them, which is twice what they need. Where it is too little, as where
hundreds of mentions of people on an allow list were kept, it is doubled until all fits.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from redactor.audit.records import (
    DetailsRecord,
    Json,
    RedactionRecord,
    detail_fields,
    is_sealed,
    sealed_fields,
)
from redactor.keys import Key

MOST = 500  # redactions that one record is about: a line of the log has at most 1 MiB
ROOM = 128  # bytes, whatever a record is about
ROOM_EACH = 64  # bytes for each redaction; measured are 20 to 35
_KEY_BYTES = 64
_RAW = -zlib.MAX_WBITS  # DEFLATE without header and checksum: the ciphertext is authenticated
_END = b"\x80"  # after the text, before the filling: ISO/IEC 7816-4

# The most frequent last. A part of the format: without it no record can be read.
_WORDS = (
    b'"review":["near"]"review":["keep"]"review":["link"]"1-4""50+""5-9","action":"keep"'
    b',"code":"","reason":""STREET_ADDRESS""DATE_OF_BIRTH"presidio:Recognizerlist:keep'
    b'"link:initial""link:family""rule:phone/"rule:email/plain""rule:names/'
    b'"model:en_names_fast""EMAIL_ADDRESS""PHONE_NUMBER""PERSON","fingerprint":"'
    b',"line":,"part":"text","place":"","start":,"end":,"entity":"PERSON","decision":"auto"'
    b'{"kept":[{"amount":"20-49","because":["link:value","model:en_names_accurate"],'
    b'"residue":"","review":["score"],"scope":"mention","score":0.85,"source":"link:name",'
    b'{"kept":[],"redactions":{"1":{"amount":"10-19","because":["link:name","rule:'
    b'"],"residue":"","scope":"everywhere","score":0.95,"source":"model:en_names_accurate",'
    b'"source_version":"0.1.0"},"2":{"amount":"5-9","because":["'
)


class DetailsLocked(ValueError):
    """Details that another key encrypted, or that were changed; its text quotes nothing."""


@dataclass(frozen=True, slots=True)
class Details:
    """Decrypted details: the sealed fields of redactions by number, and the kept records."""

    redactions: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    kept: Sequence[Mapping[str, Json]] = ()


def with_details(
    key: Key, document: str, records: Iterable[RedactionRecord]
) -> Iterator[DetailsRecord | RedactionRecord]:
    """Yield the redaction records of a document, the details of each before it.

    Records of what was kept without a reviewer are in the details alone.
    """
    shown: list[RedactionRecord] = []
    kept: list[RedactionRecord] = []
    number = 0
    for one in records:
        group = kept if is_sealed(one) else shown
        if len(group) == MOST:
            yield _record(key, document, number, shown, kept)
            yield from shown
            number += 1
            shown.clear()
            kept.clear()
        group.append(one)
    if shown or kept:
        yield _record(key, document, number, shown, kept)
        yield from shown


def _record(
    key: Key,
    document: str,
    number: int,
    shown: Sequence[RedactionRecord],
    kept: Sequence[RedactionRecord],
) -> DetailsRecord:
    said = {
        "kept": [sealed_fields(one) for one in kept],
        "redactions": {_number(one.id): detail_fields(one) for one in shown},
    }
    text = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
    filled = _filled(_deflated(text) + _END, ROOM + ROOM_EACH * len(shown))
    data = _cipher(key).encrypt(filled, _associated(document, number))
    return DetailsRecord(document, number, base64.b64encode(data).decode())


def _filled(data: bytes, room: int) -> bytes:
    while room < len(data):
        room *= 2
    return data.ljust(room, b"\0")


def details_of(key: Key, record: Mapping[str, Json]) -> Details:
    """Return the details in a record. Raises DetailsLocked."""
    associated = _associated(str(record.get("document")), record.get("number"))
    try:
        data = base64.b64decode(str(record.get("data")), validate=True)
        filled = _cipher(key).decrypt(data, associated)
        said = json.loads(_inflated(filled.rstrip(b"\0")[: -len(_END)]))
        return Details(said["redactions"], said["kept"])
    except (ValueError, InvalidTag, zlib.error, KeyError, TypeError):
        raise DetailsLocked("the details are not of this key") from None


def completed(record: Mapping[str, Json], details: Details) -> dict[str, Json]:
    """Return a redaction record with its sealed fields."""
    return {**record, **details.redactions.get(_number(str(record.get("id"))), {})}


def kept_records(document: Json, details: Details) -> Iterator[dict[str, Json]]:
    """Yield the records of what was kept in a document."""
    for one in details.kept:
        yield {**one, "type": RedactionRecord.type, "document": document}


def _number(identifier: str) -> str:
    return identifier.rpartition(":")[2]


def _deflated(text: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW, zdict=_WORDS)
    return packer.compress(text) + packer.flush()


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_RAW, zdict=_WORDS)
    return unpacker.decompress(data) + unpacker.flush()


def _associated(document: str, number: Json) -> list[bytes]:
    return [document.encode("utf-8", "replace"), str(number).encode()]


@lru_cache(maxsize=4)
def _cipher(key: Key) -> AESSIV:
    return AESSIV(key.derive("audit details", _KEY_BYTES))
