"""Characters that a text spells: HTML entities, percent-escapes, escapes of programs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html.entities import html5

from redactor.text.folding import fold_cluster

__all__ = ["entity", "escape_runs", "program_runs"]

_ESCAPE = re.compile(r"%(?:25)*?[0-9A-Fa-f]{2}(?=%|$)")

_PROGRAM = re.compile(
    r"\\{1,4}u[dD][89abAB][0-9a-fA-F]{2}\\{1,4}u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?:%u|\\{1,4}u)[0-9A-Fa-f]{4}|\\{1,4}u\{[0-9A-Fa-f]{1,6}\}|\\{1,4}x[0-9A-Fa-f]{2}"
)
_PROGRAM_DIGITS = re.compile(r"[ux]\{?([0-9A-Fa-f]{2,6})")


def entity(text: str) -> str:
    """Return the character of an HTML entity, or the entity itself if it is unknown."""
    name = re.split(r"amp;|#0*38;|#[xX]0*26;", text[1:])[-1]
    if name in ("", ";"):
        return "&"
    if name.startswith("#"):
        code = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        return _numbered(code) or text
    return html5.get(name, text)


def _numbered(code: int) -> str | None:
    """Return the character of a numeric entity; 128 to 159 are cp1252, as in HTML."""
    if 128 <= code < 160:
        return bytes([code]).decode("cp1252", "ignore") or None
    known = code in (9, 10, 13) or 31 < code < 0xD800 or 0xE000 <= code < 0x110000
    return chr(code) if known else None


def escape_runs(start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Decode percent-escapes, character by character of the UTF-8 they spell."""
    escapes = [(m.end(), int(m.group()[-2:], 16)) for m in _ESCAPE.finditer(text)]
    done, at = 0, 0
    while at < len(escapes):
        width = _utf8_width(escapes[at][1])
        char = _utf8(bytes(byte for _, byte in escapes[at : at + width]))
        stop = escapes[min(at + width, len(escapes)) - 1][0]
        if char is None:
            width, stop = 1, escapes[at][0]
            yield start + done, start + stop, text[done:stop]
        else:
            yield start + done, start + stop, fold_cluster(char)
        done, at = stop, at + width


def program_runs(start: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Decode the escapes of programs; two of them may stand for one character, as in UTF-16."""
    for match in _PROGRAM.finditer(text):
        units = [int(digits, 16) for digits in _PROGRAM_DIGITS.findall(match.group())]
        char = _unit_text(units)
        shown = match.group() if char is None else fold_cluster(char)
        yield start + match.start(), start + match.end(), shown


def _unit_text(units: list[int]) -> str | None:
    """Return the character of code units, or of one code point."""
    try:
        data = b"".join(chr(unit).encode("utf-16-be", "surrogatepass") for unit in units)
        return _utf8(data.decode("utf-16-be").encode())
    except (ValueError, OverflowError):
        return None


def _utf8_width(lead: int) -> int:
    return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


def _utf8(data: bytes) -> str | None:
    try:
        char = data.decode()
    except UnicodeDecodeError:
        return None
    shown = unicodedata.category(char) not in ("Cc", "Cn", "Co", "Cs")
    return char if shown or char in "\t\n" else None
