"""A document at hand: redacted in memory, and verified as a file is. It leaves no record."""

from __future__ import annotations

from io import BytesIO

from redactor.analysis.analyzer import Analyzer
from redactor.errors import InputError
from redactor.formats import Layout
from redactor.formats.tree import Reading
from redactor.keys import Key
from redactor.pipeline import MemoryDraft, write
from redactor.pipeline.context import reading_of
from redactor.pipeline.examination import Found, Redaction

PLAIN = Layout("text", (("encoding", "utf-8"),))
"""Of a text at hand: U+FEFF at its start is a character, no byte order mark."""


def redacted(
    data: bytes,
    analyzer: Analyzer,
    key: Key,
    *,
    encoding: str | None = None,
    layout: Layout | None = None,
) -> tuple[bytes, list[Redaction]]:
    """Return the copy of a document at hand, and its redactions. Raises InputError, LeakError."""
    copy = MemoryDraft()

    def reading() -> Reading:
        return reading_of(analyzer.policy, encoding, {(): layout} if layout else {})

    with Found() as found:
        write(BytesIO(data), "", analyzer, key, copy, found, reading)
        return copy.data.getvalue(), list(found.redactions())


def encoded_text(text: str) -> bytes:
    """Return a text as the bytes of a document of `PLAIN` layout. Raises InputError."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("the text holds lone surrogates, which no encoding can write") from None
