"""Names and comments of members: how they are decoded, and which names are refused.

A flag states that both are UTF-8. Without it the specification has code page 437, but Apple's and
many Unix programs write UTF-8; a text of that code page is hardly ever valid UTF-8 by chance. The
Unicode fields of Info-ZIP (APPNOTE 4.6.8, 4.6.9) override the header.
"""

from __future__ import annotations

import re
import zlib

from redactor.errors import DamagedDocument, InputError
from redactor.formats.zip_archive.records import UTF8, Record, parse_extra

# The types of Info-ZIP's Unicode fields.
UNICODE_COMMENT, UNICODE_PATH = 0x6375, 0x7075
UNICODE_TEXTS = frozenset({UNICODE_COMMENT, UNICODE_PATH})

# Substitutes in a header's name for characters that its encoding lacks: other letters, `?` and `_`,
# and the escapes of Info-ZIP.
_LOSSY = re.compile(r"(?:[^\x00-\x7f]|#U[0-9a-fA-F]{4}|#L[0-9a-fA-F]{6}|[?_])+")

# C0 and C1 control characters: a NUL ends a name for some readers, and terminals obey others.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# The drive of a Windows path: with it, a name is an absolute path there.
_DRIVE = re.compile(r"[A-Za-z]:")


def decode(raw: bytes) -> str:
    """Return a text: UTF-8 if that is valid, else code page 437, which takes any byte."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _strictly(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise DamagedDocument("a name that is not valid UTF-8") from None


def name_of(record: Record) -> str:
    """Return the name of a member. Raises DamagedDocument."""
    raw, extra, _ = record.parts
    text = _strictly(raw) if record.flags & UTF8 else decode(raw)
    return _unicode(parse_extra(extra).get(UNICODE_PATH), raw, text)


def comment_of(record: Record) -> str:
    """Return the comment on a member. Raises DamagedDocument."""
    _, extra, raw = record.parts
    text = decode(raw)  # some programs flag the name, and write the comment in their own charset
    return _unicode(parse_extra(extra).get(UNICODE_COMMENT), raw, text)


def _unicode(value: bytes | None, raw: bytes, text: str) -> str:
    """Return the text of a Unicode field, or that of the header if there is no such field.

    Raises DamagedDocument for a field whose checksum is that of another text, or whose text differs
    from the header's.
    """
    if value is None:
        return text
    if value[:1] != b"\x01" or value[1:5] != zlib.crc32(raw).to_bytes(4, "little"):
        raise DamagedDocument("a Unicode field that is not about its text")
    better = _strictly(value[5:])
    if _LOSSY.sub("?", text) != _LOSSY.sub("?", better):
        raise DamagedDocument("two names or comments that differ")
    return better


def check_name(name: str) -> None:
    """Raise InputError for a name that leads out of the archive, or that is read in several ways.

    Readers cut a name at a NUL, take a backslash for a separator or for a character of the name,
    and drop the root of a path.
    """
    if not name or _CONTROL.search(name):
        raise InputError("a name that is empty or has control characters")
    if "\\" in name:
        raise InputError("a name with a backslash")
    if name.startswith("/") or _DRIVE.match(name):
        raise InputError("a name that is an absolute path")
    if ".." in name.split("/"):
        raise InputError("a name that leads out of the archive")


def trailing_slashes(name: str) -> str:
    """Return the slashes that end the name of a folder; they are no part of the editable text."""
    return name[len(name.rstrip("/")) :]


def path_of(name: str) -> str:
    """Return the path to which a name is unpacked: `a/b` for `a//./b/`."""
    return "/".join(step for step in name.split("/") if step not in {"", "."})
