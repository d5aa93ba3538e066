"""Names of files as bytes, in formats that do not state the encoding of their names.

Programs write the bytes that the file system has: nearly always UTF-8, else a code page. A name in
a code page is hardly ever valid UTF-8 by chance.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# Endings that say nothing of the content, as in `changelog.Debian` and `config.h.in`.
_WORDS = frozenset(
    {".debian", ".in", ".am", ".ac", ".dist", ".example", ".sample", ".orig", ".old", ".bak"}
)
_FALLBACK = "latin-1"  # takes any byte, and gives it back


# Digits alone are the number of a version (`syslog.1`).
_SUFFIX = re.compile(r"\.(?=[0-9]*[a-z])[a-z0-9]{1,8}")


def suffix_of(name: str) -> str:
    """Return the suffix of a name in lower case, empty if there is none."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) and suffix not in _WORDS else ""


def decode_name(raw: bytes) -> str:
    """Return a name: UTF-8 if that is valid, else latin-1."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode(_FALLBACK)


def encode_name(text: str, source: bytes) -> bytes:
    """Return the bytes of a new name, in the encoding of the one in the source.

    A name that this encoding lacks is written in UTF-8.
    """
    codec = "utf-8" if _is_utf8(source) else _FALLBACK
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
