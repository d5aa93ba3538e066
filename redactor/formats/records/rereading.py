"""Contacts, calendars and directories read by the standard library: the independent reader."""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Iterator
from typing import BinaryIO

from redactor.formats.records.standards import COMPONENT, is_parameter

_CHUNK = 1 << 22
# A value in quoted-printable whose lines end with `=`.
_QUOTED = re.compile(
    rb"^([^:\n]*\bQUOTED-PRINTABLE\b[^:\n]*:)((?:.*=\r?\n)+)", re.IGNORECASE | re.MULTILINE
)
_IS_QUOTED = re.compile(rb"\bQUOTED-PRINTABLE\b", re.IGNORECASE)

# The name of a parameter, at its beginning.
_NAME = re.compile(r"(?:\A|(?<=;))([A-Za-z-]{1,40})=")


def _unnamed(found: re.Match[str]) -> str:
    """Return nothing for a name that is a word of the standards, any other as it is."""
    return "" if is_parameter(found[1]) else found[0]


def values(source: BinaryIO, codec: str, *, ldif: bool) -> Iterator[str]:
    """Yield values and parameters of each line, but what begins and ends there."""
    for line in _lines(source, quoted=not ldif):
        head, _, value = line.partition(b":")
        if head.upper() in {b"BEGIN", b"END"} and COMPONENT.fullmatch(value.strip()):
            continue
        if ldif:
            yield _directory(value, codec)
        elif _IS_QUOTED.search(head):
            yield quopri.decodestring(value).decode(codec, "replace")
        else:
            given = head.partition(b";")[2].decode(codec, "replace")
            text = f"{_NAME.sub(_unnamed, given)}\n"
            text += value.decode(codec, "replace")
            yield re.sub(r"\\([,;:\\])", r"\1", re.sub(r"\\[nN]", "\n", text))


def _directory(value: bytes, codec: str) -> str:
    if value.startswith(b":"):
        try:
            return base64.b64decode(value[1:]).decode("utf-8", "replace")
        except ValueError:
            return value.decode(codec, "replace")
    return value.decode(codec, "replace")


def _lines(source: BinaryIO, *, quoted: bool) -> Iterator[bytes]:
    """Yield lines with their folds taken out, in pieces of the file that end with a line."""
    held = b""
    while data := source.read(_CHUNK):
        held += data
        cut = max((found.start() + 1 for found in re.finditer(rb"\n(?![ \t])", held)), default=0)
        if cut and cut < len(held):
            yield from _split(held[:cut], quoted=quoted)
            held = held[cut:]
    yield from _split(held, quoted=quoted)


def _split(data: bytes, *, quoted: bool) -> Iterator[bytes]:
    unfolded = re.sub(rb"\r?\n[ \t]", b"", data)
    yield from (_QUOTED.sub(_joined, unfolded) if quoted else unfolded).splitlines()


def _joined(found: re.Match[bytes]) -> bytes:
    return found[1] + re.sub(rb"=\r?\n", b"", found[2])
