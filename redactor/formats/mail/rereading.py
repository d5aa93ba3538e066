"""Messages as the standard library's `email` reads them: the independent reader.

Where `email` finds defects, or fails, it is no witness: readers differ on broken mail. The format's
own reader is heard then.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from typing import BinaryIO, cast

from redactor.formats.base import Entry
from redactor.formats.mail import charsets
from redactor.formats.mail.splitting import HIDDEN
from redactor.formats.mail.structure import ENCODED, MESSAGES, SIGNATURE_TYPES

LARGEST = 64 << 20
"""Bytes of a message that `email`, which holds it several times in memory, is asked to read."""


class _Field(str):
    """The value of a field, with the bytes of its lines unchanged."""

    __slots__ = ("lines",)
    lines: bytes


class _Policy(Compat32):
    """Keeps the lines of each field."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        kept = _Field(value)
        kept.lines = "".join(sourcelines).encode("ascii", "surrogateescape")
        return name, kept


def entries(source: BinaryIO) -> list[Entry] | None:
    """Return header blocks and bodies in their order; None where `email` is no witness."""
    source.seek(0)
    data = source.read(LARGEST + 1)
    if len(data) > LARGEST or b"\r" in data.replace(b"\r\n", b""):
        return None
    try:
        message = BytesParser(policy=_Policy()).parsebytes(data)
        if any(one.defects for one in message.walk()):
            return None
        found = [_entry(part) for part in _parts(message, data)]
        return None if any(one.defects for one in message.walk()) else found
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _entry(data: bytes) -> Entry:
    return Entry((), hashlib.sha256(data).hexdigest())


def _parts(message: Message, data: bytes) -> Iterator[bytes]:
    first = message.get_unixfrom()
    start = data[: data.find(b"\n") + 1] if first else b""
    yield from _blocks(message, start)
    kind = message.get_content_type()
    if message.is_multipart() and kind.startswith("message/"):
        transfer = str(message.get("content-transfer-encoding", "")).strip().lower()
        if kind not in MESSAGES or transfer in ENCODED:
            raise LookupError("parts that are no messages to other readers")
        for part in message.get_payload():
            yield from _parts(cast("Message", part), b"")
    elif message.is_multipart():
        yield from _between(message.preamble)
        for part in message.get_payload():
            yield from _parts(cast("Message", part), b"")
        yield from _between(message.epilogue)
    else:
        yield from _body(message)


def _blocks(message: Message, start: bytes) -> Iterator[bytes]:
    """Yield the fields unchanged, without those that are no part of the member."""
    lines = [value.lines for _, value in message.raw_items() if isinstance(value, _Field)]
    block = start + b"".join(line for line in lines if not HIDDEN.match(line))
    if block:
        yield block


def _between(text: str | None) -> Iterator[bytes]:
    data = (text or "").encode("ascii", "surrogateescape")
    if data.strip():
        yield data


def _body(message: Message) -> Iterator[bytes]:
    """Yield a body, decoded, unless it is empty or a signature."""
    transfer = str(message.get("content-transfer-encoding", "")).strip().lower()
    if transfer not in ENCODED:
        del message["content-transfer-encoding"]  # of others `email` knows uuencode
    payload = message.get_payload()
    if not isinstance(payload, str) or not payload.strip():
        return
    data = message.get_payload(decode=True)
    if not isinstance(data, bytes) or message.get_content_type() in SIGNATURE_TYPES:
        return
    charset = str(message.get_content_charset() or "")
    if charset and message.get_content_maintype() == "text":
        codec = charsets.codec_to_transcode(charset, io.BytesIO(data))
        data = charsets.decoded(data, codec) if codec else data
    yield data
