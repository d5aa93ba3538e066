"""Names of files in what is handed on: any name, in any form, without orders to a terminal.

A name on the disk is bytes. It may be no UTF-8, and may hold line ends and escape sequences; a CSV
on a terminal, an XML file or a manifest cannot take all of that.
"""

from __future__ import annotations

import os
from urllib.parse import quote

__all__ = ["as_uri", "escaped"]

_SURROGATES = range(0xDC80, 0xDD00)  # as which Python reads bytes that are no UTF-8


def escaped(name: str) -> str:
    r"""Return a name in which what cannot be printed is written out: `a\x1b[31m`, `caf\xe9`."""
    return "".join(char if char.isprintable() else _written(ord(char)) for char in name)


def _written(code: int) -> str:
    if code in _SURROGATES:
        code -= 0xDC00
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else (f"\\U{code:08x}")
    )


def as_uri(name: str) -> str:
    """Return a name as the path of a URI: the bytes that it has on the disk, those escaped."""
    try:
        return quote(os.fsencode(name))
    except UnicodeEncodeError:  # of another system's log
        return quote(escaped(name))
